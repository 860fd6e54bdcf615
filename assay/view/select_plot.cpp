#include <algorithm>

#include "assay/core/utf8.h"
#include "assay/report/interval_plot.h"
#include "assay/report/numbers.h"
#include "assay/view/averaging.h"
#include "assay/view/measure.h"
#include "assay/view/plot_style.h"
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

std::string to_svg(const asking::SelectReport& report, bool all) {
  const bool shares = report.measure != store::Measure::score;
  report::IntervalPlot plot;
  const std::string sure =
      report.stop && report.stop->decided ? ", sure " + report::percent(1 - report.stop->risk, 1) : "";
  plot.title = plot_title(report.study, report::counted(report.models.size(), "model") + " on " +
                                            report::counted(report.queries, "prompt", "prompts") +
                                            text_of(report.averaging) + sure);
  plot.x = {.title = std::string(unit_name(report.measure)) +
                     (report.baseline.empty() ? "" : " against " + report.baseline) + ", 95 % intervals",
            .percent = shares};
  if (shares) {
    plot.x.from = 0;
    plot.x.to = 1;
  }
  plot.groups = {asking::undecided(report) || !report.stop ? "seems best" : "best", "may be the best", "is not"};
  for (const asking::SelectReport::Model& model : report.models) {
    if (all || plot.rows.size() < kRowsDrawn) plot.rows.push_back(row_of(report, model));
  }
  if (report.models.size() > plot.rows.size()) {
    plot.remark =
        "and " + std::to_string(report.models.size() - plot.rows.size()) + " more below (--all draws them)";
  }
  if (!report.baseline.empty()) {
    plot.references.push_back({report::ReferenceLine::Direction::vertical, 0.5, "the baseline"});
  }
  return report::svg(plot);
}

}  // namespace assay::view
