#include "assay/core/paid_calls.h"

#include <gmock/gmock.h>

#include "assay/store/study.h"
#include "tests/store/study_fixture.h"

namespace assay::store {
namespace {

using testing::HasSubstr;

class PaidCallsTest : public StudyTest {
 protected:
  PaidCallsTest() { sample(); }

  static CallKey key(std::string_view request, std::uint32_t repeat = 0) {
    return {"http://judge/v1", "m", request, repeat};
  }
  static PaidCall call(std::uint8_t failure, const std::string& content, std::int64_t cost, bool certain = true) {
    PaidCall result;
    result.failure = failure;
    result.content = content;
    result.tokens_in = 10;
    result.tokens_out = 2;
    result.cost = Money{cost};
    result.certain = certain;
    return result;
  }
};

TEST_F(PaidCallsTest, AreFoundByAllThatMakesThemTheSame) {
  {
    Study study(path(), Study::Mode::write);
    CallLedger& ledger = study.paid_calls();
    EXPECT_FALSE(ledger.find(key("r")));
    ledger.keep(key("r"), call(0, "said", 12));
    ledger.keep(key("r", 1), call(0, "said again", 12));
  }
  Study study(path(), Study::Mode::read);
  CallLedger& ledger = study.paid_calls();
  const auto found = ledger.find(key("r"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->content, "said");
  EXPECT_EQ(found->tokens_in, 10U);
  EXPECT_EQ(found->tokens_out, 2U);
  EXPECT_EQ(found->cost, Money{12});
  EXPECT_TRUE(found->certain);
  EXPECT_EQ(ledger.find(key("r", 1))->content, "said again");
  EXPECT_FALSE(ledger.find(key("r", 2)));
  EXPECT_FALSE(ledger.find(key("s")));
  EXPECT_FALSE(ledger.find({"http://judge/v2", "m", "r", 0}));
  EXPECT_FALSE(ledger.find({"http://judge/v1", "n", "r", 0}));
  EXPECT_EQ(ledger.spent(), Money{24});
  EXPECT_THAT(error_of([&] { ledger.keep(key("t"), call(0, "", 1)); }), HasSubstr("for reading only"));
}

TEST_F(PaidCallsTest, FailuresCountAndAnswerNothing) {
  Study study(path(), Study::Mode::write);
  CallLedger& ledger = study.paid_calls();
  ledger.keep(key("r"), call(11, "gibberish", 12));
  ledger.keep(key("r"), call(3, "too late", 40, false));
  EXPECT_FALSE(ledger.find(key("r")));
  ledger.keep(key("r"), call(0, "said", 12));
  EXPECT_EQ(ledger.find(key("r"))->content, "said");
  EXPECT_EQ(ledger.spent(), Money{64});
  EXPECT_NE(error_of([&] { ledger.keep(key("r"), call(0, "said", 12)); }), "") << "nothing is paid twice";

  PaidCall free = call(0, "who knows", 0);
  free.cost.reset();
  free.tokens_in.reset();
  ledger.keep({"http://judge/v1", "other", "r", 0}, free);
  EXPECT_FALSE(ledger.find({"http://judge/v1", "other", "r", 0})->cost);
  EXPECT_FALSE(ledger.find({"http://judge/v1", "other", "r", 0})->tokens_in);

  const StudySummary summary = study.summary();
  ASSERT_EQ(summary.spending.size(), 2U);
  const StudySummary::Spending& m = summary.spending[0];
  EXPECT_EQ(m.model, "m");
  EXPECT_EQ(m.calls, 3U);
  EXPECT_EQ(m.by_failure.at(0), 1U);
  EXPECT_EQ(m.by_failure.at(3), 1U);
  EXPECT_EQ(m.by_failure.at(11), 1U);
  EXPECT_EQ(m.tokens_in, 30U);
  EXPECT_EQ(m.certain, Money{24});
  EXPECT_EQ(m.possible, Money{40});
  EXPECT_EQ(summary.spending[1].without_price, 1U);
}

TEST_F(PaidCallsTest, WhatWasUnderWayAtAKillIsLost) {
  {
    Study study(path(), Study::Mode::write);
    CallLedger& ledger = study.paid_calls();
    ledger.recover();
    ledger.under_way({500});
    ledger.under_way({700});
    ledger.keep(key("r"), call(0, "said", 12));
  }  // and nobody said that it is over
  Study study(path(), Study::Mode::write);
  EXPECT_EQ(study.summary().lost, Money{700});
  CallLedger& ledger = study.paid_calls();
  ledger.recover();
  EXPECT_EQ(ledger.spent(), Money{712});
  ledger.under_way({100});
  ledger.under_way({});
  ledger.recover();
  EXPECT_EQ(ledger.spent(), Money{712});
  ledger.under_way({50});
  ledger.recover();
  EXPECT_EQ(ledger.spent(), Money{762});
  EXPECT_EQ(ledger.lost_to_kills(), Money{750}) << "told apart";
}

TEST_F(PaidCallsTest, ContentOfStrangersIsKeptAsItIs) {
  Study study(path(), Study::Mode::write);
  const std::string hostile = "'); DROP TABLE paid_call; --\n\x1B[31m";
  study.paid_calls().keep(key(hostile), call(0, hostile, 1));
  EXPECT_EQ(study.paid_calls().find(key(hostile))->content, hostile);
}

TEST_F(PaidCallsTest, RepliesAreCountedAndMeasured) {
  Study study(path(), Study::Mode::write);
  CallLedger& ledger = study.paid_calls();
  EXPECT_EQ(ledger.reply_lengths("http://judge/v1", "m").replies, 0U);
  PaidCall longer = call(0, "said", 1);
  longer.tokens_out = 4;
  PaidCall unknown = call(0, "said", 1);
  unknown.tokens_out.reset();
  ledger.keep(key("r"), call(0, "said", 1));
  ledger.keep(key("s"), longer);
  ledger.keep(key("t"), unknown);
  ledger.keep(key("u"), call(3, "failed", 1));
  const ReplyLengths lengths = ledger.reply_lengths("http://judge/v1", "m");
  EXPECT_EQ(lengths.replies, 3U);
  EXPECT_EQ(lengths.billed, 2U);
  EXPECT_EQ(lengths.tokens, 3.0);
  EXPECT_EQ(ledger.reply_lengths("http://judge/v1", "n").replies, 0U);
  EXPECT_LT(ledger.find(key("r"))->number, ledger.find(key("s"))->number);
  EXPECT_EQ(study.answer_mark().paid, ledger.find(key("t"))->number + 1) << "failures count, too";
}

}  // namespace
}  // namespace assay::store
