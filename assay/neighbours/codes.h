#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "assay/neighbours/nearest.h"

namespace assay::neighbours {

/// What a CodeView shows, owned.
struct Codes {
  std::vector<std::int8_t> codes;
  std::vector<float> scales;

  CodeView view() const { return {codes, scales}; }
};

Codes encode(const VectorView& vectors);

/// The k nearest of `vectors`, of which `codes` are the codes, to `query`: those among the 9/8 k + 32
/// nearest by the codes. Misses a neighbour only if the rounding of the codes moves it past k others. O(n d), a
/// fraction of a millisecond for ten thousand vectors. Throws InvalidArgument if codes and vectors don't fit.
std::vector<Neighbour> nearest(const VectorView& vectors, const CodeView& codes, std::span<const float> query,
                               std::size_t k);

}  // namespace assay::neighbours
