#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "assay/core/ids.h"

namespace assay::select {

/// `size` of `queries` queries, drawn without replacement, in random order. `stream` tells apart the realizations
/// of one seed. Throws nothing; `size` is cut to `queries`.
std::vector<QueryId> draw_pool(std::size_t queries, std::size_t size, std::uint64_t seed, std::uint64_t stream = 0);

}  // namespace assay::select
