// Options of an LLM as judge, as the command takes them.

#include <gmock/gmock.h>

#include <cstdlib>

#include "assay/store/study.h"
#include "tests/golden/command.h"
#include "tests/judge/fault_server.h"
#include "tests/judge/memory_judge.h"

namespace assay::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class LlmOptionsTest : public CommandTest {
 protected:
  LlmOptionsTest() { output("synth x.assay --models 3 --queries 10 --seed 1"); }
  std::string misuse(const std::string& line) const {
    const Finished finished = assay(line);
    EXPECT_EQ(finished.status, 2) << finished.err;
    EXPECT_EQ(finished.out, "");
    return finished.err;
  }
};

TEST_F(LlmOptionsTest, GoWithOracleLlmAlone) {
  EXPECT_THAT(misuse("select x.assay --judge-url http://127.0.0.1:1/v1"), HasSubstr("goes with --oracle llm"));
  EXPECT_THAT(misuse("select x.assay --dry-run"), HasSubstr("goes with --oracle llm"));
  EXPECT_THAT(misuse("allocate x.assay --budget 100 --max-cost 1"), HasSubstr("goes with --oracle llm"));
  EXPECT_THAT(
      misuse("select x.assay --oracle llm --judge-model m --judge synthetic --judge-url http://127.0.0.1:1/v1"),
      HasSubstr("--judge names recorded judgements"));
}

TEST_F(LlmOptionsTest, SayWhatWasExpected) {
  const std::string llm = "select x.assay --oracle llm --judge-model m --judge-url http://127.0.0.1:1/v1 ";
  EXPECT_THAT(misuse(llm + "--order sideways"),
              HasSubstr("expected one of both, random, fixed, came \"sideways\""));
  EXPECT_THAT(misuse(llm + "--reply xml"), HasSubstr("expected one of auto, json, line, came \"xml\""));
  EXPECT_THAT(misuse(llm + "--max-cost -1"), HasSubstr("--max-cost"));
  EXPECT_THAT(misuse(llm + "--max-cost 1"), HasSubstr("needs the price of model \"m\""));
  EXPECT_THAT(misuse(llm + "--judge-temperature 9"), HasSubstr("the temperature must be from 0 to 2, came 9"));
  EXPECT_THAT(misuse(llm + "--judge-key-env NOBODY_SET_THIS"), HasSubstr("came \"NOBODY_SET_THIS\""));
  EXPECT_THAT(misuse(llm + "--repeats 0"), HasSubstr("1 to 1000 times, came 0"));
  EXPECT_THAT(misuse("select x.assay --oracle llm --judge-url http://127.0.0.1:1/v1"), HasSubstr("--judge-model"));
}

TEST_F(LlmOptionsTest, ADryRunIsOneDocumentAndNeedsNoKey) {
  const std::string json = output(
      "select x.assay --oracle llm --judge-model m --judge-url http://127.0.0.1:1/v1 --baseline baseline --dry-run "
      "--json");
  EXPECT_THAT(json, HasSubstr("\"dry_run\": true"));
  EXPECT_THAT(json, HasSubstr("\"requests\": 60"));
  EXPECT_THAT(output("allocate x.assay --oracle llm --judge-model m --judge-url http://127.0.0.1:1/v1 --scale 1,5 "
                     "--budget 200 --dry-run"),
              HasSubstr("at most 200 calls, 200 requests"));
}

TEST_F(LlmOptionsTest, TheKeyOfTheEnvironmentIsSentAndNotShown) {
  setenv("ASSAY_TEST_KEY", "key-0815", 1);
  const FaultServer server(std::vector<Fault>{failing(403)});
  const Finished finished =
      assay("select x.assay --oracle llm --judge-model m --judge-key-env ASSAY_TEST_KEY --judge-url " +
            server.url() + " --baseline baseline");
  unsetenv("ASSAY_TEST_KEY");
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("came 403"));
  EXPECT_THAT(finished.err + finished.out, Not(HasSubstr("0815")));
  EXPECT_THAT(server.heads().at(0), HasSubstr("Authorization: Bearer key-0815"));
  EXPECT_THAT(contents(path("x.assay")), Not(HasSubstr("0815")));
}

// The judge of a test: says A, whatever it is asked.
FaultServer::Script saying_a() {
  return [](std::size_t, const std::string& body) {
    return answer(judging([](const auto&, const auto&) { return judge::PairVerdict::a; })(0, body).reply.body);
  };
}

