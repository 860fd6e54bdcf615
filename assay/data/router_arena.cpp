#include "assay/data/router_arena.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/core/utf8.h"
#include "assay/data/field_values.h"
#include "assay/data/file_list.h"
#include "assay/data/json_reader.h"
#include "assay/data/samples.h"

namespace assay::data {
namespace {

constexpr std::string_view kFailedMetric = "error";  // of a request that failed
constexpr std::string_view kResults = "cached_results";

/// "MMLUPro_law" of "MMLUPro_law_17".
std::string_view task_of(std::string_view index) {
  const std::size_t end = index.rfind('_');
  return end == std::string_view::npos || end == 0 ? std::string_view() : index.substr(0, end);
}

std::uint64_t answer_key(std::string_view model, std::string_view index) {
  return fnv1a(index, fnv1a("\n", fnv1a(model)));
}

bool starts_with_row(const std::string& path) {
  const std::string start = file_start(path);
  const std::string_view line = std::string_view(start).substr(0, start.find('\n'));
  const auto has = [&](std::string_view key) { return line.find(key) != std::string_view::npos; };
  return has("\"global_index\"") && has("\"llm_selected\"");
}

/// A router's file: an array of objects with a "global index", with a blank or without.
bool is_router_file(const std::string& path) {
  const std::string start = file_start(path);
  const std::string_view text(start);
  const auto has = [&](std::string_view key) { return text.find(key) != std::string_view::npos; };
  return text.starts_with('[') && has("\"prediction\"") && (has("\"global index\"") || has("\"global_index\""));
}

std::vector<std::string> result_files(const std::string& path) {
  if (!is_folder(path)) return {path};
  const std::string below = join_path(path, kResults);
  std::vector<std::string> files = jsonl_files_below(is_folder(below) ? below : path);
  std::erase_if(files, [](const std::string& file) { return !starts_with_row(file); });
  return files;
}

std::string predictions_folder(const std::string& path) { return join_path(path, "router_inference/predictions"); }

}  // namespace

void RouterArenaReader::read(ByteSource& source) {
  read_json_lines(source, JsonRules{&sink_, true}, [&](const JsonValue& row) { take(row); });
}

void RouterArenaReader::take(const JsonValue& row) {
  const Location where = row.where();
  SampleWriter writer(options_, sink_);
  const std::string_view index = row.field("global_index").id();
  const std::string_view model = row.field("llm_selected").name();
  const std::string text = text_of(row.find("question"));
  const auto result = known_field(row, "evaluation_result");
  const auto usage = known_field(row, "token_usage");
  const auto gold = known_field(result, "ground_truth");
  const bool single = gold && (gold->kind() == JsonKind::string || gold->kind() == JsonKind::number);
  const std::string gold_text = single ? text_of(gold) : "";
  const std::string prediction = text_of(known_field(result, "extracted_answer"));
  const std::string metric = text_of(known_field(result, "metric"));
  const std::string answer = text_of(row.find("generated_answer"));
  Sample sample{.task = task_of(index), .id = index, .model = model, .text = text, .gold = gold_text};

  const std::string provider = text_of(row.find("provider"));
  if (!provider.empty() && providers_.try_emplace(std::string(model), provider).second) {
    sink_.add(ModelRecord{.model = model, .provider = provider}, where, OnConflict::keep_first);
  }
  const auto success = known_field(row, "success");
  if ((success && !success->boolean()) || metric == kFailedMetric) {
    writer.add(sample, where);
    failed_.push_back({std::string(index), std::string(model), std::string(where.path), where.line});
    return;
  }
  sample.repeat = ++answered_[answer_key(model, index)];
  sample.prediction = prediction;
  sample.response = answer;
  sample.took = {.tokens_in = token_count(known_field(usage, "input_tokens")),
                 .tokens_out = token_count(known_field(usage, "output_tokens")),
                 .cost = micro_dollars(known_field(result, "inference_cost"))};
  writer.add(sample, where);
  if (!result || metric.empty()) {
    sink_.note("not yet evaluated: no score", where);
    return;
  }
  if (metrics_.try_emplace(std::string(sample.task), metric).second) {
    sink_.add(JudgeRecord{.judge = metric, .lower_is_better = false}, where, OnConflict::keep_first);
  }
  const double score = score_of(known_field(result, "score"));
  if (std::isnan(score)) {
    writer.error(sample, metric, "not scored", where);
  } else {
    writer.score(sample, metric, score, where);
  }
}

void RouterArenaReader::tell_failed() {
  SampleWriter writer(options_, sink_);
  for (const Failed& one : failed_) {
    const Location where{one.path, one.line};
    const Sample sample{.task = task_of(one.index), .id = one.index, .model = one.model};
    int& answered = answered_[answer_key(one.model, one.index)];
    const auto metric = metrics_.find(std::string(sample.task));
    if (answered > 0) {
      sink_.drop("a failed request that was answered, or told, in another line", where);
    } else if (metric == metrics_.end()) {
      sink_.drop("the request failed, and nothing of its task was scored", where);
    } else {
      writer.error(sample, metric->second, "the request failed", where);
    }
    ++answered;
  }
  failed_.clear();
}

void read_router_arena(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                       const Progress& progress) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    require_path(path);
    if (!is_folder(path) && is_router_file(path)) {
      throw InvalidArgument(
          escaped(path) +
          ": expected the answers of models, cached_results/MODEL.jsonl, came what a router chose: one "
          "model a query, so that no two can be compared");
    }
    const std::vector<std::string> found = result_files(path);
    if (found.empty()) {
      throw InvalidArgument(escaped(path) +
                            ": expected a folder with cached_results/MODEL.jsonl, came one without");
    }
    files.insert(files.end(), found.begin(), found.end());
    const std::string routers = predictions_folder(path);
    if (!is_folder(routers)) continue;
    for (const std::string& name : folder_names(routers)) {
      sink.drop("what a router chose: one model a query", {join_path(routers, name), 0});
    }
  }
  if (!options.run.empty()) {
    std::erase_if(files, [&](const std::string& file) { return file.find(options.run) == std::string::npos; });
    if (files.empty()) {
      throw InvalidArgument(fmt::format("expected `run` to be a part of a file's name, came {}, which is in none",
                                        quoted(options.run)));
    }
  }
  ReadMeter meter(total_size(files), progress);
  RouterArenaReader reader(options, sink);
  for (const std::string& file : files) reader.read(*open_source(file, &meter));
  reader.tell_failed();
}

std::string recognise_router_arena(const std::string& path) {
  if (!is_folder(path)) {
    if (is_router_file(path)) return "a router's choices";
    return starts_with_row(path) ? "lines with global_index and llm_selected" : "";
  }
  const std::string below = join_path(path, kResults);
  const std::vector<std::string> files = jsonl_files(is_folder(below) ? below : path);
  return !files.empty() && starts_with_row(files.front()) ? "MODEL.jsonl files with global_index and llm_selected"
                                                          : "";
}

}  // namespace assay::data
