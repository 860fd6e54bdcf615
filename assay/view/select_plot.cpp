#include <fmt/format.h>

#include <algorithm>

#include "assay/core/utf8.h"
#include "assay/report/interval_plot.h"
#include "assay/report/numbers.h"
#include "assay/view/averaging.h"
#include "assay/view/select.h"

namespace assay::view {
namespace {

constexpr std::size_t kRowsDrawn = 30;

// Of the legend: the returned model, those that may be the best, those that are not.
enum Group : std::size_t { kReturned, kPossible, kOut };

report::PlottedInterval row_of(const asking::SelectReport& report, const asking::SelectReport::Model& model) {
  const double value = in_units(report, model.win_rate);
  const auto [low, high] =
      std::minmax({value, in_units(report, model.interval.low), in_units(report, model.interval.high)});
  const Group group = model.name == report.best ? kReturned : model.possible ? kPossible : kOut;
  return {model.name, low, value, high, group};
}

}  // namespace

double in_units(const asking::SelectReport& report, double reward) {
  if (report.measure != store::Measure::score) return reward;
  const double share = report.lower_is_better ? 1 - reward : reward;
  return report.scale.low + share * (report.scale.high - report.scale.low);
}

std::string difference_text(store::Measure measure, const Scale& scale, double difference) {
  return measure == store::Measure::score ? fmt::format("{:g}", difference * (scale.high - scale.low))
                                          : fmt::format("{:g} points", 100 * difference);
}

std::string_view unit_name(store::Measure measure) {
  switch (measure) {
    case store::Measure::score: return "score";
    case store::Measure::accuracy: return "accuracy";
    case store::Measure::preference: return "preference";
    case store::Measure::win_rate: break;
  }
  return "win rate";
}

std::string to_svg(const asking::SelectReport& report) {
  const bool shares = report.measure != store::Measure::score;
  report::IntervalPlot plot;
  const std::string sure =
      report.stop && report.stop->decided ? ", sure " + report::percent(1 - report.stop->risk, 1) : "";
  plot.title = report::counted(report.models.size(), "model") + " on " +
               report::counted(report.queries, "prompt", "prompts") + text_of(report.averaging) + sure;
  plot.x = {.title = std::string(unit_name(report.measure)) +
                     (report.baseline.empty() ? "" : " against " + report.baseline) + ", 95 % intervals",
            .percent = shares};
  if (shares) {
    plot.x.from = 0;
    plot.x.to = 1;
  }
  plot.groups = {asking::undecided(report) || !report.stop ? "seems best" : "best", "may be the best", "is not"};
  for (const asking::SelectReport::Model& model : report.models) {
    if (plot.rows.size() < kRowsDrawn) plot.rows.push_back(row_of(report, model));
  }
  if (report.models.size() > kRowsDrawn) {
    plot.remark = "and " + std::to_string(report.models.size() - kRowsDrawn) + " more below";
  }
  if (!report.baseline.empty()) {
    plot.references.push_back({report::ReferenceLine::Direction::vertical, 0.5, "the baseline"});
  }
  return report::svg(plot);
}

}  // namespace assay::view
