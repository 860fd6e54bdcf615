#pragma once

#include <string>
#include <vector>

#include "assay/core/progress.h"
#include "assay/data/format.h"
#include "assay/store/study.h"

namespace assay::app {

/// `assay import FORMAT PATH... -o STUDY`.
struct ImportRequest {
  std::string format;
  std::vector<std::string> paths;
  std::string study;  ///< Made if missing, added to otherwise.
  data::FormatOptions options = {};
};

struct ImportReport {
  std::string format;
  std::string study;
  store::Study::ImportCounts counts;  ///< What this import brought.
  store::StudySummary now;            ///< What the study holds after it.
  std::vector<std::string> warnings;  ///< Of what was imported; fields in backquotes.
};

/// Reads benchmark files into a study; all or nothing. Throws InvalidArgument for a request that makes no sense,
/// DataError for content that can't be used. `progress` counts bytes.
ImportReport run_import(const ImportRequest& request, const Progress& progress = {});

}  // namespace assay::app
