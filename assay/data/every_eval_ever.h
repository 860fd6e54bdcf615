#pragma once

#include <span>
#include <string>

#include "assay/data/format.h"

namespace assay::data {

/// Reads files of Every Eval Ever (schema 0.2 and 0.3): UUID_samples.jsonl, with the aggregate UUID.json beside it.
/// A query is "task/sample_id", a judge is the metric's `evaluation_result_id`. Of several runs of a model and
/// collection the newest counts, or FormatOptions::run. Throws InvalidArgument if there are no samples.
void read_every_eval_ever(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                          const Progress& progress);

/// See Format::recognise.
std::string recognise_every_eval_ever(const std::string& path);

}  // namespace assay::data