TEST_F(LlmOptionsTest, WhatWasSaidOnceIsRememberedAndToldInALine) {
  const FaultServer server(saying_a());
  write("prices.json", R"({"m": {"in": 0.15, "out": 0.6, "unit": "dollars"}})");
  const std::string select = "select x.assay --oracle llm --baseline baseline --strategy random --calls 10 --json";
  const std::string first = output(select + " --judge-model m --judge-url " + server.url() +
                                   " --order fixed --prices prices.json --max-cost 1");
  const std::size_t sent = server.requests();
  EXPECT_EQ(sent, 10U);
  const Finished again = assay(select);
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(server.requests(), sent);
  EXPECT_THAT(again.err,
              HasSubstr("judge, prices, limit and calls at a time as remembered: m at " + server.url() +
                        ", $0.15 in and $0.60 out per million tokens, limit $1.00, 3 calls at a time\n"));
  EXPECT_THAT(again.out, HasSubstr("\"max_cost\": 1000000"));
  EXPECT_THAT(assay(select + " --quiet").err, "");
  EXPECT_THAT(misuse(select + " --judge-model n --judge-url " + server.url()),
              HasSubstr("the study remembers a limit of cost, $1.00 for all its runs (--max-cost), and no price of "
                        "model \"n\": give --prices"));
  EXPECT_THAT(output(select + " --max-cost 2"), HasSubstr("\"max_cost\": 2000000"));
  EXPECT_THAT(output(select + " --dry-run"), HasSubstr("\"max_cost\": 2000000"));
}

TEST_F(LlmOptionsTest, AStudyDoesNotDrawAwayAKey) {
  const FaultServer server(saying_a());
  const std::string select = "select x.assay --oracle llm --baseline baseline --strategy random --calls 10";
  output(select + " --judge-model m --judge-url " + server.url());
  const std::size_t sent = server.requests();
  setenv("OPENAI_API_KEY", "key-0815", 1);
  EXPECT_THAT(misuse(select + " --seed 2"), HasSubstr("give --judge-url to send it"));
  EXPECT_EQ(server.requests(), sent);
  setenv("OPENAI_BASE_URL", server.url().c_str(), 1);
  output(select + " --seed 2");
  unsetenv("OPENAI_BASE_URL");
  EXPECT_GT(server.requests(), sent);
  EXPECT_THAT(server.heads().back(), HasSubstr("Authorization: Bearer key-0815"));
  output(select + " --seed 3");  // It was sent there before.
  setenv("OPENAI_API_KEY", "key-0816", 1);
  EXPECT_THAT(misuse(select + " --seed 4"), HasSubstr("give --judge-url to send it"));
  unsetenv("OPENAI_API_KEY");
  EXPECT_THAT(contents(path("x.assay")), Not(HasSubstr("0815")));
}

TEST_F(LlmOptionsTest, HeadersAreSentAndNeverKept) {
  const FaultServer server([](std::size_t i, const std::string& body) {
    Fault fault = saying_a()(i, body);
    if (i == 2) {
      fault = failing(400);
      fault.body = R"({"error": {"message": "not with key-0815"}})";
    }
    return fault;
  });
  std::vector<std::string> line = words(
      "select x.assay --oracle llm --baseline baseline --strategy random --calls 10 --judge-model m --judge-url " +
      server.url());
  const auto with = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all = line;
    all.insert(all.end(), more.begin(), more.end());
    return RunningCommand(folder_, all).wait();
  };
  const std::vector<std::string> headers = {"--judge-header", "api-key: key-0815", "--judge-header",
                                            "X-Title: hush, it is 0815"};
  const Finished first = with(headers);
  EXPECT_EQ(first.status, 0) << first.err;
  for (const std::string& head : server.heads()) {
    EXPECT_THAT(head, HasSubstr("api-key: key-0815\r\n"));
    EXPECT_THAT(head, HasSubstr("X-Title: hush, it is 0815\r\n"));
  }
  const Finished without = with({});
  EXPECT_EQ(without.status, 2);
  EXPECT_THAT(without.err, HasSubstr("had the headers \"api-key\" and \"X-Title\", whose values are not kept: give "
                                     "--judge-header again, or --no-judge-header to go on without"));
  const Finished both = with({"--no-judge-header", "--judge-header", "X-Title: hush, it is 0815"});
  EXPECT_EQ(both.status, 2);
  const Finished given_up = with({"--no-judge-header"});
  EXPECT_EQ(given_up.status, 0) << given_up.err;
  std::string all = contents(path("x.assay"));
  for (const Finished& one : {first, without, both, given_up}) all += one.out + one.err;
  EXPECT_THAT(all, Not(HasSubstr("0815")));
  EXPECT_THAT(all, HasSubstr("X-Title"));
}

TEST_F(LlmOptionsTest, FlagsCanBeTakenBack) {
  const FaultServer server(saying_a());
  const std::string select = "select x.assay --oracle llm --baseline baseline --strategy random --calls 2";
  output(select + " --completion-tokens --judge-model m --judge-url " + server.url());
  output(select + " --seed 2");
  EXPECT_THAT(server.bodies().back(), HasSubstr("max_completion_tokens"));
  output(select + " --seed 3 --no-completion-tokens");
  EXPECT_THAT(server.bodies().back(), Not(HasSubstr("max_completion_tokens")));
  output(select + " --seed 4 --repeats 2 --repeat-by uniform");
  std::vector<std::string> plain = words(select + " --seed 4 --json --repeat-by");
  plain.emplace_back();
  RunningCommand(folder_, plain).wait();
  const store::Study study(path("x.assay"), store::Study::Mode::read);
  EXPECT_THAT(*study.remembered("llm:pairs:m"), Not(HasSubstr(" by uniform")));
  EXPECT_THAT(*study.remembered("llm:pairs:m"), HasSubstr("repeats 2"));
}

}  // namespace
}  // namespace assay::cli
