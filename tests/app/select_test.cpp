#include "assay/view/select.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>
#include <stdexcept>

#include "tests/app/app_fixture.h"
#include "tests/judge/shell_judge.h"
#include "tests/places.h"

namespace assay::app {
namespace {

using testing::HasSubstr;

class SelectTest : public SynthStudyTest {
 protected:
  SelectRequest request(const std::string& strategy, std::optional<double> budget = {}) const {
    SelectRequest result;
    result.study = study_;
    result.strategy = strategy;
    result.budget = budget;
    const select::StrategyEntry& entry = assay::select::strategy(strategy);
    result.parameters = given_parameters();
    std::erase_if(result.parameters, [&](const auto& one) { return !has_parameter(entry.parameters, one.first); });
    return result;
  }

  // Asks a program, whose answers are kept.
  SelectRequest live(const std::string& strategy, std::optional<double> budget = {}) const {
    SelectRequest result = request(strategy, budget);
    result.oracle.name =
        "command:" + shell_judge("case $line in *model-02*) " + say("\"verdict\":\"win\"") +
                                 ";; *4\\\",\\\"model*|*model-03*) " + say("\"verdict\":\"draw\"") + ";; *) " +
                                 say("\"verdict\":\"loss\"") + ";; esac");
    result.choice.baseline = "baseline";
    return result;
  }
};

TEST_F(SelectTest, JudgingAllGivesTheRecordedWinRates) {
  const store::Comparison comparison = store::Study(study_, store::Study::Mode::read).comparison({});
  const std::vector<double> rates = comparison.rewards.means();
  const asking::SelectReport report = run_select(request("random"));
  EXPECT_EQ(report.calls, 200U);
  EXPECT_EQ(report.calls_new, 200U);
  EXPECT_EQ(report.queries_judged, 40U);
  ASSERT_EQ(report.models.size(), 5U);
  EXPECT_EQ(report.models[0].name, report.best);
  EXPECT_DOUBLE_EQ(report.models[0].win_rate, *std::max_element(rates.begin(), rates.end()));
  for (const asking::SelectReport::Model& model : report.models) {
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
  const asking::SelectReport part = run_select(request("random", 2.4));
  EXPECT_EQ(part.calls, 12U);
  EXPECT_EQ(part.queries_judged, 3U);
  EXPECT_EQ(run_select(request("random", 1e300)).calls, 200U);
  EXPECT_EQ(run_select(request("random", 1e-9)).calls, 1U);
  for (const double wrong : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    EXPECT_THROW(run_select(request("random", wrong)), InvalidArgument);
  }
}

TEST_F(SelectTest, AnswersOfTheStudyCostNothing) {
  EXPECT_EQ(run_select(live("random", 4)).calls_new, 20U);
  const asking::SelectReport more = run_select(live("random", 6));
  EXPECT_EQ(more.calls, 30U);
  EXPECT_EQ(more.calls_new, 10U);
  EXPECT_EQ(run_select(live("random", 6)).calls_new, 0U);
  run_select(live("random"));
  EXPECT_EQ(run_select(live("llm-selector")).calls_new, 0U);
}

// What was judged last counts, not what an earlier run saw: the two could name different models.
TEST_F(SelectTest, RecordedJudgementsAreReadAnew) {
  const auto import_scores = [&](const std::string& study, int repeat, double a, double b) {
    store::Study file(study, store::Study::Mode::create);
    const auto import = file.begin_import();
    for (int q = 0; q < 40; ++q) {
      const std::string query = "q" + std::to_string(q);
      const auto add = [&](const char* model, double score) {
        import->add(ScoreRecord{query, model, "j", 1, repeat, score}, {"f", 1}, OnConflict::fail);
      };
      if (repeat == 1) add("base", 5);
      if (repeat == 1) add("b", q < 24 ? b : 1);
      add("a", q < 30 ? a : 1);
    }
    import->commit();
  };
  const auto best = [&](const std::string& study) {
    SelectRequest request;
    request.study = study;
    request.choice.baseline = "base";
    return run_select(request).best;
  };
  const std::string old = folder_.path("old.assay"), fresh = folder_.path("fresh.assay");
  import_scores(old, 1, 9, 9);
  EXPECT_EQ(best(old), "a");
  for (const int repeat : {2, 3}) import_scores(old, repeat, 0, 0);
  for (const int repeat : {1, 2, 3}) import_scores(fresh, repeat, repeat == 1 ? 9 : 0, repeat == 1 ? 9 : 0);
  EXPECT_EQ(best(fresh), "b");
  EXPECT_EQ(best(old), "b") << "a verdict on scores that have changed was counted";
}

TEST_F(SelectTest, RecordedJudgementsNeedNoWritableStudy) {
  const asking::SelectReport expected = run_select(request("assay"));
  std::filesystem::permissions(study_, std::filesystem::perms::owner_read);
  const asking::SelectReport report = run_select(request("assay"));
  EXPECT_EQ(report.best, expected.best);
  EXPECT_EQ(report.calls, expected.calls);
  const store::Study study(study_, store::Study::Mode::read);
  EXPECT_TRUE(study.summary().oracles.empty()) << "recorded judgements were kept a second time";
}

TEST_F(SelectTest, ProbabilitiesSumToOneAndStepsRiseToTheBudget) {
  for (const char* strategy : {"random", "bradley-terry", "llm-selector", "select-llm"}) {
    std::vector<asking::SelectState> steps;
    const asking::SelectReport report =
        run_select(request(strategy, 10), {}, [&](const asking::SelectState& step) { steps.push_back(step); });
    const double sum = std::accumulate(report.models.begin(), report.models.end(), 0.0,
                                       [](double total, const auto& model) { return total + model.probability; });
    EXPECT_NEAR(sum, 1.0, 1e-9) << strategy;
    ASSERT_EQ(steps.size(), 10U) << strategy;
    EXPECT_EQ(steps.back().calls, 50U);
    EXPECT_EQ(steps.back().budget, 50U);
    if (!report.keep_baseline) {
      EXPECT_EQ(steps.back().leader, report.best);
    }
    for (std::size_t i = 1; i < steps.size(); ++i) EXPECT_GT(steps[i].calls, steps[i - 1].calls);
  }
}

TEST_F(SelectTest, StoppedByItsCallerGoesOnWhereItStopped) {
  const std::string copy = folder_.path("copy.assay");
  std::filesystem::copy_file(study_, copy);
  SelectRequest whole = live("llm-selector", 12);
  whole.study = copy;
  const asking::SelectReport expected = run_select(whole);

  EXPECT_THROW(run_select(live("llm-selector", 12), {},
                          [](const asking::SelectState& step) {
                            if (step.calls >= 25) throw std::runtime_error("stop");
                          }),
               std::runtime_error);
  const asking::SelectReport report = run_select(live("llm-selector", 12));
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
  const asking::SelectReport report = run_select(two);
  EXPECT_EQ(report.calls_all, 80U);
  ASSERT_EQ(report.models.size(), 2U);
}

TEST_F(SelectTest, RefusesUnknownNames) {
  EXPECT_THROW(run_select(request("no-such")), InvalidArgument);
  SelectRequest oracle = request("random");
  oracle.oracle.name = "no-such";
  EXPECT_THROW(run_select(oracle), InvalidArgument);
  SelectRequest judge = request("random");
  judge.choice.judge = "no-such";
  EXPECT_THROW(run_select(judge), InvalidArgument);
}

// A judge's failed call is paid for, counted apart, and never told as a draw.
TEST_F(SelectTest, CallsWithoutVerdictAreCountedApart) {
  const std::string holes = folder_.path("holes.assay");
  {
    store::Study study(holes, store::Study::Mode::create);
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
  const asking::SelectReport report = run_select(all);
  EXPECT_EQ(report.calls, 4U);
  EXPECT_EQ(report.calls_failed, 1U);
  EXPECT_EQ(report.models[0].tally.wins, 3U);
  EXPECT_EQ(report.models[0].tally.draws, 0U);
  EXPECT_EQ(report.models[0].tally.none, 1U);
}

TEST_F(SelectTest, TextTellsTheBestTheBillAndWhatWasSaved) {
  const std::string text = view::to_text(run_select(request("random", 10)), /*verbose=*/true);
  EXPECT_THAT(text, HasSubstr("Seems best: model-0"));
  EXPECT_THAT(text, HasSubstr("Sure: not known, strategy random does not say"));
  EXPECT_THAT(text, HasSubstr("Judged: 50 of 200 calls (50 new); saved 75.0 %"));
  EXPECT_THAT(text, HasSubstr("Queries: 10 of 40"));
  const std::string brief = view::to_text(run_select(request("random", 10)), /*verbose=*/false);
  EXPECT_EQ(std::ranges::count(brief, '\n'), 4) << brief;
}

// What select reports of the models beside the recorded truth.
class Rates {
 public:
  explicit Rates(const std::string& study)
      : comparison_(store::Study(study, store::Study::Mode::read).comparison({})) {}
  double operator[](const std::string& model) const {
    const auto at = std::find(comparison_.models.begin(), comparison_.models.end(), model);
    return comparison_.rewards.means()[static_cast<std::size_t>(at - comparison_.models.begin())];
  }

 private:
  store::Comparison comparison_;
};

TEST_F(SelectTest, StopsByItselfAndTellsHowSureItIs) {
  const asking::SelectReport report = run_select(request("assay"));
  ASSERT_TRUE(report.stop.has_value());
  EXPECT_TRUE(report.stop->decided);
  EXPECT_FALSE(undecided(report));
  EXPECT_LE(report.stop->risk, 0.05);
  EXPECT_EQ(report.stop->calls_to_decide, 0U);
  EXPECT_LT(report.calls, report.calls_all);
  for (const asking::SelectReport::Model& model : report.models) {
    EXPECT_EQ(model.possible, model.name == report.best)
        << "decided, and " << model.name << " may still be the best";
  }
  EXPECT_DOUBLE_EQ(report.trace.back().probability, 1 - report.stop->risk);
}

TEST_F(SelectTest, ATighterGoalTakesMoreCallsAndAWiderOneFewer) {
  SelectRequest wide = request("assay");
  wide.epsilon = 0.1;
  wide.confidence = 0.8;
  SelectRequest certain = request("assay");
  certain.confidence = 1;
  const std::size_t usual = run_select(request("assay")).calls;
  EXPECT_LT(run_select(wide).calls, usual);
  const asking::SelectReport sure = run_select(certain);
  EXPECT_GT(sure.calls, usual);
  EXPECT_EQ(sure.stop->risk, 0);
}

TEST_F(SelectTest, UndecidedWheneverTheBudgetEndsFirst) {
  SelectRequest little = request("assay", 3);
  const asking::SelectReport silent = run_select(little);
  EXPECT_EQ(silent.calls, 15U);
  EXPECT_FALSE(silent.stop->decided);
  EXPECT_TRUE(undecided(silent)) << "fifteen calls, and a script takes it for the answer";
  EXPECT_GT(silent.stop->calls_to_decide, 0U);
  EXPECT_LE(silent.stop->calls_to_decide, silent.calls_all - silent.calls);
  const auto asks = [&](auto change) {
    SelectRequest asking = little;
    change(asking);
    return undecided(run_select(asking));
  };
  EXPECT_TRUE(asks([](SelectRequest& r) { r.confidence = 0.99; }));
  EXPECT_TRUE(asks([](SelectRequest& r) { r.epsilon = 0; }));
  EXPECT_FALSE(undecided(run_select(request("random", 3)))) << "random never decides, and was not asked to";
}

TEST_F(SelectTest, WhatIsExpectedOfAllQueriesStandsInPlaceOfWhatWasJudged) {
  const Rates rates(study_);
  const asking::SelectReport report = run_select(request("assay", 12));
  std::size_t covered = 0;
  bool differs = false;
  for (const asking::SelectReport::Model& model : report.models) {
    EXPECT_LE(model.interval.low, model.win_rate) << model.name;
    EXPECT_GE(model.interval.high, model.win_rate) << model.name;
    if (model.name == "baseline") continue;
    covered += model.interval.low <= rates[model.name] && rates[model.name] <= model.interval.high ? 1 : 0;
    differs = differs || std::abs(model.win_rate - model.tally.rate()) > 1e-6;
  }
  EXPECT_GE(covered, 4U) << "intervals of 95 % miss more than one of five models";
  EXPECT_TRUE(differs) << "queries are chosen, and the rate on these is shown as if they were not";
  for (std::size_t j = 2; j < report.models.size(); ++j) {
    EXPECT_GE(report.models[j - 1].win_rate, report.models[j].win_rate) << "not sorted by what is shown";
  }
  SelectRequest all = request("assay");
  all.confidence = 1;
  for (const asking::SelectReport::Model& model : run_select(all).models) {
    if (model.name == "baseline") continue;
    EXPECT_LE(model.interval.low, rates[model.name] + 1e-9) << "certain, and wrong about " << model.name;
    EXPECT_GE(model.interval.high, rates[model.name] - 1e-9) << "certain, and wrong about " << model.name;
  }
}

TEST_F(SelectTest, BatchesOfCallsStayWithinTheBudget) {
  for (const std::size_t batch : {1U, 8U, 64U, 512U}) {
    SelectRequest some = request("assay", 11);
    some.confidence = 1;
    some.batch = batch;
    const asking::SelectReport report = run_select(some);
    EXPECT_EQ(report.calls, 55U) << "batches of " << batch;
    std::size_t tallied = 0;
    for (const asking::SelectReport::Model& model : report.models) tallied += model.tally.calls();
    EXPECT_EQ(tallied, 55U) << "batches of " << batch;
  }
}

TEST_F(SelectTest, AStrategyThatCannotStopIsNotAskedTo) {
  const auto refused = [&](auto change) {
    SelectRequest wrong = request("random", 3);
    change(wrong);
    try {
      run_select(wrong);
      ADD_FAILURE() << "taken silently";
    } catch (const InvalidArgument& failure) {
      EXPECT_THAT(failure.what(), HasSubstr("strategy random does not stop by itself"));
    }
  };
  refused([](SelectRequest& r) { r.epsilon = 0.1; });
  refused([](SelectRequest& r) { r.confidence = 0.9; });
  refused([](SelectRequest& r) { r.population = true; });
  for (const double wrong : {-0.1, 1.0, std::nan("")}) {
    SelectRequest out = request("assay", 3);
    out.epsilon = wrong;
    EXPECT_THROW(run_select(out), InvalidArgument) << "epsilon " << wrong;
  }
  for (const double wrong : {0.0, 1.01, std::nan("")}) {
    SelectRequest out = request("assay", 3);
    out.confidence = wrong;
    EXPECT_THROW(run_select(out), InvalidArgument) << "confidence " << wrong;
  }
  EXPECT_FALSE(run_select(request("random", 3)).stop.has_value());
}

TEST_F(SelectTest, AssayStoppedByItsCallerGoesOnWhereItStopped) {
  const std::string copy = folder_.path("copy.assay");
  std::filesystem::copy_file(study_, copy);
  SelectRequest whole = live("assay");
  whole.study = copy;
  whole.batch = 4;
  const asking::SelectReport expected = run_select(whole);
  SelectRequest cut = live("assay");
  cut.batch = 4;
  std::size_t kept = 0;
  EXPECT_THROW(run_select(cut, {},
                          [&](const asking::SelectState& step) {
                            kept = step.calls;
                            if (step.calls >= 12) throw std::runtime_error("stop");
                          }),
               std::runtime_error);
  const asking::SelectReport report = run_select(cut);
  EXPECT_EQ(report.calls, expected.calls);
  EXPECT_EQ(report.calls_new, expected.calls - kept);
  EXPECT_EQ(report.best, expected.best);
  EXPECT_EQ(report.stop->risk, expected.stop->risk);
}

// A study without responses has no features; assay goes without.
TEST_F(SelectTest, AssayNeedsNoResponses) {
  const std::string bare = folder_.path("bare.assay");
  {
    store::Study study(bare, store::Study::Mode::create);
    const auto import = study.begin_import();
    for (int q = 0; q < 30; ++q) {
      const std::string query = "q" + std::to_string(q);
      for (const char* model : {"good", "bad"}) {
        VerdictRecord record{query, model, "base", "j"};
        record.value = std::string_view(model) == "good" ? 1.0 : 0.0;
        import->add(record, {"f", 1}, OnConflict::fail);
      }
    }
    import->commit();
  }
  SelectRequest all = request("assay");
  all.study = bare;
  all.choice.without_responses = true;
  const asking::SelectReport report = run_select(all);
  EXPECT_EQ(report.best, "good");
  EXPECT_LT(report.calls, 60U);
}

TEST_F(SelectTest, AnAssistantHelpsAndTheReportSaysHowFarItAgreed) {
  add_cheap_judge(8);
  SelectRequest helped = request("assay");
  helped.choice.judge = judge();
  const asking::SelectReport alone = run_select(helped);
  EXPECT_FALSE(alone.assistant);
  EXPECT_THAT(view::to_json(alone), HasSubstr("\"assistant\": null"));
  EXPECT_THAT(view::to_text(alone, true, false), testing::Not(HasSubstr("Assistant")));
  helped.assistant_judge = "cheap";
  const asking::SelectReport report = run_select(helped);
  EXPECT_EQ(report.judge, judge());
  EXPECT_EQ(report.best, alone.best);
  ASSERT_TRUE(report.assistant);
  EXPECT_EQ(report.assistant->judge, "cheap");
  EXPECT_EQ(report.assistant->both, report.calls - report.calls_failed);
  ASSERT_TRUE(report.assistant->agreement);
  EXPECT_GT(*report.assistant->agreement, 0.6);
  EXPECT_LT(*report.assistant->agreement, 1) << "some of its verdicts are turned round";
  EXPECT_FALSE(report.assistant->winner.empty());
  EXPECT_THAT(
      view::to_text(report, false, false),
      testing::ContainsRegex("\nAssistant judge cheap: agrees in [0-9]+ % of the [0-9]+ calls that both judged "
                             "\\(95 %: [0-9]+ .. [0-9]+ %\\); its own winner would have been model-"));
  const std::string json = view::to_json(report);
  for (const char* key : {"\"judge\": \"cheap\"", "\"both\": ", "\"agreement\": 0.", "\"correlation\": null",
                          "\"winner\": \"model-"}) {
    EXPECT_THAT(json.substr(json.find("\"assistant\": {")), HasSubstr(key));
  }
}

TEST_F(SelectTest, AnAssistantThatCantBeIsRefused) {
  add_cheap_judge(8);
  const auto refusal = [&](const std::string& strategy, const std::string& assistant) -> std::string {
    SelectRequest wrong = request(strategy, 3);
    wrong.choice.judge = judge();
    wrong.assistant_judge = assistant;
    try {
      run_select(wrong);
    } catch (const InvalidArgument& failure) {
      return failure.what();
    }
    return "taken silently";
  };
  EXPECT_THAT(refusal("random", "cheap"), HasSubstr("strategy random looks at no other judge"));
  EXPECT_THAT(refusal("assay", judge()), HasSubstr("is the judge itself"));
  SelectRequest rows = request("assay");
  rows.choice.judge = judge();
  rows.assistant_judge = "cheap";
  rows.population = true;
  EXPECT_THROW(run_select(rows), InvalidArgument) << "it would be ignored";
  EXPECT_THAT(refusal("assay", "nobody"), testing::AllOf(HasSubstr("cheap"), HasSubstr("nobody")));
}

TEST_F(SelectTest, ALiveJudgeWithAnAssistantGoesOnWhereItStopped) {
  add_cheap_judge(8);
  const std::string copy = folder_.path("copy.assay");
  std::filesystem::copy_file(study_, copy);
  SelectRequest cut = live("assay");
  cut.assistant_judge = "cheap";
  cut.batch = 4;
  SelectRequest whole = cut;
  whole.study = copy;
  const asking::SelectReport expected = run_select(whole);
  EXPECT_THROW(run_select(cut, {},
                          [&](const asking::SelectState& step) {
                            if (step.calls >= 12) throw std::runtime_error("stop");
                          }),
               std::runtime_error);
  const asking::SelectReport report = run_select(cut);
  EXPECT_EQ(report.calls, expected.calls);
  EXPECT_EQ(report.best, expected.best);
  EXPECT_EQ(report.assistant->agreement, expected.assistant->agreement);
}

TEST_F(SelectTest, TheKeptAnswersOfACheapLiveJudgeHelpARecordedOne) {
  SelectRequest cheap = live("random");
  run_select(cheap);
  SelectRequest helped = request("assay");
  helped.assistant_judge = "command";
  const asking::SelectReport report = run_select(helped);
  ASSERT_TRUE(report.assistant);
  EXPECT_THAT(report.assistant->judge, HasSubstr("command"));
  EXPECT_EQ(report.assistant->both, report.calls);
  EXPECT_EQ(report.assistant->winner, "model-02");
  cheap.oracle.name = "kept";
  cheap.strategy = "assay";
  cheap.assistant_judge = "command";
  EXPECT_THROW(run_select(cheap), InvalidArgument) << "it is the judge";
}

TEST_F(SelectTest, JsonTellsTheStop) {
  SelectRequest little = request("assay", 3);
  little.epsilon = 0.01;
  little.confidence = 0.99;
  const std::string json = view::to_json(run_select(little));
  const std::vector<std::string> parts = {"\"rule\": \"guaranteed\"", "\"epsilon\": 0.01", "\"confidence\": 0.99",
                                          "\"decided\": false",       "\"doubt\": ",       "\"calls_to_decide\": ",
                                          "\"possible\": ["};
  for (const std::string& part : parts) {
    EXPECT_THAT(json, HasSubstr(part));
  }
  EXPECT_THAT(view::to_json(run_select(request("random", 3))), HasSubstr("\"stop\": null"));
}

TEST_F(SelectTest, TextTellsWhatIsDecidedAndWhatIsMissing) {
  SelectRequest little = request("assay", 3);
  little.confidence = 0.99;
  const asking::SelectReport open = run_select(little);
  const std::string text = view::to_text(open, /*verbose=*/true);
  EXPECT_THAT(text, HasSubstr("Undecided so far: 6 models can still be the best; " + open.best + " seems to be"));
  EXPECT_THAT(text, HasSubstr("Sure: not yet 99 %; probably "));
  EXPECT_THAT(text, HasSubstr("May still be the best: "));
  SelectRequest wide = request("assay");
  wide.epsilon = 0.1;
  const asking::SelectReport done = run_select(wide);
  EXPECT_THAT(view::to_text(done, /*verbose=*/true),
              HasSubstr("Best, or at most 10 points worse: " + done.best + ", wins "));
}

TEST_F(SelectTest, TheBudgetMayBeInCalls) {
  SelectRequest some = request("random");
  some.calls = 13;
  EXPECT_EQ(run_select(some).calls, 13U);
  some.calls = 1'000'000;
  EXPECT_EQ(run_select(some).calls, 200U);
  some.calls = 0;
  EXPECT_THROW(run_select(some), InvalidArgument);
  some.calls = 13;
  some.budget = 2;
  EXPECT_THROW(run_select(some), InvalidArgument);
}

// What was asked can be looked at again without the judge, which may be gone.
TEST_F(SelectTest, WhatIsKeptIsLookedAtWithoutTheJudge) {
  SelectRequest asked = live("random", 6);
  const asking::SelectReport report = run_select(asked);
  SelectRequest look = request("random", 6);
  look.oracle.name = "kept";
  const asking::SelectReport seen = run_select(look);
  EXPECT_EQ(seen.calls, 30U);
  EXPECT_EQ(seen.calls_new, 0U);
  EXPECT_EQ(seen.best, report.best);
  EXPECT_EQ(seen.baseline, "baseline");
  ASSERT_EQ(seen.models.size(), report.models.size());
  for (std::size_t j = 0; j < seen.models.size(); ++j) EXPECT_EQ(seen.models[j].tally, report.models[j].tally);
  look.budget.reset();
  const asking::SelectReport whole = run_select(look);
  EXPECT_EQ(whole.calls, 30U) << "nobody was asked";
  EXPECT_THAT(whole.notes, testing::Contains(HasSubstr("the answers that the study has end here")));
  look.choice.judge = "nobody";
  EXPECT_THROW(run_select(look), InvalidArgument);
}

// A judge that fails at every tenth call.
std::string failing_judge() {
  return "command:" +
         shell_judge("case $id in *7) " + say("\"error\":\"busy\"") + ";; *) case $line in *model-02*) " +
                     say("\"verdict\":\"win\"") + ";; *3\\\",\\\"model*|*model-03*) " +
                     say("\"verdict\":\"draw\"") + ";; *) " + say("\"verdict\":\"loss\"") + ";; esac;; esac");
}

void expect_same_answer(const asking::SelectReport& seen, const asking::SelectReport& report) {
  EXPECT_EQ(seen.calls_new, 0U);
  EXPECT_EQ(seen.calls, report.calls);
  EXPECT_EQ(seen.known, report.known);
  EXPECT_EQ(seen.calls_failed, report.calls_failed);
  EXPECT_EQ(seen.best, report.best);
  EXPECT_EQ(seen.stop->decided, report.stop->decided);
  ASSERT_EQ(seen.models.size(), report.models.size());
  for (std::size_t j = 0; j < seen.models.size(); ++j) {
    EXPECT_EQ(seen.models[j].name, report.models[j].name);
    EXPECT_EQ(seen.models[j].win_rate, report.models[j].win_rate);
    EXPECT_EQ(seen.models[j].tally, report.models[j].tally);
  }
}

TEST_F(SelectTest, LookingGivesTheAnswerOfAFinishedRunThoughCallsFailed) {
  for (const std::size_t batch : {1U, 7U}) {
    const std::string copy = folder_.path("batch" + std::to_string(batch));
    std::filesystem::copy_file(study_, copy);
    SelectRequest asked = live("assay");
    asked.study = copy;
    asked.oracle.name = failing_judge();
    asked.batch = batch;
    const asking::SelectReport report = run_select(asked);
    ASSERT_TRUE(report.stop->decided);
    ASSERT_GT(report.calls_failed, 0U);
    SelectRequest look = request("assay");
    look.study = copy;
    look.oracle.name = "kept";
    for (const std::size_t other : {0U, 3U}) {
      look.batch = other;
      const asking::SelectReport seen = run_select(look);
      expect_same_answer(seen, report);
      EXPECT_TRUE(seen.notes.empty()) << seen.notes.front();
    }
    look.strategy = "random";
    EXPECT_GT(run_select(look).calls_failed, 0U) << "a call that failed does not end it";
  }
}

TEST_F(SelectTest, LookingIsAtTheModelsOfTheLastRun) {
  SelectRequest asked = live("assay", 6);
  asked.choice.models = {"model-01", "model-03"};
  asked.confidence = 0.9;
  const asking::SelectReport report = run_select(asked);
  SelectRequest look{.study = asked.study};
  look.oracle.name = "kept";
  const asking::SelectReport seen = run_select(look);
  ASSERT_EQ(seen.models.size(), report.models.size());
  for (std::size_t j = 0; j < seen.models.size(); ++j) EXPECT_EQ(seen.models[j].name, report.models[j].name);
  EXPECT_EQ(seen.stop->goal.confidence, 0.9);
  look.choice.models = {"model-01"};
  EXPECT_EQ(run_select(look).models.size(), 2U) << "what is said wins: the model and the baseline";
}

TEST_F(SelectTest, LookingIsAtTheLatestRun) {
  SelectRequest asked = live("assay");
  asked.seed = 3;
  const asking::SelectReport report = run_select(asked);
  SelectRequest look = request("assay");
  look.oracle.name = "kept";
  const asking::SelectReport seen = run_select(look);
  expect_same_answer(seen, report);
  EXPECT_THAT(seen.notes, testing::Contains(HasSubstr("the latest run, which had seed 3")));
}

// Of no run in particular: all that the study has counts.
TEST_F(SelectTest, LookingForAnotherGoalCountsAllAnswers) {
  SelectRequest asked = live("assay");
  asked.oracle.name = failing_judge();
  const asking::SelectReport report = run_select(asked);
  SelectRequest look = request("assay");
  look.oracle.name = "kept";
  look.epsilon = 0.03;
  const std::string before = view::to_json(run_select(look));
  const asking::SelectReport seen = run_select(look);
  EXPECT_EQ(view::to_json(seen), before) << "looking left something behind";
  EXPECT_EQ(seen.known, report.calls);
  EXPECT_EQ(seen.calls_failed, report.calls_failed);
  EXPECT_EQ(seen.best, report.best);
}

// A model that was never judged on some prompts has not failed there.
TEST_F(SelectTest, WhatIsMissingIsToldApartFromWhatFailed) {
  const std::string with_gaps = folder_.path("gaps.assay");
  {
    const store::Comparison all = store::Study(study_, store::Study::Mode::read).comparison({});
    store::Study study(with_gaps, store::Study::Mode::create);
    const auto import = study.begin_import();
    for (std::size_t q = 0; q < all.queries.size(); ++q) {
      for (std::size_t j = 0; j < all.models.size(); ++j) {
        if (j == 0 && q < 10) continue;
        VerdictRecord record{all.queries[q], all.models[j], all.baseline, "j"};
        record.value = j == 1 && q == 5 ? std::nan("") : all.rewards.at(query_id(q), model_id(j));
        import->add(record, {"f", 1}, OnConflict::fail);
      }
    }
    import->commit();
  }
  SelectRequest asked = request("random");
  asked.study = with_gaps;
  asked.choice.without_responses = true;
  asked.choice.models = {"model-01", "model-02", "model-03"};
  const asking::SelectReport report = run_select(asked);
  EXPECT_EQ(report.calls_failed, 1U);
  const std::string text = view::to_text(report, /*verbose=*/false);
  EXPECT_THAT(text, HasSubstr("1 call gave no verdict; such a call counts 1/2\n"));
  EXPECT_THAT(text, HasSubstr("model-01 has no result on 10 of 40 prompts (missing results count 1/2): import the "
                              "rest, or compare others by --models\n"));
  EXPECT_THAT(view::to_json(report), HasSubstr("\"missing\": 10"));
  asked.strategy = "assay";
  asked.parameters = {};
  const asking::SelectReport decided = run_select(asked);
  if (decided.stop->decided) {
    EXPECT_THAT(view::to_text(decided, false), HasSubstr("whatever the verdicts are, and 1/2 for what is missing"));
  }
}

TEST_F(SelectTest, LookingNeedsAnswersAndNoLock) {
  SelectRequest look = request("random");
  look.oracle.name = "kept";
  EXPECT_THROW(run_select(look), InvalidArgument) << "nobody was ever asked";
  run_select(live("random", 2));
  store::Study other(study_, store::Study::Mode::write);
  other.begin_answering();
  EXPECT_EQ(run_select(look).calls, 10U) << "another process may be asking";
}

// A judge whose answers the study has can be replayed as if they had been imported.
TEST_F(SelectTest, KeptAnswersAreRecordedJudgements) {
  const asking::SelectReport report = run_select(live("random"));
  SelectRequest replay = request("random", 5);
  replay.choice.judge = "command";
  const asking::SelectReport seen = run_select(replay);
  EXPECT_EQ(seen.calls, 25U);
  EXPECT_EQ(seen.oracle, "recorded");
  replay.budget.reset();
  EXPECT_EQ(run_select(replay).best, report.best);
  EXPECT_EQ(run_select(replay).models[0].tally, report.models[0].tally);
}

TEST_F(SelectTest, AnotherSeedOverTheSameAnswersIsAnotherTest) {
  const SelectRequest first = live("assay");
  SelectRequest second = first;
  second.seed = 2;
  const auto told = [](const asking::SelectReport& report) {
    return std::any_of(report.notes.begin(), report.notes.end(), [](const std::string& note) {
      return note.find("a run with seed 1 asked the same before") != std::string::npos;
    });
  };
  EXPECT_FALSE(told(run_select(first)));
  EXPECT_FALSE(told(run_select(first))) << "it goes on";
  EXPECT_TRUE(told(run_select(second)));
  EXPECT_FALSE(told(run_select(live("random", 3)))) << "decides nothing";
}

// A program.

const std::string kProgram = "command:'" + tests::points_strategy() + "'";

SelectRequest by_program(SelectRequest request) {
  request.strategy = kProgram;
  return request;
}

TEST_F(SelectTest, AProgramChoosesWhatIsJudged) {
  const asking::SelectReport report = run_select(by_program(request("random", 4)));
  EXPECT_EQ(report.strategy, kProgram);
  EXPECT_EQ(report.calls, 20U);
  EXPECT_EQ(report.queries_judged, 4U) << "row after row";
  EXPECT_EQ(report.models.size(), 6U) << "the baseline is a candidate";
  EXPECT_FALSE(report.stop.has_value());
  const asking::SelectReport all = run_select(by_program(request("random")));
  EXPECT_EQ(all.best, run_select(request("random")).best);
  EXPECT_THAT(view::to_text(all, true, false), HasSubstr("strategy command:'"));
  EXPECT_THAT(view::to_json(all), HasSubstr("\"random_queries\": false"));
}

TEST_F(SelectTest, AProgramStoppedByItsCallerGoesOnWhereItStopped) {
  const std::string copy = folder_.path("copy.assay");
  std::filesystem::copy_file(study_, copy);
  SelectRequest whole = by_program(live("random", 12));
  whole.study = copy;
  const asking::SelectReport expected = run_select(whole);
  const SelectRequest cut = by_program(live("random", 12));
  EXPECT_THROW(run_select(cut, {},
                          [](const asking::SelectState& step) {
                            if (step.calls >= 25) throw std::runtime_error("stop");
                          }),
               std::runtime_error);
  const asking::SelectReport report = run_select(cut);
  EXPECT_EQ(report.calls_new, 60U - 25U);
  EXPECT_EQ(report.known, 0U) << "the run that goes on knows what it knew when it began";
  EXPECT_EQ(report.best, expected.best);
  EXPECT_EQ(report.trace.size(), expected.trace.size());
}

TEST_F(SelectTest, AProgramIsToldWhatIsKnown) {
  run_select(live("random", 12));
  SelectRequest next = by_program(live("random", 6));
  const asking::SelectReport report = run_select(next);
  EXPECT_EQ(report.known, 60U);
  EXPECT_EQ(report.calls_new, 30U) << "none of them was asked again";
  next.oracle.name = "kept";
  const asking::SelectReport looked = run_select(next);
  EXPECT_EQ(looked.calls, 30U) << "how far that run came";
  EXPECT_EQ(looked.calls_new, 0U);
  EXPECT_EQ(looked.best, report.best);
}

// Whose end is no promise is no other test.
TEST_F(SelectTest, AProgramLeavesNoTestBehind) {
  const auto remembered = [&](const char* begin) {
    return store::Study(study_, store::Study::Mode::read).remembered_names(begin);
  };
  run_select(by_program(live("random", 2)));
  EXPECT_TRUE(remembered("run:").empty());
  EXPECT_EQ(remembered("untested run:").size(), 1U);
  SelectRequest second = live("assay");
  second.seed = 2;
  EXPECT_TRUE(run_select(second).notes.empty());
}

TEST_F(SelectTest, AProgramThatCannotBeStartedAsksNobody) {
  SelectRequest wrong = live("random", 4);
  wrong.strategy = "command:no-such-program";
  EXPECT_THROW(run_select(wrong), Error);
  wrong.epsilon = 0.1;
  EXPECT_THROW(run_select(wrong), InvalidArgument) << "it never stops by itself";
  wrong.strategy = "command:";
  EXPECT_THROW(run_select(wrong), InvalidArgument);
  EXPECT_EQ(run_select(live("random", 4)).calls_new, 20U);
}

}  // namespace
}  // namespace assay::app
