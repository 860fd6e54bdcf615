#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace assay::exports {

/// A folder of files that appears under its name when it is whole: it is made as "PATH.part".
///
///     OutputFolder folder("out");
///     folder.write("results/org/model/answers.json", text);
///     folder.finish();
class OutputFolder {
 public:
  /// Throws InvalidArgument unless there is nothing at `path`, or an empty folder.
  explicit OutputFolder(std::string path);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  /// Writes a file below the folder. `name` is a relative path, whose parts may come from strangers: a model called
  /// "../x" is an InvalidArgument, "org/model" a folder in a folder.
  void write(std::string_view name, std::string_view text) const;
  /// The name below the folder of a judge: "judge" and "org/judge" as they are, of another title, as "judge at
  /// https://host/v1", a file name made of it. Different ones for different judges.
  std::string name_of_judge(std::string_view judge);
  /// Throws Error if the folder can't get its name.
  void finish();

 private:
  std::string path_;
  std::string part_;
  bool finished_ = false;
  std::map<std::string, std::string, std::less<>> judges_;  // names that were given
  std::set<std::string> taken_;
};

}  // namespace assay::exports
