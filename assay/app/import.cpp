#include "assay/app/import.h"

#include "assay/core/error.h"
#include "assay/core/utf8.h"

namespace assay::app {
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
  return report;
}

}  // namespace assay::app
