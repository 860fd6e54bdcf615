#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "assay/data/byte_source.h"

namespace assay::data {

/// A text with the number of its first line, followed by kTextPadding readable bytes.
struct NumberedText {
  std::string_view text;
  std::size_t line = 1;
};

/// Cuts a file of JSON that may be far larger than memory into texts for a parser, in one pass: passes over members
/// of objects that nobody wants, and gives the rows of a long array one by one. What is passed over becomes `null`
/// and the same number of lines; only its strings and brackets are looked at. Whether the rest is JSON is left to
/// the parser; what is not even made of members, commas and brackets is thrown as DataError, as are a row above
/// kMaxDocument bytes and a damaged source.
///
///     JsonSplitter splitter(source, skip);
///     splitter.open_array("samples");
///     while (const auto row = splitter.row()) parse(row->text, row->line);
class JsonSplitter {
 public:
  /// `skip`: names of members to pass over, as they are written in the file. Both are borrowed.
  JsonSplitter(ByteSource& source, std::span<const std::string_view> skip);

  /// The source, which must be an object, without its members `skip`. Nothing: the source has only blanks.
  std::optional<NumberedText> object();
  /// The same, but without what comes from the member `stop` on, which is `null`.
  std::optional<NumberedText> object_until(std::string_view stop);

  /// Goes to the member `name` of the outer object, which must be an array. False: there is none, or null.
  bool open_array(std::string_view name);
  /// Its next element, an object without its members `skip`. Nothing: the array is over, and so is the source, of
  /// which the rest was looked through. Valid until the next call.
  std::optional<NumberedText> row();

 private:
  enum class Keep { all, lines };

  bool fill();
  int next_token(std::vector<char>& to);
  void put(std::vector<char>& to, std::size_t end, Keep keep);
  void value(std::vector<char>& to, Keep keep);
  std::string_view key(std::vector<char>& to);
  bool another(std::vector<char>& to, char close);
  bool members_until(std::vector<char>& to, std::string_view stop, bool inside);
  bool skipped(std::string_view key) const;
  void check_end();
  std::size_t line();
  NumberedText text_of(std::vector<char>& text, std::size_t line) const;
  [[noreturn]] void reject(std::string_view expected, int came);

  ByteSource& source_;
  std::span<const std::string_view> skip_;
  std::vector<char> in_;
  std::size_t at_ = 0;  ///< In `in_`: what is not looked at yet.
  std::size_t end_ = 0;
  std::size_t counted_ = 0;  ///< In `in_`: up to here lines are counted.
  std::size_t line_ = 1;     ///< At `counted_`.
  bool first_row_ = true;
  std::vector<char> outer_;
  std::vector<char> row_;
};

}  // namespace assay::data
