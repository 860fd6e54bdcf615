#include "assay/store/model_facts.h"

#include <limits>

namespace assay::store {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kMicroDollars = 1e6;  // of a dollar

}  // namespace

std::vector<double> costs_of(std::span<const ModelFacts> facts) {
  std::vector<double> costs;
  for (const ModelFacts& fact : facts) {
    costs.push_back(fact.price ? static_cast<double>(*fact.price) / kMicroDollars : kUnknown);
  }
  return costs;
}

std::vector<double> sizes_of(std::span<const ModelFacts> facts) {
  std::vector<double> sizes;
  for (const ModelFacts& fact : facts) sizes.push_back(fact.parameters > 0 ? fact.parameters : kUnknown);
  return sizes;
}

}  // namespace assay::store
