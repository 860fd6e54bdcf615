#include "assay/judge/verdict_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "assay/core/error.h"
#include "assay/judge/marked_answers.h"
#include "assay/judge/reply_text.h"
#include "assay/judge/thoughts.h"

namespace assay::judge {
namespace {

constexpr std::array<std::string_view, 3> kVerdicts{"A", "B", "TIE"};
constexpr std::size_t kShownBytes = 200;  // of a reply

// What a marked answer says. `nothing`: it is a form that is to be filled in, as prompts have it ("A, B or TIE").
template <typename Value>
struct Reading {
  enum class Kind : std::uint8_t { nothing, value, unreadable };
  Kind kind = Kind::unreadable;
  Value value{};

  static Reading none() { return {Kind::nothing, {}}; }
  static Reading of(Value value) { return {Kind::value, value}; }
};

std::string_view take_word(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_word);
  const std::string_view word = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(word.size());
  return word;
}

template <std::size_t Size>
bool one_of(std::string_view word, const std::array<std::string_view, Size>& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view one) { return same_word(one, word); });
}

void skip_ornament(std::string_view& text) {
  while (true) {
    std::size_t length = tag_length(text);
    if (length == 0) length = ornament_length(text);
    if (length == 0) return;
    text.remove_prefix(length);
  }
}

// Goes on to the verdict: over ornament, and "Answer" before "A".
void skip_opening(std::string_view& text) {
  constexpr std::array<std::string_view, 8> kBefore{"the",       "answer", "response", "option",
                                                    "assistant", "choice", "model",    "score"};
  while (true) {
    skip_ornament(text);
    std::string_view after = text;
    if (!one_of(take_word(after), kBefore)) return;
    if (after.starts_with(':')) after.remove_prefix(1);
    text = after;
  }
}

// What follows a verdict in its line.
struct Tail {
  bool parted = false;     // a stop, a dash or a bracket stands between
  bool sentence = false;   // and not only a comma
  std::string_view words;  // what then follows; empty: nothing
};

Tail tail_of(std::string_view text) {
  constexpr auto kStops = std::to_array<std::string_view>(
      {".", "!", ";", "(", "- ", "--", "}", "\xE2\x80\x93", "\xE2\x80\x94", "\xE3\x80\x82", "\xEF\xBC\x81",
       "\xEF\xBC\x88", "\xEF\xBC\x9B", "\xE2\x9C\x85", "\xE2\x9C\x93"});
  constexpr auto kCommas = std::to_array<std::string_view>({",", "|", "\xEF\xBC\x8C"});
  Tail tail;
  while (true) {
    const auto starts = [&](std::string_view one) { return text.starts_with(one); };
    const auto* stop = std::find_if(kStops.begin(), kStops.end(), starts);
    const auto* comma = std::find_if(kCommas.begin(), kCommas.end(), starts);
    std::size_t length = tag_length(text);
    if (stop != kStops.end()) {
      tail.parted = tail.sentence = true;
      length = stop->size();
    } else if (comma != kCommas.end()) {
      tail.parted = true;
      length = comma->size();
    } else if (length == 0) {
      length = ornament_length(text);
    }
    if (length == 0) break;
    text.remove_prefix(length);
  }
  tail.words = text;
  return tail;
}

bool names_verdict(std::string_view word) { return word == "A" || word == "B" || same_word(word, "TIE"); }

// Whether the text has nothing but names of verdicts: it was not yet chosen.
bool only_verdicts(std::string_view text) {
  constexpr std::array<std::string_view, 5> kBetween{"or", "and", "vs", "answer", "response"};
  while (!text.empty()) {
    if (static_cast<unsigned char>(text[0]) >= 0x80U) return false;
    if (!is_word(text[0])) {
      text.remove_prefix(1);
      continue;
    }
    const std::string_view word = take_word(text);
    if (!names_verdict(word) && !one_of(word, kBetween)) return false;
  }
  return true;
}

Reading<PairVerdict> verdict_in(std::string_view text) {
  using Answer = Reading<PairVerdict>;
  // Words after a verdict that may take it back.
  constexpr std::array<std::string_view, 9> kDoubt{"or",  "and",  "vs",      "draw",  "equal",
                                                   "tie", "both", "neither", "unless"};
  constexpr std::array<std::string_view, 2> kReason{"because", "since"};
  skip_opening(text);
  const std::string_view name = take_word(text);
  const Tail tail = tail_of(text);
  if (name.empty()) return tail.words.empty() ? Answer::none() : Answer{};
  if ((same_word(name, "N") || same_word(name, "X")) && tail.words.empty()) return Answer::none();
  for (std::size_t i = 0; i < kVerdicts.size(); ++i) {
    if (!same_word(name, kVerdicts[i])) continue;
    if (tail.words.empty()) return Answer::of(static_cast<PairVerdict>(i));
    if (only_verdicts(tail.words)) return Answer::none();
    std::string_view words = tail.words;
    const std::string_view next = take_word(words);
    const bool said =
        one_of(next, kReason) || (tail.parted && !one_of(next, kDoubt) && (tail.sentence || !names_verdict(next)));
    return said ? Answer::of(static_cast<PairVerdict>(i)) : Answer{};
  }
  return {};
}

