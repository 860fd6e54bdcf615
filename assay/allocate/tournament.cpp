#include "assay/allocate/tournament.h"

#include <bit>
#include <limits>
#include <utility>

namespace assay::allocate {

Tournament::Tournament(std::vector<double> keys)
    : leaves_(std::bit_ceil(keys.size())), keys_(std::move(keys)), winner_(2 * leaves_) {
  keys_.resize(leaves_, -std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i < leaves_; ++i) winner_[leaves_ + i] = static_cast<std::uint32_t>(i);
  for (std::size_t node = leaves_; node-- > 1;) winner_[node] = better(winner_[2 * node], winner_[2 * node + 1]);
}

std::uint32_t Tournament::better(std::uint32_t left, std::uint32_t right) const {
  return keys_[left] >= keys_[right] ? left : right;
}

void Tournament::set(ArmId arm, double key) {
  keys_[index(arm)] = key;
  for (std::size_t node = (leaves_ + index(arm)) / 2; node >= 1; node /= 2) {
    winner_[node] = better(winner_[2 * node], winner_[2 * node + 1]);
  }
}

}  // namespace assay::allocate
