#pragma once

#include <string>
#include <vector>

#include "assay/core/progress.h"
#include "assay/data/synthetic.h"
#include "assay/data/synthetic_scores.h"

namespace assay::app {

struct SynthRequest {
  std::string study;  ///< Must not exist.
  data::SyntheticOptions options;
};

struct SynthReport {
  std::string study;
  data::SyntheticOptions options;
  std::vector<data::SyntheticModel> models;  ///< By falling true win rate.
};

/// Makes a study of synthetic models with known win rates. Throws InvalidArgument or Error.
SynthReport run_synth(const SynthRequest& request, const Progress& progress = {});

struct SynthScoresRequest {
  std::string study;  ///< Must not exist.
  data::SyntheticScoresOptions options;
};

struct SynthScoresReport {
  std::string study;
  data::SyntheticScoresOptions options;
  data::SyntheticArms truth;
};

/// Makes a study of repeated scores with known means and variances. Throws InvalidArgument or Error.
SynthScoresReport run_synth_scores(const SynthScoresRequest& request, const Progress& progress = {});

}  // namespace assay::app
