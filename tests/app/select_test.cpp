#include "assay/app/select.h"

#include <gmock/gmock.h>

#include <numeric>
#include <stdexcept>

#include "tests/app/app_fixture.h"

namespace assay {
namespace {

using testing::HasSubstr;

class SelectTest : public SynthStudyTest {
 protected:
  SelectRequest request(const std::string& strategy, std::optional<double> budget = {}) const {
    SelectRequest result;
    result.study = study_;
    result.strategy = strategy;
    result.budget = budget;
    const StrategyEntry& entry = assay::strategy(strategy);
    const GivenParameters given = given_parameters();
    if (entry.uses_loss_draw) result.parameters = {.loss = given.loss, .draw = given.draw};
    if (entry.uses_temperature) result.parameters = {.temperature = given.temperature};
    return result;
  }
};

TEST_F(SelectTest, JudgingAllGivesTheRecordedWinRates) {
  const Comparison comparison = Study(study_, Study::Mode::read).comparison({});
  const std::vector<double> rates = comparison.outcomes.win_rates();
  const SelectReport report = run_select(request("random"));
  EXPECT_EQ(report.calls, 200U);
  EXPECT_EQ(report.calls_new, 200U);
  EXPECT_EQ(report.queries_judged, 40U);
  ASSERT_EQ(report.models.size(), 5U);
  EXPECT_EQ(report.models[0].name, report.best);
  EXPECT_DOUBLE_EQ(report.models[0].win_rate, *std::max_element(rates.begin(), rates.end()));
  for (const SelectReport::Model& model : report.models) {
    const auto at = std::find(comparison.models.begin(), comparison.models.end(), model.name);
    ASSERT_NE(at, comparison.models.end());
    EXPECT_DOUBLE_EQ(model.win_rate, rates[static_cast<std::size_t>(at - comparison.models.begin())]);
    // Nothing is left to be judged: the interval over all queries has no width.
    EXPECT_NEAR(model.interval.low, model.win_rate, 1e-12);
    EXPECT_NEAR(model.interval.high, model.win_rate, 1e-12);
  }
}

TEST_F(SelectTest, BudgetIsInQueryEquivalents) {
  EXPECT_EQ(run_select(request("random", 3)).calls, 15U);
  const SelectReport part = run_select(request("random", 2.4));
  EXPECT_EQ(part.calls, 12U);
  EXPECT_EQ(part.queries_judged, 3U);
  EXPECT_EQ(run_select(request("random", 1e300)).calls, 200U);
  EXPECT_EQ(run_select(request("random", 1e-9)).calls, 1U);
  for (const double wrong : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    EXPECT_THROW(run_select(request("random", wrong)), InvalidArgument);
  }
}

TEST_F(SelectTest, AnswersOfTheStudyCostNothing) {
  EXPECT_EQ(run_select(request("random", 4)).calls_new, 20U);
  const SelectReport more = run_select(request("random", 6));
  EXPECT_EQ(more.calls, 30U);
  EXPECT_EQ(more.calls_new, 10U);
  EXPECT_EQ(run_select(request("random", 6)).calls_new, 0U);
  run_select(request("random"));
  EXPECT_EQ(run_select(request("llm-selector")).calls_new, 0U);
}

TEST_F(SelectTest, ProbabilitiesSumToOneAndStepsRiseToTheBudget) {
  for (const char* strategy : {"random", "bradley-terry", "llm-selector", "select-llm"}) {
    std::vector<SelectStep> steps;
    const SelectReport report =
        run_select(request(strategy, 10), {}, [&](const SelectStep& step) { steps.push_back(step); });
    const double sum = std::accumulate(report.models.begin(), report.models.end(), 0.0,
                                       [](double total, const auto& model) { return total + model.probability; });
    EXPECT_NEAR(sum, 1.0, 1e-9) << strategy;
    ASSERT_EQ(steps.size(), 10U) << strategy;
    EXPECT_EQ(steps.back().calls, 50U);
    EXPECT_EQ(steps.back().budget, 50U);
    EXPECT_EQ(steps.back().leader, report.best);
    for (std::size_t i = 1; i < steps.size(); ++i) EXPECT_GT(steps[i].calls, steps[i - 1].calls);
  }
}

TEST_F(SelectTest, StoppedByItsCallerGoesOnWhereItStopped) {
  const std::string copy = folder_.path("copy.assay");
  std::filesystem::copy_file(study_, copy);
  SelectRequest whole = request("llm-selector", 12);
  whole.study = copy;
  const SelectReport expected = run_select(whole);

  EXPECT_THROW(run_select(request("llm-selector", 12), {},
                          [](const SelectStep& step) {
                            if (step.calls >= 25) throw std::runtime_error("stop");
                          }),
               std::runtime_error);
  const SelectReport report = run_select(request("llm-selector", 12));
  EXPECT_EQ(report.calls_new, 60U - 25U);
  EXPECT_EQ(report.best, expected.best);
  ASSERT_EQ(report.trace.size(), expected.trace.size());
  for (std::size_t i = 0; i < report.trace.size(); ++i) {
    EXPECT_EQ(report.trace[i].probability, expected.trace[i].probability);
  }
}

TEST_F(SelectTest, AnotherSeedAnotherOrder) {
  SelectRequest other = request("random", 5);
  other.seed = 2;
  EXPECT_EQ(run_select(request("random", 5)).calls_new, 25U);
  EXPECT_GT(run_select(other).calls_new, 0U);
}

TEST_F(SelectTest, OnlyTheCandidatesThatWereChosen) {
  SelectRequest two = request("random");
  two.choice.models = {"model-01", "model-04"};
  const SelectReport report = run_select(two);
  EXPECT_EQ(report.calls_all, 80U);
  ASSERT_EQ(report.models.size(), 2U);
}

TEST_F(SelectTest, RefusesUnknownNames) {
  EXPECT_THROW(run_select(request("no-such")), InvalidArgument);
  SelectRequest oracle = request("random");
  oracle.oracle = "no-such";
  EXPECT_THROW(run_select(oracle), InvalidArgument);
  SelectRequest judge = request("random");
  judge.choice.judge = "no-such";
  EXPECT_THROW(run_select(judge), InvalidArgument);
}

// A judge's failed call is paid for, counted apart, and never told as a draw.
TEST_F(SelectTest, CallsWithoutVerdictAreCountedApart) {
  const std::string holes = folder_.path("holes.assay");
  {
    Study study(holes, Study::Mode::create);
    const auto import = study.begin_import();
    for (const char* query : {"q1", "q2", "q3", "q4"}) {
      VerdictRecord record{query, "m", "base", "j"};
      if (std::string_view(query) != "q2") record.value = 1.0;
      import->add(record, {"f", 1}, OnConflict::fail);
    }
    import->commit();
  }
  SelectRequest all = request("random");
  all.study = holes;
  all.choice.without_responses = true;
  const SelectReport report = run_select(all);
  EXPECT_EQ(report.calls, 4U);
  EXPECT_EQ(report.calls_failed, 1U);
  EXPECT_EQ(report.models[0].tally.wins, 3U);
  EXPECT_EQ(report.models[0].tally.draws, 0U);
  EXPECT_EQ(report.models[0].tally.none, 1U);
}

TEST_F(SelectTest, TextTellsTheBestTheBillAndWhatWasSaved) {
  const std::string text = to_text(run_select(request("random", 10)));
  EXPECT_THAT(text, HasSubstr("Best model: model-0"));
  EXPECT_THAT(text, HasSubstr("10 of 40 queries, 50 of 200 calls (50 new, 0 from the study); saved 75.0 %"));
}

}  // namespace
}  // namespace assay
