#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/core/scores.h"
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

/// What imports told of a judge's scores.
struct JudgeFacts {
  std::optional<bool> lower_is_better;
  std::optional<double> least;  ///< The lowest score that there can be.
  std::optional<double> most;
};
JudgeFacts judge_facts(const file::Database& database, std::int64_t judge);

/// The scale that imports told of `judge`; where they told one end, the other is that of `found`, the scores that
/// there are. Empty if nothing was told, or, with a note, if some of `found` is outside.
std::optional<Scale> told_scale(const file::Database& database, const Named& judge, const Scale& found,
                                std::vector<std::string>& notes);

/// Judges with a verdict or a score, sorted by name.
std::vector<Named> recorded_judges(const file::Database& database);

/// The judge called `wanted`; if it is empty, the only one there is. Else an InvalidArgument that lists them. There
/// must be at least one.
Named choose_judge(std::span<const Named> judges, const std::string& wanted);

}  // namespace assay::store
