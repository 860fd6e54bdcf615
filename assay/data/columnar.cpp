#include "assay/data/columnar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "assay/core/ascii.h"
#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/columnar_source.h"
#include "assay/data/csv.h"
#include "assay/data/file_list.h"
#include "assay/data/jsonl.h"
#include "assay/data/own_columns.h"
#include "assay/data/own_look.h"

namespace assay::data {
namespace {

constexpr std::array<std::string_view, 1> kParquetEndings = {".parquet"};
constexpr std::array<std::string_view, 2> kArrowEndings = {".arrow", ".feather"};

std::vector<std::string> columnar_files(const std::string& path) {
  require_path(path);
  if (!is_folder(path)) return {path};
  std::vector<std::string> files = files_ending(path, kParquetEndings);
  if (files.empty()) files = files_ending(path, kArrowEndings);
  if (files.empty()) {
    throw InvalidArgument(
        fmt::format("{}: expected .parquet, .arrow or .feather files, came a folder without", escaped(path)));
  }
  return files;
}

bool has_csv_options(const FormatOptions& options) {
  return !options.gold.empty() || !options.task.empty() || !options.weights.empty() ||
         options.na != FormatOptions().na;
}

/// Whether a column that nobody knows is a model. Beside prompts only numbers are scores: texts may say anything.
bool is_wide(const ColumnarSource& source, const FormatOptions& options) {
  OwnLook look{OwnLook::Kind::table, {}};
  bool texts = false;
  for (std::size_t i = 0; i < source.columns().size(); ++i) {
    const std::string& name = source.columns()[i];
    if (std::ranges::find(options.ignore, name) != options.ignore.end()) continue;
    look.names.push_back(name);
    texts = texts || (usual_role(name) == OwnRole::none && ascii_lower(name) != "query" && !source.is_number(i));
  }
  const OwnContent content = own_content(look);
  const bool prompts =
      std::ranges::any_of(look.names, [](const std::string& name) { return usual_role(name) == OwnRole::prompt; });
  return content.ours && !(prompts && texts);
}

/// A table with a model a column, or one that is to be read with options of csv, is read as csv, else as rows of
/// JSON, which have lists and chats.
void read_columnar_file(const std::string& path, ReadMeter& meter, OwnRowWriter& writer) {
  if (columnar_kind(path).empty()) {
    throw DataError({path, 1}, "expected a Parquet or Arrow file (not packed again by gzip or zstd), came another");
  }
  const auto source = open_columnar(path, &meter);
  const FormatOptions& options = writer.options();
  const bool as_csv = options.prompt.empty() && (is_wide(*source, options) || has_csv_options(options));
  if (!as_csv) return read_jsonl_file(*source, '{', writer);
  if (!source->fault().empty()) {
    throw DataError({path, 1}, fmt::format("expected a readable file, came {}", source->fault()));
  }
  read_csv_table(*open_columnar(path, &meter, ColumnarRows::csv), writer);
}

std::string recognise_columnar(const std::string& path, std::string_view kind,
                               std::span<const std::string_view> endings) {
  if (is_file(path)) return columnar_kind(path) == kind ? fmt::format("begins as {} files do", kind) : "";
  if (!is_folder(path)) return {};
  const std::vector<std::string> files = files_ending(path, endings);
  return files.empty() ? "" : fmt::format("{} files in it", kind);
}

}  // namespace

void read_columnar(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                   const Progress& progress) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    const std::vector<std::string> found = columnar_files(path);
    files.insert(files.end(), found.begin(), found.end());
  }
  ReadMeter meter(total_size(files), progress);
  OwnRowWriter writer(options, sink);
  for (const std::string& file : files) read_columnar_file(file, meter, writer);
}

std::string recognise_parquet(const std::string& path) {
  return recognise_columnar(path, "Parquet", kParquetEndings);
}

std::string recognise_arrow(const std::string& path) { return recognise_columnar(path, "Arrow", kArrowEndings); }

}  // namespace assay::data
