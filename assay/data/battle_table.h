#pragma once

#include <span>
#include <string>
#include <string_view>

#include "assay/data/csv_records.h"
#include "assay/data/format.h"
#include "assay/data/json_value.h"

namespace assay::data {

// Battles: two models meet on a prompt, and somebody says who won. Rows of the format `battles`, which csv and
// jsonl know as well when they see them. See docs/reference/formats.md.

/// True for a header with both sides (left and right, or model_a and model_b, ...) and winner.
bool is_battle_header(std::span<const std::string> header);
/// A table whose header is the record that was read last.
void read_battle_table(CsvRecords& records, const FormatOptions& options, RecordSink& sink);

/// True for an object with both sides and winner.
bool is_battle(const JsonValue& row);
/// One battle. `number`: of the row in its file, from 1.
void take_battle(const JsonValue& row, std::size_t number, const FormatOptions& options, RecordSink& sink);

}  // namespace assay::data
