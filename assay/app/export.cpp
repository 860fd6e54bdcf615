#include "assay/app/export.h"

#include <fmt/format.h>

#include <memory>

#include "assay/asking/held_comparison.h"
#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/exports/export_format.h"
#include "assay/store/study.h"

namespace assay::app {
namespace {

// Counts what goes through to a writer.
class CountingSink final : public RecordSink {
 public:
  CountingSink(RecordSink& to, ExportReport& report) : to_(to), report_(report) {}

  void add(const QueryRecord& record, const Location& where, OnConflict conflict) override {
    report_.queries += record.turn == 1 ? 1 : 0;
    to_.add(record, where, conflict);
  }
  void add(const ModelRecord& record, const Location& where, OnConflict conflict) override {
    to_.add(record, where, conflict);
  }
  void add(const JudgeRecord& record, const Location& where, OnConflict conflict) override {
    to_.add(record, where, conflict);
  }
  void add(const ResponseRecord& record, const Location& where, OnConflict conflict) override {
    ++report_.responses;
    to_.add(record, where, conflict);
  }
  void add(const VerdictRecord& record, const Location& where, OnConflict conflict) override {
    ++report_.verdicts;
    to_.add(record, where, conflict);
  }
  void add(const ScoreRecord& record, const Location& where, OnConflict conflict) override {
    ++report_.scores;
    to_.add(record, where, conflict);
  }
  void add(const LabelRecord& record, const Location& where, OnConflict conflict) override {
    ++report_.labels;
    to_.add(record, where, conflict);
  }
  void baseline(std::string_view model, const Location& where) override { to_.baseline(model, where); }
  void drop(std::string_view reason, const Location& where) override { to_.drop(reason, where); }
  void note(std::string_view what, const Location& where) override { to_.note(what, where); }

 private:
  RecordSink& to_;
  ExportReport& report_;
};

const exports::ExportFormat& format_of(const ExportRequest& request) {
  if (!request.format.empty()) return exports::export_format(request.format);
  for (const exports::ExportFormat& format : exports::export_formats()) {
    if (!format.folder && request.output.ends_with(fmt::format(".{}", format.name))) return format;
  }
  throw InvalidArgument(
      fmt::format("{}: the format can't be told by this name; give `format`", escaped(request.output)));
}

}  // namespace

ExportReport run_export(const ExportRequest& request) {
  const exports::ExportFormat& format = format_of(request);
  store::Study study(request.study, store::Study::Mode::read);
  const std::unique_ptr<exports::Writer> writer = format.make(request.output);
  ExportReport report;
  report.study = request.study;
  report.format = format.name;
  report.output = request.output;
  CountingSink sink(*writer, report);
  study.give_records(sink);
  const std::size_t recorded = report.verdicts + report.scores;
  asking::give_live_judgements(study, sink);
  report.live = report.verdicts + report.scores - recorded;
  writer->finish();
  report.left_out = writer->left_out();
  return report;
}

}  // namespace assay::app
