// Options of an LLM as judge, as the command takes them.

#include <gmock/gmock.h>

#include <cstdlib>

#include "tests/golden/command.h"
#include "tests/judge/fault_server.h"

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

}  // namespace
}  // namespace assay::cli
