#include "assay/view/simulate_allocators.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "assay/core/field_names.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/plot.h"
#include "assay/report/table.h"
#include "assay/stats/intervals.h"
#include "assay/view/parameters.h"
#include "assay/view/plot_style.h"

namespace assay::view {
namespace {

using Setting = app::SimulateAllocatorsReport::Setting;
using Values = std::vector<std::optional<double>>;

constexpr std::size_t kColumns = 5;  // of budgets, in the table

report::Json optional(const std::optional<double>& value) { return value ? report::Json(*value) : report::Json(); }

report::Json json_of(const Values& values) {
  report::Json json = report::Json::array();
  for (const std::optional<double>& value : values) json.add(optional(value));
  return json;
}

report::Json means(std::span<const stats::MeanSe> values) {
  report::Json json = report::Json::array();
  for (const stats::MeanSe& value : values) json.add(value.mean);
  return json;
}

report::Json errors(std::span<const stats::MeanSe> values) {
  report::Json json = report::Json::array();
  for (const stats::MeanSe& value : values) json.add(value.se);
  return json;
}

report::Json json_of(const Setting& setting, const app::SimulateAllocatorsReport::Allocator& row) {
  const sim::AllocationResult& result = row.result;
  report::Json json = report::Json::object();
  json.set("name", row.entry->name).set("estimate", allocate::name(row.estimate));
  add_parameters(row.parameters, json);
  json.set("budgets", report::Json::array_of(setting.budgets));
  json.set("wce", means(result.wce)).set("wce_se", errors(result.wce));
  json.set("mae", means(result.mae)).set("mae_se", errors(result.mae));
  json.set("wce_less_uniform", means(result.wce_less_uniform));
  json.set("wce_less_uniform_se", errors(result.wce_less_uniform));
  json.set("calls_to_match_uniform", optional(result.calls_to_match_uniform));
  if (result.pearson.empty()) return json;
  json.set("pearson", json_of(result.pearson)).set("spearman", json_of(result.spearman));
  return json.set("kendall", json_of(result.kendall));
}

void set_setting(const Setting& setting, report::Json& json) {
  json.set("judge", setting.judge);
  json.set("reference", setting.reference.empty() ? report::Json() : report::Json(setting.reference));
  json.set("arms", setting.arms).set("budget", setting.budgets.back());
  json.set("lower_limit", report::Json::array_of(setting.lower_limit));
  report::Json rows = report::Json::array();
  for (const auto& row : setting.allocators) rows.add(json_of(setting, row));
  json.set("allocators", rows);
}

// Entries of the budgets that the table shows: the last one, and some evenly before it.
std::vector<std::size_t> columns_of(const Setting& setting) {
  const std::size_t count = std::min(kColumns, setting.budgets.size());
  std::vector<std::size_t> columns;
  for (std::size_t c = 1; c <= count; ++c) columns.push_back(setting.budgets.size() * c / count - 1);
  return columns;
}

std::string calls_an_arm(const Setting& setting, std::size_t budget) {
  return fmt::format("{:.4g}", static_cast<double>(setting.budgets[budget]) / static_cast<double>(setting.arms));
}

std::string errors_text(const Setting& setting, bool colour) {
  std::vector<report::Table::Column> heads = {{"allocator"}, {"estimate"}};
  const std::vector<std::size_t> columns = columns_of(setting);
  for (const std::size_t b : columns) {
    heads.push_back({(b == columns.front() ? "WCE at " : "") + calls_an_arm(setting, b), report::Align::right});
  }
  heads.push_back({"s.e.", report::Align::right});
  heads.push_back({"MAE", report::Align::right});
  heads.push_back({"matches uniform at", report::Align::right});
  report::Table table(heads);
  for (const auto& row : setting.allocators) {
    std::vector<std::string> cells = {std::string(row.entry->name), std::string(allocate::name(row.estimate))};
    for (const std::size_t b : columns) cells.push_back(report::fixed(row.result.wce[b].mean, 4));
    cells.push_back(report::fixed(row.result.wce.back().se, 4));
    cells.push_back(report::fixed(row.result.mae.back().mean, 4));
    const std::optional<double>& share = row.result.calls_to_match_uniform;
    cells.push_back(share ? report::percent(*share, 1) : "-");
    table.add_row(cells);
  }
  return table.text(colour);
}

std::string agreement_text(const Setting& setting, bool colour) {
  if (setting.allocators.front().result.pearson.empty()) return "";
  report::Table table({{"allocator"},
                       {"agreement with " + escaped(setting.reference)},
                       {"Pearson", report::Align::right},
                       {"Spearman", report::Align::right},
                       {"Kendall", report::Align::right}});
  const auto text_of = [](const std::optional<double>& value) {
    return value ? report::fixed(*value, 4) : std::string("-");
  };
  for (const auto& row : setting.allocators) {
    for (const std::size_t b : {std::size_t{0}, setting.budgets.size() - 1}) {
      table.add_row({b == 0 ? std::string(row.entry->name) : "", "at " + calls_an_arm(setting, b) + " calls an arm",
                     text_of(row.result.pearson[b]), text_of(row.result.spearman[b]),
                     text_of(row.result.kendall[b])});
    }
  }
  return "\n" + table.text(colour);
}

}  // namespace

std::string to_json(const app::SimulateAllocatorsReport& report) {
  report::Json json = report::Json::object();
  json.set("study", report.study).set("runs", report.runs).set("seed", report.seed);
  json.set("seconds", optional(report.seconds));
  set_setting(report.all, json);
  if (!report.settings.empty()) {
    report::Json settings = report::Json::array();
    for (const Setting& setting : report.settings) {
      report::Json one = report::Json::object();
      set_setting(setting, one);
      settings.add(one);
    }
    json.set("settings", settings);
  }
  return json.set("notes", report::Json::array_of(report.all.notes)).pretty();
}

std::string to_text(const app::SimulateAllocatorsReport& report, bool colour) {
  const Setting& all = report.all;
  std::string text = "Judge " + escaped(all.judge) + ", " + report::counted(all.arms, "response") + ", " +
                     report::counted(report.runs, "run") + ", seed " + std::to_string(report.seed) + "\n\n" +
                     errors_text(all, colour);
  text +=
      "\nWCE: mean over the runs of the worst error of an estimate, at so many calls an arm; s.e. and MAE, the "
      "mean "
      "error,\nat the last of them; matches uniform: share of the budget after which the WCE stays at or below "
      "that of uniform at\nthe end\n";
  text += agreement_text(all, colour);
  for (const std::string& note : all.notes) text += "Note: " + escaped(with_options(note)) + "\n";
  return text;
}

std::string to_svg(const app::SimulateAllocatorsReport& report) {
  const Setting& all = report.all;
  report::LinePlot plot;
  plot.title = plot_title(report.study, "worst error of the estimated means, judge " + escaped(all.judge));
  plot.x = {.title = "calls an arm", .from = 0};
  plot.y = {.title = "worst error, mean over the runs", .from = 0};
  const double calls = static_cast<double>(all.budgets.back()) / static_cast<double>(all.arms);
  for (const auto& row : all.allocators) {
    report::PlotSeries series{.name = std::string(row.entry->name), .x = {}, .y = {}};
    const std::vector<double>& curve = row.result.curve;
    // The first few calls say little and would set the scale.
    for (std::size_t p = curve.size() / 10; p < curve.size(); ++p) {
      series.x.push_back(calls * static_cast<double>(p + 1) / static_cast<double>(curve.size()));
      series.y.push_back(curve[p]);
    }
    for (std::size_t b = 0; b < all.budgets.size(); ++b) {
      const stats::MeanSe& error = row.result.wce[b];
      const double at = static_cast<double>(all.budgets[b]) / static_cast<double>(all.arms);
      if (series.x.empty() || at < series.x.front()) continue;
      series.band.x.push_back(at);
      series.band.low.push_back(std::max(0.0, error.mean - stats::kNormal95 * error.se));
      series.band.high.push_back(error.mean + stats::kNormal95 * error.se);
    }
    add_series(plot, std::move(series), series_style(row.entry->name));
  }
  return report::svg(plot);
}

}  // namespace assay::view
