#include "assay/data/column_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/column_file.h"
#include "assay/data/file_list.h"
#include "assay/data/jsonl.h"

namespace assay::data {
namespace {

/// What a row may hold: the column that tells it, and those that go with it.
struct RowKind {
  std::string_view key;
  std::vector<std::string_view> others;
};

const std::vector<RowKind>& row_kinds() {
  static const std::vector<RowKind> kKinds = {
      {"prompt", {"query", "turn", "task", "options", "weights"}},
      {"response", {"query", "model", "turn"}},
      {"verdict", {"query", "model", "opponent", "judge", "turn"}},
      {"score", {"query", "model", "judge", "turn", "repeat"}},
      {"scores", {"query", "model", "judge", "turn", "human"}},
      {"label", {"query", "model"}},
      {"parameters", {"model"}},
      {"price", {"model"}},
  };
  return kKinds;
}

bool holds(std::span<const std::string> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void tell_other_columns(const ColumnFile& file, const std::string& path, RecordSink& sink) {
  for (const std::string& name : file.columns()) {
    const auto& kinds = row_kinds();
    const bool known = std::any_of(kinds.begin(), kinds.end(), [&](const RowKind& kind) {
      return kind.key == name || std::find(kind.others.begin(), kind.others.end(), name) != kind.others.end();
    });
    // pandas writes its row numbers so.
    if (!known && !name.starts_with("__index_level_")) {
      sink.note(fmt::format("column {}: passed over", quoted(name)), {path, 0});
    }
  }
}

void read_table(const std::string& path, const FormatOptions& options, RecordSink& sink) {
  const std::unique_ptr<ColumnFile> file = open_column_file(path);
  std::vector<const RowKind*> there;
  std::vector<std::string_view> keys;
  for (const RowKind& kind : row_kinds()) {
    keys.push_back(kind.key);
    if (holds(file->columns(), kind.key)) there.push_back(&kind);
  }
  if (there.empty()) {
    throw DataError({path, 0}, fmt::format("expected one of the columns {}, came {}", fmt::join(keys, ", "),
                                           quoted(fmt::format("{}", fmt::join(file->columns(), ", ")), 200)));
  }
  tell_other_columns(*file, path, sink);
  bool any = false;
  for (const RowKind* kind : there) {
    // A null is a call that gave nothing only where rows can't be about something else.
    const bool nulls = there.size() == 1 && (kind->key == "score" || kind->key == "verdict");
    const std::unique_ptr<ByteSource> rows = file->rows(kind->key, kind->others, nulls);
    if (rows == nullptr) continue;
    any = true;
    read_jsonl_file(*rows, options, sink);
  }
  if (!any) throw DataError({path, 0}, "expected a table with something in it, came one without");
}

std::vector<std::string> table_files_of(const std::string& path, ColumnFileKind kind) {
  if (!is_folder(path)) return {path};
  return files_below(path, [&](std::string_view name) {
    return kind == ColumnFileKind::parquet ? name.ends_with(".parquet")
                                           : name.ends_with(".arrow") || name.ends_with(".feather");
  });
}

void read_tables(std::span<const std::string> paths, ColumnFileKind kind, const FormatOptions& options,
                 RecordSink& sink, const Progress& progress) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    require_path(path);
    std::vector<std::string> found = table_files_of(path, kind);
    if (found.empty()) {
      throw InvalidArgument(escaped(path) +
                            ": expected .parquet, .arrow or .feather files in the folder, came one without any");
    }
    files.insert(files.end(), found.begin(), found.end());
  }
  ReadMeter meter(total_size(files), progress);
  for (const std::string& file : files) {
    read_table(file, options, sink);
    meter.add(total_size({&file, 1}));
  }
}

std::string recognise_table(const std::string& path, ColumnFileKind kind, std::string_view why) {
  const std::vector<std::string> files = table_files_of(path, kind);
  return !files.empty() && column_file_kind(files.front()) == kind ? std::string(why) : "";
}

}  // namespace

void read_parquet(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                  const Progress& progress) {
  read_tables(paths, ColumnFileKind::parquet, options, sink, progress);
}

void read_arrow(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                const Progress& progress) {
  read_tables(paths, ColumnFileKind::arrow, options, sink, progress);
}

std::string recognise_parquet(const std::string& path) {
  return recognise_table(path, ColumnFileKind::parquet, "it starts with PAR1");
}

std::string recognise_arrow(const std::string& path) {
  return recognise_table(path, ColumnFileKind::arrow, "it starts as Arrow's files or streams do");
}

}  // namespace assay::data
