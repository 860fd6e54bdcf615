#pragma once

#include <string>

#include "assay/asking/judge_bill.h"
#include "assay/report/json.h"

namespace assay::view {

report::Json to_json(const asking::JudgeBill& bill);
std::string to_text(const asking::JudgeBill& bill);
std::string to_json(const asking::JudgeEstimate& estimate);
std::string to_text(const asking::JudgeEstimate& estimate);

}  // namespace assay::view
