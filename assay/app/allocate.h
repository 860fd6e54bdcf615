#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/allocate/allocator.h"
#include "assay/asking/allocate_run.h"
#include "assay/asking/oracles.h"
#include "assay/core/progress.h"
#include "assay/core/scores.h"
#include "assay/store/study.h"

namespace assay::app {

struct AllocateRequest {
  std::string study;
  store::ScoringChoice choice;
  asking::OracleOptions oracle;
  std::string allocator = "assay";
  std::size_t budget = 0;                          ///< Calls, those that the study answers included; positive.
  std::uint64_t seed = 1;                          ///< Of what the recorded oracle draws.
  GivenParameters parameters;                      ///< What is not given is the default.
  std::optional<allocate::EstimateRule> estimate;  ///< Empty: the allocator's own.
  std::optional<Scale> scale;  ///< Empty: what the recorded scores show; a live oracle must be told.
  std::size_t batch = 1;       ///< Calls put to the oracle at a time.
  std::size_t threads = 0;
};

/// Puts calls to the oracle, each to the response that the allocator names, and keeps each score in the study
/// before the next batch is asked. Scores that the study has already are taken from it and cost nothing, so that a
/// run that was killed goes on where it stopped and ends as if it had not been; a larger budget goes on, too. A
/// call that failed stays failed. An LLM as judge is remembered as by `run_select`. Throws InvalidArgument,
/// OracleError or Error.
asking::AllocateReport run_allocate(AllocateRequest request, const StartProgress& start = {});

/// What the paid judge would be asked; nothing is sent or written. Throws InvalidArgument if the oracle costs
/// nothing.
asking::JudgeEstimate estimate_allocate(AllocateRequest request);

}  // namespace assay::app
