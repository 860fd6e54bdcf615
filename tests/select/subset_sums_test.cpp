#include "assay/select/subset_sums.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <vector>

#include "assay/core/rng.h"

namespace assay::select {
namespace {

RC_GTEST_PROP(SubsetSums, AreThePlainSums, ()) {
  const std::size_t models = *rc::gen::inRange<std::size_t>(1, 200);
  Rng rng(*rc::gen::arbitrary<std::uint64_t>());
  std::vector<double> p(models);
  for (double& value : p) value = rng.uniform() < 0.2 ? 0.0 : rng.uniform();
  SubsetSums sums;
  sums.build(std::vector(300, 0.5));  // what was there before must be forgotten
  sums.build(p);
  std::vector<std::uint64_t> set((models + 63) / 64, 0);
  double mass = 0;
  double p_log_p = 0;
  for (std::size_t j = 0; j < models; ++j) {
    if (rng.uniform() < 0.5) continue;
    set[j / 64] |= std::uint64_t{1} << (j % 64);
    mass += p[j];
    p_log_p += p[j] > 0 ? p[j] * std::log(p[j]) : 0;
  }
  const SubsetSums::Sum found = sums.over(set.data());
  RC_ASSERT(std::abs(found.mass - mass) < 1e-11);
  RC_ASSERT(std::abs(found.p_log_p - p_log_p) < 1e-11);
}

}  // namespace
}  // namespace assay::select
