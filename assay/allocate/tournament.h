#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "assay/core/ids.h"

namespace assay::allocate {

/// The largest of K keys, kept by a binary tree of matches: O(1) to ask, O(log K) to change a key. Of equal keys
/// the first one wins.
class Tournament {
 public:
  /// At least one key, none of them NaN. O(K).
  explicit Tournament(std::vector<double> keys);

  ArmId winner() const { return arm_id(winner_[1]); }
  double key(ArmId arm) const { return keys_[index(arm)]; }
  void set(ArmId arm, double key);

 private:
  std::uint32_t better(std::uint32_t left, std::uint32_t right) const;

  std::size_t leaves_;                 // a power of two
  std::vector<double> keys_;           // with what fills up the leaves, at minus infinity
  std::vector<std::uint32_t> winner_;  // node 1 is the root, the children of i are 2 i and 2 i + 1
};

}  // namespace assay::allocate
