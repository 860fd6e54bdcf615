#include "assay/app/route_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "assay/app/router_file.h"
#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/task_queries.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"
#include "assay/route/score.h"

namespace assay {
namespace {

constexpr double kPoints = 100;
constexpr std::size_t kDistance = 2;  // index into kNeighbours: 20

// Outcomes that the file tells, a row for each query with any; the vectors of these go along.
struct Labelled {
  std::vector<Correctness> cells;
  std::vector<float> vectors;
};

Labelled labelled_of(const std::vector<TaskQuery>& queries, const std::vector<float>& vectors,
                     std::size_t dimensions, const RouterContents& contents) {
  Labelled result;
  const std::vector<std::string>& models = contents.models;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    if (queries[i].right.empty()) continue;
    std::vector<Correctness> row(models.size(), Correctness::unknown);
    for (const auto& [name, right] : queries[i].right) {
      const auto at = std::find(models.begin(), models.end(), name);
      if (at == models.end()) throw InvalidArgument("the router knows no model " + quoted(name));
      row[static_cast<std::size_t>(at - models.begin())] = right ? Correctness::right : Correctness::wrong;
    }
    result.cells.insert(result.cells.end(), row.begin(), row.end());
    const auto begin = vectors.begin() + static_cast<std::ptrdiff_t>(i * dimensions);
    result.vectors.insert(result.vectors.end(), begin, begin + static_cast<std::ptrdiff_t>(dimensions));
  }
  return result;
}

std::optional<Interval> usual_distance(const Router& router) {
  const std::size_t tasks = router.benchmark.tasks;
  if (tasks < 2) return std::nullopt;
  const std::span<const double> distances = router.distance.subspan(kDistance * tasks, tasks);
  const auto [least, largest] = std::ranges::minmax(distances);
  return Interval{least, largest};
}

}  // namespace

RouteTaskReport run_route_task(const RouteTaskRequest& request) {
  const ScoreEntry& entry = score(request.score);
  if (entry.needs_truth) {
    throw InvalidArgument("score " + std::string(entry.name) + " is a yardstick that nobody can have in earnest");
  }
  if (!(request.within >= 0 && request.within <= kPoints)) {
    throw InvalidArgument(fmt::format("the points to give away must be 0 to 100, came {:g}", request.within));
  }
  const RouterFile file(request.router);
  const RouterContents& contents = file.contents();
  const std::vector<std::size_t> candidates = file.candidates(request.models);
  const std::vector<TaskQuery> queries = read_task_queries(request.queries);
  std::vector<std::string> texts;
  texts.reserve(queries.size());
  for (const TaskQuery& query : queries) texts.push_back(query.prompt);
  const std::vector<float> vectors = file.embed(request.embedding, texts, request.threads);
  const std::size_t d = contents.router.benchmark.vectors.dimensions;
  const Labelled labelled = labelled_of(queries, vectors, d, contents);
  const TaskEvidence evidence =
      look_at(contents.router, {vectors, d}, {labelled.cells, {labelled.vectors, d}}, request.threads);
  const RankingInput input{&contents.router,         &evidence, candidates,  {}, contents.cost,
                           request.within / kPoints, {},        request.seed};
  const Ranking ranking = entry.rank(input);

  RouteTaskReport report{request.router,
                         contents.embedding,
                         candidate_digest(contents.models),
                         request.score,
                         queries.size(),
                         evidence.labelled,
                         contents.models[candidates[ranking.chosen]],
                         ranking.abstained,
                         evidence.distance[kDistance],
                         usual_distance(contents.router),
                         {}};
  std::vector<std::size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Models of which nothing is known come last.
  const auto worth = [&](std::size_t i) {
    return std::isnan(ranking.scores[i]) ? -std::numeric_limits<double>::infinity() : ranking.scores[i];
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return worth(a) > worth(b); });
  const std::vector<double> average = contents.router.average();
  for (const std::size_t i : order) {
    const std::size_t model = candidates[i];
    RouteTaskReport::Model row{contents.models[model], ranking.scores[i],          std::nullopt,
                               average[model],         contents.parameters[model], contents.cost[model]};
    if (!ranking.intervals.empty()) row.interval = ranking.intervals[i];
    report.models.push_back(row);
  }
  return report;
}

std::string to_json(const RouteTaskReport& report) {
  Json models = Json::array();
  for (const RouteTaskReport::Model& model : report.models) {
    Json json = Json::object().set("name", model.name).set("score", model.score);
    json.set("low", model.interval ? Json(model.interval->low) : Json());
    json.set("high", model.interval ? Json(model.interval->high) : Json());
    models.add(
        json.set("benchmark_accuracy", model.accuracy).set("parameters", model.parameters).set("cost", model.cost));
  }
  Json json = Json::object();
  json.set("router", report.router).set("embedding", report.embedding);
  json.set("candidates", fmt::format("{:016x}", report.digest));
  json.set("score", report.score).set("queries", report.queries).set("labelled", report.labelled);
  json.set("chosen", report.chosen).set("abstained", report.abstained);
  json.set("distance", report.distance);
  const std::optional<Interval>& usual = report.usual_distance;
  json.set("usual_distance", usual ? Json::object().set("low", usual->low).set("high", usual->high) : Json());
  return json.set("models", std::move(models)).pretty();
}

std::string to_text(const RouteTaskReport& report, bool colour) {
  Table table({{"model"},
               {report.score, Align::right},
               {"95 % interval", Align::right},
               {"on the benchmark", Align::right},
               {"size", Align::right},
               {"$ per M tokens", Align::right}});
  for (const RouteTaskReport::Model& model : report.models) {
    const std::string interval =
        model.interval ? fixed(100 * model.interval->low, 1) + " .. " + fixed(100 * model.interval->high, 1) + " %"
                       : "-";
    table.add_row(
        {model.name, score(report.score).is_accuracy ? percent(model.score, 1) : fixed(model.score, 2), interval,
         percent(model.accuracy, 1), std::isnan(model.parameters) ? "-" : fixed(model.parameters / 1e9, 1) + " B",
         fixed(model.cost, 2)},
        model.name == report.chosen ? Emphasis::strong : Emphasis::none);
  }
  std::string text = table.text(colour);
  text += "\nChosen for " + counted(report.queries, "query", "queries") + ": " + escaped(report.chosen) +
          ", by score " + escaped(report.score);
  if (report.labelled > 0) text += " and " + counted(report.labelled, "labelled query", "labelled queries");
  text += "\n";
  text += fmt::format("Distance to the benchmark: {:.2f}", report.distance);
  if (report.usual_distance) {
    text += fmt::format("; of its own tasks to each other: {:.2f} .. {:.2f}", report.usual_distance->low,
                        report.usual_distance->high);
  }
  text += "\n";
  if (report.usual_distance && report.distance > report.usual_distance->high) {
    text += "Note: the benchmark has nothing like these queries: estimates and intervals are guesses\n";
  }
  if (report.abstained) {
    text += "The benchmark says nothing that would rank models for a new task: this is the best on average\n";
  }
  return text;
}

}  // namespace assay
