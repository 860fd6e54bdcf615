#pragma once

#include <string>
#include <string_view>

#include "assay/app/select.h"

namespace assay::view {

std::string to_json(const asking::SelectReport& report);
/// Three lines: which model, how sure, what it cost and saved. `verbose`: all that is known.
std::string to_text(const asking::SelectReport& report, bool verbose, bool colour = false);

/// The candidates' intervals, the returned one first, as an SVG document. Throws InvalidArgument without a
/// candidate.
std::string to_svg(const asking::SelectReport& report);

/// A mean reward in the units of the measure: a share, or a score on its scale.
double in_units(const asking::SelectReport& report, double reward);
/// A difference of mean rewards: "2.5 points", of scores "0.25".
std::string difference_text(store::Measure measure, const Scale& scale, double difference);
/// "win rate", "preference", "score" or "accuracy".
std::string_view unit_name(store::Measure measure);

}  // namespace assay::view
