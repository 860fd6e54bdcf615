#include "assay/core/scores.h"

#include <fmt/format.h>

#include <cmath>
#include <string>

#include "assay/core/cells.h"
#include "assay/core/error.h"
#include "assay/core/hash.h"

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

ScoreTable ScoreTable::from(std::span<const double> cells, std::size_t arms, std::size_t repeats) {
  check_cells(cells.size(), {arms, repeats});
  ScoreTable table;
  for (std::size_t i = 0; i < arms; ++i) table.add_arm(cells.subspan(i * repeats, repeats));
  return table;
}

double recorded_score(const ScoreTable& table, std::uint64_t seed, const ScoreCall& call) {
  __extension__ using Wide = unsigned __int128;
  const std::span<const double> scores = table.scores(call.arm);
  const std::uint64_t which = static_cast<std::uint64_t>(index(call.arm)) << 32U | call.repeat;
  const std::uint64_t bits = mix64(mix64(seed + kGoldenGamma) + mix64(which + kGoldenGamma));
  return scores[static_cast<std::size_t>(static_cast<Wide>(bits) * scores.size() >> 64U)];
}

}  // namespace assay