// A plain decimal number at the start of `text`.
std::optional<double> take_number(std::string_view& text) {
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  const std::size_t first = digits.starts_with('-') && digits.size() == text.size() ? 1 : 0;
  const bool begins =
      digits.size() > first && (is_digit(digits[first]) ||
                                (digits[first] == '.' && digits.size() > first + 1 && is_digit(digits[first + 1])));
  if (!begins) return std::nullopt;
  double number = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc()) return std::nullopt;
  if (end[-1] == '.') --end;  // of the sentence
  const std::string_view rest = digits.substr(static_cast<std::size_t>(end - digits.data()));
  if (!rest.empty() && (is_word(rest[0]) || rest[0] == '%')) return std::nullopt;
  text = rest;
  return number;
}

// Takes "/5" or "out of 5" where it stands; false if it is not of this scale.
bool take_highest(std::string_view& text, double high) {
  std::string_view rest = text;
  skip_ornament(rest);
  if (rest.starts_with('/')) {
    rest.remove_prefix(1);
  } else {
    const std::string_view out = take_word(rest);
    skip_ornament(rest);
    if (same_word(out, "out")) {
      if (!same_word(take_word(rest), "of")) return true;
    } else if (!same_word(out, "of")) {
      return true;
    }
  }
  skip_ornament(rest);
  if (take_number(rest) != high) return false;
  text = rest;
  return true;
}

Reading<double> score_in(std::string_view text, double low, double high) {
  using Answer = Reading<double>;
  skip_opening(text);
  std::string_view word = text;
  const std::string_view name = take_word(word);
  if ((same_word(name, "N") || same_word(name, "X")) || (text.empty() && name.empty())) {
    return tail_of(word).words.empty() ? Answer::none() : Answer{};
  }
  const std::optional<double> score = take_number(text);
  if (!score || !(*score >= low && *score <= high) || !take_highest(text, high)) return {};
  Tail tail = tail_of(text);
  std::string_view words = tail.words;
  if (!tail.parted &&
      one_of(take_word(words), std::array<std::string_view, 4>{"points", "point", "stars", "star"})) {
    tail = tail_of(words);
  }
  // Another number in the line may be the scale, or the end of a range.
  const bool plain =
      tail.words.empty() || (tail.parted && std::none_of(tail.words.begin(), tail.words.end(), is_digit));
  return plain ? Answer::of(*score) : Answer{};
}

// What all marked answers say together.
template <typename Value, typename Read>
std::optional<Value> agreed(std::string_view content, std::string_view word, std::string_view marker,
                            const Read& read) {
  const std::string said = without_thoughts(content);
  std::optional<Value> found;
  for (const std::string_view answer : marked_answers(said, word, marker)) {
    const Reading<Value> reading = read(answer);
    if (reading.kind == Reading<Value>::Kind::nothing) continue;
    if (reading.kind == Reading<Value>::Kind::unreadable) return std::nullopt;
    if (found && *found != reading.value) return std::nullopt;
    found = reading.value;
  }
  return found;
}

// Compact, the order of members as set.
std::string reply_object(std::string_view marker, const char* name, const nlohmann::ordered_json& value) {
  const nlohmann::ordered_json object = {{"marker", marker}, {name, value}};
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

std::optional<PairVerdict> read_verdict(std::string_view content, std::string_view marker) {
  return agreed<PairVerdict>(content, "verdict", marker, verdict_in);
}

std::optional<double> read_score(std::string_view content, std::string_view marker, double low, double high) {
  return agreed<double>(content, "score", marker, [&](std::string_view text) { return score_in(text, low, high); });
}

bool keeps_to_json(std::string_view content) { return has_object(without_thoughts(content)); }

std::string describe_unreadable(std::string_view content, ReplyKind reply, std::string_view marker) {
  const std::string said = without_thoughts(content);
  if (said.find_first_not_of(kBlanks) == std::string::npos) {
    return content.find_first_not_of(kBlanks) == std::string_view::npos
               ? "the reply has no content"
               : "the reply has no content, only reasoning";
  }
  // Off the scale, in other words, or two that differ.
  if (!marker.empty() && said.find(marker) != std::string::npos) {
    return "what the reply says at the marker is no verdict or score as asked for: " + quoted(content, kShownBytes);
  }
  if (reply == ReplyKind::json && !has_object(said)) {
    return "the endpoint took response_format and did not keep to it: try `reply` line; it said " +
           quoted(content, kShownBytes);
  }
  return "the reply has no verdict or score in it that bears the marker: " + quoted(content, kShownBytes);
}

std::string verdict_reply(PairVerdict verdict, ReplyKind reply, std::string_view marker) {
  const std::string_view name = kVerdicts[static_cast<std::size_t>(verdict)];
  if (reply == ReplyKind::line) return fmt::format("VERDICT {}: {}", marker, name);
  return reply_object(marker, "verdict", name);
}

std::string score_reply(double score, ReplyKind reply, std::string_view marker) {
  if (reply == ReplyKind::line) return fmt::format("SCORE {}: {}", marker, score);
  return reply_object(marker, "score", score);
}

}  // namespace assay::judge
