#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "assay/file/database.h"
#include "assay/store/study.h"

namespace assay::store {

/// Numbers of the queries that count in such a mean: those of the tasks, and with a weight above 0 or none at all.
/// Empty: all of them. Throws InvalidArgument for a task or weights that the study does not have. Notes for people
/// say how many weigh nothing.
std::optional<std::set<std::int64_t>> counted_queries(const file::Database& database, const Averaging& averaging,
                                                      std::vector<std::string>& notes);

/// As Study::weights.
std::vector<double> weights_of(const file::Database& database, const Averaging& averaging,
                               const std::vector<std::string>& queries);

}  // namespace assay::store
