#pragma once

#include <span>
#include <string>
#include <vector>

#include "assay/asking/score_oracle.h"
#include "assay/judge/llm_judge.h"

namespace assay::asking {

/// An LLM scores responses on a scale.
class LlmScorer : public ScoreOracle {
 public:
  /// What is scored; borrowed.
  struct Text {
    std::string_view query;
    std::string_view response;
  };

  /// `texts` (an arm each) and `calls` must outlive it. Throws InvalidArgument unless low < high.
  LlmScorer(const std::vector<Text>& texts, double low, double high, judge::LlmJudge judge,
            judge::ChatCalls& calls);

  std::string name() const override;
  /// Throws BudgetEnded besides.
  void ask(std::span<const ScoreCall> calls, const std::function<void(const Score&)>& answered) override;

  /// Questions that ended without a score, by why.
  const std::vector<std::size_t>& failures() const { return failures_; }
  judge::Prompt prompt(std::size_t arm, judge::ReplyKind reply) const;

 private:
  const std::vector<Text>& texts_;
  double low_;
  double high_;
  judge::LlmAsker asker_;
  std::vector<std::size_t> failures_ = std::vector<std::size_t>(judge::kCallFailures);
};

}  // namespace assay::asking
