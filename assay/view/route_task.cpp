#include "assay/view/route_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assay/core/error.h"
#include "assay/core/money.h"
#include "assay/core/utf8.h"
#include "assay/data/task_queries.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"
#include "assay/route/routing_rule.h"
#include "assay/routing/router_file.h"

namespace assay::view {

std::string to_json(const app::RouteTaskReport& report) {
  report::Json models = report::Json::array();
  for (const app::RouteTaskReport::Model& model : report.models) {
    report::Json json = report::Json::object().set("name", model.name).set("score", model.value);
    json.set("low", model.interval ? report::Json(model.interval->low) : report::Json());
    json.set("high", model.interval ? report::Json(model.interval->high) : report::Json());
    models.add(
        json.set("benchmark_accuracy", model.accuracy).set("parameters", model.parameters).set("cost", model.cost));
  }
  report::Json json = report::Json::object();
  json.set("router", report.router).set("embedding", report.embedding);
  json.set("candidates", fmt::format("{:016x}", report.digest));
  json.set("score", report.rule).set("queries", report.queries).set("labelled", report.labelled);
  json.set("unknown", report.unknown);
  json.set("chosen", report.chosen).set("abstained", report.abstained);
  json.set("distance", report.distance);
  const std::optional<stats::Interval>& usual = report.usual_distance;
  json.set("usual_distance",
           usual ? report::Json::object().set("low", usual->low).set("high", usual->high) : report::Json());
  return json.set("models", std::move(models)).pretty();
}

std::string to_text(const app::RouteTaskReport& report, bool colour) {
  report::Table table({{"model"},
                       {report.rule, report::Align::right},
                       {"95 % interval", report::Align::right},
                       {"on the benchmark", report::Align::right},
                       {"size", report::Align::right},
                       {"per M tokens", report::Align::right}});
  for (const app::RouteTaskReport::Model& model : report.models) {
    const std::string interval = model.interval ? report::fixed(100 * model.interval->low, 1) + " .. " +
                                                      report::fixed(100 * model.interval->high, 1) + " %"
                                                : "-";
    table.add_row({model.name,
                   route::routing_rule(report.rule).is_accuracy ? report::percent(model.value, 1)
                                                                : report::fixed(model.value, 2),
                   interval, report::percent(model.accuracy, 1),
                   std::isnan(model.parameters) ? "-" : report::fixed(model.parameters / 1e9, 1) + " B",
                   dollars_text(model.cost)},
                  model.name == report.chosen ? report::Emphasis::strong : report::Emphasis::none);
  }
  std::string text = table.text(colour);
  text += "\nChosen for " + report::counted(report.queries, "query", "queries") + ": " + escaped(report.chosen) +
          ", by score " + escaped(report.rule);
  if (report.labelled > 0) text += " and " + report::counted(report.labelled, "labelled query", "labelled queries");
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
  if (report.unknown > 0) {
    text += fmt::format("Note: the router knows little or nothing in {} of {}, as in another language\n",
                        report.unknown, report::counted(report.queries, "query", "queries"));
  }
  const bool priced = std::ranges::any_of(report.models, [](const auto& model) { return !std::isnan(model.cost); });
  if (report.rule == "cheapest" && !priced) {
    text += "Note: no price is known, so the cheapest is the best (assay route fit --prices)\n";
  }
  if (report.abstained) {
    text += "The benchmark says nothing that would rank models for a new task: this is the best on average\n";
  }
  return text;
}

}  // namespace assay::view
