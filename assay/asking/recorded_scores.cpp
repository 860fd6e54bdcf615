#include "assay/asking/recorded_scores.h"

#include <bit>
#include <cmath>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/hash.h"

namespace assay::asking {

namespace {

// Of every score and of how many each arm has.
std::uint64_t digest(const ScoreTable& scores) {
  std::uint64_t hash = mix64(scores.arms() + kGoldenGamma);
  const auto take = [&](std::uint64_t word) { hash = mix64((hash ^ word) + kGoldenGamma); };
  for (std::size_t i = 0; i < scores.arms(); ++i) {
    const std::span<const double> of_arm = scores.scores(arm_id(i));
    take(of_arm.size());
    for (const double score : of_arm) take(std::isnan(score) ? 1 : std::bit_cast<std::uint64_t>(score));
  }
  return hash;
}

std::string hexadecimal(std::uint64_t number) {
  std::string text(16, '0');
  for (std::size_t i = text.size(); i-- > 0; number >>= 4U) text[i] = "0123456789abcdef"[number & 15U];
  return text;
}

}  // namespace

RecordedScores::RecordedScores(const ScoreTable& scores, std::string judge, std::uint64_t seed)
    : scores_(scores), judge_(std::move(judge)), seed_(seed) {}

// The length keeps a judge and a seed from meeting in another's key.
std::string RecordedScores::name() const {
  return "recorded-scores:" + std::to_string(judge_.size()) + ":" + judge_ + ":" + std::to_string(seed_) + ":" +
         hexadecimal(digest(scores_));
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

}  // namespace assay::asking
