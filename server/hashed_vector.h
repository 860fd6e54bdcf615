#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace assay::server {

/// A vector of length 1 that depends on the text alone: words and triples of bytes, hashed to places and signs.
/// Texts with much in common are close; it knows nothing of meaning. All 0 for a text without any of them.
std::vector<float> hashed_vector(std::string_view text, std::size_t dimensions);

}  // namespace assay::server
