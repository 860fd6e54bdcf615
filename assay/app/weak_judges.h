#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assay/asking/strategy_inputs.h"

namespace assay::app {

struct WeakJudgesRequest {
  std::string study;
  store::ComparisonChoice choice;
  select::WeakJudgeOptions options;
  std::size_t threads = 0;
};

struct WeakJudgesReport {
  struct Judge {
    std::size_t order = 0;  ///< k
    double wins = 0;        ///< Shares of the pairs with a verdict.
    double draws = 0;
    double losses = 0;
    std::size_t no_verdict = 0;
    /// Among pairs that both this and the recorded judge decided: the share decided alike; 1/2 is chance. NaN
    /// without any.
    double agreement = 0;
  };
  std::string study;
  std::string options;
  bool kept = false;  ///< They were in the study already.
  std::size_t queries = 0;
  std::size_t models = 0;
  std::vector<Judge> judges;
  std::vector<std::string> notes;
};

/// Computes the weak judges and keeps them in the study. Throws InvalidArgument or Error.
WeakJudgesReport run_weak_judges(const WeakJudgesRequest& request, const StartProgress& start = {});

}  // namespace assay::app
