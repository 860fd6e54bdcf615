#include "assay/view/select.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "assay/core/field_names.h"
#include "assay/core/utf8.h"
#include "assay/report/display_width.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"
#include "assay/view/answering.h"
#include "assay/view/assistant.h"
#include "assay/view/averaging.h"
#include "assay/view/baseline.h"
#include "assay/view/candidate_prices.h"
#include "assay/view/judge_bill.h"
#include "assay/view/measure.h"
#include "assay/view/parameters.h"

namespace assay::view {
namespace {

report::Json json_of(const asking::SelectReport::Model& model) {
  return report::Json::object()
      .set("name", model.name)
      .set("probability", model.probability)
      .set("win_rate", model.win_rate)
      .set("low", model.interval.low)
      .set("high", model.interval.high)
      .set("wins", model.tally.wins)
      .set("draws", model.tally.draws)
      .set("losses", model.tally.losses)
      .set("no_verdict", model.tally.none)
      .set("possible", model.possible)
      .set("missing", model.missing)
      .set("price", model.price ? report::Json(*model.price) : report::Json())
      .set("pareto", model.pareto);
}

std::vector<std::string> possible_of(const asking::SelectReport& report) {
  std::vector<std::string> names;
  for (const asking::SelectReport::Model& model : report.models) {
    if (model.possible) names.push_back(model.name);
  }
  return names;
}

report::Json json_of(const asking::SelectReport& report, const asking::SelectReport::Stop& stop) {
  return report::Json::object()
      .set("rule", "guaranteed")  // of older versions, which had another one too
      .set("epsilon", stop.goal.epsilon)
      .set("good_enough", stop.goal.good_enough ? report::Json(*stop.goal.good_enough) : report::Json())
      .set("confidence", stop.goal.confidence)
      .set("decided", stop.decided)
      .set("doubt", stop.risk)
      .set("population", stop.goal.population)
      .set("population_doubt", stop.population_risk)
      .set("calls_to_decide", stop.calls_to_decide)
      .set("possible", report::Json::array_of(possible_of(report)));
}

double saved(const asking::SelectReport& report) {
  return report.calls_all > 0
             ? 1.0 - static_cast<double>(report.calls + report.known) / static_cast<double>(report.calls_all)
             : 0.0;
}

constexpr std::size_t kLeadersShown = 10;

std::string some_of(const std::vector<std::string>& names, bool all) {
  const std::size_t shown = all ? names.size() : std::min(names.size(), kLeadersShown);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) text += (i > 0 ? ", " : "") + report::shown_name(names[i]);
  if (names.size() > shown) text += " and " + std::to_string(names.size() - shown) + " more (--all names them)";
  return text;
}

// A level that holds at least, rounded down: what is not excluded is not said.
std::string sure_text(double risk) { return report::percent(std::floor(1e3 * (1 - risk) + 1e-9) / 1e3, 1); }

// "wins 97.6 % against b", "is right in 71.2 %", "scores 8.31 on 1 to 10".
std::string rate_text(const asking::SelectReport& report, const asking::SelectReport::Model& model) {
  // Exact where all was judged.
  const bool estimate = model.tally.calls() < report.queries;
  std::string value = (estimate ? "about " : "") + value_text(report, model.win_rate);
  switch (report.measure) {
    case store::Measure::win_rate: return "wins " + value + " against " + report::shown_name(report.baseline);
    case store::Measure::preference:
      return "is preferred by " + value + " to " + report::shown_name(report.baseline);
    case store::Measure::score:
      return "scores " + value + fmt::format(" on {:g} to {:g}", report.scale.low, report.scale.high);
    case store::Measure::accuracy: return "is right in " + value;
  }
  return value;
}

const asking::SelectReport::Model* best_candidate(const asking::SelectReport& report) {
  for (const asking::SelectReport::Model& model : report.models) {
    if (model.name != report.baseline) return &model;
  }
  return nullptr;
}

std::string keep_text(const asking::SelectReport& report) {
  const asking::SelectReport::Model* candidate = best_candidate(report);
  std::string text = "Keep " + report::shown_name(report.baseline) + ": no candidate beats it";
  if (candidate != nullptr) {
    text += " (" + report::shown_name(candidate->name) + " wins " + report::percent(candidate->win_rate, 1) + ")";
  }
  return text;
}

// Others that were judged on every prompt, with the same sum.
std::string ties_text(const asking::SelectReport& report, bool all) {
  const auto whole = [&](const asking::SelectReport::Model& model) {
    return model.name == report.baseline || model.tally.calls() == report.queries;
  };
  std::vector<std::string> ties;
  for (const asking::SelectReport::Model& model : report.models) {
    const bool same = std::abs(model.win_rate - report.models.front().win_rate) < 1e-9;
    if (model.name != report.best && same && whole(model) && whole(report.models.front()))
      ties.push_back(model.name);
  }
  return ties.empty() ? "" : "; exactly as good: " + some_of(ties, all);
}

// One candidate, and nothing known of it.
bool nothing_to_decide(const asking::SelectReport& report) {
  return report.models.size() == 1 && (report.best.empty() || report.models.front().tally.calls() == 0);
}

const asking::SelectReport::Model* model_called(const asking::SelectReport& report, const std::string& name) {
  const auto at = std::ranges::find(report.models, name, &asking::SelectReport::Model::name);
  return at == report.models.end() ? nullptr : &*at;
}

// "the cheapest within 2.5 points of the best".
std::string good_enough_text(const asking::SelectReport& report) {
  return "the " + std::string(least_text(*report.prefer)) + " within " +
         difference_text(report.measure, report.scale, *report.stop->goal.good_enough) + " of the best";
}

// "The cheapest within 2.5 points of the best: a, $0.42 per 1,000 prompts, wins 57.6 % against b".
std::string who_is_good_enough_text(const asking::SelectReport& report) {
  const asking::SelectReport::Model* best = model_called(report, report.best);
  const std::string price =
      best != nullptr && best->price ? ", " + text_of_price(*report.prefer, *best->price) : "";
  if (asking::undecided(report)) {
    return fmt::format("Undecided so far: {} can still change the answer; {} seems to be {}",
                       report::counted(possible_of(report).size() - 1, "other model", "other models"),
                       report::shown_name(report.best), good_enough_text(report));
  }
  std::string text = good_enough_text(report);
  text.front() = 'T';
  text += ": " + report::shown_name(report.best) + price;
  if (report.keep_baseline) return text + ", the baseline";
  return best != nullptr ? text + ", " + rate_text(report, *best) : text;
}

// Candidates that could not be asked: nobody knows how good they are.
std::string left_text(const asking::SelectReport& report, bool all) {
  std::vector<std::string> left;
  if (report.answering) {
    for (const asking::AnsweringReport::Model& model : report.answering->models) {
      if (!model.gone.empty()) left.push_back(model.name);
    }
  }
  return left.empty() ? "" : " (without " + some_of(left, all) + ", which left the race)";
}

// "Best: a, wins 97.6 % against b".
std::string who_text(const asking::SelectReport& report, bool all) {
  if (nothing_to_decide(report)) {
    return report::shown_name(report.models.front().name) + " is the only candidate: there is nothing to decide";
  }
  if (report.best.empty()) return "Undecided: nothing was judged";
  if (report.stop && report.stop->goal.good_enough && report.prefer) return who_is_good_enough_text(report);
  const bool open = asking::undecided(report);
  const std::vector<std::string> possible = possible_of(report);
  std::string text;
  if (open) {
    text = fmt::format("Undecided so far: {} can still be the best; ",
                       report::counted(possible.size(), "model", "models"));
    if (report.keep_baseline) return text + report::shown_name(report.baseline) + ", the baseline, seems to be";
    return text + report::shown_name(report.best) + " seems to be, " + rate_text(report, report.models.front());
  }
  if (report.keep_baseline) return keep_text(report);
  if (!report.stop) text = "Seems best: ";
  if (report.stop) {
    const double epsilon = report.stop->goal.epsilon;
    text = epsilon > 0 ? "Best, or at most " + difference_text(report.measure, report.scale, epsilon) + " worse: "
                       : "Best: ";
  }
  return text + report::shown_name(report.best) + ", " + rate_text(report, report.models.front()) +
         ties_text(report, all);
}

std::size_t missing_results(const asking::SelectReport& report) {
  std::size_t count = 0;
  for (const asking::SelectReport::Model& model : report.models) count += model.missing;
  return count;
}

constexpr std::size_t kIncompleteShown = 3;

// Which is no failure of the judge: nobody asked, or not all was imported.
std::string missing_text(const asking::SelectReport& report) {
  const std::size_t missing = missing_results(report);
  if (missing == 0) return {};
  std::vector<const asking::SelectReport::Model*> incomplete;
  for (const asking::SelectReport::Model& model : report.models) {
    if (model.missing > 0) incomplete.push_back(&model);
  }
  std::string text;
  if (incomplete.size() > kIncompleteShown) {
    text = fmt::format("{} of {} models have no result on some prompts, {} of {} results in all",
                       report::grouped(incomplete.size()), report::grouped(report.models.size()),
                       report::grouped(missing), report::grouped(report.calls_all));
  } else {
    for (const asking::SelectReport::Model* model : incomplete) {
      text += fmt::format("{}{} has no result on {} of {} prompts", text.empty() ? "" : "; ",
                          report::shown_name(model->name), report::grouped(model->missing),
                          report::grouped(report.queries));
    }
  }
  return text + with_options(" (missing results count 1/2): import the rest, or compare others by `models`\n");
}

std::string how_sure_text(const asking::SelectReport& report) {
  if (!report.stop && report.calls + report.known == report.calls_all) {
    return "Sure: all was judged on these " + report::counted(report.queries, "prompt", "prompts") +
           text_of(report.averaging);
  }
  if (!report.stop) return "Sure: not known, strategy " + escaped(report.strategy) + " does not say";
  const asking::SelectReport::Stop& stop = *report.stop;
  if (!stop.decided && stop.calls_to_decide == 0) {
    return fmt::format("Sure: not {:g} %, and nothing is left to ask: it takes more prompts",
                       100 * stop.goal.confidence);
  }
  if (!stop.decided) {
    return fmt::format("Sure: not yet {:g} %; probably ", 100 * stop.goal.confidence) +
           report::counted(stop.calls_to_decide, "call", "calls") + " more";
  }
  const std::string these = stop.goal.population ? sure_text(stop.risk) + " on prompts like these " +
                                                       report::grouped(report.queries) + text_of(report.averaging)
                                                 : sure_text(stop.risk) + " on these " +
                                                       report::counted(report.queries, "prompt", "prompts") +
                                                       text_of(report.averaging);
  const std::string others =
      stop.goal.population ? ""
                           : "; about " + report::percent(1 - stop.population_risk, 0) + " on prompts like these";
  const std::string missing = missing_results(report) > 0 ? ", and 1/2 for what is missing" : "";
  return "Sure: " + these + ", whatever the verdicts are" + missing + others;
}

std::string what_it_cost_text(const asking::SelectReport& report) {
  const std::size_t counted = report.calls + report.known;
  std::string text = "Judged: " + report::grouped(counted) + " of " +
                     report::counted(report.calls_all, "call", "calls") + " (" + report::grouped(report.calls_new) +
                     " new); saved " + report::percent(saved(report), 1);
  if (report.bill && report.bill->cost) text += "; cost " + dollars_text(*report.bill->cost);
  return text;
}

std::string interval_text(const asking::SelectReport& report, const stats::Interval& interval) {
  if (report.measure != store::Measure::score) {
    return report::fixed(100 * interval.low, 1) + " .. " + report::percent(interval.high, 1);
  }
  // Where lower is better the ends change places.
  const auto [low, high] = std::minmax({in_units(report, interval.low), in_units(report, interval.high)});
  return report::fixed(low, 2) + " .. " + report::fixed(high, 2);
}

std::string_view counts_column(store::Measure measure) {
  switch (measure) {
    case store::Measure::score: return "judged";
    case store::Measure::accuracy: return "right/wrong";
    case store::Measure::preference:
    case store::Measure::win_rate: break;
  }
  return "win/draw/loss";
}

std::string counts_text(store::Measure measure, const select::Tally& tally) {
  const std::string wins = report::grouped(tally.wins);
  const std::string losses = report::grouped(tally.losses);
  switch (measure) {
    case store::Measure::score: return report::grouped(tally.calls() - tally.none);
    case store::Measure::accuracy: return wins + "/" + losses;
    case store::Measure::preference:
    case store::Measure::win_rate: break;
  }
  return wins + "/" + report::grouped(tally.draws) + "/" + losses;
}

// The leaders.
std::string table_text(const asking::SelectReport& report, bool colour, bool all) {
  const bool cheapest = report.stop && report.stop->goal.good_enough;
  std::vector<report::Table::Column> columns = {{"model"},
                                                {cheapest ? "P(answer)" : "P(best)", report::Align::right},
                                                {std::string(unit_name(report.measure)), report::Align::right},
                                                {"95 % interval", report::Align::right},
                                                {std::string(counts_column(report.measure)), report::Align::right},
                                                {"no verdict", report::Align::right}};
  if (report.prefer) columns.push_back({std::string(price_unit(*report.prefer)), report::Align::right});
  if (report.prefer) columns.push_back({"Pareto"});
  report::Table table(std::move(columns));
  const std::size_t rows = all ? report.models.size() : std::min(report.models.size(), kLeadersShown);
  for (std::size_t i = 0; i < rows; ++i) {
    const asking::SelectReport::Model& model = report.models[i];
    std::vector<std::string> row = {model.name,
                                    report::percent(model.probability, 1),
                                    value_text(report, model.win_rate),
                                    interval_text(report, model.interval),
                                    counts_text(report.measure, model.tally),
                                    report::grouped(model.tally.none)};
    if (report.prefer) row.push_back(model.price ? price_cell(*report.prefer, *model.price) : "-");
    if (report.prefer) row.emplace_back(model.pareto ? "yes" : "");
    table.add_row(std::move(row), i == 0 ? report::Emphasis::strong : report::Emphasis::none);
  }
  std::string text = table.text(colour);
  if (report.models.size() > rows) {
    text += "and " + std::to_string(report.models.size() - rows) + " more (--all shows them)\n";
  }
  return text + "\n";
}

std::string details_text(const asking::SelectReport& report, bool all) {
  std::string text = "Judge: " + report::shown_name(report.judge) + "; strategy " + escaped(report.strategy) +
                     ", returned by " + std::string(select::name(report.returns));
  const std::string parameters = text_of(report.parameters);
  if (!parameters.empty()) text += ", " + parameters;
  text += "\nQueries: " + report::grouped(report.queries_judged) + " of " + report::grouped(report.queries) +
          " were judged for a model; " + report::grouped(report.calls) + " calls, of which " +
          report::grouped(report.calls_new) + " were asked anew; " + report::grouped(report.known) +
          " known before\n";
  if (asking::undecided(report)) text += "May still be the best: " + some_of(possible_of(report), all) + "\n";
  if (!report.stop && !report.random_queries && report.queries_judged < report.queries) {
    text +=
        "The queries were chosen, not drawn at random: win rates and intervals are a guide, not a measurement\n";
  }
  return text;
}

// Those that no cheaper one seems to beat, the cheapest first.
std::string pareto_text(const asking::SelectReport& report) {
  std::vector<const asking::SelectReport::Model*> front;
  for (const asking::SelectReport::Model& model : report.models) {
    if (model.pareto) front.push_back(&model);
  }
  if (front.empty()) return "";
  std::ranges::sort(front, {}, [](const asking::SelectReport::Model* model) { return *model->price; });
  std::string text =
      fmt::format("No {} model seems better than ({}): ", less_text(*report.prefer), price_unit(*report.prefer));
  for (std::size_t i = 0; i < front.size(); ++i) {
    text += fmt::format("{}{} ({} at {})", i > 0 ? ", " : "", report::shown_name(front[i]->name),
                        interval_text(report, front[i]->interval), price_cell(*report.prefer, *front[i]->price));
  }
  return text + "\n";
}

// Short: `assay info` tells the rest.
std::string text_of(const asking::SelectReport& report, const asking::BaselineReport& baseline) {
  std::string text = "Baseline: the leaders win " + report::percent(baseline.numbers.win_rate, 1) + " against " +
                     report::shown_name(report.baseline) + ": a verdict tells " +
                     report::percent(baseline.numbers.sensitivity, 0) +
                     " of what it would if they won half the time";
  if (!baseline.better.empty()) {
    text += "; against " + report::shown_name(baseline.better) + " it would tell " +
            report::fixed(baseline.numbers.gain, 1) + " times as much";
  }
  if (baseline.numbers.queries == 0) return text + "\n";
  return text +
         "\nOn other queries, and against another baseline, the first two keep their order with probability " +
         report::percent(baseline.numbers.order_interval.low, 0) + " .. " +
         report::percent(baseline.numbers.order_interval.high, 0) + " at most\n";
}

}  // namespace

