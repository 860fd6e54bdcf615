#include "gateway/circuit_breaker.h"

#include <gtest/gtest.h>

namespace assay::gateway {
namespace {

using std::chrono::seconds;

// Of three failures, ten seconds.
class CircuitBreakerTest : public testing::Test {
 protected:
  void fail(int times) {
    for (int i = 0; i < times; ++i) breaker_.failed(now_);
  }
  bool allows_after(seconds more) {
    now_ += more;
    return breaker_.allows(now_);
  }

  CircuitBreaker breaker_{{.failures = 3, .pause = seconds(10)}};
  CircuitBreaker::Time now_ = CircuitBreaker::Time() + std::chrono::hours(1);
};

TEST_F(CircuitBreakerTest, OpensAfterFailuresInARow) {
  fail(2);
  breaker_.succeeded();
  fail(2);
  EXPECT_TRUE(breaker_.allows(now_));
  EXPECT_FALSE(breaker_.open());
  fail(1);
  EXPECT_TRUE(breaker_.open());
  EXPECT_FALSE(allows_after(seconds(9)));
  EXPECT_EQ(breaker_.wait(now_), seconds(1));
}

TEST_F(CircuitBreakerTest, OneRequestTriesIt) {
  fail(3);
  EXPECT_TRUE(allows_after(seconds(10)));
  EXPECT_FALSE(breaker_.allows(now_)) << "the others wait for it";
  breaker_.succeeded();
  EXPECT_TRUE(breaker_.allows(now_));
  EXPECT_FALSE(breaker_.open());
}

TEST_F(CircuitBreakerTest, EachFailedTryDoublesThePause) {
  fail(3);
  for (const int pause : {10, 20, 40, 80, 100, 100}) {
    EXPECT_FALSE(allows_after(seconds(pause - 1)));
    EXPECT_TRUE(allows_after(seconds(1)));
    fail(1);
  }
}

TEST_F(CircuitBreakerTest, FailuresFromBeforeItOpenedTellNothingNew) {
  fail(10);
  EXPECT_FALSE(allows_after(seconds(9)));
  EXPECT_TRUE(allows_after(seconds(1)));
}

TEST_F(CircuitBreakerTest, ATryWithoutAResultLeavesTheNextOne) {
  fail(3);
  EXPECT_TRUE(allows_after(seconds(10)));
  breaker_.unknown();
  EXPECT_TRUE(breaker_.allows(now_));
  EXPECT_TRUE(allows_after(seconds(10))) << "nor does one that never told";
}

TEST_F(CircuitBreakerTest, AModelMayAskForAPause) {
  breaker_.failed(now_, seconds(30));
  EXPECT_FALSE(allows_after(seconds(29)));
  EXPECT_TRUE(allows_after(seconds(1)));
  breaker_.failed(now_, seconds(100'000));
  EXPECT_TRUE(allows_after(seconds(100))) << "but not for ever";
}

TEST_F(CircuitBreakerTest, NeverOpensIfNotWanted) {
  CircuitBreaker never({.failures = 0});
  for (int i = 0; i < 100; ++i) never.failed(now_, seconds(10));
  EXPECT_TRUE(never.allows(now_));
}

}  // namespace
}  // namespace assay::gateway
