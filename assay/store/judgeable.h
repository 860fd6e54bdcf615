#pragma once

#include <string>

#include "assay/file/database.h"
#include "assay/store/study.h"

namespace assay::store {

/// Models whose responses can be compared with a baseline's, or scored, by whoever reads them; see
/// Study::judgeable.
Comparison judgeable(const file::Database& database, const ComparisonChoice& choice);

/// Responses that can be scored by whoever reads them; see Study::scorable.
Scoring scorable(const file::Database& database);

}  // namespace assay::store
