#include "assay/view/saved_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/report/numbers.h"
#include "assay/view/select.h"

namespace assay::view {
namespace {

// Keys that only documents of this kind have together.
struct Kind {
  std::string_view name;
  std::array<std::string_view, 3> keys;
};

constexpr std::array kKinds = {
    Kind{"select", {"best", "models", "trace"}},
    Kind{"allocate", {"allocator", "arms", "worst_error"}},
    Kind{"simulate", {"strategies", "realizations", "pool"}},
    Kind{"simulate-allocators", {"allocators", "runs", "seed"}},
    Kind{"simulate-allocators", {"settings", "runs", "seed"}},
    Kind{"ensemble", {"members", "decision", "heldout"}},
    Kind{"route-evaluate", {"scores", "per_query", "pools"}},
    Kind{"route-fit", {"router", "tasks_belief", "queries_belief"}},
    Kind{"route-task", {"router", "chosen", "models"}},
    Kind{"route-query", {"router", "prompts", "cost_weight"}},
};

std::size_t count_of(const report::Json& json) {
  const double value = json.number();
  constexpr double kMost = 9e15;  // whole numbers are exact below
  return value >= 0 && value <= kMost ? static_cast<std::size_t>(value) : 0;
}

double number_or(const report::Json& json, double otherwise) {
  const double value = json.number();
  return std::isnan(value) ? otherwise : value;
}

std::string name_of(const report::Json& json) { return escaped(json.text()); }

std::string shares_text(const report::Json& share) { return report::percent(share.number(), 1); }

std::vector<std::string> allocate_summary(const report::Json& json) {
  const report::Json error = json.member("worst_error");
  return {fmt::format("Scored: {} with {}, allocator {}", report::counted(json.member("arms").size(), "response"),
                      report::counted(count_of(json.member("calls")), "call"), name_of(json.member("allocator"))),
          fmt::format("Worst error: probably about {}, with 95 % at most {}",
                      report::fixed(error.member("likely").number(), 2),
                      report::fixed(error.member("bound").number(), 2))};
}

std::vector<std::string> simulate_summary(const report::Json& json) {
  std::vector<std::string> lines = {
      fmt::format("Replayed: {} on {} of {}, {} models",
                  report::counted(json.member("strategies").size(), "strategy", "strategies"),
                  report::counted(count_of(json.member("realizations")), "realization"),
                  report::counted(count_of(json.member("pool")), "query", "queries"),
                  report::grouped(count_of(json.member("models"))))};
  const report::Json strategies = json.member("strategies");
  for (std::size_t i = 0; i < strategies.size(); ++i) {
    const report::Json stop = strategies.item(i).member("stop");
    if (stop.size() == 0) continue;
    lines.push_back(fmt::format(
        "{} stops after {} calls on average; wrong {}, undecided {}", name_of(strategies.item(i).member("name")),
        report::fixed(stop.item(0).member("calls_mean").number(), 0), shares_text(stop.item(0).member("wrong")),
        shares_text(stop.item(0).member("undecided"))));
  }
  return lines;
}

std::vector<std::string> allocators_summary(const report::Json& json) {
  const bool several = json.has("settings");
  return {fmt::format("Replayed: {} with {}",
                      several ? report::counted(json.member("settings").size(), "judge")
                              : report::counted(json.member("allocators").size(), "allocator"),
                      report::counted(count_of(json.member("runs")), "run"))};
}

std::vector<std::string> ensemble_summary(const report::Json& json) {
  const report::Json members = json.member("members");
  std::string names;
  for (std::size_t i = 0; i < members.size(); ++i) {
    names += (i > 0 ? ", " : "") + name_of(members.item(i).member("name"));
  }
  std::vector<std::string> lines = {"Take: " + names};
  if (members.size() > 0) {
    const report::Json last = members.item(members.size() - 1);
    lines.push_back(fmt::format("Right together: {} of held-out queries, decided by {}",
                                shares_text(last.member("heldout_accuracy")), name_of(json.member("decision"))));
  }
  return lines;
}

std::vector<std::string> evaluate_summary(const report::Json& json) {
  std::vector<std::string> lines = {fmt::format("Left out in turn: {}, {} models",
                                                report::counted(json.member("tasks").size(), "task"),
                                                report::grouped(json.member("models").size()))};
  const report::Json scores = json.member("scores");
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (scores.item(i).member("name").text() != "assay") continue;
    lines.push_back(
        fmt::format("The model that assay chooses is right in {}", shares_text(scores.item(i).member("accuracy"))));
  }
  return lines;
}

std::vector<std::string> fit_summary(const report::Json& json) {
  return {fmt::format(
      "Learnt: {} of {}, {} models", report::counted(count_of(json.member("queries")), "query", "queries"),
      report::counted(json.member("tasks").size(), "task"), report::grouped(json.member("models").size()))};
}

std::vector<std::string> task_summary(const report::Json& json) {
  std::string line = "Take: " + name_of(json.member("chosen"));
  const report::Json models = json.member("models");
  if (models.size() > 0 && !std::isnan(models.item(0).member("low").number())) {
    const report::Json best = models.item(0);
    line += fmt::format(", right in about {} ({} .. {})", shares_text(best.member("score")),
                        report::fixed(100 * best.member("low").number(), 1), shares_text(best.member("high")));
  }
  return {line};
}

std::vector<std::string> query_summary(const report::Json& json) {
  const report::Json prompts = json.member("prompts");
  if (prompts.size() != 1) return {"Routed: " + report::counted(prompts.size(), "prompt")};
  const report::Json one = prompts.item(0);
  return {fmt::format("Ask: {}, right with {}", name_of(one.member("chosen")), shares_text(one.member("chance")))};
}

std::vector<std::string> summary_of(std::string_view kind, const report::Json& json) {
  if (kind == "allocate") return allocate_summary(json);
  if (kind == "simulate") return simulate_summary(json);
  if (kind == "simulate-allocators") return allocators_summary(json);
  if (kind == "ensemble") return ensemble_summary(json);
  if (kind == "route-evaluate") return evaluate_summary(json);
  if (kind == "route-fit") return fit_summary(json);
  if (kind == "route-task") return task_summary(json);
  return query_summary(json);
}

asking::SelectReport::Model model_of(const report::Json& json) {
  asking::SelectReport::Model model;
  model.name = json.member("name").text();
  model.probability = number_or(json.member("probability"), 0);
  model.win_rate = number_or(json.member("win_rate"), 0.5);
  model.interval = {number_or(json.member("low"), 0), number_or(json.member("high"), 1)};
  model.tally.wins = count_of(json.member("wins"));
  model.tally.draws = count_of(json.member("draws"));
  model.tally.losses = count_of(json.member("losses"));
  model.tally.none = count_of(json.member("no_verdict"));
  model.possible = json.member("possible").flag();
  model.missing = count_of(json.member("missing"));
  if (!std::isnan(json.member("price").number())) model.price = json.member("price").number();
  model.pareto = json.member("pareto").flag();
  return model;
}

asking::SelectReport::Stop stop_of(const report::Json& json) {
  asking::SelectReport::Stop stop;
  stop.goal.epsilon = number_or(json.member("epsilon"), 0);
  if (!std::isnan(json.member("good_enough").number())) stop.goal.good_enough = json.member("good_enough").number();
  stop.goal.confidence = number_or(json.member("confidence"), stop.goal.confidence);
  stop.goal.population = json.member("population").flag();
  stop.decided = json.member("decided").flag();
  stop.risk = number_or(json.member("doubt"), 1);
  stop.population_risk = number_or(json.member("population_doubt"), 1);
  stop.calls_to_decide = count_of(json.member("calls_to_decide"));
  return stop;
}

std::vector<std::string> texts_of(const report::Json& list) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < list.size(); ++i) texts.push_back(list.item(i).text());
  return texts;
}

