#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace assay::text {

/// Vectors of all n texts, n x d, by an embedding that has seen the `training` texts only. An experiment that
/// leaves texts out must not learn its embedding from them.
using EmbedAll = std::function<std::vector<float>(std::span<const std::size_t> training)>;

}  // namespace assay::text
