// A selection that is looked at is the selection that was made, and its exchanges are what was judged.

#include "assay/app/inspected_selection.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "assay/core/error.h"
#include "assay/view/select.h"
#include "tests/app/app_fixture.h"
#include "tests/judge/memory_judge.h"
#include "tests/judge/scripted_person.h"

namespace assay::app {
namespace {

using asking::JudgeHabit;
using testing::HasSubstr;

class InspectedSelectionTest : public SynthStudyTest {
 protected:
  SelectRequest request(const std::string& oracle = "") const {
    SelectRequest request;
    request.study = study_;
    request.oracle.name = oracle;
    return request;
  }

  // An LLM that prefers whatever stands first.
  asking::SelectReport ask_llm(double budget) {
    MemoryHttp http(judging([](const std::string&, const std::string&) { return judge::PairVerdict::a; }));
    SelectRequest live = request("llm");
    live.choice.baseline = "baseline";
    live.budget = budget;
    live.oracle.llm.url = "http://judge/v1";
    live.oracle.llm.model = "first-lover";
    live.oracle.llm.client = &http;
    return run_select(live);
  }

  static const JudgeHabit* habit(const asking::JudgeHabits& habits, JudgeHabit::Kind kind) {
    const auto at = std::ranges::find(habits.habits, kind, &JudgeHabit::kind);
    return at == habits.habits.end() ? nullptr : &*at;
  }
};

TEST_F(InspectedSelectionTest, ItsReportIsThatOfTheRun) {
  const InspectedSelection selection(request());
  SelectRequest same = request("recorded");
  EXPECT_EQ(view::to_json(selection.report()), view::to_json(run_select(same)));
}

TEST_F(InspectedSelectionTest, ItsCallsAreThoseThatCounted) {
  const InspectedSelection selection(request());
  const asking::SelectReport& report = selection.report();
  ASSERT_EQ(selection.verdicts().size(), report.calls + report.known);
  std::set<std::pair<std::size_t, std::size_t>> seen;
  std::vector<select::Tally> tallies(selection.comparison().models.size());
  for (const Verdict& verdict : selection.verdicts()) {
    EXPECT_TRUE(seen.emplace(index(verdict.call.query), index(verdict.call.model)).second) << "a call twice";
    EXPECT_EQ(verdict.reward, selection.comparison().rewards.at(verdict.call.query, verdict.call.model));
    tallies[index(verdict.call.model)].add(verdict.reward);
  }
  for (const asking::SelectReport::Model& model : report.models) {
    const auto at = std::ranges::find(selection.comparison().models, model.name);
    if (at == selection.comparison().models.end()) continue;  // the baseline
    const select::Tally& tally = tallies[static_cast<std::size_t>(at - selection.comparison().models.begin())];
    EXPECT_EQ(tally.wins, model.tally.wins) << model.name;
    EXPECT_EQ(tally.draws, model.tally.draws) << model.name;
  }
}

TEST_F(InspectedSelectionTest, TheStudyIsOnlyRead) {
  const auto before = std::filesystem::last_write_time(study_);
  InspectedSelection selection(request());
  selection.habits();
  EXPECT_EQ(std::filesystem::last_write_time(study_), before);
  store::Study asking(study_, store::Study::Mode::write);
  EXPECT_NO_THROW(asking.begin_answering()) << "whoever looks must not stop a run";
  InspectedSelection meanwhile(request());
  EXPECT_EQ(meanwhile.report().best, selection.report().best);
}

TEST_F(InspectedSelectionTest, AnExchangeIsWhatWasJudged) {
  InspectedSelection selection(request());
  const store::Study study(study_, store::Study::Mode::read);
  const ResponseTable responses = study.responses(selection.comparison());
  const std::vector<std::string> prompts = study.prompts(selection.comparison().queries);
  for (const std::size_t call : {std::size_t{0}, selection.verdicts().size() - 1}) {
    const Exchange exchange = selection.exchange(call);
    const Call judged = selection.verdicts()[call].call;
    EXPECT_EQ(exchange.call, call);
    EXPECT_EQ(exchange.query, selection.comparison().queries[index(judged.query)]);
    EXPECT_EQ(exchange.model, selection.comparison().models[index(judged.model)]);
    EXPECT_EQ(exchange.prompt, prompts[index(judged.query)]);
    EXPECT_EQ(exchange.response, responses.at(judged.query, judged.model));
    EXPECT_EQ(exchange.baseline, std::string(responses.baseline(judged.query)));
    EXPECT_TRUE(exchange.replies.empty()) << "nobody replied: they are recorded";
  }
}

TEST_F(InspectedSelectionTest, ExchangesComePageByPage) {
  InspectedSelection selection(request());
  const std::size_t all = selection.verdicts().size();
  const ExchangePage first = selection.exchanges(ExchangeQuery{.count = 7});
  EXPECT_EQ(first.total, all);
  ASSERT_EQ(first.exchanges.size(), 7U);
  const ExchangePage second = selection.exchanges(ExchangeQuery{.from = 7, .count = 7});
  EXPECT_EQ(second.exchanges.front().call, 7U);
  EXPECT_TRUE(selection.exchanges(ExchangeQuery{.from = all + 5}).exchanges.empty());
  const std::string model = selection.comparison().models.front();
  const ExchangePage own = selection.exchanges(ExchangeQuery{.count = all, .model = model});
  EXPECT_EQ(own.total, own.exchanges.size());
  for (const Exchange& exchange : own.exchanges) EXPECT_EQ(exchange.model, model);
  EXPECT_EQ(selection.exchanges(ExchangeQuery{.model = "nobody"}).total, 0U);
}

TEST_F(InspectedSelectionTest, SearchFindsTextsWhateverTheirCase) {
  {
    store::Study study(study_, store::Study::Mode::write);
    const auto import = study.begin_import();
    import->add(QueryRecord{.query = "odd", .text = "What does ÉCLAIR mean?", .task = ""}, {"f", 1},
                OnConflict::fail);
    for (const char* model : {"model-01", "baseline"}) {
      import->add(ResponseRecord{"odd", model, 1, "A cake."}, {"f", 1}, OnConflict::fail);
    }
    const std::string said_by = judge();
    VerdictRecord verdict{"odd", "model-01", "baseline", said_by};
    verdict.value = 1;
    import->add(verdict, {"f", 1}, OnConflict::fail);
    import->commit();
  }
  SelectRequest random = request();
  random.strategy = "random";
  InspectedSelection selection(random);
  const ExchangePage found = selection.exchanges(ExchangeQuery{.search = "éclair", .model = "model-01"});
  ASSERT_EQ(found.exchanges.size(), 1U);
  EXPECT_EQ(found.total, 1U);
  EXPECT_EQ(found.exchanges.front().query, "odd");
  EXPECT_EQ(selection.exchanges(ExchangeQuery{.from = 1, .search = "éclair", .model = "model-01"}).total, 1U);
  EXPECT_EQ(selection.exchanges(ExchangeQuery{.search = "no such text %_'"}).total, 0U);
}

TEST_F(InspectedSelectionTest, AnLlmsRepliesAndHabitsAreThere) {
  const asking::SelectReport live = ask_llm(6);
  SelectRequest look = request("kept");
  InspectedSelection selection(look);
  EXPECT_EQ(selection.report().best, live.best);
  EXPECT_EQ(selection.verdicts().size(), live.calls);
  const Exchange exchange = selection.exchange(0);
  ASSERT_EQ(exchange.replies.size(), 2U);
  EXPECT_EQ(exchange.replies[0].order, asking::JudgeReply::Order::model_first);
  EXPECT_EQ(exchange.replies[1].order, asking::JudgeReply::Order::baseline_first);
  EXPECT_THAT(exchange.replies[0].text, HasSubstr("verdict"));
  const asking::JudgeHabits habits = selection.habits();
  EXPECT_EQ(exchange.replies[0].value, 1);
  EXPECT_EQ(exchange.replies[1].value, 0);
  const JudgeHabit* first = habit(habits, JudgeHabit::Kind::first_preferred);
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->of, 2 * live.calls);
  EXPECT_EQ(first->count, first->of);
  const JudgeHabit* contradict = habit(habits, JudgeHabit::Kind::orders_contradict);
  ASSERT_NE(contradict, nullptr);
  EXPECT_EQ(contradict->of, live.calls);
  EXPECT_EQ(contradict->count, live.bill->pairs->flips);
  const JudgeHabit* draws = habit(habits, JudgeHabit::Kind::draws);
  ASSERT_NE(draws, nullptr);
  EXPECT_EQ(draws->count, live.calls);
  EXPECT_EQ(habit(habits, JudgeHabit::Kind::longer_preferred), nullptr) << "nothing is preferred in the end";
  EXPECT_EQ(habits.tokens_in, 200 * live.calls);
  EXPECT_EQ(habits.cost, std::nullopt) << "no price is known";
  EXPECT_TRUE(habits.failures.empty());
}

TEST_F(InspectedSelectionTest, AnLlmsScoresAreThere) {
  MemoryHttp http(scoring([](const std::string& answer) { return static_cast<double>(answer.size() % 11); }));
  SelectRequest live = request("llm");
  live.choice.measure = store::Measure::score;
  live.choice.scale = Scale{0, 10};
  live.budget = 2;
  live.oracle.llm.url = "http://judge/v1";
  live.oracle.llm.model = "scorer";
  live.oracle.llm.client = &http;
  const asking::SelectReport asked = run_select(live);
  SelectRequest look = request("kept");
  look.choice.measure = store::Measure::score;
  InspectedSelection selection(look);
  ASSERT_EQ(selection.verdicts().size(), asked.calls);
  const Exchange exchange = selection.exchange(0);
  EXPECT_FALSE(exchange.baseline.has_value());
  ASSERT_EQ(exchange.replies.size(), 1U);
  EXPECT_EQ(exchange.replies[0].order, asking::JudgeReply::Order::alone);
  ASSERT_TRUE(exchange.replies[0].value.has_value());
  EXPECT_NEAR(*exchange.replies[0].value / 10, exchange.reward, 1e-9);
  EXPECT_EQ(habit(selection.habits(), JudgeHabit::Kind::longer_preferred), nullptr);
}

TEST_F(InspectedSelectionTest, APersonsSideIsCountedWhereItsOrderIsKnown) {
  ScriptedPerson person(std::string(15, '1'));
  SelectRequest live = request("person");
  live.oracle.person = &person;
  live.choice.baseline = "baseline";
  live.budget = 3;
  live.seed = 4;
  run_select(live);
  InspectedSelection selection(request("kept"));
  EXPECT_EQ(selection.report().known, 0U);
  EXPECT_EQ(selection.report().calls, 15U);
  EXPECT_EQ(selection.report().seed, 4U);
  const asking::JudgeHabits habits = selection.habits();
  const JudgeHabit* first = habit(habits, JudgeHabit::Kind::first_preferred);
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->of, 15U);
  EXPECT_EQ(first->count, 15U) << "this person always says 1";
}

