#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/parallel.h"
#include "assay/route/fit.h"
#include "assay/route/query_routing.h"
#include "assay/route/routing_rule.h"
#include "assay/route/search_index.h"
#include "assay/routing/router_file.h"
#include "python/bridge/failure.h"

struct AssayRouter {
  explicit AssayRouter(const char* path) : file(path) {}

  assay::routing::RouterFile file;
  std::string about;
};

namespace assay::bridge {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kDistance = 2;  // index into kNeighbours: 20
constexpr double kPercent = 100;

std::vector<std::string> texts_of(const AssayPrompts& prompts) {
  std::vector<std::string> texts;
  texts.reserve(static_cast<std::size_t>(prompts.count));
  for (std::int64_t i = 0; i < prompts.count; ++i) {
    texts.emplace_back(prompts.texts + prompts.offsets[i], prompts.texts + prompts.offsets[i + 1]);
  }
  return texts;
}

// As vectors of a file are made (embedding_choice.cpp): of length 1, or all 0.
std::vector<float> of_length_one(const AssayPrompts& prompts) {
  const auto d = static_cast<std::size_t>(prompts.dimensions);
  std::vector<float> vectors(prompts.vectors, prompts.vectors + static_cast<std::size_t>(prompts.count) * d);
  for (std::size_t i = 0; i < vectors.size(); i += d) {
    double squares = 0;
    for (std::size_t j = 0; j < d; ++j) squares += static_cast<double>(vectors[i + j]) * vectors[i + j];
    if (!(squares > 0)) continue;
    const double scale = 1 / std::sqrt(squares);
    for (std::size_t j = 0; j < d; ++j) vectors[i + j] = static_cast<float>(vectors[i + j] * scale);
  }
  return vectors;
}

// Vectors of prompts that a router is asked about.
// Those that were told, each at length 1.
std::vector<float> vectors_told(const routing::RouterFile& router, const AssayPrompts& prompts) {
  const std::size_t d = router.router().benchmark.vectors.dimensions;
  if (static_cast<std::size_t>(prompts.dimensions) != d) {
    throw InvalidArgument("X: expected vectors of length " + std::to_string(d) + ", came " +
                          std::to_string(prompts.dimensions));
  }
  return of_length_one(prompts);
}

std::vector<double> numbers_of(const double* values, std::size_t count) {
  return values == nullptr ? std::vector<double>(count, std::numeric_limits<double>::quiet_NaN())
                           : std::vector<double>(values, values + count);
}

// setup: {"path": FILE, "models": [NAME, ...], "tasks": [NAME, ...], "embedding": ID of vectors, "dimensions": of
// the built-in embedding, "neighbours": a number or null, "threads": T}
void fit(const Json& told, const AssayRouterArrays& arrays) {
  const auto n = static_cast<std::size_t>(arrays.prompts.count);
  const auto threads = told.at("threads").get<std::size_t>();
  route::RouterContents contents;
  contents.models = told.at("models").get<std::vector<std::string>>();
  contents.tasks = told.at("tasks").get<std::vector<std::string>>();
  const std::size_t m = contents.models.size();
  contents.cost = numbers_of(arrays.costs, m);
  contents.parameters = numbers_of(arrays.parameters, m);
  std::optional<std::size_t> neighbours;
  if (!told.at("neighbours").is_null()) {
    const auto at = std::ranges::find(route::kNeighbours, told.at("neighbours").get<std::size_t>());
    if (at == route::kNeighbours.end()) {
      throw InvalidArgument("neighbours: expected 5, 10, 20, 50, 100 or 200, came " + told.at("neighbours").dump());
    }
    neighbours = static_cast<std::size_t>(at - route::kNeighbours.begin());
  }
  std::vector<float> vectors;
  std::size_t d = static_cast<std::size_t>(arrays.prompts.dimensions);
  text::HashedEmbeddingFit hashed;
  if (arrays.prompts.texts != nullptr) {
    const std::vector<std::string> texts = texts_of(arrays.prompts);
    const std::vector<std::string_view> corpus(texts.begin(), texts.end());
    d = told.at("dimensions").get<std::size_t>();
    hashed = text::fit_hashed_embedding(corpus, d, threads);
    const text::HashedEmbedding embedding(hashed.tables());
    vectors.resize(n * d);
    parallel_for(n, threads,
                 [&](std::size_t i) { embedding.embed(texts[i], std::span(vectors).subspan(i * d, d)); });
    contents.embedding = routing::embedding_id({.dimensions = d}, d);
  } else {
    vectors = of_length_one(arrays.prompts);
    contents.embedding =
        routing::embedding_id({.vectors = ".npy", .name = told.at("embedding").get<std::string>()}, d);
  }
  const route::BenchmarkView view{{reinterpret_cast<const Correctness*>(arrays.cells), n * m},
                                  {arrays.task, n},
                                  {arrays.same_text, n},
                                  m,
                                  contents.tasks.size(),
                                  {vectors, d}};
  const route::RouterFit fitted = route::fit_router(view, threads, {}, neighbours);
  const route::SearchIndex index = route::build_index(view.vectors);
  contents.router = fitted.router(view);
  if (index.codes) contents.router.codes = index.codes->view();
  if (index.graph) contents.router.graph = index.graph->view();
  contents.hashed = hashed.tables();
  routing::write_router(told.at("path").get<std::string>(), contents);
}

Json with_null(std::span<const double> values) {
  Json all = Json::array();
  for (const double one : values) all.push_back(std::isnan(one) ? Json() : Json(one));
  return all;
}

std::string described(const routing::RouterFile& file) {
  const route::RouterContents& contents = file.contents();
  const route::Router& router = file.router();
  return Json{{"models", contents.models},
              {"tasks", contents.tasks},
              {"embedding", contents.embedding},
              {"texts", !contents.hashed.weights.empty()},
              {"dimensions", router.benchmark.vectors.dimensions},
              {"queries", router.benchmark.queries()},
              {"accuracy", with_null(router.accuracy)},
              {"costs", with_null(contents.cost)},
              {"neighbours", route::kNeighbours[router.numbers.query_neighbours]},
              {"guard_weight", router.guard ? router.guard->cost_weight : 0.0},
              {"abstained", !route::routes_queries(router)}}
      .dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::vector<std::size_t> positions(const std::int64_t* candidates, std::int64_t count) {
  return {candidates, candidates + count};
}

void query(const AssayRouter& router, const AssayPrompts& prompts, const std::vector<std::size_t>& candidates,
           double cost_weight, std::size_t threads, double* chances, std::int64_t* chosen) {
  const route::RouterContents& contents = router.file.contents();
  route::check_guard(contents.router, candidates.size(), cost_weight);
  const std::vector<float> vectors = prompts.texts != nullptr
                                         ? router.file.embed_queries({}, texts_of(prompts), threads)
                                         : vectors_told(router.file, prompts);
  const std::size_t d = contents.router.benchmark.vectors.dimensions, m = contents.models.size();
  parallel_for(static_cast<std::size_t>(prompts.count), threads, [&](std::size_t i) {
    const std::vector<double> row = route::query_chances(contents.router, std::span(vectors).subspan(i * d, d));
    std::ranges::copy(row, chances + i * m);
    chosen[i] = static_cast<std::int64_t>(
        candidates[route::route_query(contents.router, row, candidates, contents.cost, cost_weight).chosen]);
  });
}

// setup: {"rule": NAME, "within": points, "seed": S, "threads": T}. The same steps as run_route_task.
void rank(const AssayRouter& router, const Json& told, const AssayPrompts& prompts, const std::uint8_t* right,
          const std::vector<std::size_t>& candidates, AssayTaskRanking& ranking, double* values, double* low,
          double* high) {
  const auto name = told.at("rule").get<std::string>();
  const route::RoutingRuleEntry& rule = route::routing_rule(name);
  if (rule.needs_truth) throw InvalidArgument("rule: " + name + " is a yardstick that nobody can have in earnest");
  const route::RouterContents& contents = router.file.contents();
  const auto threads = told.at("threads").get<std::size_t>();
  const std::vector<float> vectors = prompts.texts != nullptr ? router.file.embed({}, texts_of(prompts), threads)
                                                              : vectors_told(router.file, prompts);
  const std::size_t d = contents.router.benchmark.vectors.dimensions, m = contents.models.size();
  std::vector<Correctness> cells;
  std::vector<float> of_labelled;
  for (std::size_t i = 0; right != nullptr && i < static_cast<std::size_t>(prompts.count); ++i) {
    const auto* row = reinterpret_cast<const Correctness*>(right) + i * m;
    if (std::all_of(row, row + m, [](Correctness cell) { return !cell.known(); })) continue;
    cells.insert(cells.end(), row, row + m);
    of_labelled.insert(of_labelled.end(), vectors.data() + i * d, vectors.data() + (i + 1) * d);
  }
  const route::TaskFeatures features =
      route::task_features(contents.router, {vectors, d}, {cells, {of_labelled, d}}, threads);
  const route::Ranking found = rule.rank({.router = &contents.router,
                                          .features = &features,
                                          .candidates = candidates,
                                          .cost = contents.cost,
                                          .within = told.at("within").get<double>() / kPercent,
                                          .seed = told.at("seed").get<std::uint64_t>()});
  ranking = {static_cast<std::int64_t>(candidates[found.chosen]), found.abstained ? 1 : 0,
             static_cast<std::int64_t>(features.labelled), found.intervals.empty() ? 0 : 1,
             features.distance[kDistance]};
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    values[i] = found.values[i];
    if (found.intervals.empty()) continue;
    low[i] = found.intervals[i].low;
    high[i] = found.intervals[i].high;
  }
}

}  // namespace
}  // namespace assay::bridge

