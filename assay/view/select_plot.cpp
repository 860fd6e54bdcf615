#include <algorithm>
#include <limits>

#include "assay/core/utf8.h"
#include "assay/report/interval_plot.h"
#include "assay/report/numbers.h"
#include "assay/view/averaging.h"
#include "assay/view/candidate_prices.h"
#include "assay/view/measure.h"
#include "assay/view/plot_style.h"
#include "assay/view/select.h"

namespace assay::view {
namespace {

constexpr std::size_t kRowsDrawn = 30;

// Of the legend: the returned model, those that may be the best, those that are not. With prices the second ones
// are those that no cheaper one seems to beat.
enum Group : std::size_t { kReturned, kPossible, kOut };

report::PlottedInterval row_of(const asking::SelectReport& report, const asking::SelectReport::Model& model) {
  const double value = in_units(report, model.win_rate);
  const auto [low, high] =
      std::minmax({value, in_units(report, model.interval.low), in_units(report, model.interval.high)});
  const bool second = report.prefer ? model.pareto : model.possible;
  const Group group = model.name == report.best ? kReturned : second ? kPossible : kOut;
  const std::string price = report.prefer && model.price ? ", " + price_cell(*report.prefer, *model.price) : "";
  return {model.name + price, low, value, high, group};
}

// With prices the cheapest first, what has none last.
std::vector<asking::SelectReport::Model> models_drawn(const asking::SelectReport& report) {
  std::vector<asking::SelectReport::Model> models = report.models;
  if (!report.prefer) return models;
  std::ranges::stable_sort(models, {}, [](const asking::SelectReport::Model& model) {
    return model.price.value_or(std::numeric_limits<double>::infinity());
  });
  return models;
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
  if (report.prefer) {
    const bool cheapest = report.stop && report.stop->goal.good_enough;
    plot.groups = {cheapest ? std::string(least_text(*report.prefer)) + " good enough" : plot.groups[0],
                   "nothing " + std::string(less_text(*report.prefer)) + " seems better", "something does"};
  }
  for (const asking::SelectReport::Model& model : models_drawn(report)) {
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
