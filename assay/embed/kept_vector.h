#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::embed {

/// \file
/// Vectors as the ledger of paid calls holds them: text, and exact.
///
///     const std::string kept = kept_text(normalized({3, 4}));
///     vector_in(kept);  // {0.6, 0.8}

/// Of length 1; zeros stay zeros.
std::vector<float> normalized(std::vector<float> vector);

std::string kept_text(std::span<const float> vector);
/// Empty if `text` is no such thing.
std::vector<float> vector_in(std::string_view text);

}  // namespace assay::embed
