#include "assay/data/helm_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/file_list.h"
#include "assay/data/json_reader.h"
#include "assay/data/natural_order.h"

namespace assay::data {
namespace {

constexpr std::string_view kRunSpec = "run_spec.json";
constexpr std::string_view kRunFiles[] = {kRunSpec, "scenario_state.json", "per_instance_stats.json",
                                          "instances.json", "display_predictions.json"};

/// "mmlu:subject=anatomy,model=meta_llama" without its model: "mmlu:subject=anatomy".
std::string task_in_name(std::string_view name) {
  const std::size_t colon = std::min(name.find(':'), name.size());
  std::string task(name.substr(0, colon));
  char separator = ':';
  for (std::size_t at = colon; at < name.size();) {
    const std::size_t end = std::min(name.find(',', at + 1), name.size());
    const std::string_view part = name.substr(at + 1, end - at - 1);
    at = end;
    if (part.starts_with("model=") || part.starts_with("model_deployment=")) continue;
    task += separator;
    task += part;
    separator = ',';
  }
  return task;
}

bool any_of(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// When the first request of a run was made, in seconds; 0 where the run does not tell. Requests that come from a
/// cache keep their time.
long long time_of(const HelmRun& run) {
  constexpr std::string_view kField = "\"request_datetime\":";
  constexpr std::size_t kLook = std::size_t{4} << 20U;
  const std::string path = helm_file(run.folder, "scenario_state.json");
  if (path.empty()) return 0;
  const std::string start = file_start(path, kLook);
  std::size_t at = start.find(kField);
  if (at == std::string::npos) return 0;
  at = std::min(start.find_first_not_of(' ', at + kField.size()), start.size());
  long long seconds = 0;
  std::from_chars(start.data() + at, start.data() + start.size(), seconds);
  return seconds;
}

/// "v0.4.0/mmlu:subject=anatomy,model=meta_llama": the suite and the run.
std::string label_of(const std::string& folder) {
  return file_name(parent_folder(folder)) + "/" + file_name(folder);
}

/// helm-summarize makes a link runs/latest to a suite: its runs are no others.
std::string real_path(const std::string& folder) {
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(folder, error);
  return error ? folder : real.string();
}

std::vector<std::string> run_folders(const std::string& path) {
  require_path(path);
  if (!is_folder(path)) {
    const std::string folder = parent_folder(path);
    if (helm_file(folder, kRunSpec).empty()) {
      throw InvalidArgument(
          fmt::format("{}: expected a file of a HELM run, with {} beside it, came one without; give the folder "
                      "benchmark_output/runs",
                      escaped(path), kRunSpec));
    }
    return {folder};
  }
  std::vector<std::string> folders;
  for (const std::string& file :
       files_below(path, [](std::string_view name) { return without_packing(name) == kRunSpec; })) {
    folders.push_back(parent_folder(file));
  }
  if (folders.empty()) {
    throw InvalidArgument(
        fmt::format("{}: expected a folder of HELM runs (benchmark_output/runs), came one without any {}",
                    escaped(path), kRunSpec));
  }
  return folders;
}

}  // namespace

HelmMetric helm_metric(std::string_view name) {
  constexpr std::string_view kBookKeeping[] = {"batch_size",      "max_prob",        "logprob",
                                               "num_bytes",       "predicted_index", "estimated_num_tokens_cost",
                                               "prompt_truncated"};
  constexpr std::string_view kKinds[] = {"num_", "max_num_", "finish_reason_", "inference_", "training_"};
  constexpr std::string_view kLower[] = {"bits_per_byte", "perplexity",    "absolute_value_difference",
                                         "distance",      "toxic_frac",    "expected_max_toxicity",
                                         "max_toxicity",  "edit_distance", "longest_common_prefix_length"};
  constexpr std::string_view kFractions[] = {"f1_score",
                                             "f1_set_match",
                                             "iou_set_match",
                                             "rouge_1",
                                             "rouge_2",
                                             "rouge_l",
                                             "bleu_1",
                                             "bleu_4",
                                             "NDCG",
                                             "RR",
                                             "math_equiv",
                                             "toxic_frac",
                                             "exact_set_match",
                                             "math_equiv_chain_of_thought",
                                             "exact_match_indicator",
                                             "final_number_exact_match",
                                             "chain_of_thought_correctness"};
  const std::string_view plain = name.substr(0, name.find('@'));
  HelmMetric metric;
  metric.score = !any_of(kBookKeeping, plain) && std::none_of(std::begin(kKinds), std::end(kKinds),
                                                              [&](auto kind) { return plain.starts_with(kind); });
  metric.judge.judge = name;
  const bool fraction = plain.ends_with("exact_match") || any_of(kFractions, plain);
  if (fraction) metric.judge.least = 0;
  if (fraction) metric.judge.most = 1;
  if (any_of(kLower, plain)) {
    metric.judge.lower_is_better = true;
  } else if (fraction) {
    metric.judge.lower_is_better = false;
  }
  return metric;
}

HelmRun read_helm_run_spec(ByteSource& source) {
  HelmRun run;
  std::vector<char> buffer;
  read_json_object(source, buffer, {.bare_numbers = true}, [&](const JsonValue& spec) {
    run.task = task_in_name(spec.field("name").name());
    const JsonValue adapter = spec.field("adapter_spec");
    run.model = adapter.field("model").name();
    if (const auto deployment = adapter.find("model_deployment"); deployment && !deployment->is_null()) {
      const std::string_view text = deployment->string();
      const std::size_t slash = text.find('/');
      if (slash != std::string_view::npos) run.provider = text.substr(0, slash);
    }
    if (const auto method = adapter.find("method")) run.method = method->string();
    const auto metrics = spec.find("metric_specs");
    if (!metrics || metrics->is_null()) return;
    for (const JsonValue metric : metrics->elements()) {
      const auto arguments = metric.find("args");
      const auto names = arguments && !arguments->is_null() ? arguments->find("names") : std::nullopt;
      if (!names || names->kind() != JsonKind::array) continue;
      for (const JsonValue name : names->elements()) run.metrics.emplace(name.string());
    }
  });
  return run;
}

std::string helm_file(const std::string& folder, std::string_view name) {
  for (const char* ending : {"", ".gz", ".zst"}) {
    std::string path = join_path(folder, std::string(name) + ending);
    if (is_plain_file(path)) return path;
  }
  return {};
}

std::vector<HelmRun> find_helm_runs(std::span<const std::string> paths, const FormatOptions& options,
                                    RecordSink& sink) {
  std::set<std::string> folders;
  for (const std::string& path : paths) {
    for (const std::string& folder : run_folders(path)) folders.insert(real_path(folder));
  }
  std::map<std::pair<std::string, std::string>, std::vector<HelmRun>> groups;
  bool named = options.run.empty();
  for (const std::string& folder : folders) {
    HelmRun run = read_helm_run_spec(*open_source(helm_file(folder, kRunSpec), nullptr));
    run.folder = folder;
    named = named || label_of(folder).find(options.run) != std::string::npos;
    groups[{run.task, run.model}].push_back(std::move(run));
  }
  if (!named) {
    throw InvalidArgument(
        fmt::format("expected `run` to be a part of the name of a suite and run, such as {}, came {}",
                    quoted(label_of(*folders.begin())), quoted(options.run)));
  }
  std::vector<HelmRun> chosen;
  for (auto& group : groups) {
    auto& runs = group.second;
    const auto rank = [&](const HelmRun& run) {
      const bool wanted = !options.run.empty() && label_of(run.folder).find(options.run) != std::string::npos;
      return std::pair(wanted, runs.size() > 1 ? time_of(run) : 0);
    };
    std::size_t best = 0;
    for (std::size_t i = 1; i < runs.size(); ++i) {
      const auto last = rank(runs[best]);
      const auto next = rank(runs[i]);
      if (last < next || (last == next && natural_before(runs[best].folder, runs[i].folder))) best = i;
    }
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (i == best) continue;
      sink.drop(options.run.empty() ? "a run of a model and task that has a newer one (`run` picks another)"
                                    : "a run of a model and task of which another counts, by `run`",
                {runs[i].folder, 0});
    }
    chosen.push_back(std::move(runs[best]));
  }
  return chosen;
}

std::string recognise_helm(const std::string& path) {
  if (!is_folder(path)) {
    const std::string name(without_packing(file_name(path)));
    const bool known = any_of(kRunFiles, name);
    return known && !helm_file(parent_folder(path), kRunSpec).empty()
               ? fmt::format("{} of a HELM run, with {}", name, kRunSpec)
               : std::string();
  }
  for (const std::string& file :
       files_below(path, [](std::string_view name) { return without_packing(name) == kRunSpec; })) {
    const std::string folder = parent_folder(file);
    const std::string stats = helm_file(folder, kRunFiles[2]);
    const std::string state = helm_file(folder, kRunFiles[1]);
    if (!stats.empty() || !state.empty()) {
      return fmt::format("{} beside {}", kRunSpec, stats.empty() ? kRunFiles[1] : kRunFiles[2]);
    }
  }
  return {};
}

}  // namespace assay::data
