#include "assay/view/allocate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>

#include "assay/core/field_names.h"
#include "assay/core/utf8.h"
#include "assay/report/display_width.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"
#include "assay/view/judge_bill.h"
#include "assay/view/parameters.h"

namespace assay::view {
namespace {

constexpr std::size_t kRowsShown = 10;
constexpr std::size_t kNameShown = 40;  // columns

std::string shown(const std::string& name) { return report::cut_to_width(escaped(name), kNameShown); }

// Decimals that tell a thousandth of the scale.
int decimals_of(const Scale& scale) {
  const double width = scale.high - scale.low;
  if (!(width > 0)) return 2;
  return std::clamp(3 - static_cast<int>(std::floor(std::log10(width))), 0, 12);
}

enum class Round { down, nearest, up };

// What bounds is never rounded inwards.
std::string shown(double value, int decimals, Round round = Round::nearest) {
  const double unit = std::pow(10.0, decimals);
  const double scaled = value * unit;
  const double near = 1e-9 * std::max(1.0, std::abs(scaled));  // what rounding errors added
  if (round == Round::down) value = std::floor(scaled + near) / unit;
  if (round == Round::up) value = std::ceil(scaled - near) / unit;
  return report::fixed(value, decimals);
}

report::Json json_of(const asking::AllocateReport::Arm& arm) {
  return report::Json::object()
      .set("query", arm.query)
      .set("model", arm.model)
      .set("turn", arm.turn)
      .set("calls", arm.calls)
      .set("failed", arm.failed)
      .set("mean", arm.mean)
      .set("estimate", arm.estimate)
      .set("low", arm.interval.low)
      .set("high", arm.interval.high);
}

// Where the judge wavers most comes first.
std::string arms_text(const asking::AllocateReport& report, bool colour, bool all) {
  std::vector<std::size_t> order(report.arms.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return report.arms[a].calls > report.arms[b].calls; });
  const int decimals = decimals_of(report.scale);
  report::Table table({{"query"},
                       {"model"},
                       {"calls", report::Align::right},
                       {"mean", report::Align::right},
                       {"estimate", report::Align::right},
                       {"95 % interval", report::Align::right}});
  const std::size_t rows = all ? order.size() : std::min(order.size(), kRowsShown);
  for (std::size_t i = 0; i < rows; ++i) {
    const asking::AllocateReport::Arm& arm = report.arms[order[i]];
    const std::string turn = arm.turn == 1 ? "" : fmt::format(" (turn {})", arm.turn);
    table.add_row(
        {shown(arm.query) + turn, shown(arm.model), report::grouped(arm.calls), shown(arm.mean, decimals),
         shown(arm.estimate, decimals),
         shown(arm.interval.low, decimals, Round::down) + " .. " + shown(arm.interval.high, decimals, Round::up)});
  }
  std::string text = table.text(colour);
  if (order.size() > rows) {
    text += "and " + report::grouped(order.size() - rows) + " more, called less often (--all shows them)\n";
  }
  return text;
}

struct ModelSum {
  std::size_t arms = 0;
  std::size_t calls = 0;
  double sum = 0;
};

std::string models_text(const asking::AllocateReport& report, bool colour) {
  std::map<std::string, ModelSum> models;
  for (const asking::AllocateReport::Arm& arm : report.arms) {
    ModelSum& model = models[arm.model];
    model.calls += arm.calls;
    if (std::isnan(arm.estimate)) continue;
    ++model.arms;
    model.sum += arm.mean;
  }
  if (models.size() < 2) return "";
  report::Table table({{"model"},
                       {"responses", report::Align::right},
                       {"calls", report::Align::right},
                       {"mean score", report::Align::right}});
  for (const auto& [name, model] : models) {
    table.add_row({shown(name), report::grouped(model.arms), report::grouped(model.calls),
                   shown(model.sum / static_cast<double>(model.arms), decimals_of(report.scale))});
  }
  return "\n" + table.text(colour);
}

std::string calls_text(const asking::AllocateReport& report) {
  std::string text = "\nJudge " + shown(report.judge) + ", allocator " + escaped(report.allocator) +
                     ", estimates by " + std::string(allocate::name(report.estimate)) +
                     "\nScored: " + report::counted(report.arms.size(), "response") + " with " +
                     report::counted(report.calls, "call") + " (" + report::grouped(report.calls_new) + " new, " +
                     report::grouped(report.calls - report.calls_new) + " from the study)";
  if (report.calls_failed > 0) text += ", " + report::grouped(report.calls_failed) + " of them gave no score";
  return text + "\n";
}

std::string errors_text(const asking::AllocateReport& report) {
  const int decimals = decimals_of(report.scale);
  const std::string bound =
      "with 95 % at most " + shown(report.worst_error_bound, decimals, Round::up) + ", whatever the scores from " +
      fmt::format("{:g} to {:g}", report.scale.low, report.scale.high) + " are distributed like" +
      (std::isnan(report.worst_error_true) ? std::string()
                                           : "; truly " + shown(report.worst_error_true, decimals)) +
      "\n";
  if (!report.varies) return "Worst error: " + bound + "No response was ever scored in two ways\n";
  std::string text = "Worst error: probably about " + shown(report.worst_error_likely, decimals) + "; " + bound;
  const auto uniform = static_cast<std::uint64_t>(std::llround(report.uniform_calls));
  text += "A uniform allocation would need about " + report::counted(uniform, "call") + " for the same";
  const double saved = 1 - static_cast<double>(report.calls) / report.uniform_calls;
  if (saved >= 0.001) text += "; saved " + report::percent(saved, 1);
  return text + "\n";
}

}  // namespace

