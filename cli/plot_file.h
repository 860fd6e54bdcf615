#pragma once

#include <string>

namespace assay::cli {

/// Throws before the long work, not after it, if `path` can't be written or does not end in .svg. The plot must not
/// take the study's place.
void check_plot(const std::string& path, const std::string& study);
/// Throws Error if the file can't be written.
void write_plot(const std::string& path, const std::string& svg);

}  // namespace assay::cli
