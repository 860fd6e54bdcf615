#include "assay/data/json_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/text_file.h"

namespace assay::data {
namespace {

constexpr std::size_t kFirstChunk = 256 * 1024;
constexpr std::size_t kLongestMark = 3;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

/// Whether an odd number of backslashes stands before `text[at]`. The row, which is in the buffer, has no other
/// ones than in strings.
bool is_escaped(const char* text, std::size_t at) {
  std::size_t count = 0;
  while (count < at && text[at - 1 - count] == '\\') ++count;
  return count % 2 == 1;
}

/// What ends a stretch in which nothing happens, outside of strings.
constexpr auto kMeans = [] {
  struct {
    bool at[256] = {};
  } table;
  for (const char c : {'"', '{', '}', '[', ']', ',', ':'}) table.at[static_cast<unsigned char>(c)] = true;
  return table;
}();

}  // namespace

void JsonRows::reject(std::string_view expected, std::string_view came) const {
  throw DataError({source_.path(), next_line_}, fmt::format("expected {}, came {}", expected, came));
}

void JsonRows::check_length(std::size_t length) const {
  if (length > kMaxLine) reject("a row of at most 64 MiB", "a longer one");
}

/// Makes room behind what must stay, and reads on; false at the end of the source.
bool JsonRows::fill() {
  const std::size_t length = end_ - begin_;
  check_length(length);
  if (begin_ > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, length);
  at_ -= begin_;
  end_ = length;
  begin_ = 0;
  if (buffer_.empty()) buffer_.resize(kFirstChunk + kTextPadding);
  if (end_ + kTextPadding == buffer_.size()) buffer_.resize(2 * buffer_.size());
  std::size_t count = 0;
  do {
    const std::size_t more = source_.read(buffer_.data() + end_, buffer_.size() - kTextPadding - end_);
    if (more == 0) break;
    count += more;
    end_ += more;
  } while (!started_ && end_ < kLongestMark);
  if (count == 0 && !source_.fault().empty()) reject("a readable file", source_.fault());
  if (!started_ && count > 0) {
    at_ = mark_length({buffer_.data(), end_}, source_.path());
    started_ = true;
  }
  return count > 0;
}

/// The next character; NUL at the end. Nothing before it is kept.
char JsonRows::peek() {
  while (at_ == end_) {
    begin_ = at_;
    if (!fill()) return '\0';
  }
  return buffer_[at_];
}

/// Follows the document up to the array, into `rest_`; false if the document ends first.
bool JsonRows::find_array() {
  while (peek() != '\0' || at_ < end_) {
    const std::size_t from = at_;
    while (at_ < end_ && !inside_) {
      const char c = buffer_[at_++];
      if (c == '\n') ++next_line_;
      look_at(c);
    }
    rest_.append(buffer_.data() + from, at_ - from);
    if (rest_.size() > kMaxDocument) reject("a document of at most 256 MiB beside its rows", "a larger one");
    if (inside_) return true;
  }
  return false;
}

void JsonRows::look_at(char c) {
  const bool known = depth_ == matched_ + 1;
  if (in_string_) {
    if (!escaped_ && c == '"') {
      in_string_ = false;
    } else if (wants_key_ && known) {
      key_ += c;
    }
    escaped_ = !escaped_ && c == '\\';
    return;
  }
  if (is_space(c)) return;
  const bool leads_on = leads_on_;
  leads_on_ = false;
  switch (c) {
    case '"':
      in_string_ = true;
      key_.clear();
      break;
    case ':':
      leads_on_ = wants_key_ && known && matched_ < place_.size() && key_ == place_[matched_];
      wants_key_ = false;
      break;
    case '{':
      if (leads_on && matched_ + 1 < place_.size()) ++matched_;
      ++depth_;
      wants_key_ = true;
      break;
    case '[':
      inside_ = !found_ && (place_.empty() ? depth_ == 0 : leads_on && matched_ + 1 == place_.size());
      found_ = found_ || inside_;
      if (!inside_) ++depth_;
      break;
    case '}':
    case ']':
      if (depth_ > 0) --depth_;
      matched_ = std::min(matched_, depth_ - std::min<std::size_t>(depth_, 1));
      wants_key_ = false;
      break;
    case ',': wants_key_ = true; break;
    default: break;
  }
}

/// Goes to the start of an element; false at the array's end.
bool JsonRows::start_row() {
  bool comma = false;
  while (true) {
    const char c = peek();
    if (at_ == end_) reject("JSON", "a text that ends before its brackets close");
    if (c == ']' && !comma) return false;
    if (!is_space(c) && (c != ',' || comma || first_)) break;
    comma = comma || c == ',';
    if (c == '\n') {
      ++next_line_;
      rest_ += '\n';
    }
    ++at_;
  }
  if (!comma && !first_) reject("a comma between two rows", quoted(std::string_view(&buffer_[at_], 1)));
  first_ = false;
  return true;
}

/// Goes behind the element that starts at `begin_`.
void JsonRows::end_row() {
  std::size_t depth = 0;
  bool in_string = false;
  while (true) {
    const char* text = buffer_.data();
    while (at_ < end_) {
      if (in_string) {
        const void* quote = std::memchr(text + at_, '"', end_ - at_);
        if (quote == nullptr) {
          at_ = end_;
          break;
        }
        at_ = static_cast<std::size_t>(static_cast<const char*>(quote) - text) + 1;
        in_string = is_escaped(text, at_ - 1);
        continue;
      }
      while (at_ < end_ && !kMeans.at[static_cast<unsigned char>(text[at_])]) ++at_;
      if (at_ == end_) break;
      const char c = text[at_];
      if (c == '"') in_string = true;
      if (c == '{' || c == '[') ++depth;
      if (depth == 0 && (c == ',' || c == ']' || c == '}')) return;  // a number or a word, which has ended
      if (c == '}' || c == ']') --depth;
      ++at_;
      if (depth == 0 && (c == '}' || c == ']')) return;
    }
    if (!fill()) reject("JSON", "a text that ends before its brackets close");
  }
}

bool JsonRows::next() {
  size_ = 0;
  if (!inside_ && !find_array()) return false;
  if (!start_row()) {
    inside_ = false;
    ++depth_;  // for the bracket that closes it
    return find_array();
  }
  begin_ = at_;
  line_ = next_line_;
  end_row();
  size_ = at_ - begin_;
  check_length(size_);
  const auto lines = static_cast<std::size_t>(std::count(buffer_.data() + begin_, buffer_.data() + at_, '\n'));
  next_line_ += lines;
  rest_.append(lines, '\n');
  return true;
}

std::string_view JsonRows::rest() {
  const std::size_t size = rest_.size();
  rest_.resize(size + kTextPadding);
  return std::string_view(rest_).substr(0, size);
}

}  // namespace assay::data
