#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "assay/data/byte_source.h"

namespace assay::data {

/// \file
/// Parquet and Arrow files are read and written by a program of its own, assay-arrow, as lines of JSON. See
/// docs/decisions.md for why.

/// "Parquet" or "Arrow" (a file, a stream, Feather 2), by the first bytes of the file at `path`; else empty.
std::string_view columnar_kind(const std::string& path);

enum class ColumnarRows { json, csv };

class ColumnarSource : public ByteSource {
 public:
  /// Whether `columns()[column]` has numbers or booleans.
  virtual bool is_number(std::size_t column) const = 0;
};

/// The rows of a Parquet or Arrow file, as lines of JSON: an object each, where the number of a line is that of its
/// row and what is null has no key; or as csv with a header, without `columns()`. `meter` may be null. Throws Error
/// if the file can't be opened or assay-arrow is missing.
std::unique_ptr<ColumnarSource> open_columnar(const std::string& path, ReadMeter* meter,
                                              ColumnarRows rows = ColumnarRows::json);

/// The words that start assay-arrow, for "read" (as JSON), "csv" or "write".
std::vector<std::string> columnar_program(std::string_view task);
/// Throws Error, which says how to get assay-arrow.
[[noreturn]] void reject_without_arrow(const std::string& path, std::string_view instead);

}  // namespace assay::data
