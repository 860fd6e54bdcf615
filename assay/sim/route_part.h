#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "assay/core/correctness.h"
#include "assay/route/benchmark_view.h"
#include "assay/route/neighbour_vote.h"

namespace assay::sim {

/// Some queries of a benchmark as a benchmark of their own, copied. Tasks are numbered anew, those without a query
/// being gone.
class RoutePart {
 public:
  /// @param vectors  n x d.  @param queries  Indices, ascending.
  RoutePart(const CorrectnessTable& outcomes, std::span<const std::uint32_t> same_text,
            std::span<const float> vectors, std::size_t dimensions, std::span<const std::size_t> queries);

  route::BenchmarkView view() const {
    return {cells_, task_, same_text_, models_, tasks_, {vectors_, dimensions_}};
  }

  /// Exact neighbours in this part of other queries of the whole benchmark.
  std::vector<std::vector<neighbours::Neighbour>> neighbours_of(std::span<const float> all_vectors,
                                                                std::span<const std::size_t> queries,
                                                                std::size_t threads) const;

 private:
  std::size_t models_;
  std::size_t tasks_ = 0;
  std::size_t dimensions_;
  std::vector<Correctness> cells_;
  std::vector<std::uint32_t> task_, same_text_;
  std::vector<float> vectors_;
};

}  // namespace assay::sim
