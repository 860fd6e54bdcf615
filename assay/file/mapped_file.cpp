#include "assay/file/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/utf8.h"

namespace assay::file {

MappedFile::MappedFile(const std::string& path) {
  if (path.find('\0') != std::string::npos) throw InvalidArgument("a path can't contain a NUL byte");
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) throw Error(escaped(path) + ": can't be opened (" + std::strerror(errno) + ")");
  struct stat status = {};
  const bool plain = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  size_ = plain ? static_cast<std::size_t>(status.st_size) : 0;
  void* const mapped = size_ > 0 ? mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor, 0) : nullptr;
  close(descriptor);
  if (!plain) throw Error(escaped(path) + ": expected a plain file");
  if (mapped == MAP_FAILED) throw Error(escaped(path) + ": can't be read (" + std::strerror(errno) + ")");
  data_ = static_cast<const char*>(mapped);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(const_cast<char*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

}  // namespace assay::file
