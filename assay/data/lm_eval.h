#pragma once

#include <span>
#include <string>

#include "assay/data/format.h"

namespace assay::data {

/// Reads output folders of lm-evaluation-harness (EleutherAI; 0.4.0 and newer): samples_*.jsonl, with the
/// results_*.json beside them. A query is "task/doc_id", a judge is "metric,filter" as in the results. Of several
/// runs of a model on a task the newest counts, or FormatOptions::run. Throws InvalidArgument if there are no
/// samples.
void read_lm_eval(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                  const Progress& progress);

/// See Format::recognise.
std::string recognise_lm_eval(const std::string& path);

}  // namespace assay::data
