#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/data/byte_source.h"

namespace assay::data {

/// Cuts a JSON document apart: the elements of one array in it, as text, and the rest. Memory: the longest element
/// and the rest, not the document. It only looks for quotes and brackets: what it gives out is still to be parsed.
class JsonRows {
 public:
  /// `place`: the names on the way to the array, from the document's object ({"results", "results"}); none: the
  /// document is the array. Borrowed, as `source` is.
  JsonRows(ByteSource& source, std::span<const std::string_view> place) : source_(source), place_(place) {}

  /// Goes to the array's next element; false at the end of the document. Throws DataError for elements above
  /// kMaxLine, a rest above kMaxDocument, and for a document that ends early.
  bool next();
  /// The element, followed by kTextPadding readable bytes; valid until the next call of `next`.
  std::string_view row() const { return {buffer_.data() + begin_, size_}; }
  /// Line of its start, from 1.
  std::size_t line() const { return line_; }
  /// The document with an empty array in the place of the array, on the same lines; once `next` has returned false.
  /// kTextPadding readable bytes follow.
  std::string_view rest();
  /// Whether the array was there.
  bool found() const { return found_; }

 private:
  bool fill();
  char peek();
  bool find_array();
  void look_at(char c);
  bool start_row();
  void end_row();
  void check_length(std::size_t length) const;
  [[noreturn]] void reject(std::string_view expected, std::string_view came) const;

  ByteSource& source_;
  std::span<const std::string_view> place_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  ///< Of what must stay in the buffer: the row.
  std::size_t size_ = 0;   ///< Of the row.
  std::size_t at_ = 0;     ///< Of what is not looked at yet.
  std::size_t end_ = 0;
  std::size_t line_ = 1;       ///< Of the row.
  std::size_t next_line_ = 1;  ///< Of `at_`.
  bool started_ = false;
  bool inside_ = false;  ///< The array.
  bool found_ = false;
  bool first_ = true;  ///< No element has been read.

  // Outside of the array:
  std::string rest_;
  std::string key_;
  std::size_t depth_ = 0;
  std::size_t matched_ = 0;  ///< Names of `place_` that lead to the object around.
  bool in_string_ = false;
  bool escaped_ = false;
  bool wants_key_ = false;
  bool leads_on_ = false;  ///< The value that comes next is the one that `place_` wants.
};

}  // namespace assay::data
