#include "assay/app/import.h"

#include <fmt/format.h>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"

namespace assay {
namespace {

std::string of_which(std::size_t failed, std::string_view what) {
  return failed == 0 ? std::string() : fmt::format("{} of them {}", grouped(failed), what);
}

std::string counts_text(const Study::ImportCounts& counts) {
  Table table({{"new"}, {"records", Align::right}, {""}});
  const auto row = [&](const char* name, std::size_t count, const std::string& remark) {
    if (count > 0) table.add_row({name, grouped(count), remark});
  };
  row("queries", counts.queries, "");
  row("responses", counts.responses, "");
  row("verdicts", counts.verdicts, of_which(counts.no_verdict, "calls that gave none"));
  row("scores", counts.scores, of_which(counts.no_score, "calls that gave none"));
  row("labels", counts.labels, "");
  row("models' facts", counts.facts, "");
  return table.rows() > 0 ? table.text() : "Nothing new.\n";
}

std::string dropped_text(const std::vector<Study::ImportCounts::Reason>& dropped) {
  Table table({{"left out", Align::left, 100}, {"rows", Align::right}, {"first", Align::left, 240}});
  for (const auto& reason : dropped) table.add_row({reason.reason, grouped(reason.count), reason.first});
  return table.text();
}

}  // namespace

ImportReport run_import(const ImportRequest& request, const Progress& progress) {
  const Format& reader = format(request.format);
  check_options(reader, request.options);
  if (request.paths.empty()) throw InvalidArgument("expected files or folders to import, came none");
  ImportReport report;
  report.format = reader.name;
  report.study = request.study;
  Study study(request.study, Study::Mode::create);
  const auto import = study.begin_import();
  reader.read(request.paths, request.options, *import, progress);
  report.counts = import->commit();
  report.now = study.summary();
  return report;
}

std::string to_json(const ImportReport& report) {
  const Study::ImportCounts& counts = report.counts;
  Json dropped = Json::array();
  for (const auto& reason : counts.dropped) {
    dropped.add(Json::object().set("reason", reason.reason).set("rows", reason.count).set("first", reason.first));
  }
  Json now = Json::object();
  now.set("queries", report.now.queries).set("models", report.now.models).set("responses", report.now.responses);
  now.set("labels", report.now.labels).set("text_bytes", report.now.text_bytes);
  Json json = Json::object();
  json.set("study", report.study).set("format", report.format);
  json.set("queries", counts.queries).set("responses", counts.responses);
  json.set("verdicts", counts.verdicts).set("no_verdict", counts.no_verdict);
  json.set("scores", counts.scores).set("no_score", counts.no_score);
  json.set("labels", counts.labels).set("facts", counts.facts).set("repeated", counts.repeated);
  json.set("dropped", std::move(dropped)).set("now", std::move(now));
  return json.pretty();
}

std::string to_text(const ImportReport& report) {
  std::string text = counts_text(report.counts);
  if (report.counts.repeated > 0) {
    text +=
        fmt::format("{} there already, the same.\n", counted(report.counts.repeated, "record was", "records were"));
  }
  if (!report.counts.dropped.empty()) text += "\n" + dropped_text(report.counts.dropped);
  text += fmt::format("\n{}: {}, {}, {}, {} of text\n", escaped(report.study), counted(report.now.models, "model"),
                      counted(report.now.queries, "query", "queries"), counted(report.now.responses, "response"),
                      byte_size(report.now.text_bytes));
  return text;
}

}  // namespace assay
