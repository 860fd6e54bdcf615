#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "assay/file/database.h"

namespace assay::store {

/// A row of a table of names.
struct Named {
  std::int64_t id = 0;
  std::string name;
};

/// All rows (id, name) that a statement gives.
std::vector<Named> named_rows(file::Statement& rows);
std::vector<std::string> names_of(std::span<const Named> all);

/// Judges with a verdict or a score, sorted by name.
std::vector<Named> recorded_judges(const file::Database& database);

/// The judge called `wanted`; if it is empty, the only one there is. Else an InvalidArgument that lists them. There
/// must be at least one.
Named choose_judge(std::span<const Named> judges, const std::string& wanted);

}  // namespace assay::store
