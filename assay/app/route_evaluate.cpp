#include "assay/app/route_evaluate.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>
#include <utility>

#include "assay/app/benchmark_prices.h"
#include "assay/app/embedding_batches.h"
#include "assay/asking/candidate_prices.h"
#include "assay/core/error.h"
#include "assay/core/rng.h"

namespace assay::app {
namespace {

constexpr std::size_t kMostPools = 100'000;
constexpr double kPoints = 100;

void check(const RouteEvaluateRequest& request) {
  if (request.pools > kMostPools) {
    throw InvalidArgument(fmt::format("expected {} pools at most, came {}", kMostPools, request.pools));
  }
  if (!(request.pool_spread >= 0 && request.pool_spread <= kPoints)) {
    throw InvalidArgument(
        fmt::format("the spread of a pool must be 0 to 100 points, came {:g}", request.pool_spread));
  }
  if (!(request.within >= 0 && request.within <= kPoints)) {
    throw InvalidArgument(fmt::format("the points to give away must be 0 to 100, came {:g}", request.within));
  }
  if (!(request.cost_weight >= 0 && std::isfinite(request.cost_weight))) {
    throw InvalidArgument(fmt::format("the weight of the cost must be 0 or more, came {:g}", request.cost_weight));
  }
}

// Why there is no curve.
std::string without_prices(std::span<const std::string> models, std::span<const double> costs) {
  const std::string told = "accuracy against price is not told: ";
  if (const std::string why = why_cost_says_nothing(costs); !why.empty()) return told + why;
  std::string missing;
  std::size_t count = 0;
  for (std::size_t j = 0; j < models.size(); ++j) {
    if (!std::isnan(costs[j])) continue;
    if (++count == 1) missing = quoted(models[j]);
  }
  return fmt::format("{}no price is known of {}{}", told, missing,
                     count == 1 ? "" : fmt::format(" and {} others", count - 1));
}

// Which vector belongs to which query is dealt out anew.
text::EmbedAll shuffled(text::EmbedAll embed, std::size_t queries, std::size_t dimensions, std::uint64_t seed) {
  std::vector<std::size_t> order(queries);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Rng rng(seed, 7);
  rng.shuffle(std::span(order));
  return [embed = std::move(embed), order, dimensions](std::span<const std::size_t> training) {
    const std::vector<float> vectors = embed(training);
    std::vector<float> dealt(vectors.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      std::copy_n(vectors.begin() + static_cast<std::ptrdiff_t>(order[i] * dimensions), dimensions,
                  dealt.begin() + static_cast<std::ptrdiff_t>(i * dimensions));
    }
    return dealt;
  };
}

}  // namespace

RouteEvaluateReport run_route_evaluate(const RouteEvaluateRequest& request, const StartProgress& start) {
  check(request);
  store::Study study(request.study, store::Study::Mode::write_if_possible);
  const store::Benchmark benchmark = study.benchmark(request.choice);
  const std::vector<std::string> texts = study.prompts(benchmark.queries.names);
  const std::vector<double> sizes = store::sizes_of(benchmark.facts);
  const BenchmarkPrices prices = benchmark_prices(study, benchmark, request.price_file);
  sim::RouteReplaySetup setup;
  setup.outcomes = &benchmark.table;
  setup.same_text = benchmark.queries.same_text;
  setup.tasks = benchmark.queries.tasks.size();
  std::vector<embed::RefusedText> refused;
  routing::EmbeddingChoice embedding = request.embedding;
  const auto batches = open_batches(embedding, study);
  setup.embed = routing::embed_all(embedding, texts, routing::ledger_of(study, embedding), request.threads,
                                   setup.dimensions, refused);
  if (request.shuffle) setup.embed = shuffled(setup.embed, texts.size(), setup.dimensions, request.seed);
  setup.parameters = sizes;
  setup.cost = prices.per_million;
  setup.cost_weight = request.cost_weight;
  setup.dollars = prices.dollars;
  setup.seconds = prices.seconds;
  setup.within = request.within / kPoints;
  setup.pools = request.pools;
  setup.pool_size = request.pool_size;
  setup.pool_spread = request.pool_spread / kPoints;
  setup.pools_by = request.pools_by;
  setup.labelled = request.labelled;
  setup.each_neighbours = request.each_neighbours;
  setup.seed = request.seed;
  setup.threads = request.threads;
  RouteEvaluateReport report;
  report.request = request;
  report.embedding = routing::embedding_id(request.embedding, setup.dimensions);
  report.tasks = benchmark.queries.tasks;
  report.models = benchmark.models;
  report.queries = benchmark.queries.names.size();
  report.notes = benchmark.notes;
  report.notes.insert(report.notes.end(), prices.notes.begin(), prices.notes.end());
  for (std::string& note : routing::notes_of(refused, benchmark.queries.names)) {
    report.notes.push_back(std::move(note));
  }
  report.replay = sim::replay(setup, start ? start("evaluate") : Progress{});
  const std::string no_pool =
      fmt::format("no {} models are within {:g} points of each other", request.pool_size, request.pool_spread);
  if (report.replay.tasks_without_pools > 0) {
    report.notes.push_back(fmt::format("{} of {} tasks are not in these figures: by the other tasks {}",
                                       report.replay.tasks_without_pools, report.tasks.size(), no_pool));
  }
  if (report.replay.halves_without_pools > 0) {
    report.notes.push_back(fmt::format("single queries were routed by {} of two halves: by the other {}",
                                       report.replay.halves_without_pools == 1 ? "one" : "none", no_pool));
  }
  if (report.replay.rules.empty()) {
    report.notes.emplace_back("new tasks were not evaluated: the study has one task, and none can be left out");
  }
  const std::vector<sim::QueryRouting>& per_query = report.replay.per_query;
  const bool has_halves = report.replay.halves_without_pools < 2;
  if (has_halves && (per_query.empty() || std::isnan(per_query[0].accuracy.mean))) {
    report.notes.emplace_back("single queries were not routed: of none is it known whether all models are right");
  } else if (has_halves && report.replay.curves.empty()) {
    report.notes.push_back(without_prices(benchmark.models, prices.per_million));
  } else if (prices.answered < prices.dollars.size()) {
    report.notes.push_back(fmt::format("{} of {} answers are not in the study: what they cost is reckoned, with {}",
                                       prices.dollars.size() - prices.answered, prices.dollars.size(),
                                       prices.answered == 0
                                           ? fmt::format("{} tokens for each", asking::kLikelyAnswer)
                                           : std::string("the mean tokens of those that are")));
  }
  return report;
}

}  // namespace assay::app
