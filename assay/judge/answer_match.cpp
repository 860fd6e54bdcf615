#include "assay/judge/answer_match.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "assay/core/ascii.h"
#include "assay/judge/final_answer.h"
#include "assay/judge/numbers_in_text.h"
#include "assay/judge/thoughts.h"
#include "assay/text/folded.h"

namespace assay::judge {
namespace {

using Json = nlohmann::json;

constexpr std::array kKinds = {
    MatchKindEntry{"exact", "it is the reference, whatever the case and blanks", MatchKind::exact},
    MatchKindEntry{"number", "its final answer, else its last number, is the reference's", MatchKind::number},
    MatchKindEntry{"choice", "it chooses the reference's letter", MatchKind::choice},
    MatchKindEntry{"contains", "the reference stands in it as whole words", MatchKind::contains},
    MatchKindEntry{"json", "the JSON in it has the reference's value", MatchKind::json},
};

bool is_capital_letter(char c) { return c >= 'A' && c <= 'Z'; }
bool is_small_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_word_byte(char c) {
  return is_capital_letter(c) || is_small_letter(c) || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}
char capital(char c) { return is_small_letter(c) ? static_cast<char>(c - 'a' + 'A') : c; }

// --- choice ---

// Without "option ", "choice " and "answer " before a letter.
std::string_view without_title(std::string_view text) {
  for (const std::string_view title : {"option", "choice", "answer"}) {
    if (text.size() <= title.size() + 1) continue;
    const bool begins = std::equal(title.begin(), title.end(), text.begin(),
                                   [](char a, char b) { return capital(a) == capital(b); });
    const char next = text[title.size()];
    if (begins && (next == ' ' || next == ':')) return bare(text.substr(title.size() + 1));
  }
  return text;
}

// The letter with which `text` begins, if it stands for a choice there: "B", "(B)", "B.", "B) Paris", "B Paris".
std::optional<char> letter_at_start(std::string_view text) {
  text = without_title(bare(text));
  while (!text.empty() && (text[0] == '*' || text[0] == '_' || text[0] == '`')) text.remove_prefix(1);
  const bool open = !text.empty() && (text[0] == '(' || text[0] == '[' || text[0] == '{');
  if (open) text.remove_prefix(std::min(text.find_first_not_of("([{"), text.size()));
  if (text.empty() || !(is_capital_letter(text[0]) || is_small_letter(text[0]))) return std::nullopt;
  const char letter = text[0];
  std::string_view rest = text.substr(1);
  rest.remove_prefix(std::min(rest.find_first_not_of("*_`\"'"), rest.size()));
  constexpr std::string_view kClosing = ")]}.:,;\n$\\", kClosingCapitals = "<!?|";
  const auto begins = [&](std::string_view marks) { return marks.find(rest[0]) != std::string_view::npos; };
  const bool closed = rest.empty() || begins(kClosing) || rest.starts_with("\xEF\xBC\x89") ||
                      rest.starts_with("\xE3\x80\x82") || (is_capital_letter(letter) && begins(kClosingCapitals));
  if (closed) return capital(letter);
  if (rest[0] == ' ' && rest.size() > 1 &&
      (rest[1] == '-' || rest[1] == '(' || rest.starts_with(" \xE2\x80\x93") ||
       rest.starts_with(" \xE2\x80\x94"))) {
    return capital(letter);
  }
  // "A" and "I" begin sentences, and small letters are words.
  if (rest[0] != ' ' || !is_capital_letter(letter)) return std::nullopt;
  if (letter != 'A' && letter != 'I') return letter;
  // "A because it is", and "A" before what is no word: "A <end>", or a mark that is not ASCII.
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  if (rest.empty() || rest[0] == '<' || rest[0] == '|' || rest[0] == '\xE2' || rest[0] == '\xF0') return letter;
  constexpr std::array kBehind = {"is", "because", "since", "as"};
  const std::string_view word = rest.substr(0, std::min(rest.find_first_of(" ,.;:!\n"), rest.size()));
  const bool behind = std::ranges::any_of(kBehind, [&](std::string_view one) { return ascii_lower(word) == one; });
  return behind ? std::optional(letter) : std::nullopt;
}

std::string_view last_line(std::string_view text) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end + 1);
  const std::size_t begin = text.rfind('\n');
  return begin == std::string_view::npos ? text : text.substr(begin + 1);
}

