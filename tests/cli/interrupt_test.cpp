#include <gmock/gmock.h>

#include <csignal>

#include "tests/golden/command.h"

namespace assay::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class InterruptTest : public CommandTest {
 protected:
  void expect_interrupted(const std::string& line, int signals, const std::string& says) const {
    RunningCommand run(folder_, words(line));
    run.until_caught(SIGINT);
    for (int i = 0; i < signals; ++i) {
      run.send(SIGINT);
      run.until_delivered(SIGINT);  // else two may come as one
    }
    const Finished finished = run.wait();
    EXPECT_EQ(finished.status, 130) << line << "\n" << finished.out;
    EXPECT_FALSE(finished.killed);
    EXPECT_THAT(finished.out, IsEmpty());
    EXPECT_THAT(finished.err, StartsWith("assay: interrupted; "));
    EXPECT_THAT(finished.err, HasSubstr(says));
  }
};

TEST_F(InterruptTest, LongReplay) {
  output("synth demo.assay --models 10 --queries 50");
  for (const int signals : {1, 2}) {
    expect_interrupted("simulate demo.assay --strategies random --realizations 100000000", signals,
                       "the same command goes on");
  }
  output("info demo.assay");
}

TEST_F(InterruptTest, SynthLeavesNothingBehind) {
  expect_interrupted("synth demo.assay --models 100 --queries 100000", 1, "no study was made");
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

}  // namespace
}  // namespace assay::cli
