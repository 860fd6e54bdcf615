#include "assay/index/nearest.h"

#include <algorithm>
#include <utility>

#include "assay/core/matrix_product.h"

namespace assay {

std::vector<Neighbour> NearestKeeper::take() {
  const std::size_t count = std::min(k_, kept_.size());
  std::partial_sort(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(count), kept_.end(), nearer);
  kept_.resize(count);
  full_ = false;
  return std::exchange(kept_, {});
}

void NearestKeeper::prune() {
  if (k_ == 0) {
    kept_.clear();
    return;
  }
  const auto last = kept_.begin() + static_cast<std::ptrdiff_t>(k_ - 1);
  std::nth_element(kept_.begin(), last, kept_.end(), nearer);
  kept_.resize(k_);
  worst_ = kept_.back();
  full_ = true;
}

std::vector<Neighbour> nearest(const VectorView& vectors, std::span<const float> query, std::size_t k) {
  NearestKeeper keeper(k);
  for (std::size_t i = 0; i < vectors.count(); ++i) {
    keeper.offer({static_cast<std::uint32_t>(i),
                  inner_product(query.data(), vectors.values.data() + i * vectors.dimensions, vectors.dimensions)});
  }
  return keeper.take();
}

}  // namespace assay
