#include "assay/view/export.h"

#include <fmt/format.h>

#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"

namespace assay::view {

std::string to_json(const app::ExportReport& report) {
  report::Json left_out = report::Json::array();
  for (const auto& [what, count] : report.left_out) {
    left_out.add(report::Json::object().set("what", what).set("records", count));
  }
  report::Json json = report::Json::object();
  json.set("study", report.study).set("format", report.format).set("output", report.output);
  json.set("queries", report.queries).set("responses", report.responses).set("labels", report.labels);
  json.set("verdicts", report.verdicts).set("scores", report.scores).set("live", report.live);
  json.set("left_out", std::move(left_out));
  return json.pretty();
}

std::string to_text(const app::ExportReport& report) {
  std::string text = fmt::format(
      "{}: {}, {}, {}, {}, {}", escaped(report.output), report::counted(report.queries, "query", "queries"),
      report::counted(report.responses, "response"), report::counted(report.labels, "label"),
      report::counted(report.verdicts, "verdict"), report::counted(report.scores, "score"));
  if (report.live > 0) text += fmt::format(" ({} of live judges)", report::grouped(report.live));
  text += "\n";
  for (const auto& [what, count] : report.left_out) {
    text +=
        fmt::format("Left out: {} {}; format jsonl has a place for everything.\n", report::grouped(count), what);
  }
  return text;
}

}  // namespace assay::view
