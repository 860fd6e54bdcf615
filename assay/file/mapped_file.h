#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace assay::file {

/// A file that is read through memory: pages come from the disk when they are looked at, and are shared by all
/// processes that map it. The file must not be cut shorter meanwhile: replace files by renaming.
class MappedFile {
 public:
  /// Whether the bytes stay in the file, or are read into memory at once: whoever runs for long can't know what
  /// others do to a file.
  enum class Keep : std::uint8_t { in_file, in_memory };

  /// Throws Error if there is no such plain file, or it can't be read.
  explicit MappedFile(const std::string& path, Keep keep = Keep::in_file);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  std::string_view bytes() const { return {data_, size_}; }  ///< Begins at a page.

 private:
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace assay::file
