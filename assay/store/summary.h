#pragma once

#include <string>
#include <vector>

#include "assay/file/database.h"
#include "assay/store/study.h"

namespace assay::store {

/// Distinct, sorted.
std::vector<std::string> task_names(const file::Database& database);
/// Of the queries' weights, sorted.
std::vector<std::string> weight_names(const file::Database& database);

/// Of each model that has responses, sorted by name.
std::vector<StudySummary::Answering> answering(const file::Database& database);

/// Counts what a study holds.
StudySummary summarize(const file::Database& database);

}  // namespace assay::store
