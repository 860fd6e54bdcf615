#include "assay/sim/mean_allocation.h"

#include <gtest/gtest.h>

namespace assay::sim {
namespace {

AllocationResult result(double error, double se, std::optional<double> agreement) {
  AllocationResult one;
  one.wce = {{2 * error, se}, {error, se}};
  one.mae = one.wce_less_uniform = one.wce;
  one.curve = {4 * error, 2 * error, error};
  one.uniform_curve = {4, 3, 2};
  if (agreement) one.pearson = one.spearman = one.kendall = {std::nullopt, agreement};
  return one;
}

TEST(MeanAllocation, MeansAreIndependent) {
  const AllocationResult a = result(1, 3, {}), b = result(2, 4, {});
  const AllocationResult mean = mean_of(std::vector<const AllocationResult*>{&a, &b});
  EXPECT_EQ(mean.wce[1].mean, 1.5);
  EXPECT_EQ(mean.wce[0].se, 2.5) << "half of hypot(3, 4)";
  EXPECT_EQ(mean.curve[0], 6);
  EXPECT_TRUE(mean.pearson.empty());
  EXPECT_EQ(mean.calls_to_match_uniform, share_to_reach(mean.curve, 2));
}

TEST(MeanAllocation, AgreementIsOverThoseThatHaveAny) {
  const AllocationResult a = result(1, 0, 0.5), b = result(1, 0, {});
  const AllocationResult mean = mean_of(std::vector<const AllocationResult*>{&a, &b});
  ASSERT_EQ(mean.pearson.size(), 2U);
  EXPECT_EQ(mean.pearson[0], std::nullopt);
  EXPECT_EQ(mean.kendall[1], 0.5);
}

}  // namespace
}  // namespace assay::sim
