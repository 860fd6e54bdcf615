#pragma once

#include <span>
#include <string>

#include "assay/data/byte_source.h"
#include "assay/data/format.h"

namespace assay::data {

/// Assay's own format: one prompt, response, verdict, score or label a line. See docs/reference/formats.md.
void read_jsonl(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                const Progress& progress);

/// One file.
void read_jsonl_file(ByteSource& source, const FormatOptions& options, RecordSink& sink);

}  // namespace assay::data
