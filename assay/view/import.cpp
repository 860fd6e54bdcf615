#include "assay/view/import.h"

#include <fmt/format.h>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"

namespace assay::view {
namespace {

std::string of_which(std::size_t failed, std::string_view what) {
  return failed == 0 ? std::string() : fmt::format("{} of them {}", report::grouped(failed), what);
}

std::string counts_text(const store::Study::ImportCounts& counts) {
  report::Table table({{"new"}, {"records", report::Align::right}, {""}});
  const auto row = [&](const char* name, std::size_t count, const std::string& remark) {
    if (count > 0) table.add_row({name, report::grouped(count), remark});
  };
  row("queries", counts.queries, "");
  row("responses", counts.responses, "");
  row("verdicts", counts.verdicts, of_which(counts.no_verdict, "calls that gave none"));
  row("scores", counts.scores, of_which(counts.no_score, "calls that gave none"));
  row("labels", counts.labels, "");
  row("models' facts", counts.facts, "");
  return table.rows() > 0 ? table.text() : "Nothing new.\n";
}

std::string told_text(const char* title, const std::vector<store::Study::ImportCounts::Reason>& told) {
  report::Table table({{title, report::Align::left, 100},
                       {"rows", report::Align::right},
                       {"first", report::Align::left, 240}});
  for (const auto& reason : told) table.add_row({reason.reason, report::grouped(reason.count), reason.first});
  return table.text();
}

report::Json told_json(const std::vector<store::Study::ImportCounts::Reason>& told) {
  report::Json json = report::Json::array();
  for (const auto& reason : told) {
    json.add(report::Json::object().set("reason", reason.reason).set("rows", reason.count).set("first", reason.first));
  }
  return json;
}

}  // namespace

std::string to_json(const app::ImportReport& report) {
  const store::Study::ImportCounts& counts = report.counts;
  report::Json now = report::Json::object();
  now.set("queries", report.now.queries).set("models", report.now.models).set("responses", report.now.responses);
  now.set("labels", report.now.labels).set("text_bytes", report.now.text_bytes);
  report::Json json = report::Json::object();
  json.set("study", report.study).set("format", report.format);
  json.set("queries", counts.queries).set("responses", counts.responses);
  json.set("verdicts", counts.verdicts).set("no_verdict", counts.no_verdict);
  json.set("scores", counts.scores).set("no_score", counts.no_score);
  json.set("labels", counts.labels).set("facts", counts.facts).set("repeated", counts.repeated);
  json.set("dropped", told_json(counts.dropped)).set("noted", told_json(counts.noted));
  json.set("now", std::move(now));
  return json.pretty();
}

std::string to_text(const app::ImportReport& report) {
  std::string text = counts_text(report.counts);
  if (report.counts.repeated > 0) {
    text += fmt::format("{} there already, the same.\n",
                        report::counted(report.counts.repeated, "record was", "records were"));
  }
  if (!report.counts.dropped.empty()) text += "\n" + told_text("left out", report.counts.dropped);
  if (!report.counts.noted.empty()) text += "\n" + told_text("read so", report.counts.noted);
  text += fmt::format("\n{}: {}, {}, {}, {} of text\n", escaped(report.study),
                      report::counted(report.now.models, "model"),
                      report::counted(report.now.queries, "query", "queries"),
                      report::counted(report.now.responses, "response"), report::byte_size(report.now.text_bytes));
  return text;
}

}  // namespace assay::view
