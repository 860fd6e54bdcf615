#include "assay/data/file_list.h"

#include <algorithm>
#include <filesystem>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/byte_source.h"

namespace assay::data {
namespace {

namespace fs = std::filesystem;

bool is_jsonl(std::string_view name) { return name.ends_with(".jsonl") || name.ends_with(".jsonl.gz"); }

/// Absolute, without "." and "..", and without a slash at the end.
fs::path plain(const std::string& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  fs::path result = (error ? fs::path(path) : absolute).lexically_normal();
  return result.has_filename() ? result : result.parent_path();
}

constexpr int kMaxFileDepth = 12;  // of folders looked through

// Links are followed where names of models and judges usually stand, and no deeper.
constexpr int kLinkDepth = 2;

// A link to a folder around it would go round in circles.
bool may_follow(const std::string& path, int depth) {
  std::error_code error;
  if (!fs::is_symlink(path, error)) return true;
  if (depth >= kLinkDepth) return false;
  const fs::path target = fs::canonical(path, error);
  if (error) return false;
  const fs::path around = fs::canonical(fs::path(path).parent_path(), error);
  const auto [end, rest] = std::mismatch(target.begin(), target.end(), around.begin(), around.end());
  return !error && end != target.end();
}

std::vector<std::string> all_names(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> names;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error) throw Error(escaped(folder) + ": can't be read: " + error.message());
  std::sort(names.begin(), names.end());
  return names;
}

void collect_files(const std::string& folder, int depth, const NameTest& wanted, const NameTest& dotted,
                   std::vector<std::string>& files) {
  for (const std::string& name : all_names(folder)) {
    const bool hidden = name.starts_with('.');
    if (hidden && (!dotted || !dotted(name))) continue;
    std::string path = join_path(folder, name);
    if (is_folder(path)) {
      if (may_follow(path, depth) && depth < kMaxFileDepth) collect_files(path, depth + 1, wanted, dotted, files);
    } else if (!hidden && wanted(name) && is_plain_file(path)) {
      files.push_back(std::move(path));
    }
  }
}

}  // namespace

void require_path(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) {
    throw InvalidArgument(escaped(path) + ": expected a file or folder, came a path where there is nothing");
  }
  if (error) throw Error(escaped(path) + ": can't be read: " + error.message());
}

void require_file(const std::string& path) {
  require_path(path);
  if (is_folder(path)) throw InvalidArgument(escaped(path) + ": expected a file, came a folder");
}

void require_plain_files(const std::string& folder) {
  for (const std::string& name : folder_names(folder)) {
    const std::string path = join_path(folder, name);
    if (is_file(path) && !is_plain_file(path)) {
      throw DataError({path},
                      "expected a plain file, came a pipe, a socket or a device; take it out of the folder");
    }
  }
}

void make_folder(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) throw Error(escaped(path) + ": can't be made: " + error.message());
}

void rename_file(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) throw Error(escaped(to) + ": can't be written: " + error.message());
}

bool is_there(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

bool is_folder(const std::string& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

bool is_file(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  return fs::exists(status) && !fs::is_directory(status);
}

bool is_plain_file(const std::string& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

std::vector<std::string> folder_names(const std::string& folder) {
  std::vector<std::string> names = all_names(folder);
  std::erase_if(names, [](const std::string& name) { return name.starts_with('.'); });
  return names;
}

std::vector<std::string> jsonl_files(const std::string& folder) {
  std::vector<std::string> files;
  if (!is_folder(folder)) return files;
  for (const std::string& name : folder_names(folder)) {
    std::string path = join_path(folder, name);
    if (is_jsonl(name) && is_plain_file(path)) files.push_back(std::move(path));
  }
  return files;
}

std::vector<std::string> jsonl_files_below(const std::string& folder) {
  std::vector<std::string> files;
  if (is_folder(folder)) collect_files(folder, 0, is_jsonl, {}, files);
  return files;
}

std::vector<std::string> files_below(const std::string& folder, std::string_view name) {
  return files_below(folder, [&](std::string_view other) { return other == name; });
}

std::vector<std::string> files_below(const std::string& folder, const NameTest& wanted, const NameTest& dotted) {
  std::vector<std::string> files;
  collect_files(folder, 0, wanted, dotted, files);
  return files;
}

std::vector<std::string> files_ending(const std::string& folder, std::span<const std::string_view> endings) {
  return files_below(folder, [&](std::string_view name) {
    return std::ranges::any_of(endings,
                               [&](std::string_view ending) { return without_packing(name).ends_with(ending); });
  });
}

std::string file_start(const std::string& path, std::size_t size) {
  return source_start(*open_source(path, nullptr), size);
}

std::string source_start(ByteSource& source, std::size_t size) {
  std::string start(size, '\0');
  std::size_t length = 0;
  while (length < size) {
    const std::size_t count = source.read(start.data() + length, size - length);
    if (count == 0) break;
    length += count;
  }
  start.resize(length);
  return start;
}

std::string_view without_packing(std::string_view name) {
  for (const std::string_view ending : {".gz", ".zst"}) {
    if (name.ends_with(ending)) name.remove_suffix(ending.size());
  }
  return name;
}

std::string jsonl_file(const std::string& folder, std::string_view name) {
  for (const char* ending : {".jsonl", ".jsonl.gz"}) {
    std::string path = join_path(folder, std::string(name) + ending);
    if (is_plain_file(path)) return path;
  }
  return {};
}

std::string join_path(std::string_view a, std::string_view b) { return (fs::path(a) / fs::path(b)).string(); }

std::string file_name(const std::string& path) { return plain(path).filename().string(); }

std::string parent_folder(const std::string& path) { return plain(path).parent_path().string(); }

std::string jsonl_stem(const std::string& path) {
  std::string name = file_name(path);
  for (const std::string_view ending : {std::string_view(".gz"), std::string_view(".jsonl")}) {
    if (name.ends_with(ending)) name.resize(name.size() - ending.size());
  }
  return name;
}

std::vector<std::string> names_below(const std::string& folder, const std::string& path) {
  std::vector<std::string> names;
  for (const fs::path& part : fs::path(path).lexically_relative(folder)) names.push_back(part.string());
  return names;
}

std::string joined_names(std::span<const std::string> names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : "/") + name;
  return text;
}

std::size_t total_size(std::span<const std::string> files) {
  std::size_t total = 0;
  for (const std::string& file : files) {
    std::error_code error;
    const auto size = fs::file_size(file, error);
    if (!error) total += static_cast<std::size_t>(size);
  }
  return total;
}

}  // namespace assay::data
