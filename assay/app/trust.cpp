#include "assay/app/trust.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "assay/asking/assistant.h"
#include "assay/asking/held_comparison.h"
#include "assay/asking/judge_habits.h"
#include "assay/asking/judge_memory.h"
#include "assay/asking/judge_task.h"
#include "assay/asking/oracles.h"
#include "assay/asking/people.h"
#include "assay/core/error.h"
#include "assay/core/outcomes.h"

namespace assay::app {
namespace {

using asking::Share;
using asking::ShareSum;
using asking::Vote;

std::size_t index_of(double value) { return static_cast<std::size_t>(std::lround(2 * value)); }

// Judges that people can be compared with: recorded ones, and live ones that are no people.
std::vector<std::string> other_judges(const store::Study& study) {
  std::vector<std::string> judges = study.judges();
  for (const asking::HeldJudge& judge : asking::held_judges(study, false)) {
    const std::optional<asking::OracleKey> key = asking::read_key(judge.name);
    if (key && key->kind != "person" && key->kind != "people") judges.push_back(asking::oracle_title(judge.name));
  }
  return judges;
}

std::string judge_named(const store::Study& study, const std::string& wanted) {
  const std::vector<std::string> judges = other_judges(study);
  if (judges.empty()) throw InvalidArgument("the study has no other judge that people could be compared with");
  std::vector<std::string> names;
  for (const std::string& judge : judges) names.push_back(quoted(judge));
  if (wanted.empty()) {
    if (judges.size() == 1) return judges.front();
    throw InvalidArgument(
        fmt::format("the study has several judges, name one by `judge`: {}", fmt::join(names, ", ")));
  }
  const auto matches = [&](const std::string& judge) { return judge.find(wanted) != std::string::npos; };
  const bool exact = std::ranges::find(judges, wanted) != judges.end();
  if (exact || std::ranges::count_if(judges, matches) == 1) {
    return exact ? wanted : *std::ranges::find_if(judges, matches);
  }
  throw InvalidArgument(
      fmt::format("expected a judge of the study ({}), came {}", fmt::join(names, ", "), quoted(wanted)));
}

asking::Assistant verdicts_of(store::Study& study, const store::Comparison& comparison, const std::string& judge) {
  try {
    return asking::assistant_of(study, comparison, {}, judge, asking::people_key(comparison.baseline));
  } catch (const InvalidArgument&) {  // which speaks of another purpose
    throw InvalidArgument(
        fmt::format("judge {} says nothing of the queries and models that people compare", quoted(judge)));
  }
}

// Cohen 1960; empty where chance alone would make them agree in all.
std::optional<double> kappa_of(const std::array<std::array<std::size_t, 3>, 3>& table) {
  double all = 0;
  double same = 0;
  std::array<double, 3> rows{};
  std::array<double, 3> columns{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      const auto count = static_cast<double>(table[i][j]);
      all += count;
      rows[i] += count;
      columns[j] += count;
      if (i == j) same += count;
    }
  }
  if (!(all > 0)) return std::nullopt;
  double chance = 0;
  for (std::size_t i = 0; i < 3; ++i) chance += rows[i] * columns[i] / (all * all);
  if (!(chance < 1)) return std::nullopt;
  return (same / all - chance) / (1 - chance);
}

// Draws and lengths, of verdicts on a pair.
struct HabitCounts {
  ShareSum draws, longer;
  void add(double value, const asking::JudgeTask::Texts& texts) {
    draws.add(value == 0.5);
    if (value == 0.5 || texts.response.size() == texts.baseline.size()) return;
    longer.add((value > 0.5) == (texts.response.size() > texts.baseline.size()));
  }
};

// Of votes on these items, what stood first when they were given.
std::optional<Share> first_of_people(const store::Study& study, const asking::JudgeTask& task,
                                     const asking::Votes& votes, const std::vector<std::uint32_t>& items) {
  ShareSum first;
  for (std::uint32_t person = 0; person < votes.people.size(); ++person) {
    std::unordered_map<std::string, bool> model_first;
    const auto key = [](std::string_view query, std::string_view model) {
      return fmt::format("{}:{}:{}", query.size(), query, model);
    };
    for (const store::KeptRemark& one :
         study.remarks(asking::person_key(votes.people[person], task.comparison().baseline))) {
      if (one.remark.model_first) model_first[key(one.query, one.model)] = *one.remark.model_first;
    }
    for (const std::uint32_t item : items) {
      for (const Vote& vote : votes.of_item.at(item)) {
        if (vote.person != person || std::isnan(vote.value) || vote.value == 0.5) continue;
        const auto found = model_first.find(key(task.names(item).query, task.names(item).model));
        if (found != model_first.end()) first.add((vote.value > 0.5) == found->second);
      }
    }
  }
  return first.share();
}

// Likewise of a live judge, as far as its ledger has what it replied.
std::optional<Share> first_of_judge(store::Study& study, const asking::JudgeTask& task, const std::string& judge,
                                    const std::vector<std::uint32_t>& items) {
  const asking::OracleOptions kept{.name = "kept"};
  const std::unique_ptr<asking::Oracle> oracle = asking::make_oracle(kept, {task, study, 1, 1, judge});
  asking::HabitCount habits(task.comparison());
  for (const std::uint32_t item : items) habits.add_replies(oracle->replies(item));
  for (const asking::JudgeHabit& habit : habits.habits()) {
    if (habit.kind == asking::JudgeHabit::Kind::first_preferred)
      return Share{habit.share(), habit.interval, habit.of};
  }
  return std::nullopt;
}

}  // namespace

