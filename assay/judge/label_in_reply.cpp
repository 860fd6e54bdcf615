#include "assay/judge/label_in_reply.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "assay/core/ascii.h"
#include "assay/judge/answer_match.h"
#include "assay/judge/final_answer.h"
#include "assay/judge/thoughts.h"
#include "assay/text/folded.h"

namespace assay::judge {
namespace {

constexpr std::size_t kLetters = 26;

bool are_letters(std::span<const std::string> labels) {
  for (std::size_t a = 0; a < labels.size(); ++a) {
    if (a >= kLetters || labels[a] != std::string(1, static_cast<char>('A' + a))) return false;
  }
  return true;
}

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

bool is_part_of_word(char c) { return is_ascii_letter(c) || (c >= '0' && c <= '9') || c == '_' || !is_ascii(c); }

// Whether the character that ends before `end`, or begins there, is of a script without blanks between its words
// (U+3000 and above: Chinese, Japanese, Korean): a Latin letter beside it is another word.
bool is_ideograph_before(std::string_view text, std::size_t end) {
  while (end > 1 && (static_cast<unsigned char>(text[end - 1]) & 0xC0U) == 0x80U) --end;
  return static_cast<unsigned char>(text[end - 1]) >= 0xE3U;
}
bool is_ideograph_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]) >= 0xE3U;
}

// Whether a word goes on from the byte before `at` to that at `at`.
bool goes_on(std::string_view text, std::size_t at) {
  if (at == 0 || at == text.size() || !is_part_of_word(text[at - 1]) || !is_part_of_word(text[at])) return false;
  if (is_ascii(text[at - 1]) && !is_ascii(text[at])) return !is_ideograph_at(text, at);
  if (!is_ascii(text[at - 1]) && is_ascii(text[at])) return !is_ideograph_before(text, at);
  return true;
}

// Whether the `size` bytes at `at` are whole words.
bool stands_alone(std::string_view text, std::size_t at, std::size_t size) {
  return !goes_on(text, at) && !goes_on(text, at + size);
}

// Full-width letters and marks as ASCII has them, and so are the ideographic blank, full stop and brackets, the
// apostrophe and the bullet.
std::string half_width(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view one = text.substr(i, 3);
    char c = text[i];
    if (one >= "\xEF\xBC\x81" && one <= "\xEF\xBC\xBF") c = static_cast<char>('!' + (one[2] - '\x81'));
    if (one >= "\xEF\xBD\x80" && one <= "\xEF\xBD\x9E") c = static_cast<char>('`' + (one[2] - '\x80'));
    if (one == "\xE3\x80\x80") c = ' ';
    if (one == "\xE2\x80\x99") c = '\'';
    if (one == "\xE3\x80\x82") c = '.';
    if (one == "\xE3\x80\x90") c = '(';
    if (one == "\xE3\x80\x91") c = ')';
    if (one == "\xE2\x80\xA2") c = '*';
    i += c != text[i] ? 2 : 0;
    result += c;
  }
  return result;
}

