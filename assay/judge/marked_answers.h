#pragma once

#include <string_view>
#include <vector>

namespace assay::judge {

/// What stands in `content` where a verdict or score stands that bears the marker, as it was written: after
/// "WORD marker:" to the end of the line, and as member `word` of the objects whose member "marker" it is (without
/// quotes). The case of `word` and of the members' names does not matter, the marker's does. Objects are read
/// leniently (single quotes, bare words, commas at the end), but the marker must be there as it is, not as escapes.
/// An object that is too tangled to be looked into gives an empty answer. O(length), nearly.
std::vector<std::string_view> marked_answers(std::string_view content, std::string_view word,
                                             std::string_view marker);

/// Whether there is an object with at least one member.
bool has_object(std::string_view content);

}  // namespace assay::judge
