#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::text {

/// Counts the n-grams of texts by bucket: the words of a text, its pairs of neighbouring words, and the pieces of 3
/// to 5 characters of each word with its edges. A word is a run of ASCII letters and digits and of other characters
/// that are not ASCII; any other visible character is a word alone. ASCII letters are folded, all digits are one.
/// Used by one thread at a time; holds 4 bytes for each bucket.
class NgramCounter {
 public:
  struct Count {
    std::uint32_t bucket = 0;
    std::uint32_t occurrences = 0;
  };

  /// Buckets are 0 .. 2^bits - 1.
  explicit NgramCounter(unsigned bits);

  /// The buckets of `text` in the order in which they first occur; valid until the next call. O(bytes).
  std::span<const Count> count(std::string_view text);

 private:
  void take_word();
  void take_pieces();
  void take(std::uint64_t hash);

  unsigned bits_;
  std::vector<std::uint32_t> position_;  // by bucket: 1 + its index in counts_; 0: not there
  std::vector<Count> counts_;
  std::string word_;
  std::vector<std::size_t> starts_;  // of the word's characters
  std::uint64_t previous_ = 0;       // hash of the word before; 0: none
};

}  // namespace assay::text
