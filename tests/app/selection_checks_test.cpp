#include "assay/app/selection_checks.h"

#include <gmock/gmock.h>

#include "assay/core/error.h"

namespace assay::app {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

// "good" (0.7, interval 0.6 to 0.8) is decided to be better than "poor" (0.3, 0.2 to 0.4); "other" was not settled.
asking::SelectReport sample_report() {
  asking::SelectReport report;
  report.baseline = "base";
  report.strategy = "assay";
  report.best = "good";
  report.queries = 100;
  report.calls = 150;
  report.calls_all = 300;
  report.stop = asking::SelectReport::Stop();
  report.stop->decided = true;
  const auto add = [&](const std::string& name, double rate, bool possible) {
    asking::SelectReport::Model model;
    model.name = name;
    model.win_rate = rate;
    model.interval = {rate - 0.1, rate + 0.1};
    model.possible = possible;
    report.models.push_back(model);
  };
  add("good", 0.7, true);
  add("other", 0.6, true);
  add("poor", 0.3, false);
  return report;
}

CheckOutcome rate_check(const asking::SelectReport& report, double limit, const std::string& model = "good") {
  return check_selection(report, {.fail_below = limit, .model = model}).at(0).outcome;
}

CheckOutcome best_check(const asking::SelectReport& report, const std::string& model) {
  return check_selection(report, {.expect_best = model}).at(0).outcome;
}

TEST(SelectionChecks, ARateIsHeldAgainstAllOfItsInterval) {
  const asking::SelectReport report = sample_report();
  EXPECT_EQ(rate_check(report, 0.59), CheckOutcome::passed);
  EXPECT_EQ(rate_check(report, 0.7), CheckOutcome::undecided);
  EXPECT_EQ(rate_check(report, 0.81), CheckOutcome::failed);
  EXPECT_EQ(rate_check(report, 0.25, "poor"), CheckOutcome::undecided);
  EXPECT_EQ(check_selection(report, {.fail_below = 0.81}).at(0).outcome, CheckOutcome::failed) << "of the best";
}

TEST(SelectionChecks, APointIsAlwaysDecided) {
  asking::SelectReport report = sample_report();
  report.models[0].interval = {0.7, 0.7};
  EXPECT_EQ(rate_check(report, 0.7), CheckOutcome::passed);
  EXPECT_EQ(rate_check(report, 0.7001), CheckOutcome::failed);
}

TEST(SelectionChecks, TheMessageHasBothNumbers) {
  const CheckResult result = check_selection(sample_report(), {.fail_below = 0.75, .model = "good"}).at(0);
  EXPECT_EQ(result.name, "win rate of good is at least 75 %");
  EXPECT_EQ(
      result.message,
      "expected at least 75 %, came 70 % (60 .. 80 % with 95 %), after 150 of 300 calls: strategy assay stopped as "
      "it had its answer, with 0 of 100 calls of this model; strategy random judges all");
}

TEST(SelectionChecks, WhyARateIsOpenIsSaid) {
  const auto message = [](const asking::SelectReport& report) {
    return check_selection(report, {.fail_below = 0.75}).at(0).message;
  };
  asking::SelectReport report = sample_report();
  report.stop->decided = false;
  EXPECT_THAT(message(report), EndsWith(": more calls would decide"));
  report.models[0].tally.none = 3;
  EXPECT_THAT(message(report), EndsWith(": more calls would decide, but 3 without a verdict may be anything"));
  report.models[0].tally.wins = 97;
  EXPECT_THAT(message(report), EndsWith(": all was asked, and 3 without a verdict may be anything"));
}

// "good" is found, "other" may be better by less than the tolerance, "poor" can't be.
TEST(SelectionChecks, WithAToleranceTheModelThatIsFoundNeedNotBeTheBest) {
  asking::SelectReport report = sample_report();
  report.stop->goal.epsilon = 0.025;
  report.models[1].possible = false;
  const CheckResult found = check_selection(report, {.expect_best = "good"}).at(0);
  EXPECT_EQ(found.outcome, CheckOutcome::passed);
  EXPECT_EQ(found.name, "found, at most 2.5 points below the best, is good");
  EXPECT_THAT(found.message, EndsWith("came good, at most 2.5 points below the best"));
  const CheckResult other = check_selection(report, {.expect_best = "other"}).at(0);
  EXPECT_EQ(other.outcome, CheckOutcome::undecided) << "0.5 to 0.7 against 0.6 to 0.8";
  EXPECT_THAT(other.message, EndsWith(": with this tolerance other may still be better"));
  EXPECT_EQ(best_check(report, "poor"), CheckOutcome::failed);
  report.stop->goal.epsilon = 0;
  report.stop->goal.good_enough = 0.025;
  EXPECT_EQ(best_check(report, "other"), CheckOutcome::undecided);
  EXPECT_EQ(best_check(report, "base"), CheckOutcome::failed) << "no candidate";
}

TEST(SelectionChecks, ScoresAreInTheirOwnUnits) {
  asking::SelectReport report = sample_report();
  report.measure = store::Measure::score;
  report.scale = {1, 11};
  EXPECT_EQ(rate_check(report, 6.9), CheckOutcome::passed);
  EXPECT_EQ(rate_check(report, 9.1), CheckOutcome::failed);
  EXPECT_EQ(check_selection(report, {.fail_below = 0.59, .of_scale = true, .model = "good"}).at(0).outcome,
            CheckOutcome::passed);
  EXPECT_THROW(rate_check(report, 0.5), InvalidArgument) << "not on the scale";
  report.lower_is_better = true;  // 0.7 is 4, its interval 3 to 5
  EXPECT_EQ(rate_check(report, 5.1), CheckOutcome::passed);
  EXPECT_EQ(rate_check(report, 2.9), CheckOutcome::failed);
  EXPECT_THAT(check_selection(report, {.fail_below = 2.9, .model = "good"}).at(0).message,
              HasSubstr("expected at most 2.9, came 4 (3 .. 5"));
}

TEST(SelectionChecks, TheExpectedOneMustBeFound) {
  const asking::SelectReport report = sample_report();
  EXPECT_EQ(best_check(report, "good"), CheckOutcome::passed);
  EXPECT_EQ(best_check(report, "other"), CheckOutcome::failed);
  EXPECT_EQ(best_check(report, "poor"), CheckOutcome::failed);
}

TEST(SelectionChecks, WhatIsOpenIsUndecidedUnlessItCantBeAnyMore) {
  asking::SelectReport report = sample_report();
  report.stop->decided = false;
  EXPECT_EQ(best_check(report, "good"), CheckOutcome::undecided);
  EXPECT_EQ(best_check(report, "other"), CheckOutcome::undecided);
  EXPECT_EQ(best_check(report, "poor"), CheckOutcome::failed);
  EXPECT_THAT(check_selection(report, {.expect_best = "other"}).at(0).message, HasSubstr("2 models may still be"));
}

TEST(SelectionChecks, AStrategyThatNeverDecidesIsSureWhenAllIsJudged) {
  asking::SelectReport report = sample_report();
  report.stop.reset();
  EXPECT_EQ(best_check(report, "good"), CheckOutcome::undecided);
  report.calls = 300;
  EXPECT_EQ(best_check(report, "good"), CheckOutcome::passed);
  EXPECT_EQ(best_check(report, "poor"), CheckOutcome::failed);
}

TEST(SelectionChecks, AnExactTieIsAsGood) {
  asking::SelectReport report = sample_report();
  for (std::size_t i = 0; i < 2; ++i) {
    report.models[i].win_rate = 0.7;
    report.models[i].tally.wins = 70;
    report.models[i].tally.losses = 30;
  }
  EXPECT_EQ(best_check(report, "other"), CheckOutcome::passed);
}

TEST(SelectionChecks, TheBaselineMayBeExpected) {
  asking::SelectReport report = sample_report();
  EXPECT_EQ(best_check(report, "base"), CheckOutcome::failed);
  report.best = "base";
  report.keep_baseline = true;
  EXPECT_EQ(best_check(report, "base"), CheckOutcome::passed);
  EXPECT_EQ(best_check(report, "good"), CheckOutcome::failed);
}

TEST(SelectionChecks, NamesMustBeThere) {
  EXPECT_THROW(rate_check(sample_report(), 0.5, "nobody"), InvalidArgument);
  EXPECT_THROW(best_check(sample_report(), "nobody"), InvalidArgument);
  EXPECT_THROW(rate_check(sample_report(), 1.5), InvalidArgument);
  EXPECT_TRUE(check_selection(sample_report(), {}).empty());
}

TEST(SelectionChecks, TheWorstCounts) {
  const auto worst = [](std::vector<CheckOutcome> outcomes) {
    std::vector<CheckResult> results;
    for (const CheckOutcome outcome : outcomes) results.push_back({"", outcome, ""});
    return worst_of(results);
  };
  EXPECT_EQ(worst({}), CheckOutcome::passed);
  EXPECT_EQ(worst({CheckOutcome::passed, CheckOutcome::undecided}), CheckOutcome::undecided);
  EXPECT_EQ(worst({CheckOutcome::undecided, CheckOutcome::failed, CheckOutcome::passed}), CheckOutcome::failed);
}

}  // namespace
}  // namespace assay::app
