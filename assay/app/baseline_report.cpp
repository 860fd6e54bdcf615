#include "assay/app/baseline_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"

namespace assay {
namespace {

constexpr std::size_t kFewestModels = 4;
constexpr std::size_t kMostModels = 60;

std::vector<std::string> others(const std::vector<std::string>& models, const std::string& baseline) {
  std::vector<std::string> result;
  std::copy_if(models.begin(), models.end(), std::back_inserter(result),
               [&](const std::string& model) { return model != baseline; });
  return result;
}

std::unordered_map<std::string, std::size_t> places(const std::vector<std::string>& names) {
  std::unordered_map<std::string, std::size_t> result;
  for (std::size_t i = 0; i < names.size(); ++i) result.emplace(names[i], i);
  return result;
}

// The outcomes of `from` in a table of all `queries` and `models`, the rest none.
OutcomeTable spread(const Comparison& from, const std::unordered_map<std::string, std::size_t>& queries,
                    const std::unordered_map<std::string, std::size_t>& models) {
  OutcomeTable table(queries.size(), models.size());
  for (std::size_t i = 0; i < from.queries.size(); ++i) {
    const auto query = queries.find(from.queries[i]);
    if (query == queries.end()) continue;
    for (std::size_t j = 0; j < from.models.size(); ++j) {
      table.set(query_id(query->second), model_id(models.at(from.models[j])),
                from.outcomes.at(query_id(i), model_id(j)));
    }
  }
  return table;
}

Json order_json(const BaselineSensitivity& numbers) {
  Json json = Json::object().set("same_baseline", numbers.order_same_baseline);
  json.set("other_baseline", numbers.order_other_baseline);
  return json.set("low", numbers.order_interval.low).set("high", numbers.order_interval.high);
}

// "0.5 .. 1", "3 and more".
std::string errors_text(const EveryPair::Kept& kept) {
  if (std::isinf(kept.to)) return fmt::format("{} and more", kept.from);
  return fmt::format("{} .. {}", kept.from, kept.to);
}

std::string kept_text(const EveryPair& numbers) {
  Table table({{"a pair apart by, s.e."},
               {"pairs", Align::right},
               {"another baseline agrees", Align::right},
               {"the two with each other", Align::right}});
  for (const EveryPair::Kept& kept : numbers.kept) {
    if (kept.count == 0) continue;
    table.add_row({errors_text(kept), grouped(kept.count), percent(kept.elsewhere, 1), percent(kept.directly, 1)});
  }
  return table.text();
}

}  // namespace

std::optional<BaselineReport> baseline_report(const OutcomeTable& judged, const std::vector<std::string>& models,
                                              std::optional<ModelId> leader, std::span<const double> win_rates) {
  std::vector<QueryId> pool(judged.queries());
  for (std::size_t i = 0; i < pool.size(); ++i) pool[i] = query_id(i);
  const auto numbers = baseline_sensitivity(judged, pool, leader, win_rates);
  if (!numbers) return std::nullopt;
  BaselineReport report;
  for (const ModelId model : numbers->leaders) report.leaders.push_back(models[index(model)]);
  if (numbers->better_baseline) report.better = models[index(*numbers->better_baseline)];
  report.numbers = *numbers;
  return report;
}

std::optional<EveryPairReport> every_pair_report(const Study& study, const Comparison& comparison) {
  EveryPairReport report;
  report.judge = comparison.judge;
  report.models = comparison.models;
  report.models.push_back(comparison.baseline);
  if (report.models.size() < kFewestModels || report.models.size() > kMostModels) return std::nullopt;
  std::sort(report.models.begin(), report.models.end());
  const auto queries = places(comparison.queries);
  const auto models = places(report.models);
  std::vector<OutcomeTable> tables;
  try {
    for (const std::string& baseline : report.models) {
      const Comparison one = study.comparison({.judge = comparison.judge,
                                               .baseline = baseline,
                                               .models = others(report.models, baseline),
                                               .without_responses = true});
      tables.push_back(spread(one, queries, models));
    }
  } catch (const InvalidArgument&) {  // The judge compared with one baseline, or not with all.
    return std::nullopt;
  }
  report.numbers = every_pair(tables);
  return report;
}

Json to_json(const BaselineReport& report) {
  const BaselineSensitivity& numbers = report.numbers;
  Json json = Json::object().set("leaders", Json::array_of(report.leaders));
  json.set("leaders_win_rate", numbers.win_rate).set("sensitivity", numbers.sensitivity);
  json.set("first_two_queries", numbers.queries).set("first_two_discordance", numbers.discordance);
  json.set("queries_to_separate", numbers.queries_to_separate ? Json(*numbers.queries_to_separate) : Json());
  json.set("order_holds", order_json(numbers));
  if (report.better.empty()) return json.set("better_baseline", Json());
  return json.set("better_baseline", Json::object()
                                         .set("model", report.better)
                                         .set("leaders_win_rate", numbers.better_win_rate)
                                         .set("gain", numbers.gain));
}

Json to_json(const EveryPairReport& report) {
  const EveryPair& numbers = report.numbers;
  Json baselines = Json::array();
  for (const EveryPair::Baseline& one : numbers.baselines) {
    baselines.add(Json::object()
                      .set("model", report.models[index(one.model)])
                      .set("best", report.models[index(one.best)])
                      .set("leaders_win_rate", one.win_rate)
                      .set("sensitivity", one.sensitivity)
                      .set("agreement", one.agreement)
                      .set("mutual_agreement", one.mutual_agreement));
  }
  Json kept = Json::array();
  for (const EveryPair::Kept& one : numbers.kept) {
    if (one.count == 0) continue;
    kept.add(Json::object()
                 .set("standard_errors_from", one.from)
                 .set("standard_errors_to", one.to)
                 .set("pairs", one.count)
                 .set("other_baselines_agree", one.elsewhere)
                 .set("direct_comparison_agrees", one.directly));
  }
  Json json = Json::object().set("judge", report.judge).set("triples", numbers.triples);
  json.set("circular_triples", numbers.circular).set("baselines", std::move(baselines));
  return json.set("order_kept", std::move(kept));
}

std::string to_text(const BaselineReport& report) {
  const BaselineSensitivity& numbers = report.numbers;
  const std::string first = escaped(report.leaders[0]);
  const std::string second = escaped(report.leaders[1]);
  std::string text = fmt::format(
      "  the {} leaders win {} on average: a query tells {} of what it would if they won half the time\n",
      report.leaders.size(), percent(numbers.win_rate, 1), percent(numbers.sensitivity, 0));
  text += fmt::format("  {} and {} differ on {} of {}", first, second, percent(numbers.discordance, 1),
                      counted(numbers.queries, "query", "queries"));
  if (numbers.queries_to_separate) {
    text += fmt::format("; a gap as it looks takes about {} to be clear of chance",
                        counted(static_cast<std::uint64_t>(std::ceil(std::min(*numbers.queries_to_separate, 1e9))),
                                "random query", "random queries"));
  }
  text += fmt::format("\n  {} stays ahead on other queries: at most {} with this baseline, {} .. {} with others\n",
                      first, percent(numbers.order_same_baseline, 1), percent(numbers.order_interval.low, 1),
                      percent(numbers.order_interval.high, 1));
  if (!report.better.empty()) {
    text += fmt::format(
        "  a better baseline: {}, the leaders would win about {}, a query would tell {} times as much\n",
        escaped(report.better), percent(numbers.better_win_rate, 0), fixed(numbers.gain, 1));
  }
  return text;
}

std::string to_text(const EveryPairReport& report) {
  const EveryPair& numbers = report.numbers;
  std::string text =
      fmt::format("judge {} can compare every pair: {} of {} run in a circle (a beats b beats c beats a)\n",
                  escaped(report.judge), grouped(numbers.circular), counted(numbers.triples, "triple"));
  Table table({{"baseline"},
               {"leaders win", Align::right},
               {"tells", Align::right},
               {"tau with all", Align::right},
               {"tau with each other", Align::right},
               {"best"}});
  for (const EveryPair::Baseline& one : numbers.baselines) {
    table.add_row({report.models[index(one.model)], percent(one.win_rate, 1), percent(one.sensitivity, 0),
                   fixed(one.agreement, 2), fixed(one.mutual_agreement, 2), report.models[index(one.best)]});
  }
  return text + table.text() + "\n" + kept_text(numbers);
}

}  // namespace assay
