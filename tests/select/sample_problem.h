#pragma once

#include <cstdint>
#include <vector>

#include "assay/core/outcomes.h"
#include "assay/core/rewards.h"
#include "assay/select/strategy.h"
#include "assay/select/weak_verdicts.h"
#include "assay/text/response_features.h"
#include "assay/text/similarity.h"
#include "tests/select/borrowed.h"

namespace assay {

/// A made-up problem with all that any strategy needs, and the true outcomes.
struct SampleProblem {
  OutcomeTable truth;
  std::vector<QueryId> pool;  ///< All queries, in order.
  select::WeakVerdicts weak;
  text::SimilarityTable similarity;
  text::FeatureTable features;  ///< Two, at random.
  RewardTable assistant;        ///< Of a judge of its own.
  std::uint64_t seed = 1;

  /// Borrows from this object.
  select::Problem problem() const {
    return {.models = truth.models(),
            .pool = pool,
            .weak = borrowed(weak),
            .similarity = borrowed(similarity),
            .features = borrowed(features),
            .assistant = borrowed(assistant),
            .seed = seed};
  }
};

/// What a made-up problem looks like.
struct SampleShape {
  std::size_t models = 6;
  std::size_t queries = 20;
  std::size_t judges = 3;
  double none_share = 0;  ///< Of the true and the weak verdicts.
};

/// Every outcome at random, later models winning more often.
SampleProblem sample_problem(const SampleShape& shape, std::uint64_t seed);

OutcomeTable random_outcomes(std::size_t queries, std::size_t models, double none_share, std::uint64_t seed);

/// `table` with every outcome the same.
OutcomeTable constant_outcomes(std::size_t queries, std::size_t models, Outcome outcome);

}  // namespace assay
