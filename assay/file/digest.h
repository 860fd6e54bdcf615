#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#pragma GCC visibility push(default)

namespace assay::file {

/// 128 bits of a text, by which it is found again: XXH3, the same bytes on every machine. Not for texts that
/// somebody makes to collide.
using Digest = std::array<char, 16>;

Digest digest(std::string_view text);
/// Of several texts: where one ends and the next begins counts.
Digest digest(std::span<const std::string_view> texts);

inline std::string_view bytes_of(const Digest& digest) { return {digest.data(), digest.size()}; }

}  // namespace assay::file

#pragma GCC visibility pop
