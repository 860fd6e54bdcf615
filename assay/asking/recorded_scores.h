#pragma once

#include <cstdint>
#include <string>

#include "assay/asking/score_oracle.h"
#include "assay/core/scores.h"

namespace assay::asking {

/// Answers from scores that were recorded before, as a judge would whose scores are distributed like them. Its name
/// has a digest of them: records that an import has changed are another judge.
class RecordedScores : public ScoreOracle {
 public:
  /// `scores` must outlive the oracle; each arm has at least one entry. `judge` tells whose scores they are.
  RecordedScores(const ScoreTable& scores, std::string judge, std::uint64_t seed);

  std::string name() const override;
  /// Throws InvalidArgument for a call outside the table.
  void ask(std::span<const ScoreCall> calls, const std::function<void(const Score&)>& answered) override;

 private:
  const ScoreTable& scores_;
  std::string judge_;
  std::uint64_t seed_;
};

}  // namespace assay::asking
