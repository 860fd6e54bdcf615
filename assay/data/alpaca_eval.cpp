#include "assay/data/alpaca_eval.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/core/utf8.h"
#include "assay/data/file_list.h"
#include "assay/data/json_reader.h"
#include "assay/data/own_look.h"

namespace assay::data {
namespace {

constexpr const char* kAnnotations = "annotations.json";

struct AnnotationFile {
  std::string model;
  std::string annotator;
  std::string path;
};

/// Where the model's part of MODEL/ANNOTATOR/annotations.json ends, if models or annotators are called org/name:
/// the number of names of the model. `names`: the folders, at least two.
class ModelNames {
 public:
  ModelNames(const std::string& results, const std::vector<std::vector<std::string>>& all,
             const std::string& wanted)
      : results_(results), wanted_(wanted) {
    std::set<std::string> last, tails, heads;
    for (const std::vector<std::string>& names : all) {
      if (names.size() == 2) models_.insert(names[0]);
      if (names.size() != 3) continue;
      last.insert(names[2]);
      tails.insert(names[1] + "/" + names[2]);
      heads.insert(names[0]);
    }
    // Several models of one ORG with one annotator tell themselves: ORG/MODEL/ANNOTATOR. The same two folders below
    // every other may be MODEL/ORG/ANNOTATOR as well.
    ambiguous_ = tails.size() <= last.size();
    several_ = heads.size() > 1;
  }

  std::size_t operator()(const std::vector<std::string>& names) const {
    const std::size_t most = names.size() - 1;
    if (most == 1) return 1;
    for (std::size_t count = 1; count <= most; ++count) {
      const std::span<const std::string> all(names);
      if (!wanted_.empty() && joined_names(all.subspan(count)) == wanted_) return count;
      const std::string model = joined_names(all.first(count));
      // The repository keeps a model's own answers in the model's folder.
      if (models_.contains(model) || is_file(join_path(join_path(results_, model), "model_outputs.json")))
        return count;
    }
    if (!ambiguous_) return most;
    const std::size_t told = told_by_rows(names);
    if (told > 0) return told;
    return several_ && most == 2 ? 1 : most;
  }

 private:
  // By the names in the file's first row; 0 if they do not tell.
  std::size_t told_by_rows(const std::vector<std::string>& names) const {
    const std::string path = join_path(join_path(results_, joined_names(names)), kAnnotations);
    std::vector<char> buffer;
    std::size_t told = 0;
    bool first = true;
    read_json_array(*open_source(path, nullptr), buffer, [&](const JsonValue& row) {
      if (!std::exchange(first, false)) return;
      const auto model = row.find("generator_2");
      const auto judge = row.find("annotator");
      for (std::size_t count = 1; count < names.size() && told == 0; ++count) {
        const auto is = [](const std::optional<JsonValue>& value, const std::string& name) {
          return value && value->kind() == JsonKind::string && value->string() == name;
        };
        const std::span<const std::string> all(names);
        if (is(judge, joined_names(all.subspan(count))) || is(model, joined_names(all.first(count)))) told = count;
      }
    });
    return told;
  }

  const std::string& results_;
  const std::string& wanted_;
  std::set<std::string> models_;  // with an annotator's folder directly below
  bool ambiguous_ = false;
  bool several_ = false;  // folders directly below results/ with folders in folders
};

/// Annotation files that `path` stands for: itself, or those of a results/ folder, or of the folder around it.
std::vector<AnnotationFile> find_annotations(const std::string& path, const std::string& wanted) {
  require_path(path);
  if (!is_folder(path)) {
    const std::string annotator = parent_folder(path);
    return {{file_name(parent_folder(annotator)), file_name(annotator), path}};
  }
  const std::string below = join_path(path, "results");
  const std::string& results = is_folder(below) ? below : path;
  std::vector<std::vector<std::string>> all;
  std::vector<std::string> paths;
  for (std::string& file : files_below(results, kAnnotations)) {
    std::vector<std::string> names = names_below(results, file);
    names.pop_back();
    // A results/ further down is another folder: where it lies is no part of a model's name.
    if (names.size() < 2 || std::find(names.begin(), names.end(), "results") != names.end()) continue;
    all.push_back(std::move(names));
    paths.push_back(std::move(file));
  }
  const ModelNames model_names(results, all, wanted);
  std::vector<AnnotationFile> found;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::span<const std::string> names(all[i]);
    const std::size_t count = model_names(all[i]);
    found.push_back({joined_names(names.first(count)), joined_names(names.subspan(count)), std::move(paths[i])});
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
  row_ = 0;
  read_json_array(source, buffer_, &sink_, [&](const JsonValue& row) {
    ++row_;
    take(row, model, judge);
  });
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
  OnConflict conflict = model == opponent ? OnConflict::keep_first : OnConflict::fail;
  const bool again = answered_before(model, query, output_2, where, conflict);
  sink_.add(ResponseRecord{query, model, 1, output_2}, where, conflict);
  // An instruction that a file has twice, with the same response, was judged twice: the first verdict stands.
  conflict = again ? OnConflict::keep_first : OnConflict::fail;
  sink_.add(VerdictRecord{query, model, opponent, judge, 1, value}, where, conflict);
}

/// True if this file has the model's same response to the instruction already. Another response is a DataError,
/// unless the first one stands.
bool AlpacaEvalReader::answered_before(std::string_view model, std::string_view query, std::string_view response,
                                       const Location& where, OnConflict conflict) {
  if (row_ == 1) answers_.clear();
  const auto [known, is_new] = answers_.try_emplace(std::string(query), Answer{row_, fnv1a(response)});
  if (is_new) return false;
  if (known->second.response == fnv1a(response) || conflict != OnConflict::fail) return true;
  throw DataError(
      where,
      fmt::format("expected one response of model {} to an instruction, came two that differ, in "
                  "row {} and row {}: {}",
                  quoted(model), known->second.row, row_, quoted(instructions_.at(std::string(query)).text)));
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
    for (AnnotationFile& file : find_annotations(path, options.annotator)) files.push_back(std::move(file));
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

std::string recognise_alpaca_eval(const std::string& path) {
  std::vector<std::string> files;
  if (is_folder(path)) {
    files = files_below(path, kAnnotations);
  } else if (file_name(path) == kAnnotations) {
    files = {path};
  }
  if (files.empty()) return {};
  const OwnLook look = own_look(files.front());
  const bool fits = look.has("instruction") && look.has("output_1") && look.has("preference");
  return fits ? "annotations.json with instruction, output_1 and preference" : "";
}

}  // namespace assay::data
