#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assay::file {

/// A file that is read through memory: pages come from the disk when they are looked at, and are shared by all
/// processes that map it. The file must not be cut shorter meanwhile: replace files by renaming.
class MappedFile {
 public:
  /// Throws Error if there is no such plain file, or it can't be read.
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  std::string_view bytes() const { return {data_, size_}; }  ///< Begins at a page.

 private:
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace assay::file
