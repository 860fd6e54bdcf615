#include "assay/app/info.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/judge/call_failure.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"
#include "assay/store/name_list.h"

namespace assay {
namespace {

using Comparable = InfoReport::Comparable;

std::string failure_name(std::size_t number) {
  const auto failure = call_failure(static_cast<std::int64_t>(number));
  return failure ? std::string(name(*failure)) : fmt::format("failure {}", number);
}

constexpr std::size_t kMostBaselines = 10;  // Of a judge that compared with many; the most frequent ones.

// What a key is worth to people: without the "v2 | " that tells the version of what is kept.
std::string_view without_version(std::string_view key) {
  const std::size_t digits = key.starts_with('v') ? key.find_first_not_of("0123456789", 1) : 0;
  constexpr std::string_view kBar = " | ";
  const bool is_version = digits != std::string_view::npos && digits > 1 && key.substr(digits).starts_with(kBar);
  return is_version ? key.substr(digits + kBar.size()) : key;
}

Comparable describe(const Comparison& comparison) {
  Comparable result;
  result.judge = comparison.judge;
  result.baseline = comparison.baseline;
  result.queries = comparison.queries.size();
  result.models = comparison.models.size();
  result.notes = comparison.notes;
  const std::vector<double> rates = comparison.outcomes.win_rates();
  const auto [worst, best] = std::minmax_element(rates.begin(), rates.end());
  // minmax_element gives the last of equal maxima.
  const auto first_best = std::find(rates.begin(), rates.end(), *best);
  result.best = comparison.models[static_cast<std::size_t>(first_best - rates.begin())];
  result.best_rate = *best;
  result.worst = comparison.models[static_cast<std::size_t>(worst - rates.begin())];
  result.worst_rate = *worst;
  result.sensitivity = baseline_report(comparison.outcomes, comparison.models);
  for (std::size_t i = 0; i < result.queries; ++i) {
    const auto row = comparison.outcomes.row(query_id(i));
    result.unknown += static_cast<std::size_t>(std::count(row.begin(), row.end(), Outcome::none));
  }
  return result;
}

// What `judge` makes comparable: with its only baseline, else with each that it knows, else why not.
void add_comparisons(const Study& study, const std::string& judge, InfoReport& report) {
  std::string problem;
  try {
    const Comparison comparison = study.comparison({.judge = judge});
    report.comparisons.push_back(describe(comparison));
    if (auto every = every_pair_report(study, comparison)) report.every_pair.push_back(std::move(*every));
    return;
  } catch (const InvalidArgument& error) {
    problem = error.what();
  }
  const std::size_t before = report.comparisons.size();
  for (const std::string& baseline : report.summary.baselines) {
    if (report.comparisons.size() - before == kMostBaselines) return;
    try {
      report.comparisons.push_back(describe(study.comparison({.judge = judge, .baseline = baseline})));
    } catch (const InvalidArgument&) {  // NOLINT(bugprone-empty-catch): another judge's baseline.
    }
  }
  if (report.comparisons.size() > before) return;
  Comparable nothing;
  nothing.judge = judge;
  nothing.problem = problem;
  report.comparisons.push_back(nothing);
}

Json comparison_json(const Comparable& one) {
  Json json = Json::object().set("judge", one.judge);
  if (!one.problem.empty()) return json.set("problem", one.problem);
  json.set("baseline", one.baseline).set("queries", one.queries).set("models", one.models);
  json.set("unknown_outcomes", one.unknown);
  json.set("best", Json::object().set("model", one.best).set("win_rate", one.best_rate));
  json.set("worst", Json::object().set("model", one.worst).set("win_rate", one.worst_rate));
  json.set("baseline_sensitivity", one.sensitivity ? to_json(*one.sensitivity) : Json());
  return json.set("notes", Json::array_of(one.notes));
}

Json judge_json(const StudySummary::Judge& judge) {
  Json json = Json::object().set("name", judge.name).set("models", judge.models).set("queries", judge.queries);
  json.set("verdicts", judge.verdicts).set("no_verdicts", judge.no_verdicts);
  return json.set("scores", judge.scores).set("no_scores", judge.no_scores);
}

std::string judges_text(const std::vector<StudySummary::Judge>& judges) {
  Table table({{"judge"},
               {"models", Align::right},
               {"queries", Align::right},
               {"verdicts", Align::right},
               {"none", Align::right},
               {"scores", Align::right},
               {"none", Align::right}});
  for (const auto& judge : judges) {
    table.add_row({judge.name, grouped(judge.models), grouped(judge.queries), grouped(judge.verdicts),
                   grouped(judge.no_verdicts), grouped(judge.scores), grouped(judge.no_scores)});
  }
  return table.text();
}

constexpr std::size_t kProblemsShown = 3;

std::string comparisons_text(const std::vector<Comparable>& comparisons) {
  Table table({{"judge"},
               {"baseline"},
               {"models", Align::right},
               {"queries", Align::right},
               {"highest win rate"},
               {"", Align::right},
               {"lowest"},
               {"", Align::right}});
  std::string notes;
  std::size_t problems = 0;
  for (const Comparable& one : comparisons) {
    for (const std::string& note : one.notes) notes += fmt::format("  {}\n", note);
    if (!one.problem.empty()) {
      if (++problems <= kProblemsShown) notes += fmt::format("  {}\n", one.problem);
      continue;
    }
    table.add_row({one.judge, one.baseline, grouped(one.models), grouped(one.queries), one.best,
                   percent(one.best_rate), one.worst, percent(one.worst_rate)});
  }
  if (problems > kProblemsShown) {
    notes += fmt::format("  and so with {}\n", counted(problems - kProblemsShown, "more judge"));
  }
  return (table.rows() > 0 ? table.text() : std::string()) + notes;
}

// How far each comparison can be trusted to tell the leaders apart.
std::string sensitivity_text(const std::vector<Comparable>& comparisons) {
  std::string text;
  for (const Comparable& one : comparisons) {
    if (!one.sensitivity) continue;
    text += fmt::format("\nbaseline {}, judge {}\n{}", escaped(one.baseline), escaped(one.judge),
                        to_text(*one.sensitivity));
  }
  return text;
}

std::string oracles_text(const std::vector<StudySummary::Oracle>& oracles) {
  Table table({{"answers asked for"}, {"kept", Align::right}, {"failed", Align::right}});
  for (const auto& oracle : oracles)
    table.add_row({oracle_title(oracle.name), grouped(oracle.answers), grouped(oracle.failed)});
  return table.text();
}

Json spending_json(const StudySummary::Spending& one) {
  Json failed = Json::object();
  for (std::size_t i = 1; i < one.by_failure.size(); ++i) {
    if (one.by_failure[i] > 0) failed.set(failure_name(i), one.by_failure[i]);
  }
  Json json = Json::object().set("url", one.url).set("model", one.model).set("requests", one.calls);
  json.set("failed", std::move(failed)).set("tokens_in", one.tokens_in).set("tokens_out", one.tokens_out);
  json.set("cost", one.certain.micros).set("cost_possibly_more", one.possible.micros);
  return json.set("requests_without_price", one.without_price);
}

std::string spending_text(const StudySummary& summary) {
  if (summary.spending.empty()) return "";
  Table table({{"paid judge"},
               {"requests", Align::right},
               {"failed", Align::right},
               {"tokens in", Align::right},
               {"out", Align::right},
               {"cost", Align::right},
               {"at most more", Align::right}});
  std::string notes;
  for (const StudySummary::Spending& one : summary.spending) {
    const std::size_t good = one.by_failure.empty() ? 0 : one.by_failure[0];
    const bool priced = one.without_price < one.calls;
    table.add_row({one.model + " at " + one.url, grouped(one.calls), grouped(one.calls - good),
                   grouped(one.tokens_in), grouped(one.tokens_out), priced ? dollars(one.certain) : "?",
                   priced ? dollars(one.possible) : "?"});
    for (std::size_t i = 1; i < one.by_failure.size(); ++i) {
      if (one.by_failure[i] == 0) continue;
      notes += fmt::format("  {}: {} {}\n", escaped(one.model), grouped(one.by_failure[i]), failure_name(i));
    }
    if (one.without_price > 0) {
      notes +=
          fmt::format("  {}: {} of unknown price\n", escaped(one.model), counted(one.without_price, "request"));
    }
  }
  if (summary.lost > Money{}) {
    notes += fmt::format("  under way when runs were killed: at most {}\n", dollars(summary.lost));
  }
  return "\n" + table.text() + notes;
}

// "a, b and 3 more".
std::string few(std::vector<std::string> names) {
  for (std::string& name : names) name = escaped(name);
  return item_list(names);
}

// "weak judges (2), similarity": kinds, and how many of each.
std::string kept_text(const std::vector<std::string>& keys) {
  std::map<std::string, std::size_t> kinds;
  for (const std::string& key : keys) ++kinds[derived_title(key)];
  std::vector<std::string> items;
  for (const auto& [kind, count] : kinds) items.push_back(count == 1 ? kind : fmt::format("{} ({})", kind, count));
  return few(std::move(items));
}

}  // namespace

std::string oracle_title(std::string_view key) {
  const std::string_view name = without_version(key);
  const std::string_view kind = name.substr(0, name.find(':'));
  const bool known = kind == "recorded" || kind == "recorded-scores" || kind == "command" ||
                     kind == "command-scores" || kind == "person" || kind == "llm" || kind == "llm-scores";
  if (!known || kind.size() == name.size()) return std::string(key);
  // LENGTH:WHO: and the baseline, the seed and a digest, or the scale
  const std::string_view rest = name.substr(kind.size() + 1);
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), length);
  const auto begin = static_cast<std::size_t>(end - rest.data()) + 1;
  const bool fits = error == std::errc() && begin <= rest.size() && length < rest.size() - begin;
  if (!fits || rest[begin - 1] != ':' || rest[begin + length] != ':') return std::string(key);
  const std::string_view who = rest.substr(begin, length);
  const std::string_view last = rest.substr(begin + length + 1);
  if (kind == "llm") return fmt::format("{} against {}", who, last);
  if (kind == "llm-scores") return fmt::format("scores of {}, scale {}", who, last);
  if (kind == "person") return fmt::format("person {}{}against {}", who, who.empty() ? "" : " ", last);
  if (kind == "command") return fmt::format("command {} against {}", who, last);
  if (kind == "command-scores") return fmt::format("scores of command {}, scale {}", who, last);
  if (kind == "recorded") return fmt::format("recorded, judge {} against {}", who, last);
  return fmt::format("recorded scores, judge {}, seed {}", who, last.substr(0, last.find(':')));
}

