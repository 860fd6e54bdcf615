#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "assay/data/byte_source.h"

namespace assay::data {

/// Bytes that may be read, but mean nothing, after every text that is given out here (simdjson wants them).
constexpr std::size_t kTextPadding = 64;
/// Longest line (64 MiB) and longest whole document (256 MiB) that are read: far more than any benchmark's, and
/// little enough that a hostile file can't take the machine's memory.
constexpr std::size_t kMaxLine = std::size_t{64} << 20U;
constexpr std::size_t kMaxDocument = std::size_t{256} << 20U;

/// Reads a source line by line. A byte order mark at the start is left out. Memory: the longest line.
/// Throws DataError with path and line for a line above `max_line` bytes, for UTF-16 and for a damaged source.
class LineReader {
 public:
  explicit LineReader(ByteSource& source, std::size_t max_line = kMaxLine);

  /// Goes to the next line; false at the end.
  bool next();
  /// Without its '\n'; valid until the next call of `next`.
  std::string_view line() const { return line_; }
  /// Of `line()`, from 1.
  std::size_t number() const { return number_; }
  std::string_view path() const { return source_.path(); }

 private:
  bool fill();
  void skip_mark();

  ByteSource& source_;
  std::size_t max_line_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  ///< Of what is not given out yet.
  std::size_t end_ = 0;
  bool started_ = false;
  std::string_view line_;
  std::size_t number_ = 0;
};

/// The whole of a source, without its byte order mark, as a view into `buffer`, which may be used again for the
/// next one. Throws DataError above `max_size` bytes, for UTF-16 and for a damaged source.
std::string_view read_document(ByteSource& source, std::vector<char>& buffer, std::size_t max_size = kMaxDocument);

/// Length of the byte order mark at the start of `text`; 0: none. Throws DataError for UTF-16.
std::size_t mark_length(std::string_view text, std::string_view path);

/// Throws DataError that names the line of the first byte of `text` that is not UTF-8, if there is one.
/// `line` is the number of the text's first line.
void check_utf8(std::string_view text, std::string_view path, std::size_t line);

}  // namespace assay::data
