#pragma once

#include <span>
#include <string>

#include "assay/data/byte_source.h"
#include "assay/data/format.h"
#include "assay/data/own_rows.h"

namespace assay::data {

/// Assay's own format: one prompt, response, verdict, score or label a line; and rows of somebody's own, read by
/// the usual names of their keys. Lines, or one array. See docs/reference/formats.md.
void read_jsonl(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                const Progress& progress);

/// One file.
void read_jsonl_file(ByteSource& source, const FormatOptions& options, RecordSink& sink);
/// One of several files of one import; `begin` is its first character that is no blank.
void read_jsonl_file(ByteSource& source, char begin, OwnRowWriter& writer);

}  // namespace assay::data
