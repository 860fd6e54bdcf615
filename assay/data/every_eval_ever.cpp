#include "assay/data/every_eval_ever.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/every_eval_ever_rows.h"
#include "assay/data/file_list.h"
#include "assay/data/lm_eval_files.h"
#include "assay/data/text_file.h"

namespace assay::data {
namespace {

constexpr std::string_view kSamplesEnding = "_samples";

enum class EveryEvalKind { samples, aggregate, other };

/// What a file is by how it begins: the first fields are the same in all files, whatever writes them.
EveryEvalKind every_eval_kind(const std::string& path) {
  constexpr std::size_t kEnough = 8192;
  const std::string text = file_start(path, kEnough);
  const auto has = [&](std::string_view key) { return text.find(key) != std::string::npos; };
  if (!has("\"schema_version\"") || !has("\"evaluation_id\"")) return EveryEvalKind::other;
  if (has("\"sample_id\"") && has("\"evaluation_name\"") && has("\"model_id\"")) return EveryEvalKind::samples;
  return has("\"source_metadata\"") || has("\"model_info\"") ? EveryEvalKind::aggregate : EveryEvalKind::other;
}

bool is_json_name(std::string_view name) { return without_endings(name) != name; }

/// UUID of UUID.json and UUID_samples.jsonl, with its folder.
std::string pair_name(const std::string& path) {
  std::string name = file_name(path);
  std::string_view stem = without_endings(name);
  if (stem.ends_with(kSamplesEnding)) stem.remove_suffix(kSamplesEnding.size());
  return join_path(parent_folder(path), stem);
}

struct EveryEvalFile {
  std::string path;
  std::string model;
  std::string collection;  ///< What several runs have in common.
  double date = 0;
  const EveryEvalAggregate* aggregate = nullptr;
};

/// "collection/model" of "collection/model/time".
std::string without_time(std::string_view evaluation_id) {
  return std::string(evaluation_id.substr(0, evaluation_id.rfind('/')));
}

class EveryEvalImport {
 public:
  EveryEvalImport(const FormatOptions& options, RecordSink& sink) : options_(options), sink_(sink) {}

  void add(const std::string& path) {
    require_path(path);
    std::vector<std::string> files = {path};
    if (is_folder(path)) {
      files = files_below(path, is_json_name);
    } else {
      add_partner(path, files);
    }
    std::vector<std::string> others;
    for (const std::string& file : files) {
      const EveryEvalKind kind = every_eval_kind(file);
      if (kind == EveryEvalKind::samples || is_named_like_samples(file)) {
        samples_.insert(file);
      } else if (kind == EveryEvalKind::aggregate) {
        aggregates_.try_emplace(pair_name(file), file);
      } else {
        others.push_back(file);
      }
    }
    // A file that stands beside samples is their aggregate: if it is damaged, that is said.
    for (const std::string& file : others) {
      const auto is_partner = [&](const std::string& samples) { return pair_name(samples) == pair_name(file); };
      if (std::any_of(samples_.begin(), samples_.end(), is_partner)) aggregates_.try_emplace(pair_name(file), file);
    }
  }

  void read(const Progress& progress) {
    if (samples_.empty()) reject_without_samples();
    std::size_t aggregates = 0;
    for (const auto& [pair, path] : aggregates_) aggregates += total_size({&path, 1});
    for (const auto& [pair, path] : aggregates_)
      read_ahead_.emplace(pair, read_every_eval_aggregate(*open_source(path, nullptr)));
    std::vector<EveryEvalFile> files = choose_runs();
    std::vector<std::string> paths;
    for (const EveryEvalFile& file : files) paths.push_back(file.path);
    ReadMeter meter(aggregates + total_size(paths), progress);
    meter.add(aggregates);
    EveryEvalRows rows(options_, sink_);
    for (const EveryEvalFile& file : files) {
      rows.read(*open_source(file.path, &meter), file.aggregate);
      if (file.aggregate == nullptr || file.aggregate->provider.empty()) continue;
      sink_.add(ModelRecord{.model = file.aggregate->model, .provider = file.aggregate->provider}, {file.path, 0},
                OnConflict::keep_first);
    }
    for (const auto& [pair, path] : aggregates_) {
      if (!with_samples_.contains(pair))
        sink_.note("an aggregate without samples: only means are there", {path, 0});
    }
  }

