#include "assay/data/recognise.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/battles.h"
#include "assay/data/file_list.h"
#include "assay/data/text_file.h"

namespace assay::data {
namespace {

std::string names_of_formats(std::span<const Recognised> found) {
  std::vector<std::string_view> names;
  for (const Recognised& one : found) names.push_back(one.format->name);
  return fmt::format("{}", fmt::join(names, ", "));
}

// What is no format at all, whatever it is called.
void require_text(const std::string& path) {
  if (!is_file(path)) return;
  const std::string start = file_start(path);
  const std::size_t mark = mark_length(start, path);
  if (start.find_first_not_of(" \t\r\n", mark) == std::string::npos) {
    throw DataError({path},
                    start.empty() ? "expected rows, came an empty file" : "expected rows, came blanks alone");
  }
}

Recognised recognise_path(const std::string& path) {
  std::vector<Recognised> found;
  for (const Format& format : formats()) {
    if (!format.by_first_bytes || !is_file(path)) continue;
    std::string why = format.recognise(path);
    if (!why.empty()) return {&format, std::move(why)};
  }
  for (const bool general : {false, true}) {
    for (const Format& format : formats()) {
      if (format.recognise == nullptr || format.general != general) continue;
      std::string why = format.recognise(path);
      if (!why.empty()) found.push_back({&format, std::move(why)});
    }
    if (!found.empty()) break;
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    require_text(path);
    std::vector<std::string_view> names;
    for (const Format& format : formats()) names.push_back(format.name);
    throw InvalidArgument(
        fmt::format("{}: this is no format that is known by its look; put its name before the path: {}; rows of "
                    "your own need names such as id, prompt, model, response and score",
                    escaped(path), fmt::join(names, ", ")));
  }
  std::vector<std::string> reasons;
  for (const Recognised& one : found) reasons.push_back(fmt::format("{} ({})", one.format->name, one.why));
  throw InvalidArgument(fmt::format("{}: this may be {}; put the name of the right one before the path",
                                    escaped(path), fmt::join(reasons, " or ")));
}

// Of a file whose rows have columns of any name.
Recognised rows_in(const std::string& path) {
  for (const Format& format : formats()) {
    if (!format.by_first_bytes) continue;
    if (std::string why = format.recognise(path); !why.empty()) return {&format, std::move(why)};
  }
  const char begin = first_character(*open_source(path, nullptr));
  if (begin == '{' || begin == '[') return {&format("jsonl"), "rows of JSON"};
  return {&format("csv"), "a table"};
}

}  // namespace

Recognised recognise(std::span<const std::string> paths) {
  std::vector<Recognised> found;
  for (const std::string& path : paths) {
    require_path(path);
    found.push_back(recognise_path(path));
    const bool own = found.back().format->general && found.front().format->general;
    if (found.back().format != found.front().format && own) {
      // Prompts in one file, answers in others: all are rows of one's own.
      found.front() = {&format("answers"), found.front().why + " and " + found.back().why};
      found.back() = found.front();
    }
    if (found.back().format != found.front().format) {
      throw InvalidArgument(fmt::format("expected files of one format, came {} ({} and {}); import them one by one",
                                        names_of_formats(found), escaped(paths.front()), escaped(path)));
    }
  }
  if (found.empty()) throw InvalidArgument("expected files or folders, came none");
  return found.front();
}

Recognised recognise_rows(std::span<const std::string> paths) {
  if (paths.empty()) throw InvalidArgument("expected files, came none");
  std::vector<Recognised> found;
  for (const std::string& path : paths) {
    require_file(path);
    found.push_back(rows_in(path));
    if (found.back().format == found.front().format) continue;
    throw InvalidArgument(fmt::format("expected files of one format, came {} and {}; import them one by one",
                                      escaped(paths.front()), escaped(path)));
  }
  return found.front();
}

}  // namespace assay::data
