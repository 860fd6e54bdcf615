#pragma once

#include <span>
#include <string>

#include "assay/data/format.h"

namespace assay::data {

/// Logs of Inspect AI, `.eval` and `.json`: `paths` are logs or folders around some. See docs/reference/formats.md.
void read_inspect(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                  const Progress& progress);

/// Format::recognise.
std::string recognise_inspect(const std::string& path);

}  // namespace assay::data