std::string_view first_line(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin);
  return text.substr(0, text.find('\n'));
}

// The last "(B)" or "**B**".
std::optional<char> last_enclosed_letter(std::string_view text) {
  for (std::size_t i = text.size(); i-- > 2;) {
    const bool round = text[i] == ')' && text[i - 2] == '(';
    const bool bold = text[i] == '*' && text[i - 2] == '*';
    if ((round || bold) && is_capital_letter(text[i - 1])) return text[i - 1];
  }
  return std::nullopt;
}

// The only letter that stands alone, as often as it does.
std::optional<char> only_letter(std::string_view text) {
  std::optional<char> found;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_capital_letter(text[i]) || text[i] == 'A' || text[i] == 'I') continue;
    if ((i > 0 && (is_word_byte(text[i - 1]) || text[i - 1] == '\'')) ||
        (i + 1 < text.size() && (is_word_byte(text[i + 1]) || text[i + 1] == '\''))) {
      continue;
    }
    if (found && *found != text[i]) return std::nullopt;
    found = text[i];
  }
  return found;
}

// A letter and nothing else but ornaments.
std::optional<char> only_choice(std::string_view text) {
  std::string_view inner = bare(text);
  while (inner.size() > 1 && (inner.front() == '(' || inner.front() == '[')) inner.remove_prefix(1);
  while (inner.size() > 1 && (inner.back() == ')' || inner.back() == ']' || inner.back() == '.'))
    inner.remove_suffix(1);
  if (inner.size() != 1 || !(is_capital_letter(inner[0]) || is_small_letter(inner[0]))) return std::nullopt;
  return capital(inner[0]);
}

// --- references ---

Json json_of(std::string_view text) { return Json::parse(text.begin(), text.end(), nullptr, false); }

bool is_scalar_list(const Json& json) {
  return json.is_array() && !json.empty() &&
         std::all_of(json.begin(), json.end(), [](const Json& one) { return one.is_string() || one.is_number(); });
}

// Those of which one is enough.
std::vector<std::string> alternatives(std::string_view reference) {
  const std::string_view inner = bare(reference);
  if (inner.starts_with('[')) {
    const Json json = json_of(inner);
    if (!json.is_discarded() && is_scalar_list(json)) {
      std::vector<std::string> all;
      for (const Json& one : json) all.push_back(one.is_string() ? one.get<std::string>() : one.dump());
      return all;
    }
  }
  return {std::string(reference)};
}

// What a reference asks for, without the way to it.
std::string essence(std::string_view reference) {
  if (auto marked = marked_answer(reference)) return *marked;
  return std::string(bare(reference));
}

// --- the kinds ---

std::string compared(std::string_view text) { return text::folded(bare(text)); }

bool exact(std::string_view response, const std::string& reference) {
  const std::string wanted = compared(reference);
  if (compared(response) == wanted) return true;
  const auto given = final_answer(response);
  return given && compared(*given) == wanted;
}

bool number(std::string_view response, const std::string& reference) {
  const auto only = only_number(reference);
  const auto wanted = only ? only : last_number(reference);
  if (!wanted) return false;
  if (const auto given = final_answer(response)) {
    // "x = 5": what is behind the sign.
    const std::size_t equals = given->rfind('=');
    const auto told = first_number(equals == std::string::npos ? *given : given->substr(equals + 1));
    if (told) return same_number(*told, *wanted);
  }
  const auto last = last_number(response);
  return last && same_number(*last, *wanted);
}

bool choice(std::string_view response, const std::string& reference) {
  const auto wanted = choice_in(reference);
  return wanted && choice_in(response) == wanted;
}

bool contains(std::string_view response, const std::string& reference) {
  const std::string wanted = compared(reference);
  const std::string text = text::folded(response);
  if (wanted.empty()) return false;
  for (std::size_t at = text.find(wanted); at != std::string::npos; at = text.find(wanted, at + 1)) {
    const std::size_t end = at + wanted.size();
    const bool begins = at == 0 || !is_word_byte(text[at - 1]) || !is_word_byte(wanted.front());
    const bool ends = end == text.size() || !is_word_byte(text[end]) || !is_word_byte(wanted.back());
    if (begins && ends) return true;
  }
  return false;
}

