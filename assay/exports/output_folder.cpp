#include "assay/exports/output_folder.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/exports/output_file.h"

namespace assay::exports {
namespace {

namespace fs = std::filesystem;

// Whether every part is a plain name, so that nothing is written elsewhere; nor hidden, which no reader finds.
bool stays_below(std::string_view name) {
  if (name.find('\0') != std::string_view::npos) return false;
  std::size_t begin = 0;
  while (begin <= name.size()) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    const std::string_view part = name.substr(begin, end - begin);
    if (part.empty() || part.starts_with('.')) return false;
    begin = end + 1;
  }
  return true;
}

}  // namespace

OutputFolder::OutputFolder(std::string path) : path_(std::move(path)) {
  while (path_.size() > 1 && path_.ends_with('/')) path_.pop_back();
  part_ = path_ + ".part";
  std::error_code error;
  if (fs::exists(path_, error) && !(fs::is_directory(path_, error) && fs::is_empty(path_, error))) {
    throw InvalidArgument(escaped(path_) + ": expected a new or an empty folder, came one with something in it");
  }
  fs::remove_all(part_, error);
  fs::create_directories(part_, error);
  if (error) throw Error(escaped(part_) + ": can't be made: " + error.message());
}

OutputFolder::~OutputFolder() {
  std::error_code ignored;
  if (!finished_) fs::remove_all(part_, ignored);
}

void OutputFolder::write(std::string_view name, std::string_view text) const {
  if (!stays_below(name)) {
    throw InvalidArgument(
        fmt::format("{} can't be the name of a file below a folder; give the model or judge another "
                    "name",
                    quoted(name)));
  }
  const fs::path target = fs::path(part_) / fs::path(std::string(name));
  std::error_code error;
  fs::create_directories(target.parent_path(), error);
  if (error) throw Error(escaped(target.string()) + ": can't be made: " + error.message());
  OutputFile file(target.string());
  file.write(text);
  file.finish();
}

void OutputFolder::finish() {
  std::error_code error;
  fs::remove(path_, error);  // the empty one
  fs::rename(part_, path_, error);
  if (error) throw Error(escaped(path_) + ": can't be made: " + error.message());
  finished_ = true;
}

}  // namespace assay::exports
