#include "assay/view/info.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "assay/asking/oracles.h"
#include "assay/core/error.h"
#include "assay/core/field_names.h"
#include "assay/core/money.h"
#include "assay/core/utf8.h"
#include "assay/judge/call_failure.h"
#include "assay/report/display_width.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"
#include "assay/store/name_list.h"
#include "assay/view/baseline.h"
#include "assay/view/told_rows.h"

namespace assay::view {
namespace {

using Comparable = app::InfoReport::Comparable;

std::string failure_name(std::size_t number) {
  const auto failure = judge::call_failure(static_cast<std::int64_t>(number));
  return failure ? std::string(judge::name(*failure)) : fmt::format("failure {}", number);
}

// What a key is worth to people: without the "v2 | " that tells the version of what is kept.
std::string_view without_version(std::string_view key) {
  const std::size_t digits = key.starts_with('v') ? key.find_first_not_of("0123456789", 1) : 0;
  constexpr std::string_view kBar = " | ";
  const bool is_version = digits != std::string_view::npos && digits > 1 && key.substr(digits).starts_with(kBar);
  return is_version ? key.substr(digits + kBar.size()) : key;
}

report::Json comparison_json(const Comparable& one) {
  report::Json json = report::Json::object().set("judge", one.judge);
  if (!one.problem.empty()) return json.set("problem", one.problem);
  json.set("baseline", one.baseline).set("measure", store::name(one.measure));
  json.set("queries", one.queries).set("models", one.models);
  json.set("unknown_outcomes", one.unknown);
  json.set("best", report::Json::object().set("model", one.best).set("win_rate", one.best_rate));
  json.set("worst", report::Json::object().set("model", one.worst).set("win_rate", one.worst_rate));
  json.set("baseline_sensitivity", one.sensitivity ? to_json(*one.sensitivity) : report::Json());
  return json.set("notes", report::Json::array_of(one.notes));
}

report::Json judge_json(const store::StudySummary::Judge& judge) {
  report::Json json =
      report::Json::object().set("name", judge.name).set("models", judge.models).set("queries", judge.queries);
  json.set("verdicts", judge.verdicts).set("no_verdicts", judge.no_verdicts);
  json.set("scores", judge.scores).set("no_scores", judge.no_scores);
  json.set("lower_is_better", judge.lower_is_better ? report::Json(*judge.lower_is_better) : report::Json());
  json.set("least", judge.least ? report::Json(*judge.least) : report::Json());
  json.set("most", judge.most ? report::Json(*judge.most) : report::Json());
  report::Json lacking = report::Json::array();
  for (const auto& one : judge.lacking) {
    lacking.add(report::Json::object().set("model", one.model).set("queries", one.queries));
  }
  return json.set("lacking", std::move(lacking));
}

report::Json answering_json(const store::StudySummary::Answering& one) {
  report::Json json = report::Json::object().set("model", one.model).set("provider", one.provider);
  json.set("responses", one.responses).set("with_tokens", one.with_tokens).set("tokens_in", one.tokens_in);
  json.set("tokens_out", one.tokens_out).set("with_cost", one.with_cost).set("cost", one.cost.micros);
  return json.set("with_seconds", one.with_seconds).set("seconds", one.seconds);
}

std::string scale_text(const store::StudySummary::Judge& judge) {
  const auto end = [](const std::optional<double>& value) { return value ? fmt::format("{:g}", *value) : "?"; };
  return judge.least || judge.most ? fmt::format("{} to {}", end(judge.least), end(judge.most)) : "";
}

// What scores mean, as far as imports told, and which models have not all.
std::string scorers_text(const std::vector<store::StudySummary::Judge>& judges) {
  report::Table table({{"scorer"},
                       {"better"},
                       {"scale"},
                       {"models with all queries", report::Align::right},
                       {"missing pairs", report::Align::right},
                       {"most of them of"}});
  for (const auto& judge : judges) {
    if (judge.lacking.empty() && !judge.lower_is_better && !judge.least && !judge.most) continue;
    std::size_t missing = 0;
    for (const auto& one : judge.lacking) missing += one.queries;
    const std::string better = judge.lower_is_better ? (*judge.lower_is_better ? "lower" : "higher") : "";
    table.add_row({judge.name, better, scale_text(judge),
                   fmt::format("{} of {}", judge.models - judge.lacking.size(), judge.models),
                   report::grouped(missing),
                   missing == 0 ? ""
                                : fmt::format("{} ({})", judge.lacking.front().model,
                                              report::grouped(judge.lacking.front().queries))});
  }
  return table.rows() > 0 ? "\n" + table.text() : "";
}

// A sum of which part may be unknown: "1,200 (of 3 of 4)".
std::string partly(const std::string& sum, std::size_t known, std::size_t all) {
  if (known == 0) return "";
  return known == all ? sum : fmt::format("{} (of {} of {})", sum, report::grouped(known), report::grouped(all));
}

// What answering took.
std::string answering_text(const std::vector<store::StudySummary::Answering>& all) {
  if (all.empty()) return "";
  report::Table table({{"answers of"},
                       {"provider"},
                       {"responses", report::Align::right},
                       {"tokens in", report::Align::right},
                       {"out", report::Align::right},
                       {"cost", report::Align::right},
                       {"seconds each", report::Align::right}});
  for (const auto& one : all) {
    const double each = one.with_seconds > 0 ? one.seconds / static_cast<double>(one.with_seconds) : 0;
    table.add_row({one.model, one.provider, report::grouped(one.responses),
                   one.tokens_in > 0 ? report::grouped(one.tokens_in) : "",
                   partly(report::grouped(one.tokens_out), one.with_tokens, one.responses),
                   partly(dollars_text(one.cost), one.with_cost, one.responses),
                   one.with_seconds > 0 ? fmt::format("{:.2f}", each) : ""});
  }
  return "\n" + table.text();
}

std::string judges_text(const std::vector<store::StudySummary::Judge>& judges) {
  report::Table table({{"judge"},
                       {"models", report::Align::right},
                       {"queries", report::Align::right},
                       {"verdicts", report::Align::right},
                       {"none", report::Align::right},
                       {"scores", report::Align::right},
                       {"none", report::Align::right}});
  for (const auto& judge : judges) {
    table.add_row({judge.name, report::grouped(judge.models), report::grouped(judge.queries),
                   report::grouped(judge.verdicts), report::grouped(judge.no_verdicts),
                   report::grouped(judge.scores), report::grouped(judge.no_scores)});
  }
  return table.text();
}

constexpr std::size_t kProblemsShown = 3;
constexpr std::size_t kNamesShown = 10;
constexpr std::string_view kAllHint = " (--all names them)";

// Before what is noted of one of several comparisons.
std::string whose(const Comparable& one) {
  return fmt::format("judge {}{}: ", assay::quoted(one.judge),
                     one.baseline.empty() ? "" : " against " + assay::quoted(one.baseline));
}

std::string comparisons_text(const std::vector<Comparable>& comparisons, bool all) {
  report::Table table({{"judge"},
                       {"baseline"},
                       {"models", report::Align::right},
                       {"queries", report::Align::right},
                       {"highest"},
                       {"", report::Align::right},
                       {"lowest"},
                       {"", report::Align::right}});
  const std::size_t shown = all ? comparisons.size() : kProblemsShown;
  std::string notes;
  std::size_t problems = 0;
  for (const Comparable& one : comparisons) {
    for (const std::string& note : one.notes) notes += fmt::format("  {}{}\n", whose(one), with_options(note));
    if (!one.problem.empty()) {
      if (++problems <= shown) notes += fmt::format("  {}\n", with_options(one.problem));
      continue;
    }
    const std::string against =
        one.baseline.empty() ? "none: " + std::string(store::name(one.measure)) : one.baseline;
    table.add_row({one.judge, against, report::grouped(one.models), report::grouped(one.queries), one.best,
                   report::percent(one.best_rate), one.worst, report::percent(one.worst_rate)});
  }
  if (problems > shown) {
    notes += fmt::format("  and so with {}{}\n", report::counted(problems - shown, "more judge"), kAllHint);
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

std::string asked_text(const std::vector<app::InfoReport::Asked>& asked) {
  report::Table table({{"live judge"},
                       {"gives"},
                       {"kept", report::Align::right},
                       {"failed, unanswered since", report::Align::right}});
  bool select = false;
  bool allocate = false;
  for (const app::InfoReport::Asked& one : asked) {
    table.add_row({asking::oracle_title(one.name), one.scores ? "scores" : "verdicts", report::grouped(one.answers),
                   report::grouped(one.failed)});
    (one.selected ? select : allocate) = true;
  }
  const std::string_view verbs = select && allocate ? "select and allocate" : allocate ? "allocate" : "select";
  const std::string_view judge = asked.size() > 1 ? ", `judge` naming it," : "";
  const std::string hint = fmt::format("  who leads by them: {} with `oracle` kept{} asks nobody\n", verbs, judge);
  return table.text() + with_options(hint);
}

report::Json spending_json(const store::StudySummary::Spending& one) {
  report::Json failed = report::Json::object();
  for (std::size_t i = 1; i < one.by_failure.size(); ++i) {
    if (one.by_failure[i] > 0) failed.set(failure_name(i), one.by_failure[i]);
  }
  report::Json json = report::Json::object().set("url", one.url).set("model", one.model).set("requests", one.calls);
  json.set("failed", std::move(failed)).set("tokens_in", one.tokens_in).set("tokens_out", one.tokens_out);
  json.set("cost", one.certain.micros).set("cost_possibly_more", one.possible.micros);
  return json.set("requests_without_price", one.without_price);
}

std::string spending_text(const store::StudySummary& summary) {
  std::string lost;
  if (summary.lost > Money{}) {
    lost = fmt::format("  under way when runs were killed, and perhaps billed: at most {}\n",
                       dollars_text(summary.lost));
  }
  if (summary.spending.empty()) return lost.empty() ? "" : "\npaid models\n" + lost;
  report::Table table({{"paid model"},
                       {"requests", report::Align::right},
                       {"failed", report::Align::right},
                       {"tokens in", report::Align::right},
                       {"out", report::Align::right},
                       {"cost", report::Align::right},
                       {"at most more", report::Align::right}});
  std::string notes;
  for (const store::StudySummary::Spending& one : summary.spending) {
    const std::size_t good = one.by_failure.empty() ? 0 : one.by_failure[0];
    const bool priced = one.without_price < one.calls;
    table.add_row({one.model + " at " + one.url, report::grouped(one.calls), report::grouped(one.calls - good),
                   report::grouped(one.tokens_in), report::grouped(one.tokens_out),
                   priced ? dollars_text(one.certain) : "?", priced ? dollars_text(one.possible) : "?"});
    for (std::size_t i = 1; i < one.by_failure.size(); ++i) {
      if (one.by_failure[i] == 0) continue;
      notes +=
          fmt::format("  {}: {} {}\n", escaped(one.model), report::grouped(one.by_failure[i]), failure_name(i));
    }
    if (one.without_price > 0) {
      notes += fmt::format("  {}: {} of unknown price\n", escaped(one.model),
                           report::counted(one.without_price, "request"));
    }
  }
  return "\n" + table.text() + notes + lost;
}

// "a, b and 3 more (--all names them)".
std::string few(std::vector<std::string> names, bool all) {
  for (std::string& name : names) name = report::shown_name(name);
  const std::size_t shown = all ? names.size() : kNamesShown;
  return store::item_list(names, shown) + std::string(names.size() > shown ? kAllHint : "");
}

// Live judges whose every call failed are no judges of the study.
std::string never_answered_text(std::vector<std::string> names, bool all) {
  for (std::string& name : names) name = asking::oracle_title(name);
  return names.empty() ? "" : fmt::format("\nasked, and never answered: {}\n", few(std::move(names), all));
}

// "weak judges (2), similarity": kinds, and how many of each.
std::string kept_text(const std::vector<std::string>& keys, bool all) {
  std::map<std::string, std::size_t> kinds;
  for (const std::string& key : keys) ++kinds[derived_title(key)];
  std::vector<std::string> items;
  for (const auto& [kind, count] : kinds) items.push_back(count == 1 ? kind : fmt::format("{} ({})", kind, count));
  return few(std::move(items), all);
}

}  // namespace

std::string derived_title(std::string_view key) {
  constexpr std::string_view kGridSearch = "grid search: ";
  const std::string_view name = without_version(key);
  if (name.starts_with("weak judges:")) return "weak judges";
  if (name.starts_with("similarity")) return "similarity";
  if (!name.starts_with(kGridSearch)) return std::string(key);
  const std::string_view strategy = name.substr(kGridSearch.size());
  return fmt::format("grid search of {}", strategy.substr(0, strategy.find_first_of(",|")));
}

std::string to_json(const app::InfoReport& report) {
  const store::StudySummary& summary = report.summary;
  report::Json json = report::Json::object();
  json.set("study", report.study).set("bytes", report.file_bytes).set("schema", summary.schema_version);
  json.set("queries", summary.queries).set("models", summary.models).set("responses", summary.responses);
  json.set("labels", summary.labels).set("text_bytes", summary.text_bytes);
  json.set("model_names", report::Json::array_of(summary.model_names));
  json.set("weights", report::Json::array_of(summary.weights));
  json.set("imported", told_json(summary.imported)).set("warnings", report::Json::array_of(summary.warnings));
  json.set("tasks", report::Json::array_of(summary.tasks))
      .set("baselines", report::Json::array_of(summary.baselines));
  report::Json judges = report::Json::array();
  for (const auto& judge : summary.judges) judges.add(judge_json(judge));
  report::Json comparisons = report::Json::array();
  for (const Comparable& one : report.comparisons) comparisons.add(comparison_json(one));
  report::Json oracles = report::Json::array();
  for (const app::InfoReport::Asked& one : report.asked) {
    oracles.add(report::Json::object()
                    .set("name", asking::oracle_title(one.name))
                    .set("key", one.name)
                    .set("gives", one.scores ? "scores" : "verdicts")
                    .set("answers", one.answers)
                    .set("failed", one.failed));
  }
  report::Json answering = report::Json::array();
  for (const auto& one : summary.answering) answering.add(answering_json(one));
  json.set("judges", std::move(judges))
      .set("answering", std::move(answering))
      .set("comparisons", std::move(comparisons));
  report::Json every_pair = report::Json::array();
  for (const asking::EveryPairReport& one : report.every_pair) every_pair.add(to_json(one));
  json.set("every_pair", std::move(every_pair));
  report::Json paid = report::Json::array();
  for (const auto& one : summary.spending) paid.add(spending_json(one));
  json.set("paid_judges", std::move(paid)).set("paid_lost", summary.lost.micros);
  report::Json silent = report::Json::array();
  for (const std::string& name : report.never_answered) silent.add(asking::oracle_title(name));
  json.set("never_answered", std::move(silent));
  json.set("oracles", std::move(oracles)).set("derived", report::Json::array_of(report.derived));
  return json.pretty();
}

std::string to_text(const app::InfoReport& report, bool all) {
  const store::StudySummary& summary = report.summary;
  std::string text = fmt::format(
      "{}: {}, schema {}\n{}, {}, {}, {}, {} of text\n", escaped(report.study),
      report::byte_size(report.file_bytes), summary.schema_version, report::counted(summary.models, "model"),
      report::counted(summary.queries, "query", "queries"), report::counted(summary.responses, "response"),
      report::counted(summary.labels, "label"), report::byte_size(summary.text_bytes));
  if (!summary.model_names.empty()) text += fmt::format("models: {}\n", few(summary.model_names, all));
  if (!summary.tasks.empty())
    text += fmt::format("{}: {}\n", report::counted(summary.tasks.size(), "task"), few(summary.tasks, all));
  if (!summary.weights.empty()) {
    text += fmt::format("{} of the queries: {}\n", report::counted(summary.weights.size(), "weight"),
                        few(summary.weights, all));
  }
  for (const std::string& warning : summary.warnings) text += fmt::format("Note: {}\n", with_options(warning));
  if (!summary.imported.empty()) text += "\n" + told_text("told at import", summary.imported);
  if (!summary.judges.empty()) text += "\n" + judges_text(summary.judges) + scorers_text(summary.judges);
  text += answering_text(summary.answering);
  if (!report.comparisons.empty()) text += "\n" + comparisons_text(report.comparisons, all);
  text += sensitivity_text(report.comparisons);
  for (const asking::EveryPairReport& one : report.every_pair) text += "\n" + to_text(one);
  if (!report.asked.empty()) text += "\n" + asked_text(report.asked);
  text += never_answered_text(report.never_answered, all);
  text += spending_text(summary);
  if (!report.derived.empty())
    text += fmt::format("\nkept from computations: {}\n", kept_text(report.derived, all));
  return text;
}

}  // namespace assay::view