TEST_F(InspectedSelectionTest, WhoIsTakenDependsOnWhatTheStudyHas) {
  EXPECT_EQ(InspectedSelection(request()).report().oracle, "recorded");
  ask_llm(2);
  EXPECT_EQ(InspectedSelection(request()).report().oracle, "recorded");
  SelectRequest other = request();
  other.choice.judge = "first-lover";
  EXPECT_EQ(InspectedSelection(other).report().oracle, "kept");
  EXPECT_THROW(InspectedSelection(request("llm")), InvalidArgument);
}

TEST_F(InspectedSelectionTest, PricesThatTheStudyKnowsAreTold) {
  const asking::SelectReport without = InspectedSelection(request()).report();
  EXPECT_FALSE(without.prefer.has_value());
  {
    store::Study study(study_, store::Study::Mode::write);
    const auto import = study.begin_import();
    import->add(ModelRecord{.model = "model-01", .price = 3'000'000}, {"f", 1}, OnConflict::fail);
    import->commit();
  }
  const asking::SelectReport with = InspectedSelection(request()).report();
  EXPECT_EQ(with.best, without.best);
  EXPECT_EQ(with.calls, without.calls) << "prices must not change what is decided";
  EXPECT_EQ(std::ranges::count_if(with.models, [](const auto& model) { return model.price.has_value(); }), 1);
}

}  // namespace
}  // namespace assay::app
