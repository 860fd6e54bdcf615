// What a study remembers of its LLM judges: options that are left out, prices, the limit of cost, and where keys
// go.

#include "assay/asking/llm_memory.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "assay/app/allocate.h"
#include "assay/app/select.h"
#include "tests/app/app_fixture.h"
#include "tests/judge/memory_judge.h"

namespace assay::asking {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

judge::PairVerdict longer_one(const std::string& a, const std::string& b) {
  return a.size() > b.size() ? judge::PairVerdict::a : judge::PairVerdict::b;
}

class LlmMemoryTest : public AppTest {
 protected:
  LlmMemoryTest() : http_(judging(longer_one)), scores_(scoring([](const std::string&) { return 3; })) {
    std::string rows;
    for (int q = 0; q < 8; ++q) {
      const std::string query = R"("query": "q)" + std::to_string(q) + "\"";
      rows += "{" + query + ", \"prompt\": \"request " + std::to_string(q) + "\"}\n";
      for (const auto& [model, size] : {std::pair("base", 10), std::pair("long", 20), std::pair("short", 5)}) {
        rows += "{" + query + ", \"model\": \"" + model + "\", \"response\": \"" +
                std::string(static_cast<std::size_t>(size), 'x') + std::to_string(q) + "\"}\n";
      }
    }
    write("rows.jsonl", rows);
    import_jsonl("rows.jsonl", "x.assay");
    write("prices.json", R"({"judge-1": {"in": 1.5, "out": 2, "unit": "dollars"}})");
    write("template.txt", "Which one?\n{{response_a}}\n{{response_b}}\n");
    write("score.txt", "How good?\n{{response}}\n");
  }

  /// Says nothing but who judges: an LLM.
  app::SelectRequest bare() {
    app::SelectRequest request;
    request.study = path("x.assay");
    request.choice.baseline = "base";
    request.strategy = "assay";
    request.oracle.name = "llm";
    request.oracle.noted = [this](std::string_view line) { noted_.emplace_back(line); };
    request.oracle.llm.client = &http_;
    request.oracle.llm.key_salt = "salt";
    return request;
  }
  app::SelectRequest named(const std::string& model = "judge-1") {
    app::SelectRequest request = bare();
    request.oracle.llm.url = "http://judge/v1";
    request.oracle.llm.model = model;
    return request;
  }
  app::AllocateRequest allocation() {
    app::AllocateRequest request;
    request.study = path("x.assay");
    request.budget = 100;
    request.scale = Scale{1, 5};
    request.oracle = bare().oracle;
    request.oracle.llm.client = &scores_;
    return request;
  }

