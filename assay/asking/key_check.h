#pragma once

#include <cstdint>
#include <string_view>

#include "assay/store/study.h"

namespace assay::asking {

/// 16 bits of a key and the address that it is for, by which a study tells whether it is the key that was sent
/// there before, without having it. They are few on purpose: whoever gets the study file can try keys against them,
/// and finds that one in 65536 fits, so that a guess stays a guess. Whoever makes a study file, or changes one that
/// was given away, to draw somebody's key to an address of his own must guess them, too: those of another address
/// don't help, as the address is part of what is digested. Each address tells 16 bits more, which is still far from
/// the length of a key, and 2^18 digests a guess make long searches slow.
std::uint16_t key_check(std::string_view salt, std::string_view url, std::string_view key);

/// Notes that `key` is sent to `url` by runs on this study. `salt`: random bytes, taken unless the study has some;
/// it makes the bits of two studies differ. Nothing is noted for an empty key or salt.
void remember_key(store::Study& study, std::string_view url, std::string_view key, std::string_view salt);

/// Whether the same key was noted for that address, as far as 16 bits can tell.
bool knows_key(const store::Study& study, std::string_view url, std::string_view key);

}  // namespace assay::asking
