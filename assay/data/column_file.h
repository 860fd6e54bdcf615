#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/data/byte_source.h"

namespace assay::data {

/// A parquet or Arrow file, of which some columns are given out as JSON, an object a line: what reads JSON Lines
/// reads tables then, with the same messages. Line N is row N.
class ColumnFile {
 public:
  virtual ~ColumnFile() = default;
  /// Names, in the order of the file.
  virtual std::span<const std::string> columns() const = 0;
  /// The rows in which there is something in column `key`, with `key` and those of `others` that there are. Other
  /// rows are empty lines; with `nulls`, a cell of `key` without anything in it is a null. Cells of other columns
  /// without anything are left out. Null if no row has anything. Memory: some batches of rows.
  virtual std::unique_ptr<ByteSource> rows(std::string_view key, std::span<const std::string_view> others,
                                           bool nulls) const = 0;
};

/// Whether this Assay was built with Arrow C++.
bool reads_column_files();

/// Opens the file at `path`, parquet or Arrow by its first bytes. Throws DataError for what is damaged,
/// InvalidArgument if this Assay was built without Arrow C++.
std::unique_ptr<ColumnFile> open_column_file(const std::string& path);

/// By its first bytes.
enum class ColumnFileKind { none, parquet, arrow };
ColumnFileKind column_file_kind(const std::string& path);

}  // namespace assay::data
