#include "assay/app/route_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <optional>

#include "assay/app/benchmark_prices.h"
#include "assay/app/embedding_batches.h"
#include "assay/app/router_guard.h"
#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/core/parallel.h"
#include "assay/core/utf8.h"
#include "assay/route/fit.h"
#include "assay/route/search_index.h"
#include "assay/routing/router_file.h"

namespace assay::app {
namespace {

constexpr double kAllPoints = 100;

// Told before the long work, not after it. The router must not take the study's place.
void check(const RouteFitRequest& request) {
  if (request.router.empty()) throw InvalidArgument("expected the path of the router to write, came an empty one");
  std::error_code failure;
  if (std::filesystem::equivalent(request.router, request.study, failure)) {
    throw InvalidArgument("the router would overwrite the study " + assay::quoted(request.study));
  }
  if (std::filesystem::is_directory(request.router, failure)) {
    throw InvalidArgument("expected the path of a file, came the folder " + assay::quoted(request.router));
  }
  if (!request.risk) return;
  if (!(*request.risk >= 0 && *request.risk < kAllPoints)) {
    throw InvalidArgument(fmt::format("`risk` must be 0 to 100 points, came {:g}", *request.risk));
  }
  if (!(request.delta > 0 && request.delta < 0.5)) {
    throw InvalidArgument(fmt::format("`delta` must be above 0 and below 0.5, came {:g}", request.delta));
  }
  if (!(request.cost_weight >= 0 && std::isfinite(request.cost_weight))) {
    throw InvalidArgument(fmt::format("the weight of the cost must be 0 or more, came {:g}", request.cost_weight));
  }
}

struct Embedded {
  std::vector<float> vectors;
  std::size_t dimensions = 0;
  text::HashedEmbeddingFit hashed;  // empty unless built in
  std::vector<embed::RefusedText> refused;
};

// Vectors of all texts, by an embedding that is learnt of the `fitted` ones. The others are as they would come to
// the router, which looks at nothing that the embedding is not familiar with.
Embedded embed(const RouteFitRequest& request, const std::vector<std::string>& texts,
               const std::vector<std::size_t>& fitted, store::Study& study) {
  Embedded result;
  if (routing::is_foreign(request.embedding)) {
    routing::EmbeddingChoice choice = request.embedding;
    const auto batches = open_batches(choice, study);
    result.vectors = routing::foreign_vectors(choice, texts, routing::ledger_of(study, choice), result.dimensions,
                                              result.refused);
    return result;
  }
  std::vector<std::string_view> corpus;
  std::vector<bool> is_fitted(texts.size(), false);
  for (const std::size_t i : fitted) {
    corpus.emplace_back(texts[i]);
    is_fitted[i] = true;
  }
  result.dimensions = request.embedding.dimensions;
  result.hashed = text::fit_hashed_embedding(corpus, result.dimensions, request.threads);
  const text::HashedEmbedding embedding(result.hashed.tables());
  result.vectors.resize(texts.size() * result.dimensions);
  parallel_for(texts.size(), request.threads, [&](std::size_t i) {
    const std::span vector = std::span(result.vectors).subspan(i * result.dimensions, result.dimensions);
    if (!embedding.embed(texts[i], vector) && !is_fitted[i]) std::ranges::fill(vector, 0.0F);
  });
  return result;
}

GuardSplit split_of(const RouteFitRequest& request, const store::Benchmark& benchmark,
                    const std::vector<std::string>& texts) {
  GuardSplit split;
  if (!request.risk) {
    split.fitted.resize(texts.size());
    std::iota(split.fitted.begin(), split.fitted.end(), std::size_t{0});
    return split;
  }
  // Queries without a text are told apart by their names.
  std::vector<std::uint64_t> keys;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    keys.push_back(fnv1a(texts[i].empty() ? benchmark.queries.names[i] : texts[i]));
  }
  return split_for_guard(keys, benchmark.table.tasks(), benchmark.queries.tasks.size());
}

// Empty where all prices are known, or none and nobody weighs them.
std::string price_note(const RouteFitRequest& request, const route::RouterContents& contents) {
  std::string note = cost_weight_note(contents.cost, request.cost_weight);
  return !note.empty() ? note : unknown_prices_note(contents.models, contents.cost);
}

}  // namespace

RouteFitReport run_route_fit(const RouteFitRequest& request, const StartProgress& start) {
  check(request);
  store::Study study(request.study, store::Study::Mode::write_if_possible);
  const store::Benchmark benchmark = study.benchmark(request.choice);
  const std::vector<std::string> texts = study.prompts(benchmark.queries.names);
  const GuardSplit split = split_of(request, benchmark, texts);
  const Embedded embedded = embed(request, texts, split.fitted, study);
  const CorrectnessTable& table = benchmark.table;
  const route::BenchmarkView whole{{table.row(query_id(0)).data(), table.queries() * table.models()},
                                   table.tasks(),
                                   benchmark.queries.same_text,
                                   table.models(),
                                   benchmark.queries.tasks.size(),
                                   {embedded.vectors, embedded.dimensions}};
  std::optional<FittedPart> part;
  if (request.risk) part.emplace(whole, split.fitted);
  const route::BenchmarkView view = part ? part->view() : whole;
  const route::RouterFit fit = route::fit_router(view, request.threads, start ? start("fit") : Progress{});
  const route::SearchIndex index = route::build_index(view.vectors);
  route::RouterContents contents;
  contents.router = fit.router(view);
  if (index.codes) contents.router.codes = index.codes->view();
  if (index.graph) contents.router.graph = index.graph->view();
  contents.models = benchmark.models;
  contents.tasks = benchmark.queries.tasks;
  const BenchmarkPrices prices = benchmark_prices(study, benchmark, request.price_file);
  contents.cost = prices.per_million;
  if (request.risk) {
    const std::vector<route::HeldOutRouting> held_out = held_out_routings(
        contents.router, whole, split.held_out, contents.cost, request.cost_weight, request.threads);
    route::Guard guard = route::fit_guard(held_out, *request.risk / kAllPoints, request.delta);
    guard.cost_weight = request.cost_weight;
    contents.router.guard = guard;
  }
  contents.parameters = store::sizes_of(benchmark.facts);
  contents.embedding = routing::embedding_id(request.embedding, embedded.dimensions);
  contents.hashed = embedded.hashed.tables();
  routing::write_router(request.router, contents);

  RouteFitReport report{describe_router(request.router, contents), request.study};
  report.notes.insert(report.notes.begin(), benchmark.notes.begin(), benchmark.notes.end());
  report.notes.insert(report.notes.end(), prices.notes.begin(), prices.notes.end());
  if (std::string note = price_note(request, contents); !note.empty()) report.notes.push_back(std::move(note));
  for (std::string& note : routing::notes_of(embedded.refused, benchmark.queries.names)) {
    report.notes.push_back(std::move(note));
  }
  if (!embedded.hashed.weights.empty() &&
      std::all_of(texts.begin(), texts.end(), [](const std::string& text) { return text.empty(); })) {
    report.notes.emplace_back("the study has no prompt texts: nothing can be learnt from them");
  }
  return report;
}

}  // namespace assay::app
