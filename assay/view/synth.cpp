#include "assay/view/synth.h"

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"
#include "assay/store/study.h"

namespace assay::view {
std::string to_json(const app::SynthScoresReport& report) {
  return report::Json::object()
      .set("study", report.study)
      .set("scores", report.options.family)
      .set("arms", report.options.arms)
      .set("repeats", report.options.repeats)
      .set("seed", report.options.seed)
      .set("largest_variance", report.truth.largest_variance)
      .set("mean_variance", report.truth.mean_variance)
      .pretty();
}

std::string to_text(const app::SynthScoresReport& report, bool /*colour*/) {
  return escaped(report.study) + ": " + report::grouped(report.options.arms) + " arms with " +
         report::grouped(report.options.repeats) + " scores each, family " + report.options.family + ", seed " +
         std::to_string(report.options.seed) + "\nTrue variances: " + report::fixed(report.truth.mean_variance, 4) +
         " on average, " + report::fixed(report.truth.largest_variance, 4) + " at most\n";
}

std::string to_json(const app::SynthReport& report) {
  report::Json models = report::Json::array();
  for (const data::SyntheticModel& model : report.models) {
    models.add(report::Json::object()
                   .set("name", model.name)
                   .set("ability", model.ability)
                   .set("win_rate", model.win_rate));
  }
  return report::Json::object()
      .set("study", report.study)
      .set("queries", report.options.queries)
      .set("seed", report.options.seed)
      .set("spread", report.options.spread)
      .set("models", models)
      .pretty();
}

std::string to_text(const app::SynthReport& report, bool colour, bool all) {
  constexpr std::size_t kRowsShown = 5;
  report::Table table({{"model"}, {"true win rate", report::Align::right}});
  const std::size_t rows = all ? report.models.size() : std::min(report.models.size(), kRowsShown);
  for (std::size_t i = 0; i < rows; ++i) {
    table.add_row({report.models[i].name, report::percent(report.models[i].win_rate, 2)});
  }
  return escaped(report.study) + ": " + report::grouped(report.models.size()) + " synthetic models, " +
         report::grouped(report.options.queries) + " queries, seed " + std::to_string(report.options.seed) +
         (rows < report.models.size() ? "; the best of them" : "") + "\n\n" + table.text(colour) +
         (rows < report.models.size()
              ? "and " + report::grouped(report.models.size() - rows) + " more (--all shows them)\n"
              : "");
}

}  // namespace assay::view
