#pragma once

#include <cstddef>
#include <string>

namespace assay::file {

/// So many bytes that nobody can foresee, of the system, at most 256; empty if it gives none. For keys and salts:
/// no run depends on them.
std::string random_bytes(std::size_t count);

}  // namespace assay::file
