#include "assay/view/ensemble_fit.h"

#include <fmt/format.h>

#include "assay/core/field_names.h"
#include "assay/core/money.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"

namespace assay::view {
namespace {

constexpr double kMicrodollars = 1e6;

report::Json member_json(const app::EnsembleFitReport::Member& member) {
  report::Json json = report::Json::object();
  json.set("name", member.name).set("accuracy", member.accuracy);
  return json.set("cost",
                  member.cost ? report::Json(static_cast<double>(*member.cost) / kMicrodollars) : report::Json());
}

std::string kind_text(const app::EnsembleFitReport& report) {
  return report.kind == LabelKind::options ? report::counted(report.labels.size(), "option", "options at most")
                                           : report::counted(report.labels.size(), "class", "classes");
}

}  // namespace

std::string to_json(const app::EnsembleFitReport& report) {
  report::Json json = report::Json::object();
  json.set("study", report.study).set("ensemble", report.ensemble).set("bytes", report.bytes);
  json.set("kind", report.kind == LabelKind::options ? "options" : "classes");
  json.set("labels", report::Json::array_of(report.labels)).set("method", report.method);
  json.set("decision", report.decision).set("decision_chosen", report.decision_chosen).set("sure", report.sure);
  report::Json ensembles = report::Json::array();
  for (const app::EnsembleFitReport::Fitted& fitted : report.ensembles) {
    report::Json members = report::Json::array();
    for (const app::EnsembleFitReport::Member& member : fitted.members) members.add(member_json(member));
    ensembles.add(report::Json::object()
                      .set("task", fitted.task)
                      .set("queries", fitted.queries)
                      .set("members", std::move(members)));
  }
  json.set("ensembles", std::move(ensembles));
  return json.set("notes", report::Json::array_of(report.notes)).pretty();
}

std::string to_text(const app::EnsembleFitReport& report, bool colour) {
  std::string text =
      fmt::format("{}: {}; method {}, decision {}{}, {}\n", escaped(report.ensemble), kind_text(report),
                  report.method, report.decision, report.decision_chosen ? " (by cross-validation)" : "",
                  report::counted(report.bytes, "byte"));
  for (const std::string& note : report.notes) text += "Note: " + escaped(with_options(note)) + "\n";
  report::Table table({{"task"},
                       {"queries", report::Align::right},
                       {"", report::Align::right},
                       {"member"},
                       {"accuracy", report::Align::right},
                       {"per M tokens", report::Align::right}});
  for (const app::EnsembleFitReport::Fitted& fitted : report.ensembles) {
    for (std::size_t j = 0; j < fitted.members.size(); ++j) {
      const app::EnsembleFitReport::Member& member = fitted.members[j];
      const std::string task = fitted.task.empty() ? "all" : fitted.task;
      table.add_row({j == 0 ? task : "", j == 0 ? std::to_string(fitted.queries) : "", std::to_string(j + 1),
                     member.name, report::percent(member.accuracy),
                     member.cost ? dollars_text(Money{*member.cost}) : std::string("-")});
    }
  }
  text += "\n" + table.text(colour);
  text += fmt::format(
      "\nMembers are asked in this order, until the others can't change the answer or leave it as it is with a "
      "probability of\n{:g} %. What that costs and loses: assay ensemble with the same options.\n",
      100 * report.sure);
  return text;
}

}  // namespace assay::view
