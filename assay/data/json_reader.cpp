#include "assay/data/json_reader.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <vector>

#include "assay/core/records.h"
#include "assay/core/surrogates.h"
#include "assay/core/utf8.h"
#include "assay/data/json_rows.h"
#include "assay/data/json_splitter.h"
#include "assay/data/text_file.h"

namespace assay::data {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxNodes = 1'000'000;
constexpr std::string_view kSpace = " \t\r\n";

std::string_view without_trailing_space(std::string_view text) {
  const std::size_t end = text.find_last_not_of(kSpace);
  return text.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

std::size_t count_lines(const char* begin, const char* end) {
  return static_cast<std::size_t>(std::count(begin, end, '\n'));
}

/// What came instead of JSON, in words.
std::string_view describe(simdjson::error_code code) {
  switch (code) {
    case simdjson::UNCLOSED_STRING: return "a string that does not end";
    case simdjson::UNESCAPED_CHARS: return "a control character in a string";
    case simdjson::STRING_ERROR: return "a string with a wrong escape";
    case simdjson::NUMBER_ERROR: return "a malformed number";
    case simdjson::T_ATOM_ERROR:
    case simdjson::F_ATOM_ERROR:
    case simdjson::N_ATOM_ERROR:
    case simdjson::INCORRECT_TYPE: return "a word other than true, false and null";
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT: return "a text that ends before its brackets close";
    case simdjson::EMPTY: return "nothing";
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC: return "more than fits in memory";
    default: return "something else";
  }
}

/// Offset of the control character in a string or of the string that does not end, whichever is first.
std::size_t string_fault(std::string_view text) {
  std::size_t opened = text.size();
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inside && c == '\\') {
      ++i;
    } else if (c == '"') {
      inside = !inside;
      opened = i;
    } else if (inside && static_cast<unsigned char>(c) < 0x20U) {
      return i;
    }
  }
  return inside ? opened : text.size();
}

bool part_of_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '+' ||
         c == '.';
}

/// The word at the start of `text`, if it has a letter where JSON has none: NaN, -Infinity, None.
std::string_view foreign_word(std::string_view text) {
  constexpr std::size_t kLongest = 20;
  const auto end = std::find_if_not(
      text.begin(), text.begin() + static_cast<std::ptrdiff_t>(std::min(text.size(), kLongest)), part_of_word);
  const std::string_view word = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  const std::size_t first = word.starts_with('-') ? 1 : 0;
  const bool letter = word.size() > first && word[first] > '9';
  return letter ? word : std::string_view();
}

/// Strings with half a character in them, which simdjson gives up: replaced, and kept as long as a row.
class MendedStrings {
 public:
  explicit MendedStrings(const ondemand::parser& parser) : parser_(parser) {}

  void clear() { kept_.clear(); }
  std::size_t size() const { return kept_.size(); }

  /// The string whose quote is before `begin`. Throws as simdjson does if half a character is not what is wrong.
  std::string_view mended(const char* begin, const char* most) {
    const char* end = begin;
    while (end < most && *end != '"') end += *end == '\\' ? 2 : 1;
    std::string raw(begin, std::min(end, most));
    if (mend_surrogates(raw) == 0) throw simdjson::simdjson_error(simdjson::STRING_ERROR);
    raw += '"';
    raw.resize(raw.size() + simdjson::SIMDJSON_PADDING);
    std::string& text = kept_.emplace_back(raw.size() + simdjson::SIMDJSON_PADDING, '\0');
    auto* to = reinterpret_cast<std::uint8_t*>(text.data());
    return parser_.unescape(ondemand::raw_json_string(reinterpret_cast<const std::uint8_t*>(raw.data())), to);
  }

 private:
  const ondemand::parser& parser_;
  std::deque<std::string> kept_;
};

/// Copies simdjson's stream of tokens, which can be read only once and in order, into nodes.
class RowBuilder {
 public:
  RowBuilder(const ondemand::parser& parser, const JsonRules& rules) : rules_(rules), mended_(parser) {}

  /// `end`: of the file's text.
  JsonValue build(ondemand::object object, const JsonOrigin& origin, const char* end) {
    end_ = end;
    mended_.clear();
    nodes_.clear();
    add_node(JsonKind::object, {}, origin.begin, 0);
    add_fields(object, 0);
    nodes_[0].span = static_cast<std::uint32_t>(nodes_.size());
    return {nodes_[0], origin};
  }

