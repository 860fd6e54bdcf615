// An endpoint is examined: replay-judge with quirks, over the network of this machine, and endpoints in memory.

#include "assay/app/doctor.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/asking/made_up_pairs.h"
#include "assay/core/error.h"
#include "assay/view/doctor.h"
#include "server/quirks.h"
#include "tests/app/app_fixture.h"
#include "tests/judge/fault_server.h"
#include "tests/judge/memory_judge.h"
#include "tests/server/serving.h"

namespace assay::app {
namespace {

using asking::JudgeExam;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const Finding* about(const DoctorReport& report, std::string_view what) {
  const auto found = std::find_if(report.findings.begin(), report.findings.end(),
                                  [&](const Finding& finding) { return finding.about == what; });
  return found == report.findings.end() ? nullptr : &*found;
}

std::string text_about(const DoctorReport& report, std::string_view what) {
  const Finding* finding = about(report, what);
  return finding == nullptr ? "none" : fmt::format("{}: {}", name(finding->level), finding->text);
}

std::string advice_about(const DoctorReport& report, std::string_view what) {
  const Finding* finding = about(report, what);
  return finding == nullptr ? "none" : finding->advice;
}

class DoctorTest : public SynthStudyTest {
 protected:
  DoctorTest() : book_(asking::make_answer_book({.study = study_, .threads = 1}).book) {}

  // replay-judge with these quirks.
  DoctorReport examine(const std::vector<std::string>& quirks, const DoctorRequest& wanted = {}) {
    server::ReplayJudgeOptions options;
    options.quirks = quirks;
    options.first_rate = first_rate_;
    Serving serving(book_, options);
    DoctorRequest request = wanted;
    request.llm.url = serving.url();
    request.llm.model = "judge-1";
    const DoctorReport report = run_doctor(request);
    EXPECT_EQ(serving.stop().requests, report.exam.requests);
    EXPECT_LE(report.exam.requests, 8U);
    return report;
  }
  static DoctorReport examine(MemoryHttp& http, DoctorRequest request = {}) {
    request.llm.url = "http://judge/v1";
    request.llm.model = "judge-1";
    request.llm.client = &http;
    return run_doctor(request);
  }
  // In memory: an API that does not like some of what stands in requests.
  static MemoryHttp::Script refusing(const std::vector<std::pair<std::string, std::string>>& refused) {
    return [refused](std::size_t i, const std::string& body) {
      for (const auto& [word, message] : refused) {
        if (body.find(word) == std::string::npos) continue;
        return http_answer(400, nlohmann::json{{"error", {{"message", message}}}}.dump());
      }
      return judging([](const std::string& a, const std::string& b) {
        return a.find("Canberra") != std::string::npos   ? judge::PairVerdict::a
               : b.find("Canberra") != std::string::npos ? judge::PairVerdict::b
                                                         : judge::PairVerdict::tie;
      })(i, body);
    };
  }

