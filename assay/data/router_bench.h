#pragma once

#include <span>
#include <string>

#include "assay/data/byte_source.h"
#include "assay/data/format.h"

namespace assay::data {

/// Reads RouterBench tables that pandas wrote as csv, wide (three columns a model) or long (a row for each sample
/// and model), from files or from folders around some. Pickles are refused: reading one can run code.
void read_router_bench(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                       const Progress& progress);

/// One table. Memory: the longest row, and of a long table some bytes a row.
void read_router_table(ByteSource& source, const FormatOptions& options, RecordSink& sink);

/// See Format::recognise.
std::string recognise_router_bench(const std::string& path);

}  // namespace assay::data