  /// Texts of the last row that had half a character.
  std::size_t mended() const { return mended_.size(); }

  /// What is out of all proportion, if that stopped the last `build`.
  static constexpr std::string_view kTooMuch = "a row nested deeper than 64 or with more than a million values";
  struct TooMuch {
    const char* at;
  };

 private:
  std::size_t add_node(JsonKind kind, std::string_view key, const char* at, std::size_t depth) {
    if (depth > kMaxDepth || nodes_.size() >= kMaxNodes) throw TooMuch{at};
    JsonNode& node = nodes_.emplace_back();
    node.kind = kind;
    node.key = key;
    node.at = at;
    return nodes_.size() - 1;
  }

  void add_fields(ondemand::object& object, std::size_t depth) {
    for (auto field : object) {
      const char* raw = ondemand::raw_json_string(field.key()).raw();
      std::string_view key;
      const simdjson::error_code error = field.unescaped_key().get(key);
      if (depth == 0 && error == simdjson::SUCCESS && skipped(key)) continue;
      add(field.value(), error == simdjson::SUCCESS ? key : mended(error, raw), depth + 1);
    }
  }

  bool skipped(std::string_view key) const {
    return std::find(rules_.skip.begin(), rules_.skip.end(), key) != rules_.skip.end();
  }

  std::string_view mended(simdjson::error_code error, const char* raw) {
    if (error != simdjson::STRING_ERROR) throw simdjson::simdjson_error(error);
    return mended_.mended(raw, end_);
  }

  void add(ondemand::value value, std::string_view key, std::size_t depth) {
    const std::string_view token = value.raw_json_token();
    const std::size_t at = add_node(JsonKind::null, key, token.data(), depth);
    if (rules_.bare_numbers && add_bare_number(nodes_[at], without_trailing_space(token))) return;
    switch (value.type().value()) {
      case ondemand::json_type::object: {
        nodes_[at].kind = JsonKind::object;
        ondemand::object object = value.get_object();
        add_fields(object, depth);
        break;
      }
      case ondemand::json_type::array:
        nodes_[at].kind = JsonKind::array;
        for (auto element : value.get_array()) add(element.value(), {}, depth + 1);
        break;
      case ondemand::json_type::string: {
        nodes_[at].kind = JsonKind::string;
        const simdjson::error_code error = value.get_string().get(nodes_[at].text);
        if (error != simdjson::SUCCESS) nodes_[at].text = mended(error, token.data() + 1);
        break;
      }
      case ondemand::json_type::number:
        nodes_[at].kind = JsonKind::number;
        nodes_[at].text = without_trailing_space(token);
        nodes_[at].number = value.get_double();
        break;
      case ondemand::json_type::boolean:
        nodes_[at].kind = JsonKind::boolean;
        nodes_[at].number = value.get_bool() ? 1 : 0;
        break;
      case ondemand::json_type::null:
        if (!value.is_null()) throw simdjson::simdjson_error(simdjson::N_ATOM_ERROR);
        break;
    }
    nodes_[at].span = static_cast<std::uint32_t>(nodes_.size() - at);
  }

  // simdjson passes over a value that nobody takes.
  static bool add_bare_number(JsonNode& node, std::string_view token) {
    constexpr double kInfinite = std::numeric_limits<double>::infinity();
    if (token == "NaN") {
      node.number = std::numeric_limits<double>::quiet_NaN();
    } else if (token == "Infinity" || token == "-Infinity") {
      node.number = token.starts_with('-') ? -kInfinite : kInfinite;
    } else {
      return false;
    }
    node.kind = JsonKind::number;
    node.text = token;
    return true;
  }

  const JsonRules& rules_;
  std::vector<JsonNode> nodes_;
  MendedStrings mended_;
  const char* end_ = nullptr;
};

/// Parses texts of one file; turns every failure into a DataError with its line.
class JsonParser {
 public:
  JsonParser(std::string_view path, const JsonRules& rules)
      : builder_(parser_, rules), notes_(rules.notes), half_characters_(rules.half_characters) {
    origin_.path = path;
  }

