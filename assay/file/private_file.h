#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace assay::file {

/// Writes a file that only its owner can read (mode 0600), in place of what stood there, all or nothing. Throws
/// Error with the path in the message.
void write_private(const std::string& path, const std::string& text);

/// Empty if there is no such file. Throws Error if it can't be read, is larger than `most` bytes, is a link or no
/// file, or if others than its owner may read or write it: what it holds is no secret then.
std::optional<std::string> read_private(const std::string& path, std::size_t most);

}  // namespace assay::file