int assay_router_fit(const char* setup, const AssayRouterArrays* arrays) {
  return assay::bridge::guarded([&] { assay::bridge::fit(nlohmann::json::parse(setup), *arrays); }) ? 0 : -1;
}

AssayRouter* assay_router_load(const char* path) {
  std::unique_ptr<AssayRouter> router;
  const bool done = assay::bridge::guarded([&] {
    router = std::make_unique<AssayRouter>(path);
    router->about = assay::bridge::described(router->file);
  });
  return done ? router.release() : nullptr;
}

void assay_router_free(AssayRouter* router) {
  delete router;  // NOLINT(cppcoreguidelines-owning-memory): the caller owned it
}

int assay_router_save(AssayRouter* router, const char* path) {
  return assay::bridge::guarded([&] { assay::routing::write_router(path, router->file.contents()); }) ? 0 : -1;
}

const char* assay_router_about(AssayRouter* router) { return router->about.c_str(); }

int assay_router_query(AssayRouter* router, const AssayPrompts* prompts, const int64_t* candidates,
                       int64_t candidates_count, double cost_weight, int64_t threads, double* chances,
                       int64_t* chosen) {
  const bool done = assay::bridge::guarded([&] {
    assay::bridge::query(*router, *prompts, assay::bridge::positions(candidates, candidates_count), cost_weight,
                         static_cast<std::size_t>(threads), chances, chosen);
  });
  return done ? 0 : -1;
}

int assay_router_task(AssayRouter* router, const char* setup, const AssayPrompts* prompts, const uint8_t* right,
                      const int64_t* candidates, int64_t candidates_count, AssayTaskRanking* ranking,
                      double* values, double* low, double* high) {
  const bool done = assay::bridge::guarded([&] {
    assay::bridge::rank(*router, nlohmann::json::parse(setup), *prompts, right,
                        assay::bridge::positions(candidates, candidates_count), *ranking, values, low, high);
  });
  return done ? 0 : -1;
}

const char* assay_routing_rules() {
  static const std::string kText = [] {
    nlohmann::json all = nlohmann::json::array();
    for (const assay::route::RoutingRuleEntry& entry : assay::route::routing_rules()) {
      if (!entry.needs_truth) all.push_back({{"name", entry.name}, {"help", entry.help}});
    }
    return all.dump();
  }();
  return kText.c_str();
}
