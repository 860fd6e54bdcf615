#include "assay/asking/judge_bill.h"

#include <algorithm>
#include <cmath>

namespace assay::asking {
namespace {

Money rounded_up(double micros) { return {static_cast<std::int64_t>(std::ceil(micros))}; }

}  // namespace

void expect(JudgeEstimate& estimate, const select::CallRange& probable) {
  estimate.probable = {std::min(probable.least, estimate.calls), std::min(probable.most, estimate.calls)};
  if (!estimate.cost) return;
  estimate.cost_from = rounded_up(estimate.cost_of_new * static_cast<double>(estimate.probable.least));
  estimate.cost_to = rounded_up(estimate.cost_of_new * static_cast<double>(estimate.probable.most));
}

}  // namespace assay::asking
