#include "assay/core/money.h"

#include <gtest/gtest.h>

#include <limits>

namespace assay {
namespace {

TEST(Money, InDollars) {
  EXPECT_EQ(dollars_text(Money{}), "$0.00");
  EXPECT_EQ(dollars_text(Money{1'500'000}), "$1.50");
  EXPECT_EQ(dollars_text(Money{150'000}), "$0.15");
  EXPECT_EQ(dollars_text(Money{12'345'678}), "$12.35") << "cents will do from ten dollars on";
  EXPECT_EQ(dollars_text(Money{1'234'567}), "$1.2346");
  EXPECT_EQ(dollars_text(Money{3'000}), "$0.0030");
  EXPECT_EQ(dollars_text(Money{125}), "$0.000125");
  EXPECT_EQ(dollars_text(Money{-20'000}), "-$0.02");
}

TEST(Money, OfAMean) {
  EXPECT_EQ(dollars_text(0.15), "$0.15");
  EXPECT_EQ(dollars_text(1.0 / 3), "$0.3333");
  EXPECT_EQ(dollars_text(std::numeric_limits<double>::quiet_NaN()), "-");
  EXPECT_EQ(dollars_text(std::numeric_limits<double>::infinity()), "-");
}

}  // namespace
}  // namespace assay
