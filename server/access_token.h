#pragma once

#include <string>
#include <string_view>

namespace assay::server {

/// 128 random bits of the system as 32 hexadecimal digits: whoever has it may come in. Throws Error if the system
/// gives none.
std::string random_token();

/// Whether a text looks like one.
bool is_token(std::string_view text);

/// Whether two tokens are the same, in a time that does not tell where they differ.
bool same_token(std::string_view one, std::string_view other);

}  // namespace assay::server
