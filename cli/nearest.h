#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace assay::cli {

/// The name that was probably meant: of those with fewest letters added, left out, changed or swapped with the
/// next, at most a third of the length, the first; or the only one that begins so. Empty if none is near.
std::optional<std::string> nearest(std::string_view typed, std::span<const std::string> names);

}  // namespace assay::cli
