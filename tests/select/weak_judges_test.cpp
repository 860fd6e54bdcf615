#include "assay/select/weak_judges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <set>
#include <string>

#include "assay/core/error.h"
#include "assay/core/rng.h"

namespace assay::select {
namespace {

ResponseTable random_responses(std::size_t queries, std::size_t models, std::uint64_t seed) {
  Rng rng(seed);
  const auto text = [&] {
    std::string result;
    for (std::uint64_t words = 5 + rng.below(30); words > 0; --words)
      result += "w" + std::to_string(rng.below(40)) + " ";
    return result;
  };
  ResponseTable responses(queries, models);
  for (std::size_t q = 0; q < queries; ++q) {
    for (std::size_t j = 0; j < models; ++j) responses.set(query_id(q), model_id(j), text());
    responses.set_baseline(query_id(q), text());
  }
  return responses;
}

// Shares of the four outcomes among a judge's verdicts.
std::array<double, kOutcomes> shares(const WeakVerdicts& weak, std::size_t judge) {
  std::array<double, kOutcomes> result{};
  for (std::size_t q = 0; q < weak.queries(); ++q) {
    for (std::size_t j = 0; j < weak.models(); ++j) {
      result[static_cast<std::size_t>(weak.at(judge, query_id(q), model_id(j)))] +=
          1.0 / static_cast<double>(weak.queries() * weak.models());
    }
  }
  return result;
}

TEST(WeakJudges, EachJudgeReachesTheShareOfDraws) {
  const ResponseTable responses = random_responses(40, 12, 1);
  for (const bool pooled : {false, true}) {
    for (const double share : {0.0, 0.1, 0.3, 0.8}) {
      WeakJudgeOptions options;
      options.kgram.max_order = 4;
      options.pooled = pooled;
      options.draw_share = share;
      const WeakVerdicts weak = judge_weakly(responses, options, 1);
      ASSERT_EQ(weak.judges(), 4U);
      for (std::size_t k = 0; k < 4; ++k) {
        const auto found = shares(weak, k);
        EXPECT_NEAR(found[static_cast<std::size_t>(Outcome::draw)], share, 0.01) << "judge " << k + 1;
        EXPECT_EQ(found[static_cast<std::size_t>(Outcome::none)], 0.0) << "every response is there";
        EXPECT_GT(found[static_cast<std::size_t>(Outcome::win)], 0.02) << "a judge that never prefers a response";
        EXPECT_GT(found[static_cast<std::size_t>(Outcome::loss)], 0.02)
            << "a judge that never prefers the baseline";
      }
    }
  }
}

TEST(WeakJudges, NoVerdictWhereAResponseIsMissing) {
  ResponseTable responses(3, 3);
  for (std::size_t q = 0; q < 3; ++q) {
    for (std::size_t j = 0; j < 3; ++j) {
      if (q != 1 || j != 2) responses.set(query_id(q), model_id(j), "answer " + std::to_string(j));
    }
    if (q != 2) responses.set_baseline(query_id(q), "another");
  }
  const WeakVerdicts weak = judge_weakly(responses, {}, 1);
  for (std::size_t k = 0; k < weak.judges(); ++k) {
    for (std::size_t q = 0; q < 3; ++q) {
      for (std::size_t j = 0; j < 3; ++j) {
        const bool missing = q == 2 || (q == 1 && j == 2);
        EXPECT_EQ(weak.at(k, query_id(q), model_id(j)) == Outcome::none, missing)
            << "judge " << k + 1 << ", query " << q << ", model " << j;
      }
    }
  }
}

TEST(WeakJudges, AnEmptyResponseLosesAndTwoTie) {
  ResponseTable responses(3, 2);
  for (std::size_t q = 0; q < 3; ++q) {
    responses.set(query_id(q), model_id(0), "");
    responses.set(query_id(q), model_id(1), "some words");
    responses.set_baseline(query_id(q), q == 0 ? "" : "other words than some");
  }
  WeakJudgeOptions options;
  options.draw_share = 0;
  const WeakVerdicts weak = judge_weakly(responses, options, 1);
  for (std::size_t k = 0; k < weak.judges(); ++k) {
    EXPECT_EQ(weak.at(k, query_id(0), model_id(0)), Outcome::draw) << "both responses are empty";
    EXPECT_EQ(weak.at(k, query_id(0), model_id(1)), Outcome::win) << "against an empty response";
    EXPECT_EQ(weak.at(k, query_id(1), model_id(0)), Outcome::loss) << "an empty response against words";
  }
}

TEST(WeakJudges, TheLikelierResponseWins) {
  // At every order the three models agree with one another and the baseline with nobody.
  ResponseTable responses(1, 3);
  for (std::size_t j = 0; j < 3; ++j) responses.set(query_id(0), model_id(j), "the capital of france is paris");
  responses.set_baseline(query_id(0), "bananas grow quickly under warm suns");
  WeakJudgeOptions options;
  options.draw_share = 0;
  const WeakVerdicts weak = judge_weakly(responses, options, 1);
  for (std::size_t k = 0; k < weak.judges(); ++k) EXPECT_EQ(weak.at(k, query_id(0), model_id(1)), Outcome::win);
}

TEST(WeakJudges, TheSameForAnyNumberOfThreads) {
  const ResponseTable responses = random_responses(23, 5, 2);
  const std::string one = judge_weakly(responses, {}, 1).to_bytes();
  for (const std::size_t threads : {2U, 5U}) EXPECT_EQ(judge_weakly(responses, {}, threads).to_bytes(), one);
}

TEST(WeakJudges, TellHowFarTheyAre) {
  const ResponseTable responses = random_responses(9, 2, 3);
  for (const bool pooled : {false, true}) {
    WeakJudgeOptions options;
    options.pooled = pooled;
    std::size_t last = 0;
    judge_weakly(responses, options, 1, [&](std::size_t done, std::size_t total) {
      EXPECT_EQ(total, 9U);
      EXPECT_GE(done, last) << "the progress bar runs backwards";
      last = done;
    });
    EXPECT_EQ(last, 9U) << "the progress bar stops early";
  }
}

TEST(WeakJudges, RefuseOptionsOutOfRange) {
  const ResponseTable responses = random_responses(2, 2, 4);
  const auto refuses = [&](auto change, const std::string& said) {
    WeakJudgeOptions options;
    change(options);
    try {
      judge_weakly(responses, options, 1);
      ADD_FAILURE() << "accepted: " << said;
    } catch (const InvalidArgument& failure) {
      EXPECT_THAT(failure.what(), testing::HasSubstr(said));
    }
  };
  refuses([](WeakJudgeOptions& o) { o.kgram.max_order = 0; }, "came 0");
  refuses([](WeakJudgeOptions& o) { o.kgram.max_order = 101; }, "came 101");
  refuses([](WeakJudgeOptions& o) { o.draw_share = 1; }, "share of draws");
  refuses([](WeakJudgeOptions& o) { o.draw_share = -0.1; }, "share of draws");
  refuses([](WeakJudgeOptions& o) { o.draw_share = std::numeric_limits<double>::quiet_NaN(); }, "share of draws");
  refuses([](WeakJudgeOptions& o) { o.kgram.delta = 0; }, "delta");
}

// The description is the key under which a study keeps the verdicts.
TEST(WeakJudges, OtherOptionsOtherDescription) {
  // Not the defaults, which may move.
  WeakJudgeOptions options;
  options.tokens = text::TokenKind::word;
  options.kgram = {
      .max_order = 10, .smoothing = text::Smoothing::witten_bell, .mean = text::LikelihoodMean::geometric};
  options.pooled = false;
  options.draw_share = 0.3;
  std::set<std::string> seen = {options.describe()};
  const auto differs = [&](auto change) {
    WeakJudgeOptions other = options;
    change(other);
    EXPECT_TRUE(seen.insert(other.describe()).second) << "kept verdicts would be mistaken: " << other.describe();
  };
  differs([](WeakJudgeOptions& o) { o.tokens = text::TokenKind::character; });
  differs([](WeakJudgeOptions& o) { o.kgram.max_order = 9; });
  differs([](WeakJudgeOptions& o) { o.pooled = true; });
  differs([](WeakJudgeOptions& o) { o.kgram.smoothing = text::Smoothing::additive; });
  differs([](WeakJudgeOptions& o) { o.kgram.smoothing = text::Smoothing::additive, o.kgram.delta = 0.01; });
  differs([](WeakJudgeOptions& o) { o.kgram.mean = text::LikelihoodMean::arithmetic; });
  differs([](WeakJudgeOptions& o) { o.kgram.leave_one_out = true; });
  differs([](WeakJudgeOptions& o) { o.draw_share = 0.25; });
}

}  // namespace
}  // namespace assay::select
