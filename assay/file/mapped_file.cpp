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

namespace {

// `size` bytes of a file in memory of its own; MAP_FAILED if they can't be read.
void* copy_of(int descriptor, std::size_t size) {
  void* const memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return memory;
#ifdef MADV_HUGEPAGE
  // A search jumps about in it: with pages of 4 KB nearly every jump waits for the page table, too. Only advice.
  madvise(memory, size, MADV_HUGEPAGE);
#endif
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = pread(descriptor, static_cast<char*>(memory) + done, size - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  if (done == size) return memory;
  if (errno == 0) errno = EIO;  // it was cut shorter meanwhile
  munmap(memory, size);
  return MAP_FAILED;
}

}  // namespace

MappedFile::MappedFile(const std::string& path, Keep keep) {
  if (path.find('\0') != std::string::npos) throw InvalidArgument("a path can't contain a NUL byte");
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) throw Error(escaped(path) + ": can't be opened (" + std::strerror(errno) + ")");
  struct stat status = {};
  const bool plain = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  size_ = plain ? static_cast<std::size_t>(status.st_size) : 0;
  void* mapped = nullptr;
  if (size_ > 0) {
    errno = 0;
    mapped = keep == Keep::in_memory ? copy_of(descriptor, size_)
                                     : mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor, 0);
  }
  const int error = errno;
  close(descriptor);
  if (!plain) throw Error(escaped(path) + ": expected a plain file");
  if (mapped == MAP_FAILED) throw Error(escaped(path) + ": can't be read (" + std::strerror(error) + ")");
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
