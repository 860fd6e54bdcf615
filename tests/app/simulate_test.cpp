#include "assay/view/simulate.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>

#include "assay/app/select.h"
#include "assay/core/error.h"
#include "tests/app/app_fixture.h"
#include "tests/golden/command.h"
#include "tests/judge/shell_judge.h"
#include "tests/places.h"

namespace assay::app {
namespace {

using testing::HasSubstr;

class SimulateTest : public SynthStudyTest {
 protected:
  SimulateRequest request(std::vector<std::string> strategies) const {
    SimulateRequest result;
    result.study = study_;
    result.strategies = std::move(strategies);
    result.realizations = 40;
    result.pool = 20;
    for (const auto& parameter : given_parameters()) {
      const std::string& name = parameter.first;
      const auto uses = [&](const select::StrategyEntry& entry) {
        const bool named = result.strategies.empty() ||
                           std::ranges::find(result.strategies, entry.name) != result.strategies.end();
        return named && has_parameter(entry.parameters, name);
      };
      if (std::ranges::any_of(select::strategies(), uses)) result.parameters[name] = parameter.second;
    }
    return result;
  }
};

TEST_F(SimulateTest, TheWholePoolFindsItsBest) {
  const SimulateReport report = run_simulate(request({"random", "bradley-terry"}));
  ASSERT_EQ(report.strategies.size(), 2U);
  for (const SimulateReport::Strategy& row : report.strategies) {
    ASSERT_EQ(row.result.identification.size(), 20U);
    EXPECT_EQ(row.result.identification.back(), 1.0);
    EXPECT_EQ(row.result.gap_mean.back(), 0.0);
    for (std::size_t d = 1; d < sim::kTolerances.size(); ++d) {  // A wider tolerance is reached no later.
      ASSERT_TRUE(row.result.labels_to_reach[d] && row.result.labels_to_reach[d - 1]);
      EXPECT_LE(*row.result.labels_to_reach[d], *row.result.labels_to_reach[d - 1]);
    }
  }
}

TEST_F(SimulateTest, DefaultsArePoolAndAllStrategies) {
  SimulateRequest all = request({});
  all.pool.reset();
  all.realizations = 3;
  const SimulateReport report = run_simulate(all);
  EXPECT_EQ(report.pool, 25U);  // five eighths of 40
  EXPECT_EQ(report.budget, 25U);
  EXPECT_EQ(report.strategies.size(), select::strategies().size());
}

TEST_F(SimulateTest, EfficiencyIsAgainstTheBestBaselineStrategyOfTheTable) {
  const SimulateReport report = run_simulate(request({"random", "most-draws", "llm-selector"}));
  for (std::size_t d = 0; d < sim::kTolerances.size(); ++d) {
    double least = HUGE_VAL;
    for (std::size_t i = 0; i < 2; ++i) {
      least = std::min(least, report.strategies[i].result.labels_to_reach[d].value_or(HUGE_VAL));
    }
    for (const SimulateReport::Strategy& row : report.strategies) {
      ASSERT_TRUE(row.efficiency[d].has_value());
      EXPECT_NEAR(*row.efficiency[d], 1 - *row.result.labels_to_reach[d] / least, 1e-12) << row.entry->name;
    }
  }
}

TEST_F(SimulateTest, ALineForEachStrategyInThePlot) {
  const std::string plot = view::to_svg(run_simulate(request({"random", "confidence"})));
  EXPECT_THAT(plot, HasSubstr("<svg"));
  EXPECT_THAT(plot, HasSubstr("random"));
  EXPECT_THAT(plot, HasSubstr("confidence"));
}

TEST_F(SimulateTest, FilesOfPartsMakeTheSameReport) {
  SimulateRequest simulate = request({"random", "assay", "llm-selector"});
  const std::string whole = view::to_json(run_simulate(simulate));
  const std::string begin = study_ + ".begin";
  const std::string end = study_ + ".end";
  run_simulate_part(simulate, {.begin = 0, .end = 11}, begin);
  run_simulate_part(simulate, {.begin = 11, .end = 40}, end);
  simulate.parts = {end, begin};
  EXPECT_EQ(view::to_json(run_simulate(simulate)), whole);
  simulate.parts = {end};
  EXPECT_THROW(run_simulate(simulate), InvalidArgument);
  simulate.parts = {end, begin};
  simulate.seed = 2;
  EXPECT_THROW(run_simulate(simulate), DataError);  // of another experiment
  simulate.parts = {study_};
  EXPECT_THROW(run_simulate(simulate), DataError);
}

TEST_F(SimulateTest, SecondsAreNullWithoutAClock) {
  SimulateReport report = run_simulate(request({"random"}));
  EXPECT_THAT(view::to_json(report), HasSubstr("\"seconds\": null"));
  report.seconds = 1.5;
  EXPECT_THAT(view::to_json(report), HasSubstr("\"seconds\": 1.5"));
}

const std::string kPoints = "command:'" + tests::points_strategy() + "'";

// Row after row of a pool that is in random order is what strategy random does.
TEST_F(SimulateTest, AProgramOfRandomRowsIsAsGoodAsRandom) {
  SimulateRequest both = request({"random", kPoints});
  both.realizations = 400;
  both.batch = 5;
  const SimulateReport report = run_simulate(both);
  ASSERT_EQ(report.strategies.size(), 2U);
  EXPECT_EQ(report.strategies[1].entry->name, kPoints);
  EXPECT_EQ(report.strategies[1].result.identification.back(), 1.0);
  for (std::size_t b = 0; b < 20; ++b) {
    EXPECT_NEAR(report.strategies[1].result.identification[b], report.strategies[0].result.identification[b], 0.12)
        << b + 1 << " query equivalents";
  }
}

TEST_F(SimulateTest, AProgramsResultDoesNotDependOnThreads) {
  SimulateRequest one = request({kPoints});
  one.threads = 1;
  SimulateRequest three = one;
  three.threads = 3;
  EXPECT_EQ(view::to_json(run_simulate(one)), view::to_json(run_simulate(three)));
}

TEST_F(SimulateTest, AProgramThatFailsEndsTheReplay) {
  SimulateRequest failing = request({"command:sh -c 'read -r line; echo hello; sleep 9'"});
  failing.threads = 2;
  try {
    run_simulate(failing);
    FAIL() << "went on";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("it said \"hello\""));
  }
}

// The example of the documents, where there is a Python.
TEST_F(SimulateTest, TheExampleIsBetterThanChance) {
  if (std::system("python3 -c 'import json' > /dev/null 2>&1") != 0) GTEST_SKIP() << "there is no python3";
  SimulateRequest example = request({"command:python3 '" + tests::source_folder() + "/examples/thompson.py'"});
  example.realizations = 60;
  const sim::ReplayResult result = run_simulate(example).strategies[0].result;
  EXPECT_GT(result.identification[9], 0.4) << "of five models, after half of the calls";
  EXPECT_GE(result.identification.back(), 0.95) << "Laplace's rule changes no order once all is judged";
}

TEST_F(SimulateTest, TheExampleInTheDocumentsIsTheFile) {
  const std::string page = contents(tests::source_folder() + "/docs/reference/strategy-protocol.md");
  EXPECT_THAT(page,
              HasSubstr("```python\n" + contents(tests::source_folder() + "/examples/thompson.py") + "```\n"));
}

TEST_F(SimulateTest, RefusesWhatMakesNoSense) {
  const auto refused = [&](const auto& change) {
    SimulateRequest wrong = request({"random"});
    change(wrong);
    EXPECT_THROW(run_simulate(wrong), InvalidArgument);
  };
  refused([](SimulateRequest& r) { r.strategies = {"no-such"}; });
  refused([](SimulateRequest& r) { r.strategies = {"random", "random"}; });
  refused([](SimulateRequest& r) { r.strategies = {kPoints, "random", kPoints}; });
  refused([](SimulateRequest& r) { r.strategies = {"command:"}; });
  refused([](SimulateRequest& r) { r.realizations = 0; });
  refused([](SimulateRequest& r) { r.pool = 41; });
  refused([](SimulateRequest& r) { r.pool = 0; });
  refused([](SimulateRequest& r) { r.budget = 21; });
  refused([](SimulateRequest& r) { r.budget = 0; });
  refused([](SimulateRequest& r) { r.confidence = std::nan(""); });
  refused([](SimulateRequest& r) { r.epsilon = 1; });
  refused([](SimulateRequest& r) { r.epsilon = -0.1; });
  refused([](SimulateRequest& r) { r.epsilon = std::nan(""); });
}

TEST_F(SimulateTest, AParameterThatNobodyUsesIsRefused) {
  SimulateRequest wrong = request({"random", "select-llm"});
  wrong.parameters["e-loss"] = 0.2;
  try {
    run_simulate(wrong);
    ADD_FAILURE() << "it was taken";
  } catch (const InvalidArgument& error) {
    EXPECT_STREQ(error.what(), "none of these strategies uses `e_loss`, which goes with llm-selector");
  }
  wrong.strategies.emplace_back("llm-selector");
  wrong.parameters["e-draw"] = 0.4;
  EXPECT_EQ(run_simulate(wrong).strategies.size(), 3U);
}

TEST_F(SimulateTest, ThePlotIsOfTheToleranceThatIsAskedFor) {
  SimulateRequest best = request({"random"});
  SimulateRequest near = best;
  near.within = 0.3;
  const SimulateReport exact = run_simulate(best);
  const SimulateReport within = run_simulate(near);
  EXPECT_EQ(exact.strategies[0].result.within, exact.strategies[0].result.identification);
  EXPECT_EQ(within.strategies[0].result.identification, exact.strategies[0].result.identification);
  EXPECT_GT(within.strategies[0].result.within.front(), exact.strategies[0].result.within.front());
  for (std::size_t b = 0; b < within.strategies[0].result.within.size(); ++b) {
    EXPECT_GE(within.strategies[0].result.within[b], exact.strategies[0].result.within[b]);
  }
  EXPECT_THAT(view::to_svg(exact), HasSubstr(": probability that the returned model is the best<"));
  EXPECT_THAT(view::to_svg(within),
              HasSubstr(": probability that the returned model is within 30 points of the best<"));
  EXPECT_THAT(view::to_svg(exact), HasSubstr("class=\"band\""));
  near.within = 1;
  EXPECT_THROW(run_simulate(near), InvalidArgument);
}

TEST_F(SimulateTest, TellsWhenStrategiesStopByThemselves) {
  SimulateRequest stopping = request({"random", "assay"});
  stopping.epsilon = 0.05;
  stopping.batch = 4;
  const SimulateReport report = run_simulate(stopping);
  EXPECT_EQ(report.epsilon, 0.05);
  EXPECT_EQ(report.batch, 4U);
  EXPECT_FALSE(report.strategies[0].result.stop.has_value()) << "random does not stop";
  ASSERT_TRUE(report.strategies[1].result.stop.has_value());
  const sim::StopResult& stop = *report.strategies[1].result.stop;
  EXPECT_EQ(stop.epsilon, 0.05) << "the tolerance did not reach the strategy";
  EXPECT_EQ(stop.confidence, 0.95);
  EXPECT_LE(stop.calls_mean, 100) << "more calls than the pool has";
  EXPECT_LE(stop.calls_mean, stop.calls_p95 + 100 * 0.05);
  EXPECT_EQ(stop.undecided, 0);
}

TEST_F(SimulateTest, AnAssistantIsReplayedBesideNone) {
  add_cheap_judge(20);
  SimulateRequest pairs = request({"random", "assay"});
  pairs.pool = 35;
  pairs.choice.judge = judge();
  const SimulateReport alone = run_simulate(pairs);
  pairs.assistant_judge = "cheap";
  const SimulateReport report = run_simulate(pairs);
  ASSERT_EQ(report.strategies.size(), 3U);
  EXPECT_EQ(report.strategies[1].entry, report.strategies[2].entry);
  EXPECT_FALSE(report.strategies[0].assisted || report.strategies[1].assisted);
  EXPECT_TRUE(report.strategies[2].assisted);
  EXPECT_EQ(report.strategies[1].result.stop->calls_mean, alone.strategies[1].result.stop->calls_mean);
  EXPECT_LT(report.strategies[2].result.stop->calls_mean, 0.9 * report.strategies[1].result.stop->calls_mean);
  ASSERT_TRUE(report.assistant);
  EXPECT_EQ(report.assistant->both, 200U);
  EXPECT_GT(*report.assistant->agreement, 0.945);
  EXPECT_LT(*report.assistant->agreement, 1);
  EXPECT_THAT(
      view::to_text(report),
      testing::AllOf(HasSubstr("assay with cheap"), HasSubstr("of the 200 calls that both judged; its own"),
                     testing::ContainsRegex("With it assay stops after [0-9.]+ query equivalents, without it "
                                            "after [0-9.]+: it saves [0-9.]+ % of the judge's calls")));
  EXPECT_THAT(view::to_json(report),
              testing::AllOf(HasSubstr("\"assistant\": null"), HasSubstr("\"assistant\": \"cheap\"")));
  EXPECT_THAT(view::to_svg(report), HasSubstr("assay with cheap"));
}

TEST_F(SimulateTest, AnAssistantThatCantBeIsRefused) {
  add_cheap_judge(20);
  SimulateRequest pairs = request({"random", "assay"});
  pairs.choice.judge = judge();
  pairs.assistant_judge = judge();
  EXPECT_THROW(run_simulate(pairs), InvalidArgument) << "the judge itself";
  pairs.assistant_judge = "cheap";
  pairs.strategies = {"random"};
  EXPECT_THROW(run_simulate(pairs), InvalidArgument) << "nobody looks at it";
}

TEST_F(SimulateTest, JsonHasTheStopsOfStrategiesThatStop) {
  SimulateRequest stopping = request({"assay"});
  stopping.realizations = 5;
  stopping.epsilon = 0.025;
  const std::string json = view::to_json(run_simulate(stopping));
  EXPECT_THAT(json, HasSubstr("\"epsilon\": 0.025"));
  EXPECT_THAT(json, HasSubstr("\"batch\": 0"));
  EXPECT_THAT(json, HasSubstr("\"stop\": ["));
  for (const char* key : {"rule", "confidence", "epsilon", "calls_mean", "calls_p95", "wrong", "undecided"}) {
    EXPECT_THAT(json.substr(json.find("\"stop\": [")), HasSubstr("\"" + std::string(key) + "\": "));
  }
  for (const char* value : {"\"rule\": \"guaranteed\"", "\"confidence\": 0.95,"}) {
    EXPECT_THAT(json.substr(json.find("\"stop\": [")), HasSubstr(value));
  }
  EXPECT_THAT(view::to_json(run_simulate(request({"random"}))), testing::Not(HasSubstr("\"stop\"")));
}

TEST_F(SimulateTest, TextHasATableOfStopsInQueryEquivalents) {
  SimulateRequest stopping = request({"random", "assay"});
  stopping.realizations = 5;
  stopping.epsilon = 0.02;
  const std::string text = view::to_text(run_simulate(stopping));
  EXPECT_THAT(text, HasSubstr("95th percentile"));
  EXPECT_THAT(text, HasSubstr("told a tolerance of 2 points"));
  EXPECT_THAT(view::to_text(run_simulate(request({"random"}))), testing::Not(HasSubstr("95th percentile")));
}

TEST_F(SimulateTest, KeptAnswersOfALiveJudgeAreReplayed) {
  SelectRequest asked;
  asked.study = study_;
  asked.strategy = "random";
  asked.choice.baseline = "baseline";
  asked.oracle.name = "command:" + shell_judge("case $line in *model-02*) " + say("\"verdict\":\"win\"") +
                                               ";; *) " + say("\"verdict\":\"loss\"") + ";; esac");
  run_select(asked);
  SimulateRequest replayed = request({"random"});
  EXPECT_EQ(run_simulate(replayed).judge, "synthetic");
  replayed.choice.judge = "command";
  const SimulateReport report = run_simulate(replayed);
  EXPECT_EQ(report.queries, 40U);
  EXPECT_EQ(report.models, 5U);
  EXPECT_EQ(report.strategies[0].result.identification[0], 1.0) << "one model wins all";
}

}  // namespace
}  // namespace assay::app
