#pragma once

#include <span>
#include <string>

#include "assay/file/database.h"

namespace assay::store {

/// The schema that this version of Assay writes; kept in the file as PRAGMA user_version.
constexpr int kSchemaVersion = 12;

/// One step from an older schema to the next.
struct Migration {
  int from = 0;  ///< Leads to `from` + 1.
  file::Sql sql;
};

/// All steps, oldest first: the last leads to kSchemaVersion.
std::span<const Migration> migrations();

/// Makes the tables of a new study in an empty database.
void create_schema(const file::Database& database);

/// Writes the mark without which check_schema refuses the file: its content is there.
void mark_complete(const file::Database& database);

/// The schema version of a study. Throws Error if the file is not a study, is empty or cut off, or is newer than
/// `newest`. `path` is for messages and for the length of the file.
int check_schema(const file::Database& database, const std::string& path, int newest = kSchemaVersion);

/// Applies the steps from `version` on, in one transaction. Throws Error if a step is missing.
void migrate(const file::Database& database, int version, int newest = kSchemaVersion,
             std::span<const Migration> steps = migrations());

}  // namespace assay::store
