#pragma once

#include <string>

#include "assay/app/select.h"

namespace assay::view {

std::string to_json(const asking::SelectReport& report);
/// Three lines: which model, how sure, what it cost and saved. `verbose`: all that is known.
std::string to_text(const asking::SelectReport& report, bool verbose, bool colour = false);

/// The candidates' intervals, the returned one first, as an SVG document. Throws InvalidArgument without a
/// candidate.
std::string to_svg(const asking::SelectReport& report);

}  // namespace assay::view
