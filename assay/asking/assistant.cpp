#include "assay/asking/assistant.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "assay/asking/held_comparison.h"
#include "assay/asking/judge_memory.h"
#include "assay/asking/oracles.h"
#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/core/utf8.h"
#include "assay/stats/correlation.h"
#include "assay/store/positions.h"

namespace assay::asking {
namespace {

using store::Comparison;
using store::ComparisonChoice;
using store::Measure;

// All judges of the study but one, for people.
std::string other_judges(const store::Study& study, const std::string& judge) {
  std::string text;
  const auto add = [&](const std::string& name) { text += (text.empty() ? "" : ", ") + quoted(name); };
  for (const std::string& one : study.judges()) {
    if (one != judge) add(one);
  }
  for (const bool scores : {false, true}) {
    for (const HeldJudge& one : held_judges(study, scores)) {
      if (one.name != judge) add(oracle_title(one.name));
    }
  }
  return text.empty() ? "it has no other" : text;
}

std::optional<Comparison> compared(const store::Study& study, const ComparisonChoice& choice) {
  try {
    return study.comparison(choice);
  } catch (const InvalidArgument&) {
    return std::nullopt;  // it judged otherwise
  }
}

// In the comparison's way if it judged so, else in its own.
Comparison recorded_rewards(const store::Study& study, const Comparison& comparison, const ComparisonChoice& choice,
                            const std::string& name) {
  ComparisonChoice like{.judge = name, .baseline = comparison.baseline, .without_responses = true};
  like.thinly_judged = true;
  like.measure = comparison.measure;
  if (comparison.measure == Measure::accuracy) {
    if (std::optional<Comparison> found = compared(study, like); found && found->step == 1) return *found;
  } else if (comparison.measure != Measure::score) {
    if (std::optional<Comparison> found = compared(study, like)) return *found;
  }
  ComparisonChoice alone = like;
  alone.baseline.clear();
  alone.measure = Measure::score;
  alone.lower_is_better = choice.lower_is_better;
  if (std::optional<Comparison> found = compared(study, alone)) return *found;
  ComparisonChoice own = like;
  own.baseline.clear();
  own.measure = Measure::win_rate;
  return study.comparison(own);
}

// Rewards of `from` where `to` has the query and the model.
RewardTable aligned(const Comparison& from, const Comparison& to) {
  RewardTable table(to.queries.size(), to.models.size());
  const store::NamePositions models = store::positions(from.models);
  const store::NamePositions queries = store::positions(from.queries);
  for (std::size_t q = 0; q < to.queries.size(); ++q) {
    const auto query = queries.find(to.queries[q]);
    if (query == queries.end()) continue;
    for (std::size_t j = 0; j < to.models.size(); ++j) {
      const auto model = models.find(to.models[j]);
      if (model == models.end()) continue;
      table.set(query_id(q), model_id(j), from.rewards.at(query_id(query->second), model_id(model->second)));
    }
  }
  return table;
}

// Both a win, a draw or a loss, or right or wrong.
bool of_same_kind(const Comparison& judge, const Comparison& assistant) {
  const bool alone = judge.baseline.empty();
  return judge.baseline == assistant.baseline && judge.step >= 0.5 && assistant.step >= 0.5 &&
         (alone || judge.measure == assistant.measure);
}

// Of the models that it judged on most queries, so that a few lucky answers don't win.
std::string winner_of(const RewardTable& rewards, const Comparison& comparison, const std::string& keep) {
  const std::vector<std::string>& models = comparison.models;
  std::vector<double> sums(models.size(), 0);
  std::vector<double> weighed(models.size(), 0);
  std::vector<std::size_t> counts(models.size(), 0);
  for (std::size_t q = 0; q < rewards.queries(); ++q) {
    for (std::size_t j = 0; j < models.size(); ++j) {
      const double reward = rewards.at(query_id(q), model_id(j));
      if (std::isnan(reward)) continue;
      const double weight = comparison.weights.empty() ? 1 : comparison.weights[q];
      sums[j] += weight * reward;
      weighed[j] += weight;
      ++counts[j];
    }
  }
  const std::size_t most = *std::max_element(counts.begin(), counts.end());
  std::string best = keep;
  double rate = keep.empty() ? -1 : 0.5;
  for (std::size_t j = 0; j < models.size(); ++j) {
    if (10 * counts[j] < 9 * most || !(sums[j] > rate * weighed[j])) continue;
    best = models[j];
    rate = sums[j] / weighed[j];
  }
  return best;
}

// Fisher's, by his transformation.
stats::Interval correlation_interval(double correlation, std::size_t pairs) {
  if (pairs < 4 || std::abs(correlation) >= 1) return {-1, 1};
  const double spread = stats::kNormal95 / std::sqrt(static_cast<double>(pairs - 3));
  const double at = std::atanh(correlation);
  return {std::tanh(at - spread), std::tanh(at + spread)};
}

}  // namespace

std::string judge_key(const store::Study& study, const ComparisonChoice& choice, const Comparison& comparison) {
  const bool recorded = comparison.judge == "labels" || is_recorded(study, choice.judge);
  if (recorded) return comparison.judge;
  const bool scores = comparison.measure == Measure::score;
  return held_judge(study, choice.judge, scores, scores ? scale_text(comparison.scale) : choice.baseline).name;
}

Assistant assistant_of(store::Study& study, const Comparison& comparison, const ComparisonChoice& choice,
                       const std::string& name, const std::string& judge) {
  const bool recorded = is_recorded(study, name);
  const bool scores = !has_held_judge(study, name, false);
  std::string key = name;
  if (!recorded) {
    try {
      key = held_judge(study, name, scores, "").name;
    } catch (const InvalidArgument&) {
      throw InvalidArgument(fmt::format("expected another judge of the study as `assistant_judge` ({}), came {}",
                                        other_judges(study, judge), quoted(name)));
    }
  }
  if (key == judge) {
    throw InvalidArgument(fmt::format("{} is the judge itself, and can't be its own `assistant_judge`; others: {}",
                                      quoted(name), other_judges(study, judge)));
  }
  const Comparison its =
      recorded ? recorded_rewards(study, comparison, choice, name)
               : held_answers(study,
                              {.judge = key, .lower_is_better = scores && choice.lower_is_better.value_or(false)});
  Assistant assistant{recorded ? name : oracle_title(key), its.baseline, of_same_kind(comparison, its),
                      std::make_shared<const RewardTable>(aligned(its, comparison))};
  if (assistant.rewards->known() == 0) {
    throw InvalidArgument(
        fmt::format("`assistant_judge` {} says nothing of these queries and models", quoted(name)));
  }
  return assistant;
}

std::string hints_digest(const Assistant& assistant) {
  std::uint64_t hash = kHashStart;
  for (std::size_t q = 0; q < assistant.rewards->queries(); ++q) {
    for (const std::uint16_t code : assistant.rewards->row(query_id(q))) {
      hash = mix64(hash ^ code) + kGoldenGamma;
    }
  }
  return fmt::format("{:016x}", hash);
}

AssistantReport assistant_report(const Assistant& assistant, const RewardTable& judged,
                                 const Comparison& comparison, const std::string& keep) {
  AssistantReport report;
  report.judge = assistant.judge;
  report.winner = winner_of(*assistant.rewards, comparison, keep == assistant.baseline ? keep : std::string());
  std::vector<double> own;
  std::vector<double> its;
  std::size_t same = 0;
  for (std::size_t q = 0; q < judged.queries(); ++q) {
    for (std::size_t j = 0; j < comparison.models.size(); ++j) {
      const double reward = judged.at(query_id(q), model_id(j));
      const double hint = assistant.rewards->at(query_id(q), model_id(j));
      if (std::isnan(reward) || std::isnan(hint)) continue;
      own.push_back(reward);
      its.push_back(hint);
      if (outcome_of(reward) == outcome_of(hint)) ++same;
    }
  }
  report.both = own.size();
  if (report.both == 0) return report;
  if (!assistant.same_outcomes) {
    report.correlation = stats::pearson(own, its);
    if (report.correlation) report.interval = correlation_interval(*report.correlation, report.both);
    return report;
  }
  const auto agreed = static_cast<double>(same);
  report.agreement = agreed / static_cast<double>(report.both);
  report.interval = stats::mean_interval(agreed, agreed, static_cast<double>(report.both),
                                         static_cast<double>(assistant.rewards->known()));
  return report;
}

}  // namespace assay::asking
