// Our own allocator, without a parameter. Pull argmax U_i / n_i, with U_i an upper quantile of the arm's variance.
// The quantile is estimated from the arm's own scores and from those of all arms (variance_model.h).
//
// An upper quantile is needed because the variance is unknown. With few scores of a judge that gives whole numbers
// an arm often shows no variance at all, and just then its mean is the most wrong. U_i allows for the rare score
// that was not seen yet. This allowance falls as 1/n_i, so that no arm is left for good. Arms that answer seldom
// are called less: a call is worth what it is likely to bring.

#include <algorithm>

#include "assay/allocate/makers.h"
#include "assay/allocate/variance_model.h"

namespace assay::allocate {
namespace {

class AssayRule : public PriorityRule {
 public:
  explicit AssayRule(std::size_t arms) : model_(arms) {}

  double priority(ArmId /*arm*/, const ArmTally& tally) const override {
    const double urgency = model_.upper(tally) / std::max(0.5, static_cast<double>(tally.calls - tally.failed));
    if (tally.failed == 0) return urgency;
    const double answers = tally.scores;
    return urgency * (answers + 1) / (answers + tally.failed + 1);
  }

  bool learn(std::span<const ArmTally> arms) override {
    model_.fit(arms);
    return true;
  }

 private:
  VarianceModel model_;
};

}  // namespace

std::unique_ptr<PriorityRule> make_assay_rule(const AllocationProblem& problem,
                                              const ParameterValues& /*parameters*/) {
  return std::make_unique<AssayRule>(problem.arms);
}

}  // namespace assay::allocate
