#include "assay/app/benchmark_prices.h"

#include <utility>

#include "assay/asking/candidate_prices.h"

namespace assay::app {

BenchmarkPrices benchmark_prices(const store::Study& study, const store::Benchmark& benchmark,
                                 const std::string& file) {
  store::Comparison asked;
  asked.queries = benchmark.queries.names;
  asked.models = benchmark.models;
  asking::CandidatePrices prices = asking::candidate_prices(study, asked, {.file = file});
  return {std::move(prices.per_million), std::move(prices.of_answers), std::move(prices.seconds), prices.answered};
}

}  // namespace assay::app
