#include "assay/app/route_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <numeric>

#include "assay/app/route_evaluate.h"
#include "assay/app/router_file.h"
#include "assay/core/error.h"
#include "assay/core/parallel.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"
#include "assay/route/fit.h"

namespace assay {
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
  HashedEmbeddingFit hashed;  // empty unless built in
};

Embedded embed(const RouteFitRequest& request, const std::vector<std::string>& texts, CallLedger* ledger) {
  Embedded result;
  if (is_foreign(request.embedding)) {
    result.vectors = foreign_vectors(request.embedding, texts, ledger, result.dimensions);
    return result;
  }
  const std::vector<std::string_view> corpus(texts.begin(), texts.end());
  result.dimensions = request.embedding.dimensions;
  result.hashed = fit_hashed_embedding(corpus, result.dimensions, request.threads);
  const HashedEmbedding embedding(result.hashed.tables());
  result.vectors.resize(texts.size() * result.dimensions);
  parallel_for(texts.size(), request.threads, [&](std::size_t i) {
    embedding.embed(texts[i], std::span(result.vectors).subspan(i * result.dimensions, result.dimensions));
  });
  return result;
}

void describe(const Benchmark& benchmark, const RouterFit& fit, RouteFitReport& report) {
  report.queries = benchmark.queries.names.size();
  report.tasks = benchmark.queries.tasks;
  report.numbers = fit.numbers;
  report.digest = candidate_digest(benchmark.models);
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
  Study study(request.study, Study::Mode::write_if_possible);
  const Benchmark benchmark = study.benchmark(request.choice);
  const std::vector<std::string> texts = study.prompts(benchmark.queries.names);
  const Embedded embedded = embed(request, texts, ledger_of(study, request.embedding));
  const CorrectnessTable& table = benchmark.table;
  const BenchmarkView view{{table.row(query_id(0)).data(), table.queries() * table.models()},
                           table.tasks(),
                           benchmark.queries.same_text,
                           table.models(),
                           benchmark.queries.tasks.size(),
                           {embedded.vectors, embedded.dimensions}};
  const RouterFit fit = fit_router(view, request.threads, start ? start("fit") : Progress{});
  const SearchIndex index = build_index(view.vectors);
  RouterContents contents;
  contents.router = fit.router(view);
  if (index.codes) contents.router.codes = index.codes->view();
  if (index.graph) contents.router.graph = index.graph->view();
  contents.models = benchmark.models;
  contents.tasks = benchmark.queries.tasks;
  contents.cost = costs_of(benchmark.facts);
  contents.parameters = sizes_of(benchmark.facts);
  contents.embedding = embedding_id(request.embedding, embedded.dimensions);
  contents.hashed = embedded.hashed.tables();
  write_router(request.router, contents);

  RouteFitReport report;
  report.study = request.study;
  report.router = request.router;
  report.embedding = contents.embedding;
  report.index = index.graph ? "graph" : index.codes ? "codes" : "plain";
  report.bytes = std::filesystem::file_size(request.router);
  describe(benchmark, fit, report);
  if (!embedded.hashed.weights.empty() &&
      std::all_of(texts.begin(), texts.end(), [](const std::string& text) { return text.empty(); })) {
    report.notes.emplace_back("the study has no prompt texts: nothing can be learnt from them");
  }
  return report;
}

std::string to_json(const RouteFitReport& report) {
  Json models = Json::array();
  for (const RouteFitReport::Model& model : report.models) {
    models.add(Json::object().set("name", model.name).set("accuracy", model.accuracy).set("known", model.known));
  }
  const auto belief = [](const Belief& one) {
    return Json::object()
        .set("weights", Json::array_of(one.weights))
        .set("common_weight", one.common_weight)
        .set("skill", one.skill);
  };
  const RoutingNumbers& numbers = report.numbers;
  Json json = Json::object();
  json.set("study", report.study).set("router", report.router).set("bytes", report.bytes);
  json.set("embedding", report.embedding).set("index", report.index);
  json.set("candidates", fmt::format("{:016x}", report.digest));
  json.set("queries", report.queries).set("tasks", Json::array_of(report.tasks)).set("models", std::move(models));
  json.set("tasks_belief", belief(numbers.task)).set("queries_belief", belief(numbers.query));
  json.set("query_neighbours", kNeighbours[numbers.query_neighbours]).set("query_penalty", numbers.query_penalty);
  Json neighbours = Json::array();
  for (const std::uint32_t k : numbers.score_neighbours) neighbours.add(kNeighbours[k]);
  json.set("score_neighbours", std::move(neighbours)).set("bandwidth", numbers.bandwidth);
  return json.set("notes", Json::array_of(report.notes)).pretty();
}

std::string to_text(const RouteFitReport& report, bool colour) {
  (void)colour;
  const Belief& task = report.numbers.task;
  const Belief& query = report.numbers.query;
  std::string text = escaped(report.router) + ": " + counted(report.models.size(), "model") + ", " +
                     counted(report.queries, "query", "queries") + " of " + counted(report.tasks.size(), "task") +
                     ", " + byte_size(report.bytes) + "; embedding " + escaped(report.embedding) + "\n";
  text += fmt::format("New tasks: {}; told {:.1f} standard errors better than by the averages over tasks alone\n",
                      task.skill >= kLeastTaskSkill ? "ranked by the benchmark" : "nothing to rank them by",
                      task.skill);
  text += fmt::format("Single queries: {}; told {:.1f} standard errors better\n",
                      query.skill >= kLeastQuerySkill ? "routed" : "nothing to route them by", query.skill);
  for (const std::string& note : report.notes) text += "Note: " + escaped(note) + "\n";
  return text;
}

}  // namespace assay
