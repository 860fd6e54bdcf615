#include "assay/data/byte_source.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/columnar_source.h"

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

/// A zstd file: one frame or several.
class ZstdSource final : public ByteSource {
 public:
  ZstdSource(const std::string& path, ReadMeter* meter)
      : path_(path), file_(path, std::ios::binary), meter_(meter), stream_(ZSTD_createDStream(), ZSTD_freeDStream) {
    if (!file_) throw Error(escaped(path) + ": can't be opened: " + std::strerror(errno));
    if (stream_ == nullptr) throw Error(escaped(path) + ": can't be opened: out of memory");
    // A frame may ask for a larger window than anybody writes, to take the memory.
    ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, kLargestWindow);
    packed_.resize(ZSTD_DStreamInSize());
  }

  std::string_view path() const override { return path_; }
  std::string_view fault() const override { return fault_; }

  std::size_t read(char* to, std::size_t size) override {
    ZSTD_outBuffer out{to, size, 0};
    while (out.pos < size && fault_.empty()) {
      const bool ended = rest_.pos == rest_.size && !fill();
      const std::size_t before = out.pos;
      const std::size_t wanted = ZSTD_decompressStream(stream_.get(), &out, &rest_);
      if (ZSTD_isError(wanted) != 0U) {
        fault_ = "a damaged zstd file";
      } else if (ended && out.pos == before) {
        if (!between_frames_) fault_ = "a zstd file that ends early";
        break;
      } else {
        between_frames_ = wanted == 0;
      }
    }
    return out.pos;
  }

 private:
  static constexpr int kLargestWindow = 27;  // 128 MiB, as the zstd command has it

  bool fill() {
    file_.read(packed_.data(), static_cast<std::streamsize>(packed_.size()));
    const auto count = static_cast<std::size_t>(file_.gcount());
    rest_ = {packed_.data(), count, 0};
    if (meter_ != nullptr) meter_->add(count);
    return count > 0;
  }

  std::string path_;
  std::ifstream file_;
  ReadMeter* meter_;
  std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream_;
  std::vector<char> packed_;
  ZSTD_inBuffer rest_{nullptr, 0, 0};
  bool between_frames_ = true;
  std::string fault_;
};

bool is_zstd(const std::string& path) {
  constexpr std::string_view kMagic = "\x28\xB5\x2F\xFD";
  char first[4] = {};
  std::ifstream file(path, std::ios::binary);
  file.read(first, sizeof first);
  return std::string_view(first, static_cast<std::size_t>(file.gcount())) == kMagic;
}

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
  if (!columnar_kind(path).empty()) return open_columnar(path, meter);
  if (is_zstd(path)) return std::make_unique<ZstdSource>(path, meter);
  return std::make_unique<FileSource>(path, meter);
}

std::unique_ptr<ByteSource> memory_source(std::string_view path, std::string_view contents) {
  return std::make_unique<MemorySource>(path, contents);
}

}  // namespace assay::data
