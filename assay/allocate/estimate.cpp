#include "assay/allocate/estimate.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <utility>

#include "assay/core/error.h"
#include "assay/stats/normal.h"

namespace assay::allocate {
namespace {

constexpr std::array kRules = {std::pair(EstimateRule::mean, std::string_view("mean")),
                               std::pair(EstimateRule::centre, std::string_view("centre"))};

// Where the means are drawn to, and as how many scores that counts.
struct Pull {
  double target = 0;
  double scores = 0;
};

Pull pull_of(std::span<const ArmTally> arms) {
  double count = 0, sum = 0;
  for (const ArmTally& arm : arms) {
    if (arm.scores == 0) continue;
    ++count;
    sum += arm.mean;
  }
  if (count == 0) return {};
  const double target = sum / count;
  double above = 0, below = 0;
  for (const ArmTally& arm : arms) {
    if (arm.scores < 2) continue;
    const double distance = target - arm.mean;
    above += arm.m3 / arm.scores * distance;
    below += arm.m2 / arm.scores * distance * distance;
  }
  const double beta = below > 0 ? std::max(0.0, above / below) : 0.0;
  const double z = stats::normal_quantile(1 - 1 / (static_cast<double>(arms.size()) + 1));
  return {target, beta * (1 + 2 * z * z) / 6};
}

}  // namespace

std::string_view name(EstimateRule rule) {
  for (const auto& [each, its_name] : kRules) {
    if (each == rule) return its_name;
  }
  return "";
}

EstimateRule estimate_rule(std::string_view name) {
  for (const auto& [each, its_name] : kRules) {
    if (its_name == name) return each;
  }
  throw InvalidArgument("unknown estimate " + quoted(name) + "; expected mean or centre");
}

std::vector<double> estimates(EstimateRule rule, std::span<const ArmTally> arms) {
  const Pull pull = rule == EstimateRule::centre ? pull_of(arms) : Pull{};
  std::vector<double> result;
  result.reserve(arms.size());
  for (const ArmTally& arm : arms) {
    const double scores = arm.scores;
    const double share = pull.scores / (scores + pull.scores);
    result.push_back(arm.scores == 0 ? std::numeric_limits<double>::quiet_NaN()
                                     : arm.mean + share * (pull.target - arm.mean));
  }
  return result;
}

}  // namespace assay::allocate
