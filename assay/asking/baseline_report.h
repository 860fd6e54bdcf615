#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/select/baseline.h"
#include "assay/select/every_pair.h"
#include "assay/store/study.h"

namespace assay::asking {

/// BaselineSensitivity for people: with names in place of ids.
struct BaselineReport {
  std::vector<std::string> leaders;  ///< The best first.
  std::string better;                ///< A better baseline; empty if there is none.
  select::BaselineSensitivity numbers;
};

/// `judged`: rewards of `models`, none where nobody judged. `leader`, `win_rates`: see baseline_sensitivity.
/// Empty if fewer than two models have an outcome.
std::optional<BaselineReport> baseline_report(const RewardTable& judged, const std::vector<std::string>& models,
                                              std::optional<ModelId> leader = {},
                                              std::span<const double> win_rates = {});

/// EveryPair for people.
struct EveryPairReport {
  std::string judge;
  std::vector<std::string> models;  ///< By ModelId of `numbers`.
  select::EveryPair numbers;
};

/// With each model of `comparison`, and its baseline, as the baseline in turn; as many comparisons are read. Empty
/// if the judge can't compare every pair of them, or if there are fewer than 4 or more than 60.
std::optional<EveryPairReport> every_pair_report(const store::Study& study, const store::Comparison& comparison);

}  // namespace assay::asking
