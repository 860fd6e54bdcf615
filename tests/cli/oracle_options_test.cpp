// Programs as judges, as the command starts them.

#include <gmock/gmock.h>

#include <csignal>
#include <string>
#include <thread>

#include "tests/golden/command.h"
#include "tests/judge/shell_judge.h"

namespace assay::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class OracleOptionsTest : public CommandTest {
 protected:
  OracleOptionsTest() { output("synth demo.assay --models 3 --queries 20 --seed 4"); }

  RunningCommand start(const std::string& program, const std::string& more = "") const {
    std::vector<std::string> line = words("select demo.assay --baseline baseline --strategy random " + more);
    line.push_back("--oracle");
    line.push_back("command:" + program);
    return {folder_, line};
  }
};

TEST_F(OracleOptionsTest, CtrlCEndsTheWaitingAndTheProgram) {
  const std::string mark = path("pid");
  RunningCommand run = start("sh -c 'echo $$ > " + mark + "; exec sleep 1000'");
  for (int i = 0; i < 1000 && contents(mark).empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const pid_t program = std::stoi(contents(mark));
  run.send(SIGINT);
  const Finished finished = run.wait();
  EXPECT_EQ(finished.status, 130);
  EXPECT_THAT(finished.err, HasSubstr("interrupted; every answer is kept in the study"));
  for (int i = 0; i < 1000 && kill(program, 0) == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(kill(program, 0), -1) << "the program runs on";
}

TEST_F(OracleOptionsTest, CtrlCSaysWhatIsKnownAndHowToLookAtIt) {
  const std::string mark = path("fifth");
  const std::string fifth = "n=$((n+1)); if [ $n = 6 ]; then echo yes > " + mark + "; sleep 1000; fi; ";
  RunningCommand run = start(shell_judge(fifth + say("\"verdict\":\"win\""), "n=0"));
  for (int i = 0; i < 1000 && contents(mark).empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  run.send(SIGINT);
  const Finished finished = run.wait();
  EXPECT_EQ(finished.status, 130);
  EXPECT_THAT(finished.err, HasSubstr(" leads so far; look at it with --oracle kept\n"));
  EXPECT_THAT(output("select demo.assay --strategy random --oracle kept"), HasSubstr("Seems best: "));
}

TEST_F(OracleOptionsTest, SilenceEndsTheRunInOneError) {
  const Finished finished = start("sleep 1000", "--timeout 0.1").wait();
  EXPECT_EQ(finished.status, 1);
  EXPECT_EQ(finished.err,
            "assay: the program \"sleep\" failed at 3 calls in a row: it gave no answer for 0.1 seconds\n");
  for (const char* wrong : {"0", "-1", "1e9", "nan", "x"}) {
    EXPECT_EQ(start("sleep 1000", std::string("--timeout ") + wrong).wait().status, 2) << wrong;
  }
}

TEST_F(OracleOptionsTest, RemarksAreShownEscapedAndNotWhereQuiet) {
  const std::string judge = shell_judge(say("\"verdict\":\"win\""), R"(printf "loading \033[2J\n" >&2)");
  const Finished loud = start(judge).wait();
  EXPECT_EQ(loud.status, 0) << loud.err;
  EXPECT_THAT(loud.err, AllOf(HasSubstr("judge: loading \\x1b[2J\n"), Not(HasSubstr("\033"))));
  EXPECT_THAT(loud.out, HasSubstr("60 of 60 calls"));
  const Finished quiet = start(judge, "--quiet --seed 2").wait();
  EXPECT_EQ(quiet.err, "");
}

// SQLite's locks and files would outlive this process in the program.
TEST_F(OracleOptionsTest, TheProgramInheritsNothingOfTheStudy) {
  const Finished finished =
      start(shell_judge(say("\"verdict\":\"win\""), "ls -l /proc/self/fd >&2; echo listed >&2")).wait();
  EXPECT_EQ(finished.status, 0);
  EXPECT_THAT(finished.err, AllOf(HasSubstr("judge: listed\n"), HasSubstr("pipe:"), Not(HasSubstr(".assay"))));
}

}  // namespace
}  // namespace assay::cli
