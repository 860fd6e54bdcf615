#include "assay/http/endpoint_watch.h"

#include <gtest/gtest.h>

#include <map>

namespace assay::http {
namespace {

using Kind = WhatNext::Kind;

class EndpointWatchTest : public testing::Test {
 protected:
  WhatNext status(int status, std::uint64_t request, std::size_t tries = 1) {
    return fails(FailedExchange{request, tries, HttpFailure::none, trouble_of(status), now, {}});
  }
  WhatNext failure(HttpFailure failure, std::uint64_t request, std::size_t tries = 1) {
    return fails(FailedExchange{request, tries, failure, {}, now, {}});
  }
  WhatNext fails(FailedExchange exchange) {
    now += Milliseconds(10);
    return watch.failed(exchange, requests[exchange.request], now);
  }

  EndpointWatch watch{{.most = 8}, Milliseconds(300'000)};
  std::map<std::uint64_t, TurnedAway> requests;
  Milliseconds now{1000};
};

TEST_F(EndpointWatchTest, TroubleOfTheEndpointIsNoTry) {
  for (const int one : {408, 409, 425, 429, 502, 503, 504, 529})
    EXPECT_EQ(status(one, 1).kind, Kind::put_off) << one;
}

TEST_F(EndpointWatchTest, OneAsksForAllWhileItLasts) {
  for (std::uint64_t i = 0; i < 5; ++i) status(503, i);
  EXPECT_TRUE(watch.waits());
  EXPECT_FALSE(watch.may_send(watch.resume_at(), 1));
  EXPECT_TRUE(watch.may_send(watch.resume_at(), 0));
  watch.heard(now, true);
  EXPECT_FALSE(watch.waits());
  EXPECT_TRUE(watch.may_send(now, 0));
}

TEST_F(EndpointWatchTest, AServerErrorIsATryUnlessAllMeetIt) {
  watch.heard(now, true);
  EXPECT_EQ(status(500, 1).kind, Kind::tried);
  EXPECT_EQ(status(500, 1, 2).kind, Kind::tried);
  EXPECT_EQ(status(500, 1, 3).kind, Kind::tried) << "one request's own";
  EXPECT_EQ(status(500, 2).kind, Kind::put_off);
  watch.heard(now, true);
  EXPECT_EQ(status(500, 1, 3).kind, Kind::tried);
}

TEST_F(EndpointWatchTest, PatienceEnds) {
  status(503, 1);
  now += Milliseconds(300'000);
  EXPECT_EQ(status(503, 1).kind, Kind::too_long);
}

// Others are answered: it is the request's own trouble, whatever the status says.
TEST_F(EndpointWatchTest, ARequestAloneInTroubleIsLost) {
  WhatNext next;
  for (int i = 0; i < 20; ++i) {
    next = status(503, 1);
    if (next.kind == Kind::lost) break;
    EXPECT_EQ(next.kind, Kind::put_off);
    now += Milliseconds(20'000);
    watch.heard(now, true);
  }
  EXPECT_EQ(next.kind, Kind::lost);
  EXPECT_GT(now, Milliseconds(300'000));
}

TEST_F(EndpointWatchTest, WhatIsForGood) {
  EXPECT_EQ(status(401, 1).kind, Kind::hopeless);
  EXPECT_EQ(status(402, 1).kind, Kind::hopeless);
  EXPECT_EQ(status(404, 1).kind, Kind::hopeless);
  EXPECT_EQ(status(403, 1).kind, Kind::lost) << "perhaps for what it holds";
  EXPECT_EQ(status(403, 2).kind, Kind::hopeless);
  EXPECT_EQ(status(400, 1).kind, Kind::lost);
  watch.heard(now, true);
  for (const int one : {400, 403, 404, 413, 422}) EXPECT_EQ(status(one, 2).kind, Kind::lost) << one;
  EXPECT_EQ(status(401, 2).kind, Kind::hopeless);
}

TEST_F(EndpointWatchTest, NoConnectionIsTroubleWhereThereWasOne) {
  EXPECT_EQ(failure(HttpFailure::unreachable, 1).kind, Kind::tried);
  EXPECT_EQ(failure(HttpFailure::broken_off, 1).kind, Kind::tried);
  watch.heard(now, false);
  EXPECT_EQ(failure(HttpFailure::unreachable, 1).kind, Kind::put_off);
  EXPECT_EQ(failure(HttpFailure::broken_off, 1).kind, Kind::put_off);
  EXPECT_EQ(failure(HttpFailure::too_large, 1).kind, Kind::lost);
}

}  // namespace
}  // namespace assay::http
