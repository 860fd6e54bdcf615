#pragma once

#include <span>
#include <string>

#include "assay/data/byte_source.h"
#include "assay/data/format.h"
#include "assay/data/own_rows.h"

namespace assay::data {

/// Wide tables: a query a row, a model a column; cells are outcomes against a baseline, or scores. Long tables: one
/// answer of one model a row. See docs/reference/formats.md.
void read_csv(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
              const Progress& progress);

/// One table.
void read_csv_table(ByteSource& source, const FormatOptions& options, RecordSink& sink);
/// One of several tables of one import.
void read_csv_table(ByteSource& source, OwnRowWriter& writer);

}  // namespace assay::data
