#pragma once

#include <string>
#include <vector>

#include "assay/core/progress.h"
#include "assay/data/synthetic.h"
#include "assay/data/synthetic_scores.h"

namespace assay {

struct SynthRequest {
  std::string study;  ///< Must not exist.
  SyntheticOptions options;
};

struct SynthReport {
  std::string study;
  SyntheticOptions options;
  std::vector<SyntheticModel> models;  ///< By falling true win rate.
};

/// Makes a study of synthetic models with known win rates. Throws InvalidArgument or Error.
SynthReport run_synth(const SynthRequest& request, const Progress& progress = {});

struct SynthScoresRequest {
  std::string study;  ///< Must not exist.
  SyntheticScoresOptions options;
};

struct SynthScoresReport {
  std::string study;
  SyntheticScoresOptions options;
  SyntheticArms truth;
};

/// Makes a study of repeated scores with known means and variances. Throws InvalidArgument or Error.
SynthScoresReport run_synth_scores(const SynthScoresRequest& request, const Progress& progress = {});

std::string to_json(const SynthScoresReport& report);
std::string to_text(const SynthScoresReport& report, bool colour = false);

std::string to_json(const SynthReport& report);
std::string to_text(const SynthReport& report, bool colour = false);

}  // namespace assay
