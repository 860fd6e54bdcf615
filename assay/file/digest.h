#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

// A short key for a long text. An example of use:
//
//   const Digest key = digest("Which planet is the largest?");
//   const std::string_view bytes = bytes_of(key);  // 16 bytes
//   const std::string name = hex(bytes);           // 32 digits

#pragma GCC visibility push(default)

namespace assay::file {

/// 128 bits by which a text is found again (XXH3). The same bytes on every machine. Not for texts that somebody
/// makes to collide.
using Digest = std::array<char, 16>;

Digest digest(std::string_view text);
/// Of several texts. It counts where one ends and the next begins.
Digest digest(std::span<const std::string_view> texts);

inline std::string_view bytes_of(const Digest& digest) { return {digest.data(), digest.size()}; }

/// Two small hexadecimal digits a byte.
std::string hex(std::string_view bytes);

}  // namespace assay::file

#pragma GCC visibility pop
