#include "assay/exports/output_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
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

constexpr std::size_t kLongestName = 150;  // bytes; file systems take 255

// Without what file systems take for something else, nor a shell's or a terminal's signs.
std::string file_name_of(std::string_view title) {
  constexpr std::string_view kKept = " ,.;_-+=@()";
  std::string name;
  for (const char c : title) {
    const auto byte = static_cast<unsigned char>(c);
    const bool kept = std::isalnum(byte) != 0 || byte >= 0x80 || kKept.find(c) != std::string_view::npos;
    if (kept || (!name.empty() && name.back() != '-')) name += kept ? c : '-';
  }
  std::size_t end = std::min(name.size(), kLongestName);
  while (end < name.size() && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) --end;  // no half character
  name.resize(end);
  while (!name.empty() && (name.back() == '-' || name.back() == ' ')) name.pop_back();
  name.erase(0, std::min(name.find_first_not_of(". "), name.size()));
  return name.empty() ? "judge" : name;
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

std::string OutputFolder::name_of_judge(std::string_view judge) {
  if (const auto known = judges_.find(judge); known != judges_.end()) return known->second;
  const bool several = judge.find('/') != std::string_view::npos && judge.find(' ') != std::string_view::npos;
  const bool plain = stays_below(judge) && !several && judge.size() <= kLongestName;
  const std::string wanted = plain ? std::string(judge) : file_name_of(judge);
  std::string name = wanted;
  for (int i = 2; !taken_.insert(name).second; ++i) name = fmt::format("{} ({})", wanted, i);
  judges_.emplace(judge, name);
  return name;
}

void OutputFolder::finish() {
  std::error_code error;
  fs::remove(path_, error);  // the empty one
  fs::rename(part_, path_, error);
  if (error) throw Error(escaped(path_) + ": can't be made: " + error.message());
  finished_ = true;
}

}  // namespace assay::exports
