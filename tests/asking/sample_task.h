#pragma once

#include <string>
#include <utility>
#include <vector>

#include "assay/asking/judge_task.h"

namespace assay {

/// Pairs of q0..q(n-1) and the models against "base", without texts.
inline asking::JudgeTask pair_task(std::size_t queries, std::vector<std::string> models,
                                   std::string baseline = "base") {
  store::Comparison comparison;
  for (std::size_t q = 0; q < queries; ++q) comparison.queries.push_back("q" + std::to_string(q));
  comparison.models = std::move(models);
  comparison.baseline = std::move(baseline);
  comparison.rewards = RewardTable(queries, comparison.models.size());
  return asking::JudgeTask(std::move(comparison));
}

/// Responses of model "m" to q0, q1, ... with these texts and the prompt "p".
inline asking::JudgeTask score_task(const std::vector<std::string>& responses, const Scale& scale) {
  store::Scoring scoring;
  std::vector<store::ScoredText> texts;
  for (std::size_t i = 0; i < responses.size(); ++i) {
    scoring.arms.push_back({"q" + std::to_string(i), "m", 1});
    texts.push_back({"p", responses[i], false});
  }
  asking::JudgeTask task(std::move(scoring), scale);
  task.set_texts(std::move(texts));
  return task;
}

/// Every item once.
inline std::vector<asking::Ask> all_asks(const asking::JudgeTask& task) {
  std::vector<asking::Ask> asks;
  for (std::uint32_t item = 0; item < task.size(); ++item) asks.push_back({item});
  return asks;
}

}  // namespace assay
