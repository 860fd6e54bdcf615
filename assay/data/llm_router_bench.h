#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "assay/data/byte_source.h"
#include "assay/data/format.h"

namespace assay::data {

/// Reads LLMRouterBench: results/bench/DATASET/SPLIT/MODEL/DATASET-SPLIT-MODEL-YYYYMMDD_HHMMSS.json, from a file or
/// any folder around some. Of several runs of a model on a split the newest counts, or that of FormatOptions::run;
/// others are dropped. Demo runs count only if `run` asks for them.
void read_llm_router_bench(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                           const Progress& progress);

/// One file: a run of a model on a split of a data set, unless that is among the `known` ones already. True if it
/// was taken. `wanted`: also a demo run. `buffer` holds the file.
bool read_llm_router_run(ByteSource& source, std::vector<char>& buffer, bool wanted, const FormatOptions& options,
                         std::set<std::string>& known, RecordSink& sink);

/// See Format::recognise.
std::string recognise_llm_router_bench(const std::string& path);

}  // namespace assay::data
