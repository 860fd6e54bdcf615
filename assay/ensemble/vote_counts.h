#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "assay/core/ids.h"
#include "assay/core/labels.h"

namespace assay::ensemble {

/// I(Y; X_S) in nats estimated by counts: what the votes of members S say of the true label.
struct CountedInformation {
  double nats = 0;  ///< Corrected for bias, never below 0.
  /// What was taken off: (cells - patterns) / 2n, the first-order bias of entropies of counts (Miller 1955). With
  /// few queries a pattern it is too small itself.
  double bias = 0;
  /// Share of the queries whose pattern of votes comes up once: about the chance that the next one is new (Good
  /// 1953).
  double alone = 0;

  /// The correction is small, by itself or against what is left, and patterns come up again.
  bool reliable() const { return bias <= std::max(0.005, 0.03 * nats) && alone <= 0.02; }
};

/// Integer counts of the true label by pattern of votes, for members that are added one by one. On classes a
/// pattern is the votes themselves, and the true label is counted as it is. On options a pattern is who agrees with
/// whom, and the true label is who named it; labels that nobody named are equally probable. Predictions must not be
/// kNotRun.
class VoteCounts {
 public:
  explicit VoteCounts(const LabelTable& table);

  /// Information of the members and the candidate. O(n), one pass over integers; may be called from many threads.
  CountedInformation with(ModelId candidate) const;
  /// O(n + patterns).
  void add(ModelId member);

  std::size_t members() const { return members_; }
  std::size_t patterns() const { return patterns_; }

 private:
  std::uint32_t step(std::size_t query, Label prediction) const;
  std::size_t steps() const;
  std::size_t places() const;
  CountedInformation with_class(ModelId candidate) const;
  CountedInformation with_option(ModelId candidate) const;
  CountedInformation estimate(std::span<const std::uint32_t> counts, std::size_t places, double spread) const;

  const LabelTable& table_;
  bool options_;
  std::size_t members_ = 0;
  std::size_t patterns_ = 1;
  double before_;                       // H(Y), or the mean log of the number of options
  std::vector<std::uint32_t> pattern_;  // n
  std::vector<std::uint8_t> named_;     // options, n: number of labels that were named
  std::vector<std::uint8_t> place_;     // options, n x (L + 1): 0 not named, b: the b-th label that was named
  std::vector<double> logs_;            // log of 0 .. L, for spreads
};

}  // namespace assay::ensemble
