#include "assay/app/synth.h"

#include <algorithm>
#include <filesystem>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"
#include "assay/store/study.h"

namespace assay {
namespace {

void check_new(const std::string& study) {
  if (!std::filesystem::exists(study)) return;
  throw InvalidArgument(assay::quoted(study) + " is there already; name a new file");
}

}  // namespace

SynthScoresReport run_synth_scores(const SynthScoresRequest& request, const Progress& progress) {
  check_new(request.study);
  SynthScoresReport report{request.study, request.options, {}};
  Study study(request.study, Study::Mode::create);
  const auto import = study.begin_import();
  report.truth = generate_scores(request.options, *import, progress);
  import->commit();
  return report;
}

std::string to_json(const SynthScoresReport& report) {
  return Json::object()
      .set("study", report.study)
      .set("scores", report.options.family)
      .set("arms", report.options.arms)
      .set("repeats", report.options.repeats)
      .set("seed", report.options.seed)
      .set("largest_variance", report.truth.largest_variance)
      .set("mean_variance", report.truth.mean_variance)
      .pretty();
}

std::string to_text(const SynthScoresReport& report, bool /*colour*/) {
  return escaped(report.study) + ": " + grouped(report.options.arms) + " arms with " +
         grouped(report.options.repeats) + " scores each, family " + report.options.family + ", seed " +
         std::to_string(report.options.seed) + "\nTrue variances: " + fixed(report.truth.mean_variance, 4) +
         " on average, " + fixed(report.truth.largest_variance, 4) + " at most\n";
}

SynthReport run_synth(const SynthRequest& request, const Progress& progress) {
  check_new(request.study);
  SynthReport report{request.study, request.options, {}};
  Study study(request.study, Study::Mode::create);
  const auto import = study.begin_import();
  report.models = generate(request.options, *import, progress);
  import->commit();
  std::stable_sort(report.models.begin(), report.models.end(),
                   [](const auto& a, const auto& b) { return a.win_rate > b.win_rate; });
  return report;
}

std::string to_json(const SynthReport& report) {
  Json models = Json::array();
  for (const SyntheticModel& model : report.models) {
    models.add(
        Json::object().set("name", model.name).set("ability", model.ability).set("win_rate", model.win_rate));
  }
  return Json::object()
      .set("study", report.study)
      .set("queries", report.options.queries)
      .set("seed", report.options.seed)
      .set("spread", report.options.spread)
      .set("models", models)
      .pretty();
}

std::string to_text(const SynthReport& report, bool colour) {
  constexpr std::size_t kRowsShown = 5;
  Table table({{"model"}, {"true win rate", Align::right}});
  for (std::size_t i = 0; i < report.models.size() && i < kRowsShown; ++i) {
    table.add_row({report.models[i].name, percent(report.models[i].win_rate, 2)});
  }
  return escaped(report.study) + ": " + grouped(report.models.size()) + " synthetic models, " +
         grouped(report.options.queries) + " queries, seed " + std::to_string(report.options.seed) +
         "; the best of them\n\n" + table.text(colour);
}

}  // namespace assay
