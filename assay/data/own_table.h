#pragma once

#include <span>
#include <string>

#include "assay/data/csv_records.h"
#include "assay/data/own_rows.h"

namespace assay::data {

/// Whether a header is one of a long table: one answer or score of one model a row. It has a column of models or of
/// responses, or all that it has beside queries are scores.
bool is_own_header(std::span<const std::string> header, const OwnRowWriter& writer);

/// The table whose header is the record that was read last. Throws DataError.
///
///     model,prompt_id,passed
///     small,q1,true
void read_own_table(CsvRecords& records, OwnRowWriter& writer);

}  // namespace assay::data
