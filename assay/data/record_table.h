#pragma once

#include <span>
#include <string>

#include "assay/core/records.h"
#include "assay/data/csv_records.h"

namespace assay::data {

// The long table that exports write: a row for each judgement, with its prompt and response beside it.

/// True for a header of such a table: all columns are known ones, query and model among them.
bool is_record_header(std::span<const std::string> header);
/// A table whose header is the record that was read last.
void read_record_table(CsvRecords& records, RecordSink& sink);

}  // namespace assay::data
