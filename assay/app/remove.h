#pragma once

#include <string>
#include <vector>

#include "assay/store/study.h"

namespace assay::app {

/// `assay remove STUDY --model NAME`.
struct RemoveRequest {
  std::string study;  ///< Must exist.
  store::Study::Removal removal = {};
};

struct RemoveReport {
  std::string study;
  store::Study::Removal removed;
  store::Study::RemovalCounts counts;
  bool paid = false;  ///< The study has calls that were paid; they stay.
  store::StudySummary now;
};

/// Removes models and judges from a study, in one transaction. Throws InvalidArgument for names that are not in it,
/// Error if another process asks for answers in it.
RemoveReport run_remove(const RemoveRequest& request);

}  // namespace assay::app
