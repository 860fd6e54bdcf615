// `assay replay-judge` as a process: its port, its answers, its end.

#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "assay/judge/chat_protocol.h"
#include "assay/store/study.h"
#include "tests/golden/command.h"
#include "tests/judge/fault_server.h"
#include "tests/server/http_exchange.h"

namespace assay::cli {
namespace {

using testing::HasSubstr;

class ReplayJudgeCommandTest : public CommandTest {
 protected:
  ReplayJudgeCommandTest() { output("synth demo.assay --models 3 --queries 10 --seed 4"); }

  // Waits until somebody listens.
  static std::unique_ptr<HttpConnection> connect(std::uint16_t port) {
    for (int i = 0; i < 1000; ++i) {
      try {
        return std::make_unique<HttpConnection>(port);
      } catch (const std::runtime_error&) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      }
    }
    return nullptr;
  }
};

TEST_F(ReplayJudgeCommandTest, ServesUntilASignalAndTellsWhatItServed) {
  const store::Study study(path("demo.assay"), store::Study::Mode::read);
  const store::Comparison comparison = study.comparison({});
  const ResponseTable responses = study.responses(comparison);
  const std::string prompt = study.prompts(comparison.queries)[0];
  const judge::Prompt rendered = judge::PromptTemplate::standard(judge::PromptKind::pair)
                                     .render(judge::PairFields{prompt, responses.at(query_id(0), model_id(0)),
                                                               responses.baseline(query_id(0))},
                                             judge::ReplyKind::line);
  for (const int signal : {SIGINT, SIGTERM}) {
    const std::uint16_t port = refusing_port();
    RunningCommand run(folder_, words("replay-judge demo.assay --json --port " + std::to_string(port)));
    const auto connection = connect(port);
    ASSERT_TRUE(connection);
    const HttpExchange exchange = connection->post(
        "/v1/chat/completions", judge::chat_request({.model = "m"}, judge::PromptKind::pair, rendered.text));
    EXPECT_EQ(exchange.status, 200) << exchange.body;
    run.send(signal);
    const Finished finished = run.wait();
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_EQ(nlohmann::json::parse(finished.out).at("answered"), 1);
    EXPECT_THAT(finished.err, HasSubstr("listening on http://127.0.0.1:" + std::to_string(port) + "/v1\n"));
  }
}

TEST_F(ReplayJudgeCommandTest, WrongUseIsToldBeforeAnythingListens) {
  EXPECT_THAT(assay("replay-judge demo.assay --error-rate 2").err, HasSubstr("a rate must be 0 to 1, came 2"));
  EXPECT_EQ(assay("replay-judge demo.assay --error-rate 2").status, 2);
  EXPECT_EQ(assay("replay-judge demo.assay --port 70000").status, 2);
  EXPECT_EQ(assay("replay-judge absent.assay").status, 1);
  EXPECT_EQ(assay("replay-judge demo.assay --pair-template absent.txt").status, 1);
  write("bad.txt", "no fields");
  EXPECT_EQ(assay("replay-judge demo.assay --pair-template bad.txt").status, 2);
  write("outcomes.csv", "query,a,b\nq1,win,loss\n");
  output("import csv outcomes.csv -o no_texts.assay");
  EXPECT_THAT(assay("replay-judge no_texts.assay").err, HasSubstr("the study has no responses"));
  const std::string line = "replay-judge demo.assay --port ";
  const FaultServer taken({answer("{}")});
  const Finished refused = assay(line + std::to_string(taken.port()));
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("can't be listened at"));
}

}  // namespace
}  // namespace assay::cli