TrustReport run_trust(const TrustRequest& request) {
  store::Study study(request.study, store::Study::Mode::read);
  asking::JudgeTask task(asking::people_comparison(study, {.baseline = request.baseline}));
  task.load_texts(study);
  const store::Comparison& comparison = task.comparison();
  const std::string judge = judge_named(study, request.judge);
  const asking::Assistant its = verdicts_of(study, comparison, judge);
  if (!its.same_outcomes) {
    throw InvalidArgument(fmt::format("judge {} gives no verdicts against {}, with which people compared",
                                      quoted(its.judge), quoted(comparison.baseline)));
  }
  const asking::Votes votes = asking::votes_of(study, task);
  TrustReport report;
  report.study = request.study;
  report.judge = its.judge;
  report.baseline = comparison.baseline;
  report.people = asking::agreement_of(votes, request.seed);
  std::vector<std::uint32_t> items;
  for (const auto& [item, of_item] : votes.of_item) items.push_back(item);
  std::ranges::sort(items);
  std::vector<ShareSum> with_rater(votes.people.size());
  HabitCounts judge_counts;
  HabitCounts people_counts;
  double agree = 0;
  ShareSum pooled;
  std::vector<std::uint32_t> both;
  std::vector<std::vector<std::size_t>> units;
  for (const std::uint32_t item : items) {
    const std::size_t m = comparison.models.size();
    const Outcome outcome = outcome_of(its.rewards->at(query_id(item / m), model_id(item % m)));
    const double together = asking::pooled(votes.of_item.at(item));
    if (outcome == Outcome::none || std::isnan(together)) continue;
    const double verdict = worth(outcome);
    both.push_back(item);
    ShareSum same;
    for (const Vote& vote : votes.of_item.at(item)) {
      if (std::isnan(vote.value)) continue;
      same.add(vote.value == verdict);
      with_rater[vote.person].add(vote.value == verdict);
      people_counts.add(vote.value, task.texts(item));
    }
    judge_counts.add(verdict, task.texts(item));
    agree += same.share()->value;
    pooled.add(together == verdict);
    ++report.table[index_of(together)][index_of(verdict)];
    units.push_back({index_of(together), index_of(verdict)});
  }
  report.pairs = both.size();
  if (!both.empty()) {
    const auto count = static_cast<double>(both.size());
    report.agreement = Share{agree / count, stats::share_interval(agree / count, count), both.size()};
  }
  report.agreement_pooled = pooled.share();
  report.kappa = kappa_of(report.table);
  report.alpha = stats::krippendorff_alpha(units, 3, stats::Level::ordinal, request.seed);
  for (std::size_t i = 0; i < votes.people.size(); ++i) {
    report.raters.push_back({votes.people[i], with_rater[i].share()});
  }
  report.of_judge = {judge_counts.draws.share(), {}, judge_counts.longer.share()};
  report.of_people = {people_counts.draws.share(), first_of_people(study, task, votes, both),
                      people_counts.longer.share()};
  if (!asking::is_recorded(study, judge)) report.of_judge.first = first_of_judge(study, task, judge, both);
  return report;
}

}  // namespace assay::app
