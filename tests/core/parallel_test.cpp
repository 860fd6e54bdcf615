#include "assay/core/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "assay/core/error.h"

namespace assay {
namespace {

TEST(ParallelFor, CallsEveryIndexOnce) {
  for (const std::size_t threads : {0U, 1U, 2U, 5U, 64U}) {
    for (const std::size_t count : {0U, 1U, 3U, 1000U}) {
      std::vector<std::atomic<int>> calls(count);
      parallel_for(count, threads, [&](std::size_t i) { ++calls[i]; });
      for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(calls[i], 1) << "index " << i << ", threads " << threads;
    }
  }
}

TEST(ParallelFor, ThrowsOnTheFirstFailureAndStartsNoMore) {
  for (const std::size_t threads : {1U, 4U}) {
    std::atomic<std::size_t> calls{0};
    const auto body = [&](std::size_t i) {
      ++calls;
      if (i == 10) throw InvalidArgument("index 10");
    };
    EXPECT_THROW(parallel_for(10000000, threads, body), InvalidArgument);
    EXPECT_LT(calls, 10000000U) << "went on with all the rest";
    EXPECT_GE(calls, 11U);
  }
}

TEST(ParallelFor, ReportsProgressFromTheCallingThread) {
  const std::thread::id caller = std::this_thread::get_id();
  std::size_t last = 0;
  parallel_for(
      500, 4, [](std::size_t) {},
      [&](std::size_t done, std::size_t total) {
        EXPECT_EQ(std::this_thread::get_id(), caller);
        EXPECT_EQ(total, 500U);
        EXPECT_GE(done, last);
        EXPECT_LE(done, total);
        last = done;
      });
  EXPECT_EQ(last, 500U) << "the bar never fills";
}

TEST(ParallelFor, ProgressThatThrowsEndsAllThreads) {
  struct Cancelled {};
  for (const std::size_t threads : {1U, 4U}) {
    std::atomic<std::size_t> calls{0};
    const auto cancel = [](std::size_t, std::size_t) { throw Cancelled(); };
    EXPECT_THROW(parallel_for(
                     10'000'000, threads, [&](std::size_t) { ++calls; }, cancel),
                 Cancelled);
    EXPECT_LT(calls, 10'000'000U) << "went on with all the rest";
    const std::size_t after = calls;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(calls, after) << "a thread is left";
  }
}

TEST(ThreadCount, AskedOrOnePerCore) {
  EXPECT_EQ(thread_count(3), 3U);
  EXPECT_GE(thread_count(0), 1U);
}

}  // namespace
}  // namespace assay