  template <typename Function>
  static std::string error_in(const Function& function) {
    try {
      function();
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }
  std::string error_of(const app::SelectRequest& request) const {
    return error_in([&] { app::run_select(request); });
  }

  MemoryHttp http_, scores_;
  std::vector<std::string> noted_;
};

TEST_F(LlmMemoryTest, FewerOptionsAreTheSameRun) {
  app::SelectRequest first = named();
  first.oracle.llm.prompt_file = path("template.txt");
  first.oracle.llm.reply = judge::ReplyChoice::line;
  first.oracle.llm.order = PairOrder::random;
  first.oracle.llm.repeats = 3;
  first.oracle.llm.repeat_by = "uniform";
  first.oracle.llm.max_tokens = 77;
  first.oracle.llm.completion_tokens = true;
  first.oracle.llm.temperature.emplace();  // none is sent
  first.oracle.llm.price_file = path("prices.json");
  first.oracle.llm.most_cost = Money{1'000'000};
  first.batch = 16;
  const SelectReport whole = app::run_select(first);
  EXPECT_GT(whole.calls_new, 0U);
  EXPECT_THAT(noted_, IsEmpty()) << "all was said";
  const std::size_t sent = http_.bodies.size();

  std::filesystem::remove(path("template.txt"));
  app::SelectRequest again = bare();
  again.choice.baseline.clear();  // nor -j: the name of this judge has the size of its batches in it
  const SelectReport resumed = app::run_select(again);
  EXPECT_EQ(http_.bodies.size(), sent) << "nothing new is asked";
  EXPECT_EQ(resumed.calls, whole.calls);
  EXPECT_EQ(resumed.known, whole.known) << "the same run, not one that begins with what it left";
  EXPECT_THAT(resumed.notes, testing::Not(testing::Contains(HasSubstr("another test"))));
  EXPECT_EQ(resumed.judge, "judge-1");
  ASSERT_TRUE(resumed.bill);
  EXPECT_EQ(resumed.bill->most_cost, Money{1'000'000});
  EXPECT_TRUE(resumed.bill->cost);
  EXPECT_THAT(noted_, testing::ElementsAre(
                          "judge, prices, limit, baseline and calls at a time as remembered: judge-1 at "
                          "http://judge/v1, $1.50 in and $2.00 out per million tokens, limit $1.00, baseline base, "
                          "16 calls at a time"));
}

// Before anything is sent.
TEST_F(LlmMemoryTest, AnotherTestIsToldFirst) {
  app::SelectRequest first = named();
  first.batch = 4;
  app::run_select(first);
  EXPECT_THAT(noted_, IsEmpty());
  first.seed = 2;
  std::vector<std::size_t> sent;
  first.oracle.noted = [&](std::string_view line) {
    EXPECT_THAT(std::string(line), HasSubstr("another test"));
    sent.push_back(http_.bodies.size());
  };
  const std::size_t before = http_.bodies.size();
  const SelectReport second = app::run_select(first);
  EXPECT_THAT(sent, testing::ElementsAre(before));
  EXPECT_THAT(second.notes, testing::Contains(HasSubstr("another test"))) << "and in the report";
}

TEST_F(LlmMemoryTest, ABaselineThatIsGivenWins) {
  app::run_select(named());
  app::SelectRequest other = bare();
  other.choice.baseline = "short";
  EXPECT_EQ(app::run_select(other).baseline, "short");
  other.choice.baseline.clear();
  EXPECT_EQ(app::run_select(other).baseline, "short") << "as in the last run";
}

TEST_F(LlmMemoryTest, PromptsThatAreMissingAreToldFirst) {
  std::string rows;
  for (const char* model : {"base", "m"}) {
    rows += R"({"query": "q", "model": ")" + std::string(model) + R"(", "response": ")" + model + "\"}\n";
  }
  write("bare.jsonl", rows);
  import_jsonl("bare.jsonl", "bare.assay");
  app::SelectRequest request = named();
  request.study = path("bare.assay");
  app::run_select(request);
  const char* const note = "1 of 1 queries have no prompt text: the judge sees answers alone";
  EXPECT_THAT(noted_, testing::ElementsAre(note));
}

TEST_F(LlmMemoryTest, WhatIsGivenWinsAndIsRememberedInItsPlace) {
  app::SelectRequest first = named();
  first.oracle.llm.prompt_file = path("template.txt");
  first.oracle.llm.order = PairOrder::fixed;
  app::run_select(first);
  app::SelectRequest second = bare();
  second.oracle.llm.order = PairOrder::both;
  second.oracle.llm.prompt_file = kStandardTemplate;
  app::run_select(second);
  http_.bodies.clear();
  const SelectReport third = app::run_select(bare());
  EXPECT_EQ(third.bill->asking->order, PairOrder::both);
  EXPECT_EQ(http_.bodies.size(), 0U) << "the standard template, as said last";
}

TEST_F(LlmMemoryTest, EachJudgeHasItsOwnAndTheLastIsTheDefault) {
  app::SelectRequest one = named("judge-1");
  one.oracle.llm.max_tokens = 11;
  app::run_select(one);
  app::SelectRequest two = named("judge-2");
  two.oracle.llm.url = "http://other/v1";
  app::run_select(two);
  EXPECT_EQ(app::run_select(bare()).bill->url, "http://other/v1");
  app::SelectRequest back = bare();
  back.oracle.llm.model = "judge-1";
  http_.bodies.clear();
  EXPECT_EQ(app::run_select(back).bill->url, "http://judge/v1");
  EXPECT_EQ(http_.bodies.size(), 0U) << "with the same limit of tokens";
  EXPECT_EQ(app::run_select(bare()).bill->model, "judge-1") << "now the last";
  app::SelectRequest third = bare();
  third.oracle.llm.model = "judge-3";
  EXPECT_EQ(error_of(third), "oracle llm needs the URL of an API, `judge_url` or OPENAI_BASE_URL");
}

TEST_F(LlmMemoryTest, NothingIsRememberedOfOptionsThatAreWrong) {
  app::SelectRequest wrong = named();
  wrong.oracle.llm.temperature = 9;
  wrong.oracle.llm.price_file = path("prices.json");
  wrong.oracle.llm.most_cost = Money{1};
  EXPECT_NE(error_of(wrong), "no error");
  wrong.oracle.llm.temperature = 0;
  wrong.oracle.llm.repeat_by = "robin-hood";  // its warm-up is longer than the repeats
  EXPECT_THAT(error_of(wrong), HasSubstr("begins with"));
  EXPECT_EQ(error_of(bare()), "oracle llm needs the URL of an API, `judge_url` or OPENAI_BASE_URL");
}

