#include "assay/file/filter_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/data/sample_folder.h"

namespace assay::file {
namespace {

using Ours = FilterProcess::Ours;

std::string output_of(FilterProcess& process) {
  std::string text;
  char buffer[7];
  while (const std::size_t count = process.read(buffer, sizeof buffer)) text.append(buffer, count);
  return text;
}

TEST(FilterProcess, ReadsAFileThroughAProgram) {
  const SampleFolder folder;
  FilterProcess process({"tr", "a-z", "A-Z"}, Ours::output, folder.write("in", "some text\n"));
  EXPECT_EQ(output_of(process), "SOME TEXT\n");
  EXPECT_EQ(process.finish(), "");
}

TEST(FilterProcess, WritesAFileThroughAProgram) {
  const SampleFolder folder;
  const std::string path = folder.write("out", "what was there before, and is longer");
  std::string lines;
  for (int i = 0; i < 100'000; ++i) lines += "line\n";
  FilterProcess process({"tr", "l", "L"}, Ours::input, path);
  EXPECT_TRUE(process.write(lines));
  EXPECT_TRUE(process.write("end\n"));
  EXPECT_EQ(process.finish(), "");
  std::ifstream file(path);
  const std::string written(std::istreambuf_iterator<char>(file), {});
  EXPECT_EQ(written.size(), lines.size() + 4);
  EXPECT_TRUE(written.starts_with("Line\nLine\n") && written.ends_with("Line\nend\n"));
}

TEST(FilterProcess, TellsWhyAProgramFailed) {
  const SampleFolder folder;
  const std::string path = folder.write("in", "");
  const auto failure = [&](const char* script) {
    FilterProcess process({"sh", "-c", script}, Ours::output, path);
    output_of(process);
    return process.finish();
  };
  EXPECT_EQ(failure("echo first >&2; echo second >&2; exit 3"), "first");
  EXPECT_EQ(failure("exit 3"), "it ended with status 3");
  EXPECT_THAT(failure("kill -SEGV $$"), testing::HasSubstr("signal 11"));
  EXPECT_EQ(failure("echo remarks alone >&2"), "");
  // More remarks than a channel holds do not stop it.
  EXPECT_EQ(failure("yes | head -c 5000000 >&2; exit 0"), "");
}

TEST(FilterProcess, WritingToAProgramThatHasGoneIsNoSignal) {
  const SampleFolder folder;
  FilterProcess process({"sh", "-c", "echo gone >&2; exit 1"}, Ours::input, folder.write("out", ""));
  const std::string much(1'000'000, 'x');
  while (process.write(much)) {
  }
  EXPECT_EQ(process.finish(), "gone");
}

TEST(FilterProcess, PositionIsThatOfTheProgram) {
  const SampleFolder folder;
  FilterProcess process({"cat"}, Ours::output, folder.write("in", std::string(1000, 'x')));
  output_of(process);
  EXPECT_EQ(process.position(), 1000U);
}

TEST(FilterProcess, WhatIsLeftIsEnded) {
  const SampleFolder folder;
  { FilterProcess process({"sleep", "1000"}, Ours::output, folder.write("in", "")); }  // does not wait for it
}

TEST(FilterProcess, WhatIsMissingIsTold) {
  const SampleFolder folder;
  EXPECT_THROW(FilterProcess({"no-such-program"}, Ours::output, folder.write("in", "")), NoProgram);
  EXPECT_THAT(error_of([&] { FilterProcess({"cat"}, Ours::output, folder.path("no such file")); }),
              testing::EndsWith("can't be opened: No such file or directory"));
}

}  // namespace
}  // namespace assay::file
