#pragma once

#include "assay/file/database.h"
#include "assay/store/study.h"

namespace assay::store {

/// Counts what a study holds.
StudySummary summarize(const file::Database& database);

}  // namespace assay::store