template <typename Value>
void take_named(const report::Json& json, std::initializer_list<Value> values, Value& value) {
  for (const Value one : values) {
    if (name(one) == json.text()) value = one;
  }
}

}  // namespace

std::string_view kind_of(const report::Json& json) {
  for (const Kind& kind : kKinds) {
    if (std::ranges::all_of(kind.keys, [&](std::string_view key) { return json.has(key); })) return kind.name;
  }
  return {};
}

asking::SelectReport select_report(const report::Json& json) {
  using store::Measure;
  asking::SelectReport report;
  report.study = json.member("study").text();
  report.judge = json.member("judge").text();
  report.baseline = json.member("baseline").text();
  report.oracle = json.member("oracle").text();
  report.strategy = json.member("strategy").text();
  take_named(json.member("measure"), {Measure::win_rate, Measure::preference, Measure::score, Measure::accuracy},
             report.measure);
  const report::Json averaging = json.member("averaging");
  report.averaging.tasks = texts_of(averaging.member("tasks"));
  report.averaging.weights = averaging.member("weights").text();
  take_named(averaging.member("average"), {store::Average::queries, store::Average::tasks},
             report.averaging.average);
  report.scale = {number_or(json.member("scale_low"), 0), number_or(json.member("scale_high"), 1)};
  report.lower_is_better = json.member("lower_is_better").flag();
  report.seed = count_of(json.member("seed"));
  report.queries = count_of(json.member("queries"));
  report.queries_judged = count_of(json.member("queries_judged"));
  report.calls = count_of(json.member("calls"));
  report.calls_new = count_of(json.member("calls_new"));
  report.calls_failed = count_of(json.member("calls_failed"));
  report.known = count_of(json.member("known"));
  report.calls_all = count_of(json.member("calls_all"));
  report.best = json.member("best").text();
  report.keep_baseline = json.member("keep_baseline").flag();
  report.random_queries = json.member("random_queries").flag();
  if (json.member("prefer").text() != "") {
    asking::Preference prefer = asking::Preference::price;
    take_named(json.member("prefer"),
               {asking::Preference::price, asking::Preference::latency, asking::Preference::size}, prefer);
    report.prefer = prefer;
  }
  if (json.member("stop").is_object()) report.stop = stop_of(json.member("stop"));
  const report::Json models = json.member("models");
  for (std::size_t i = 0; i < models.size(); ++i) report.models.push_back(model_of(models.item(i)));
  report.trouble = json.member("trouble").text();
  report.notes = texts_of(json.member("notes"));
  return report;
}

PageDocument saved_document(const report::Json& json, std::string title, std::string source) {
  const std::string_view kind = kind_of(json);
  if (kind.empty()) {
    throw DataError(escaped(source) +
                    ": expected a study, or what select, find, allocate, simulate, ensemble or route wrote with "
                    "--json, came another document");
  }
  PageDocument document{.kind = std::string(kind), .title = std::move(title), .source = std::move(source)};
  document.report = json;
  if (kind != "select") {
    document.summary = summary_of(kind, json);
    for (const std::string& line : document.summary) document.text += line + "\n";
    return document;
  }
  const asking::SelectReport report = select_report(json);
  if (report.models.empty())
    throw DataError(escaped(document.source) + ": expected models in a selection, came none");
  document.summary = first_lines(to_text(report, false));
  document.text = to_text(report, true);
  return document;
}

}  // namespace assay::view
