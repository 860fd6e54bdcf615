#pragma once

#include <string>

#include "assay/asking/candidate_answers.h"
#include "assay/asking/judge_bill.h"
#include "assay/report/json.h"

namespace assay::view {

report::Json to_json(const asking::AnsweringReport& report);
/// What the answers cost, and a table with a row for each candidate. `judge`: what judging cost in the same run.
std::string to_text(const asking::AnsweringReport& report, const std::optional<Money>& judge, bool colour);
report::Json to_json(const asking::AnsweringEstimate& estimate);
/// One or two lines, of a dry run.
std::string to_text(const asking::AnsweringEstimate& estimate);

}  // namespace assay::view
