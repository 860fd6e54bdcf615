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

[[noreturn]] void fail_to_write(const std::string& path) {
  throw Error(escaped(path) + ": can't be written: " + (errno != 0 ? std::strerror(errno) : "the disk is full"));
}

}  // namespace

OutputFile::OutputFile(std::string path) : path_(std::move(path)), part_(path_ + ".part") {
  if (std::filesystem::is_directory(path_))
    throw InvalidArgument(escaped(path_) + ": expected a file to write, came a folder");
  if (is_database(path_)) {
    throw InvalidArgument(escaped(path_) + ": expected a file to write, came a study, which would be lost");
  }
  errno = 0;
  file_ = std::make_unique<std::ofstream>(part_, std::ios::binary | std::ios::trunc);
  if (!*file_) fail_to_write(part_);
}

OutputFile::~OutputFile() {
  if (!file_) return;
  file_.reset();
  std::error_code ignored;
  std::filesystem::remove(part_, ignored);
}

void OutputFile::write(std::string_view text) {
  errno = 0;
  file_->write(text.data(), static_cast<std::streamsize>(text.size()));
  if (!*file_) fail_to_write(part_);
}

void OutputFile::finish() {
  errno = 0;
  file_->flush();
  if (!*file_) fail_to_write(part_);
  file_.reset();
  std::error_code error;
  std::filesystem::rename(part_, path_, error);
  if (error) throw Error(escaped(path_) + ": can't be written: " + error.message());
}

}  // namespace assay::exports
