#include "assay/view/remove.h"

#include <fmt/format.h>

#include <vector>

#include "assay/core/field_names.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/store/name_list.h"

namespace assay::view {

std::string to_json(const app::RemoveReport& report) {
  const store::Study::RemovalCounts& counts = report.counts;
  report::Json json = report::Json::object().set("study", report.study);
  json.set("models", report::Json::array_of(report.removed.models));
  json.set("judges", report::Json::array_of(report.removed.judges));
  json.set("responses", counts.responses).set("verdicts", counts.verdicts).set("scores", counts.scores);
  json.set("labels", counts.labels).set("kept_answers", counts.kept_answers);
  json.set("verdicts_against", counts.against);
  json.set("baselines", report::Json::array_of(counts.baselines));
  json.set("judges_left_without", report::Json::array_of(counts.judges));
  report::Json now = report::Json::object();
  now.set("queries", report.now.queries).set("models", report.now.models).set("responses", report.now.responses);
  return json.set("now", std::move(now)).pretty();
}

std::string to_text(const app::RemoveReport& report) {
  const store::Study::RemovalCounts& counts = report.counts;
  std::vector<std::string> what;
  const auto count = [&](std::size_t n, std::string_view one) {
    if (n > 0) what.push_back(report::counted(n, std::string(one)));
  };
  count(counts.responses, "response");
  count(counts.verdicts, "verdict");
  count(counts.scores, "score");
  count(counts.labels, "label");
  count(counts.kept_answers, "kept answer");
  std::vector<std::string> names = report.removed.models;
  names.insert(names.end(), report.removed.judges.begin(), report.removed.judges.end());
  std::string text = fmt::format("Removed {}, with {}.\n", store::name_list(names),
                                 what.empty() ? "nothing else" : store::item_list(what));
  if (!counts.baselines.empty()) {
    text += fmt::format("Note: others were compared with {}{}; {}\n", store::name_list(counts.baselines),
                        counts.against > 0
                            ? fmt::format(", {} of the verdicts were against it", report::grouped(counts.against))
                            : std::string(),
                        with_options("name another `baseline` where one is needed"));
  }
  if (!counts.judges.empty()) {
    text += fmt::format("Note: nothing is left of {} {}, which {} removed, too\n",
                        counts.judges.size() == 1 ? "judge" : "judges", store::name_list(counts.judges),
                        counts.judges.size() == 1 ? "is" : "are");
  }
  if (report.paid) text += "What was paid to judges stays in the study's account, see assay info.\n";
  return text + fmt::format("\n{}: {}, {}, {}\n", escaped(report.study),
                            report::counted(report.now.models, "model"),
                            report::counted(report.now.queries, "query", "queries"),
                            report::counted(report.now.responses, "response"));
}

}  // namespace assay::view
