#include "assay/data/byte_source.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

#include "assay/core/error.h"
#include "assay/core/utf8.h"

namespace assay::data {
namespace {

constexpr unsigned kInflateBuffer = 256 * 1024;

class FileSource final : public ByteSource {
 public:
  FileSource(const std::string& path, ReadMeter* meter)
      : path_(path), file_(gzopen(path.c_str(), "rb")), meter_(meter) {
    if (file_ == nullptr) {
      throw Error(escaped(path) + ": can't be opened: " + (errno != 0 ? std::strerror(errno) : "out of memory"));
    }
    gzbuffer(file_, kInflateBuffer);
  }
  ~FileSource() override { gzclose_r(file_); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  std::string_view path() const override { return path_; }
  std::string_view fault() const override { return fault_; }

  std::size_t read(char* to, std::size_t size) override {
    constexpr std::size_t kLargest = std::numeric_limits<int>::max();
    const int count = gzread(file_, to, static_cast<unsigned>(std::min(size, kLargest)));
    if (count <= 0 || static_cast<std::size_t>(count) < size) note_fault();
    advance();
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }

 private:
  void note_fault() {
    int code = Z_OK;
    gzerror(file_, &code);
    if (code == Z_BUF_ERROR) fault_ = "a gzip file that ends early";
    if (code == Z_DATA_ERROR) fault_ = "a damaged gzip file";
    if (code == Z_MEM_ERROR) fault_ = "a gzip file too large for the memory";
    if (code == Z_ERRNO) fault_ = std::string("a file that can't be read: ") + std::strerror(errno);
  }

  void advance() {
    const z_off_t at = gzoffset(file_);
    if (meter_ == nullptr || at <= offset_) return;
    meter_->add(static_cast<std::size_t>(at - offset_));
    offset_ = at;
  }

  std::string path_;
  gzFile file_;
  ReadMeter* meter_;
  z_off_t offset_ = 0;
  std::string fault_;
};

class MemorySource final : public ByteSource {
 public:
  MemorySource(std::string_view path, std::string_view contents) : path_(path), rest_(contents) {}
  std::string_view path() const override { return path_; }
  std::string_view fault() const override { return {}; }
  std::size_t read(char* to, std::size_t size) override {
    const std::size_t count = rest_.copy(to, size);
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view path_;
  std::string_view rest_;
};

}  // namespace

void ReadMeter::add(std::size_t bytes) {
  done_ += bytes;
  if (progress_) progress_(std::min(done_, total_), total_);
}

std::unique_ptr<ByteSource> open_source(const std::string& path, ReadMeter* meter) {
  errno = 0;
  return std::make_unique<FileSource>(path, meter);
}

std::unique_ptr<ByteSource> memory_source(std::string_view path, std::string_view contents) {
  return std::make_unique<MemorySource>(path, contents);
}

}  // namespace assay::data
