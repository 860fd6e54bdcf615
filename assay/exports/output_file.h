#pragma once

#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

namespace assay::exports {

/// A text file that has its name only when it is whole: a killed process leaves "PATH.part" behind, and what stood
/// at PATH before is there until then. Of a link the file that it leads to is written so. What is there and is no
/// plain file, as a device or a pipe, is written to directly.
///
///     OutputFile file("answers.jsonl");
///     file.write("{}\n");
///     file.finish();
class OutputFile {
 public:
  /// Throws InvalidArgument if `path` is a folder or a study, Error if the file can't be made.
  explicit OutputFile(std::string path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::string_view text);
  /// Where it is until then, for a program that writes it; PATH itself where that is written directly.
  const std::string& part() const { return part_; }
  /// Throws Error if not all could be written: a full disk.
  void finish();

 private:
  std::string path_;    ///< As given, for messages.
  std::string target_;  ///< Where a link leads.
  std::string part_;
  bool direct_ = false;
  std::unique_ptr<std::ofstream> file_;  ///< nullptr when finished.
};

}  // namespace assay::exports