 private:
  static bool is_named_like_samples(const std::string& path) {
    const std::string name = file_name(path);
    return without_endings(name).ends_with(kSamplesEnding) && name.find(".jsonl") != std::string::npos;
  }

  static void add_partner(const std::string& path, std::vector<std::string>& files) {
    for (const std::string& name : folder_names(parent_folder(path))) {
      const std::string other = join_path(parent_folder(path), name);
      if (name != file_name(path) && is_json_name(name) && is_plain_file(other) &&
          pair_name(other) == pair_name(path)) {
        files.push_back(other);
      }
    }
  }

  EveryEvalFile file_of(const std::string& path) {
    EveryEvalFile file;
    file.path = path;
    const auto pair = read_ahead_.find(pair_name(path));
    if (pair != read_ahead_.end()) {
      with_samples_.insert(pair->first);
      file.aggregate = &pair->second;
      file.model = file.aggregate->model;
      file.date = file.aggregate->date;
      file.collection = without_time(file.aggregate->evaluation_id);
      std::set<std::string> evaluations;
      for (const EveryEvalMetric& metric : file.aggregate->metrics) evaluations.insert(metric.evaluation);
      for (const std::string& evaluation : evaluations) file.collection += "\n" + evaluation;
    } else {
      sink_.note("samples without an aggregate beside them: directions of metrics are not known", {path, 0});
      file.collection = path;
    }
    return file;
  }

  /// Leaves one file for each model and collection.
  std::vector<EveryEvalFile> choose_runs() {
    std::map<std::pair<std::string, std::string>, std::vector<EveryEvalFile>> all;
    for (const std::string& path : samples_) {
      EveryEvalFile file = file_of(path);
      std::pair<std::string, std::string> key(file.model, file.collection);
      all[std::move(key)].push_back(std::move(file));
    }
    std::vector<EveryEvalFile> chosen;
    bool known = options_.run.empty();
    const auto of_run = [&](const EveryEvalFile& file) {
      return !options_.run.empty() &&
             (file_name(file.path).find(options_.run) != std::string::npos ||
              (file.aggregate != nullptr && file.aggregate->evaluation_id.find(options_.run) != std::string::npos));
    };
    for (auto& [key, several] : all) {
      if (std::any_of(several.begin(), several.end(), of_run)) {
        known = true;
        std::erase_if(several, [&](const EveryEvalFile& file) { return !of_run(file); });
      }
      const auto newest =
          std::max_element(several.begin(), several.end(),
                           [](const EveryEvalFile& a, const EveryEvalFile& b) { return a.date < b.date; });
      for (const EveryEvalFile& file : several) {
        if (&file == &*newest) continue;
        sink_.note("an older run of a model on a task, not read: the newest counts", {file.path, 0});
      }
      chosen.push_back(std::move(*newest));
    }
    if (known) return chosen;
    throw InvalidArgument(fmt::format(
        "expected `run` to be a part of a file's name or of an evaluation_id, came {}", quoted(options_.run)));
  }

  [[noreturn]] void reject_without_samples() const {
    if (aggregates_.empty()) {
      throw InvalidArgument("expected files of Every Eval Ever (UUID_samples.jsonl, UUID.json), came none");
    }
    throw InvalidArgument(
        escaped(aggregates_.begin()->second) +
        ": expected UUID_samples.jsonl beside it, came an aggregate alone, which holds means only; "
        "convert the evaluation with --include_samples");
  }

  const FormatOptions& options_;
  RecordSink& sink_;
  std::map<std::string, std::string> aggregates_;  ///< Paths, by the name that they share with their samples.
  std::map<std::string, EveryEvalAggregate> read_ahead_;
  std::set<std::string> samples_;
  std::set<std::string> with_samples_;
};

}  // namespace

void read_every_eval_ever(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                          const Progress& progress) {
  EveryEvalImport import(options, sink);
  for (const std::string& path : paths) import.add(path);
  import.read(progress);
}

std::string recognise_every_eval_ever(const std::string& path) {
  require_path(path);
  const std::vector<std::string> files = is_folder(path) ? files_below(path, is_json_name) : std::vector{path};
  for (const std::string& file : files) {
    if (every_eval_kind(file) == EveryEvalKind::other) continue;
    return fmt::format("{} has the schema_version and evaluation_id of Every Eval Ever", escaped(file_name(file)));
  }
  return "";
}

}  // namespace assay::data
