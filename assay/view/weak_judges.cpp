#include "assay/view/weak_judges.h"

#include "assay/core/field_names.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"

namespace assay::view {
namespace {}  // namespace

std::string to_json(const app::WeakJudgesReport& report) {
  report::Json judges = report::Json::array();
  for (const app::WeakJudgesReport::Judge& judge : report.judges) {
    judges.add(report::Json::object()
                   .set("order", judge.order)
                   .set("wins", judge.wins)
                   .set("draws", judge.draws)
                   .set("losses", judge.losses)
                   .set("no_verdict", judge.no_verdict)
                   .set("agreement", judge.agreement));
  }
  return report::Json::object()
      .set("study", report.study)
      .set("options", report.options)
      .set("kept", report.kept)
      .set("queries", report.queries)
      .set("models", report.models)
      .set("judges", judges)
      .set("notes", report::Json::array_of(report.notes))
      .pretty();
}

std::string to_text(const app::WeakJudgesReport& report, bool colour) {
  report::Table table({{"k", report::Align::right},
                       {"wins", report::Align::right},
                       {"draws", report::Align::right},
                       {"losses", report::Align::right},
                       {"no verdict", report::Align::right},
                       {"agrees with the judge", report::Align::right}});
  for (const app::WeakJudgesReport::Judge& judge : report.judges) {
    table.add_row({std::to_string(judge.order), report::percent(judge.wins, 1), report::percent(judge.draws, 1),
                   report::percent(judge.losses, 1), report::grouped(judge.no_verdict),
                   report::percent(judge.agreement, 1)});
  }
  std::string text = "Weak judges of " + escaped(report.study) + (report.kept ? " (kept before): " : ": ") +
                     report.options + "\n" + report::grouped(report.models) + " models, " +
                     report::grouped(report.queries) + " queries\n\n" + table.text(colour) +
                     "\nagrees: of the pairs that both decide, the share decided alike; 50 % is chance\n";
  for (const std::string& note : report.notes) text += "Note: " + escaped(with_options(note)) + "\n";
  return text;
}

}  // namespace assay::view
