#include "assay/report/ticks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "assay/core/error.h"
#include "assay/core/rng.h"

namespace assay::report {
namespace {

using Labels = std::vector<std::string>;

TEST(Ticks, AreRound) {
  EXPECT_EQ(nice_ticks(0, 200, 5).labels, (Labels{"0", "50", "100", "150", "200"}));
  EXPECT_EQ(nice_ticks(0, 1, 5).labels, (Labels{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}));
  EXPECT_EQ(nice_ticks(-0.03, 0.025, 5).labels, (Labels{"-0.02", "0.00", "0.02"}));
}

TEST(Ticks, Percentages) {
  EXPECT_EQ(nice_ticks(0, 1, 4, true).labels, (Labels{"0 %", "50 %", "100 %"}));
  EXPECT_EQ(nice_ticks(0.9, 0.95, 5, true).labels, (Labels{"90 %", "91 %", "92 %", "93 %", "94 %", "95 %"}));
}

TEST(Ticks, StayInTheRangeAndAreFew) {
  Rng rng(4);
  for (int i = 0; i < 5000; ++i) {
    const double from = rng.normal() * std::pow(10, 12 * rng.uniform() - 6);
    const double to = from + std::abs(from) * std::pow(10, 8 * rng.uniform() - 5);
    if (!(from < to)) continue;
    const Ticks ticks = nice_ticks(from, to, 6);
    ASSERT_GE(ticks.at.size(), 1U) << from << " " << to;
    ASSERT_LE(ticks.at.size(), 8U) << from << " " << to;
    ASSERT_EQ(ticks.at.size(), ticks.labels.size());
    for (const double at : ticks.at) ASSERT_TRUE(at >= from && at <= to) << from << " " << to;
    for (std::size_t k = 1; k < ticks.at.size(); ++k) ASSERT_LT(ticks.at[k - 1], ticks.at[k]);
  }
}

TEST(Ticks, RefuseAnEmptyAxis) {
  EXPECT_THROW(nice_ticks(1, 1, 5), InvalidArgument);
  EXPECT_THROW(nice_ticks(2, 1, 5), InvalidArgument);
  EXPECT_THROW(nice_ticks(0, std::nan(""), 5), InvalidArgument);
  EXPECT_THROW(nice_ticks(1e20, std::nextafter(1e20, 1e21), 5), InvalidArgument);
  EXPECT_THROW(nice_ticks(-1e308, 1.7e308, 5), InvalidArgument);
}

}  // namespace
}  // namespace assay::report
