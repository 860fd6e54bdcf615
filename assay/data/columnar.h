#pragma once

#include <span>
#include <string>

#include "assay/data/format.h"

namespace assay::data {

/// Parquet and Arrow files, or folders around some: rows of somebody's own, or what Assay exports, as in the format
/// jsonl. The line in a message is the number of the row.
void read_columnar(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                   const Progress& progress);

/// Why the file or folder at `path` is one of these formats (see Format::recognise).
std::string recognise_parquet(const std::string& path);
std::string recognise_arrow(const std::string& path);

}  // namespace assay::data
