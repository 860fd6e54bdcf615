#include "assay/http/pace.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "assay/core/error.h"

namespace assay::http {
namespace {

PaceSettings settings(std::size_t most) {
  PaceSettings result;
  result.most = most;
  return result;
}

TEST(Pace, GrowsFastAtFirstAndNeverBeyondTheMost) {
  Pace pace(settings(100));
  EXPECT_EQ(pace.allowed(), 4U);
  for (int i = 0; i < 4; ++i) pace.succeeded();
  EXPECT_EQ(pace.allowed(), 8U);
  for (int i = 0; i < 1000; ++i) pace.succeeded();
  EXPECT_EQ(pace.allowed(), 100U);
  EXPECT_EQ(Pace(settings(1)).allowed(), 1U);
}

TEST(Pace, TroubleHalvesOncePerRound) {
  Pace pace(settings(64));
  for (int i = 0; i < 60; ++i) pace.succeeded();
  ASSERT_EQ(pace.allowed(), 64U);
  // All 64 were sent at 10 and are turned away at 20: that is one piece of news.
  for (int i = 0; i < 64; ++i) pace.troubled(Milliseconds(20), Milliseconds(10), 1, {});
  EXPECT_EQ(pace.allowed(), 32U);
  pace.troubled(Milliseconds(40), Milliseconds(30), 1, {});
  EXPECT_EQ(pace.allowed(), 16U);
  for (int i = 0; i < 16; ++i) pace.succeeded();  // a round later, one more
  EXPECT_EQ(pace.allowed(), 16U);
  pace.succeeded();
  EXPECT_EQ(pace.allowed(), 17U);
  for (int at = 50; at < 100; ++at) pace.troubled(Milliseconds(at), Milliseconds(at), 1, {});
  EXPECT_EQ(pace.allowed(), 1U);
}

TEST(Pace, WaitsAsLongAsTheServerAsks) {
  Pace pace(settings(8));
  const Milliseconds again = pace.troubled(Milliseconds(1000), Milliseconds(900), 1, Milliseconds(3000));
  EXPECT_GE(again, Milliseconds(4000));
  EXPECT_LE(again, Milliseconds(4500));
  EXPECT_EQ(pace.resume_at(), Milliseconds(4000));
  pace.troubled(Milliseconds(1100), Milliseconds(900), 1, Milliseconds(10));
  EXPECT_EQ(pace.resume_at(), Milliseconds(4000)) << "a shorter wish of another reply";
  pace.troubled(Milliseconds(1100), Milliseconds(900), 1, Milliseconds(86'400'000));
  EXPECT_EQ(pace.resume_at(), Milliseconds(61'100)) << "nobody waits for a day";
}

TEST(Pace, JitterIsSeededAndDoubles) {
  rc::check([](std::uint64_t seed, std::uint8_t tries) {
    PaceSettings one = settings(4);
    one.seed = seed;
    Pace a(one), b(one);
    const std::size_t count = 1U + tries;
    const Milliseconds first = a.troubled(Milliseconds(0), Milliseconds(0), count, {});
    RC_ASSERT(first == b.troubled(Milliseconds(0), Milliseconds(0), count, {}));
    RC_ASSERT(first >= Milliseconds(0));
    const Milliseconds doubled(500LL << std::min<std::size_t>(tries, 20));
    RC_ASSERT(first <= std::min(Milliseconds(60'000), doubled));
  });
}

TEST(Pace, RefusesNonsense) {
  EXPECT_THROW(Pace(settings(0)), InvalidArgument);
  EXPECT_THROW(Pace(settings(100'001)), InvalidArgument);
}

}  // namespace
}  // namespace assay::http
