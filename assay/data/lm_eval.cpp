#include "assay/data/lm_eval.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/battles.h"
#include "assay/data/file_list.h"
#include "assay/data/lm_eval_files.h"
#include "assay/data/lm_eval_results.h"
#include "assay/data/lm_eval_samples.h"

namespace assay::data {
namespace {

/// A results file and what it says.
struct LmEvalRun {
  std::string path;
  LmEvalResults said;
  bool has_samples = false;
};

/// A samples file, and whose samples it holds.
struct LmEvalPart {
  std::string path;
  std::string task;
  std::string model;  ///< As it will be called.
  double date = 0;
  LmEvalRun* run = nullptr;
};

/// "org/model" of the folder org__model.
std::string model_of_folder(const std::string& folder) {
  std::string name = file_name(folder);
  for (std::size_t at = 0; (at = name.find("__", at)) != std::string::npos;) name.replace(at, 2, "/");
  return name;
}

/// A name of a model that is a path of somebody's machine.
bool is_local_path(std::string_view model) {
  return model.starts_with('/') || model.starts_with('~') || model.starts_with('\\') ||
         (model.size() > 2 && model[1] == ':' && (model[2] == '\\' || model[2] == '/'));
}

/// What models are called in a study: paths of somebody's machine by their last names, as many as tell them apart.
class ModelLabels {
 public:
  void add(const std::string& model) { models_.insert(model); }

  std::string of(const std::string& model) const {
    if (!is_local_path(model)) return model;
    for (std::size_t names = 1;; ++names) {
      std::string label = end_of(model, names);
      const bool taken = std::any_of(models_.begin(), models_.end(), [&](const std::string& other) {
        return other != model && (is_local_path(other) ? end_of(other, names) : other) == label;
      });
      if (!taken || label.size() + 1 >= model.size()) return label;
    }
  }

 private:
  static std::string end_of(std::string_view model, std::size_t names) {
    constexpr std::string_view kSlashes = "/\\";
    while (!model.empty() && kSlashes.find(model.back()) != std::string_view::npos) model.remove_suffix(1);
    std::size_t begin = model.size();
    while (names > 0 && begin > 0) {
      const std::size_t slash = model.find_last_of(kSlashes, begin - 1);
      begin = slash == std::string_view::npos ? 0 : slash;
      --names;
    }
    const std::size_t first = model.find_first_not_of(kSlashes, begin);
    return std::string(first == std::string_view::npos ? model : model.substr(first));
  }

  std::set<std::string> models_;
};

/// The task of an old samples file ARGUMENTS_TASK.jsonl, if `run` has it; and whether the arguments are the run's.
struct OldName {
  std::string task;
  bool of_run = false;
};

OldName task_of_old(std::string_view stem, const LmEvalResults& run) {
  OldName found;
  for (const auto& [task, facts] : run.tasks) {
    const bool fits =
        stem == task || (stem.ends_with(task) && stem.substr(0, stem.size() - task.size()).ends_with('_'));
    if (fits && task.size() > found.task.size()) found.task = task;
  }
  std::string other = run.model_args;  // 0.4.0 replaced equals signs, too.
  for (std::size_t at = 0; (at = other.find('=', at)) != std::string::npos;) other.replace(at, 1, "__");
  found.of_run = !found.task.empty() && !run.model_args.empty() &&
                 (stem.starts_with(run.model_args) || stem.starts_with(other));
  return found;
}

/// Files of an import, each with its run.
class LmEvalImport {
 public:
  LmEvalImport(const FormatOptions& options, RecordSink& sink) : options_(options), sink_(sink) {}

  void add(const std::string& path) {
    for (const LmEvalFolder& folder : find_lm_eval_folders(path)) {
      std::vector<LmEvalRun*> runs;
      for (const std::string& file : folder.results) runs.push_back(&run_of(file));
      for (const std::string& file : folder.samples) {
        if (seen_.insert(file).second) parts_.push_back(part_of(file, folder, runs));
      }
    }
  }

  void read(const Progress& progress) {
    if (parts_.empty()) reject_without_samples();
    name_models();
    choose_runs();
    std::vector<std::string> files;
    std::size_t results = 0;
    for (const LmEvalPart& part : parts_) files.push_back(part.path);
    for (const auto& [path, run] : runs_) results += total_size({&path, 1});
    ReadMeter meter(results + total_size(files), progress);
    meter.add(results);
    tell_models();
    std::map<std::string, int> files_of_task;
    for (const LmEvalPart& part : parts_) ++files_of_task[part.task];
    LmEvalSamples samples(options_, sink_);
    for (const LmEvalPart& part : parts_) {
      const LmEvalTask* facts = nullptr;
      if (part.run != nullptr) {
        const auto known = part.run->said.tasks.find(part.task);
        if (known != part.run->said.tasks.end()) facts = &known->second;
      }
      const bool is_array = first_character(*open_source(part.path, nullptr)) == '[';
      samples.read(*open_source(part.path, &meter), is_array,
                   {part.task, part.model, facts, files_of_task.at(part.task) > 1});
    }
  }

 private:
  LmEvalRun& run_of(const std::string& path) {
    const auto [place, is_new] = runs_.try_emplace(path);
    if (is_new) {
      place->second.path = path;
      place->second.said = read_lm_eval_results(*open_source(path, nullptr));
      const double named = seconds_of_date(lm_eval_date(file_name(path)));
      if (named > 0) place->second.said.date = named;
    }
    return place->second;
  }