  /// `text`, followed by kTextPadding readable bytes, is one object; it starts on line `line`. `row`: its number,
  /// if it shares that line with others.
  JsonValue object(std::string_view text, std::size_t line, std::size_t row = 0) {
    begin(text, line);
    origin_.row = row;
    guarded([&] {
      open();
      if (document_.type().value() != ondemand::json_type::object)
        reject(text.data(), "an object", "another value");
      build(document_.get_object());
      check_end();
    });
    note_mended();
    return *row_;
  }

  /// `text` is one array of objects; calls `take` for each. Returns their number.
  std::size_t array(std::string_view text, const std::function<void(const JsonValue&)>& take) {
    begin(text, 1);
    const bool one_line = without_trailing_space(text).find('\n') == std::string_view::npos;
    std::size_t rows = 0;
    ondemand::array array;
    ondemand::array_iterator at;
    ondemand::array_iterator end;
    guarded([&] {
      open();
      if (document_.type().value() != ondemand::json_type::array) {
        reject(text.data(), "an array of objects", "another value");
      }
      array = document_.get_array();
      at = array.begin();
      end = array.end();
    });
    // What `take` throws must not be taken for a fault of the JSON: only the parsing is guarded.
    const auto next = [&] {
      if (one_line) origin_.row = rows + 1;
      return read_row(at, end);
    };
    while (guarded(next)) {
      note_mended();
      take(*row_);
      ++rows;
      guarded([&] { ++at; });
    }
    guarded([&] { check_end(); });
    return rows;
  }

 private:
  void begin(std::string_view text, std::size_t line) {
    text_ = text;
    origin_.begin = text.data();
    origin_.line = line;
    origin_.counted_to = nullptr;
  }

  void open() { document_ = parser_.iterate(text_.data(), text_.size(), text_.size() + kTextPadding); }

  bool read_row(ondemand::array_iterator& at, const ondemand::array_iterator& end) {
    if (!(at != end)) return false;
    ondemand::value value = *at;
    const char* start = std::string_view(value.raw_json_token()).data();
    origin_.line += count_lines(origin_.begin, start);
    origin_.begin = start;
    origin_.counted_to = nullptr;
    if (value.type().value() != ondemand::json_type::object) reject(start, "an object", "another value");
    build(value.get_object());
    return true;
  }

  void build(ondemand::object object) { row_ = builder_.build(object, origin_, text_.data() + text_.size()); }

  void note_mended() {
    if (half_characters_ != nullptr) *half_characters_ += builder_.mended();
    if (notes_ == nullptr) return;
    for (std::size_t i = 0; i < builder_.mended(); ++i) {
      notes_->note("half a character (\\ud800 to \\udfff alone), read as U+FFFD", row_->where());
    }
  }

  void check_end() {
    const char* at = nullptr;  // at the end there is no location
    if (document_.current_location().get(at) == simdjson::SUCCESS)
      reject(at, "the end of the value", "more, near " + around_place(at));
  }

  const char* location() {
    const char* at = nullptr;
    if (document_.current_location().get(at) != simdjson::SUCCESS)
      at = text_.data() + without_trailing_space(text_).size();
    return std::clamp(at, origin_.begin, text_.data() + text_.size());
  }

  [[noreturn]] void reject(const char* at, std::string_view expected, std::string_view came) {
    const std::string row = origin_.row > 0 ? fmt::format(" in row {}", origin_.row) : "";
    throw DataError({origin_.path, origin_.line + count_lines(origin_.begin, at)},
                    fmt::format("expected {}{}, came {}", expected, row, came));
  }

  std::string around_place(const char* at) const {
    return quoted_around(text_, static_cast<std::size_t>(at - text_.data()));
  }

  [[noreturn]] void reject(simdjson::error_code code) {
    if (code == simdjson::UTF8_ERROR) check_utf8(text_, origin_.path, origin_.line);
    const bool in_string = code == simdjson::UNCLOSED_STRING || code == simdjson::UNESCAPED_CHARS;
    const bool whole = code == simdjson::CAPACITY || code == simdjson::MEMALLOC || code == simdjson::EMPTY;
    const char* at = in_string ? text_.data() + string_fault(text_) : whole ? text_.data() : location();
    if (whole) reject(at, "JSON", describe(code));
    const std::string_view word =
        foreign_word(std::string_view(at, static_cast<std::size_t>(text_.data() + text_.size() - at)));
    const bool foreign = !word.empty() && !in_string && code != simdjson::STRING_ERROR;
    reject(at, "JSON", fmt::format("{}, near {}", foreign ? word : describe(code), around_place(at)));
  }

