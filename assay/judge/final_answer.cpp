#include "assay/judge/final_answer.h"

#include <algorithm>
#include <array>

#include "assay/core/ascii.h"

namespace assay::judge {
namespace {

constexpr std::string_view kAnswerBlanks = " \t\r\n";

bool starts_small(std::string_view text, std::string_view word) {
  return text.size() >= word.size() &&
         std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) { return a == ascii_lower(b); });
}

// The last place where `word`, in small letters, stands before `end`.
std::size_t last_word(std::string_view text, std::string_view word, std::size_t end) {
  for (std::size_t i = std::min(end, text.size()); i-- > 0;) {
    if (starts_small(text.substr(i), word)) return i;
  }
  return std::string_view::npos;
}

std::string_view rest_of_line(std::string_view text, std::size_t at) {
  return text.substr(at, text.find('\n', at) - at);
}

// Of "\boxed{", what stands up to the brace that closes it.
std::optional<std::string_view> boxed(std::string_view text) {
  constexpr std::array<std::string_view, 2> kBoxes = {"\\boxed{", "\\fbox{"};
  std::size_t at = std::string_view::npos;
  for (const std::string_view box : kBoxes) {
    const std::size_t found = text.rfind(box);
    if (found == std::string_view::npos) continue;
    if (at == std::string_view::npos || found + box.size() > at) at = found + box.size();
  }
  if (at == std::string_view::npos) return std::nullopt;
  int depth = 1;
  for (std::size_t i = at; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return text.substr(at, i - at);
  }
  return std::nullopt;
}

std::optional<std::string_view> hashed(std::string_view text) {
  constexpr std::string_view kHashes = "####";
  const std::size_t at = text.rfind(kHashes);
  // A title of Markdown has them at the beginning of a line, too, and words after them.
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = bare(rest_of_line(text, at + kHashes.size()));
  if (rest.empty() || rest.find('#') != std::string_view::npos) return std::nullopt;
  return rest;
}

// What is left behind the word "answer", if that is followed by what says that it comes now.
std::optional<std::string_view> after_answer(std::string_view rest) {
  const auto skip = [&](std::string_view all) {
    rest.remove_prefix(std::min(rest.find_first_not_of(all), rest.size()));
  };
  if (starts_small(rest, "s")) rest.remove_prefix(1);
  skip(" \t*_`\"')]");
  constexpr std::array<std::string_view, 9> kVerbs = {
      "is", "would be", "will be", "should be", "was", "are", "must be", "to the question is", "choice is"};
  bool says = false;
  for (const std::string_view verb : kVerbs) {
    const bool whole =
        rest.size() == verb.size() ||
        (rest.size() > verb.size() && kAnswerBlanks.find(rest[verb.size()]) != std::string_view::npos) ||
        (rest.size() > verb.size() && rest[verb.size()] == ':');
    if (!starts_small(rest, verb) || !whole) continue;
    rest.remove_prefix(verb.size());
    says = true;
    break;
  }
  skip(" \t*_`");
  for (const std::string_view colon : {":", "=", "\xEF\xBC\x9A"}) {
    if (!rest.starts_with(colon)) continue;
    rest.remove_prefix(colon.size());
    says = true;
    break;
  }
  return says ? std::optional(rest) : std::nullopt;
}

// The same behind the Chinese word.
std::optional<std::string_view> after_chinese_answer(std::string_view rest) {
  bool says = false;
  for (const std::string_view one : {"应该", "應該", "应", "應", "就", "是", "为", "為", ":", "："}) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t*_`"), rest.size()));
    if (!rest.starts_with(one)) continue;
    rest.remove_prefix(one.size());
    says = true;
  }
  return says ? std::optional(rest) : std::nullopt;
}

std::optional<std::string_view> told(std::string_view text) {
  constexpr std::string_view kWord = "answer", kChineseWord = "答案";
  const auto last_before = [&](std::size_t end) {
    const std::size_t latin = last_word(text, kWord, end), chinese = last_word(text, kChineseWord, end);
    if (latin == std::string_view::npos || chinese == std::string_view::npos) return std::min(latin, chinese);
    return std::max(latin, chinese);
  };
  for (std::size_t at = last_before(text.size()); at != std::string_view::npos; at = last_before(at)) {
    const std::string_view behind = text.substr(at);
    const bool chinese = behind.starts_with(kChineseWord);
    const auto rest = chinese ? after_chinese_answer(behind.substr(kChineseWord.size()))
                              : after_answer(behind.substr(kWord.size()));
    if (!rest) continue;
    const std::size_t begin = rest->find_first_not_of(" \t\r\n*_`$");
    if (begin == std::string_view::npos) continue;
    return bare(rest_of_line(*rest, begin));
  }
  return std::nullopt;
}

// What stands around all of it: "(", ")" are part of an answer.
bool strip_marks(std::string_view& text) {
  constexpr std::array<std::string_view, 10> kMarks = {"*", "_", "`", "\"", "'", "$", "\\(", "\\)", "\\[", "\\]"};
  const std::size_t before = text.size();
  const std::size_t begin = std::min(text.find_first_not_of(kAnswerBlanks), text.size());
  text.remove_prefix(begin);
  text = text.substr(0, text.find_last_not_of(kAnswerBlanks) + 1);
  for (const std::string_view mark : kMarks) {
    if (text.starts_with(mark)) text.remove_prefix(mark.size());
    if (text.ends_with(mark)) text.remove_suffix(mark.size());
  }
  for (const std::string_view quote : {"\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x98", "\xE2\x80\x99"}) {
    if (text.starts_with(quote)) text.remove_prefix(quote.size());
    if (text.ends_with(quote)) text.remove_suffix(quote.size());
  }
  return text.size() != before;
}

bool strip_command(std::string_view& text) {
  constexpr std::array<std::string_view, 7> kCommands = {"\\text{",   "\\textbf{", "\\mathrm{", "\\mathbf{",
                                                         "\\textit{", "\\mbox{",   "\\boxed{"};
  for (const std::string_view command : kCommands) {
    if (!text.starts_with(command) || !text.ends_with('}')) continue;
    const std::string_view inner = text.substr(command.size(), text.size() - command.size() - 1);
    if (inner.find('}') < inner.find('{')) continue;  // it closes before the end
    text = inner;
    return true;
  }
  return false;
}

}  // namespace

std::string_view bare(std::string_view text) {
  while (true) {
    while (strip_marks(text) || strip_command(text)) {
    }
    if (!text.ends_with('.') || text.ends_with("..")) return text;
    text.remove_suffix(1);
  }
}

std::optional<std::string> marked_answer(std::string_view text) {
  if (const auto inner = boxed(text)) return std::string(bare(*inner));
  if (const auto rest = hashed(text)) return std::string(*rest);
  return std::nullopt;
}

std::optional<std::string> final_answer(std::string_view text) {
  if (auto marked = marked_answer(text)) return marked;
  if (const auto rest = told(text)) return std::string(*rest);
  return std::nullopt;
}

}  // namespace assay::judge
