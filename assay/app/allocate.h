#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/allocate/allocator.h"
#include "assay/asking/evidence.h"
#include "assay/asking/oracle_choice.h"
#include "assay/core/scores.h"
#include "assay/stats/intervals.h"
#include "assay/store/study.h"

namespace assay::app {

/// Throws InvalidArgument unless the calls can be counted.
void check_budget(std::size_t calls);

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

struct AllocateReport {
  struct Arm {
    std::string query;
    std::string model;
    int turn = 1;
    std::size_t calls = 0;
    std::size_t failed = 0;
    double mean = 0;           ///< Of its scores; NaN without one.
    double estimate = 0;       ///< By the estimate rule; NaN likewise.
    stats::Interval interval;  ///< 95 %, of the true mean; holds although the calls were chosen as the scores came.
  };
  std::string study;
  std::string judge;
  std::string oracle;
  std::string allocator;
  allocate::EstimateRule estimate = allocate::EstimateRule::mean;
  ParameterValues parameters;  ///< Of the allocator.
  std::uint64_t seed = 0;
  Scale scale;
  bool scale_declared = false;
  std::size_t budget = 0;
  std::size_t calls = 0;
  std::size_t calls_new = 0;  ///< Of these, asked by this run.
  std::size_t calls_failed = 0;
  std::size_t unscored = 0;  ///< Responses that got no score: no error below speaks of them.
  bool varies = false;       ///< Some response was scored in two ways.
  /// No estimate is further off, with 95 %, whatever the distribution of the scores.
  double worst_error_bound = 0;
  double worst_error_likely = 0;  ///< Median of the largest error of means, by what the variances may be.
  double worst_error_true = 0;    ///< What it is: the means of recorded scores are known. NaN for a live oracle.
  double uniform_calls = 0;  ///< That a uniform allocation would probably need for the same likely worst error.
  std::vector<Arm> arms;     ///< As in Scoring.
  std::optional<asking::JudgeBill> bill;  ///< Of a paid judge.
  bool money_ended = false;               ///< The limit of cost came before the budget did.
  std::vector<std::string> notes;
};

/// Puts calls to the oracle, each to the response that the allocator names, and keeps each score in the study
/// before the next batch is asked. Scores that the study has already are taken from it and cost nothing, so that a
/// run that was killed goes on where it stopped and ends as if it had not been; a larger budget goes on, too. A
/// call that failed stays failed. Throws InvalidArgument, OracleError or Error.
AllocateReport run_allocate(const AllocateRequest& request, const StartProgress& start = {});

/// What the paid judge would be asked; nothing is sent or written. Throws InvalidArgument if the oracle costs
/// nothing.
asking::JudgeEstimate estimate_allocate(const AllocateRequest& request);

}  // namespace assay::app
