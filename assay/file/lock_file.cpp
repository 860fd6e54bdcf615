#include "assay/file/lock_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/utf8.h"

namespace assay::file {
namespace {

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw Error(escaped(path) + ": " + what + " (" + std::strerror(errno) + ")");
}

// The file may have been removed or renamed between open and lock; then the lock is on a file without a name.
bool still_there(int descriptor, const std::string& path) {
  struct stat opened = {};
  struct stat named = {};
  return fstat(descriptor, &opened) == 0 && stat(path.c_str(), &named) == 0 && opened.st_ino == named.st_ino &&
         opened.st_dev == named.st_dev;
}

// The new name of a file is safe once its folder is on the disk.
void sync_folder(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

}  // namespace

LockFile::LockFile(std::string path, const std::string& busy) : path_(std::move(path)) {
  for (;;) {
    descriptor_ = open(path_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (descriptor_ < 0) fail(path_, "can't be made");
    if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      close(descriptor_);
      throw Error(busy);
    }
    if (still_there(descriptor_, path_)) return;
    close(descriptor_);
  }
}

LockFile::~LockFile() {
  if (descriptor_ < 0) return;
  unlink(path_.c_str());
  close(descriptor_);
}

// To try the lock would be to hold it for a moment, and somebody else would fail. So the system's list is read.
bool LockFile::held(const std::string& path) {
  struct stat file = {};
  if (stat(path.c_str(), &file) != 0) return false;
  std::ifstream locks("/proc/locks");
  if (!locks) return true;  // no such list here, but the file is there
  const std::string wanted =
      fmt::format("{:02x}:{:02x}:{} ", major(file.st_dev), minor(file.st_dev), std::uint64_t{file.st_ino});
  for (std::string line; std::getline(locks, line);) {
    if (line.find(" FLOCK ") != std::string::npos && line.find(" " + wanted) != std::string::npos) return true;
  }
  return false;
}

void LockFile::clear() const {
  if (ftruncate(descriptor_, 0) != 0) fail(path_, "can't be written");
}

void LockFile::publish(const std::string& target) {
  if (fsync(descriptor_) != 0) fail(path_, "can't be written");
  if (std::rename(path_.c_str(), target.c_str()) != 0) fail(target, "can't be made");
  sync_folder(target);
  close(descriptor_);
  descriptor_ = -1;
}

}  // namespace assay::file
