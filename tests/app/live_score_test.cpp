// `select` with a live judge that scores each response, without a baseline.

#include <gmock/gmock.h>

#include <filesystem>
#include <stdexcept>

#include "assay/app/allocate.h"
#include "assay/app/info.h"
#include "assay/app/select.h"
#include "assay/app/simulate.h"
#include "assay/core/error.h"
#include "assay/view/info.h"
#include "assay/view/judge_bill.h"
#include "assay/view/select.h"
#include "tests/app/app_fixture.h"
#include "tests/judge/memory_judge.h"
#include "tests/judge/shell_judge.h"

namespace assay::app {
namespace {

using asking::SelectReport;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::size_t kQueries = 12;

// A response says what it is worth: "4 ...".
double worth(const std::string& answer) { return std::stod(answer); }

class LiveScoreTest : public AppTest {
 protected:
  LiveScoreTest() : http_(scoring(worth)) {
    std::string rows;
    for (std::size_t q = 0; q < kQueries; ++q) {
      const std::string query = R"("query": "q)" + std::to_string(q) + "\"";
      rows += "{" + query + ", \"prompt\": \"request " + std::to_string(q) + "\"}\n";
      const auto answer = [&](const char* model, double score) {
        rows += "{" + query + ", \"model\": \"" + model + "\", \"response\": \"" + std::to_string(score) + " by " +
                model + " on " + std::to_string(q) + "\"}\n";
      };
      answer("good", q % 3 == 0 ? 4 : 5);
      answer("fair", q % 2 == 0 ? 3 : 4.5);
      answer("poor", 1.5);
    }
    write("rows.jsonl", rows);
    import_jsonl("rows.jsonl", "x.assay");
    write("prices.json", R"({"judge-1": {"in": 1.5, "out": 2, "unit": "dollars"}})");
  }

  SelectRequest bare(const std::string& oracle = "llm") {
    SelectRequest request;
    request.study = path("x.assay");
    request.strategy = "assay";
    request.oracle.name = oracle;
    request.oracle.noted = [this](std::string_view line) { noted_.emplace_back(line); };
    request.oracle.llm.client = &http_;
    request.oracle.llm.key_salt = "salt";
    return request;
  }
  SelectRequest told(const std::string& oracle = "llm") {
    SelectRequest request = bare(oracle);
    request.choice.measure = store::Measure::score;
    request.choice.scale = Scale{1, 5};
    if (oracle != "llm") return request;
    request.oracle.llm.url = "http://judge/v1";
    request.oracle.llm.model = "judge-1";
    return request;
  }
  // The program that the LLM is, too.
  static std::string program() {
    return "command:" + shell_judge(R"(v=${line#*\"response\":\"}; v=${v%% *}; )" + say("\"score\":$v"));
  }
  static std::string refusal(const SelectRequest& request) {
    try {
      run_select(request);
    } catch (const InvalidArgument& failure) {
      return failure.what();
    }
    return "taken silently";
  }
  static double rate_of(const SelectReport& report, const std::string& model) {
    const auto found = std::ranges::find(report.models, model, &SelectReport::Model::name);
    return found == report.models.end() ? -1 : found->win_rate;
  }
  static void expect_same(const SelectReport& one, const SelectReport& other) {
    EXPECT_EQ(one.best, other.best);
    EXPECT_EQ(one.calls, other.calls);
    EXPECT_EQ(one.known, other.known);
    EXPECT_EQ(one.stop->decided, other.stop->decided);
    for (const SelectReport::Model& model : one.models) EXPECT_EQ(model.win_rate, rate_of(other, model.name));
  }

