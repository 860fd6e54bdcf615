// The command asks a live judge and is killed at random moments: nothing that was paid for is lost, and nothing is
// paid for twice but what was under way. ASSAY_KILLS says how often; docs/results/judge.md has the figures of 200.

#include <gmock/gmock.h>

#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <thread>

#include "assay/asking/response_book.h"
#include "assay/core/rng.h"
#include "assay/store/study.h"
#include "tests/golden/command.h"
#include "tests/server/serving.h"

namespace assay {
namespace {

int wanted_kills() {
  const char* told = std::getenv("ASSAY_KILLS");
  return told == nullptr ? 30 : std::max(1, std::atoi(told));
}

constexpr std::size_t kAtOnce = 8;

class LiveKillTest : public CommandTest {
 protected:
  // Requests with an answer that the study has.
  std::size_t kept(const std::string& study) const {
    std::size_t count = 0;
    for (const auto& one : store::Study(path(study), store::Study::Mode::read).summary().spending) {
      count += one.by_failure.empty() ? 0 : one.by_failure[0];
    }
    return count;
  }

  // `command` asks what hit.assay, a copy of the study `begin`, needs, at most so many requests at once.
  void kill_again_and_again(Serving& serving, const std::string& begin, const std::string& command,
                            std::size_t at_once) {
    const auto on = [&](const std::string& study) {
      std::string line = command + " --json -q -j " + std::to_string(kAtOnce);
      return line.replace(line.find("hit.assay"), 9, study);
    };
    copy(begin, "whole.assay");
    const auto start = std::chrono::steady_clock::now();
    const std::string whole = output(on("whole.assay"));
    const auto longest =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
    const std::size_t questions = kept("whole.assay");

    const int wanted = wanted_kills();
    Rng rng(20260214);
    int kills = 0, runs = 0;
    std::size_t finished_runs = 0;
    for (int study = 0; kills < wanted && study < 100; ++study) {
      for (const char* end : {"", "-wal", "-shm", ".lock"}) std::filesystem::remove(path("hit.assay") + end);
      copy(begin, "hit.assay");
      std::size_t before = 0;
      for (int tries = 0; tries < 20 && kills < wanted; ++tries) {
        RunningCommand run(folder_, words(on("hit.assay")));
        ++runs;
        std::this_thread::sleep_for(
            std::chrono::microseconds(rng.below(static_cast<std::uint64_t>(longest.count() / 2))));
        run.send(SIGKILL);
        const bool killed = run.wait().killed;
        kills += killed ? 1 : 0;
        const std::size_t now = kept("hit.assay");
        ASSERT_GE(now, before) << "an answer that was paid for is lost";
        before = now;
        if (!killed) break;
      }
      const std::string came = output(on("hit.assay"));
      ++runs;
      ++finished_runs;
      ASSERT_EQ(kept("hit.assay"), questions);
      const auto outcome = [](const std::string& json) {
        return json.substr(json.find("\"models\": ["), json.find("\"answering\"") - json.find("\"models\": ["));
      };
      ASSERT_EQ(outcome(came), outcome(whole)) << "not as if nothing had happened";
    }
    const std::size_t requests = serving.stop().requests;
    EXPECT_GE(kills, wanted);
    // Each kill costs what was under way, at most.
    const std::size_t needed = (finished_runs + 1) * questions;
    EXPECT_LE(requests, needed + static_cast<std::size_t>(kills) * at_once);
    RecordProperty("kills", kills);
    RecordProperty("requests_beyond_need", static_cast<int>(requests - needed));
  }
};

TEST_F(LiveKillTest, NothingIsLostAndNothingIsPaidTwice) {
  output("synth made.assay --models 6 --queries 120 --seed 4");
  server::ReplayJudgeOptions options;
  options.delay = std::chrono::milliseconds(2);
  const asking::AnswerBookReport book = asking::make_answer_book({.study = path("made.assay")});
  Serving serving(book.book, options);
  kill_again_and_again(serving, "made.assay",
                       "select hit.assay --oracle llm --judge-model j --judge-url " + serving.url() +
                           " --baseline baseline --strategy random",
                       kAtOnce);
}

// Answers of candidates and judgements alike.
TEST_F(LiveKillTest, AnswersAreLostAsLittle) {
  output("synth made.assay --models 6 --queries 120 --seed 4");
  store::Study made(path("made.assay"), store::Study::Mode::read);
  const asking::ResponseBook responses(made);
  server::ReplayJudgeOptions options;
  options.delay = std::chrono::milliseconds(2);
  options.responses = &responses;
  const asking::AnswerBookReport book = asking::make_answer_book({.study = path("made.assay")});
  Serving serving(book.book, options);
  const auto comparison = made.judgeable({.baseline = "baseline"});
  std::string prompts, candidates;
  for (const std::string& prompt : made.prompts(comparison.queries)) {
    prompts += nlohmann::json{{"prompt", prompt}}.dump() + "\n";
  }
  for (const std::string& model : comparison.models) {
    candidates +=
        (candidates.empty() ? "[" : ", ") + nlohmann::json{{"name", model}, {"url", serving.url()}}.dump();
  }
  write("prompts.jsonl", prompts);
  write("candidates.json", candidates + ", {\"name\": \"baseline\", \"url\": \"" + serving.url() + "\"}]");
  output("import prompts.jsonl -o prompts.assay");
  kill_again_and_again(serving, "prompts.assay",
                       "select hit.assay --candidates candidates.json --oracle llm --judge-model j --judge-url " +
                           serving.url() + " --baseline baseline --strategy random",
                       2 * kAtOnce);  // each call may need the baseline's answer, too
}

}  // namespace
}  // namespace assay
