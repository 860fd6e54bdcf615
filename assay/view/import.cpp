#include "assay/view/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "assay/core/field_names.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"
#include "assay/view/told_rows.h"

namespace assay::view {
namespace {

constexpr std::size_t kImportedShown = 10;

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
  row("weights", counts.weights, "");
  row("models' facts", counts.facts, "");
  if (table.rows() > 0) return table.text();
  return counts.changed ? "New are texts, tasks or reference answers of queries that were there.\n"
                        : "Nothing new.\n";
}

std::string models_text(const std::vector<std::string>& models, bool all) {
  std::string text;
  const std::size_t shown = all ? models.size() : std::min(models.size(), kImportedShown);
  for (std::size_t i = 0; i < shown; ++i) {
    text += (i == 0 ? "" : ", ") + escaped(models[i]);
  }
  if (models.size() > shown) text += fmt::format(" and {} more (--all names them)", models.size() - shown);
  return fmt::format("\nModels of the files: {}\n", text);
}

}  // namespace

std::string to_json(const app::ImportReport& report) {
  const store::Study::ImportCounts& counts = report.counts;
  report::Json now = report::Json::object();
  now.set("queries", report.now.queries).set("models", report.now.models).set("responses", report.now.responses);
  now.set("labels", report.now.labels).set("text_bytes", report.now.text_bytes);
  report::Json json = report::Json::object();
  json.set("study", report.study).set("format", report.format).set("recognised_by", report.recognised_by);
  json.set("queries", counts.queries).set("responses", counts.responses);
  json.set("verdicts", counts.verdicts).set("no_verdict", counts.no_verdict);
  json.set("scores", counts.scores).set("no_score", counts.no_score);
  json.set("labels", counts.labels).set("facts", counts.facts).set("weights", counts.weights);
  json.set("repeated", counts.repeated).set("models", report::Json::array_of(counts.models));
  json.set("dropped", told_json(counts.dropped)).set("noted", told_json(counts.noted));
  json.set("warnings", report::Json::array_of(report.warnings)).set("now", std::move(now));
  return json.pretty();
}

std::string to_text(const app::ImportReport& report, bool all) {
  std::string text;
  if (!report.recognised_by.empty()) {
    text = fmt::format("Format: {} ({})\n\n", report.format, escaped(report.recognised_by));
  }
  text += counts_text(report.counts);
  if (report.counts.repeated > 0) {
    text += fmt::format("{} {}.\n", report::counted(report.counts.repeated, "record was", "records were"),
                        report.counts.new_study ? "repeated within the files" : "there already, the same");
  }
  if (!report.counts.dropped.empty()) text += "\n" + told_text("left out", report.counts.dropped);
  if (!report.counts.noted.empty()) text += "\n" + told_text("read so", report.counts.noted);
  if (!report.counts.models.empty()) text += models_text(report.counts.models, all);
  text += fmt::format("\n{}: {}, {}, {}, {} of text\n", escaped(report.study),
                      report::counted(report.now.models, "model"),
                      report::counted(report.now.queries, "query", "queries"),
                      report::counted(report.now.responses, "response"), report::byte_size(report.now.text_bytes));
  for (const std::string& warning : report.warnings) text += fmt::format("Note: {}\n", with_options(warning));
  return text;
}

}  // namespace assay::view
