#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/data/text_file.h"

namespace assay::data {

/// Records of a comma-separated file after RFC 4180, or of one with semicolons or tabs in place of commas: what
/// follows the first field of the first record separates all. Fields in double quotes may hold commas, line breaks
/// and doubled quotes; lines end in LF or CRLF, where a line break in a quoted field is LF to who reads; lines with
/// nothing in them are skipped. In a file with tabs quotes inside a field are text. Throws DataError "path:line:
/// ..." for a quote that does not close or stands in the wrong place, for what is not UTF-8, NUL bytes, and records
/// above kMaxLine.
class CsvRecords {
 public:
  explicit CsvRecords(ByteSource& source) : lines_(source) {}

  /// Goes to the next record; false at the end.
  bool next();
  /// Of the record; valid until the next call of `next`.
  std::span<const std::string> fields() const { return {fields_.data(), count_}; }
  /// Whether field `i` stood in quotes: of empty ones, an empty text rather than nothing.
  bool in_quotes(std::size_t i) const { return in_quotes_[i] != 0; }
  /// First line of the record, from 1.
  std::size_t line() const { return line_; }
  std::string_view path() const { return lines_.path(); }
  /// ',', ';' or '\t', from the first record on.
  char separator() const { return separator_; }

 private:
  bool next_line();
  void find_separator();
  std::string& new_field();
  void take_quoted();
  void take_bare();
  [[noreturn]] void reject(std::size_t line, std::string_view what) const;

  LineReader lines_;
  std::string_view rest_;            ///< Of the line, without its end.
  char separator_ = '\0';            ///< 0: no record has been read.
  bool more_ = false;                ///< A separator has been read: another field follows.
  std::vector<std::string> fields_;  ///< Kept from record to record, to keep their memory.
  std::vector<char> in_quotes_;      ///< Likewise.
  std::size_t count_ = 0;
  std::optional<bool> cr_lf_;  ///< How the first line ends.
  std::size_t line_ = 0;
};

}  // namespace assay::data
