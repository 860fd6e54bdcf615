#pragma once

#include <string>

namespace assay::store {

/// Writes a study of the same content as that at `path` to `to`, where there must be none; other processes may use
/// the first meanwhile. Throws Error.
void copy_study(const std::string& path, const std::string& to);

}  // namespace assay::store
