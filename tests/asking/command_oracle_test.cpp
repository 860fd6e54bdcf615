#include "assay/asking/command_oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "assay/core/error.h"
#include "tests/asking/sample_task.h"
#include "tests/data/sample_folder.h"
#include "tests/golden/command.h"
#include "tests/judge/shell_judge.h"

namespace assay::asking {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t kQueries = 4;
constexpr std::size_t kModels = 2;

JudgeTask sample_task(const std::string& prompt_of_q2 = "prompt q2") {
  JudgeTask task = pair_task(kQueries, {"a", "b"});
  std::vector<std::string> prompts;
  ResponseTable responses(kQueries, kModels);
  for (std::size_t q = 0; q < kQueries; ++q) {
    const std::string name = "q" + std::to_string(q);
    prompts.push_back(q == 2 ? prompt_of_q2 : "prompt " + name);
    for (std::size_t j = 0; j < kModels; ++j) {
      responses.set(query_id(q), model_id(j), std::string(j == 0 ? "a" : "b") + " on " + name);
    }
    responses.set_baseline(query_id(q), "base on " + name);
  }
  task.set_texts(std::move(prompts), std::move(responses));
  return task;
}

const JudgeTask& shared_task() {
  static const JudgeTask task = sample_task();
  return task;
}

// "q0 a": "win", ...; an ask that is answered twice fails the test.
std::map<std::string, std::string> verdicts(CommandOracle& oracle,
                                            const std::vector<Ask>& asks = all_asks(shared_task())) {
  std::map<std::string, std::string> result;
  oracle.ask(asks, [&](const Answer& answer) {
    const std::string at =
        "q" + std::to_string(answer.ask.item / kModels) + " " + (answer.ask.item % kModels == 0 ? "a" : "b");
    EXPECT_TRUE(result.emplace(at, assay::name(outcome_of(answer.value))).second) << at << " was answered twice";
  });
  return result;
}

CommandOracle oracle_of(const std::string& command, judge::ProgramHooks hooks = {}) {
  return {command, shared_task(), std::move(hooks)};
}

std::string failure_of(CommandOracle& oracle) {
  try {
    verdicts(oracle);
  } catch (const OracleError& error) {
    return error.what();
  }
  return "none";
}

TEST(CommandOracle, AsksInOneLineOfAsciiAndTakesTheVerdict) {
  SampleFolder folder;
  const std::string log = folder.path("log");
  const JudgeTask task = sample_task("two\nlines, \"quoted\", \xC3\xA9\xE2\x80\xAE, \xFF no UTF-8, \x01");
  CommandOracle oracle(
      shell_judge("printf \"%s\\n\" \"$line\" >> " + log + "; " + say("\"verdict\":\"draw\",\"why\":1")), task, {});
  EXPECT_THAT(verdicts(oracle, {{2 * kModels + 1}}), ElementsAre(testing::Pair("q2 b", "draw")));
  const std::string line = contents(log);
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  EXPECT_TRUE(std::all_of(line.begin(), line.end() - 1, [](char c) { return c >= ' ' && c < '\x7F'; })) << line;
  const auto request = nlohmann::json::parse(line);
  EXPECT_EQ(request.at("ask"), "verdict");
  EXPECT_EQ(request.at("query"), "q2");
  EXPECT_EQ(request.at("model"), "b");
  EXPECT_EQ(request.at("baseline"), "base");
  EXPECT_EQ(request.at("response"), "b on q2");
  EXPECT_EQ(request.at("baseline_response"), "base on q2");
  EXPECT_EQ(request.at("prompt"), "two\nlines, \"quoted\", \xC3\xA9\xE2\x80\xAE, \xEF\xBF\xBD no UTF-8, \x01");
  EXPECT_EQ(request.size(), 8U);
}

TEST(CommandOracle, AnswersMayComeInAnyOrder) {
  // Answers pairs of requests, the second first; the verdict tells which model was asked.
  const std::string program =
      "sh -c '"
      R"(
    while read -r one; do read -r two
      for line in "$two" "$one"; do
        id=${line#*\"id\":}; id=${id%%,*}
        case $line in *\"model\":\"a\"*) verdict=win;; *) verdict=loss;; esac
        echo "{\"verdict\":\"$verdict\",\"id\":$id}"
      done
    done)"
      "'";
  CommandOracle oracle = oracle_of(program);
  const auto result = verdicts(oracle);
  EXPECT_EQ(result.size(), 8U);
  for (const auto& [at, verdict] : result) EXPECT_EQ(verdict, at.ends_with("a") ? "win" : "loss") << at;
  EXPECT_THAT(oracle.notes(), IsEmpty());
}

TEST(CommandOracle, OneProcessServesAllAndItsRemarksAreHeard) {
  std::vector<std::string> said;
  CommandOracle oracle = oracle_of(shell_judge(say("\"verdict\":\"win\""), "echo started >&2"),
                                   {.said = [&](std::string_view line) { said.emplace_back(line); }});
  for (const Ask& ask : all_asks(shared_task())) EXPECT_EQ(verdicts(oracle, {ask}).size(), 1U);
  EXPECT_THAT(said, ElementsAre("started"));
}

TEST(CommandOracle, CallsThatTheProgramCannotAnswerFail) {
  const std::string program = shell_judge("case $line in *q0*) " + say("\"error\":\"too hard\"") + ";; *q1*) " +
                                          say("\"verdict\":\"perhaps\"") + ";; *q2*) " + say("\"score\":3") +
                                          ";; *) " + say("\"verdict\":\"win\"") + ";; esac");
  CommandOracle oracle = oracle_of(program);
  const auto result = verdicts(oracle);
  EXPECT_EQ(result.at("q0 a"), "none");
  EXPECT_EQ(result.at("q1 b"), "none");
  EXPECT_EQ(result.at("q2 a"), "none");
  EXPECT_EQ(result.at("q3 a"), "win");
  EXPECT_THAT(oracle.notes(), ElementsAre("2 calls failed: expected a verdict, came a score",
                                          "2 calls failed: expected win, draw or loss, came \"perhaps\"",
                                          "2 calls failed: the program reports \"too hard\""));
}

// The program dies at one request, wherever it comes: that one fails, after a second try, and no other does.
TEST(CommandOracle, OneBadRequestTakesNoOtherWithIt) {
  const std::string program =
      shell_judge("case $line in *\"b on q1\"*) exit 3;; esac; " + say("\"verdict\":\"win\""));
  for (const bool together : {true, false}) {
    CommandOracle oracle = oracle_of(program);
    std::map<std::string, std::string> result;
    if (together) {
      result = verdicts(oracle);
    } else {
      for (const Ask& ask : all_asks(shared_task())) result.merge(verdicts(oracle, {ask}));
    }
    for (const auto& [at, verdict] : result) EXPECT_EQ(verdict, at == "q1 b" ? "none" : "win") << at;
    EXPECT_EQ(result.size(), 8U);
    EXPECT_THAT(oracle.notes(), ElementsAre("1 call failed: the program failed: it ended with status 3"));
  }
}

TEST(CommandOracle, ACrashThatHealsIsNoFailure) {
  SampleFolder folder;
  const std::string mark = folder.path("mark");
  CommandOracle oracle = oracle_of(
      shell_judge("if [ ! -e " + mark + " ]; then : > " + mark + "; exit 1; fi; " + say("\"verdict\":\"loss\"")));
  for (const auto& [at, verdict] : verdicts(oracle)) EXPECT_EQ(verdict, "loss") << at;
  EXPECT_THAT(oracle.notes(), IsEmpty());
}

TEST(CommandOracle, SilenceIsAFailureNotAHang) {
  CommandOracle silent = oracle_of("sleep 1000", {.silence = milliseconds(100)});
  EXPECT_EQ(failure_of(silent),
            "the program \"sleep\" failed at 3 calls in a row: it gave no answer for 0.1 seconds");
  CommandOracle one =
      oracle_of(shell_judge("case $line in *\"b on q1\"*) sleep 1000;; esac; " + say("\"verdict\":\"win\"")),
                {.silence = milliseconds(300)});
  const auto result = verdicts(one);
  EXPECT_EQ(result.at("q1 b"), "none");
  EXPECT_EQ(std::count_if(result.begin(), result.end(), [](const auto& r) { return r.second == "win"; }), 7);
}

TEST(CommandOracle, WhatIsNoProtocolEndsInOneError) {
  const std::map<std::string, std::string> kinds = {
      {"yes", "expected a JSON object with \"id\" on each line of its output, came \"y\""},
      {"cat /dev/zero", "it wrote a line of more than 1048576 bytes"},
      {"true", "it ended with status 0"},
      {"sh -c 'echo oops >&2; exit 9'", "it ended with status 9; it last said \"oops\""},
      {shell_judge("echo \"{\\\"id\\\":$id}\""),
       "expected one of \"verdict\", \"score\", \"response\" and \"error\" in an answer"},
      {shell_judge("echo \"{\\\"id\\\":999,\\\"verdict\\\":\\\"win\\\"}\""),
       "it answered id 999, which is not asked"},
      {shell_judge("echo \"{\\\"id\\\":\\\"$id\\\"}\""), "expected a JSON object with \"id\""},
      {shell_judge("echo \"[$id]\""), "expected a JSON object with \"id\""},
      {shell_judge("echo"), "came \"\""},
  };
  for (const auto& [command, reason] : kinds) {
    // Ten useless answers in a row take more calls than there are pairs.
    CommandOracle oracle = oracle_of(command);
    std::string failure = failure_of(oracle);
    if (failure == "none") failure = failure_of(oracle);
    EXPECT_THAT(failure, HasSubstr(reason)) << command;
  }
}

TEST(CommandOracle, ASecondAnswerIsNotTaken) {
  const std::string twice = say("\"verdict\":\"win\"") + "; " + say("\"verdict\":\"loss\"");
  CommandOracle oracle = oracle_of(shell_judge(twice));
  for (const auto& [at, verdict] : verdicts(oracle)) EXPECT_NE(verdict, "loss") << at;
}

TEST(CommandOracle, WhoeverWaitsCanEndTheRun) {
  struct Enough {};
  int looks = 0;
  CommandOracle oracle = oracle_of("sleep 1000", {.waiting = [&] {
                                     if (++looks == 2) throw Enough();
                                   }});
  EXPECT_THROW(verdicts(oracle), Enough);
}

TEST(CommandOracle, NamesWhatIsAsked) {
  EXPECT_EQ(oracle_of("a b").name(), "command:3:a b:base");
  EXPECT_NE(oracle_of("a b").name(), oracle_of("a c").name());
  EXPECT_THROW(oracle_of("'a"), InvalidArgument);
  EXPECT_EQ(CommandOracle("a", score_task({"r"}, {1, 5}), {}).name(), "command-scores:1:a:1,5");
}

TEST(CommandOracle, APairWithoutATextIsNotAsked) {
  JudgeTask task = pair_task(1, {"a", "b"});
  ResponseTable responses(1, 2);
  responses.set(query_id(0), model_id(0), "a on q0");
  responses.set_baseline(query_id(0), "base on q0");
  task.set_texts({"prompt"}, std::move(responses));
  CommandOracle oracle(shell_judge(say("\"verdict\":\"win\"")), task, {});
  EXPECT_THAT(verdicts(oracle, all_asks(task)),
              ElementsAre(testing::Pair("q0 a", "win"), testing::Pair("q0 b", "none")));
  EXPECT_THROW(verdicts(oracle, {{2}}), InvalidArgument);
}

TEST(CommandOracle, TakesNumbersOnTheScale) {
  const JudgeTask task = score_task({"r", "r", "r", "r"}, {1, 5});
  const std::string program =
      shell_judge("case $line in *q0*) " + say("\"score\":2.5") + ";; *q1*) " + say("\"score\":7") + ";; *q2*) " +
                  say("\"verdict\":\"win\"") + ";; *) " + say("\"score\":\"4\"") + ";; esac");
  CommandOracle oracle(program, task, {});
  std::vector<Ask> asks;
  for (std::uint32_t i = 0; i < 4; ++i) asks.push_back({i, 3});
  std::map<std::size_t, double> scores;
  oracle.ask(asks, [&](const Answer& answer) {
    EXPECT_EQ(answer.ask.repeat, 3U);
    scores[answer.ask.item] = answer.value;
  });
  EXPECT_EQ(scores.at(0), 2.5);
  for (const std::size_t i : {1U, 2U, 3U}) EXPECT_TRUE(std::isnan(scores.at(i))) << i;
  EXPECT_THAT(oracle.notes(), ElementsAre("1 call failed: expected a number as \"score\"",
                                          "1 call failed: expected a score from 1 to 5, came 7",
                                          "1 call failed: expected a score, came a verdict"));
}

}  // namespace
}  // namespace assay::asking
