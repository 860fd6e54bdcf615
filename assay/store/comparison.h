#pragma once

#include "assay/file/database.h"
#include "assay/store/study.h"

namespace assay::store {

/// The recorded outcomes of models against a baseline; see Study::comparison. Throws InvalidArgument for a
/// choice that the study can't serve, listing what is there.
Comparison compare(const file::Database& database, const ComparisonChoice& choice);

}  // namespace assay::store
