#include "assay/judge/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <thread>

#include "assay/core/error.h"

namespace assay::judge {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

std::vector<std::string> shell(const std::string& script) { return {"sh", "-c", script}; }

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{20};

// The next line; "none" if none comes.
std::string line_of(ChildProcess& child) {
  const Clock::time_point until = Clock::now() + kPatience;
  while (Clock::now() < until) {
    if (auto line = child.line()) return *line;
    if (!child.broken().empty()) break;
    child.wait(milliseconds(100));
  }
  return "none";
}

std::string reason_of(ChildProcess& child) {
  const Clock::time_point until = Clock::now() + kPatience;
  while (child.broken().empty() && Clock::now() < until) {
    child.wait(milliseconds(100));
    while (child.line()) {
    }
  }
  return child.broken();
}

// No process is left, not even as a zombie.
void expect_no_children() {
  errno = 0;
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(ChildProcess, SpeaksInLines) {
  {
    ChildProcess child({"cat"});
    child.send("one\ntwo\nhalf");
    EXPECT_EQ(line_of(child), "one");
    EXPECT_EQ(line_of(child), "two");
    child.wait(milliseconds(50));
    EXPECT_EQ(child.line(), std::nullopt);
    child.send(" a line\n");
    EXPECT_EQ(line_of(child), "half a line");
  }
  expect_no_children();
}

// More than the pipes hold, in both directions: whoever only writes, or only reads, would wait forever.
TEST(ChildProcess, MuchInFlightDoesNotBlock) {
  ChildProcess child({"cat"});
  const std::string long_line(300'000, 'x');
  for (int i = 0; i < 20; ++i) child.send(long_line + "\n");
  for (int i = 0; i < 20; ++i) ASSERT_EQ(line_of(child).size(), long_line.size());
}

TEST(ChildProcess, TellsHowAProgramEnded) {
  ChildProcess status(shell("echo last words; exit 7"));
  EXPECT_EQ(line_of(status), "last words");
  EXPECT_EQ(reason_of(status), "it ended with status 7");
  ChildProcess killed(shell("kill -SEGV $$"));
  EXPECT_THAT(reason_of(killed), StartsWith("it was ended by signal 11 ("));
  ChildProcess closed(shell("exec >&-; sleep 60"));
  EXPECT_EQ(reason_of(closed), "it closed its standard output");
  ChildProcess unfinished(shell("printf end"));
  EXPECT_EQ(line_of(unfinished), "end");
}

// A write to a program that does not read any more would end this process by SIGPIPE.
TEST(ChildProcess, SurvivesAClosedInput) {
  ChildProcess child(shell("exec <&-; echo closed; sleep 60"));
  EXPECT_EQ(line_of(child), "closed");
  child.send("hello\n");
  EXPECT_EQ(reason_of(child), "it closed its standard input");
  sigset_t pending;
  sigpending(&pending);
  EXPECT_EQ(sigismember(&pending, SIGPIPE), 0);
}

TEST(ChildProcess, RefusesEndlessLines) {
  ChildProcess child({"cat", "/dev/zero"});
  EXPECT_EQ(reason_of(child), "it wrote a line of more than 1048576 bytes");
}

TEST(ChildProcess, HearsWhatIsSaidOnTheSide) {
  ChildProcess child(shell("echo first >&2; head -c 3000000 /dev/zero | tr '\\0' x >&2; echo; echo done"));
  EXPECT_EQ(line_of(child), "");
  EXPECT_EQ(line_of(child), "done") << "a program that says much on the side must not be stopped by that";
  EXPECT_EQ(child.remark(), "first");
  while (const auto remark = child.remark()) EXPECT_LE(remark->size(), 1000U);
}

TEST(ChildProcess, EndsWithAllThatItStarted) {
  pid_t grandchild = 0;
  {
    ChildProcess child(shell("trap '' TERM; sleep 1000 & echo $!; wait"));
    grandchild = std::stoi(line_of(child));
    EXPECT_EQ(kill(grandchild, 0), 0);
  }
  expect_no_children();
  for (int i = 0; i < 100 && kill(grandchild, 0) == 0; ++i) std::this_thread::sleep_for(milliseconds(20));
  EXPECT_EQ(kill(grandchild, 0), -1) << "a process is left";
}

TEST(ChildProcess, WhatCannotBeStartedIsAnError) {
  try {
    ChildProcess child({"no-such-program"});
    FAIL() << "started";
  } catch (const OracleError& error) {
    EXPECT_STREQ(error.what(), "the program \"no-such-program\" can't be started: No such file or directory");
  }
  EXPECT_THROW(ChildProcess({"/"}), OracleError);
  expect_no_children();
}

}  // namespace
}  // namespace assay::judge
