#pragma once

#include <cstdint>
#include <string_view>

namespace assay {

inline constexpr std::uint64_t kHashStart = 0xCBF29CE484222325ULL;

/// FNV-1a, 64 bits: the same on every platform, so that it may stand in a file. Several texts are hashed one after
/// the other by handing on the result. Not for texts made to collide.
constexpr std::uint64_t fnv1a(std::string_view text, std::uint64_t hash = kHashStart) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return hash;
}

/// A bijection under which numbers that differ in one bit have nothing in common (the output of SplitMix64, Steele,
/// Lea and Flood 2014): for random choices that must depend on what is chosen alone, not on what was drawn before.
constexpr std::uint64_t mix64(std::uint64_t z) {
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31U);
}

/// What SplitMix64 adds at each step.
inline constexpr std::uint64_t kGoldenGamma = 0x9E3779B97F4A7C15ULL;

}  // namespace assay
