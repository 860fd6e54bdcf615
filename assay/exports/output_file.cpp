#include "assay/exports/output_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/utf8.h"

namespace assay::exports {
namespace {

bool is_database(const std::string& path) {
  constexpr std::string_view kMagic = "SQLite format 3";
  std::string first(kMagic.size(), '\0');
  std::ifstream(path, std::ios::binary).read(first.data(), static_cast<std::streamsize>(first.size()));
  return first == kMagic;
}

// Where a path leads in the end, a file that is not there included; of links in circles somewhere.
std::filesystem::path target_of(std::filesystem::path path) {
  constexpr int kMostLinks = 40;
  std::error_code error;
  for (int i = 0; i < kMostLinks && std::filesystem::is_symlink(path, error); ++i) {
    path = path.parent_path() / std::filesystem::read_symlink(path, error);  // which may be absolute
  }
  return path;
}

// What is there is no plain file: a device, a pipe. Of /dev/stdout it may be one, which others write to as well.
bool is_written_directly(const std::string& path, const std::filesystem::file_status& status) {
  if (!std::filesystem::exists(status)) return false;
  return !std::filesystem::is_regular_file(status) || path.starts_with("/dev/") || path.starts_with("/proc/");
}

[[noreturn]] void fail_to_write(const std::string& path) {
  throw Error(escaped(path) + ": can't be written: " + (errno != 0 ? std::strerror(errno) : "the disk is full"));
}

}  // namespace

OutputFile::OutputFile(std::string path) : path_(std::move(path)) {
  std::error_code unknown;
  const std::filesystem::file_status status = std::filesystem::status(path_, unknown);
  if (std::filesystem::is_directory(status))
    throw InvalidArgument(escaped(path_) + ": expected a file to write, came a folder");
  if (std::filesystem::is_regular_file(status) && is_database(path_)) {
    throw InvalidArgument(escaped(path_) + ": expected a file to write, came a study, which would be lost");
  }
  direct_ = is_written_directly(path_, status);
  target_ = direct_ ? path_ : target_of(path_).string();
  part_ = direct_ ? path_ : target_ + ".part";
  errno = 0;
  file_ = std::make_unique<std::ofstream>(part_, std::ios::binary | std::ios::trunc);
  if (!*file_) fail_to_write(path_);
}

OutputFile::~OutputFile() {
  if (!file_) return;
  file_.reset();
  if (direct_) return;
  std::error_code ignored;
  std::filesystem::remove(part_, ignored);
}

void OutputFile::write(std::string_view text) {
  errno = 0;
  file_->write(text.data(), static_cast<std::streamsize>(text.size()));
  if (!*file_) fail_to_write(path_);
}

void OutputFile::finish() {
  errno = 0;
  file_->flush();
  if (!*file_) fail_to_write(path_);
  file_.reset();
  if (direct_) return;
  std::error_code error;
  std::filesystem::rename(part_, target_, error);
  if (error) throw Error(escaped(path_) + ": can't be written: " + error.message());
}

}  // namespace assay::exports