  MemoryHttp http_;
  std::vector<std::string> noted_;
};

TEST_F(LiveScoreTest, TheMeanScoreDecidesAndIsToldInItsUnits) {
  SelectRequest request = told();
  request.strategy = "random";  // judges all
  const SelectReport report = run_select(request);
  EXPECT_EQ(report.best, "good");
  EXPECT_EQ(report.measure, store::Measure::score);
  EXPECT_TRUE(report.baseline.empty());
  EXPECT_FALSE(report.baseline_report);
  EXPECT_EQ(report.models.size(), 3U) << "no model is spent on being the baseline";
  EXPECT_EQ(http_.bodies.size(), 3 * kQueries) << "a request a response, in no two orders";
  EXPECT_NEAR(rate_of(report, "good"), (14.0 / 3 - 1) / 4, 1e-4);
  EXPECT_NEAR(rate_of(report, "fair"), (3.75 - 1) / 4, 1e-4);
  EXPECT_NEAR(rate_of(report, "poor"), 0.125, 1e-4);
  const std::string text = view::to_text(report, true, false);
  EXPECT_THAT(text, HasSubstr("good, scores 4.67 on 1 to 5"));
  EXPECT_THAT(text, HasSubstr("Judge: judge-1 at http://judge/v1, 36 requests sent"));
}

TEST_F(LiveScoreTest, IsDecidedAndKeptAndRemembered) {
  const SelectReport first = run_select(told());
  EXPECT_EQ(first.best, "good");
  EXPECT_TRUE(first.stop->decided);
  EXPECT_GT(first.calls_new, 0U);
  EXPECT_THAT(noted_, IsEmpty()) << "all was said";
  const std::size_t sent = http_.bodies.size();
  const SelectReport again = run_select(bare());
  EXPECT_EQ(http_.bodies.size(), sent) << "paid twice";
  EXPECT_EQ(again.calls_new, 0U);
  EXPECT_EQ(again.measure, store::Measure::score);
  expect_same(again, first);
  EXPECT_THAT(noted_, Contains("scores from 1 to 5, as remembered"));
  EXPECT_THAT(noted_, Contains(HasSubstr("judge as remembered: judge-1")));
  const SelectReport seen = run_select(bare("kept"));
  EXPECT_EQ(http_.bodies.size(), sent);
  EXPECT_EQ(seen.measure, store::Measure::score);
  EXPECT_EQ(seen.scale.high, 5);
  EXPECT_EQ(seen.judge, "judge-1");
  expect_same(seen, first);
}

TEST_F(LiveScoreTest, InfoTellsHowToLookAtIt) {
  run_select(told());
  EXPECT_THAT(view::to_text(run_info({path("x.assay")})),
              HasSubstr("who leads by them: select with --oracle kept asks nobody"));
}

TEST_F(LiveScoreTest, StoppedOnTheWayItEndsTheSame) {
  const std::string copy = path("copy.assay");
  std::filesystem::copy_file(path("x.assay"), copy);
  SelectRequest whole = told();
  whole.study = copy;
  whole.batch = 4;
  const SelectReport expected = run_select(whole);
  const std::size_t sent = http_.bodies.size();
  SelectRequest cut = told();
  cut.batch = 4;
  const auto stop = [](const asking::SelectState& step) {
    if (step.calls >= 8) throw std::runtime_error("stop");
  };
  EXPECT_THROW(run_select(cut, {}, stop), std::runtime_error);
  expect_same(run_select(cut), expected);
  EXPECT_EQ(http_.bodies.size(), 2 * sent);
}

TEST_F(LiveScoreTest, LowerMayBeBetter) {
  SelectRequest request = told();
  request.choice.lower_is_better = true;
  const SelectReport report = run_select(request);
  EXPECT_EQ(report.best, "poor");
  EXPECT_NEAR(rate_of(report, "poor"), 0.875, 1e-4);
  EXPECT_THAT(view::to_text(report, false, false), HasSubstr("poor, scores about 1.50 on 1 to 5"));
  EXPECT_EQ(run_select(bare()).best, "poor") << "forgotten, the answer would be the worst";
  EXPECT_THAT(noted_, Contains("scores from 1 to 5, lower is better, as remembered"));
  EXPECT_EQ(run_select(bare("kept")).best, "poor");
  const SelectReport turned = run_select(told());
  EXPECT_EQ(turned.best, "good") << "what is said wins over what is remembered";
  EXPECT_GT(turned.known, 0U) << "scores are the same, whichever is better";
}

TEST_F(LiveScoreTest, ABaselineMeansComparisonsAgain) {
  run_select(told());
  SelectRequest compared = bare();
  compared.choice.baseline = "fair";
  MemoryHttp pairs(judging([](const std::string& a, const std::string& b) {
    return worth(a) > worth(b) ? judge::PairVerdict::a : judge::PairVerdict::b;
  }));
  compared.oracle.llm.client = &pairs;
  const SelectReport report = run_select(compared);
  EXPECT_EQ(report.measure, store::Measure::win_rate);
  EXPECT_EQ(report.best, "good");
  EXPECT_EQ(run_select(bare("kept")).measure, store::Measure::win_rate) << "the last one is looked at";
  SelectRequest scores = bare("kept");
  scores.choice.measure = store::Measure::score;
  EXPECT_EQ(run_select(scores).measure, store::Measure::score);
}

TEST_F(LiveScoreTest, WhatIsMissingOrTooMuchIsRefusedBeforeAnythingIsSent) {
  SelectRequest no_scale = told();
  no_scale.choice.scale.reset();
  EXPECT_THAT(refusal(no_scale), HasSubstr("must be told the scale: `score_range` LOW,HIGH"));
  SelectRequest empty_scale = told();
  empty_scale.choice.scale = Scale{5, 5};
  EXPECT_THROW(run_select(empty_scale), InvalidArgument);
  SelectRequest baseline = told();
  baseline.choice.baseline = "fair";
  EXPECT_THAT(refusal(baseline), HasSubstr("measure score needs no baseline"));
  EXPECT_THAT(refusal(told("person")), HasSubstr("gives no scores"));
  SelectRequest twice = told();
  twice.oracle.llm.repeats = 3;
  EXPECT_THAT(refusal(twice), HasSubstr("each response is scored alone"));
  SelectRequest right = told();
  right.choice.measure = store::Measure::accuracy;
  EXPECT_THAT(refusal(right), HasSubstr("goes with recorded judgements"));
  SelectRequest range = told();
  range.choice.measure.reset();
  range.choice.baseline = "fair";
  EXPECT_THAT(refusal(range), HasSubstr("are about scores"));
  EXPECT_THAT(http_.bodies, IsEmpty());
}

TEST_F(LiveScoreTest, TheLimitOfCostEndsItAndADryRunTellsTheCost) {
  SelectRequest request = told();
  request.oracle.llm.price_file = path("prices.json");
  const asking::JudgeEstimate estimate = estimate_select(request);
  EXPECT_EQ(estimate.calls_all, 3 * kQueries);
  EXPECT_EQ(estimate.questions, 3 * kQueries);
  EXPECT_LE(estimate.probable.least, 3 * kQueries);
  EXPECT_THAT(view::to_text(estimate), HasSubstr("judge-1"));
  EXPECT_THAT(http_.bodies, IsEmpty());
  request.strategy = "random";
  request.oracle.llm.most_cost = Money{5'000};
  const SelectReport report = run_select(request);
  EXPECT_TRUE(report.money_ended);
  EXPECT_GT(report.calls, 0U);
  EXPECT_LT(report.calls, 3 * kQueries);
  EXPECT_LE(report.bill->spent, Money{5'000});
  const std::size_t sent = http_.bodies.size();
  request.oracle.llm.most_cost = Money{50'000};
  EXPECT_FALSE(run_select(request).money_ended);
  EXPECT_EQ(http_.bodies.size(), 3 * kQueries) << "went on from " << sent;
}

TEST_F(LiveScoreTest, AllocateAndSelectShareWhatWasPaid) {
  AllocateRequest scored;
  scored.study = path("x.assay");
  scored.scale = Scale{1, 5};
  scored.budget = 6 * kQueries;  // each response twice
  scored.allocator = "uniform";
  scored.oracle = told().oracle;
  run_allocate(scored);
  const std::size_t sent = http_.bodies.size();
  const SelectReport by_llm = run_select(told());
  EXPECT_EQ(by_llm.best, "good");
  EXPECT_EQ(by_llm.calls_new, 0U);
  EXPECT_EQ(by_llm.known, 3 * kQueries) << "a second score of a response is none for select";
  EXPECT_EQ(http_.bodies.size(), sent);
  scored.oracle.name = program();
  run_allocate(scored);
  const SelectReport by_program = run_select(told(program()));
  EXPECT_EQ(by_program.best, "good");
  EXPECT_EQ(by_program.calls_new, 0U);
  EXPECT_EQ(by_program.known, 3 * kQueries);
}

TEST_F(LiveScoreTest, AProgramScoresAndIsLookedAtAndSimulated) {
  SelectRequest request = told(program());
  request.strategy = "random";
  const SelectReport report = run_select(request);
  EXPECT_EQ(report.best, "good");
  EXPECT_EQ(report.calls_new, 3 * kQueries);
  const SelectReport seen = run_select(bare("kept"));
  EXPECT_EQ(seen.best, "good");
  EXPECT_NEAR(rate_of(seen, "fair"), (3.75 - 1) / 4, 1e-4);
  SimulateRequest simulated;
  simulated.study = path("x.assay");
  simulated.strategies = {"assay"};
  simulated.realizations = 3;
  const SimulateReport replayed = run_simulate(simulated);
  EXPECT_EQ(replayed.measure, store::Measure::score);
  EXPECT_EQ(replayed.scale.low, 1);
  EXPECT_EQ(replayed.models, 3U);
  const InfoReport info = run_info({.study = path("x.assay")});
  ASSERT_EQ(info.asked.size(), 1U);
  EXPECT_TRUE(info.asked[0].scores);
  EXPECT_EQ(info.asked[0].answers, 3 * kQueries);
}

TEST_F(LiveScoreTest, ACheapScorerAssistsADearOne) {
  SelectRequest cheap = told(program());
  cheap.strategy = "random";
  run_select(cheap);
  SelectRequest dear = told();
  dear.assistant_judge = "command";
  const SelectReport report = run_select(dear);
  EXPECT_EQ(report.best, "good");
  ASSERT_TRUE(report.assistant);
  EXPECT_EQ(report.assistant->winner, "good");
  EXPECT_EQ(report.assistant->both, report.calls);
  ASSERT_TRUE(report.assistant->correlation);
  EXPECT_GT(*report.assistant->correlation, 0.99);
}

// Two turns make one response: the judge reads all of it.
TEST_F(LiveScoreTest, SeveralTurnsAreScoredAsOne) {
  std::string rows;
  for (const char* query : {"q0", "q1"}) {
    for (const char* turn : {"1", "2"}) {
      rows +=
          std::string("{\"query\": \"") + query + "\", \"turn\": " + turn + ", \"prompt\": \"" + turn + "?\"}\n";
      for (const char* model : {"good", "poor"}) {
        const char* score = *model == 'g' ? "5" : "2";
        rows += std::string("{\"query\": \"") + query + "\", \"turn\": " + turn + ", \"model\": \"" + model +
                "\", \"response\": \"" + score + " by " + model + " on " + query + "\"}\n";
      }
    }
  }
  write("turns.jsonl", rows);
  import_jsonl("turns.jsonl", "turns.assay");
  SelectRequest request = told();
  request.study = path("turns.assay");
  const SelectReport report = run_select(request);
  EXPECT_EQ(report.best, "good");
  ASSERT_EQ(http_.bodies.size(), 4U);
  EXPECT_THAT(http_.bodies[0], HasSubstr("1?\\n\\n2?"));
  const InfoReport info = run_info({.study = path("turns.assay")});
  ASSERT_EQ(info.asked.size(), 1U);
  EXPECT_EQ(info.asked[0].answers, 4U);
}

}  // namespace
}  // namespace assay::app
