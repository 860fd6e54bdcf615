#pragma once

#include <cstdint>

#include "assay/asking/judge_task.h"
#include "assay/asking/oracle.h"

namespace assay::asking {

/// Answers from what was recorded before: free and instant. Of pairs the recorded outcome; of responses one of the
/// recorded scores, drawn from the seed (`recorded_score`). Nothing of it is kept: a record that an import changes
/// counts at once, and a study that can't be written will do.
class RecordedOracle : public Oracle {
 public:
  /// `task` must outlive it.
  RecordedOracle(const JudgeTask& task, std::uint64_t seed) : task_(task), seed_(seed) {}

  std::string name() const override { return "recorded"; }
  std::optional<file::Digest> fingerprint(std::size_t /*item*/) const override { return std::nullopt; }
  /// Throws InvalidArgument for an item that the task has not.
  AskEnd ask(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) override;

 private:
  double value(const Ask& ask) const;

  const JudgeTask& task_;
  std::uint64_t seed_;
};

}  // namespace assay::asking
