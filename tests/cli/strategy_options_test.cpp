#include "cli/strategy_options.h"

#include <gmock/gmock.h>

#include "tests/golden/command.h"
#include "tests/places.h"

namespace assay::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class StrategyOptionsTest : public CommandTest {
 protected:
  StrategyOptionsTest() { output("synth x.assay --models 3 --queries 16 --seed 1"); }

  Finished run(std::vector<std::string> arguments) const { return RunningCommand(folder_, arguments).wait(); }
};

TEST_F(StrategyOptionsTest, AListMayHoldACommand) {
  const Finished done = run({"simulate", "x.assay", "--realizations", "5", "--json", "--strategies",
                             "random,command:'" + tests::points_strategy() + "' --which 'a,b',assay"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("points_strategy' --which 'a,b'\","), HasSubstr("\"random\""),
                              HasSubstr("\"assay\"")));
}

TEST_F(StrategyOptionsTest, WhatAProgramSaysOnTheSideIsShownEscapedUnlessQuiet) {
  write("talk.sh", R"(printf 'hello \033[31m\n' >&2; exec ')" + tests::points_strategy() + "'\n");
  const std::vector<std::string> line = {"select", "x.assay", "--strategy", "command:sh talk.sh", "--budget", "4"};
  const Finished done = run(line);
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.err, AllOf(HasSubstr("strategy: hello \\x1b[31m\n"), Not(HasSubstr("\x1b["))));
  std::vector<std::string> quiet = line;
  quiet.emplace_back("--quiet");
  EXPECT_EQ(run(quiet).err, "");
}

TEST_F(StrategyOptionsTest, TheTimeoutIsThePrograms) {
  write("silent.sh", "exec sleep 60\n");
  for (const std::string verb : {"select", "simulate"}) {
    const Finished done = run({verb, "x.assay", verb == "select" ? "--strategy" : "--strategies",
                               "command:sh silent.sh", "--timeout", "0.1"});
    EXPECT_EQ(done.status, 1) << verb;
    EXPECT_EQ(done.out, "") << verb;
    EXPECT_EQ(done.err,
              "assay: the strategy's program \"sh silent.sh\" failed: it gave no answer to \"{\"ask\":1}\" for 0.1 "
              "seconds\n")
        << verb;
  }
}

TEST_F(StrategyOptionsTest, WhatIsNoCommandIsMisuse) {
  for (const char* const wrong : {"command:", "command", "command:it's"}) {
    EXPECT_EQ(run({"select", "x.assay", "--strategy", wrong}).status, 2) << wrong;
    EXPECT_EQ(run({"simulate", "x.assay", "--strategies", wrong}).status, 2) << wrong;
  }
}

}  // namespace
}  // namespace assay::cli
