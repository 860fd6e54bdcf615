#include "assay/report/numbers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace assay::report {
namespace {

TEST(Numbers, FixedAndPercent) {
  EXPECT_EQ(fixed(97.6421, 2), "97.64");
  EXPECT_EQ(fixed(-0.001, 2), "0.00");
  EXPECT_EQ(fixed(-0.01, 2), "-0.01");
  EXPECT_EQ(percent(0.976421), "97.64 %");
  EXPECT_EQ(percent(1, 0), "100 %");
  EXPECT_EQ(percent(std::nan("")), "-");
  EXPECT_EQ(fixed(std::numeric_limits<double>::infinity(), 1), "-");
}

TEST(Numbers, Grouped) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(10838), "10,838");
  EXPECT_EQ(grouped(1234567), "1,234,567");
}

TEST(Numbers, ByteSize) {
  EXPECT_EQ(byte_size(999), "999 B");
  EXPECT_EQ(byte_size(96'100'000), "96.1 MB");
  EXPECT_EQ(byte_size(999'960), "1.0 MB");
  EXPECT_EQ(byte_size(std::numeric_limits<std::uint64_t>::max()), "18446744.1 TB");
}

TEST(Numbers, Duration) {
  EXPECT_EQ(duration(0.84), "0.8 s");
  EXPECT_EQ(duration(9.96), "10 s");
  EXPECT_EQ(duration(59.6), "1:00");
  EXPECT_EQ(duration(187), "3:07");
  EXPECT_EQ(duration(7387), "2:03:07");
  EXPECT_EQ(duration(-1), "-");
  EXPECT_EQ(duration(1e300), "-");
}

TEST(Counted, TellsOneFromMany) {
  EXPECT_EQ(counted(0, "model"), "0 models");
  EXPECT_EQ(counted(1, "model"), "1 model");
  EXPECT_EQ(counted(10838, "query", "queries"), "10,838 queries");
  EXPECT_EQ(counted(1, "query", "queries"), "1 query");
}

}  // namespace
}  // namespace assay::report