std::string derived_title(std::string_view key) {
  constexpr std::string_view kGridSearch = "grid search: ";
  const std::string_view name = without_version(key);
  if (name.starts_with("weak judges:")) return "weak judges";
  if (name.starts_with("similarity")) return "similarity";
  if (!name.starts_with(kGridSearch)) return std::string(key);
  const std::string_view strategy = name.substr(kGridSearch.size());
  return fmt::format("grid search of {}", strategy.substr(0, strategy.find_first_of(",|")));
}

InfoReport run_info(const InfoRequest& request) {
  const Study study(request.study, Study::Mode::read);
  InfoReport report;
  report.study = request.study;
  report.file_bytes = std::filesystem::file_size(request.study);
  report.summary = study.summary();
  report.derived = study.derived_keys();
  for (const auto& judge : report.summary.judges) add_comparisons(study, judge.name, report);
  return report;
}

std::string to_json(const InfoReport& report) {
  const StudySummary& summary = report.summary;
  Json json = Json::object();
  json.set("study", report.study).set("bytes", report.file_bytes).set("schema", summary.schema_version);
  json.set("queries", summary.queries).set("models", summary.models).set("responses", summary.responses);
  json.set("labels", summary.labels).set("text_bytes", summary.text_bytes);
  json.set("tasks", Json::array_of(summary.tasks)).set("baselines", Json::array_of(summary.baselines));
  Json judges = Json::array();
  for (const auto& judge : summary.judges) judges.add(judge_json(judge));
  Json comparisons = Json::array();
  for (const Comparable& one : report.comparisons) comparisons.add(comparison_json(one));
  Json oracles = Json::array();
  for (const auto& oracle : summary.oracles) {
    oracles.add(Json::object()
                    .set("name", oracle_title(oracle.name))
                    .set("key", oracle.name)
                    .set("answers", oracle.answers)
                    .set("failed", oracle.failed));
  }
  json.set("judges", std::move(judges)).set("comparisons", std::move(comparisons));
  Json every_pair = Json::array();
  for (const EveryPairReport& one : report.every_pair) every_pair.add(to_json(one));
  json.set("every_pair", std::move(every_pair));
  Json paid = Json::array();
  for (const auto& one : summary.spending) paid.add(spending_json(one));
  json.set("paid_judges", std::move(paid)).set("paid_lost", summary.lost.micros);
  json.set("oracles", std::move(oracles)).set("derived", Json::array_of(report.derived));
  return json.pretty();
}

std::string to_text(const InfoReport& report) {
  const StudySummary& summary = report.summary;
  std::string text = fmt::format(
      "{}: {}, schema {}\n{}, {}, {}, {}, {} of text\n", escaped(report.study), byte_size(report.file_bytes),
      summary.schema_version, counted(summary.models, "model"), counted(summary.queries, "query", "queries"),
      counted(summary.responses, "response"), counted(summary.labels, "label"), byte_size(summary.text_bytes));
  if (!summary.tasks.empty())
    text += fmt::format("{}: {}\n", counted(summary.tasks.size(), "task"), few(summary.tasks));
  if (!summary.judges.empty()) text += "\n" + judges_text(summary.judges);
  if (!report.comparisons.empty()) text += "\n" + comparisons_text(report.comparisons);
  text += sensitivity_text(report.comparisons);
  for (const EveryPairReport& one : report.every_pair) text += "\n" + to_text(one);
  if (!summary.oracles.empty()) text += "\n" + oracles_text(summary.oracles);
  text += spending_text(summary);
  if (!report.derived.empty()) text += fmt::format("\nkept from computations: {}\n", kept_text(report.derived));
  return text;
}

}  // namespace assay