TEST_F(LlmMemoryTest, AllocateReachesTheJudgeAsSelectDid) {
  app::SelectRequest first = named();
  first.oracle.llm.prompt_file = path("template.txt");
  first.oracle.llm.max_tokens = 33;
  app::run_select(first);
  const AllocateReport report = app::run_allocate(allocation());
  EXPECT_EQ(report.bill->url, "http://judge/v1");
  EXPECT_THAT(scores_.bodies.at(0), HasSubstr("33"));
  EXPECT_THAT(scores_.bodies.at(0), Not(HasSubstr("Which one?"))) << "a template is of one kind";
  app::AllocateRequest other = allocation();
  other.oracle.llm.prompt_file = path("score.txt");
  app::run_allocate(other);
  http_.bodies.clear();
  app::run_select(bare());
  EXPECT_EQ(http_.bodies.size(), 0U) << "with its own template";
}

TEST_F(LlmMemoryTest, TheLimitIsTheStudysAndNeedsAPriceOfEachJudge) {
  app::SelectRequest first = named();
  first.oracle.llm.price_file = path("prices.json");
  first.oracle.llm.most_cost = Money{3'000};
  EXPECT_TRUE(app::run_select(first).money_ended);
  EXPECT_TRUE(app::run_select(bare()).money_ended) << "left out, it still holds";
  const std::size_t sent = http_.bodies.size();
  EXPECT_EQ(error_of(named("judge-2")),
            "the study remembers a limit of cost, $0.0030 for all its runs (`max_cost`), and no price of model "
            "\"judge-2\": give `prices`");
  EXPECT_EQ(error_in([&] { app::estimate_select(named("judge-2")); }).substr(0, 18), "the study remember");
  EXPECT_EQ(http_.bodies.size(), sent);
  app::SelectRequest more = bare();
  more.oracle.llm.most_cost = Money{9'000'000};
  EXPECT_FALSE(app::run_select(more).money_ended);
  EXPECT_EQ(app::run_select(bare()).bill->most_cost, Money{9'000'000});
}

TEST_F(LlmMemoryTest, ALimitThatCannotBeReadIsNone) {
  app::SelectRequest first = named();
  first.oracle.llm.price_file = path("prices.json");
  first.oracle.llm.most_cost = Money{1'000'000'000};
  app::run_select(first);
  store::Study(path("x.assay"), store::Study::Mode::write).remember("max_cost", "9e99");
  EXPECT_EQ(app::estimate_select(bare()).most_cost, Money{0}) << "nothing may be spent";
}

// A study may be a stranger's: its address must not draw the key.
TEST_F(LlmMemoryTest, AKeyGoesToARememberedAddressOnlyIfItWasSentThere) {
  app::run_select(named());  // without a key
  app::SelectRequest keyed = bare();
  keyed.oracle.llm.key = "secret-1";
  const std::string refused =
      "the address \"http://judge/v1\" of the judge stands in the study alone, and this key was never sent there "
      "from it: give `judge_url` to send it";
  EXPECT_EQ(error_of(keyed), refused);
  EXPECT_EQ(error_in([&] { app::estimate_select(keyed); }), "no error") << "a dry run sends nothing";
  app::AllocateRequest scored = allocation();
  scored.oracle.llm.key = "secret-1";
  EXPECT_EQ(error_in([&] { app::run_allocate(scored); }), refused);

  app::SelectRequest told = named();
  told.oracle.llm.key = "secret-1";
  app::run_select(told);
  EXPECT_EQ(error_of(keyed), "no error") << "the same key";
  keyed.oracle.llm.key = "secret-2";
  EXPECT_EQ(error_of(keyed), refused);
  keyed.oracle.llm.default_url = "http://judge/v1";
  EXPECT_EQ(error_of(keyed), "no error") << "the environment names the address, too";
  EXPECT_EQ(error_of(bare()), "no error") << "no key, nothing to lose";
  const store::Study study(path("x.assay"), store::Study::Mode::read);
  for (const std::string& name : study.remembered_names("")) {
    EXPECT_THAT(name + *study.remembered(name), Not(HasSubstr("secret")));
  }
}

// Without its headers somebody else may answer.
TEST_F(LlmMemoryTest, OfHeadersTheNamesAreRemembered) {
  app::SelectRequest first = named();
  first.oracle.llm.headers = http::Headers{{"X-Title", "hush-hush"}, {"X-Region", "nowhere"}};
  app::run_select(first);
  const std::size_t sent = http_.bodies.size();
  EXPECT_THAT(http_.last.headers, testing::Contains(testing::Pair("X-Title", "hush-hush")));
  const std::string refused =
      "requests to this judge had the headers \"X-Title\" and \"X-Region\", whose values are not kept: give "
      "`judge_header` again, or `no_judge_header` to go on without";
  EXPECT_EQ(error_of(bare()), refused);
  EXPECT_EQ(error_in([&] { app::estimate_select(bare()); }), "no error") << "a dry run sends nothing";
  app::AllocateRequest scored = allocation();
  EXPECT_EQ(error_in([&] { app::run_allocate(scored); }), refused) << "the same endpoint";
  app::SelectRequest kept = bare();
  kept.oracle.name = "kept";
  EXPECT_EQ(error_of(kept), "no error") << "nobody is asked";
  EXPECT_EQ(http_.bodies.size(), sent);

  app::SelectRequest again = bare();
  again.oracle.llm.headers = first.oracle.llm.headers;
  EXPECT_EQ(error_of(again), "no error") << "sent there before";
  EXPECT_EQ(http_.bodies.size(), sent) << "the same run";
  app::SelectRequest elsewhere = named();
  elsewhere.oracle.llm.url = "http://other/v1";
  EXPECT_EQ(error_of(elsewhere), "no error") << "another address";
  EXPECT_EQ(error_of(bare()), "no error") << "which had none";
  for (const auto& file : {path("x.assay")}) {
    std::ifstream study(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(study), {}};
    EXPECT_THAT(bytes,
                testing::AllOf(HasSubstr("X-Title"), Not(HasSubstr("hush-hush")), Not(HasSubstr("nowhere"))));
  }
}

TEST_F(LlmMemoryTest, HeadersCanBeGivenUp) {
  app::SelectRequest first = named();
  first.oracle.llm.headers = http::Headers{{"X-Title", "hush-hush"}};
  app::run_select(first);
  app::SelectRequest without = bare();
  without.oracle.llm.headers.emplace();
  without.seed = 2;
  EXPECT_EQ(error_of(without), "no error");
  EXPECT_EQ(error_of(bare()), "no error") << "there are none any more";
}

// As a key: the study may be a stranger's.
TEST_F(LlmMemoryTest, AHeaderGoesToARememberedAddressOnlyIfItWasSentThere) {
  app::run_select(named());
  app::SelectRequest titled = bare();
  titled.oracle.llm.headers = http::Headers{{"x-api-key", "secret-1"}};
  EXPECT_THAT(error_of(titled), HasSubstr("this key, with these headers, was never sent there"));
  app::SelectRequest told = named();
  told.oracle.llm.headers = titled.oracle.llm.headers;
  EXPECT_EQ(error_of(told), "no error");
  EXPECT_EQ(error_of(titled), "no error");
  titled.oracle.llm.headers = http::Headers{{"x-api-key", "secret-2"}};
  EXPECT_THAT(error_of(titled), HasSubstr("was never sent there"));
}

TEST_F(LlmMemoryTest, TheEnvironmentIsAskedLast) {
  app::SelectRequest first = bare();
  first.oracle.llm.model = "judge-1";
  first.oracle.llm.default_url = "http://environment/v1";
  EXPECT_EQ(app::run_select(first).bill->url, "http://environment/v1");
  app::run_select(named());
  first.oracle.llm.model = "";
  EXPECT_EQ(app::run_select(first).bill->url, "http://judge/v1") << "the same run goes on";
}

TEST_F(LlmMemoryTest, ADryRunRemembersNothing) {
  app::estimate_select(named());
  EXPECT_EQ(error_of(bare()), "oracle llm needs the URL of an API, `judge_url` or OPENAI_BASE_URL");
}

TEST_F(LlmMemoryTest, OtherOraclesAreLeftAlone) {
  app::run_select(named());
  app::SelectRequest kept = bare();
  kept.oracle.name = "kept";
  app::run_select(kept);
  EXPECT_THAT(noted_, IsEmpty());
}

// What another program wrote there is as good as nothing.
TEST_F(LlmMemoryTest, ADamagedMemoryIsNone) {
  app::run_select(named());
  store::Study(path("x.assay"), store::Study::Mode::write).remember("llm:pairs:judge-1", "nobody");
  EXPECT_THAT(error_of(bare()), HasSubstr("needs the URL"));
  store::Study(path("x.assay"), store::Study::Mode::write).remember("price:judge-1", "{\"in\": 0.5}");
  EXPECT_FALSE(app::run_select(named()).bill->cost);
}

}  // namespace
}  // namespace assay::asking