  template <typename Body>
  auto guarded(const Body& body) -> decltype(body()) {
    try {
      return body();
    } catch (const simdjson::simdjson_error& error) {
      reject(error.error());
    } catch (const RowBuilder::TooMuch& error) {
      reject(error.at, "a row of reasonable size", RowBuilder::kTooMuch);
    }
  }

  ondemand::parser parser_;
  ondemand::document document_;
  RowBuilder builder_;
  JsonOrigin origin_;
  std::string_view text_;
  RecordSink* notes_;
  std::size_t* half_characters_;
  std::optional<JsonValue> row_;
};

[[noreturn]] void reject_empty(const ByteSource& source) {
  throw DataError({source.path(), 1}, "expected a JSON object, came an empty file");
}

}  // namespace

void read_json_lines(ByteSource& source, const JsonRules& rules,
                     const std::function<void(const JsonValue& row)>& take) {
  LineReader lines(source);
  JsonParser parser(source.path(), rules);
  std::size_t rows = 0;
  while (lines.next()) {
    if (lines.line().find_first_not_of(kSpace) == std::string_view::npos) continue;
    take(parser.object(lines.line(), lines.number()));
    ++rows;
  }
  if (rows == 0) throw DataError({source.path(), 1}, "expected JSON objects, one a line, came an empty file");
}

void read_json_array(ByteSource& source, std::vector<char>& buffer, const JsonRules& rules,
                     const std::function<void(const JsonValue& row)>& take) {
  const std::string_view text = read_document(source, buffer);
  JsonParser parser(source.path(), rules);
  if (without_trailing_space(text).empty() || parser.array(text, take) == 0) {
    throw DataError({source.path(), 1}, "expected a JSON array of objects, came an empty one");
  }
}

void read_json_object(ByteSource& source, std::vector<char>& buffer, const JsonRules& rules,
                      const std::function<void(const JsonValue& object)>& take) {
  if (!rules.skip.empty()) return read_json_head(source, {}, rules, take);
  const std::string_view text = read_document(source, buffer);
  if (without_trailing_space(text).empty()) reject_empty(source);
  JsonParser parser(source.path(), rules);
  take(parser.object(text, 1));
}

void read_json_rows(ByteSource& source, std::span<const std::string_view> place, const JsonRules& rules,
                    const std::function<void(const JsonValue& row)>& take,
                    const std::function<void(const JsonValue& object)>& rest) {
  JsonRows rows(source, place);
  JsonParser parser(source.path(), rules);
  std::size_t count = 0;
  while (rows.next()) {
    ++count;
    if (take) take(parser.object(rows.row(), rows.line(), rows.line() == 1 ? count : 0));
  }
  const std::string_view around = without_trailing_space(rows.rest());
  if (place.empty()) {
    if (!rows.found() || !around.ends_with(']')) {
      throw DataError({source.path(), 1}, "expected an array of objects, came another value");
    }
  } else if (around.empty()) {
    throw DataError({source.path(), 1}, "expected a JSON object, came an empty file");
  } else {
    const JsonValue object = parser.object(around, 1);
    if (rest) rest(object);
  }
}

void read_json_head(ByteSource& source, std::string_view stop, const JsonRules& rules,
                    const std::function<void(const JsonValue& object)>& take) {
  JsonSplitter splitter(source, rules.skip);
  const std::optional<NumberedText> text = splitter.object_until(stop);
  if (!text) reject_empty(source);
  JsonParser parser(source.path(), rules);
  take(parser.object(text->text, text->line));
}

void read_json_member(ByteSource& source, std::string_view array, const JsonRules& rules,
                      const std::function<void(const JsonValue& row)>& take) {
  JsonSplitter splitter(source, rules.skip);
  if (!splitter.open_array(array)) return;
  JsonParser parser(source.path(), rules);
  std::size_t rows = 0;
  while (const std::optional<NumberedText> text = splitter.row()) {
    take(parser.object(text->text, text->line, ++rows));
  }
}

}  // namespace assay::data
