#include "assay/app/import.h"

#include <fmt/format.h>

#include "assay/core/error.h"
#include "assay/core/utf8.h"

namespace assay::app {
namespace {

// A column that was taken for a model, perhaps by mistake.
std::string odd_model_note(const store::Study::ImportCounts::OddModel& odd) {
  return fmt::format("is {0} a model? {1}; if it is none, make the study anew with `weights` {0} or `ignore` {0}",
                     quoted(odd.name), odd.why);
}

}  // namespace

ImportReport run_import(const ImportRequest& request, const Progress& progress) {
  const data::Format& reader = data::format(request.format);
  data::check_options(reader, request.options);
  if (request.paths.empty()) throw InvalidArgument("expected files or folders to import, came none");
  ImportReport report;
  report.format = reader.name;
  report.study = request.study;
  store::Study study(request.study, store::Study::Mode::create);
  const auto import = study.begin_import();
  reader.read(request.paths, request.options, *import, progress);
  report.counts = import->commit();
  report.now = study.summary();
  const bool columns = report.format == "csv";
  if (report.counts.odd_model && columns) report.warnings.push_back(odd_model_note(*report.counts.odd_model));
  report.warnings.insert(report.warnings.end(), report.now.warnings.begin(), report.now.warnings.end());
  return report;
}

}  // namespace assay::app
