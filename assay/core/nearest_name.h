#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// The name that was probably meant: of those with fewest letters added, left out, changed or swapped with the
/// next, at most a third of the length, the first; or the only one that begins so. Case is no difference. Empty if
/// none is near.
std::optional<std::string> nearest_name(std::string_view typed, std::span<const std::string> names);

/// The `count` names that are nearest, however far they are: first those that have what was typed in them, then
/// those that would with fewest letters changed; among equals those with fewest letters changed as a whole.
std::vector<std::string> nearest_names(std::string_view typed, std::span<const std::string> names,
                                       std::size_t count);

}  // namespace assay
