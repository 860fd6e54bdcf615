#include "assay/view/measure.h"

#include <fmt/format.h>

#include "assay/report/numbers.h"

namespace assay::view {

double in_units(const asking::SelectReport& report, double reward) {
  if (report.measure != store::Measure::score) return reward;
  const double share = report.lower_is_better ? 1 - reward : reward;
  return report.scale.low + share * (report.scale.high - report.scale.low);
}

std::string value_text(const asking::SelectReport& report, double reward) {
  const double value = in_units(report, reward);
  return report.measure == store::Measure::score ? report::fixed(value, 2) : report::percent(value, 1);
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

}  // namespace assay::view
