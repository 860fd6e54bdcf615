#pragma once

#include <string>

#include "assay/store/database.h"
#include "assay/store/study.h"

namespace assay {

/// Models whose responses can be compared with a baseline's by whoever reads them; see Study::judgeable.
Comparison judgeable(const Database& database, const ComparisonChoice& choice);

/// Responses that can be scored by whoever reads them; see Study::scorable.
Scoring scorable(const Database& database);

}  // namespace assay
