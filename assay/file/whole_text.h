#pragma once

#include <cstddef>
#include <string>

namespace assay::file {

/// All of a small text file: prices, templates, settings. Throws Error if it can't be read, DataError if it has
/// more than `most` bytes.
///
///     const std::string text = whole_text("prices.json");
std::string whole_text(const std::string& path, std::size_t most = std::size_t{1} << 20U);

}  // namespace assay::file
