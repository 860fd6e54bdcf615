// ROBIN (arXiv 2602.15481): the variances s2_i are known; pull argmax s2_i / n_i. No allocation has a smaller
// largest variance of a mean, so this is the yardstick of allocators that must estimate the variances.

#include <vector>

#include "assay/allocate/makers.h"

namespace assay::allocate {
namespace {

class Robin : public PriorityRule {
 public:
  explicit Robin(std::span<const double> variances) : variances_(variances.begin(), variances.end()) {}

  double priority(ArmId arm, const ArmTally& tally) const override {
    const double variance = variances_[index(arm)];
    return variance > 0 ? variance / tally.pulls() : none_varies(tally);
  }

 private:
  std::vector<double> variances_;
};

}  // namespace

std::unique_ptr<PriorityRule> make_robin(const AllocationProblem& problem, const ParameterValues& /*parameters*/) {
  return std::make_unique<Robin>(problem.variances);
}

}  // namespace assay::allocate
