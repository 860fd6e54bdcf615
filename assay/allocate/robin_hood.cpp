// ROBIN-HOOD (arXiv 2602.15481): pull every arm while n_i <= 4 ln(1/d), then argmax V_i / n_i with the upper bound
//
//   V_i = s2^_i / (1 - 2 sqrt(ln(1/d) / n_i))
//
// of the variance, s2^_i being the mean square of the distances from the mean. An arm whose scores were all the
// same in the warm-up has V_i = 0 and is never pulled again while another has V_i > 0: as published.

#include <algorithm>
#include <cmath>

#include "assay/allocate/makers.h"

namespace assay::allocate {
namespace {

class RobinHood : public PriorityRule {
 public:
  explicit RobinHood(const ParameterValues& parameters)
      : log_(std::log(1 / parameters.at("delta"))),
        least_pulls_(static_cast<double>(robin_hood_warm_up(parameters))) {}

  double priority(ArmId /*arm*/, const ArmTally& tally) const override {
    if (!(tally.m2 > 0)) return none_varies(tally);
    const double pulls = std::max(tally.pulls(), least_pulls_);
    const double variance = tally.m2 / static_cast<double>(tally.scores);
    return variance / (1 - 2 * std::sqrt(log_ / pulls)) / pulls;
  }

 private:
  double log_;
  double least_pulls_;  // below which there is no bound: too many calls of the warm-up failed
};

}  // namespace

std::size_t robin_hood_warm_up(const ParameterValues& parameters) {
  return 1 + static_cast<std::size_t>(std::floor(4 * std::log(1 / parameters.at("delta"))));
}

std::unique_ptr<PriorityRule> make_robin_hood(const AllocationProblem& /*problem*/,
                                              const ParameterValues& parameters) {
  return std::make_unique<RobinHood>(parameters);
}

}  // namespace assay::allocate
