#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace arrow {
class Array;
}

namespace assay::columnar {

/// The cells of a column as JSON.
class JsonCells {
 public:
  virtual ~JsonCells() = default;
  /// A null, or a value of a column that has none at all.
  virtual bool is_null(std::int64_t row) const = 0;
  /// The value of `row`, which is not null, at the end of `to`.
  virtual void append(std::int64_t row, std::string& to) const = 0;
  /// The same for a table of texts: a text without quotes and escapes, NaN as nothing.
  virtual void append_plain(std::int64_t row, std::string& to) const { append(row, to); }
};

/// Cells of any Arrow type. Numbers, also decimals, have all their digits; NaN is `null`, which is a number that is
/// none, and Infinity a text, which is no number. Dates and times are texts, lists arrays, structs and maps
/// objects, without what is null in them. Bytes are texts, or `null` where they are no UTF-8. Borrows nothing.
/// Throws Failure for a type that has no meaning here.
std::unique_ptr<JsonCells> json_cells(const std::shared_ptr<arrow::Array>& array);

/// `text` between quotes. Whether it is UTF-8 is left to the reader.
void append_json_text(std::string_view text, std::string& to);

}  // namespace assay::columnar
