#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "assay/core/progress.h"

namespace assay::data {

/// Adds up the bytes read from several files and reports them to a Progress.
class ReadMeter {
 public:
  ReadMeter(std::size_t total, const Progress& progress) : total_(total), progress_(progress) {}
  void add(std::size_t bytes);

 private:
  std::size_t done_ = 0;
  std::size_t total_;
  const Progress& progress_;
};

/// A stream of bytes with a name. Damage is not thrown: `fault` says it, as only the reader knows the line.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Path, for messages.
  virtual std::string_view path() const = 0;
  /// Up to `size` bytes into `to`; 0 at the end, and where the stream can't be read on.
  virtual std::size_t read(char* to, std::size_t size) = 0;
  /// Why the stream ended early ("a gzip file that ends early"); empty if it did not.
  virtual std::string_view fault() const = 0;
  /// Of rows of JSON that come from a table: the names of all columns. A row lacks those that are null in it.
  virtual std::span<const std::string> columns() const { return {}; }
};

/// The file at `path`, whatever its name: unpacked if it is a gzip or a zstd file, as lines of JSON if it is a
/// Parquet or Arrow file. `meter` may be null; it counts bytes on disk. Throws Error if the file can't be opened.
std::unique_ptr<ByteSource> open_source(const std::string& path, ReadMeter* meter);

/// `contents` as if read from a file `path`. Both are only borrowed.
std::unique_ptr<ByteSource> memory_source(std::string_view path, std::string_view contents);

}  // namespace assay::data
