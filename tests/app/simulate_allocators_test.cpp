#include "assay/view/simulate_allocators.h"

#include <gmock/gmock.h>

#include "assay/view/synth.h"
#include "tests/app/app_fixture.h"

namespace assay::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SimulateAllocatorsTest : public AppTest {
 protected:
  SimulateAllocatorsTest() {
    run_synth_scores({path("a.assay"), {.family = "two-groups", .arms = 30}});
    write("two.jsonl", R"({"query":"1","model":"m","judge":"g/x","scores":[1,2,3],"human":2}
{"query":"2","model":"m","judge":"g/x","scores":[2,2,3],"human":3}
{"query":"1","model":"m","judge":"h/x","scores":[1,5,3],"human":2}
{"query":"2","model":"m","judge":"h/x","scores":[4,2,3],"human":3}
)");
    import_jsonl("two.jsonl", "two.assay");
  }
  SimulateAllocatorsRequest request(const std::string& study) const {
    SimulateAllocatorsRequest result;
    result.study = path(study);
    result.runs = 5;
    return result;
  }
  static std::string error(const SimulateAllocatorsRequest& request) {
    try {
      run_simulate_allocators(request);
    } catch (const InvalidArgument& failure) {
      return failure.what();
    }
    return "";
  }
};

TEST_F(SimulateAllocatorsTest, TenBudgetsOfAllAllocators) {
  SimulateAllocatorsRequest all = request("a.assay");
  all.budget = 1005;
  const SimulateAllocatorsReport report = run_simulate_allocators(all);
  EXPECT_THAT(report.all.budgets, ElementsAre(100, 201, 301, 402, 502, 603, 703, 804, 904, 1005));
  ASSERT_EQ(report.all.allocators.size(), allocate::allocators().size());
  for (const auto& row : report.all.allocators) {
    ASSERT_EQ(row.result.wce.size(), 10U);
    EXPECT_LT(row.result.wce.back().mean, row.result.wce.front().mean) << row.entry->name;
    EXPECT_GE(row.result.wce.back().mean, row.result.mae.back().mean);
  }
  EXPECT_NEAR(report.all.lower_limit.back(), std::sqrt(30 * 0.25 / 1005), 1e-9);
  EXPECT_TRUE(report.settings.empty());
}

TEST_F(SimulateAllocatorsTest, ErrorsAreToldWhereTheyAreWanted) {
  SimulateAllocatorsRequest at = request("a.assay");
  at.at = {25, 40};
  EXPECT_THAT(run_simulate_allocators(at).all.budgets, ElementsAre(750, 1200));
  at.calls_per_arm = 50;
  EXPECT_THAT(run_simulate_allocators(at).all.budgets, ElementsAre(750, 1200, 1500));
}

TEST_F(SimulateAllocatorsTest, EachJudgeAndTheMean) {
  SimulateAllocatorsRequest each = request("two.assay");
  each.each_judge = true;
  each.allocators = {"uniform", "assay"};
  const SimulateAllocatorsReport report = run_simulate_allocators(each);
  ASSERT_EQ(report.settings.size(), 2U);
  EXPECT_EQ(report.settings[0].judge, "g/x");
  EXPECT_EQ(report.settings[1].reference, "human/x");
  EXPECT_EQ(report.all.arms, 4U);
  for (std::size_t c = 0; c < 2; ++c) {
    const auto wce = [&](const SimulateAllocatorsReport::Setting& s) {
      return s.allocators[c].result.wce.back().mean;
    };
    EXPECT_NEAR(wce(report.all), (wce(report.settings[0]) + wce(report.settings[1])) / 2, 1e-12);
  }
  EXPECT_FALSE(report.all.allocators[0].result.pearson.empty());
  EXPECT_THAT(view::to_json(report), HasSubstr("\"settings\""));
  EXPECT_THAT(view::to_svg(report), HasSubstr("<svg"));
}

TEST_F(SimulateAllocatorsTest, BadRequests) {
  EXPECT_THAT(error(request("two.assay")), HasSubstr("several judges"));
  SimulateAllocatorsRequest twice = request("a.assay");
  twice.allocators = {"uniform", "uniform"};
  EXPECT_THAT(error(twice), HasSubstr("named twice"));
  SimulateAllocatorsRequest both = request("a.assay");
  both.budget = 3000;
  both.calls_per_arm = 20;
  EXPECT_THAT(error(both), HasSubstr("came both"));
  both.calls_per_arm.reset();
  both.at = {5};
  EXPECT_THAT(error(both), HasSubstr("came both"));
  SimulateAllocatorsRequest at = request("a.assay");
  at.at = {50, 20};
  EXPECT_THAT(error(at), HasSubstr("must increase"));
  at.at = {0, 20};
  EXPECT_THAT(error(at), HasSubstr("came 0"));
  at.at = {30};
  at.calls_per_arm = 25;
  EXPECT_THAT(error(at), HasSubstr("at 25 calls an arm at most, came 30"));
  SimulateAllocatorsRequest small = request("a.assay");
  small.budget = 599;
  EXPECT_THAT(error(small), HasSubstr("robin-hood begins with 20 calls to each of 30 arms"));
  SimulateAllocatorsRequest none = request("a.assay");
  none.runs = 0;
  EXPECT_THAT(error(none), HasSubstr("at least one run"));
  SimulateAllocatorsRequest judge = request("two.assay");
  judge.each_judge = true;
  judge.choice.judge = "g/x";
  EXPECT_THAT(error(judge), HasSubstr("came both"));
  judge.choice.judge.clear();
  judge.budget = 300;
  EXPECT_THAT(error(judge), HasSubstr("expected calls per arm, came a budget"));
  SimulateAllocatorsRequest delta = request("a.assay");
  delta.allocators = {"uniform"};
  delta.parameters = {{"delta", 0.1}};
  EXPECT_THAT(error(delta), HasSubstr("none of these allocators uses `delta`"));
}

}  // namespace
}  // namespace assay::app
