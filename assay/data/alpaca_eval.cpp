#include "assay/data/alpaca_eval.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>
#include <map>
#include <set>

#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/core/utf8.h"
#include "assay/data/file_list.h"
#include "assay/data/json_reader.h"

namespace assay::data {
namespace {

constexpr const char* kAnnotations = "annotations.json";

struct AnnotationFile {
  std::string model;
  std::string annotator;
  std::string path;
};

void find_below_model(const std::string& folder, const std::string& model, std::vector<AnnotationFile>& found) {
  for (const std::string& annotator : folder_names(folder)) {
    std::string file = join_path(join_path(folder, annotator), kAnnotations);
    if (is_file(file)) found.push_back({model, annotator, std::move(file)});
  }
}

/// Annotation files that `path` stands for: itself, or those of a results/ folder, or of the folder around it.
std::vector<AnnotationFile> find_annotations(const std::string& path) {
  require_path(path);
  if (!is_folder(path)) {
    const std::string annotator = parent_folder(path);
    return {{file_name(parent_folder(annotator)), file_name(annotator), path}};
  }
  const std::string below = join_path(path, "results");
  const std::string& results = is_folder(below) ? below : path;
  std::vector<AnnotationFile> found;
  for (const std::string& model : folder_names(results)) {
    const std::string folder = join_path(results, model);
    if (is_folder(folder)) find_below_model(folder, model, found);
  }
  if (found.empty()) {
    throw InvalidArgument(
        escaped(path) + ": expected a results/ folder with MODEL/ANNOTATOR/annotations.json, came one without any");
  }
  return found;
}

/// The annotator that the user wants, or the only one; throws InvalidArgument that lists them.
std::string pick_annotator(std::span<const AnnotationFile> files, const std::string& wanted) {
  std::map<std::string, std::size_t> models;
  for (const AnnotationFile& file : files) ++models[file.annotator];
  if (models.contains(wanted)) return wanted;
  if (wanted.empty() && models.size() == 1) return models.begin()->first;
  std::vector<std::string> list;
  for (const auto& [name, count] : models) list.push_back(fmt::format("{} ({} models)", escaped(name), count));
  throw InvalidArgument(fmt::format("expected `annotator` to name one of {}, came {}", fmt::join(list, ", "),
                                    wanted.empty() ? "none" : quoted(wanted)));
}

}  // namespace

std::string instruction_id(std::string_view instruction) { return fmt::format("{:016x}", fnv1a(instruction)); }

double preference_value(const JsonValue& preference) {
  if (preference.is_null()) return std::numeric_limits<double>::quiet_NaN();
  constexpr std::string_view kExpected = "a preference (null, 0, or a number from 1 to 2)";
  if (preference.kind() != JsonKind::number) preference.reject(kExpected);
  const double value = preference.number();
  if (value == 0) return 0.5;
  if (!(value >= 1 && value <= 2)) preference.reject(kExpected);
  return value - 1;
}

void AlpacaEvalReader::read(ByteSource& source, std::string_view model, std::string_view judge) {
  read_json_array(source, buffer_, &sink_, [&](const JsonValue& row) { take(row, model, judge); });
}

void AlpacaEvalReader::take(const JsonValue& row, std::string_view model, std::string_view judge) {
  const Location where = row.where();
  const std::string_view query = query_of(row, where);
  const std::string_view opponent = row.field("generator_1").name();
  if (opponent != baseline_) {
    baseline_ = opponent;
    sink_.baseline(opponent, where);
  }
  const std::string_view output_1 = row.field("output_1").string();
  const std::string_view output_2 = row.field("output_2").string();
  const double value = preference_value(row.field("preference"));
  // Real files do not all carry the same baseline output: the first one seen stands.
  sink_.add(ResponseRecord{query, opponent, 1, output_1}, where, OnConflict::keep_first);
  // So do those in the baseline's own folder, where real clones compare it with itself.
  const OnConflict conflict = model == opponent ? OnConflict::keep_first : OnConflict::fail;
  sink_.add(ResponseRecord{query, model, 1, output_2}, where, conflict);
  sink_.add(VerdictRecord{query, model, opponent, judge, 1, value}, where, OnConflict::fail);
}

/// Id of the row's instruction. The query is told to the sink when it is seen first, or with another task.
std::string_view AlpacaEvalReader::query_of(const JsonValue& row, const Location& where) {
  const std::string_view text = row.field("instruction").string();
  const auto dataset = row.find("dataset");
  const std::string_view task = dataset && !dataset->is_null() ? dataset->string() : "";
  id_ = instruction_id(text);
  const auto [known, is_new] = instructions_.try_emplace(id_, Instruction{std::string(text), std::string(task)});
  if (!is_new && known->second.text != text) {
    throw DataError(where,
                    fmt::format("expected instructions with different ids, came {} and {} with the same one, {}",
                                quoted(known->second.text), quoted(text), id_));
  }
  if (is_new || known->second.task != task) {
    sink_.add(QueryRecord{id_, 1, text, task}, where, OnConflict::fail);
  }
  return id_;
}

void read_alpaca_eval(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                      const Progress& progress) {
  std::vector<AnnotationFile> files;
  for (const std::string& path : paths) {
    for (AnnotationFile& file : find_annotations(path)) files.push_back(std::move(file));
  }
  if (files.empty()) throw InvalidArgument("expected the path of a results/ folder, came none");
  const std::string annotator = pick_annotator(files, options.annotator);
  std::set<std::string> judged;
  std::vector<std::string> chosen;
  for (const AnnotationFile& file : files) {
    if (file.annotator != annotator) continue;
    judged.insert(file.model);
    chosen.push_back(file.path);
  }
  ReadMeter meter(total_size(chosen), progress);
  AlpacaEvalReader reader(sink);
  for (const AnnotationFile& file : files) {
    if (file.annotator == annotator) {
      reader.read(*open_source(file.path, &meter), file.model, annotator);
    } else if (judged.insert(file.model).second) {
      sink.drop("model not judged by the annotator", {file.path, 0});
    }
  }
}

}  // namespace assay::data
