#pragma once

#include <functional>
#include <memory>

#include "assay/file/database.h"
#include "assay/store/study.h"

namespace assay::store {

/// Begins an import, a transaction of `database`, which must live as long. `ended` is called once, when no
/// transaction and no statement is open any more, with whether the import was committed.
/// `in_batches`: see Study::begin_import.
std::unique_ptr<Study::Import> make_import(const file::Database& database, bool in_batches,
                                           std::function<void(bool committed)> ended);

}  // namespace assay::store
