#include "assay/report/progress_bar.h"

#include <gtest/gtest.h>

#include <limits>

#include "assay/report/display_width.h"

namespace assay::report {
namespace {

TEST(ProgressBar, ShowsBarShareRateAndTimeLeft) {
  const ProgressState state{.label = "weak judges", .done = 400, .total = 800, .seconds = 2};
  EXPECT_EQ(progress_line(state, 80),
            "weak judges  ███████████████                  50 %  400/800  200/s  2.0 s left");
}

TEST(ProgressBar, CountsBytes) {
  const ProgressState state{
      .label = "import", .done = 48'000'000, .total = 96'000'000, .seconds = 1, .unit = ProgressUnit::bytes};
  const std::string line = progress_line(state, 100);
  EXPECT_NE(line.find(" 50 %  48.0 MB/96.0 MB  48.0 MB/s  1.0 s left"), std::string::npos) << line;
}

TEST(ProgressBar, WithoutATotalThereIsNoBar) {
  EXPECT_EQ(progress_line({.label = "reading", .done = 1500, .seconds = 3}, 80), "reading  1,500  500/s");
}

TEST(ProgressBar, IsFullAtTheEndEvenIfMoreWasDone) {
  const std::string line = progress_line({.label = "", .done = 12, .total = 10, .seconds = 0}, 40);
  EXPECT_EQ(line,
            "██████████████████████████"
            "  100 %  10/10");
}

TEST(ProgressBar, NeverWiderThanTheTerminal) {
  for (std::size_t width = 0; width <= 120; ++width) {
    for (const std::uint64_t done : {0ULL, 1ULL, 77ULL, 100ULL, 12345678901ULL}) {
      const ProgressState state{
          .label = "모델 a long label of many words", .done = done, .total = 12345678901ULL, .seconds = 33};
      EXPECT_LE(display_width(progress_line(state, width)), width);
    }
  }
}

TEST(ProgressBar, HostileLabelsAndNumbersDoNoHarm) {
  const ProgressState state{.label = "\x1b[2J\n",
                            .done = std::numeric_limits<std::uint64_t>::max(),
                            .total = std::numeric_limits<std::uint64_t>::max(),
                            .seconds = std::numeric_limits<double>::quiet_NaN()};
  const std::string line = progress_line(state, 120);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  EXPECT_NE(line.find("100 %"), std::string::npos);
}

TEST(ProgressText, HasTheSameWithoutABar) {
  EXPECT_EQ(progress_text({.label = "weak judges", .done = 400, .total = 800, .seconds = 2}),
            "weak judges: 50 %, 400/800, 200/s, 2.0 s left");
  EXPECT_EQ(progress_text({.label = "reading", .done = 1500, .seconds = 3}), "reading: 1,500, 500/s");
  EXPECT_EQ(progress_text({.label = "", .done = 1, .total = 4}), "25 %, 1/4");
}

TEST(Heartbeat, IsDueOnceInHalfAMinute) {
  using std::chrono::seconds;
  const Heartbeat::Time began{};
  Heartbeat heartbeat(began);
  int lines = 0;
  for (int second = 0; second <= 3600; ++second) lines += heartbeat.due(began + seconds(second)) ? 1 : 0;
  EXPECT_EQ(lines, 120) << "an hour of a step a second";
  EXPECT_FALSE(heartbeat.due(began + seconds(3629)));
  EXPECT_TRUE(heartbeat.due(began + seconds(9000)));
  EXPECT_FALSE(heartbeat.due(began + seconds(9001))) << "what was left out is not made up for";
}

}  // namespace
}  // namespace assay::report