report::Json json_of(const asking::SelectReport& report) {
  report::Json json = report::Json::object();
  json.set("study", report.study).set("judge", report.judge).set("baseline", report.baseline);
  json.set("oracle", report.oracle).set("strategy", report.strategy).set("returns", select::name(report.returns));
  json.set("parameters", json_of(report.parameters));
  json.set("seed", report.seed).set("queries", report.queries).set("queries_judged", report.queries_judged);
  json.set("calls", report.calls).set("calls_new", report.calls_new).set("calls_failed", report.calls_failed);
  json.set("known", report.known);
  json.set("calls_all", report.calls_all).set("saved", saved(report)).set("best", report.best);
  json.set("keep_baseline", report.keep_baseline);
  json.set("prefer", report.prefer ? report::Json(asking::name(*report.prefer)) : report::Json());
  json.set("measure", store::name(report.measure)).set("averaging", json_of(report.averaging));
  json.set("scale_low", report.scale.low).set("scale_high", report.scale.high);
  json.set("lower_is_better", report.lower_is_better);
  json.set("random_queries", report.random_queries);
  json.set("stop", report.stop ? json_of(report, *report.stop) : report::Json());
  json.set("baseline_sensitivity", report.baseline_report ? to_json(*report.baseline_report) : report::Json());
  json.set("assistant", report.assistant ? to_json(*report.assistant) : report::Json());
  report::Json models = report::Json::array();
  for (const asking::SelectReport::Model& model : report.models) models.add(json_of(model));
  json.set("models", models);
  report::Json trace = report::Json::array();
  for (const asking::SelectState& step : report.trace) {
    trace.add(report::Json::object()
                  .set("calls", step.calls)
                  .set("best", step.leader)
                  .set("probability", step.probability));
  }
  json.set("answering", report.answering ? to_json(*report.answering) : report::Json());
  json.set("judge_calls", report.bill ? to_json(*report.bill) : report::Json())
      .set("money_ended", report.money_ended)
      .set("trouble", report.trouble.empty() ? report::Json() : report::Json(report.trouble));
  json.set("trace", trace).set("notes", report::Json::array_of(report.notes));
  return json;
}

