#pragma once

#include <memory>
#include <string>

#include "assay/exports/writer.h"

namespace assay::exports {

/// The records of the format `jsonl` as a Parquet file: one a row, a column for each key, and a column `record`
/// that tells what the row is about. What a row lacks is null. Throws Error if the program assay-arrow is missing.
std::unique_ptr<Writer> make_parquet_writer(const std::string& path);

}  // namespace assay::exports
