#pragma once

#include <span>
#include <string>

#include "assay/data/format.h"

namespace assay::data {

/// Read tables of one's own in parquet or Arrow files: columns are called as the keys of `jsonl`, and a row may
/// hold several of its kinds (a prompt, a response and its score). See docs/reference/formats.md.
void read_parquet(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                  const Progress& progress);
void read_arrow(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                const Progress& progress);

/// See Format::recognise.
std::string recognise_parquet(const std::string& path);
std::string recognise_arrow(const std::string& path);

}  // namespace assay::data
