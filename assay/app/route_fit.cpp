#include "assay/app/route_fit.h"

#include <algorithm>
#include <filesystem>

#include "assay/app/embedding_batches.h"
#include "assay/core/error.h"
#include "assay/core/parallel.h"
#include "assay/core/utf8.h"
#include "assay/route/fit.h"
#include "assay/route/search_index.h"
#include "assay/routing/router_file.h"

namespace assay::app {
namespace {

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
}

struct Embedded {
  std::vector<float> vectors;
  std::size_t dimensions = 0;
  text::HashedEmbeddingFit hashed;  // empty unless built in
  std::vector<embed::RefusedText> refused;
};

Embedded embed(const RouteFitRequest& request, const std::vector<std::string>& texts, store::Study& study) {
  Embedded result;
  if (routing::is_foreign(request.embedding)) {
    routing::EmbeddingChoice choice = request.embedding;
    const auto batches = open_batches(choice, study);
    result.vectors = routing::foreign_vectors(choice, texts, routing::ledger_of(study, choice), result.dimensions,
                                              result.refused);
    return result;
  }
  const std::vector<std::string_view> corpus(texts.begin(), texts.end());
  result.dimensions = request.embedding.dimensions;
  result.hashed = text::fit_hashed_embedding(corpus, result.dimensions, request.threads);
  const text::HashedEmbedding embedding(result.hashed.tables());
  result.vectors.resize(texts.size() * result.dimensions);
  parallel_for(texts.size(), request.threads, [&](std::size_t i) {
    embedding.embed(texts[i], std::span(result.vectors).subspan(i * result.dimensions, result.dimensions));
  });
  return result;
}

void describe(const store::Benchmark& benchmark, const route::RouterFit& fit, RouteFitReport& report) {
  report.queries = benchmark.queries.names.size();
  report.tasks = benchmark.queries.tasks;
  report.numbers = fit.numbers;
  report.digest = route::candidate_digest(benchmark.models);
  report.notes = benchmark.notes;
  for (std::size_t j = 0; j < benchmark.models.size(); ++j) {
    std::size_t known = 0;
    for (std::size_t i = 0; i < benchmark.table.queries(); ++i) {
      known += benchmark.table.at(query_id(i), model_id(j)) != Correctness::unknown ? 1 : 0;
    }
    report.models.push_back({benchmark.models[j], fit.accuracy[j], known});
  }
}

}  // namespace

RouteFitReport run_route_fit(const RouteFitRequest& request, const StartProgress& start) {
  check(request);
  store::Study study(request.study, store::Study::Mode::write_if_possible);
  const store::Benchmark benchmark = study.benchmark(request.choice);
  const std::vector<std::string> texts = study.prompts(benchmark.queries.names);
  const Embedded embedded = embed(request, texts, study);
  const CorrectnessTable& table = benchmark.table;
  const route::BenchmarkView view{{table.row(query_id(0)).data(), table.queries() * table.models()},
                                  table.tasks(),
                                  benchmark.queries.same_text,
                                  table.models(),
                                  benchmark.queries.tasks.size(),
                                  {embedded.vectors, embedded.dimensions}};
  const route::RouterFit fit = route::fit_router(view, request.threads, start ? start("fit") : Progress{});
  const route::SearchIndex index = route::build_index(view.vectors);
  route::RouterContents contents;
  contents.router = fit.router(view);
  if (index.codes) contents.router.codes = index.codes->view();
  if (index.graph) contents.router.graph = index.graph->view();
  contents.models = benchmark.models;
  contents.tasks = benchmark.queries.tasks;
  contents.cost = store::costs_of(benchmark.facts);
  contents.parameters = store::sizes_of(benchmark.facts);
  contents.embedding = routing::embedding_id(request.embedding, embedded.dimensions);
  contents.hashed = embedded.hashed.tables();
  routing::write_router(request.router, contents);

  RouteFitReport report;
  report.study = request.study;
  report.router = request.router;
  report.embedding = contents.embedding;
  report.index = index.graph ? "graph" : index.codes ? "codes" : "plain";
  report.bytes = std::filesystem::file_size(request.router);
  describe(benchmark, fit, report);
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
