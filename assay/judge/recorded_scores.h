#pragma once

#include <cstdint>
#include <string>

#include "assay/core/hash.h"
#include "assay/core/scores.h"
#include "assay/judge/score_oracle.h"

namespace assay {

/// One of the arm's recorded scores, each as likely as any other, drawn with replacement: the same call gives the
/// same score for the same seed, whatever was asked before. The arm must have one. A few nanoseconds.
inline double recorded_score(const ScoreTable& table, std::uint64_t seed, const ScoreCall& call) {
  __extension__ using Wide = unsigned __int128;
  const std::span<const double> scores = table.scores(call.arm);
  const std::uint64_t which = static_cast<std::uint64_t>(index(call.arm)) << 32U | call.repeat;
  const std::uint64_t bits = mix64(mix64(seed + kGoldenGamma) + mix64(which + kGoldenGamma));
  return scores[static_cast<std::size_t>(static_cast<Wide>(bits) * scores.size() >> 64U)];
}

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

}  // namespace assay
