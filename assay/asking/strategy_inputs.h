#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "assay/core/progress.h"
#include "assay/core/responses.h"
#include "assay/select/strategy.h"
#include "assay/select/weak_judges.h"
#include "assay/select/weak_verdicts.h"
#include "assay/sim/grid_search.h"
#include "assay/store/study.h"
#include "assay/text/response_features.h"
#include "assay/text/similarity.h"

namespace assay::asking {

/// What strategies look at before the first call: taken from the study where it was kept, else computed and kept.
/// Each is made at first use.
class StrategyInputs {
 public:
  /// `study` and `comparison` must outlive it. `responses`: texts that are loaded already; else nullptr.
  StrategyInputs(store::Study& study, const store::Comparison& comparison,
                 std::shared_ptr<const ResponseTable> responses, const select::WeakJudgeOptions& options,
                 std::size_t threads, StartProgress start);

  /// Throws InvalidArgument if the study has no responses of any candidate, or none of the baseline where that is
  /// needed.
  std::shared_ptr<const select::WeakVerdicts> weak();
  std::shared_ptr<const text::SimilarityTable> similarity();
  /// nullptr if the study has no responses.
  std::shared_ptr<const text::FeatureTable> features();
  std::shared_ptr<const select::Names> names();

  /// Only what `entry` needs.
  select::Problem problem(const select::StrategyEntry& entry, std::span<const QueryId> pool, std::uint64_t seed);

  /// Parameters of `entry`: what was given, the rest by grid search with the majority of the weak judges in the
  /// place of the oracle. What is given and not of `entry` is ignored. Throws InvalidArgument for values out of
  /// range.
  ParameterValues parameters(const select::StrategyEntry& entry, const GivenParameters& given);

  /// Whether this came from the study. Empty: not made yet.
  std::optional<bool> weak_was_kept() const { return weak_was_kept_; }

 private:
  std::string key(std::string_view kind) const;
  void keep(std::string_view key, std::string_view bytes);
  ParameterValues searched(const select::StrategyEntry& entry, std::span<const ParameterValues> grid);
  const ResponseTable& responses();
  const ResponseTable& responses(bool of_baseline);

  store::Study& study_;
  const store::Comparison& comparison_;
  select::WeakJudgeOptions options_;
  std::size_t threads_;
  StartProgress start_;
  std::string digest_;
  std::shared_ptr<const ResponseTable> responses_;
  std::shared_ptr<const select::WeakVerdicts> weak_;
  std::shared_ptr<const text::SimilarityTable> similarity_;
  std::shared_ptr<const text::FeatureTable> features_;
  std::shared_ptr<const select::Names> names_;
  std::optional<bool> weak_was_kept_;
};

}  // namespace assay::asking
