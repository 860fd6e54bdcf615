// Every arm in turn: the usual way, and the baseline.

#include "assay/allocate/makers.h"

namespace assay::allocate {
namespace {

class Uniform : public PriorityRule {
 public:
  double priority(ArmId /*arm*/, const ArmTally& tally) const override { return -tally.pulls(); }
};

}  // namespace

std::unique_ptr<PriorityRule> make_uniform(const AllocationProblem& /*problem*/,
                                           const ParameterValues& /*parameters*/) {
  return std::make_unique<Uniform>();
}

}  // namespace assay::allocate
