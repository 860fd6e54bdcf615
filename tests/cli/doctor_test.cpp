// `assay doctor` as a command: what it prints, its exit status, and what goes over the wire.

#include <gmock/gmock.h>

#include <cstdlib>
#include <mutex>
#include <nlohmann/json.hpp>

#include "tests/golden/command.h"
#include "tests/judge/fault_server.h"
#include "tests/judge/memory_judge.h"
#include "tests/server/serving_http.h"

namespace assay::cli {
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

class DoctorCommandTest : public CommandTest {};

Fault right_answer(const std::string& body) {
  return answer(judging([](const std::string& a, const std::string& b) {
                  return a.find("Canberra") != std::string::npos   ? judge::PairVerdict::a
                         : b.find("Canberra") != std::string::npos ? judge::PairVerdict::b
                                                                   : judge::PairVerdict::tie;
                })(0, body)
                    .reply.body);
}

TEST_F(DoctorCommandTest, TellsWhatAnEndpointCanDo) {
  const FaultServer server([](std::size_t, const std::string& body) {
    Fault fault = right_answer(body);
    fault.headers = {{"X-RateLimit-Limit-Requests", "500"}, {"anthropic-ratelimit-tokens-remaining", "9"}};
    return fault;
  });
  write("prices.json", R"({"m": {"in": 0.15, "out": 0.6, "unit": "dollars"}})");
  const std::string line = "doctor --judge-model m --judge-url " + server.url() + " --prices prices.json";
  const std::string text = output(line);
  EXPECT_EQ(server.requests(), 4U);
  EXPECT_THAT(text,
              HasSubstr("m at " + server.url() + " can serve as a judge.\n4 requests sent, which cost $0.0000"));
  EXPECT_THAT(text, HasSubstr("good     json-schema  It takes a JSON schema and keeps to it.\n"));
  EXPECT_THAT(text, HasSubstr("It tells its limits: x-ratelimit-limit-requests 500,"));
  const auto json = nlohmann::json::parse(output(line + " --json"));
  EXPECT_EQ(json.at("can_judge"), true);
  EXPECT_EQ(json.at("verdicts"), 4);
  EXPECT_EQ(json.at("json_schema"), "kept");
  EXPECT_EQ(json.at("verdict_cost"), 21);  // 100 tokens in, 10 out
  EXPECT_EQ(json.at("rate_limits").at("x-ratelimit-limit-requests"), "500");
  EXPECT_THAT(assay("info x.assay").status, 1) << "no study is made";
}

TEST_F(DoctorCommandTest, EndsWithTheStatusOfWhatItFound) {
  const FaultServer forbidding(std::vector<Fault>{failing(403)});
  const Finished refused = assay("doctor --judge-model m --judge-url " + forbidding.url());
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.out, HasSubstr("can't serve as a judge"));
  const FaultServer server([](std::size_t, const std::string& body) { return right_answer(body); });
  write("prices.json", R"({"m": {"in": 0.15, "out": 0.6, "unit": "dollars"}})");
  const std::string line =
      "doctor --judge-model m --judge-url " + server.url() + " --prices prices.json --max-cost ";
  EXPECT_EQ(assay(line + "0").status, 3);
  EXPECT_EQ(server.requests(), 0U);
  EXPECT_EQ(assay(line + "1").status, 0);
  EXPECT_EQ(assay("doctor --judge-model m").status, 2);
  EXPECT_THAT(assay("doctor --judge-model m").err, HasSubstr("expected the URL of an API, --judge-url or"));
  EXPECT_EQ(assay("doctor --judge-url " + server.url()).status, 2);
  EXPECT_EQ(assay("doctor --judge-model m --judge-url " + server.url() + " --max-cost 1").status, 2);
}

TEST_F(DoctorCommandTest, TheUrlMayStandInTheEnvironment) {
  const FaultServer server([](std::size_t, const std::string& body) { return right_answer(body); });
  setenv("OPENAI_BASE_URL", server.url().c_str(), 1);
  EXPECT_THAT(output("doctor --judge-model m"), HasSubstr("can serve as a judge"));
  unsetenv("OPENAI_BASE_URL");
}

// Path, query and header, as Azure wants them.
TEST_F(DoctorCommandTest, AzureIsAskedAsItWantsToBe) {
  std::mutex mutex;
  std::vector<std::string> targets, keys, others;
  ServingHttp server({}, [&](const server::Request& request, server::Responder responder) {
    const std::lock_guard lock(mutex);
    targets.push_back(request.method + " " + request.target);
    keys.emplace_back(request.header("api-key"));
    others.emplace_back(request.header("authorization"));
    responder.reply({.headers = {{"Content-Type", "application/json"}}, .body = right_answer(request.body).body});
  });
  setenv("ASSAY_TEST_KEY", "key-0815", 1);
  const std::string where = server.url() + "/openai/deployments/judge?api-version=2024-10-21";
  const std::string text = output("doctor --judge-model m --judge-key-env ASSAY_TEST_KEY --judge-url " + where);
  unsetenv("ASSAY_TEST_KEY");
  EXPECT_THAT(text, HasSubstr("can serve as a judge"));
  const std::lock_guard lock(mutex);
  EXPECT_EQ(targets.size(), 4U);
  EXPECT_THAT(targets, Each("POST /openai/deployments/judge/chat/completions?api-version=2024-10-21"));
  EXPECT_THAT(keys, Each("key-0815"));
  EXPECT_THAT(others, Each(""));
}

TEST_F(DoctorCommandTest, HeadersAreSentAndNeverShown) {
  const FaultServer server([](std::size_t i, const std::string& body) {
    if (i > 0) return right_answer(body);
    Fault complaint = failing(503);
    complaint.body = R"({"error": {"message": "sorry, k-secret\/0815 of My secret tests"}})";
    return complaint;
  });
  setenv("OPENAI_API_KEY", "not-for-them", 1);
  std::vector<std::string> arguments = words("doctor --judge-model m --judge-url " + server.url());
  for (const char* header : {"x-api-key: k-secret/0815", "X-Title: My secret tests"}) {
    arguments.emplace_back("--judge-header");
    arguments.emplace_back(header);
  }
  const Finished finished = RunningCommand(folder_, arguments).wait();
  unsetenv("OPENAI_API_KEY");
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_THAT(server.heads(),
              Each(AllOf(HasSubstr("x-api-key: k-secret/0815\r\n"), HasSubstr("X-Title: My secret tests\r\n"),
                         Not(HasSubstr("not-for-them")))));
  EXPECT_THAT(finished.out + finished.err, AllOf(Not(HasSubstr("0815")), Not(HasSubstr("secret tests"))));
}

TEST_F(DoctorCommandTest, AWrongHeaderIsToldWithoutItsValue) {
  std::vector<std::string> arguments =
      words("doctor --judge-model m --judge-url http://127.0.0.1:1/v1 --judge-header");
  for (const char* header : {"Host: hunter2", "hunter2", "X-A: hunter2\nX-B: 1", "X-A:"}) {
    arguments.emplace_back(header);
    const Finished finished = RunningCommand(folder_, arguments).wait();
    arguments.pop_back();
    EXPECT_EQ(finished.status, 2);
    EXPECT_THAT(finished.err, AllOf(HasSubstr("--judge-header: "), Not(HasSubstr("hunter2"))));
  }
}

}  // namespace
}  // namespace assay::cli
