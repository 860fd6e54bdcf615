#include "assay/asking/held_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "assay/asking/judge_memory.h"
#include "assay/asking/kept_answers.h"
#include "assay/asking/oracles.h"
#include "assay/core/error.h"

namespace assay::asking {
namespace {

bool judged(const store::Comparison& comparison, std::size_t query, std::size_t model) {
  return comparison.rewards.known(query_id(query), model_id(model));
}

std::vector<std::size_t> all_of(std::size_t count) {
  std::vector<std::size_t> all(count);
  for (std::size_t i = 0; i < count; ++i) all[i] = i;
  return all;
}

// Queries on which one of the models was judged.
std::vector<std::size_t> judged_queries(const store::Comparison& whole, const std::vector<std::size_t>& models) {
  std::vector<std::size_t> queries = all_of(whole.queries.size());
  std::erase_if(queries, [&](std::size_t q) {
    return std::none_of(models.begin(), models.end(), [&](std::size_t j) { return judged(whole, q, j); });
  });
  return queries;
}

std::vector<std::size_t> covered_models(const store::Comparison& whole) {
  std::vector<std::size_t> models = all_of(whole.models.size());
  const std::vector<std::size_t> queries = judged_queries(whole, models);
  std::erase_if(models, [&](std::size_t j) {
    const auto count =
        std::count_if(queries.begin(), queries.end(), [&](std::size_t q) { return judged(whole, q, j); });
    return queries.empty() || 10 * static_cast<std::size_t>(count) < 9 * queries.size();
  });
  return models;
}

store::Comparison part_of(const store::Comparison& whole, const std::vector<std::size_t>& queries,
                          const std::vector<std::size_t>& models) {
  store::Comparison part;
  part.judge = whole.judge;
  part.baseline = whole.baseline;
  part.averaging = whole.averaging;
  part.notes = whole.notes;
  for (const std::size_t q : queries) part.queries.push_back(whole.queries[q]);
  for (const std::size_t j : models) part.models.push_back(whole.models[j]);
  part.rewards = RewardTable(queries.size(), models.size());
  std::size_t missing = 0;
  for (std::size_t q = 0; q < queries.size(); ++q) {
    for (std::size_t j = 0; j < models.size(); ++j) {
      const double reward = whole.rewards.at(query_id(queries[q]), model_id(models[j]));
      part.rewards.set(query_id(q), model_id(j), reward);
      if (std::isnan(reward)) ++missing;
    }
  }
  if (missing > 0) {
    part.notes.push_back(fmt::format("{} of {} outcomes are not known", missing, queries.size() * models.size()));
  }
  return part;
}

}  // namespace

store::Comparison held_comparison(const store::Study& study, store::ComparisonChoice choice) {
  const HeldJudge held = held_judge(study, choice.judge, false, choice.baseline);
  const OracleKey key = read_key(held.name).value();
  choice.baseline = key.last;
  store::Comparison comparison = study.judgeable(choice);
  comparison.judge =
      held.llm ? held.llm->model : fmt::format("{}{}{}", key.kind, key.who.empty() ? "" : " ", key.who);
  return comparison;
}

bool is_recorded(const store::Study& study, const std::string& judge) {
  const std::vector<store::StudySummary::Judge> judges = study.summary().judges;
  if (judge.empty()) return !judges.empty();
  return std::any_of(judges.begin(), judges.end(), [&](const auto& one) { return one.name == judge; });
}

store::Comparison held_answers(store::Study& study, const store::ComparisonChoice& choice) {
  JudgeTask task(held_comparison(study, choice));
  task.load_texts(study);
  const OracleOptions kept{.name = "kept"};
  const std::unique_ptr<Oracle> oracle = make_oracle(kept, {task, study, 1, 1, choice.judge});
  store::Comparison comparison = task.comparison();
  const std::size_t m = comparison.models.size();
  for (const Answer& answer : KeptAnswers(study, task, *oracle).known(study.answer_mark())) {
    comparison.rewards.set(query_id(answer.ask.item / m), model_id(answer.ask.item % m), answer.value);
  }
  return comparison;
}

store::Comparison recorded_comparison(store::Study& study, const store::ComparisonChoice& choice) {
  if (held_judges(study, false).empty() || is_recorded(study, choice.judge)) return study.comparison(choice);
  const store::Comparison whole = held_answers(study, choice);
  const std::vector<std::size_t> models =
      choice.models.empty() ? covered_models(whole) : all_of(whole.models.size());
  const std::vector<std::size_t> queries = judged_queries(whole, models);
  if (queries.empty()) {
    throw InvalidArgument(
        fmt::format("no model was judged by {} on 90 % of the queries; name those to be compared by "
                    "`models`",
                    quoted(whole.judge)));
  }
  store::Comparison part = part_of(whole, queries, models);
  part.weights = study.weights(choice.averaging, part.queries);
  if (models.size() < whole.models.size()) {
    part.notes.push_back(
        fmt::format("{} of {} models left out, judged on fewer than 90 % of the queries; name those to "
                    "be compared by `models`",
                    whole.models.size() - models.size(), whole.models.size()));
  }
  return part;
}

}  // namespace assay::asking
