#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assay/asking/judge_task.h"
#include "assay/asking/llm_run.h"
#include "assay/asking/oracle.h"

namespace assay::asking {

/// An LLM scores responses on the task's scale, those of pairs once each. As with LlmPairs, scores are read anew
/// from the replies in the ledger, and only calls that failed are kept.
class LlmScores : public Oracle {
 public:
  /// `task` must have its texts and outlive the oracle. Throws InvalidArgument unless its scale is one.
  LlmScores(const JudgeTask& task, std::unique_ptr<LlmRun> run);

  /// Of the judge and the scale.
  std::string name() const override;
  std::optional<file::Digest> fingerprint(std::size_t item) const override { return task_.fingerprint(item); }
  /// Ends as `money` at the limit of cost.
  AskEnd ask(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) override;
  bool divisible() const override { return !run_->calls().collects(); }
  /// Of each response up to the first score that the ledger has not; of pairs the first one.
  std::vector<Answer> known(const store::AnswerMark& until) const override;
  std::vector<JudgeReply> replies(std::size_t item) const override;
  std::optional<JudgeBill> bill() const override;
  /// As if all responses were asked equally often; pairs are asked once.
  std::optional<JudgeEstimate> estimate(std::size_t calls) override;

 private:
  std::optional<double> kept_score(const Ask& ask, std::int64_t last) const;
  judge::Prompt prompt(std::size_t item, judge::ReplyKind reply) const;
  void put(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered);

  const JudgeTask& task_;
  std::unique_ptr<LlmRun> run_;
  judge::LlmAsker asker_;
  std::vector<std::size_t> failures_ = std::vector<std::size_t>(judge::kCallFailures);
};

}  // namespace assay::asking
