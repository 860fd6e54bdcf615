#include "assay/data/inspect.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/file_list.h"
#include "assay/data/inspect_log.h"
#include "assay/data/inspect_sample.h"
#include "assay/data/zip_archive.h"

namespace assay::data {
namespace {

constexpr std::string_view kLogEndings[] = {".eval", ".json", ".json.gz", ".json.zst"};

bool may_be_log(std::string_view name) {
  return std::any_of(std::begin(kLogEndings), std::end(kLogEndings),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

bool is_log_of_folder(const std::string& path) {
  // A .eval file that is damaged is told, not passed over.
  return path.ends_with(".eval") ? is_zip(path) || is_inspect_log(path) : is_inspect_log(path);
}

std::vector<std::string> logs_at(const std::string& path) {
  require_path(path);
  if (!is_folder(path)) return {path};
  std::vector<std::string> logs;
  for (std::string& file : files_below(path, may_be_log)) {
    if (is_log_of_folder(file)) logs.push_back(std::move(file));
  }
  if (logs.empty()) {
    throw InvalidArgument(escaped(path) + ": expected logs of Inspect (.eval, .json), came a folder without any");
  }
  return logs;
}

struct InspectRun {
  std::string path;
  InspectHead head;

  std::string name() const { return file_name(path); }
  /// `inspect score` writes a log that was scored again under a longer name, and leaves the time as it was.
  auto age() const { return std::tuple(head.created, name().size(), name()); }
};

/// The run of a task by a model that counts: the newest, of those whose name has `part` in it if there are any.
const InspectRun& chosen_run(const std::vector<const InspectRun*>& runs, const std::string& part) {
  const InspectRun* chosen = nullptr;
  const auto named = [&](const InspectRun& run) {
    return !part.empty() && run.name().find(part) != std::string::npos;
  };
  for (const InspectRun* run : runs) {
    const bool better =
        chosen == nullptr || std::pair(named(*run), run->age()) >= std::pair(named(*chosen), chosen->age());
    if (better) chosen = run;
  }
  return *chosen;
}

std::vector<const InspectRun*> chosen_runs(const std::vector<InspectRun>& all, const std::string& part,
                                           RecordSink& sink) {
  std::map<std::pair<std::string, std::string>, std::vector<const InspectRun*>> by_task;
  for (const InspectRun& run : all) by_task[{run.head.task, run.head.model}].push_back(&run);
  std::vector<const InspectRun*> chosen;
  bool named = part.empty();
  for (const auto& [task, runs] : by_task) {
    const InspectRun& one = chosen_run(runs, part);
    const bool by_name = !part.empty() && one.name().find(part) != std::string::npos;
    named = named || by_name;
    for (const InspectRun* run : runs) {
      if (run == &one) {
        chosen.push_back(run);
      } else {
        sink.note(by_name ? "another run of the task by the model, left out for the one that was named"
                          : "an older run of the task by the model, left out (`run` picks one by its file's name)",
                  {run->path, 0});
      }
    }
  }
  if (named) return chosen;
  std::vector<std::string> names;
  for (const InspectRun& run : all) names.push_back(escaped(run.name()));
  throw InvalidArgument(fmt::format("expected a part of a run's file name as `run`, came {}; the runs are: {}",
                                    quoted(part), fmt::join(names, ", ")));
}

}  // namespace

void read_inspect(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                  const Progress& progress) {
  std::vector<InspectRun> all;
  for (const std::string& path : paths) {
    for (std::string& log : logs_at(path)) {
      InspectHead head = InspectLog(log).head();
      all.push_back({std::move(log), std::move(head)});
    }
  }
  std::vector<std::string> files;
  const std::vector<const InspectRun*> runs = chosen_runs(all, options.run, sink);
  for (const InspectRun* run : runs) files.push_back(run->path);
  ReadMeter meter(total_size(files), progress);
  InspectSamples samples(options, sink);
  for (const InspectRun* run : runs) {
    samples.begin(run->head, run->path);
    InspectLog(run->path).read_samples(&meter, &sink, [&](const JsonValue& sample) { samples.take(sample); });
    samples.end();
  }
  if (samples.tell_judges() == 0 && !runs.empty()) {
    throw DataError({runs.front()->path, 1}, "expected a log with samples, came one without");
  }
}

std::string recognise_inspect(const std::string& path) {
  if (!is_folder(path)) return is_log_of_folder(path) ? "a log of Inspect" : "";
  for (const std::string& file : files_below(path, may_be_log)) {
    if (is_log_of_folder(file)) return fmt::format("{} is a log of Inspect", escaped(file));
  }
  return {};
}

}  // namespace assay::data
