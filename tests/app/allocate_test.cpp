#include "assay/view/allocate.h"

#include <gmock/gmock.h>

#include <cmath>

#include "assay/view/synth.h"
#include "tests/app/app_fixture.h"

namespace assay::app {
namespace {

using testing::HasSubstr;

class AllocateTest : public AppTest {
 protected:
  // Arms with known variances.
  std::string made(const std::string& name, const std::string& family, std::size_t arms = 60) const {
    run_synth_scores({path(name), {.family = family, .arms = arms}});
    return path(name);
  }
  static AllocateRequest request(const std::string& study, std::size_t budget) {
    AllocateRequest result;
    result.study = study;
    result.budget = budget;
    return result;
  }
  static std::string error(const AllocateRequest& request) {
    try {
      run_allocate(request);
    } catch (const InvalidArgument& failure) {
      return failure.what();
    }
    return "";
  }
};

TEST_F(AllocateTest, SpendsTheBudgetAndTellsWhatItBought) {
  const asking::AllocateReport report = run_allocate(request(made("a.assay", "two-groups"), 3000));
  EXPECT_EQ(report.calls, 3000U);
  EXPECT_EQ(report.calls_new, 3000U);
  std::size_t calls = 0;
  double worst = 0;
  for (const asking::AllocateReport::Arm& arm : report.arms) {
    calls += arm.calls;
    EXPECT_LE(arm.interval.low, arm.mean);
    EXPECT_GE(arm.interval.high, arm.mean);
    worst = std::max(worst, arm.interval.high - arm.interval.low);
  }
  EXPECT_EQ(calls, 3000U);
  EXPECT_LT(report.worst_error_likely, report.worst_error_bound);
  EXPECT_LT(report.worst_error_true, report.worst_error_bound);
  EXPECT_GT(report.uniform_calls, 4500) << "a fifth of the arms takes most of the calls";
}

TEST_F(AllocateTest, ALargerBudgetGoesOn) {
  const std::string once = made("once.assay", "heavy-tailed");
  const std::string twice = made("twice.assay", "heavy-tailed");
  const asking::AllocateReport whole = run_allocate(request(once, 2000));
  run_allocate(request(twice, 700));
  const asking::AllocateReport rest = run_allocate(request(twice, 2000));
  ASSERT_EQ(rest.arms.size(), whole.arms.size());
  for (std::size_t i = 0; i < rest.arms.size(); ++i) {
    EXPECT_EQ(rest.arms[i].calls, whole.arms[i].calls);
    EXPECT_EQ(rest.arms[i].estimate, whole.arms[i].estimate);
  }
}

TEST_F(AllocateTest, BatchesAreAskedAtATime) {
  AllocateRequest batches = request(made("a.assay", "two-groups"), 1000);
  batches.batch = 64;
  const asking::AllocateReport report = run_allocate(batches);
  EXPECT_EQ(report.calls, 1000U);
}

TEST_F(AllocateTest, MeanInsteadOfCentre) {
  AllocateRequest mean = request(made("a.assay", "mostly-zero"), 1000);
  mean.estimate = allocate::EstimateRule::mean;
  for (const asking::AllocateReport::Arm& arm : run_allocate(mean).arms) EXPECT_EQ(arm.estimate, arm.mean);
}

TEST_F(AllocateTest, ScoresThatNeverDiffer) {
  write("same.jsonl", R"({"query":"1","model":"m","scores":[2,2,2]}
{"query":"2","model":"m","scores":[2]}
)");
  import_jsonl("same.jsonl", "same.assay");
  const asking::AllocateReport report = run_allocate(request(path("same.assay"), 20));
  EXPECT_EQ(report.worst_error_likely, 0);
  EXPECT_EQ(report.uniform_calls, 0);
  EXPECT_THAT(view::to_text(report), HasSubstr("No response was ever scored in two ways"));
}

TEST_F(AllocateTest, BadRequests) {
  const std::string study = made("a.assay", "equal");
  EXPECT_THAT(error(request(study, 0)), HasSubstr("a positive number of calls"));
  EXPECT_THAT(error(request(study, SIZE_MAX)), HasSubstr("4000000000 at most"));
  AllocateRequest batch = request(study, 300);
  batch.batch = 0;
  EXPECT_THAT(error(batch), HasSubstr("calls at a time must be 1 to"));
  EXPECT_THAT(error(request(study, 239)), HasSubstr("at least 240 calls, came 239"));
  AllocateRequest scale = request(study, 300);
  scale.scale = Scale{5, 1};
  EXPECT_THAT(error(scale), HasSubstr("came 5 to 1"));
  scale.scale = Scale{1, std::nan("")};
  EXPECT_THAT(error(scale), HasSubstr("a scale must go from"));
  scale.scale = Scale{4.9, 5};
  EXPECT_THAT(error(scale), HasSubstr("expected scores from 4.9 to 5, came"));
  AllocateRequest delta = request(study, 300);
  delta.parameters = {{"delta", 0.1}};
  EXPECT_THAT(error(delta), HasSubstr("does not use `delta`"));
  AllocateRequest oracle = request(study, 300);
  oracle.oracle.name = "frob";
  EXPECT_THAT(error(oracle), HasSubstr("unknown oracle \"frob\""));
  AllocateRequest name = request(study, 300);
  name.allocator = "best";
  EXPECT_THAT(error(name), HasSubstr("expected one of assay, uniform"));
  EXPECT_EQ(run_allocate(request(study, 300)).calls_new, 300U) << "nothing was asked by what was refused";
}

TEST_F(AllocateTest, RecordsThatAnImportChangedAreAskedAnew) {
  write("a.jsonl", R"({"query":"1","model":"m","scores":[1,1,2]}
{"query":"2","model":"m","scores":[1,2,2]}
)");
  import_jsonl("a.jsonl", "a.assay");
  EXPECT_EQ(run_allocate(request(path("a.assay"), 100)).calls_new, 100U);
  write("b.jsonl", R"({"query":"1","model":"m","score":5,"repeat":4}
)");
  import_jsonl("b.jsonl", "a.assay");
  const asking::AllocateReport report = run_allocate(request(path("a.assay"), 100));
  EXPECT_EQ(report.calls_new, 100U) << "scores of other records were taken for these";
  EXPECT_LE(report.worst_error_true, report.worst_error_bound);
}

TEST_F(AllocateTest, AScoreThatNoNumberCanSquareIsToldBeforeAnythingIsAsked) {
  write("a.jsonl", "{\"query\":\"1\",\"model\":\"m\",\"scores\":[1,1e60]}\n");
  import_jsonl("a.jsonl", "a.assay");
  EXPECT_THAT(error(request(path("a.assay"), 100)), HasSubstr("came 1e+60 (query \"1\", model \"m\")"));
}

// "Probably about" is meant as the median: over many runs the truth should be on either side of it equally often.
// Of 200 runs a true median has 80 to 120 below it in 99.6 % of cases; one that is a fifth off must fall out of
// that.
TEST_F(AllocateTest, TheLikelyErrorIsAboutTheTrueOne) {
  for (const char* family : {"heavy-tailed", "equal"}) {
    const std::string study = made(family + std::string(".assay"), family, 100);
    int below = 0, below_smaller = 0, below_larger = 0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
      AllocateRequest one = request(study, 4000);
      one.seed = seed;
      const asking::AllocateReport report = run_allocate(one);
      below += report.worst_error_true <= report.worst_error_likely ? 1 : 0;
      below_smaller += report.worst_error_true <= report.worst_error_likely / 1.2 ? 1 : 0;
      below_larger += report.worst_error_true <= report.worst_error_likely * 1.2 ? 1 : 0;
    }
    EXPECT_GE(below, 80) << family;
    EXPECT_LE(below, 120) << family;
    EXPECT_LT(below_smaller, 80) << family;
    EXPECT_GT(below_larger, 120) << family;
  }
}

TEST_F(AllocateTest, SmallScalesAreShownAsWellAsLargeOnes) {
  write("a.jsonl", "{\"query\":\"1\",\"model\":\"m\",\"scores\":[0,0.0006]}\n");
  import_jsonl("a.jsonl", "a.assay");
  EXPECT_EQ(view::to_text(run_allocate(request(path("a.assay"), 100))).find("0.00 .."), std::string::npos);
}

TEST_F(AllocateTest, HostileNamesStayText) {
  write("bad.jsonl", "{\"query\":\"\\u001b[2Jx\",\"model\":\"m\",\"scores\":[1,2,3]}\n");
  import_jsonl("bad.jsonl", "bad.assay");
  EXPECT_EQ(view::to_text(run_allocate(request(path("bad.assay"), 20))).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace assay::app
