#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/records.h"
#include "assay/data/byte_source.h"
#include "assay/data/format.h"

namespace assay::data {

/// A run of HELM: one model on one scenario, as run_spec.json says.
struct HelmRun {
  std::string folder;
  std::string task;      ///< The run's name without the model: "mmlu:subject=anatomy".
  std::string model;     ///< "meta/llama-3-8b"
  std::string provider;  ///< Who served it ("together"); empty: not told.
  std::string method;    ///< How instances become prompts: "multiple_choice_joint".
  /// Metrics that the run asks for by name; it may have others.
  std::set<std::string, std::less<>> metrics;
};

/// What is known of a HELM metric; names may end in "@5" (the best of five completions).
struct HelmMetric {
  bool score = true;  ///< False for book-keeping: numbers of tokens, run times, log probabilities.
  JudgeRecord judge;  ///< Direction and scale.
};
HelmMetric helm_metric(std::string_view name);

/// Reads a run_spec.json. Throws DataError.
HelmRun read_helm_run_spec(ByteSource& source);

/// The runs at and below `paths`: folders of any level, or files in a run's folder. Of several runs of one model
/// and task the newest counts, or one of those whose path has FormatOptions::run in it; the others go to
/// `RecordSink::drop`. Throws InvalidArgument where there is none.
std::vector<HelmRun> find_helm_runs(std::span<const std::string> paths, const FormatOptions& options,
                                    RecordSink& sink);

/// The file `name` in `folder`, packed or not; empty if there is none.
std::string helm_file(const std::string& folder, std::string_view name);

/// Format::recognise.
std::string recognise_helm(const std::string& path);

}  // namespace assay::data
