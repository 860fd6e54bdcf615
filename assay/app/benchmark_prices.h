#pragma once

#include <span>
#include <string>
#include <vector>

#include "assay/store/study.h"

namespace assay::app {

/// What the models of a benchmark cost; NaN where it is not known.
struct BenchmarkPrices {
  std::vector<double> per_million;  ///< m: dollars per million tokens.
  std::vector<double> dollars;      ///< n x m: dollars that answering a query costs.
  std::vector<double> seconds;      ///< m: mean time of an answer, as imported.
  std::size_t answered = 0;  ///< Of the n x m answers, how many the study has; the others' prices are guesses.
  std::vector<std::string> notes;  ///< Names of the file that the benchmark does not have.
};

/// As asking::candidate_prices has it. `file`: prices, see CandidatePriceOptions; empty: what the study knows.
BenchmarkPrices benchmark_prices(const store::Study& study, const store::Benchmark& benchmark,
                                 const std::string& file);

/// A note of the models without a price, which count as the dearest known; empty if there is none, or no price at
/// all.
std::string unknown_prices_note(std::span<const std::string> models, std::span<const double> costs);

/// Why a weight of the cost changes nothing: no price is known, or all models have the same. Empty if it may.
/// @param costs  Of the models to choose from; NaN: unknown.
std::string why_cost_says_nothing(std::span<const double> costs);
/// A note of that, where there is a weight above 0 and a choice; else empty.
std::string cost_weight_note(std::span<const double> costs, double cost_weight);

}  // namespace assay::app
