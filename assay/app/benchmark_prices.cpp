#include "assay/app/benchmark_prices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "assay/asking/candidate_prices.h"
#include "assay/core/error.h"
#include "assay/store/name_list.h"

namespace assay::app {
namespace {

std::size_t unknown_prices(std::span<const double> costs) {
  return static_cast<std::size_t>(std::ranges::count_if(costs, [](double cost) { return std::isnan(cost); }));
}

// Of a price list: names that are no models of the benchmark.
std::vector<std::string> notes_of(const std::string& file, const std::vector<std::string>& listed,
                                  const std::vector<std::string>& models) {
  std::vector<std::string> strangers;
  for (const std::string& name : listed) {
    if (std::ranges::find(models, name) == models.end()) strangers.push_back(name);
  }
  if (strangers.empty()) return {};
  return {quoted(file) +
          " has prices of models that are not among those of the study: " + store::unknown_list(strangers, models)};
}

}  // namespace

BenchmarkPrices benchmark_prices(const store::Study& study, const store::Benchmark& benchmark,
                                 const std::string& file) {
  store::Comparison asked;
  asked.queries = benchmark.queries.names;
  asked.models = benchmark.models;
  asking::CandidatePrices prices = asking::candidate_prices(study, asked, {.file = file});
  return {std::move(prices.per_million), std::move(prices.of_answers), std::move(prices.seconds), prices.answered,
          notes_of(file, prices.listed, benchmark.models)};
}

std::string unknown_prices_note(std::span<const std::string> models, std::span<const double> costs) {
  constexpr std::size_t kNamed = 5;
  std::vector<std::string> unknown;
  for (std::size_t j = 0; j < models.size(); ++j) {
    if (std::isnan(costs[j])) unknown.push_back(models[j]);
  }
  if (unknown.empty() || unknown.size() == models.size()) return {};
  return fmt::format("no price is known of {} of {} models, which count as the dearest known: {}", unknown.size(),
                     models.size(), store::name_list(unknown, kNamed));
}

std::string why_cost_says_nothing(std::span<const double> costs) {
  if (unknown_prices(costs) == costs.size()) return "no price is known";
  // What is not known counts as the dearest known.
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (const double cost : costs) {
    if (std::isnan(cost)) continue;
    least = std::min(least, cost);
    most = std::max(most, cost);
  }
  return least == most ? "all models have the same price" : "";
}

std::string cost_weight_note(std::span<const double> costs, double cost_weight) {
  if (costs.size() < 2 || !(cost_weight > 0)) return {};
  std::string why = why_cost_says_nothing(costs);
  return why.empty() ? why : why + ": the cost weight changes nothing";
}

}  // namespace assay::app
