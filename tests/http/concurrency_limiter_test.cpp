#include "assay/http/concurrency_limiter.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "assay/core/error.h"

namespace assay::http {
namespace {

ConcurrencySettings settings(std::size_t most) {
  ConcurrencySettings result;
  result.most = most;
  return result;
}

TEST(ConcurrencyLimiter, GrowsFastAtFirstAndNeverBeyondTheMost) {
  ConcurrencyLimiter limiter(settings(100));
  EXPECT_EQ(limiter.allowed(), 4U);
  for (int i = 0; i < 4; ++i) limiter.succeeded();
  EXPECT_EQ(limiter.allowed(), 8U);
  for (int i = 0; i < 1000; ++i) limiter.succeeded();
  EXPECT_EQ(limiter.allowed(), 100U);
  EXPECT_EQ(ConcurrencyLimiter(settings(1)).allowed(), 1U);
}

TEST(ConcurrencyLimiter, TroubleHalvesOncePerRound) {
  ConcurrencyLimiter limiter(settings(64));
  for (int i = 0; i < 60; ++i) limiter.succeeded();
  ASSERT_EQ(limiter.allowed(), 64U);
  // All 64 were sent at 10 and are turned away at 20: that is one piece of news.
  for (int i = 0; i < 64; ++i) limiter.troubled(Milliseconds(20), Milliseconds(10), 1, {});
  EXPECT_EQ(limiter.allowed(), 32U);
  limiter.troubled(Milliseconds(40), Milliseconds(30), 1, {});
  EXPECT_EQ(limiter.allowed(), 16U);
  for (int i = 0; i < 16; ++i) limiter.succeeded();  // a round later, one more
  EXPECT_EQ(limiter.allowed(), 16U);
  limiter.succeeded();
  EXPECT_EQ(limiter.allowed(), 17U);
  for (int at = 50; at < 100; ++at) limiter.troubled(Milliseconds(at), Milliseconds(at), 1, {});
  EXPECT_EQ(limiter.allowed(), 1U);
}

TEST(ConcurrencyLimiter, WaitsAsLongAsTheServerAsks) {
  ConcurrencyLimiter limiter(settings(8));
  const Milliseconds again = limiter.troubled(Milliseconds(1000), Milliseconds(900), 1, Milliseconds(3000));
  EXPECT_GE(again, Milliseconds(4000));
  EXPECT_LE(again, Milliseconds(4500));
  EXPECT_EQ(limiter.resume_at(), Milliseconds(4000));
  limiter.troubled(Milliseconds(1100), Milliseconds(900), 1, Milliseconds(10));
  EXPECT_EQ(limiter.resume_at(), Milliseconds(4000)) << "a shorter wish of another reply";
  limiter.troubled(Milliseconds(1100), Milliseconds(900), 1, Milliseconds(86'400'000));
  EXPECT_EQ(limiter.resume_at(), Milliseconds(61'100)) << "nobody waits for a day";
}

TEST(ConcurrencyLimiter, JitterIsSeededAndDoubles) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed, std::uint8_t tries) {
    ConcurrencySettings one = settings(4);
    one.seed = seed;
    ConcurrencyLimiter a(one), b(one);
    const std::size_t count = 1U + tries;
    const Milliseconds first = a.troubled(Milliseconds(0), Milliseconds(0), count, {});
    RC_ASSERT(first == b.troubled(Milliseconds(0), Milliseconds(0), count, {}));
    RC_ASSERT(first >= Milliseconds(0));
    const Milliseconds doubled(500LL << std::min<std::size_t>(tries, 20));
    RC_ASSERT(first <= std::min(Milliseconds(60'000), doubled));
  }));
}

TEST(ConcurrencyLimiter, RefusesNonsense) {
  EXPECT_THROW(ConcurrencyLimiter(settings(0)), InvalidArgument);
  EXPECT_THROW(ConcurrencyLimiter(settings(100'001)), InvalidArgument);
}

}  // namespace
}  // namespace assay::http
