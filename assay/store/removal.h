#pragma once

#include "assay/file/database.h"
#include "assay/store/study.h"

namespace assay::store {

/// See Study::remove.
Study::RemovalCounts remove(const file::Database& database, const Study::Removal& removal);

}  // namespace assay::store
