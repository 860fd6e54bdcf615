#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string>

#include "assay/app/ensemble.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/plot.h"
#include "assay/report/table.h"
#include "assay/stats/intervals.h"

namespace assay {
namespace {

constexpr double kDollar = 1e6;  // micro-dollars

Json dollars(const std::optional<std::int64_t>& cost) {
  return cost ? Json(static_cast<double>(*cost) / kDollar) : Json();
}

std::string dollars_text(const std::optional<std::int64_t>& cost) {
  return cost ? fmt::format("${:g}", static_cast<double>(*cost) / kDollar) : std::string("-");
}

Json interval(double estimate, double se) {
  return Json::array().add(estimate - kNormal95 * se).add(estimate + kNormal95 * se);
}

Json members_json(const EnsembleReport& report) {
  Json members = Json::array();
  for (const EnsembleReport::Member& member : report.members) {
    Json one = Json::object();
    one.set("name", member.name).set("accuracy", member.accuracy);
    one.set("information", member.sure ? Json(member.information.nats) : Json());
    one.set("heldout_accuracy", member.heldout_accuracy).set("cost", dollars(member.cost));
    one.set("information_interval", interval(member.information.nats, member.information.se));
    one.set("information_gained", member.information_gained.nats);
    one.set("information_gained_se", member.information_gained.se);
    one.set("heldout_interval", interval(member.heldout_accuracy, member.heldout_se));
    one.set("accuracy_gained", member.accuracy_gained.nats);
    one.set("accuracy_gained_se", member.accuracy_gained.se);
    members.add(one);
  }
  return members;
}

// method -> decision -> a list by size.
template <typename List>
Json by_method(const EnsembleReport& report, const List& list) {
  Json methods = Json::object();
  for (std::size_t m = 0; m < report.methods.size(); ++m) {
    if (report.replay.held_out[m][0].accuracy.empty()) continue;
    Json rules = Json::object();
    for (std::size_t r = 0; r < report.rules.size(); ++r) {
      rules.set(report.rules[r], Json::array_of(list(report.replay.held_out[m][r])));
    }
    methods.set(report.methods[m], rules);
  }
  return methods;
}

Json copula_json(const EnsembleReport& report) {
  Json correlations = Json::array();
  const CorrelationMatrix& matrix = report.copula.correlation;
  for (std::size_t i = 0; i < matrix.size; ++i) {
    Json row = Json::array();
    for (std::size_t j = 0; j < matrix.size; ++j) row.add(matrix.at(i, j));
    correlations.add(row);
  }
  Json copula = Json::object();
  copula.set("bounds", "the error of a strict majority of ever more models like the members");
  copula.set("majority_error", Json::array_of(report.majority_seen));
  copula.set("majority_error_copula", Json::array_of(report.majority_copula));
  copula.set("majority_error_independent", Json::array_of(report.majority_independent));
  copula.set("explained", report.explained ? Json(*report.explained) : Json());
  copula.set("repaired", report.copula.repaired);
  return copula.set("error_correlations", correlations);
}

std::string signed_points(const HeldOutInformation& gain) {
  return fmt::format("{:+.2f} ± {:.2f}", 100 * gain.nats, 100 * kNormal95 * gain.se);
}

std::string members_text(const EnsembleReport& report, bool colour) {
  Table table({{"", Align::right},
               {"member"},
               {"accuracy", Align::right},
               {"held out", Align::right},
               {"gained, points", Align::right},
               {"information", Align::right},
               {"gained, nats", Align::right},
               {"$/M tokens", Align::right}});
  for (std::size_t k = 0; k < report.members.size(); ++k) {
    const EnsembleReport::Member& member = report.members[k];
    table.add_row(
        {std::to_string(k + 1), member.name, percent(member.accuracy), percent(member.heldout_accuracy),
         k == 0 ? "" : signed_points(member.accuracy_gained),
         (member.sure ? "" : "~ ") +
             fmt::format("{:.3f} ± {:.3f}", member.information.nats, kNormal95 * member.information.se),
         fmt::format("{:+.4f} ± {:.4f}", member.information_gained.nats, kNormal95 * member.information_gained.se),
         dollars_text(member.cost)});
  }
  return table.text(colour);
}

std::string held_out_text(const EnsembleReport& report, bool colour) {
  std::vector<Table::Column> columns = {{"method"}, {"decision"}};
  for (std::size_t k = 1; k <= report.size; ++k) {
    columns.push_back({(k == 1 ? "k = " : "") + std::to_string(k), Align::right});
  }
  columns.push_back({"s.e.", Align::right});
  Table table(columns);
  for (std::size_t m = 0; m < report.methods.size(); ++m) {
    for (std::size_t r = 0; r < report.rules.size(); ++r) {
      const HeldOutAccuracy& held = report.replay.held_out[m][r];
      if (held.accuracy.empty()) continue;
      std::vector<std::string> cells = {r == 0 ? report.methods[m] : "", report.rules[r]};
      for (const double accuracy : held.accuracy) cells.push_back(fixed(100 * accuracy, 2));
      cells.resize(2 + report.size);
      cells.push_back(fixed(100 * held.se.back(), 2));
      table.add_row(cells, m == 0 && r == 0 ? Emphasis::strong : Emphasis::none);
    }
  }
  return table.text(colour);
}

std::string errors_text(const EnsembleReport& report, bool colour) {
  const CorrelationMatrix& matrix = report.copula.correlation;
  if (matrix.size < 2) return "";
  std::vector<Table::Column> columns = {{"errors together (tetrachoric)"}};
  for (std::size_t j = 1; j < matrix.size; ++j) columns.push_back({std::to_string(j), Align::right});
  Table table(columns);
  for (std::size_t i = 1; i < matrix.size; ++i) {
    std::vector<std::string> cells = {std::to_string(i + 1) + " " + report.members[i].name};
    for (std::size_t j = 0; j < i; ++j) cells.push_back(fixed(matrix.at(i, j), 2));
    table.add_row(cells);
  }
  std::string text = "\n" + table.text(colour);
  const std::size_t k = report.members.size();
  text += fmt::format(
      "\nNo strict majority of the {} is right on {} of the queries: {} by a Gaussian copula of their errors, {} "
      "if "
      "they erred\nindependently",
      k, percent(report.majority_seen.back()), percent(report.majority_copula.back()),
      percent(report.majority_independent.back()));
  if (report.explained)
    text += fmt::format("; the copula explains {} of the difference", percent(*report.explained, 0));
  text += fmt::format(
      ". Ever more models like these would err in\n{}: a floor for a strict majority, not for a plurality among "
      "many options or a decision that knows the models.\n",
      percent(report.floor));
  return text;
}

std::string calibration_text(const EnsembleReport& report) {
  double stated = 0, right = 0, answers = 0, off = 0;
  for (const EnsembleReplay::Calibration& bin : report.replay.calibration) {
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
      percent(stated / answers), percent(right / answers), percent(off / answers), percent(report.replay.ties),
      percent(report.replay.unanswered));
}

// The best decision of a method at the last size that it reaches.
std::size_t best_rule(const EnsembleReport& report, std::size_t m) {
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

std::string to_json(const EnsembleReport& report) {
  Json json = Json::object();
  json.set("study", report.study).set("models", report.models).set("queries", report.queries);
  json.set("labels", report.labels).set("kind", report.kind == LabelKind::options ? "options" : "classes");
  json.set("method", report.method).set("size", report.size).set("budget", dollars(report.budget));
  json.set("members", members_json(report)).set("cost", dollars(report.cost));
  json.set("decision", report.decision).set("decision_chosen", report.decision_chosen);
  json.set("by_task", report.by_task).set("splits", report.splits).set("seed", report.seed);
  json.set("trained", report.replay.trained).set("tested", report.replay.queries);
  json.set("heldout", by_method(report, [](const HeldOutAccuracy& held) { return held.accuracy; }));
  json.set("heldout_se", by_method(report, [](const HeldOutAccuracy& held) { return held.se; }));
  json.set("floor", report.floor).set("copula", copula_json(report));
  json.set("ties", report.replay.ties).set("unanswered", report.replay.unanswered);
  Json calibration = Json::array();
  for (const EnsembleReplay::Calibration& bin : report.replay.calibration) {
    if (bin.answers == 0) continue;
    calibration.add(Json::object().set("stated", bin.stated).set("right", bin.right).set("answers", bin.answers));
  }
  json.set("calibration", calibration);
  if (report.by_task) {
    Json tasks = Json::array();
    for (const EnsembleReport::Task& task : report.tasks) {
      tasks.add(Json::object()
                    .set("name", task.name)
                    .set("queries", task.queries)
                    .set("members", Json::array_of(task.members)));
    }
    json.set("tasks", tasks);
  }
  return json.set("notes", Json::array_of(report.notes)).pretty();
}

std::string to_text(const EnsembleReport& report, bool colour) {
  std::string text = counted(report.models, "model") + ", " +
                     counted(report.queries, "labelled query", "labelled queries") + ", " +
                     counted(report.labels, report.kind == LabelKind::options ? "option" : "class",
                             report.kind == LabelKind::options ? "options at most" : "classes") +
                     "; method " + report.method + ", decision " + report.decision +
                     (report.decision_chosen ? " (by cross-validation)" : "") + "\n\n";
  text += members_text(report, colour);
  text +=
      "\n± 95 %; ~: the information is not known to within 5 %. Held out: what ensembles of that size come to that "
      "the "
      "method\nchooses on part of the queries, on the others\n";
  if (report.cost) text += "All members: " + dollars_text(report.cost) + " per million tokens\n";
  for (const EnsembleReport::Task& task : report.tasks) {
    text += fmt::format("{} ({}): ", escaped(task.name), counted(task.queries, "query", "queries"));
    for (std::size_t k = 0; k < task.members.size(); ++k) text += (k > 0 ? ", " : "") + escaped(task.members[k]);
    text += "\n";
  }
  text +=
      fmt::format("\nHeld-out accuracy, %, {} of {:.0f} queries for training, {:.0f} for testing, seed {}{}\n\n",
                  counted(report.splits, "split"), report.replay.trained, report.replay.queries, report.seed,
                  report.by_task ? "; an ensemble for each task, mean over the tasks" : "");
  text += held_out_text(report, colour);
  text +=
      "\ns.e.: at the last k, of the difference to the first row, over the same questions; of the first row, to "
      "top-accuracy by\nmajority\n";
  text += calibration_text(report);
  text += errors_text(report, colour);
  for (const std::string& note : report.notes) text += "Note: " + escaped(note) + "\n";
  return text;
}

std::string to_svg(const EnsembleReport& report) {
  LinePlot plot;
  plot.title = "Held-out accuracy of ensembles";
  plot.x = {.title = "members"};
  plot.y = {.title = "accuracy", .percent = true};
  const auto add = [&](std::size_t m, std::size_t r) {
    PlotSeries series{.name = report.methods[m] + ", " + report.rules[r], .x = {}, .y = {}};
    const std::vector<double>& accuracy = report.replay.held_out[m][r].accuracy;
    for (std::size_t k = 0; k < accuracy.size(); ++k) {
      series.x.push_back(static_cast<double>(k + 1));
      series.y.push_back(accuracy[k]);
    }
    if (!series.x.empty()) plot.series.push_back(std::move(series));
  };
  for (std::size_t m = 0; m < report.methods.size(); ++m) {
    const std::size_t best = best_rule(report, m);
    if (report.methods[m] != "random") add(m, best);
    if (report.methods[m] != "top-accuracy") continue;
    for (std::size_t r = 0; r < report.rules.size(); ++r) {
      if (report.rules[r] == "majority" && r != best) add(m, r);
    }
  }
  return svg(plot);
}

}  // namespace assay