// The value in a response: all of it, what is in its last fence, or from the first bracket to the last one.
Json json_in(std::string_view response) {
  Json whole = json_of(response);
  if (!whole.is_discarded()) return whole;
  constexpr std::string_view kFence = "```";
  const std::size_t close = response.rfind(kFence);
  const std::size_t open =
      close == std::string_view::npos || close == 0 ? close : response.rfind(kFence, close - 1);
  if (open != std::string_view::npos && open < close) {
    const std::size_t line = response.find('\n', open);
    if (line < close) {
      Json fenced = json_of(response.substr(line, close - line));
      if (!fenced.is_discarded()) return fenced;
    }
  }
  const std::size_t begin = response.find_first_of("{[");
  if (begin == std::string_view::npos) return Json(Json::value_t::discarded);
  const std::size_t end = response.rfind(response[begin] == '{' ? '}' : ']');
  if (end == std::string_view::npos || end < begin) return Json(Json::value_t::discarded);
  return json_of(response.substr(begin, end + 1 - begin));
}

bool same_json(std::string_view response, std::string_view reference) {
  const Json wanted = json_of(reference);
  const Json given = json_in(response);
  return !wanted.is_discarded() && !given.is_discarded() && given == wanted;
}

bool can_match_one(MatchKind kind, const std::string& reference) {
  switch (kind) {
    case MatchKind::exact:
    case MatchKind::contains: return !compared(reference).empty();
    case MatchKind::number: return last_number(reference).has_value();
    case MatchKind::choice: return choice_in(reference).has_value();
    case MatchKind::json: return !json_of(reference).is_discarded();
  }
  return false;
}

bool matches_one(MatchKind kind, std::string_view response, const std::string& reference) {
  switch (kind) {
    case MatchKind::exact: return exact(response, reference);
    case MatchKind::number: return number(response, reference);
    case MatchKind::choice: return choice(response, reference);
    case MatchKind::contains: return contains(response, reference);
    case MatchKind::json: return same_json(response, reference);
  }
  return false;
}

}  // namespace

std::span<const MatchKindEntry> match_kinds() { return kKinds; }

std::string_view name(MatchKind kind) {
  return std::find_if(kKinds.begin(), kKinds.end(), [&](const MatchKindEntry& one) { return one.kind == kind; })
      ->name;
}

std::optional<MatchKind> match_kind(std::string_view name) {
  const auto* found =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const MatchKindEntry& one) { return one.name == name; });
  return found == kKinds.end() ? std::nullopt : std::optional(found->kind);
}

MatchKind kind_of_reference(std::string_view reference) {
  const std::string_view inner = bare(reference);
  if (inner.starts_with('{') || inner.starts_with('[')) {
    const Json json = json_of(inner);
    if (!json.is_discarded() && !is_scalar_list(json)) return MatchKind::json;
  }
  const std::string first = essence(alternatives(reference).front());
  if (only_choice(first)) return MatchKind::choice;
  if (only_number(first)) return MatchKind::number;
  return MatchKind::exact;
}

bool can_match(MatchKind kind, std::string_view reference) {
  if (kind == MatchKind::json) return can_match_one(kind, std::string(reference));
  const std::vector<std::string> all = alternatives(reference);
  return std::any_of(all.begin(), all.end(),
                     [&](const std::string& one) { return can_match_one(kind, essence(one)); });
}

bool matches(MatchKind kind, std::string_view response, std::string_view reference) {
  const std::string said = said_in(response);
  if (kind == MatchKind::json) return matches_one(kind, said, std::string(reference));
  const std::vector<std::string> all = alternatives(reference);
  return std::any_of(all.begin(), all.end(), [&](const std::string& one) {
    const std::string wanted = essence(one);
    return can_match_one(kind, wanted) && matches_one(kind, said, wanted);
  });
}

std::optional<char> choice_in(std::string_view text) {
  text = bare(text);
  if (const auto only = only_choice(text)) return only;
  if (const auto given = final_answer(text)) {
    if (const auto letter = letter_at_start(*given)) return letter;
    if (const auto letter = last_enclosed_letter(*given)) return letter;
  }
  for (const std::string_view line : {last_line(text), first_line(text)}) {
    if (const auto letter = letter_at_start(line)) return letter;
  }
  if (const auto letter = last_enclosed_letter(text)) return letter;
  return only_letter(text);
}

}  // namespace assay::judge
