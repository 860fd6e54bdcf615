#include "assay/app/synth.h"

#include <algorithm>
#include <filesystem>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/store/study.h"

namespace assay::app {
namespace {

void check_new(const std::string& study) {
  if (!std::filesystem::exists(study)) return;
  throw InvalidArgument(assay::quoted(study) + " is there already; name a new file");
}

}  // namespace

SynthScoresReport run_synth_scores(const SynthScoresRequest& request, const Progress& progress) {
  check_new(request.study);
  SynthScoresReport report{request.study, request.options, {}};
  store::Study study(request.study, store::Study::Mode::create);
  const auto import = study.begin_import();
  report.truth = data::generate_scores(request.options, *import, progress);
  import->commit();
  return report;
}

SynthReport run_synth(const SynthRequest& request, const Progress& progress) {
  check_new(request.study);
  SynthReport report{request.study, request.options, {}};
  store::Study study(request.study, store::Study::Mode::create);
  const auto import = study.begin_import();
  report.models = data::generate(request.options, *import, progress);
  import->commit();
  std::stable_sort(report.models.begin(), report.models.end(),
                   [](const auto& a, const auto& b) { return a.win_rate > b.win_rate; });
  return report;
}

}  // namespace assay::app