  asking::AnswerBook book_;
  double first_rate_ = 0;
};

TEST_F(DoctorTest, AGoodJudgeIsFoundGood) {
  DoctorRequest request;
  request.llm.price = judge::Price{{2'000'000}, {3'000'000}};
  const DoctorReport report = examine({}, request);
  EXPECT_EQ(report.can_judge, true);
  EXPECT_EQ(report.exam.requests, 4U);
  EXPECT_EQ(report.exam.verdicts(), 4U);
  EXPECT_EQ(text_about(report, "answers"), "none");
  EXPECT_EQ(text_about(report, "settings"), "none");
  EXPECT_EQ(text_about(report, "model"), "good: It answers as \"judge-1\".");
  EXPECT_EQ(text_about(report, "json-schema"), "good: It takes a JSON schema and keeps to it.");
  EXPECT_EQ(text_about(report, "verdicts"), "good: 4 of 4 replies had a verdict that can be read.");
  EXPECT_EQ(text_about(report, "usage"),
            "good: It tells prompt_tokens, completion_tokens, total_tokens, and they add up.");
  EXPECT_EQ(text_about(report, "reasoning"), "good: It replies without reasoning.");
  EXPECT_THAT(text_about(report, "length"), HasSubstr("tokens of 512 allowed."));
  EXPECT_EQ(text_about(report, "order"), "good: Of 2 made-up pairs, none was judged otherwise in the other order.");
  EXPECT_EQ(text_about(report, "sense"), "good: It prefers a right answer to a wrong one.");
  EXPECT_THAT(text_about(report, "latency"), HasSubstr("good: A verdict takes "));
  EXPECT_THAT(text_about(report, "limits"), HasSubstr("It tells no rate limits"));
  ASSERT_TRUE(report.exam.cost && report.exam.verdict_cost);
  const double exact = 2 * *report.exam.tokens_in + 3 * *report.exam.tokens_out;
  EXPECT_NEAR(static_cast<double>(report.exam.verdict_cost->micros), exact, 1);
  EXPECT_NEAR(static_cast<double>(report.exam.cost->micros), 4 * exact, 1e-6);
  EXPECT_THAT(text_about(report, "price"),
              AllOf(HasSubstr("good: A verdict costs $0."), Not(HasSubstr("at most"))));
}

TEST_F(DoctorTest, WhatItDoesWithASchema) {
  const DoctorReport ignores = examine({"ignores-response-format"});
  EXPECT_EQ(text_about(ignores, "json-schema"),
            "note: It takes a JSON schema and ignores it: verdicts are read from lines.");
  EXPECT_EQ(ignores.can_judge, true);
  EXPECT_EQ(ignores.exam.requests, 5U);
  const DoctorReport refuses = examine({"no-response-format"});
  EXPECT_EQ(text_about(refuses, "json-schema"), "note: It refuses a JSON schema: verdicts are read from lines.");
  EXPECT_EQ(refuses.can_judge, true);
  DoctorRequest line;
  line.llm.reply = judge::ReplyChoice::line;
  EXPECT_EQ(text_about(examine({"no-response-format"}, line), "json-schema"), "none");
  DoctorRequest json;
  json.llm.reply = judge::ReplyChoice::json;
  const DoctorReport refused = examine({"no-response-format"}, json);
  EXPECT_EQ(refused.can_judge, false);
  EXPECT_THAT(text_about(refused, "answers"), HasSubstr("response_format is not supported"));
}

TEST_F(DoctorTest, WhatItsUsageIsWorth) {
  EXPECT_EQ(text_about(examine({"usage-null"}), "usage"), "problem: It does not tell how many tokens it bills.");
  for (const char* quirk : {"usage-total", "usage-contradicts", "usage-negative"}) {
    SCOPED_TRACE(quirk);
    DoctorRequest request;
    request.llm.price = judge::Price{{2'000'000}, {3'000'000}};
    const DoctorReport report = examine({quirk}, request);
    EXPECT_THAT(text_about(report, "usage"), HasSubstr("problem: It"));
    EXPECT_THAT(advice_about(report, "usage"), HasSubstr("`max_cost` holds all the same"));
    EXPECT_THAT(text_about(report, "price"), HasSubstr("costs at most"));
    EXPECT_FALSE(report.exam.cost_certain);
    EXPECT_EQ(report.can_judge, true);
  }
  EXPECT_EQ(text_about(examine({"usage-total"}), "price"), "none") << "tokens in and out are not told";
  EXPECT_THAT(text_about(examine({"usage-cached"}), "usage"),
              HasSubstr("good: It tells prompt_tokens, completion"));
  EXPECT_THAT(text_about(examine({"usage-cached"}), "usage"), HasSubstr("cached_tokens"));
}

TEST_F(DoctorTest, WhetherItThinks) {
  for (const char* quirk : {"reasoning-beside", "reasoning-untold", "reasoning-within"}) {
    const DoctorReport report = examine({quirk});
    EXPECT_EQ(text_about(report, "reasoning"),
              "note: It thinks before it replies, about 300 tokens a verdict, which are billed.")
        << quirk;
    EXPECT_EQ(report.exam.reasoning, 300) << quirk;
  }
  EXPECT_THAT(text_about(examine({"reasoning-untold=2000"}), "length"),
              HasSubstr("thoughts do not count towards `max_tokens` there"));
  for (const char* quirk : {"think", "think-cut", "parts"}) {
    EXPECT_EQ(text_about(examine({quirk}), "reasoning"), "note: It thinks before it replies.") << quirk;
  }
  const DoctorReport only = examine({"reasoning-only"});
  EXPECT_EQ(only.can_judge, false);
  EXPECT_THAT(text_about(only, "verdicts"),
              HasSubstr("problem: 0 of 4 replies had a verdict that can be read; unreadable: the reply has no "
                        "content, only reasoning"));
}

TEST_F(DoctorTest, WhetherItLooksAtThePlace) {
  first_rate_ = 1;
  const DoctorReport report = examine({});
  EXPECT_EQ(text_about(report, "order"), "note: 2 of 2 made-up pairs went to whichever answer stood first.");
  EXPECT_EQ(text_about(report, "sense"),
            "problem: It does not tell a right answer from a wrong one in both orders.");
  EXPECT_EQ(report.can_judge, true) << "both orders even it out";
}

TEST_F(DoctorTest, AJudgeThatLikesLength) {
  MemoryHttp http(judging([](const std::string& a, const std::string& b) {
    return a.size() > b.size() ? judge::PairVerdict::a : judge::PairVerdict::b;
  }));
  EXPECT_EQ(text_about(examine(http), "sense"),
            "problem: It prefers a wrong answer to a right one, which is shorter.");
}

TEST_F(DoctorTest, RepliesThatAreCutOrFiltered) {
  const DoctorReport filtered = examine({"moderation=1"});
  EXPECT_EQ(filtered.can_judge, true);
  EXPECT_THAT(text_about(filtered, "verdicts"), HasSubstr("problem: 3 of 4 replies"));
  EXPECT_THAT(text_about(filtered, "verdicts"), HasSubstr("Your input was flagged"));
  MemoryHttp cut([](std::size_t, const std::string&) {
    return http_answer(200, R"({"choices": [{"message": {"content": "I"}, "finish_reason": "length"}],
                                "usage": {"prompt_tokens": 90, "completion_tokens": 512}})");
  });
  const DoctorReport report = examine(cut);
  EXPECT_EQ(report.can_judge, false);
  EXPECT_EQ(text_about(report, "length"), "problem: 4 of 4 replies ended at the limit of 512 tokens.");
  EXPECT_EQ(advice_about(report, "verdicts"), "Give a larger `max_tokens`.");
}

TEST_F(DoctorTest, EachQuirkEndsWithAReport) {
  for (const server::Quirk& quirk : server::quirks()) {
    // These take seconds of real time: in memory below.
    if (std::string_view(quirk.name).find("out") == 0 || std::string_view(quirk.name).find("body-out") == 0)
      continue;
    const std::string name = quirk.name == std::string("loading") ? "loading=1" : quirk.name;
    SCOPED_TRACE(name);
    const DoctorReport report = examine({name});
    const std::string_view plain = quirk.name;
    EXPECT_EQ(report.can_judge, plain != "reasoning-only") << view::to_text(report);
    EXPECT_TRUE(nlohmann::json::accept(view::to_json(report)));
  }
}

TEST_F(DoctorTest, WhatARequestMustNotHaveIsFoundOut) {
  MemoryHttp http(
      refusing({{"\"max_tokens\"", "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."},
                {"\"temperature\"", "Unsupported value: 'temperature' does not support 0 with this model."}}));
  const DoctorReport report = examine(http);
  EXPECT_EQ(report.can_judge, false) << "with the options that were given";
  EXPECT_EQ(report.exam.verdicts(), 4U);
  EXPECT_LE(report.exam.requests, 8U);
  EXPECT_TRUE(report.exam.needs_completion_tokens && report.exam.needs_no_temperature);
  EXPECT_EQ(text_about(report, "json-schema"), "good: It takes a JSON schema and keeps to it.");
  EXPECT_THAT(view::to_text(report),
              AllOf(HasSubstr("can serve as a judge only with --completion-tokens --no-judge-temperature."),
                    HasSubstr("It refuses max_tokens"), HasSubstr("-> Give --no-judge-temperature.")));
  DoctorRequest asked;
  asked.llm.completion_tokens = true;
  asked.llm.temperature.emplace();
  MemoryHttp again(refusing({{"\"max_tokens\"", "no"}, {"\"temperature\"", "no"}}));
  EXPECT_EQ(examine(again, asked).can_judge, true);
}

TEST_F(DoctorTest, NobodyThere) {
  DoctorRequest request;
  request.llm.url = fmt::format("http://127.0.0.1:{}/v1", refusing_port());
  request.llm.model = "m";
  const DoctorReport report = run_doctor(request);
  EXPECT_EQ(report.can_judge, false);
  EXPECT_THAT(text_about(report, "answers"), HasSubstr("problem: http://127.0.0.1:"));
  EXPECT_THAT(advice_about(report, "answers"), HasSubstr("Does the server run"));
  EXPECT_LE(report.exam.requests, 2U);
  EXPECT_THAT(view::to_text(report), HasSubstr("can't serve as a judge"));
}

TEST_F(DoctorTest, AKeyThatIsRefused) {
  const auto refuse = [](std::size_t, const std::string&) {
    return http_answer(401, R"({"error": {"message": "Incorrect API key sk-12345678"}})");
  };
  MemoryHttp without(refuse);
  EXPECT_THAT(advice_about(examine(without), "answers"), HasSubstr("No key was sent"));
  MemoryHttp with(refuse);
  DoctorRequest request;
  request.llm.key = "sk-12345678";
  const DoctorReport report = examine(with, request);
  EXPECT_EQ(report.can_judge, false);
  EXPECT_EQ(report.exam.requests, 1U);
  EXPECT_EQ(advice_about(report, "answers"), "Is it the right key for this address?");
  EXPECT_THAT(view::to_text(report) + view::to_json(report), Not(HasSubstr("12345678")));
}

TEST_F(DoctorTest, AModelThatDoesNotExist) {
  MemoryHttp http([](std::size_t, const std::string& body) {
    if (body.empty())
      return http_answer(200, R"({"object": "list", "data": [{"id": "judge-2"}, {"id": "big\n"}]})");
    return http_answer(
        404, R"({"error": {"message": "The model `judge-1` does not exist", "code": "model_not_found"}})");
  });
  const DoctorReport report = examine(http);
  EXPECT_EQ(report.can_judge, false);
  EXPECT_EQ(http.last.method + " " + http.last.url, "GET http://judge/v1/models");
  EXPECT_THAT(text_about(report, "answers"), HasSubstr("does not exist"));
  EXPECT_THAT(advice_about(report, "answers"), HasSubstr("It has judge-2, big\\x0a."));
}

TEST_F(DoctorTest, SomethingElseAnswersThere) {
  MemoryHttp http([](std::size_t, const std::string&) {
    MemoryHttp::Answer page = http_answer(200, "<html>Please sign in</html>");
    page.reply.content_type = "text/html";
    return page;
  });
  const DoctorReport report = examine(http);
  EXPECT_EQ(report.can_judge, false);
  EXPECT_THAT(text_about(report, "verdicts"), HasSubstr("expected JSON, came content of type \"text/html\""));
  EXPECT_EQ(text_about(report, "latency"), "none") << "it is no judge's";
}

TEST_F(DoctorTest, TroubleIsWaitedForForAWhile) {
  MemoryHttp http([&](std::size_t, const std::string&) {
    return http_answer(503, R"({"error": {"message": "Loading model"}})");
  });
  DoctorRequest request;
  const DoctorReport report = examine(http, request);
  EXPECT_EQ(report.can_judge, false);
  EXPECT_LE(http.bodies.size(), 12U);
  EXPECT_LT(http.now(), http::Milliseconds(60'000));
  EXPECT_THAT(text_about(report, "answers"), HasSubstr("Loading model"));
  EXPECT_THAT(advice_about(report, "answers"), HasSubstr("in trouble at the moment"));
}

TEST_F(DoctorTest, TheLimitOfCostIsObeyed) {
  DoctorRequest request;
  request.llm.price = judge::Price{{2'000'000}, {3'000'000}};
  for (const std::int64_t most : {100, 5'000}) {
    request.llm.most_cost = Money{most};
    const DoctorReport report = examine({}, request);
    EXPECT_EQ(report.can_judge, std::nullopt) << most;
    EXPECT_LE(report.exam.cost->micros, most);
    EXPECT_THAT(text_about(report, "answers"), HasSubstr("more than is left of")) << most;
    EXPECT_THAT(view::to_text(report), HasSubstr("was not asked enough to tell"));
    EXPECT_THAT(view::to_json(report), HasSubstr("\"can_judge\": null"));
  }
  request.llm.price.reset();
  EXPECT_THROW(examine({}, request), InvalidArgument);
}

TEST_F(DoctorTest, LimitsOfTheServerAreTold) {
  MemoryHttp http([](std::size_t i, const std::string& body) {
    MemoryHttp::Answer answer = refusing({})(i, body);
    answer.reply.rate_limits = {{"x-ratelimit-limit-requests", "500"},
                                {"x-ratelimit-remaining-tokens", "1\x1b[31m"}};
    return answer;
  });
  EXPECT_EQ(text_about(examine(http), "limits"),
            "good: It tells its limits: x-ratelimit-limit-requests 500, x-ratelimit-remaining-tokens 1\\x1b[31m.");
}

TEST_F(DoctorTest, WithoutAUrlOrAModelNothingIsSent) {
  EXPECT_THROW(run_doctor({.llm = {.url = "", .model = "m"}}), InvalidArgument);
  EXPECT_THROW(run_doctor({.llm = {.url = "http://x/v1", .model = ""}}), InvalidArgument);
  EXPECT_THROW(run_doctor({.llm = {.url = "http://x/v1?key=hunter2", .model = "m"}}), InvalidArgument);
}

}  // namespace
}  // namespace assay::app
