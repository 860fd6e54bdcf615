#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assay/store/study.h"

namespace assay::asking {

/// What a run with a live judge was told to compare, and how sure to be: whoever looks at it later need not say it
/// again. In Study::remembered as "run_choice".
struct RunChoice {
  std::vector<std::string> models = {};  ///< As ComparisonChoice; empty: all.
  std::string baseline = {};
  store::Averaging averaging = {};
  std::optional<store::Tolerance> epsilon = {};
  std::optional<double> confidence = {};
  bool population = false;
};

/// Of the last run; empty: there was none, or what stands there is none.
std::optional<RunChoice> last_choice(const store::Study& study);
/// Writes only where it is another one than before.
void remember_choice(store::Study& study, const RunChoice& choice);

}  // namespace assay::asking
