#include "assay/asking/command_strategy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "assay/core/error.h"
#include "assay/select/selection.h"
#include "tests/data/sample_folder.h"
#include "tests/golden/command.h"

namespace assay::asking {
namespace {

using select::Problem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr double kNoVerdict = std::numeric_limits<double>::quiet_NaN();

// Queries 5, 3 and 8 of the study are 0, 1 and 2 for the program.
Problem small_problem() {
  return {.models = 2, .pool = {query_id(5), query_id(3), query_id(8)}, .seed = 7, .budget = 4};
}

// A program in the language of the shell that answers each `ask` by the next of `answers`, the last one for ever,
// and each `best` by `best`.
std::string scripted(const std::vector<std::string>& answers, const std::string& best = R"({"best":null})") {
  std::string command = R"(sh -c 'best=$1; shift; while read -r line; do case $line in
    {\"ask\"*) printf "%s\n" "$1"; test $# -gt 1 && shift;; {\"best\"*) printf "%s\n" "$best";; esac; done' sh ')" +
                        best + "'";
  for (const std::string& answer : answers) command += " '" + answer + "'";
  return command;
}

std::unique_ptr<select::Strategy> started(const std::string& command, const Problem& problem = small_problem(),
                                          const judge::ProgramHooks& hooks = {}) {
  return command_strategy(command, hooks)->make(problem, {});
}

std::vector<Call> proposed(select::Strategy& strategy, std::size_t limit) {
  std::vector<Call> calls;
  strategy.propose(limit, calls);
  return calls;
}

std::string failure_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

std::string refusal_of_calls(const std::string& answer, std::size_t limit = 2) {
  return failure_of([&] { proposed(*started(scripted({answer})), limit); });
}

std::string refusal_of_best(const std::string& answer) {
  return failure_of([&] { started(scripted({}, answer))->posterior(); });
}

// All lines that the program was sent.
std::vector<nlohmann::json> heard(const std::string& log) {
  std::vector<nlohmann::json> lines;
  std::istringstream text(contents(log));
  for (std::string line; std::getline(text, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

TEST(CommandStrategy, SpeaksAsTheProtocolSays) {
  SampleFolder folder;
  const std::string log = folder.path("log");
  Problem problem = small_problem();
  problem.models = 3;
  problem.baseline = true;
  problem.names = std::make_shared<const select::Names>(select::Names{
      {"a", "b"}, "base", {"q0", "q1", "q2", "q3", "q4", "two\nlines \xE2\x80\xAE", "q6", "q7", "q8"}});
  problem.weights = {1.5, 0.5, 1};
  problem.known = {{{query_id(8), model_id(1)}, 0.25},
                   {{query_id(2), model_id(0)}, 1}};  // the latter is not in the pool
  const auto strategy =
      started("sh -c 'while read -r line; do printf \"%s\\n\" \"$line\" >> " + log + R"(; case $line in
      {\"ask\":2}) echo {\"calls\": [[1,0],[2,0]]};; {\"ask\"*) echo {\"calls\": []};; {\"best\"*) echo {\"best\": 2};;
    esac; done')",
              problem);
  EXPECT_THAT(proposed(*strategy, 2), ElementsAre(Call{query_id(3), model_id(0)}, Call{query_id(8), model_id(0)}));
  const std::vector<Verdict> verdicts = {{{query_id(8), model_id(0)}, kNoVerdict},
                                         {{query_id(3), model_id(0)}, 0.5}};
  strategy->observe(verdicts);
  const std::vector<double> posterior = strategy->posterior();
  EXPECT_GT(posterior[2], posterior[0]);
  EXPECT_NEAR(posterior[2], 1.0 / 3, 1e-5) << "a program that names a model says nothing of chances";
  EXPECT_TRUE(proposed(*strategy, 7).empty());
  EXPECT_TRUE(proposed(*strategy, 7).empty());
  const auto lines = heard(log);
  ASSERT_EQ(lines.size(), 5U) << "a program that wants nothing more is not asked again";
  const auto& start = lines[0].at("start");
  EXPECT_EQ(start.at("protocol"), 1);
  EXPECT_EQ(start.at("models"), 3);
  EXPECT_EQ(start.at("queries"), 3);
  EXPECT_EQ(start.at("baseline"), true);
  EXPECT_EQ(start.at("budget"), 4);
  EXPECT_EQ(start.at("seed"), 7);
  EXPECT_EQ(start.at("model_names"), nlohmann::json({"a", "b", "base"}));
  EXPECT_EQ(start.at("query_names"), nlohmann::json({"two\nlines \xE2\x80\xAE", "q3", "q8"}));
  EXPECT_EQ(start.at("known"), nlohmann::json::parse("[[2,1,0.25]]"));
  EXPECT_EQ(start.at("weights"), nlohmann::json({1.5, 0.5, 1}));
  EXPECT_EQ(start.size(), 10U);
  EXPECT_EQ(lines[1], nlohmann::json::parse(R"({"ask":2})"));
  EXPECT_EQ(lines[2], nlohmann::json::parse(R"({"tell":[[2,0,null],[1,0,0.5]]})"));
  EXPECT_EQ(lines[3], nlohmann::json::parse(R"({"best":true})"));
  EXPECT_EQ(lines[4], nlohmann::json::parse(R"({"ask":3})")) << "no more than is left";
}

TEST(CommandStrategy, TheSeedIsReadExactlyByAll) {
  SampleFolder folder;
  Problem problem = small_problem();
  problem.seed = std::numeric_limits<std::uint64_t>::max();
  problem.budget = 0;
  proposed(*started("sh -c 'read -r line; echo \"$line\" > " + folder.path("log") + "; echo {\\\"calls\\\":[]}'",
                    problem),
           1);
  const auto start = heard(folder.path("log"))[0].at("start");
  EXPECT_EQ(start.at("seed"), (1ULL << 53) - 1);
  EXPECT_TRUE(start.at("budget").is_null());
  EXPECT_TRUE(start.at("weights").is_null());
  EXPECT_FALSE(start.contains("model_names"));
}

TEST(CommandStrategy, RunsOneAfterAnotherShareAProcess) {
  SampleFolder folder;
  const auto entry = command_strategy("sh -c 'echo $$ >> " + folder.path("started") + R"(; while read -r line; do
      case $line in {\"ask\"*) echo {\"calls\": [[0,0]]};; esac; done')",
                                      {});
  for (int run = 0; run < 3; ++run) {
    EXPECT_EQ(proposed(*entry->make(small_problem(), {}), 1).size(), 1U);
  }
  EXPECT_EQ(std::ranges::count(contents(folder.path("started")), '\n'), 1);
  const auto first = entry->make(small_problem(), {});
  const auto second = entry->make(small_problem(), {});
  EXPECT_EQ(proposed(*first, 1).size() + proposed(*second, 1).size(), 2U);
  EXPECT_EQ(std::ranges::count(contents(folder.path("started")), '\n'), 2) << "runs at the same time have one each";
}

TEST(CommandStrategy, AProcessThatFailedIsNotGivenToTheNextRun) {
  SampleFolder folder;
  const auto entry =
      command_strategy("sh -c 'if test -e " + folder.path("ran") + "; then answer=[[0,1]]; else touch " +
                           folder.path("ran") + R"(; answer=7; fi
    while read -r line; do case $line in {\"ask\"*) echo {\"calls\": $answer};; esac; done')",
                       {});
  EXPECT_THAT(failure_of([&] { proposed(*entry->make(small_problem(), {}), 1); }), HasSubstr("expected"));
  EXPECT_THAT(proposed(*entry->make(small_problem(), {}), 1), ElementsAre(Call{query_id(5), model_id(1)}));
}

TEST(CommandStrategy, RefusesCallsThatAreNone) {
  EXPECT_EQ(
      failure_of([] { proposed(*started("sh -c 'read -r line; echo hello'"), 2); }),
      "the strategy's program \"sh -c 'read -r line; echo hello'\" failed: expected {\"calls\": [[QUERY, MODEL], "
      "...]}; asked {\"ask\":2}, it said \"hello\"");
  for (const char* const answer :
       {"{}", "[]", "7", "null", R"({"calls":null})", R"({"calls":{"a":1}})", R"({"calls":[)"}) {
    EXPECT_THAT(refusal_of_calls(answer), HasSubstr("expected {\"calls\"")) << answer;
  }
  for (const char* const pair : {"[0]", "[0,1,0]", "7", "null", "[3,0]", "[0,2]", "[-1,0]", "[0,1.0]",
                                 "[18446744073709551616,0]", R"(["a","b"])", "[true,false]", R"({"a":0,"b":1})"}) {
    EXPECT_THAT(refusal_of_calls(std::string(R"({"calls":[)") + pair + "]}"),
                HasSubstr("a query from 0 to 2 and a model from 0 to 1, came "))
        << pair;
  }
  EXPECT_THAT(refusal_of_calls(R"({"calls":[[0,0],[0,1],[1,0]]})"), HasSubstr("expected 2 calls at most, came 3"));
  EXPECT_THAT(refusal_of_calls(R"({"calls":[[0,0],[0,0]]})"),
              HasSubstr("neither known nor were asked for before, came \"[0,0]\""));
}

TEST(CommandStrategy, RefusesWhatIsKnownOrWasAskedBefore) {
  const std::string again = scripted({R"({"calls":[[0,0]]})"});
  const auto strategy = started(again);
  EXPECT_EQ(proposed(*strategy, 1).size(), 1U);
  EXPECT_THAT(failure_of([&] { proposed(*strategy, 1); }), HasSubstr("asked for before"));
  Problem problem = small_problem();
  problem.known = {{{query_id(5), model_id(0)}, 1}};
  EXPECT_THAT(failure_of([&] { proposed(*started(again, problem), 1); }), HasSubstr("known"));
  problem.known.clear();
  problem.baseline = true;
  EXPECT_EQ(proposed(*started(again, problem), 1).size(), 1U);
  EXPECT_THAT(failure_of([&] { proposed(*started(scripted({R"({"calls":[[0,1]]})"}), problem), 1); }),
              HasSubstr("a model from 0 to 0"))
      << "no call is made for the baseline";
}

TEST(CommandStrategy, WhoHasAllIsNotAsked) {
  Problem problem = small_problem();
  for (const QueryId query : problem.pool) {
    for (std::size_t j = 0; j < 2; ++j) problem.known.push_back({{query, model_id(j)}, 1});
  }
  EXPECT_TRUE(proposed(*started(scripted({"nonsense"}), problem), 5).empty());
}

TEST(CommandStrategy, TheBestByChancesByNameOrByWinRate) {
  EXPECT_THAT(started(scripted({}, R"({"posterior":[0.25,0.75]})"))->posterior(), ElementsAre(0.25, 0.75));
  EXPECT_THAT(started(scripted({}, R"({"posterior":[1,0],"best":0,"why":"so"})"))->posterior(), ElementsAre(1, 0));
  EXPECT_THAT(started(scripted({}, R"({"best":null})"))->posterior(), ElementsAre(0.5, 0.5));
  const std::vector<Verdict> one_won = {{{query_id(5), model_id(1)}, 1}};
  for (const bool opinion : {true, false}) {
    const auto entry =
        command_strategy(scripted({R"({"calls":[[0,1]]})"}, opinion ? R"({"best":0})" : R"({"best":null})"), {});
    select::Selection selection(*entry, small_problem(), {}, entry->returns);
    std::vector<Call> calls;
    selection.propose(1, calls);
    selection.observe(one_won);
    EXPECT_EQ(selection.best(), model_id(opinion ? 0 : 1));
  }
}

TEST(CommandStrategy, RefusesABestThatIsNone) {
  for (const char* const answer : {"{}", "7", "best", R"({"posterior":[NaN,1]})"}) {
    EXPECT_THAT(refusal_of_best(answer), HasSubstr(R"(expected {"posterior": [CHANCE, ...]}, {"best": MODEL})"))
        << answer;
  }
  for (const char* const best : {"2", "-1", "0.5", "true", "[0]"}) {
    EXPECT_THAT(refusal_of_best(std::string(R"({"best":)") + best + "}"), HasSubstr("expected a model from 0 to 1"))
        << best;
  }
  for (const char* const chances : {"[1]", "[0.5,0.5,0]", "[0.5,0.4]", "[1.5,-0.5]", "[null,1]", "null", "1",
                                    R"({"a":0.5,"b":0.5})", "[1e999,0]"}) {
    EXPECT_THAT(refusal_of_best(std::string(R"({"posterior":)") + chances + "}"), HasSubstr("expected "))
        << chances;
  }
  EXPECT_THAT(refusal_of_best(R"({"posterior":[0.5,0.4]})"), HasSubstr("whose sum is 0.9"));
  EXPECT_THAT(refusal_of_best(R"({"posterior":[0.6,0.4],"best":1})"), HasSubstr("the highest \"posterior\""));
}

TEST(CommandStrategy, WhatItSaysIsNeverRaw) {
  const std::string failure =
      failure_of([&] { proposed(*started("sh -c 'read -r line; printf \"\\033[31m%01000d\\n\" 0'"), 1); });
  EXPECT_THAT(failure,
              AllOf(HasSubstr("\\x1b[31m000"), Not(HasSubstr("\x1B")), Not(HasSubstr(std::string(400, '0')))));
}

TEST(CommandStrategy, ADeadOrSilentProgramIsAnError) {
  EXPECT_THAT(failure_of([] { proposed(*started("sh -c 'echo no module >&2; exit 1'"), 1); }),
              AllOf(HasSubstr("it ended with status 1"), HasSubstr("it last said \"no module\"")));
  EXPECT_THAT(
      failure_of(
          [] { proposed(*started("sleep 60", small_problem(), {.silence = std::chrono::milliseconds(50)}), 1); }),
      HasSubstr(
          "the strategy's program \"sleep 60\" failed: it gave no answer to \"{\"ask\":1}\" for 0.05 seconds"));
  EXPECT_THAT(failure_of([] { started("no-such-program"); }), HasSubstr("can't be started"));
}

}  // namespace
}  // namespace assay::asking
