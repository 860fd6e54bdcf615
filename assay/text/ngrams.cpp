#include "assay/text/ngrams.h"

#include <algorithm>
#include <array>

#include "assay/core/hash.h"
#include "assay/core/utf8.h"

namespace assay::text {
namespace {

constexpr std::size_t kShortest = 3;  // characters of a piece of a word
constexpr std::size_t kLongest = 5;
constexpr char kEdge = '\x01';  // stands before and after a word; no visible character

// Starts of hashes that keep the kinds of n-grams apart.
constexpr std::uint64_t kOfWord = 0x9AE16A3B2F90404FULL;
constexpr std::uint64_t kOfPair = 0xC949D7C7509E6557ULL;

// What a byte becomes; 0 separates words.
constexpr std::array<char, 256> kFolded = [] {
  std::array<char, 256> table{};
  for (std::size_t b = 0x21; b < 256; ++b) table[b] = static_cast<char>(b);
  for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = static_cast<char>(c - 'A' + 'a');
  for (char c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = '0';
  table[0x7F] = 0;
  return table;
}();

char folded(char c) { return kFolded[static_cast<unsigned char>(c)]; }

bool in_word(char c) { return (c >= 'a' && c <= 'z') || c == '0' || static_cast<unsigned char>(c) >= 0x80; }

}  // namespace

NgramCounter::NgramCounter(unsigned bits) : bits_(bits), position_(std::size_t{1} << bits, 0) {}

std::span<const NgramCounter::Count> NgramCounter::count(std::string_view text) {
  for (const Count& count : counts_) position_[count.bucket] = 0;
  counts_.clear();
  previous_ = 0;
  for (std::size_t i = 0; i < text.size();) {
    const char first = folded(text[i++]);
    if (first == 0) continue;
    word_ = {kEdge, first};
    while (in_word(first) && i < text.size() && in_word(folded(text[i]))) word_ += folded(text[i++]);
    word_ += kEdge;
    take_word();
  }
  return counts_;
}

void NgramCounter::take_word() {
  const std::uint64_t word = fnv1a(word_, kOfWord);
  take(word);
  if (previous_ != 0) take(mix64(previous_ + kOfPair) ^ word);
  previous_ = word;
  take_pieces();
}

void NgramCounter::take_pieces() {
  starts_.clear();
  for (std::size_t i = 0; i < word_.size();) {
    starts_.push_back(i);
    const bool ascii = static_cast<unsigned char>(word_[i]) < 0x80;
    i += ascii ? 1 : std::max<std::size_t>(1, utf8_length(std::string_view(word_).substr(i)));
  }
  starts_.push_back(word_.size());
  const std::size_t characters = starts_.size() - 1;
  for (std::size_t i = 0; i + kShortest <= characters; ++i) {
    std::uint64_t hash = kHashStart;
    for (std::size_t length = 1; length <= kLongest && i + length <= characters; ++length) {
      const std::size_t at = starts_[i + length - 1];
      hash = fnv1a(std::string_view(word_).substr(at, starts_[i + length] - at), hash);
      if (length >= kShortest) take(hash);
    }
  }
}

void NgramCounter::take(std::uint64_t hash) {
  const auto bucket = static_cast<std::uint32_t>(mix64(hash) >> (64U - bits_));
  std::uint32_t& position = position_[bucket];
  if (position == 0) {
    counts_.push_back({bucket, 0});
    position = static_cast<std::uint32_t>(counts_.size());
  }
  ++counts_[position - 1].occurrences;
}

}  // namespace assay::text
