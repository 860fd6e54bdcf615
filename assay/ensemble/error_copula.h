#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "assay/ensemble/training.h"
#include "assay/stats/nearest_correlation.h"

namespace assay::ensemble {

/// Gaussian copula of the errors of k models (arXiv 2602.08003): model j errs where a standard normal Z_j is below
/// its threshold, and the Z_j are correlated. So how often each errs and how often each two err together are as
/// observed; three and more follow.
struct ErrorCopula {
  std::vector<double> error;             ///< k: share of the queries on which a model is wrong; no answer is wrong.
  std::vector<double> threshold;         ///< k: quantiles of the standard normal.
  stats::CorrelationMatrix correlation;  ///< Tetrachoric, made valid.
  double repaired = 0;                   ///< Largest change that this took; 0: the correlations were valid.
};

/// Fitted by pairs. O(n k^2).
ErrorCopula fit_error_copula(const LabelTable& table, std::span<const ModelId> members);

/// Chance that there is no strict majority of right answers among the first 1 .. k members: at least half of them
/// are wrong. By `draws` draws; the standard error is about 0.5 / sqrt(draws).
std::vector<double> majority_errors(const ErrorCopula& copula, std::uint64_t seed, std::size_t draws = 200'000);

/// The same if errors were independent: exact. O(k^2).
std::vector<double> independent_majority_errors(std::span<const double> errors);

/// The same as seen on the queries.
std::vector<double> observed_majority_errors(const LabelTable& table, std::span<const ModelId> members);

/// What a strict majority of ever more models like these errs in: models that share what these share (one common
/// factor fitted to the correlations) and are independent otherwise. The floor bounds a strict majority; a
/// plurality among many options can be right where less than half are, and a rule that knows the models can pass
/// it.
double majority_floor(const ErrorCopula& copula);

}  // namespace assay::ensemble
