#include "assay/judge/dialogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <stdexcept>

#include "assay/core/error.h"

namespace assay::judge {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Dialogue dialogue_with(const std::string& script, ProgramHooks hooks = {}) {
  return {{"sh", "-c", script}, "the program", std::move(hooks)};
}

std::string failure_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

TEST(Dialogue, ALineOutALineBack) {
  Dialogue dialogue({"cat"}, "cat", {});
  EXPECT_EQ(dialogue.ask("one"), "one");
  EXPECT_EQ(dialogue.ask(std::string(500'000, 'x')).size(), 500'000U);
}

TEST(Dialogue, WhatIsToldGoesOutBeforeTheNextQuestion) {
  Dialogue dialogue = dialogue_with("while read -r a; do read -r b; read -r c; echo \"$a $b $c\"; done");
  dialogue.tell("x");
  dialogue.tell("y");
  EXPECT_EQ(dialogue.ask("z"), "x y z");
}

TEST(Dialogue, SaysWhoFailedHowAndWhatItLastSaid) {
  Dialogue dialogue = dialogue_with("read -r line; printf 'bad \\033[31m luck\\n' >&2; exit 3");
  EXPECT_EQ(failure_of([&] { dialogue.ask("go"); }),
            "the program failed: it ended with status 3, asked \"go\"; it last said \"bad \\x1b[31m luck\"");
}

TEST(Dialogue, SilenceIsAFailure) {
  int waited = 0;
  Dialogue dialogue =
      dialogue_with("read -r line; sleep 60", {.silence = milliseconds(100), .waiting = [&] { ++waited; }});
  EXPECT_EQ(failure_of([&] { dialogue.ask("go"); }),
            "the program failed: it gave no answer to \"go\" for 0.1 seconds");
  EXPECT_GT(waited, 0);
}

TEST(Dialogue, WhoWaitsMayGiveUp) {
  const ProgramHooks hooks{.silence = milliseconds(100), .waiting = [] { throw std::runtime_error("enough"); }};
  auto dialogue = std::make_unique<Dialogue>(std::vector<std::string>{"sleep", "60"}, "the program", hooks);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THROW(dialogue->ask("go"), std::runtime_error);
  dialogue.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(900)) << "and need not wait for its end";
}

TEST(Dialogue, AnAnswerToNothingIsAFailure) {
  Dialogue dialogue = dialogue_with("while read -r line; do printf \"1\\nand again\\n\"; done");
  EXPECT_EQ(dialogue.ask("go"), "1");
  EXPECT_EQ(failure_of([&] { dialogue.ask("go"); }),
            "the program failed: it wrote \"and again\", which nobody had asked for");
}

TEST(Dialogue, EndlessLinesAreAFailure) {
  Dialogue dialogue({"cat", "/dev/zero"}, "cat", {});
  EXPECT_THAT(failure_of([&] { dialogue.ask("go"); }), HasSubstr("a line of more than 1048576 bytes"));
}

TEST(Dialogue, RemarksAreHeard) {
  std::vector<std::string> said;
  Dialogue dialogue =
      dialogue_with("echo here >&2; cat", {.said = [&](std::string_view line) { said.emplace_back(line); }});
  for (int i = 0; i < 100 && said.empty(); ++i) dialogue.ask("go");
  EXPECT_THAT(said, testing::ElementsAre("here"));
}

}  // namespace
}  // namespace assay::judge
