#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "assay/route/benchmark_view.h"

namespace assay::reference {

/// S1, S2 and S3 of arXiv 2309.15789, word by word: for every query the distances to all of the benchmark are
/// sorted.
struct PublishedRules {
  std::vector<double> s1, s2, s3;  ///< m.
};

/// @param queries  Vectors of the new task, q x d.
/// @param bandwidth  Of the Gaussian kernel that smooths p over the descriptor u.
PublishedRules published_rules(const route::BenchmarkView& benchmark, std::span<const float> queries,
                               std::size_t neighbours, double bandwidth);

/// Weights of a ridge regression of (right - accuracy) on the centred vectors, by Gauss-Jordan elimination, for one
/// model all of whose cells are known.
std::vector<double> ridge(const route::BenchmarkView& benchmark, std::size_t model, double penalty);

}  // namespace assay::reference
