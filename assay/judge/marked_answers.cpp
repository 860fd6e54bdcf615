#include "assay/judge/marked_answers.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "assay/judge/reply_text.h"

namespace assay::judge {
namespace {

constexpr std::size_t kMostDepth = 64;
constexpr std::size_t kMostLine = 500;  // bytes of a line that are looked at
constexpr std::string_view kTangled = "(an object too tangled to be looked into)";

// Finds the objects in a text: JSON, and what models take for it.
class ObjectScan {
 public:
  ObjectScan(std::string_view text, std::string_view word, std::string_view marker)
      : text_(text), word_(word), marker_(marker), steps_left_(16 * text.size() + 4096) {}

  void run() {
    std::size_t at = text_.find('{');
    while (at != std::string_view::npos && steps_left_ > 0) {
      std::size_t end = at;
      at = text_.find('{', object(end, 0) ? end : at + 1);
    }
    if (steps_left_ == 0) answers.push_back(kTangled);
  }

  std::vector<std::string_view> answers;
  bool any = false;  // an object that has members

 private:
  // What does not end well must not be looked at again and again.
  bool step() {
    if (steps_left_ == 0) return false;
    --steps_left_;
    return true;
  }

  char peek(std::size_t at) const { return at < text_.size() ? text_[at] : '\0'; }

  void skip_blanks(std::size_t& at) {
    while (at < text_.size() && kBlanks.find(text_[at]) != std::string_view::npos && step()) ++at;
  }

  // A string, without its quotes.
  bool string(std::size_t& at, std::string_view& out) {
    const char quote = text_[at];
    const std::size_t begin = ++at;
    while (at < text_.size() && step()) {
      if (text_[at] == quote) {
        out = text_.substr(begin, at++ - begin);
        return true;
      }
      at += text_[at] == '\\' ? 2 : 1;
    }
    return false;
  }

  // A string, a number or a word.
  bool scalar(std::size_t& at, std::string_view& out) {
    if (peek(at) == '"' || peek(at) == '\'') return string(at, out);
    const std::size_t begin = at;
    constexpr std::string_view kEnds = " \t\r\n,:{}[]\"'";
    while (at < text_.size() && kEnds.find(text_[at]) == std::string_view::npos && step()) ++at;
    out = text_.substr(begin, at - begin);
    return at > begin;
  }

  // `out` stays empty for what has parts.
  bool value(std::size_t& at, std::string_view& out, std::size_t depth) {
    if (depth > kMostDepth || !step()) return false;
    if (peek(at) == '{') return object(at, depth);
    if (peek(at) == '[') return array(at, depth);
    return scalar(at, out);
  }

  bool array(std::size_t& at, std::size_t depth) {
    ++at;
    for (skip_blanks(at); peek(at) != ']'; skip_blanks(at)) {
      std::string_view unused;
      if (!value(at, unused, depth + 1)) return false;
      skip_blanks(at);
      if (peek(at) == ',') {
        ++at;
      } else if (peek(at) != ']') {
        return false;
      }
    }
    ++at;
    return true;
  }

  bool object(std::size_t& at, std::size_t depth) {
    std::vector<std::string_view> found;
    bool marked = false;
    bool members = false;
    ++at;
    for (skip_blanks(at); peek(at) != '}'; skip_blanks(at)) {
      std::string_view key;
      std::string_view content;
      if (!scalar(at, key)) return false;
      skip_blanks(at);
      if (peek(at) != ':') return false;
      skip_blanks(++at);
      if (!value(at, content, depth + 1)) return false;
      members = true;
      if (same_word(key, "marker")) marked = marked || content == marker_;
      if (same_word(key, word_)) found.push_back(content.empty() ? kTangled : content);
      skip_blanks(at);
      if (peek(at) == ',') {
        ++at;
      } else if (peek(at) != '}') {
        return false;
      }
    }
    ++at;
    any = any || members;
    if (marked) answers.insert(answers.end(), found.begin(), found.end());
    return true;
  }

  std::string_view text_;
  std::string_view word_;
  std::string_view marker_;
  std::size_t steps_left_;
};

// Whether `before` ends with the word, with nothing but ornament after it.
bool ends_with_word(std::string_view before, std::string_view word) {
  before = before.substr(before.size() - std::min(before.size(), std::size_t{100}));
  while (true) {
    std::size_t length = ornament_length_at_end(before);
    if (length == 0 && before.ends_with(':')) length = 1;
    if (length == 0) break;
    before.remove_suffix(length);
  }
  if (before.size() < word.size() || !same_word(before.substr(before.size() - word.size()), word)) return false;
  before.remove_suffix(word.size());
  return before.empty() || !is_word(before.back()) || before.ends_with("\\n");  // a line's end within a string
}

// Takes the ornament and the colon that stand between a marker and its verdict; false if there is no colon.
bool take_colon(std::string_view& line) {
  constexpr auto kColons = std::to_array<std::string_view>(
      {":", "\xEF\xBC\x9A", "=", "|", "-", "\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x86\x92"});
  bool found = false;
  while (true) {
    if (!found && line.starts_with("</")) line.remove_prefix(tag_length(line));
    if (found && line.starts_with('<')) return true;  // a tag, perhaps
    if (const std::size_t length = ornament_length(line); length > 0) {
      line.remove_prefix(length);
      continue;
    }
    if (found && line.size() > 1 && line[0] == '-' && (is_digit(line[1]) || line[1] == '.')) return true;  // a sign
    const auto* colon =
        std::find_if(kColons.begin(), kColons.end(), [&](std::string_view one) { return line.starts_with(one); });
    if (colon == kColons.end()) return found;
    line.remove_prefix(colon->size());
    found = true;
  }
}

bool blank(std::string_view text) { return text.find_first_not_of(kBlanks) == std::string_view::npos; }

void add_lines(std::string_view content, std::string_view word, std::string_view marker,
               std::vector<std::string_view>& answers) {
  for (std::size_t at = content.find(marker); at != std::string_view::npos; at = content.find(marker, at + 1)) {
    if (!ends_with_word(content.substr(0, at), word)) continue;
    const std::string_view rest = content.substr(at + marker.size());
    const std::size_t end = std::min({rest.find('\n'), rest.size(), kMostLine});
    std::string_view line = rest.substr(0, end);
    if (!line.empty() && is_word(line[0])) continue;  // a longer word
    if (!take_colon(line)) continue;
    if (line.empty()) {  // "## VERDICT marker:" and the verdict below, if it is all that follows
      std::string_view below = rest.substr(std::min(rest.size(), end + 1));
      below.remove_prefix(std::min(below.find_first_not_of(kBlanks), below.size()));
      const std::size_t length = std::min({below.find('\n'), below.size(), kMostLine});
      if (blank(below.substr(length))) line = below.substr(0, length);
    }
    answers.push_back(line);
  }
}

}  // namespace

std::vector<std::string_view> marked_answers(std::string_view content, std::string_view word,
                                             std::string_view marker) {
  if (marker.empty() || content.find(marker) == std::string_view::npos) return {};
  ObjectScan objects(content, word, marker);
  objects.run();
  add_lines(content, word, marker, objects.answers);
  return objects.answers;
}

bool has_object(std::string_view content) {
  ObjectScan objects(content, "", "");
  objects.run();
  return objects.any;
}

}  // namespace assay::judge
