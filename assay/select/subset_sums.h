#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace assay::select {

/// Sums of p and of p log p over sets of models, m of them given as bits: a table of all 256 sums for each block of
/// eight models, so that a sum costs m / 8 look-ups. Rebuilding costs 32 additions a model.
class SubsetSums {
 public:
  struct Sum {
    double mass = 0;     ///< sum of p
    double p_log_p = 0;  ///< sum of p log p
  };

  /// Takes the probabilities of m models.
  void build(std::span<const double> probabilities) {
    const std::size_t blocks = (probabilities.size() + 7) / 8;
    table_.resize(blocks);
    for (std::size_t b = 0; b < blocks; ++b) {
      std::array<Sum, 256>& sums = table_[b];
      sums[0] = {};
      for (std::size_t i = 0; i < 8; ++i) {
        const std::size_t j = 8 * b + i;
        const double p = j < probabilities.size() ? probabilities[j] : 0.0;
        const double p_log_p = p > 0 ? p * std::log(p) : 0.0;
        for (std::size_t below = 0, bit = std::size_t{1} << i; below < bit; ++below) {
          sums[bit + below] = {sums[below].mass + p, sums[below].p_log_p + p_log_p};
        }
      }
    }
  }

  /// Sum over the models whose bits are set in `set`, ceil(m / 64) words.
  Sum over(const std::uint64_t* set) const {
    Sum sum;
    for (std::size_t b = 0; b < table_.size(); ++b) {
      const Sum& part = table_[b][(set[b / 8] >> (8 * (b % 8))) & 0xFFU];
      sum.mass += part.mass;
      sum.p_log_p += part.p_log_p;
    }
    return sum;
  }

 private:
  std::vector<std::array<Sum, 256>> table_;
};

}  // namespace assay::select
