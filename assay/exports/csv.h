#pragma once

#include <memory>
#include <string>

#include "assay/exports/writer.h"

namespace assay::exports {

/// A long table for spreadsheets and data frames: a row for each judgement, with prompt and response beside it; a
/// response that nobody judged has a row, too. `assay import csv` reads it again. Facts of models and judges,
/// weights and numbers of options have no place. Memory: all texts.
std::unique_ptr<Writer> make_csv_writer(const std::string& path);

}  // namespace assay::exports
