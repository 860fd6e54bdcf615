#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "assay/data/byte_source.h"
#include "assay/data/format.h"
#include "assay/data/helm_runs.h"
#include "assay/data/json_value.h"
#include "assay/data/samples.h"

namespace assay::data {

/// HELM: `paths` are benchmark_output/runs, a suite, a run's folder or a file in it. See docs/reference/formats.md.
void read_helm(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
               const Progress& progress);

/// Reads the files of one run, in the order of the functions here. The scores come last, as only the requests tell
/// which of them stand for a failure. Memory: the scores of the run.
class HelmReader {
 public:
  HelmReader(const HelmRun& run, const FormatOptions& options, RecordSink& sink)
      : run_(run), sink_(sink), writer_(options, sink) {}

  /// per_instance_stats.json.
  void read_stats(ByteSource& source);
  /// scenario_state.json: the requests with their instances.
  void read_requests(ByteSource& source);
  /// Where that is missing: instances.json, then display_predictions.json.
  void read_instances(ByteSource& source);
  void read_predictions(ByteSource& source);
  void write_scores();

 private:
  /// An instance, perturbed or not, in one trial.
  struct Trial {
    std::string id;  ///< With the perturbation's name.
    int repeat = 1;
    AnswerCost took = {};
    int predicted = -1;  ///< Of its references, where each is a request of its own.
    bool failed = false;
    bool answered = false;
    std::vector<std::pair<std::size_t, double>> scores = {};  ///< By place in `metrics_`.
    std::size_t line = 0;                                     ///< Of its scores.
  };

  /// What an instance asks.
  struct Question {
    std::string text;
    int options = 0;
    std::string gold;
    std::vector<std::string> references;
  };

  Trial& trial(std::string_view id, const std::optional<JsonValue>& perturbation, int index);
  void take_stat(const JsonValue& stat, Trial& trial);
  void take_request(const JsonValue& state);
  Question question(const JsonValue& instance, const std::optional<JsonValue>& mapping);
  std::optional<std::size_t> metric(std::string_view name);

  const HelmRun& run_;
  RecordSink& sink_;
  SampleWriter writer_;
  std::string stats_path_;
  std::vector<std::string> metrics_;
  std::map<std::string, std::optional<std::size_t>, std::less<>> places_of_metrics_;
  std::unordered_map<std::string, std::size_t> places_;  ///< In `trials_`.
  std::vector<Trial> trials_;
};

}  // namespace assay::data
