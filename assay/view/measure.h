#pragma once

#include <string>
#include <string_view>

#include "assay/asking/select_run.h"

namespace assay::view {

/// A mean reward in the units of the measure: a share, or a score on its scale.
double in_units(const asking::SelectReport& report, double reward);
/// The same in words: "57.6 %", of scores "8.31".
std::string value_text(const asking::SelectReport& report, double reward);
/// A difference of mean rewards: "2.5 points", of scores "0.25".
std::string difference_text(store::Measure measure, const Scale& scale, double difference);
/// "win rate", "preference", "score" or "accuracy".
std::string_view unit_name(store::Measure measure);

}  // namespace assay::view
