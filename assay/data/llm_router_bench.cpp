#include "assay/data/llm_router_bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/field_values.h"
#include "assay/data/file_list.h"
#include "assay/data/json_reader.h"
#include "assay/data/samples.h"

namespace assay::data {
namespace {

constexpr std::string_view kRunScorer = "score";  // files do not say which metric it is
constexpr std::string_view kLegacyName = "result.json";
constexpr std::size_t kTimeLength = 15;  // YYYYMMDD_HHMMSS

struct RunFile {
  std::string path;
  std::string time;  // "20261128_212741"; empty for a legacy result.json, which is older than all others
  bool wanted = false;
};

/// The time at the end of a file's name; empty if there is none.
std::string_view time_in(std::string_view name) {
  name = without_packing(name);
  if (!name.ends_with(".json")) return {};
  name.remove_suffix(std::string_view(".json").size());
  if (name.size() <= kTimeLength || name[name.size() - kTimeLength - 1] != '-') return {};
  const std::string_view time = name.substr(name.size() - kTimeLength);
  for (std::size_t i = 0; i < time.size(); ++i) {
    const bool fits = i == 8 ? time[i] == '_' : time[i] >= '0' && time[i] <= '9';
    if (!fits) return {};
  }
  return time;
}

bool is_run_name(std::string_view name) { return !time_in(name).empty() || without_packing(name) == kLegacyName; }

/// The header stands before the records, whatever wrote them.
bool looks_like_run(const std::string& path) {
  const std::string start = file_start(path);
  const std::string_view text(start);
  const auto has = [&](std::string_view key) { return text.find(key) != std::string_view::npos; };
  return text.find_first_not_of(" \t\r\n") == text.find('{') && has("\"model_name\"") && has("\"dataset_name\"") &&
         has("\"records\"");
}

std::vector<RunFile> run_files(std::span<const std::string> paths, const FormatOptions& options) {
  std::vector<RunFile> files;
  for (const std::string& path : paths) {
    require_path(path);
    std::vector<std::string> found;
    if (is_folder(path)) {
      found = files_below(path, is_run_name);
      std::erase_if(found, [](const std::string& file) { return !looks_like_run(file); });
    } else {
      found.push_back(path);
    }
    if (found.empty()) {
      throw InvalidArgument(
          escaped(path) +
          ": expected a folder with DATASET-SPLIT-MODEL-YYYYMMDD_HHMMSS.json files in it, came one "
          "without any");
    }
    for (std::string& file : found) {
      const bool wanted = !options.run.empty() && file.find(options.run) != std::string::npos;
      std::string time(time_in(file_name(file)));
      files.push_back({std::move(file), std::move(time), wanted});
    }
  }
  const bool any_wanted = std::any_of(files.begin(), files.end(), [](const RunFile& file) { return file.wanted; });
  if (!options.run.empty() && !any_wanted) {
    throw InvalidArgument(fmt::format("expected `run` to be a part of a file's name, came {}, which is in none",
                                      quoted(options.run)));
  }
  // The first of a run that is read counts.
  std::stable_sort(files.begin(), files.end(), [](const RunFile& a, const RunFile& b) {
    return std::tuple(!a.wanted, b.time) < std::tuple(!b.wanted, a.time);
  });
  return files;
}

void take_record(const JsonValue& row, std::string_view data_set, std::string_view split, std::string_view model,
                 SampleWriter& writer, RecordSink& sink) {
  const Location where = row.where();
  const std::string id = query_name(split, row.field("index").id());
  std::string text = text_of(row.find("origin_query"));
  if (text.empty()) text = text_of(row.find("prompt"));
  const auto gold = row.find("ground_truth");
  const auto prediction = row.find("prediction");
  const auto answer = known_field(row, "raw_output");
  const bool single = gold && (gold->kind() == JsonKind::string || gold->kind() == JsonKind::number);
  const std::string gold_text = single ? text_of(gold) : "";
  const std::string prediction_text = text_of(prediction);
  const std::string response = text_of(answer);
  Sample sample{.task = data_set, .id = id, .model = model, .text = text, .gold = gold_text};
  sample.prediction = prediction_text;
  if (answer) sample.response = response;
  sample.took = {.tokens_in = token_count(row.find("prompt_tokens")),
                 .tokens_out = token_count(row.find("completion_tokens")),
                 .cost = micro_dollars(row.find("cost"))};
  writer.add(sample, where);
  const double score = score_of(row.find("score"));
  if (std::isnan(score)) {
    writer.error(sample, kRunScorer, answer ? "not scored" : "no answer", where);
    return;
  }
  if (!answer) sink.note("no answer: the tool's own score of it counts", where);
  writer.score(sample, kRunScorer, score, where);
}

}  // namespace

bool read_llm_router_run(ByteSource& source, std::vector<char>& buffer, bool wanted, const FormatOptions& options,
                         std::set<std::string>& known, RecordSink& sink) {
  SampleWriter writer(options, sink);
  bool taken = false;
  read_json_object(source, buffer, {&sink, true}, [&](const JsonValue& run) {
    const std::string_view data_set = run.field("dataset_name").name();
    const std::string_view model = run.field("model_name").name();
    const std::string split = text_of(run.find("split"));
    const auto demo = known_field(run, "demo");
    if (demo && demo->boolean() && !wanted) {
      sink.drop("a demo run", {source.path(), 0});
      return;
    }
    if (!known.insert(fmt::format("{}\n{}\n{}", data_set, split, model)).second) {
      sink.drop("another run of the same model and data set: the newest counts, or `run`", {source.path(), 0});
      return;
    }
    taken = true;
    sink.add(JudgeRecord{.judge = kRunScorer, .lower_is_better = false}, {source.path(), 0},
             OnConflict::keep_first);
    for (const JsonValue row : run.field("records").elements()) {
      take_record(row, data_set, split, model, writer, sink);
    }
  });
  return taken;
}

void read_llm_router_bench(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                           const Progress& progress) {
  const std::vector<RunFile> files = run_files(paths, options);
  std::vector<std::string> names;
  for (const RunFile& file : files) names.push_back(file.path);
  ReadMeter meter(total_size(names), progress);
  std::set<std::string> known;
  std::vector<char> buffer;
  bool any = false;
  for (const RunFile& file : files) {
    any |= read_llm_router_run(*open_source(file.path, &meter), buffer, file.wanted, options, known, sink);
  }
  if (!any && !files.empty()) {
    throw DataError({files.front().path, 0},
                    "expected a run over a whole data set, came demo runs only; `run` takes one all the same");
  }
}

std::string recognise_llm_router_bench(const std::string& path) {
  if (!is_folder(path)) {
    const std::string_view name = without_packing(path);
    return name.ends_with(".json") && looks_like_run(path) ? "an object with model_name, dataset_name and records"
                                                           : "";
  }
  const std::vector<std::string> files = files_below(path, is_run_name);
  return !files.empty() && looks_like_run(files.front()) ? "MODEL-YYYYMMDD_HHMMSS.json files with records" : "";
}

}  // namespace assay::data
