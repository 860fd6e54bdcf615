// `select` with candidates that answer when they are asked: answers and judgements of one run.

#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <set>
#include <stdexcept>

#include "assay/app/select.h"
#include "assay/core/error.h"
#include "assay/view/judge_bill.h"
#include "assay/view/select.h"
#include "tests/app/app_fixture.h"
#include "tests/judge/memory_judge.h"
#include "tests/judge/shell_judge.h"

namespace assay::app {
namespace {

using asking::SelectReport;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::size_t kPrompts = 60;

// An answer says how good it is: "7 by good".
double worth_of_answer(const std::string& answer) { return std::stod(answer); }

class FindTest : public AppTest {
 protected:
  FindTest() : http_([this](std::size_t i, const std::string& body) { return reply(i, body); }) {
    std::string rows;
    for (std::size_t q = 0; q < kPrompts; ++q) rows += "{\"prompt\": \"request " + std::to_string(q) + "\"}\n";
    write("prompts.jsonl", rows);
    import_jsonl("prompts.jsonl", "x.assay");
    write("prices.json", R"({"judge-1": {"in": 1.5, "out": 2, "unit": "dollars"}})");
  }

  // The judge, or the model that is asked.
  MemoryHttp::Answer reply(std::size_t i, const std::string& body) {
    const auto request = judge::read_chat_request(body);
    ++asked_[request->model];
    if (request->model == "judge-1") {
      judged_in_trouble_ += in_trouble_ ? 1 : 0;
      return judging([](const std::string& a, const std::string& b) {
        return worth_of_answer(a) > worth_of_answer(b)   ? judge::PairVerdict::a
               : worth_of_answer(a) < worth_of_answer(b) ? judge::PairVerdict::b
                                                         : judge::PairVerdict::tie;
      })(i, body);
    }
    if (request->model == "good" && dies_after_ > 0 && asked_["good"] > dies_after_) {
      return http_answer(401, R"({"error": {"message": "no such key"}})");
    }
    const bool concerned = troubled_ == request->model || troubled_ == "all";
    if (concerned && http_.now() < kTroubleEnds) {
      in_trouble_ = true;
      return http_answer(500, R"({"error": {"message": "out of memory"}})");
    }
    if (concerned) in_trouble_ = false;
    if (request->model == dead_) return http_answer(401, R"({"error": {"message": "no such key"}})");
    EXPECT_TRUE(answered_.insert(body).second) << "paid twice: " << body;
    const std::string& prompt = request->user_message;
    const int q = std::stoi(prompt.substr(prompt.find(' ')));
    if (request->model == refuses_ && q % 10 == 0) {
      return http_answer(400, R"({"error": {"message": "content policy", "code": "content_filter"}})");
    }
    const double good = request->model == "good" ? (q % 5 == 0 ? 4 : 8) : request->model == "base" ? 5 : q % 3;
    std::string content = std::to_string(good) + " by " + request->model + " on " + std::to_string(q);
    if (request->model == "good") content = "<think>hm</think>" + content;
    if (request->model == thinks_only_) content.clear();
    std::string whole = completion_of(content);
    if (cuts_off_ || content.empty()) whole.replace(whole.find("\"stop\""), 6, "\"length\"");
    return http_answer(200, whole);
  }

  SelectRequest request() {
    SelectRequest request;
    request.study = path("x.assay");
    request.oracle.name = "llm";
    request.oracle.noted = [this](std::string_view line) { noted_.emplace_back(line); };
    request.oracle.llm.client = &http_;
    request.oracle.llm.url = "http://judge/v1";
    request.oracle.llm.model = "judge-1";
    request.oracle.llm.price_file = path("prices.json");
    request.oracle.llm.order = asking::PairOrder::fixed;
    request.candidates = answering::read_candidates(
        R"([{"name": "base", "max_tokens": 50, "price": {"in": 1, "out": 1}},
            {"name": "good", "max_tokens": 50, "price": {"in": 2, "out": 8}},
            {"name": "poor", "max_tokens": 50, "price": {"in": 1, "out": 2}},
            {"name": "bad", "max_tokens": 50, "price": {"in": 1, "out": 2}}])",
        "candidates.json");
    request.answering.client = &http_;
    request.answering.default_url = "http://models/v1";
    return request;
  }
  std::size_t answers() const {
    std::size_t sum = 0;
    for (const auto& [model, times] : asked_) sum += model == "judge-1" ? 0 : times;
    return sum;
  }
  static const asking::AnsweringReport::Model& model_of(const SelectReport& report, const std::string& name) {
    return *std::ranges::find(report.answering->models, name, &asking::AnsweringReport::Model::name);
  }

