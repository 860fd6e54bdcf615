#pragma once

#include <string>

#include "assay/app/select.h"
#include "assay/report/json.h"

namespace assay::view {

report::Json json_of(const asking::SelectReport& report);
std::string to_json(const asking::SelectReport& report);
/// Three lines: which model, how sure, what it cost and saved. `verbose`: all that is known; `all`: the same, with
/// every candidate, not only ten leaders.
std::string to_text(const asking::SelectReport& report, bool verbose, bool colour = false, bool all = false);

/// The candidates' intervals, the returned one first, as an SVG document. Throws InvalidArgument without a
/// candidate.
/// `all`: more than thirty, too.
std::string to_svg(const asking::SelectReport& report, bool all = false);

}  // namespace assay::view
