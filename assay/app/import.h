#pragma once

#include <string>
#include <vector>

#include "assay/core/progress.h"
#include "assay/data/format.h"
#include "assay/store/study.h"

namespace assay::app {

/// `assay import FORMAT PATH... -o STUDY`.
struct ImportRequest {
  std::string format = {};         ///< Empty: named by the first of `paths`, or recognised.
  std::vector<std::string> paths;  ///< Files or folders.
  std::string study;               ///< Made if missing, added to otherwise.
  std::string errors = {};         ///< "wrong" or "missing" (also if empty), see FormatOptions::errors_are_wrong.
  data::FormatOptions options = {};
};

struct ImportReport {
  std::string format;
  std::string recognised_by;  ///< Why this format was taken; empty: it was asked for.
  std::string study;
  store::Study::ImportCounts counts;  ///< What this import brought.
  store::StudySummary now;            ///< What the study holds after it.
  std::vector<std::string> warnings;  ///< Of what was imported; fields in backquotes.
};

/// Reads benchmark files into a study; all or nothing. Throws InvalidArgument for a request that makes no sense,
/// DataError for content that can't be used. `progress` counts bytes.
ImportReport run_import(const ImportRequest& request, const Progress& progress = {});

}  // namespace assay::app
