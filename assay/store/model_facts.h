#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

// What models cost, and how large they are. An example of use:
//
//   const std::vector<ModelFacts> facts = {{.parameters = 7e9, .price = 150'000}, {}};
//   const std::vector<double> costs = costs_of(facts);  // 0.15, and NaN: unknown

#pragma GCC visibility push(default)

namespace assay::store {

/// What is known of a model beside its answers.
struct ModelFacts {
  double parameters = 0;              ///< Number of weights; 0: unknown.
  std::optional<std::int64_t> price;  ///< Micro-dollars per million tokens; empty: unknown.
};

/// What each model costs, in dollars per million tokens; NaN where unknown.
std::vector<double> costs_of(std::span<const ModelFacts> facts);
/// How many weights each model has; NaN where unknown.
std::vector<double> sizes_of(std::span<const ModelFacts> facts);

}  // namespace assay::store

#pragma GCC visibility pop
