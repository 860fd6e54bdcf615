#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "assay/core/correctness.h"
#include "assay/neighbours/nearest.h"

// What routing learns from. An example of use:
//
//   const std::vector<Correctness> cells = {Correctness::kRight, Correctness::kWrong,   // query 0: of both models
//                                           Correctness::kWrong, Correctness::kRight};  // query 1
//   const std::vector<std::uint32_t> task = {0, 1};
//   const std::vector<std::uint32_t> same_text = {0, 1};  // no two queries have the same text
//   const std::vector<float> vectors = {1, 0, 0, 1};
//   const BenchmarkView benchmark{cells, task, same_text, 2, 2, {vectors, 2}};

#pragma GCC visibility push(default)

namespace assay::route {

/// What routing learns from, in somebody's memory: n queries of several tasks, m models, and where known whether a
/// model was right on a query.
struct BenchmarkView {
  std::span<const Correctness> cells;        ///< n x m.
  std::span<const std::uint32_t> task;       ///< n, each below `tasks`.
  std::span<const std::uint32_t> same_text;  ///< n: a number that queries of the same text share.
  std::size_t models = 0;
  std::size_t tasks = 0;
  neighbours::VectorView vectors;  ///< n.
  /// n: by how much models are expected to score above their accuracies where nothing is known, see
  /// query_effect.h. Empty: 0.
  std::span<const float> effect = {};

  std::size_t queries() const { return task.size(); }
  std::span<const Correctness> row(std::size_t query) const { return cells.subspan(query * models, models); }
};

}  // namespace assay::route

#pragma GCC visibility pop
