#include "assay/data/json_splitter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "assay/core/error.h"
#include "assay/data/text_file.h"

namespace assay::data {
namespace {

// Small: each of a hundred thousand files in a zip file is given one.
constexpr std::size_t kChunk = std::size_t{32} << 10U;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kNull = "null";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Which bytes outside of strings matter: quotes and brackets, and what ends a value.
constexpr std::array<bool, 256> kMatters = [] {
  std::array<bool, 256> table{};
  for (const char c : {'"', '{', '}', '[', ']', ','}) table[static_cast<unsigned char>(c)] = true;
  return table;
}();
bool matters(char c) { return kMatters[static_cast<unsigned char>(c)]; }

/// Whether an odd number of backslashes stands before `end`, so that what follows is escaped.
bool escaped_at(const char* begin, const char* end) {
  std::size_t count = 0;
  while (end > begin && *--end == '\\') ++count;
  return count % 2 == 1;
}

/// Behind the quote that ends a string, of which the inside goes on at `begin`; null if it is not before `end`.
/// `escaped`: the first byte is; afterwards, the one at `end` is.
const char* after_string(const char* begin, const char* end, bool& escaped) {
  if (escaped) ++begin;
  const char* quote = begin;
  while (quote < end) {
    quote = static_cast<const char*>(std::memchr(quote, '"', static_cast<std::size_t>(end - quote)));
    if (quote == nullptr) break;
    const bool ends = !escaped_at(begin, quote);
    ++quote;
    if (!ends) continue;
    escaped = false;
    return quote;
  }
  escaped = escaped_at(begin, end);
  return nullptr;
}

}  // namespace

JsonSplitter::JsonSplitter(ByteSource& source, std::span<const std::string_view> skip)
    : source_(source), skip_(skip), in_(kChunk) {}

std::optional<NumberedText> JsonSplitter::object() { return object_until({}); }

std::optional<NumberedText> JsonSplitter::object_until(std::string_view stop) {
  const int first = next_token(outer_);
  if (first < 0) return {};
  if (first != '{') reject("an object", first);
  put(outer_, at_ + 1, Keep::all);
  if (members_until(outer_, stop, false)) {
    outer_.insert(outer_.end(), kNull.begin(), kNull.end());
    outer_.push_back('}');
  } else {
    check_end();
  }
  return text_of(outer_, 1);
}

bool JsonSplitter::open_array(std::string_view name) {
  const int first = next_token(outer_);
  if (first != '{') reject("an object", first);
  put(outer_, at_ + 1, Keep::lines);
  if (!members_until(outer_, name, false)) {
    check_end();
    return false;
  }
  const int token = next_token(outer_);
  if (token == 'n') {  // null, as far as it goes: the parser of the start has seen it
    value(outer_, Keep::lines);
    if (another(outer_, '}')) members_until(outer_, {}, true);
    check_end();
    return false;
  }
  if (token != '[') reject(fmt::format("an array in {}", quoted(name)), token);
  put(outer_, at_ + 1, Keep::lines);
  return true;
}

std::optional<NumberedText> JsonSplitter::row() {
  outer_.clear();
  const int ahead = next_token(outer_);
  const bool more = first_row_ && ahead != ']' ? true : another(outer_, ']');
  first_row_ = false;
  if (!more) {
    if (another(outer_, '}')) members_until(outer_, {}, true);
    check_end();
    return {};
  }
  row_.clear();
  const int first = next_token(outer_);
  if (first != '{') reject("an object", first);
  const std::size_t from = line();
  put(row_, at_ + 1, Keep::all);
  members_until(row_, {}, false);
  return text_of(row_, from);
}

/// Takes members up to the end of the object, or to the value of `stop`: true. `inside`: after a comma.
bool JsonSplitter::members_until(std::vector<char>& to, std::string_view stop, bool inside) {
  if (!inside && next_token(to) == '}') return another(to, '}');
  do {
    const std::string_view name = key(to);
    const bool stops = !stop.empty() && name == stop;
    const bool skips = skipped(name);
    if (const int colon = next_token(to); colon != ':') reject("a colon after a name", colon);
    put(to, at_ + 1, Keep::all);
    if (stops) return true;
    next_token(to);
    value(to, skips ? Keep::lines : Keep::all);
    if (skips) to.insert(to.end(), kNull.begin(), kNull.end());
  } while (another(to, '}'));
  return false;
}

bool JsonSplitter::skipped(std::string_view key) const {
  return std::find(skip_.begin(), skip_.end(), key) != skip_.end();
}

/// A member's name, as it is written.
std::string_view JsonSplitter::key(std::vector<char>& to) {
  if (const int quote = next_token(to); quote != '"') reject("a name in quotes", quote);
  const std::size_t from = to.size() + 1;
  value(to, Keep::all);
  return {to.data() + from, to.size() - from - 1};
}

/// After a value: takes the comma, true, or what closes the array or object.
bool JsonSplitter::another(std::vector<char>& to, char close) {
  const int token = next_token(to);
  if (token != ',' && token != close) reject(fmt::format("a comma or \"{}\"", close), token);
  put(to, at_ + 1, Keep::all);
  return token == ',';
}

bool JsonSplitter::fill() {
  line();
  counted_ = at_ = 0;
  const bool started = end_ > 0;
  end_ = source_.read(in_.data(), in_.size());
  if (end_ == 0 && !source_.fault().empty()) {
    throw DataError({source_.path(), line_}, fmt::format("expected a readable file, came {}", source_.fault()));
  }
  if (!started && std::string_view(in_.data(), end_).starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  return end_ > 0;
}

/// The next byte that is not blank, not taken yet; -1 at the end.
int JsonSplitter::next_token(std::vector<char>& to) {
  do {
    const std::size_t from = at_;
    std::size_t next = from;
    while (next < end_ && is_blank(in_[next])) ++next;
    put(to, next, Keep::lines);
    if (at_ < end_) return static_cast<unsigned char>(in_[at_]);
  } while (fill());
  return -1;
}

/// Takes the bytes up to `end`.
void JsonSplitter::put(std::vector<char>& to, std::size_t end, Keep keep) {
  const auto begin = in_.begin() + static_cast<std::ptrdiff_t>(at_);
  const auto stop = in_.begin() + static_cast<std::ptrdiff_t>(end);
  if (keep == Keep::all) {
    to.insert(to.end(), begin, stop);
  } else {
    to.insert(to.end(), static_cast<std::size_t>(std::count(begin, stop, '\n')), '\n');
  }
  at_ = end;
  if (to.size() > kMaxDocument) {
    throw DataError({source_.path(), line()},
                    fmt::format("expected a row of at most {} MiB, came a larger one", kMaxDocument >> 20U));
  }
}

/// Takes a value, which starts at the next byte: a string with its quotes, what stands between brackets, or all up
/// to a comma or closing bracket.
void JsonSplitter::value(std::vector<char>& to, Keep keep) {
  std::size_t depth = 0;
  bool in_string = false;
  bool escaped = false;  // the next byte is
  while (at_ < end_ || fill()) {
    const char* const end = in_.data() + end_;
    const char* next = in_.data() + at_;
    const auto take = [&] { put(to, static_cast<std::size_t>(next - in_.data()), keep); };
    while (next < end) {
      if (in_string) {
        next = after_string(next, end, escaped);
        if (next == nullptr) break;
        in_string = false;
        if (depth == 0) return take();
        continue;
      }
      while (next < end && !matters(*next)) ++next;
      if (next == end) break;
      const bool closes = *next == '}' || *next == ']';
      if (depth == 0 && (closes || *next == ',')) return take();
      in_string = *next == '"';
      if (*next == '{' || *next == '[') ++depth;
      ++next;
      if (closes && --depth == 0) return take();
    }
    put(to, end_, keep);
  }
  reject("the end of a value", -1);
}

void JsonSplitter::check_end() {
  std::vector<char> lines;
  if (const int more = next_token(lines); more >= 0) reject("the end of the file", more);
}

std::size_t JsonSplitter::line() {
  const auto begin = in_.begin();
  line_ += static_cast<std::size_t>(
      std::count(begin + static_cast<std::ptrdiff_t>(counted_), begin + static_cast<std::ptrdiff_t>(at_), '\n'));
  counted_ = at_;
  return line_;
}

NumberedText JsonSplitter::text_of(std::vector<char>& text, std::size_t line) const {
  const std::size_t size = text.size();
  text.resize(size + kTextPadding);
  return {{text.data(), size}, line};
}

void JsonSplitter::reject(std::string_view expected, int came) {
  const char byte = static_cast<char>(came);
  throw DataError({source_.path(), line()},
                  fmt::format("expected {}, came {}", expected,
                              came < 0 ? "the end of the file" : quoted(std::string_view(&byte, 1))));
}

}  // namespace assay::data
