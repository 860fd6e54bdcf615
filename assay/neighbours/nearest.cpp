#include "assay/neighbours/nearest.h"

#include <algorithm>
#include <functional>

#include "assay/stats/matrix_product.h"

namespace assay::neighbours {

Neighbour NearestKeeper::of_key(std::uint64_t key) {
  const auto ordered = static_cast<std::uint32_t>(key >> 32U);
  const std::uint32_t bits = ordered ^ ((ordered >> 31U) != 0 ? 1U << 31U : ~0U);
  return {~0U - static_cast<std::uint32_t>(key), std::bit_cast<float>(bits)};
}

std::vector<Neighbour> NearestKeeper::hand_over() {
  std::vector<Neighbour> result;
  result.reserve(kept_.size());
  for (const std::uint64_t key : kept_) result.push_back(of_key(key));
  kept_.clear();
  least_ = 0;
  least_similarity_ = -std::numeric_limits<float>::infinity();
  return result;
}

std::vector<Neighbour> NearestKeeper::take() {
  if (kept_.size() > k_) prune();
  std::sort(kept_.begin(), kept_.end(), std::greater<>());
  return hand_over();
}

std::vector<Neighbour> NearestKeeper::take_unordered() {
  if (kept_.size() > k_) prune();
  return hand_over();
}

void NearestKeeper::prune() {
  if (k_ > 0) {
    const auto last = kept_.begin() + static_cast<std::ptrdiff_t>(k_ - 1);
    std::nth_element(kept_.begin(), last, kept_.end(), std::greater<>());
    least_ = *last;
    least_similarity_ = of_key(least_).similarity;
  }
  kept_.resize(k_);
}

std::vector<Neighbour> nearest(const VectorView& vectors, std::span<const float> query, std::size_t k) {
  NearestKeeper keeper(k);
  for (std::size_t i = 0; i < vectors.count(); ++i) {
    keeper.offer(
        {static_cast<std::uint32_t>(i),
         stats::inner_product(query.data(), vectors.values.data() + i * vectors.dimensions, vectors.dimensions)});
  }
  return keeper.take();
}

}  // namespace assay::neighbours
