// Every arm in turn: what people do who have no other way.

#include "assay/allocate/makers.h"

namespace assay::allocate {
namespace {

class Uniform : public PriorityRule {
 public:
  double priority(ArmId /*arm*/, const ArmTally& tally) const override { return -tally.pulls(); }
};

}  // namespace

std::unique_ptr<PriorityRule> make_uniform(const AllocationProblem& /*problem*/,
                                           const AllocatorParameters& /*parameters*/) {
  return std::make_unique<Uniform>();
}

}  // namespace assay::allocate
