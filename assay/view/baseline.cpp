#include "assay/view/baseline.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"

namespace assay::view {
namespace {

report::Json order_json(const select::BaselineSensitivity& numbers) {
  report::Json json = report::Json::object().set("same_baseline", numbers.order_same_baseline);
  json.set("other_baseline", numbers.order_other_baseline);
  return json.set("low", numbers.order_interval.low).set("high", numbers.order_interval.high);
}

// "0.5 .. 1", "3 and more".
std::string errors_text(const select::EveryPair::Kept& kept) {
  if (std::isinf(kept.to)) return fmt::format("{} and more", kept.from);
  return fmt::format("{} .. {}", kept.from, kept.to);
}

std::string kept_text(const select::EveryPair& numbers) {
  report::Table table({{"a pair apart by, s.e."},
                       {"pairs", report::Align::right},
                       {"another baseline agrees", report::Align::right},
                       {"the two with each other", report::Align::right}});
  for (const select::EveryPair::Kept& kept : numbers.kept) {
    if (kept.count == 0) continue;
    table.add_row({errors_text(kept), report::grouped(kept.count), report::percent(kept.elsewhere, 1),
                   report::percent(kept.directly, 1)});
  }
  return table.text();
}

}  // namespace

report::Json to_json(const asking::BaselineReport& report) {
  const select::BaselineSensitivity& numbers = report.numbers;
  report::Json json = report::Json::object().set("leaders", report::Json::array_of(report.leaders));
  json.set("leaders_win_rate", numbers.win_rate).set("sensitivity", numbers.sensitivity);
  json.set("first_two_queries", numbers.queries).set("first_two_discordance", numbers.discordance);
  json.set("queries_to_separate",
           numbers.queries_to_separate ? report::Json(*numbers.queries_to_separate) : report::Json());
  json.set("order_holds", order_json(numbers));
  if (report.better.empty()) return json.set("better_baseline", report::Json());
  return json.set("better_baseline", report::Json::object()
                                         .set("model", report.better)
                                         .set("leaders_win_rate", numbers.better_win_rate)
                                         .set("gain", numbers.gain));
}

report::Json to_json(const asking::EveryPairReport& report) {
  const select::EveryPair& numbers = report.numbers;
  report::Json baselines = report::Json::array();
  for (const select::EveryPair::Baseline& one : numbers.baselines) {
    baselines.add(report::Json::object()
                      .set("model", report.models[index(one.model)])
                      .set("best", report.models[index(one.best)])
                      .set("leaders_win_rate", one.win_rate)
                      .set("sensitivity", one.sensitivity)
                      .set("agreement", one.agreement)
                      .set("mutual_agreement", one.mutual_agreement));
  }
  report::Json kept = report::Json::array();
  for (const select::EveryPair::Kept& one : numbers.kept) {
    if (one.count == 0) continue;
    kept.add(report::Json::object()
                 .set("standard_errors_from", one.from)
                 .set("standard_errors_to", one.to)
                 .set("pairs", one.count)
                 .set("other_baselines_agree", one.elsewhere)
                 .set("direct_comparison_agrees", one.directly));
  }
  report::Json json = report::Json::object().set("judge", report.judge).set("triples", numbers.triples);
  json.set("circular_triples", numbers.circular).set("baselines", std::move(baselines));
  return json.set("order_kept", std::move(kept));
}

std::string to_text(const asking::BaselineReport& report) {
  const select::BaselineSensitivity& numbers = report.numbers;
  const std::string first = escaped(report.leaders[0]);
  const std::string second = escaped(report.leaders[1]);
  std::string text = fmt::format(
      "  the {} leaders win {} on average: a query tells {} of what it would if they won half the time\n",
      report.leaders.size(), report::percent(numbers.win_rate, 1), report::percent(numbers.sensitivity, 0));
  text += fmt::format("  {} and {} differ on {} of {}", first, second, report::percent(numbers.discordance, 1),
                      report::counted(numbers.queries, "query", "queries"));
  if (numbers.queries_to_separate) {
    text += fmt::format(
        "; a gap as it looks takes about {} to be clear of chance",
        report::counted(static_cast<std::uint64_t>(std::ceil(std::min(*numbers.queries_to_separate, 1e9))),
                        "random query", "random queries"));
  }
  text +=
      fmt::format("\n  {} stays ahead on other queries: at most {} with this baseline, {} .. {} with others\n",
                  first, report::percent(numbers.order_same_baseline, 1),
                  report::percent(numbers.order_interval.low, 1), report::percent(numbers.order_interval.high, 1));
  if (!report.better.empty()) {
    text += fmt::format(
        "  a better baseline: {}, the leaders would win about {}, a query would tell {} times as much\n",
        escaped(report.better), report::percent(numbers.better_win_rate, 0), report::fixed(numbers.gain, 1));
  }
  return text;
}

std::string to_text(const asking::EveryPairReport& report) {
  const select::EveryPair& numbers = report.numbers;
  std::string text = fmt::format(
      "judge {} can compare every pair: {} of {} run in a circle (a beats b beats c beats a)\n",
      escaped(report.judge), report::grouped(numbers.circular), report::counted(numbers.triples, "triple"));
  report::Table table({{"baseline"},
                       {"leaders win", report::Align::right},
                       {"tells", report::Align::right},
                       {"tau with all", report::Align::right},
                       {"tau with each other", report::Align::right},
                       {"best"}});
  for (const select::EveryPair::Baseline& one : numbers.baselines) {
    table.add_row({report.models[index(one.model)], report::percent(one.win_rate, 1),
                   report::percent(one.sensitivity, 0), report::fixed(one.agreement, 2),
                   report::fixed(one.mutual_agreement, 2), report.models[index(one.best)]});
  }
  return text + table.text() + "\n" + kept_text(numbers);
}

}  // namespace assay::view