  static constexpr http::Milliseconds kTroubleEnds{60'000};

  MemoryHttp http_;
  std::vector<std::string> noted_;
  std::map<std::string, std::size_t> asked_;
  std::set<std::string> answered_;
  std::string dead_;
  std::string refuses_;
  std::string troubled_;  // a candidate, or "all"; until kTroubleEnds
  bool in_trouble_ = false;
  std::size_t judged_in_trouble_ = 0;  // requests
  std::string thinks_only_;
  bool cuts_off_ = false;
  std::size_t dies_after_ = 0;  // answers of "good"
};

TEST_F(FindTest, AnswersAreMadeWhereTheyAreNeededAndNeverTwice) {
  const SelectReport report = run_select(request());
  EXPECT_EQ(report.best, "good");
  ASSERT_TRUE(report.stop && report.stop->decided);
  ASSERT_TRUE(report.answering);
  EXPECT_LT(answers(), kPrompts * 4 * 3 / 4);
  std::size_t made = 0;
  for (const auto& model : report.answering->models) {
    made += model.made;
    EXPECT_EQ(model.made, asked_[model.name]);
    EXPECT_EQ(model.failed, 0U);
  }
  EXPECT_EQ(made, answers());
  EXPECT_EQ(report.answering->prompts, kPrompts);
  EXPECT_EQ(model_of(report, "good").cost, Money{static_cast<std::int64_t>(asked_["good"]) * (100 * 2 + 10 * 8)});
  ASSERT_TRUE(report.answering->everything);
  Money judging;
  for (const auto& model : report.answering->models) judging += model.judging.value();
  EXPECT_EQ(judging, report.bill->cost);
  EXPECT_EQ(model_of(report, "base").judging, Money{}) << "it is judged in the pairs of the others";
  EXPECT_GT(model_of(report, "good").judging, Money{});
  EXPECT_THAT(view::to_text(report, false, false, false), HasSubstr(", judging $0."));
  const store::Study study(path("x.assay"), store::Study::Mode::read);
  EXPECT_EQ(study.summary().responses, made);

  asked_.clear();
  const SelectReport again = run_select(request());
  EXPECT_THAT(asked_, IsEmpty());
  EXPECT_EQ(again.best, "good");
  EXPECT_EQ(again.calls_new, 0U);
  EXPECT_EQ(model_of(again, "good").there, model_of(report, "good").made);
}

TEST_F(FindTest, ThoughtsAreNoPartOfAnAnswer) {
  run_select(request());
  const store::Study study(path("x.assay"), store::Study::Mode::read);
  const auto comparison = study.judgeable({.baseline = "base", .models = {"good"}, .to_be_answered = true});
  const ResponseTable table = study.responses(comparison);
  std::size_t seen = 0;
  for (std::size_t q = 0; q < comparison.queries.size(); ++q) {
    if (!table.has(query_id(q), model_id(0))) continue;
    ++seen;
    EXPECT_THAT(std::string(table.at(query_id(q), model_id(0))), Not(HasSubstr("hm")));
  }
  EXPECT_GT(seen, 0U);
}

TEST_F(FindTest, ARunThatWasBrokenOffGoesOnAsIfItHadNot) {
  const std::string whole = [&] {
    SelectRequest undisturbed = request();
    std::filesystem::copy_file(path("x.assay"), path("y.assay"));
    undisturbed.study = path("y.assay");
    undisturbed.batch = 2;
    const SelectReport report = run_select(undisturbed);
    return report.best + " " + std::to_string(report.calls) + " " + std::to_string(report.queries_judged);
  }();
  answered_.clear();
  std::size_t broken = 0;
  for (std::size_t after = 3;; after += 7) {
    SelectRequest one = request();
    one.batch = 2;
    std::size_t ticks = 0;
    one.answering.waiting = [&] {
      if (++ticks > after) throw std::runtime_error("broken off");
    };
    try {
      const SelectReport report = run_select(one);
      EXPECT_EQ(report.best + " " + std::to_string(report.calls) + " " + std::to_string(report.queries_judged),
                whole);
      break;
    } catch (const std::runtime_error&) {
      ++broken;
    }
    ASSERT_LT(broken, 200U);
  }
  EXPECT_GT(broken, 3U);
}

TEST_F(FindTest, OneBudgetForAnswersAndJudgements) {
  SelectRequest poor = request();
  poor.oracle.llm.most_cost = Money{20'000};
  poor.oracle.llm.max_tokens = 20;
  const SelectReport report = run_select(poor);
  EXPECT_TRUE(report.money_ended);
  store::Study study(path("x.assay"), store::Study::Mode::read);
  EXPECT_LE(study.paid_calls().spent(), Money{20'000});
  EXPECT_GE(study.paid_calls().spent(), Money{10'000});
  ASSERT_TRUE(report.bill && report.bill->cost);
  Money answers;
  for (const auto& model : report.answering->models) answers += model.cost.value_or(Money{});
  EXPECT_EQ(answers + *report.bill->cost, study.paid_calls().spent());

  SelectRequest rich = request();
  rich.oracle.llm.most_cost = Money{10'000'000};
  rich.oracle.llm.max_tokens = 20;
  EXPECT_EQ(run_select(rich).best, "good");
}

TEST_F(FindTest, ALimitNeedsEachPrice) {
  SelectRequest one = request();
  one.oracle.llm.most_cost = Money{20'000};
  one.candidates[1].price.reset();
  EXPECT_THROW(run_select(one), InvalidArgument);
  EXPECT_THAT(http_.bodies, IsEmpty());
}

TEST_F(FindTest, ABaselineThatNobodyKnowsIsRefusedBeforeAnythingIsSent) {
  SelectRequest one = request();
  one.choice.baseline = "Nope";
  EXPECT_THROW(run_select(one), InvalidArgument);
  one = request();
  one.candidates.resize(1);
  EXPECT_THROW(run_select(one), InvalidArgument);
  one = request();
  one.candidates[1].model = one.candidates[2].model;
  EXPECT_THROW(run_select(one), InvalidArgument);
  EXPECT_THAT(http_.bodies, IsEmpty());
}

// What was judged before it left was paid for, too.
TEST_F(FindTest, TheBillCountsWhatCameBeforeAModelLeft) {
  dies_after_ = 5;
  const SelectReport report = run_select(request());
  EXPECT_THAT(report.notes, Contains(HasSubstr("good left the race")));
  Money answers;
  for (const auto& model : report.answering->models) answers += model.cost.value_or(Money{});
  store::Study study(path("x.assay"), store::Study::Mode::read);
  ASSERT_TRUE(report.bill && report.bill->cost);
  EXPECT_EQ(answers + *report.bill->cost, study.paid_calls().spent());
  Money judging;
  for (const auto& model : report.answering->models) judging += model.judging.value();
  EXPECT_EQ(judging, report.bill->cost);
  EXPECT_EQ(report.bill->counts.requests(), asked_["judge-1"]);
}

TEST_F(FindTest, AModelThatCanNotBeAskedLeavesTheRace) {
  dead_ = "good";
  const SelectReport report = run_select(request());
  EXPECT_EQ(report.models.size(), 3U);
  EXPECT_TRUE(report.keep_baseline);
  EXPECT_THAT(report.notes, Contains(HasSubstr("good left the race")));
  EXPECT_THAT(model_of(report, "good").gone, HasSubstr("no such key"));
  EXPECT_THAT(noted_, Contains(HasSubstr("good leaves the race")));
  EXPECT_THAT(view::to_text(report, false), HasSubstr("(without good, which left the race)\n"));
  EXPECT_EQ(report.trouble, "");
}

// What an endpoint in trouble holds back is its own answers alone, and nothing comes out otherwise.
TEST_F(FindTest, OthersAreJudgedWhileAnEndpointIsInTrouble) {
  std::filesystem::copy_file(path("x.assay"), path("y.assay"));
  SelectRequest one = request();
  one.batch = 32;
  one.study = path("y.assay");
  const SelectReport undisturbed = run_select(one);
  answered_.clear();
  troubled_ = "poor";
  one.study = path("x.assay");
  std::vector<std::string> told;
  one.answering.troubled = [&](std::string_view line) { told.emplace_back(line); };
  const SelectReport report = run_select(one);
  EXPECT_GT(judged_in_trouble_, 4U);
  EXPECT_THAT(told, Contains(HasSubstr("poor: waiting for http://models/v1")));
  EXPECT_THAT(told, Not(Contains(HasSubstr("good"))));
  EXPECT_EQ(report.best, undisturbed.best);
  EXPECT_EQ(report.calls, undisturbed.calls);
  EXPECT_EQ(report.queries_judged, undisturbed.queries_judged);
  EXPECT_EQ(report.calls_failed, 0U);
  ASSERT_EQ(report.models.size(), undisturbed.models.size());
  for (std::size_t i = 0; i < report.models.size(); ++i) {
    EXPECT_EQ(report.models[i].name, undisturbed.models[i].name);
    EXPECT_EQ(report.models[i].tally, undisturbed.models[i].tally);
  }
}

TEST_F(FindTest, TroubleAtOneAddressIsToldInOneLine) {
  troubled_ = "all";
  std::vector<std::string> told;
  SelectRequest one = request();
  one.batch = 32;
  one.answering.troubled = [&](std::string_view line) { told.emplace_back(line); };
  EXPECT_EQ(run_select(one).best, "good");
  EXPECT_THAT(told, Contains(HasSubstr("base, good, poor and 1 more: waiting for")));
}

TEST_F(FindTest, WithoutTheBaselineNothingIsCompared) {
  dead_ = "base";
  try {
    run_select(request());
    FAIL() << "went on";
  } catch (const OracleError& error) {
    EXPECT_THAT(error.what(), HasSubstr("the baseline \"base\" can't be asked"));
  }
}

TEST_F(FindTest, APromptThatAModelWillNotAnswerIsToldAndAskedOnce) {
  refuses_ = "poor";
  const SelectReport report = run_select(request());
  EXPECT_EQ(report.best, "good");
  if (model_of(report, "poor").failed > 0) {
    EXPECT_THAT(report.notes, Contains(HasSubstr("poor gave no answer to")));
  }
  answered_.clear();  // another run asks again
  refuses_ = "base";
  SelectRequest other = request();
  other.candidates[0].name = "other";
  other.candidates[0].model = "base";
  run_select(other);
}

TEST_F(FindTest, AnswersThatWereCutOffCountAndAreTold) {
  cuts_off_ = true;
  SelectRequest one = request();
  one.oracle.llm.client = nullptr;
  one.oracle.name = "command:" + shell_judge(say("\"verdict\":\"win\""));
  one.oracle.llm = {};
  const SelectReport report = run_select(one);
  EXPECT_GT(model_of(report, "good").made, 0U);
  EXPECT_EQ(model_of(report, "good").truncated, model_of(report, "good").made);
  EXPECT_THAT(report.notes, Contains(HasSubstr("ended at the limit of tokens")));
}

// `max_tokens` is a field of the judge.
TEST_F(FindTest, ThoughtsThatEatTheLimitAreToldWithTheMemberOfTheFile) {
  thinks_only_ = "poor";
  const SelectReport report = run_select(request());
  EXPECT_EQ(report.best, "good");
  EXPECT_THAT(report.notes, Contains(HasSubstr("ended at the limit of tokens, \"max_tokens\", before")));
}

TEST_F(FindTest, OtherSettingsAreAnotherCandidate) {
  run_select(request());
  SelectRequest changed = request();
  changed.candidates[1].temperature = 1;
  try {
    run_select(changed);
    FAIL() << "taken";
  } catch (const InvalidArgument& error) {
    EXPECT_THAT(error.what(), HasSubstr("answered with other settings before"));
  }
}

TEST_F(FindTest, WhoOnlyLooksSeesTheSame) {
  const SelectReport report = run_select(request());
  asked_.clear();
  SelectRequest looks;
  looks.study = path("x.assay");
  looks.oracle.name = "kept";
  const SelectReport seen = run_select(looks);
  EXPECT_EQ(seen.best, report.best);
  EXPECT_EQ(seen.calls + seen.known, report.calls + report.known);
  EXPECT_EQ(seen.models.size(), report.models.size());
  EXPECT_THAT(asked_, IsEmpty());
}

// Also where candidates are named, and much is not answered yet.
TEST_F(FindTest, WhoOnlyLooksHasNobodyAnswer) {
  SelectRequest first = request();
  first.calls = 8;
  run_select(first);
  asked_.clear();
  SelectRequest looks = request();
  looks.oracle = {};
  looks.oracle.name = "kept";
  EXPECT_EQ(run_select(looks).models.size(), 4U);
  EXPECT_THAT(asked_, IsEmpty());
}

TEST_F(FindTest, ADryRunSendsNothingAndTellsBothCosts) {
  const asking::JudgeEstimate estimate = estimate_select(request());
  EXPECT_THAT(http_.bodies, IsEmpty());
  ASSERT_TRUE(estimate.answering);
  EXPECT_EQ(estimate.answering->candidates, 4U);
  EXPECT_EQ(estimate.answering->answers, 4 * kPrompts);
  EXPECT_TRUE(estimate.answering->guessed);
  ASSERT_TRUE(estimate.answering->cost && estimate.answering->cost_most);
  EXPECT_LT(*estimate.answering->cost, *estimate.answering->cost_most);
  EXPECT_THAT(view::to_text(estimate), HasSubstr("4 candidates would make at most 240 answers"));
  const store::Study study(path("x.assay"), store::Study::Mode::read);
  EXPECT_EQ(study.summary().responses, 0U);
}

TEST_F(FindTest, AProgramMayAnswer) {
  SelectRequest one = request();
  one.candidates = answering::read_candidates(R"([{"name": "base", "price": {"in": 1, "out": 1}}])", "f");
  one.candidates.push_back(
      {.name = "mine", .model = "mine", .program = shell_judge(say("\"response\":\"9 by mine\""))});
  const SelectReport report = run_select(one);
  EXPECT_EQ(report.best, "mine");
  EXPECT_GT(model_of(report, "mine").made, 0U);
  EXPECT_EQ(model_of(report, "mine").cost, std::nullopt);
}

TEST_F(FindTest, RecordedJudgementsKnowNothingOfNewAnswers) {
  SelectRequest one = request();
  one.oracle = {};
  EXPECT_THROW(run_select(one), InvalidArgument);
}

// "base" gets 5 everywhere, the others less but for "good", which costs four times as much.
TEST_F(FindTest, TheCheapestThatIsGoodEnoughGoesByTheListedPrices) {
  SelectRequest one = request();
  one.good_enough = 0.9;
  const SelectReport report = run_select(one);
  ASSERT_TRUE(report.stop && report.stop->decided);
  EXPECT_EQ(report.best, "base");
  SelectRequest strict = request();
  strict.good_enough = 0.05;
  EXPECT_EQ(run_select(strict).best, "good");
}

TEST_F(FindTest, TheReportTellsWhatAMonthCosts) {
  SelectReport report = run_select(request());
  report.answering->per_month = 100'000;
  EXPECT_THAT(view::to_text(report, false, false, false), HasSubstr("per month"));
  EXPECT_THAT(view::to_json(report), HasSubstr("\"cost_per_month\""));
}

}  // namespace
}  // namespace assay::app
