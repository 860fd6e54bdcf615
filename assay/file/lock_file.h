#pragma once

#include <string>

namespace assay::file {

/// A file that at most one process, and one object in it, holds at a time. Made if missing; one that a killed
/// process left behind is taken over, as the lock itself ends with the process. Removed by the destructor.
class LockFile {
 public:
  /// Throws Error: `busy` if another holds it, else why the file can't be made.
  LockFile(std::string path, const std::string& busy);
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

  /// Whether somebody holds it now. Only looks, so that it is in nobody's way.
  static bool held(const std::string& path);

  const std::string& path() const { return path_; }
  int descriptor() const { return descriptor_; }  ///< Open for reading and writing.
  /// Makes the file empty.
  void clear() const;
  /// Brings its bytes to the disk and gives it the name `target`; it is not removed any more.
  void publish(const std::string& target);

 private:
  std::string path_;
  int descriptor_ = -1;
};

}  // namespace assay::file
