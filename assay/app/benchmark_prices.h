#pragma once

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
};

/// As asking::candidate_prices has it. `file`: prices, see CandidatePriceOptions; empty: what the study knows.
BenchmarkPrices benchmark_prices(const store::Study& study, const store::Benchmark& benchmark,
                                 const std::string& file);

}  // namespace assay::app
