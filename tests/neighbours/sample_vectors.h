#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "assay/core/rng.h"

namespace assay {

/// Vectors of length 1 around a few centres.
inline std::vector<float> sample_vectors(std::size_t count, std::size_t dimensions, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<double> centres(10 * dimensions);
  for (double& value : centres) value = rng.normal();
  std::vector<float> vectors;
  std::vector<double> vector(dimensions);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t centre = rng.below(10);
    double squares = 0;
    for (std::size_t p = 0; p < dimensions; ++p) {
      vector[p] = centres[centre * dimensions + p] + rng.normal();
      squares += vector[p] * vector[p];
    }
    for (const double value : vector) vectors.push_back(static_cast<float>(value / std::sqrt(squares)));
  }
  return vectors;
}

}  // namespace assay
