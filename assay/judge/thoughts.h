#pragma once

#include <string>
#include <string_view>

namespace assay::judge {

/// What is left of a reply without what the judge thought before it: <think>...</think> and the like, also where
/// only the end of it is there, as some servers cut off the beginning. Where only the beginning is there, nobody
/// knows where the thoughts end, and the rest is left. O(length).
std::string without_thoughts(std::string_view content);

/// Whether a reply is all thoughts from somewhere on: their beginning is there and their end is not, as where a
/// limit of tokens cut it off. O(length).
bool ends_in_thoughts(std::string_view content);

/// What a response says beside its thoughts. Where these have no end, that is the last line, if they began in
/// another: some forget to end them; a reply that was cut off says nothing that counts. O(length).
std::string said_in(std::string_view content);

}  // namespace assay::judge