std::string to_json(const asking::SelectReport& report) { return json_of(report).pretty(); }

std::string to_text(const asking::SelectReport& report, bool verbose, bool colour, bool all) {
  verbose = verbose || all;
  std::string text = who_text(report, all) + left_text(report, all) + "\n";
  if (!nothing_to_decide(report)) text += how_sure_text(report) + "\n";
  text += what_it_cost_text(report) + "\n";
  if (report.assistant) text += to_text(*report.assistant) + "\n";
  if (report.answering) {
    text += to_text(*report.answering, report.bill ? report.bill->cost : std::nullopt, colour);
  }
  text += pareto_text(report);
  if (verbose) text += "\n" + table_text(report, colour, all) + details_text(report, all);
  if (report.calls_failed > 0) {
    text += report::counted(report.calls_failed, "call", "calls") + " gave no verdict; such a call counts 1/2\n";
  }
  text += missing_text(report);
  if (verbose && report.baseline_report) text += text_of(report, *report.baseline_report);
  if (verbose && report.bill) text += to_text(*report.bill);
  if (!report.trouble.empty()) text += "The endpoint ended the run: " + escaped(report.trouble) + "\n";
  for (const std::string& note : report.notes) text += "Note: " + escaped(with_options(note)) + "\n";
  if (!verbose) text += "(-v tells more)\n";
  return text;
}

}  // namespace assay::view
