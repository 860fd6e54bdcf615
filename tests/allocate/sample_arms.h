#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "assay/core/rng.h"
#include "assay/core/scores.h"

namespace assay {

/// Arms as a judge of whole scores from 1 to 5 leaves them: some always the same, some that waver, a failed call
/// here and there.
inline ScoreTable sample_arms(std::size_t arms, std::uint64_t seed, double failing = 0.03) {
  Rng rng(seed);
  ScoreTable table;
  std::vector<double> scores(20);
  for (std::size_t i = 0; i < arms; ++i) {
    const double mean = 1 + 4 * rng.uniform();
    const double spread = rng.uniform() < 0.3 ? 0 : rng.uniform();
    for (double& score : scores) {
      score = std::clamp(std::round(mean + spread * rng.normal()), 1.0, 5.0);
      if (rng.uniform() < failing) score = std::numeric_limits<double>::quiet_NaN();
    }
    scores[0] = std::clamp(std::round(mean), 1.0, 5.0);  // one at least
    table.add_arm(scores);
  }
  return table;
}

}  // namespace assay
