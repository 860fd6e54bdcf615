#include "assay/judge/recorded_scores.h"

#include <utility>

#include "assay/core/error.h"

namespace assay {

RecordedScores::RecordedScores(const ScoreTable& scores, std::string judge, std::uint64_t seed)
    : scores_(scores), judge_(std::move(judge)), seed_(seed) {}

// The length keeps a judge and a seed from meeting in another's key.
std::string RecordedScores::name() const {
  return "recorded-scores:" + std::to_string(judge_.size()) + ":" + judge_ + ":" + std::to_string(seed_);
}

void RecordedScores::ask(std::span<const ScoreCall> calls, const std::function<void(const Score&)>& answered) {
  for (const ScoreCall& call : calls) {
    if (index(call.arm) >= scores_.arms() || scores_.scores(call.arm).empty()) {
      throw InvalidArgument("a call to arm " + std::to_string(index(call.arm)) +
                            " is outside the recorded scores of " + std::to_string(scores_.arms()));
    }
    answered({call, recorded_score(scores_, seed_, call)});
  }
}

}  // namespace assay
