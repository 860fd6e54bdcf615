#include "assay/text/tokens.h"

#include <algorithm>
#include <array>
#include <string>

#include "assay/core/hash.h"
#include "assay/core/utf8.h"

namespace assay::text {
namespace {

enum class Byte : std::uint8_t { blank, letter, other };

constexpr std::array<Byte, 256> kClass = [] {
  std::array<Byte, 256> classes{};
  for (std::size_t b = 0; b < 256; ++b) {
    const bool letter = (b >= '0' && b <= '9') || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b >= 0x80;
    classes[b] = b <= ' ' || b == 0x7F ? Byte::blank : letter ? Byte::letter : Byte::other;
  }
  return classes;
}();

constexpr std::array<char, 256> kFold = [] {
  std::array<char, 256> fold{};
  for (std::size_t b = 0; b < 256; ++b) {
    fold[b] = static_cast<char>(b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b);
  }
  return fold;
}();

std::size_t as_index(char c) { return static_cast<unsigned char>(c); }

std::uint64_t hash_of(std::string_view token) {
  const std::uint64_t hash = fnv1a(token);
  return hash ^ (hash >> 29U);
}

/// Gives each distinct token a number, in the order of appearance. Open addressing; token texts in one block.
class Dictionary {
 public:
  std::uint32_t number_of(std::string_view token) {
    if (2 * (entries_.size() + 1) > slots_.size()) grow();
    const std::uint64_t hash = hash_of(token);
    for (std::size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      const std::uint32_t slot = slots_[at];
      if (slot == 0) {
        entries_.push_back({hash, text_.size(), token.size()});
        text_ += token;
        slots_[at] = static_cast<std::uint32_t>(entries_.size());
        return slots_[at] - 1;
      }
      const Entry& entry = entries_[slot - 1];
      if (entry.hash == hash && std::string_view(text_).substr(entry.start, entry.length) == token) return slot - 1;
    }
  }
  std::uint32_t size() const { return static_cast<std::uint32_t>(entries_.size()); }

 private:
  struct Entry {
    std::uint64_t hash;
    std::size_t start;
    std::size_t length;
  };

  void grow() {
    slots_.assign(std::max<std::size_t>(1024, slots_.size() * 2), 0);
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      std::size_t at = entries_[i].hash & (slots_.size() - 1);
      while (slots_[at] != 0) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = static_cast<std::uint32_t>(i + 1);
    }
  }

  std::vector<std::uint32_t> slots_;  // 1 + index into entries_; 0 is free. A power of two.
  std::vector<Entry> entries_;
  std::string text_;
};

template <typename Take>
void each_word(std::string_view text, Take take) {
  std::string word;
  for (std::size_t i = 0; i < text.size();) {
    const Byte kind = kClass[as_index(text[i])];
    if (kind == Byte::blank) {
      ++i;
    } else if (kind == Byte::other) {
      take(text.substr(i++, 1));
    } else {
      word.clear();
      for (; i < text.size() && kClass[as_index(text[i])] == Byte::letter; ++i) word += kFold[as_index(text[i])];
      take(std::string_view(word));
    }
  }
}

template <typename Take>
void each_character(std::string_view text, Take take) {
  for (std::size_t i = 0; i < text.size();) {
    if (kClass[as_index(text[i])] == Byte::blank) {
      while (i < text.size() && kClass[as_index(text[i])] == Byte::blank) ++i;
      take(std::string_view(" "));
      continue;
    }
    const std::size_t length = utf8_length(text.substr(i));
    if (length <= 1) {
      take(std::string_view(&kFold[as_index(text[i])], 1));
      ++i;
    } else {
      take(text.substr(i, length));
      i += length;
    }
  }
}

}  // namespace

TokenSequence tokenize(std::span<const std::string_view> texts, TokenKind kind) {
  TokenSequence sequence;
  sequence.bounds.reserve(texts.size() + 1);
  sequence.bounds.push_back(0);
  Dictionary dictionary;
  const auto take = [&](std::string_view token) { sequence.tokens.push_back(dictionary.number_of(token)); };
  for (const std::string_view text : texts) {
    if (kind == TokenKind::word) {
      each_word(text, take);
    } else {
      each_character(text, take);
    }
    sequence.bounds.push_back(sequence.tokens.size());
  }
  sequence.vocabulary = dictionary.size();
  return sequence;
}

}  // namespace assay::text