// Without what may stand between a label and the words about it.
std::string_view without_marks_behind(std::string_view text) {
  text = text.substr(0, text.find_last_not_of(" \t\n*_`\"'([{") + 1);
  for (const std::string_view word : {"option", "choice", "answer", "label"}) {
    if (!text.ends_with(word)) continue;
    text.remove_suffix(word.size());
    return text.substr(0, text.find_last_not_of(" \t") + 1);
  }
  return text;
}
std::string_view without_marks_before(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t*_`\"')]}"), text.size()));
}

// Whether what stands between `before` and `after` is denied: "not B", "isn't (B)", "neither A nor B", "不是 B",
// "B is wrong", "B不对".
bool denies(std::string_view before, std::string_view after) {
  constexpr std::array kBefore = {"not",    "n't",      "never",  "neither", "nor",  "no longer",
                                  "hardly", "不是",     "不选",   "不選",    "不应", "并非",
                                  "並非",   "不可能是", "不会是", "别选",    "排除", "除了"};
  constexpr std::array kAfter = {"is not",  "isn't",    "is wrong", "is incorrect", "is false", "不对",
                                 "不對",    "不正确",   "不正確",   "不是",         "是错",     "是錯",
                                 "ではな",  "ではあり", "じゃな",   "가 아니",      "이 아니",  "는 아니",
                                 "은 아니", "가 아닙",  "이 아닙",  "는 아닙",      "은 아닙"};
  constexpr std::size_t kLongest = 40;
  const std::string led = std::string(
      without_marks_behind(ascii_lower(before.substr(before.size() - std::min(before.size(), kLongest)))));
  const std::string follows = ascii_lower(without_marks_before(after.substr(0, kLongest)));
  const auto leads = [&](std::string_view word) {
    if (!led.ends_with(word)) return false;
    const std::size_t begin = led.size() - word.size();  // "not", but not the end of "knot"
    return begin == 0 || word == "n't" || !is_part_of_word(led[begin - 1]) || !is_ascii(word[0]);
  };
  return std::ranges::any_of(kBefore, leads) ||
         std::ranges::any_of(kAfter, [&](const char* word) { return follows.starts_with(word); });
}

std::vector<std::string> folded_names(std::span<const std::string> labels) {
  std::vector<std::string> names;
  for (const std::string& label : labels) names.push_back(text::folded(bare(label)));
  // Those that only case tells apart are found as they stand alone.
  std::vector<std::string> distinct = names;
  for (std::size_t a = 0; a < names.size(); ++a) {
    if (std::ranges::count(names, names[a]) > 1) distinct[a].clear();
  }
  return distinct;
}

// The label that `text` is, or begins with: the longest of them.
Label at_start(std::string_view text, std::span<const std::string> names) {
  Label found = kUnanswered;
  std::size_t longest = 0;
  for (std::size_t a = 0; a < names.size(); ++a) {
    const std::string& name = names[a];
    if (name.size() > longest && text.starts_with(name) && stands_alone(text, 0, name.size())) {
      found = static_cast<Label>(a + 1);
      longest = name.size();
    }
  }
  return found;
}

// The only label that stands in `text`; nothing of what a longer name takes up. None where one is denied.
Label only_one(std::string_view text, std::span<const std::string> names) {
  std::vector<std::size_t> longest_first(names.size());
  for (std::size_t a = 0; a < names.size(); ++a) longest_first[a] = a;
  std::stable_sort(longest_first.begin(), longest_first.end(),
                   [&](std::size_t a, std::size_t b) { return names[a].size() > names[b].size(); });
  std::string left(text);
  Label found = kUnanswered;
  for (const std::size_t a : longest_first) {
    const std::string& name = names[a];
    if (name.empty()) continue;
    for (std::size_t at = left.find(name); at != std::string::npos; at = left.find(name, at + name.size())) {
      if (!stands_alone(left, at, name.size())) continue;
      if (found != kUnanswered && found != a + 1) return kUnanswered;
      if (denies(std::string_view(left).substr(0, at), std::string_view(left).substr(at + name.size())))
        return kUnanswered;
      found = static_cast<Label>(a + 1);
      std::fill_n(left.begin() + static_cast<std::ptrdiff_t>(at), name.size(), '\0');
    }
  }
  return found;
}

// The letter that begins a line of a list of answers.
std::optional<char> list_letter(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t*-"), line.size()));
  const bool open = line.starts_with('(') || line.starts_with('[');
  const char close = line.starts_with('[') ? ']' : ')';
  if (open) line.remove_prefix(1);
  if (line.size() < 2 || line[0] < 'A' || line[0] > 'Z') return std::nullopt;
  const char next = line[1];
  const bool comma = line.substr(1).starts_with("、");
  if (next == close || (!open && (next == '.' || next == ':' || comma))) return line[0];
  return std::nullopt;
}

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r\n";
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  return line.substr(0, line.find_last_not_of(kBlanks) + 1);
}

// Lines with something in them: the first, and the last.
std::string_view first_said(std::string_view text) {
  text = trimmed(text);
  return bare(text.substr(0, text.find('\n')));
}
std::string_view last_said(std::string_view text) {
  text = trimmed(text);
  const std::size_t end = text.rfind('\n');
  return bare(end == std::string_view::npos ? text : text.substr(end + 1));
}

// "B", "(B)", "[B]", "B." and the like; empty for all else.
std::optional<char> letter_alone(std::string_view line) {
  if (line.starts_with('(') || line.starts_with('[')) line.remove_prefix(1);
  while (!line.empty() && std::string_view(")].:").find(line.back()) != std::string_view::npos)
    line.remove_suffix(1);
  if (line.size() != 1 || line[0] < 'A' || line[0] > 'Z') return std::nullopt;
  return line[0];
}

// What is said of the letters of the options in prose.
struct Mentions {
  std::optional<char> only;  // the letter, if it is one alone
  bool several = false;
  std::uint32_t denied = 0;  // a bit for each letter: "not B"

  bool denies(char letter) const { return (denied >> static_cast<unsigned>(letter - 'A') & 1U) != 0; }
};

Mentions mentions_in(std::string_view said, Label offered) {
  Mentions found;
  for (std::size_t at = 0; at < said.size(); ++at) {
    const char c = said[at];
    if (c < 'A' || c >= static_cast<char>('A' + std::min<std::size_t>(offered, kLetters))) continue;
    if (!stands_alone(said, at, 1)) continue;
    const std::string_view after = said.substr(at + 1);
    // "N/A", "R&D": no option; "A/B": several.
    const auto joins = [](char mark, char beyond) {
      return (mark == '/' || mark == '&') && is_ascii_letter(beyond);
    };
    if ((at > 1 && joins(said[at - 1], said[at - 2])) || (after.size() > 1 && joins(after[0], after[1]))) {
      found.several = true;
      continue;
    }
    // "A dog": no option, but "A or B".
    const auto follows = [&](std::string_view word) { return after.starts_with(word); };
    constexpr std::array kBehind = {" or ", " and ", " nor ", " because ", " since "};
    const bool article = c == 'A' && after.size() > 1 && after[0] == ' ' && after[1] >= 'a' && after[1] <= 'z' &&
                         std::ranges::none_of(kBehind, follows);
    if (article) continue;
    if (found.only && *found.only != c) found.several = true;
    found.only = c;
    if (denies(said.substr(0, at), said.substr(at + 1))) found.denied |= 1U << static_cast<unsigned>(c - 'A');
  }
  return found;
}

// The letter that a reply votes for. What a judge's reply may be read as is not enough here: a vote that was not
// meant counts as much as one that was.
std::optional<char> letter_voted(std::string_view said, Label offered) {
  if (const auto letter = letter_alone(first_said(said))) return letter;
  if (const auto answer = final_answer(said)) {
    const std::optional<char> choice = choice_in(said);
    return choice && mentions_in(*answer, offered).denies(*choice) ? std::nullopt : choice;
  }
  if (const auto letter = letter_alone(last_said(said))) return letter;
  const std::string_view line = first_said(said);
  const bool marked = line.size() > 1 && (line[1] == ')' || line[1] == '.' || line[1] == ':');
  if (const auto letter = letter_alone(line.substr(0, 1)); letter && marked) return letter;
  const Mentions mentions = mentions_in(said, offered);
  if (mentions.several || mentions.denied != 0) return std::nullopt;
  return mentions.only ? mentions.only : choice_in(said);
}

// The label that `text` is: as it stands, else the only one that is the same as people compare it.
Label same_as(std::string_view text, std::span<const std::string> labels, std::span<const std::string> names) {
  Label found = kUnanswered;
  std::size_t count = 0;
  const std::string compared = text::folded(bare(text));
  for (std::size_t a = 0; a < labels.size(); ++a) {
    if (bare(text) == bare(labels[a])) return static_cast<Label>(a + 1);
    if (names[a] != compared || compared.empty()) continue;
    found = static_cast<Label>(a + 1);
    ++count;
  }
  return count == 1 ? found : kUnanswered;
}

}  // namespace

Label label_in_reply(std::string_view reply, std::span<const std::string> all_labels, Label offered) {
  std::vector<std::string> labels;
  for (const std::string& label : all_labels.first(std::min<std::size_t>(all_labels.size(), offered))) {
    labels.push_back(half_width(label));
  }
  std::string said = half_width(said_in(reply));
  if (ends_in_thoughts(reply)) {
    // Cut off, or their end was forgotten: then the last line alone may be an answer, if it says so.
    said = final_answer(said).value_or(said);
    if (!letter_alone(said) && same_as(said, labels, folded_names(labels)) == kUnanswered) return kUnanswered;
  }
  if (are_letters(labels)) {
    const std::optional<char> letter = letter_voted(said, offered);
    const std::size_t label = letter ? static_cast<std::size_t>(*letter - 'A') + 1 : 0;
    return label <= labels.size() ? static_cast<Label>(label) : kUnanswered;
  }
  const std::vector<std::string> names = folded_names(labels);
  const std::string whole = text::folded(bare(said));
  if (const Label label = same_as(first_said(said), labels, names); label != kUnanswered) return label;
  if (const std::optional<std::string> answer = final_answer(said)) {
    const std::string given = text::folded(*answer);
    if (const Label label = same_as(*answer, labels, names); label != kUnanswered) return label;
    if (const Label label = at_start(given, names); label != kUnanswered) return label;
    if (const Label label = only_one(given, names); label != kUnanswered) return label;
  }
  if (const Label label = same_as(said, labels, names); label != kUnanswered) return label;
  return only_one(whole, names);
}

Label options_in_prompt(std::string_view text, Label most) {
  const std::string whole = half_width(text);
  std::string_view prompt = whole;
  std::size_t running = 0, found = 0;
  while (!prompt.empty()) {
    const std::size_t end = std::min(prompt.find('\n'), prompt.size());
    const std::optional<char> letter = list_letter(prompt.substr(0, end));
    prompt.remove_prefix(std::min(end + 1, prompt.size()));
    if (!letter) continue;
    const auto number = static_cast<std::size_t>(*letter - 'A') + 1;
    running = number == running + 1 ? number : number == 1 ? 1 : 0;
    // Of several lists, as of examples before the question, the last.
    if (running > 0) found = running;
  }
  return found >= 2 ? static_cast<Label>(std::min<std::size_t>(found, most)) : most;
}

}  // namespace assay::judge