  LmEvalPart part_of(const std::string& file, const LmEvalFolder& folder, const std::vector<LmEvalRun*>& runs) {
    LmEvalPart part;
    part.path = file;
    const std::string stem(without_endings(file_name(file)));
    if (const auto name = lm_eval_samples_name(file_name(file))) {
      part.task = name->task;
      part.date = seconds_of_date(name->date);
      part.run = run_beside(part, name->date, runs);
    } else {
      bool of_run = false;
      for (LmEvalRun* run : runs) {
        const OldName old = task_of_old(stem, run->said);
        if (old.task.empty() || of_run || (!old.of_run && old.task.size() < part.task.size())) continue;
        part.task = old.task;
        part.run = run;
        of_run = old.of_run;
      }
      if (part.task.empty()) part.task = stem;
    }
    if (part.run != nullptr) {
      part.run->has_samples = true;
      if (part.date == 0) part.date = part.run->said.date;
      part.model = part.run->said.model;
    }
    if (part.model.empty()) {
      part.model = model_of_folder(folder.path);
      sink_.note("samples without a results file: the folder names the model", {part.path, 0});
    }
    // Names of files may be any bytes.
    if (!is_utf8(part.task)) part.task = escaped(part.task);
    if (!is_utf8(part.model)) part.model = escaped(part.model);
    return part;
  }

  /// The run of the same date; else the newest beside that has the task, if all there are of one model.
  static LmEvalRun* run_beside(const LmEvalPart& part, std::string_view date, const std::vector<LmEvalRun*>& runs) {
    LmEvalRun* best = nullptr;
    bool one_model = true;
    for (LmEvalRun* run : runs) {
      if (!date.empty() && lm_eval_date(file_name(run->path)) == date) return run;
      one_model = one_model && run->said.model == runs.front()->said.model;
      if (run->said.tasks.contains(part.task) && (best == nullptr || run->said.date > best->said.date)) best = run;
    }
    return one_model ? best : nullptr;
  }

  void name_models() {
    ModelLabels labels;
    for (const LmEvalPart& part : parts_) labels.add(part.model);
    for (LmEvalPart& part : parts_) part.model = labels.of(part.model);
  }

  /// Leaves one file for each model and task.
  void choose_runs() {
    std::map<std::pair<std::string, std::string>, std::vector<LmEvalPart>> all;
    for (LmEvalPart& part : parts_) all[{part.model, part.task}].push_back(std::move(part));
    parts_.clear();
    bool known = options_.run.empty();
    for (auto& [key, several] : all) {
      const auto is_wanted = [&](const LmEvalPart& part) { return is_of_run(part); };
      const bool named = !options_.run.empty() && std::any_of(several.begin(), several.end(), is_wanted);
      known = known || named;
      if (named) std::erase_if(several, [&](const LmEvalPart& part) { return !is_of_run(part); });
      const auto newest = std::max_element(
          several.begin(), several.end(), [](const LmEvalPart& a, const LmEvalPart& b) { return a.date < b.date; });
      for (const LmEvalPart& part : several) {
        if (&part != &*newest)
          sink_.note("an older run of a model on a task, not read: the newest counts", {part.path, 0});
      }
      parts_.push_back(std::move(*newest));
    }
    if (known) return;
    throw InvalidArgument(fmt::format("expected `run` to be a part of the name of a file or its folder, came {}",
                                      quoted(options_.run)));
  }

  bool is_of_run(const LmEvalPart& part) const {
    return file_name(part.path).find(options_.run) != std::string::npos ||
           file_name(parent_folder(part.path)).find(options_.run) != std::string::npos ||
           (part.run != nullptr && file_name(part.run->path).find(options_.run) != std::string::npos);
  }

  void tell_models() {
    for (const auto& [path, run] : runs_) {
      if (!run.has_samples)
        sink_.note("results without samples: only means are there (lm-eval --log_samples)", {path, 0});
    }
    for (const LmEvalPart& part : parts_) {
      if (part.run == nullptr) continue;
      const LmEvalResults& said = part.run->said;
      if (said.provider.empty() && said.parameters == 0) continue;
      sink_.add(ModelRecord{.model = part.model, .parameters = said.parameters, .provider = said.provider},
                {part.run->path, 0}, OnConflict::keep_first);
    }
  }

  [[noreturn]] void reject_without_samples() const {
    if (runs_.empty()) {
      throw InvalidArgument("expected files of lm-evaluation-harness (samples_*.jsonl, results_*.json), came none");
    }
    throw InvalidArgument(fmt::format(
        "{}: expected samples_*.jsonl beside it, came results alone, which hold means only; run lm-eval with "
        "--log_samples",
        escaped(runs_.begin()->first)));
  }

  const FormatOptions& options_;
  RecordSink& sink_;
  std::map<std::string, LmEvalRun> runs_;
  std::set<std::string> seen_;
  std::vector<LmEvalPart> parts_;
};

}  // namespace

void read_lm_eval(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                  const Progress& progress) {
  LmEvalImport import(options, sink);
  for (const std::string& path : paths) import.add(path);
  import.read(progress);
}

std::string recognise_lm_eval(const std::string& path) {
  const std::vector<LmEvalFolder> folders = find_lm_eval_folders(path);
  bool results = false;
  for (const LmEvalFolder& folder : folders) {
    if (!folder.samples.empty()) {
      return fmt::format("{} has a doc_id and responses in each row, as lm-evaluation-harness writes",
                         escaped(file_name(folder.samples.front())));
    }
    results = results || !folder.results.empty();
  }
  return results ? "results_*.json of lm-evaluation-harness" : "";
}

}  // namespace assay::data
