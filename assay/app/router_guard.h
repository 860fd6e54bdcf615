#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "assay/core/correctness.h"
#include "assay/route/guard.h"
#include "assay/route/router.h"

namespace assay::app {

/// Which queries a router is fitted to, and which are kept back for its guard; both ascend.
struct GuardSplit {
  std::vector<std::size_t> fitted, held_out;
};

/// Keeps back a fifth of the texts, by their content; of a text that stands there several times the first query,
/// the others being in neither part. A task keeps at least one query to fit to.
/// @param text_key  n: of equal texts the same number, whatever else the study holds.
GuardSplit split_for_guard(std::span<const std::uint64_t> text_key, std::span<const std::uint32_t> task,
                           std::size_t tasks);

/// Some queries of a benchmark, copied; tasks keep their numbers.
class FittedPart {
 public:
  FittedPart(const route::BenchmarkView& whole, const std::vector<std::size_t>& queries);

  route::BenchmarkView view() const {
    return {cells_, task_, same_text_, models_, tasks_, {vectors_, dimensions_}};
  }

 private:
  std::size_t models_, tasks_, dimensions_;
  std::vector<Correctness> cells_;
  std::vector<std::uint32_t> task_, same_text_;
  std::vector<float> vectors_;
};

/// What the router would do to queries that it has not seen, all its models being candidates. An outcome that is
/// not known counts against routing: as wrong of the routed model, as right of the best single one.
/// @param cost  m, as choose_for_query takes it.
std::vector<route::HeldOutRouting> held_out_routings(const route::Router& router, const route::BenchmarkView& whole,
                                                     std::span<const std::size_t> queries,
                                                     std::span<const double> cost, double cost_weight,
                                                     std::size_t threads);

}  // namespace assay::app
