#include "assay/view/ensemble.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string>

#include "assay/core/field_names.h"
#include "assay/core/money.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/plot.h"
#include "assay/report/table.h"
#include "assay/stats/intervals.h"
#include "assay/view/plot_style.h"

namespace assay::view {
namespace {

constexpr double kDollar = 1e6;  // micro-dollars

report::Json dollars(const std::optional<std::int64_t>& cost) {
  return cost ? report::Json(static_cast<double>(*cost) / kDollar) : report::Json();
}

std::string model_price_text(const std::optional<std::int64_t>& cost) {
  return cost ? dollars_text(Money{*cost}) : std::string("-");
}

report::Json interval(double estimate, double se) {
  return report::Json::array().add(estimate - stats::kNormal95 * se).add(estimate + stats::kNormal95 * se);
}

report::Json members_json(const app::EnsembleReport& report) {
  report::Json members = report::Json::array();
  for (const app::EnsembleReport::Member& member : report.members) {
    report::Json one = report::Json::object();
    one.set("name", member.name).set("accuracy", member.accuracy);
    one.set("information", member.sure ? report::Json(member.information.mean) : report::Json());
    one.set("heldout_accuracy", member.heldout_accuracy).set("cost", dollars(member.cost));
    one.set("information_interval", interval(member.information.mean, member.information.se));
    one.set("information_gained", member.information_gained.mean);
    one.set("information_gained_se", member.information_gained.se);
    one.set("heldout_interval", interval(member.heldout_accuracy, member.heldout_se));
    one.set("accuracy_gained", member.accuracy_gained.mean);
    one.set("accuracy_gained_se", member.accuracy_gained.se);
    members.add(one);
  }
  return members;
}

// method -> decision -> a list by size.
template <typename List>
report::Json by_method(const app::EnsembleReport& report, const List& list) {
  report::Json methods = report::Json::object();
  for (std::size_t m = 0; m < report.methods.size(); ++m) {
    if (report.replay.held_out[m][0].accuracy.empty()) continue;
    report::Json rules = report::Json::object();
    for (std::size_t r = 0; r < report.rules.size(); ++r) {
      rules.set(report.rules[r], report::Json::array_of(list(report.replay.held_out[m][r])));
    }
    methods.set(report.methods[m], rules);
  }
  return methods;
}

report::Json copula_json(const app::EnsembleReport& report) {
  report::Json correlations = report::Json::array();
  const stats::CorrelationMatrix& matrix = report.copula.correlation;
  for (std::size_t i = 0; i < matrix.size; ++i) {
    report::Json row = report::Json::array();
    for (std::size_t j = 0; j < matrix.size; ++j) row.add(matrix.at(i, j));
    correlations.add(row);
  }
  report::Json copula = report::Json::object();
  copula.set("bounds", "the error of a strict majority of ever more models like the members");
  copula.set("majority_error", report::Json::array_of(report.majority_seen));
  copula.set("majority_error_copula", report::Json::array_of(report.majority_copula));
  copula.set("majority_error_independent", report::Json::array_of(report.majority_independent));
  copula.set("explained", report.explained ? report::Json(*report.explained) : report::Json());
  copula.set("repaired", report.copula.repaired);
  return copula.set("error_correlations", correlations);
}

std::string signed_points(const stats::MeanSe& gain) {
  return fmt::format("{:+.2f} ± {:.2f}", 100 * gain.mean, 100 * stats::kNormal95 * gain.se);
}

std::string members_text(const app::EnsembleReport& report, bool colour) {
  report::Table table({{"", report::Align::right},
                       {"member"},
                       {"accuracy", report::Align::right},
                       {"held out", report::Align::right},
                       {"gained, points", report::Align::right},
                       {"information", report::Align::right},
                       {"gained, nats", report::Align::right},
                       {"per M tokens", report::Align::right}});
  for (std::size_t k = 0; k < report.members.size(); ++k) {
    const app::EnsembleReport::Member& member = report.members[k];
    table.add_row({std::to_string(k + 1), member.name, report::percent(member.accuracy),
                   report::percent(member.heldout_accuracy), k == 0 ? "" : signed_points(member.accuracy_gained),
                   (member.sure ? "" : "~ ") + fmt::format("{:.3f} ± {:.3f}", member.information.mean,
                                                           stats::kNormal95 * member.information.se),
                   fmt::format("{:+.4f} ± {:.4f}", member.information_gained.mean,
                               stats::kNormal95 * member.information_gained.se),
                   model_price_text(member.cost)});
  }
  return table.text(colour);
}

std::string held_out_text(const app::EnsembleReport& report, bool colour) {
  std::vector<report::Table::Column> columns = {{"method"}, {"decision"}};
  for (std::size_t k = 1; k <= report.size; ++k) {
    columns.push_back({(k == 1 ? "k = " : "") + std::to_string(k), report::Align::right});
  }
  columns.push_back({"s.e.", report::Align::right});
  report::Table table(columns);
  for (std::size_t m = 0; m < report.methods.size(); ++m) {
    for (std::size_t r = 0; r < report.rules.size(); ++r) {
      const sim::HeldOutAccuracy& held = report.replay.held_out[m][r];
      if (held.accuracy.empty()) continue;
      std::vector<std::string> cells = {r == 0 ? report.methods[m] : "", report.rules[r]};
      for (const double accuracy : held.accuracy) cells.push_back(report::fixed(100 * accuracy, 2));
      cells.resize(2 + report.size);
      cells.push_back(report::fixed(100 * held.se.back(), 2));
      table.add_row(cells, m == 0 && r == 0 ? report::Emphasis::strong : report::Emphasis::none);
    }
  }
  return table.text(colour);
}

std::string errors_text(const app::EnsembleReport& report, bool colour) {
  const stats::CorrelationMatrix& matrix = report.copula.correlation;
  if (matrix.size < 2) return "";
  std::vector<report::Table::Column> columns = {{"errors together (tetrachoric)"}};
  for (std::size_t j = 1; j < matrix.size; ++j) columns.push_back({std::to_string(j), report::Align::right});
  report::Table table(columns);
  for (std::size_t i = 1; i < matrix.size; ++i) {
    std::vector<std::string> cells = {std::to_string(i + 1) + " " + report.members[i].name};
    for (std::size_t j = 0; j < i; ++j) cells.push_back(report::fixed(matrix.at(i, j), 2));
    table.add_row(cells);
  }
  std::string text = "\n" + table.text(colour);
  const std::size_t k = report.members.size();
  text += fmt::format(
      "\nNo strict majority of the {} is right on {} of the queries: {} by a Gaussian copula of their errors, {} "
      "if "
      "they erred\nindependently",
      k, report::percent(report.majority_seen.back()), report::percent(report.majority_copula.back()),
      report::percent(report.majority_independent.back()));
  if (report.explained)
    text += fmt::format("; the copula explains {} of the difference", report::percent(*report.explained, 0));
  text += fmt::format(
      ". Ever more models like these would err in\n{}: a floor for a strict majority, not for a plurality among "
      "many options or a decision that knows the models.\n",
      report::percent(report.floor));
  return text;
}

std::string calibration_text(const app::EnsembleReport& report) {
  double stated = 0, right = 0, answers = 0, off = 0;
  for (const sim::EnsembleReplay::Calibration& bin : report.replay.calibration) {
    const auto count = static_cast<double>(bin.answers);
    stated += bin.stated * count;
    right += bin.right * count;
    off += std::abs(bin.stated - bin.right) * count;
    answers += count;
  }
  if (answers == 0) return "";
  return fmt::format(
      "Its answers say {} on average and are right in {}; by tenths they are {} off. Ties: {} of the queries; no "
      "answer: {}.\n",
      report::percent(stated / answers), report::percent(right / answers), report::percent(off / answers),
      report::percent(report.replay.ties), report::percent(report.replay.unanswered));
}

report::Json sequential_json(const app::EnsembleReport& report) {
  report::Json list = report::Json::array();
  for (const sim::SequentialReplay& one : report.replay.sequential) {
    report::Json json = report::Json::object();
    json.set("sure", one.sure).set("asked", one.asked).set("share", one.share).set("accuracy", one.accuracy);
    json.set("lost", one.lost.mean).set("lost_se", one.lost.se).set("lost_spread", one.lost_spread);
    list.add(json.set("stays", one.stays).set("stated", one.stated));
  }
  return list;
}

std::string sequential_text(const app::EnsembleReport& report, bool colour) {
  if (report.size < 2 || report.replay.sequential.empty()) return "";
  report::Table table({{"stops where it stays with", report::Align::right},
                       {"asked", report::Align::right},
                       {"of all calls", report::Align::right},
                       {"accuracy, %", report::Align::right},
                       {"lost, points", report::Align::right},
                       {"stays", report::Align::right},
                       {"stated", report::Align::right}});
  for (const sim::SequentialReplay& one : report.replay.sequential) {
    table.add_row({one.sure >= 1 ? "certainty" : report::percent(one.sure, 0), report::fixed(one.asked, 2),
                   report::percent(one.share, 1), report::fixed(100 * one.accuracy, 2),
                   fmt::format("{:.2f} ± {:.2f}", 100 * one.lost.mean, 100 * stats::kNormal95 * one.lost.se),
                   report::percent(one.stays, 1), report::percent(one.stated, 1)},
                  one.sure == report.sure ? report::Emphasis::strong : report::Emphasis::none);
  }
  return "\nMembers asked one after the other, until the others can't change the answer, or hardly will (held "
         "out)\n\n" +
         table.text(colour) + "\n";
}

// The best decision of a method at the last size that it reaches.
std::size_t best_rule(const app::EnsembleReport& report, std::size_t m) {
  std::size_t best = 0;
  double highest = -1;
  for (std::size_t r = 0; r < report.rules.size(); ++r) {
    const std::vector<double>& accuracy = report.replay.held_out[m][r].accuracy;
    if (!accuracy.empty() && accuracy.back() > highest) {
      highest = accuracy.back();
      best = r;
    }
  }
  return best;
}

}  // namespace

std::string to_json(const app::EnsembleReport& report) {
  report::Json json = report::Json::object();
  json.set("study", report.study).set("models", report.models).set("queries", report.queries);
  json.set("labels", report.labels).set("kind", report.kind == LabelKind::options ? "options" : "classes");
  json.set("method", report.method).set("size", report.size).set("budget", dollars(report.budget));
  json.set("members", members_json(report)).set("cost", dollars(report.cost));
  json.set("decision", report.decision).set("decision_chosen", report.decision_chosen);
  json.set("by_task", report.by_task).set("splits", report.splits).set("seed", report.seed);
  json.set("trained", report.replay.trained).set("tested", report.replay.queries);
  json.set("heldout", by_method(report, [](const sim::HeldOutAccuracy& held) { return held.accuracy; }));
  json.set("heldout_se", by_method(report, [](const sim::HeldOutAccuracy& held) { return held.se; }));
  json.set("sure", report.sure).set("sequential", sequential_json(report));
  json.set("floor", report.floor).set("copula", copula_json(report));
  json.set("ties", report.replay.ties).set("unanswered", report.replay.unanswered);
  report::Json calibration = report::Json::array();
  for (const sim::EnsembleReplay::Calibration& bin : report.replay.calibration) {
    if (bin.answers == 0) continue;
    calibration.add(
        report::Json::object().set("stated", bin.stated).set("right", bin.right).set("answers", bin.answers));
  }
  json.set("calibration", calibration);
  if (report.by_task) {
    report::Json tasks = report::Json::array();
    for (const app::EnsembleReport::Task& task : report.tasks) {
      tasks.add(report::Json::object()
                    .set("name", task.name)
                    .set("queries", task.queries)
                    .set("members", report::Json::array_of(task.members)));
    }
    json.set("tasks", tasks);
  }
  return json.set("notes", report::Json::array_of(report.notes)).pretty();
}

std::string to_text(const app::EnsembleReport& report, bool colour) {
  std::string text = report::counted(report.models, "model") + ", " +
                     report::counted(report.queries, "labelled query", "labelled queries") + ", " +
                     report::counted(report.labels, report.kind == LabelKind::options ? "option" : "class",
                                     report.kind == LabelKind::options ? "options at most" : "classes") +
                     "; method " + report.method + ", decision " + report.decision +
                     (report.decision_chosen ? " (by cross-validation)" : "") + "\n";
  // First of all: they may say that the numbers below mean something else than they seem to.
  for (const std::string& note : report.notes) text += "Note: " + escaped(with_options(note)) + "\n";
  text += "\n";
  text += members_text(report, colour);
  text +=
      "\n± 95 %; ~: the information is not known to within 5 %. Held out: what ensembles of that size come to that "
      "the "
      "method\nchooses on part of the queries, on the others\n";
  if (report.cost) text += "All members: " + model_price_text(report.cost) + " per million tokens\n";
  for (const app::EnsembleReport::Task& task : report.tasks) {
    text += fmt::format("{} ({}): ", escaped(task.name), report::counted(task.queries, "query", "queries"));
    for (std::size_t k = 0; k < task.members.size(); ++k) text += (k > 0 ? ", " : "") + escaped(task.members[k]);
    text += "\n";
  }
  text +=
      fmt::format("\nHeld-out accuracy, %, {} of {:.0f} queries for training, {:.0f} for testing, seed {}{}\n\n",
                  report::counted(report.splits, "split"), report.replay.trained, report.replay.queries,
                  report.seed, report.by_task ? "; an ensemble for each task, mean over the tasks" : "");
  text += held_out_text(report, colour);
  text +=
      "\ns.e.: at the last k, of the difference to the first row, over the same questions; of the first row, to "
      "top-accuracy by\nmajority\n";
  text += sequential_text(report, colour);
  text += calibration_text(report);
  text += errors_text(report, colour);
  return text;
}

std::string to_svg(const app::EnsembleReport& report) {
  report::LinePlot plot;
  plot.title = plot_title(report.study, "held-out accuracy of ensembles");
  plot.x = {.title = "members"};
  plot.y = {.title = "accuracy", .percent = true};
  const auto add = [&](std::size_t m, std::size_t r) {
    report::PlotSeries series{.name = report.methods[m] + ", " + report.rules[r], .x = {}, .y = {}};
    const std::vector<double>& accuracy = report.replay.held_out[m][r].accuracy;
    for (std::size_t k = 0; k < accuracy.size(); ++k) {
      series.x.push_back(static_cast<double>(k + 1));
      series.y.push_back(accuracy[k]);
    }
    if (series.x.empty()) return;
    const bool variant = r != best_rule(report, m);
    add_series(plot, std::move(series), series_style(report.methods[m], variant));
  };
  for (std::size_t m = 0; m < report.methods.size(); ++m) {
    const std::size_t best = best_rule(report, m);
    if (report.methods[m] != "random") add(m, best);
    if (report.methods[m] != "top-accuracy") continue;
    for (std::size_t r = 0; r < report.rules.size(); ++r) {
      if (report.rules[r] == "majority" && r != best) add(m, r);
    }
  }
  return report::svg(plot);
}

}  // namespace assay::view
