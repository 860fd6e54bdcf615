#include "assay/view/route_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assay/core/error.h"
#include "assay/core/money.h"
#include "assay/core/parallel.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"
#include "assay/route/query_routing.h"
#include "assay/route/routing_rule.h"
#include "assay/routing/router_file.h"

namespace assay::view {
namespace {

constexpr std::size_t kModelsShown = 5;

// Of prompts that the router knows little or nothing in; empty where there are none.
std::string unknown_text(const app::RouteQueryReport& report) {
  const auto unknown = std::ranges::count(report.prompts, false, &app::RouteQueryReport::Prompt::known);
  if (unknown == 0) return {};
  const std::size_t count = report.prompts.size();
  const bool weighs_prices =
      report.cost_weight > 0 &&
      std::ranges::any_of(report.prompts[0].models,
                          [](const app::RouteQueryReport::Model& one) { return !std::isnan(one.cost); });
  constexpr std::size_t kNamed = 10;
  std::string which;
  for (std::size_t i = 0, named = 0; i < count && named <= kNamed; ++i) {
    if (report.prompts[i].known) continue;
    const std::string next = named == kNamed ? "..." : report::grouped(i + 1);
    which += (named++ == 0 ? "" : ", ") + next;
  }
  return fmt::format(
      "Note: the router knows little or nothing in {}: the best on average is asked{}\n",
      count == 1 ? "this prompt" : fmt::format("{} of {} ({})", unknown, report::counted(count, "prompt"), which),
      weighs_prices ? ", its price considered" : "");
}

}  // namespace

std::string to_json(const app::RouteQueryReport& report) {
  report::Json prompts = report::Json::array();
  for (const app::RouteQueryReport::Prompt& prompt : report.prompts) {
    report::Json models = report::Json::array();
    for (const app::RouteQueryReport::Model& model : prompt.models) {
      models.add(
          report::Json::object().set("name", model.name).set("chance", model.chance).set("cost", model.cost));
    }
    prompts.add(report::Json::object()
                    .set("chosen", prompt.chosen)
                    .set("chance", prompt.chance)
                    .set("chance_of_best_on_average", prompt.best_on_average)
                    .set("known", prompt.known)
                    .set("models", std::move(models)));
  }
  report::Json json = report::Json::object();
  json.set("router", report.router).set("embedding", report.embedding);
  json.set("candidates", fmt::format("{:016x}", report.digest)).set("cost_weight", report.cost_weight);
  if (report.guard) {
    json.set("guard", report::Json::object()
                          .set("risk", 100 * report.guard->risk)
                          .set("delta", report.guard->delta)
                          .set("routes", report.guard->routes)
                          .set("void", route::is_void(*report.guard))
                          .set("margin", report.guard->margin));
  }
  json.set("abstained", report.abstained).set("prompts", std::move(prompts));
  return json.set("notes", report::Json::array_of(report.notes)).pretty();
}

std::string to_text(const app::RouteQueryReport& report, bool colour, bool all) {
  std::string text;
  if (report.prompts.size() == 1) {
    const app::RouteQueryReport::Prompt& prompt = report.prompts[0];
    report::Table table(
        {{"model"}, {"chance to be right", report::Align::right}, {"per M tokens", report::Align::right}});
    for (std::size_t i = 0; i < prompt.models.size(); ++i) {
      const app::RouteQueryReport::Model& model = prompt.models[i];
      const bool chosen = model.name == prompt.chosen;
      if (!all && i >= kModelsShown && !chosen) continue;
      table.add_row({model.name, report::percent(model.chance, 1), dollars_text(model.cost)},
                    chosen ? report::Emphasis::strong : report::Emphasis::none);
    }
    text = table.text(colour);
    if (table.rows() < prompt.models.size()) {
      text += "and " + report::grouped(prompt.models.size() - table.rows()) + " more (--all shows them)\n";
    }
    text += "\nAsk " + escaped(prompt.chosen) + "\n";
    if (report.guard && report.guard->routes && !prompt.models.empty() && prompt.models[0].name != prompt.chosen) {
      text += fmt::format(
          "The router's guard asks another model than the best single one only where it is worth more by {:.3f}\n",
          report.guard->margin);
    }
  } else {
    report::Table table({{"prompt", report::Align::right}, {"ask"}, {"chance to be right", report::Align::right}});
    for (std::size_t i = 0; i < report.prompts.size(); ++i) {
      table.add_row(
          {report::grouped(i + 1), report.prompts[i].chosen, report::percent(report.prompts[i].chance, 1)});
    }
    text = table.text(colour);
  }
  text += unknown_text(report);
  for (const std::string& note : report.notes) text += "Note: " + escaped(note) + "\n";
  if (report.guard && !report.guard->routes) {
    text += route::is_void(*report.guard)
                ? "The router's guard is void since the router was updated: every prompt goes to the best single "
                  "model\n"
                : "The router's guard routes nothing: every prompt goes to the best single model\n";
  }
  if (report.abstained) text += "The benchmark says nothing that would tell prompts apart: accuracies decide\n";
  return text;
}

}  // namespace assay::view
