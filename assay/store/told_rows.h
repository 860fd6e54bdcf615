#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assay/file/database.h"
#include "assay/store/study.h"

namespace assay::store {

/// Keeps what an import told of its rows, so that later verbs can tell it too. The same rows imported again take
/// their own place.
void keep_told_rows(const file::Database& database, const std::vector<ToldRows>& rows);

/// All that was kept, summed by reason; sorted by reason.
std::vector<ToldRows> told_rows(const file::Database& database);

/// "; the import told: 180 rows, only one of two games" of the reasons that begin or end as `part`; empty if none.
std::string as_imported(const file::Database& database, std::string_view part);

}  // namespace assay::store
