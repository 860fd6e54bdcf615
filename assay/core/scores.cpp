#include "assay/core/scores.h"

#include <fmt/format.h>

#include <cmath>
#include <string>

#include "assay/core/error.h"

namespace assay {

void check(const Scale& scale) {
  if (std::isfinite(scale.high - scale.low) && scale.low < scale.high) return;
  throw InvalidArgument(
      fmt::format("a scale must go from a lower to a higher score, came {:g} to {:g}", scale.low, scale.high));
}

void ScoreTable::add_arm(std::span<const double> scores) {
  for (const double score : scores) {
    if (std::isinf(score)) {
      throw InvalidArgument("expected finite scores, came " + std::to_string(score) + " for arm " +
                            std::to_string(arms()));
    }
  }
  values_.insert(values_.end(), scores.begin(), scores.end());
  ends_.push_back(values_.size());
}

}  // namespace assay
