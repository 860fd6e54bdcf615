#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace assay::judge {

/// \file
/// Whether a response is right, by a reference answer and without a judge.
///
///     matches(MatchKind::number, "So she pays **$1,000.00**.", "1000");  // true
///     matches(MatchKind::choice, "The answer is (B) because ...", "B");  // true

/// How a response is compared with a reference.
enum class MatchKind : std::uint8_t { exact, number, choice, contains, json };

struct MatchKindEntry {
  const char* name;
  const char* help;  ///< One line.
  MatchKind kind;
};
/// All of them.
std::span<const MatchKindEntry> match_kinds();
std::string_view name(MatchKind kind);
/// Empty: no kind is called so.
std::optional<MatchKind> match_kind(std::string_view name);

/// What a reference looks like: a letter, a number, an object or list of JSON, else a text that is to be given
/// exactly. Of a text that ends in "#### 72" or holds \boxed{72}, the answer after the way to it, that counts. Of a
/// list of texts or numbers, each of which is right, the first.
MatchKind kind_of_reference(std::string_view reference);

/// Whether responses can be compared with the reference so: it is not empty, and has a number, a letter, or JSON.
bool can_match(MatchKind kind, std::string_view reference);

/// Whether the response is right. Thoughts before it do not count. A reference that is a list of texts or numbers
/// in JSON names several, one of which is enough (but of kind json, where the list is meant). False for a reference
/// that can't match. O(length).
///
///   exact     the response, or what it says its final answer is, is the reference, as text::folded and bare have
///   it number    its final answer, else its last number, is the number of the reference choice    the letter that
///   it chooses is that of the reference contains  the reference stands in it as whole words, as text::folded has
///   both json      the value in it, perhaps in a fence or within words, equals that of the reference
bool matches(MatchKind kind, std::string_view response, std::string_view reference);

/// The letter A to Z that a text chooses, "B", "(B)", "the answer is B", \boxed{B}, "B) Paris"; empty if none can
/// be told. Small letters count where nothing else can be meant.
std::optional<char> choice_in(std::string_view text);

}  // namespace assay::judge
