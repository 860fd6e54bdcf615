#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/error.h"

namespace assay::file {

/// A program that is not there.
class NoProgram : public Error {
 public:
  using Error::Error;
};

/// A program that makes one stream of bytes of another, beside this one: what breaks it breaks nothing else. One
/// end is a file, the other one is ours. It is started without a shell, in a process group of its own (Ctrl-C is
/// for us alone), and is gone when this object is.
///
///     FilterProcess rows({"assay-arrow", "read"}, FilterProcess::Ours::output, "scores.parquet");
///     while (const std::size_t count = rows.read(buffer, size)) ...
///     if (const std::string why = rows.finish(); !why.empty()) ...
class FilterProcess {
 public:
  /// Which end we have: of `output`, the program reads the file; of `input`, it writes it.
  enum class Ours { input, output };

  /// `words`: the program, looked for beside the running one and then on the PATH, and its arguments. Throws
  /// NoProgram, or Error if the file can't be opened. A file to be written must be there.
  FilterProcess(const std::vector<std::string>& words, Ours ours, const std::string& file);
  ~FilterProcess();
  FilterProcess(const FilterProcess&) = delete;
  FilterProcess& operator=(const FilterProcess&) = delete;

  /// Up to `size` bytes of its output into `to`; 0 at the end.
  std::size_t read(char* to, std::size_t size);
  /// False: it takes no more, and `finish` tells why.
  bool write(std::string_view bytes);
  /// Where in its file the program is, in bytes, if it moves the position of its descriptor.
  std::size_t position() const;
  /// Waits for its end. Empty if that was a good one; else the first line that it wrote to standard error, or in
  /// words what ended it.
  std::string finish();

 private:
  int process_ = -1;
  int file_ = -1;
  int ours_ = -1;
  int remarks_ = -1;  ///< Its standard error.
};

}  // namespace assay::file
