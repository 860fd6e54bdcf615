#include "tests/reference/allocation.h"

#include <algorithm>
#include <cmath>

namespace assay::reference {
namespace {

// Not called often enough yet, and not given up.
bool in_warm_up(const allocate::ArmTally& arm, std::size_t scores) {
  return arm.calls - arm.failed < scores && arm.calls < 10 * scores;
}

}  // namespace

std::vector<std::size_t> allocate(const allocate::AllocatorEntry& entry, const allocate::AllocationProblem& problem,
                                  const ParameterValues& parameters, std::size_t budget,
                                  const std::function<double(std::size_t arm, std::size_t repeat)>& score) {
  const auto rule = entry.make(problem, parameters);
  const std::size_t warm_up = entry.warm_up(parameters);
  std::vector<allocate::ArmTally> arms(problem.arms);
  std::vector<std::size_t> called;
  std::vector<std::size_t> failures;  // arms whose calls failed in the warm-up, in that order
  std::size_t learn_at = warm_up * problem.arms;
  while (called.size() < budget) {
    std::size_t best = problem.arms;
    if (called.size() < warm_up * problem.arms) {
      best = called.size() % problem.arms;
    } else {
      while (best == problem.arms && !failures.empty()) {
        if (in_warm_up(arms[failures.front()], warm_up)) best = failures.front();
        failures.erase(failures.begin());
      }
    }
    if (best == problem.arms) {
      if (called.size() >= learn_at) {
        rule->learn(arms);
        learn_at = called.size() + std::max(problem.arms / 4, called.size() / 10) + 1;
      }
      best = 0;
      for (std::size_t i = 1; i < problem.arms; ++i) {
        if (rule->priority(arm_id(i), arms[i]) > rule->priority(arm_id(best), arms[best])) best = i;
      }
    }
    allocate::ArmTally& arm = arms[best];
    const double came = score(best, arm.calls++);
    if (std::isnan(came)) {
      ++arm.failed;
      if (arm.calls - arm.failed < warm_up) failures.push_back(best);
    } else {
      arm.add(came);
    }
    called.push_back(best);
  }
  return called;
}

allocate::ArmTally tally_of(std::span<const double> scores) {
  allocate::ArmTally tally;
  for (const double score : scores) tally.mean += score / static_cast<double>(scores.size());
  for (const double score : scores) {
    const double d = score - tally.mean;
    tally.m2 += d * d;
    tally.m3 += d * d * d;
    tally.m4 += d * d * d * d;
  }
  tally.scores = tally.calls = static_cast<std::uint32_t>(scores.size());
  return tally;
}

double kendall(std::span<const double> x, std::span<const double> y) {
  double agree = 0, pairs_x = 0, pairs_y = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double dx = x[i] < x[j] ? -1 : x[i] > x[j] ? 1 : 0;
      const double dy = y[i] < y[j] ? -1 : y[i] > y[j] ? 1 : 0;
      agree += dx * dy;
      pairs_x += dx * dx;
      pairs_y += dy * dy;
    }
  }
  return agree / std::sqrt(pairs_x * pairs_y);
}

}  // namespace assay::reference
