#include "assay/view/route_update.h"

#include <fmt/format.h>

#include <cmath>

#include "assay/core/field_names.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"
#include "assay/stats/intervals.h"

namespace assay::view {

std::string to_json(const app::RouteUpdateReport& report) {
  report::Json models = report::Json::array();
  for (const app::RouteUpdateReport::Model& model : report.models) {
    report::Json one = report::Json::object();
    one.set("name", model.name).set("new", model.fresh).set("accuracy", model.accuracy).set("error", model.error);
    models.add(one.set("before", model.before).set("known", model.known).set("outcomes", model.outcomes));
  }
  report::Json json = report::Json::object();
  json.set("router", report.router).set("output", report.output).set("bytes", report.bytes);
  json.set("candidates", fmt::format("{:016x}", report.digest)).set("outcomes", report.outcomes);
  json.set("without_outcome", report.without_outcome).set("without_prompt", report.without_prompt);
  json.set("queries", report.queries).set("new_queries", report.new_queries);
  json.set("filled", report.filled).set("changed", report.changed).set("forgotten", report.forgotten);
  json.set("half_life", report.half_life ? report::Json(*report.half_life) : report::Json());
  json.set("new_tasks", report::Json::array_of(report.new_tasks)).set("models", std::move(models));
  json.set("guard_void", report.guard_void).set("guard_dropped", report.guard_dropped);
  return json.set("notes", report::Json::array_of(report.notes)).pretty();
}

std::string to_text(const app::RouteUpdateReport& report, bool colour) {
  const std::string again =
      report.changed == 0 ? "" : report::grouped(report.changed) + " that it had are told again, ";
  std::string text = escaped(report.output) + ": " + report::counted(report.filled, "outcome") + " added, " +
                     again + report::counted(report.new_queries, "new query", "new queries") + "; " +
                     report::counted(report.queries, "query", "queries") + " now, " +
                     report::byte_size(report.bytes) + "\n";
  if (report.half_life) {
    text += report::counted(report.forgotten, "outcome") + " forgotten, half-life " +
            fmt::format("{:g} days\n", *report.half_life);
  }
  for (const std::string& task : report.new_tasks) text += "New task: " + escaped(task) + "\n";
  if (report.guard_void) {
    text +=
        report.guard_dropped
            ? "Guard: dropped. Queries are routed wherever that looks better; nothing is shown of what it loses\n"
            : "Guard: void, as it was shown of the router before. Every query goes to the best single model until "
              "the router is\nfitted again with --risk, or updated with --drop-guard\n";
  }
  for (const std::string& note : report.notes) text += "Note: " + escaped(with_options(note)) + "\n";
  report::Table table({{"model"},
                       {"outcomes", report::Align::right},
                       {"known", report::Align::right},
                       {"accuracy", report::Align::right},
                       {"before", report::Align::right}});
  for (const app::RouteUpdateReport::Model& model : report.models) {
    if (model.outcomes == 0) continue;
    table.add_row(
        {model.name, std::to_string(model.outcomes), std::to_string(model.known),
         fmt::format("{} ± {:.1f}", report::percent(model.accuracy), 100 * stats::kNormal95 * model.error),
         model.fresh ? "new" : report::percent(model.before)});
  }
  return text + "\n" + table.text(colour) + "\n± 95 %\n";
}

}  // namespace assay::view