std::string to_json(const asking::AllocateReport& report) {
  report::Json arms = report::Json::array();
  for (const asking::AllocateReport::Arm& arm : report.arms) arms.add(json_of(arm));
  report::Json json = report::Json::object();
  json.set("study", report.study).set("judge", report.judge).set("oracle", report.oracle);
  json.set("allocator", report.allocator).set("estimate", allocate::name(report.estimate)).set("seed", report.seed);
  add_parameters(report.parameters, json);
  json.set("scale", report::Json::array().add(report.scale.low).add(report.scale.high));
  json.set("scale_declared", report.scale_declared);
  json.set("budget", report.budget).set("calls", report.calls).set("calls_new", report.calls_new);
  json.set("calls_failed", report.calls_failed).set("unscored", report.unscored);
  json.set("worst_error", report::Json::object()
                              .set("bound", report.worst_error_bound)
                              .set("likely", report.worst_error_likely)
                              .set("true", report.worst_error_true));
  json.set("uniform_calls", report.uniform_calls);
  json.set("judge_calls", report.bill ? to_json(*report.bill) : report::Json())
      .set("money_ended", report.money_ended)
      .set("trouble", report.trouble.empty() ? report::Json() : report::Json(report.trouble));
  json.set("arms", std::move(arms)).set("notes", report::Json::array_of(report.notes));
  return json.pretty();
}

std::string to_text(const asking::AllocateReport& report, bool colour, bool all) {
  std::string text =
      arms_text(report, colour, all) + models_text(report, colour) + calls_text(report) + errors_text(report);
  if (report.unscored > 0) {
    text += "Note: " + report::counted(report.unscored, "response") +
            " got no score; the worst error is that of the others\n";
  }
  if (!report.scale_declared) {
    text +=
        fmt::format("Note: the scale, {:g} to {:g}, is that of the recorded scores; --scale declares another one\n",
                    report.scale.low, report.scale.high);
  }
  if (report.bill) text += to_text(*report.bill);
  if (!report.trouble.empty()) text += "The endpoint ended the run: " + escaped(report.trouble) + "\n";
  for (const std::string& note : report.notes) text += "Note: " + escaped(with_options(note)) + "\n";
  return text;
}

}  // namespace assay::view
