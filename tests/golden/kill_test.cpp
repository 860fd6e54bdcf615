// The command is killed at random moments, as often as it takes, and must end as if it had not been.

#include <gmock/gmock.h>

#include <csignal>
#include <thread>

#include "assay/core/rng.h"
#include "assay/store/study.h"
#include "tests/golden/command.h"

namespace assay {
namespace {

using Clock = std::chrono::steady_clock;

class KillTest : public CommandTest {
 protected:
  // Starts `line`, sends `signal` after a random while of at most `longest`, and so on until it was hit `times`
  // times or has ended by itself often enough to show that it is through. Returns how often it was hit; `after` is
  // called after each hit.
  template <typename After>
  int hit(const std::string& line, int signal, int times, std::chrono::microseconds longest, const After& after) {
    int hits = 0;
    for (int tries = 0; hits < times && tries < 3 * times; ++tries) {
      RunningCommand run(folder_, words(line));
      std::this_thread::sleep_for(
          std::chrono::microseconds(rng_.below(static_cast<std::uint64_t>(longest.count()))));
      run.send(signal);
      const Finished finished = run.wait();
      if (finished.status != 128 + signal) {
        EXPECT_EQ(finished.status, 0) << finished.err;
        continue;
      }
      ++hits;
      after(finished);
    }
    return hits;
  }

  std::chrono::microseconds time_of(const std::string& line) const {
    const auto start = Clock::now();
    output(line);
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
  }

  // A program whose answers are kept: recorded judgements are not. Its words hang on what it is asked alone.
  std::string judge() const {
    write("judge",
          "#!/bin/sh\nwhile read -r line; do\n"
          "  id=${line#*\\\"id\\\":}; id=${id%%,*}\n"
          "  case $line in\n"
          "    *'\"score\"'*) r=${line#*\\\"repeat\\\":}; r=${r%%,*}; say=\"\\\"score\\\":$((1 + r * r % 5))\" ;;\n"
          "    *1'\",\"model\":'*|*5'\",\"baseline\":'*) say='\"verdict\":\"win\"' ;;\n"
          "    *4'\",\"model\":'*) say='\"verdict\":\"draw\"' ;;\n"
          "    *) say='\"verdict\":\"loss\"' ;;\n"
          "  esac\n"
          "  echo \"{\\\"id\\\":$id,$say}\"\ndone\n");
    std::filesystem::permissions(folder_ / "judge", std::filesystem::perms::owner_all);
    return " --oracle command:" + path("judge");
  }

  // Kept answers as "query model repeat value", in the order in which they were given.
  std::vector<std::string> answers(const std::string& study_name) const {
    const store::Study study(path(study_name), store::Study::Mode::read);
    std::vector<std::string> result;
    for (const store::StudySummary::Oracle& oracle : study.summary().oracles) {
      for (const store::KeptAnswer& answer : study.kept_answers(oracle.name)) {
        result.push_back(answer.query + " " + answer.model + " " + std::to_string(answer.repeat) + " " +
                         std::to_string(answer.value));
      }
    }
    return result;
  }

  static std::string without_line(const std::string& text, const std::string& key) {
    const std::size_t at = text.find("\"" + key + "\": ");
    if (at == std::string::npos) return text;
    return text.substr(0, at) + text.substr(text.find('\n', at));
  }

  // The uninterrupted run on whole.assay, the one that is hit on hit.assay, made alike; the study's name is the
  // only other difference.
  void expect_select_survives(const std::string& strategy, int signal, int times) {
    const std::string options = strategy + judge();
    output("synth whole.assay --models 8 --queries 120 --seed 4");
    copy("whole.assay", "hit.assay");
    copy("whole.assay", "timed.assay");
    const auto longest = time_of("select timed.assay --quiet " + options);
    const std::string expected = output("select whole.assay --json --quiet " + options);
    const std::vector<std::string> all = answers("whole.assay");
    ASSERT_GE(all.size(), 100U) << "too short a run to be hit";

    std::size_t kept = 0;
    const int hits =
        hit("select hit.assay --json --quiet " + options, signal, times, longest, [&](const Finished&) {
          const std::vector<std::string> now = answers("hit.assay");
          ASSERT_GE(now.size(), kept) << "an answer was lost";
          ASSERT_LE(now.size(), all.size());
          ASSERT_TRUE(std::equal(now.begin(), now.end(), all.begin())) << "not the beginning of the whole run";
          kept = now.size();
        });
    EXPECT_GE(hits, 1);
    const std::string came = output("select hit.assay --json --quiet " + options);
    EXPECT_EQ(answers("hit.assay"), all);
    const std::string renamed = without_line(without_line(came, "calls_new"), "study");
    EXPECT_EQ(renamed, without_line(without_line(expected, "calls_new"), "study"));
    RecordProperty("hits", hits);
  }

  Rng rng_{20260101};
};

TEST_F(KillTest, SelectOfRandomRows) { expect_select_survives("--strategy random", SIGKILL, 20); }

TEST_F(KillTest, SelectWithWeakJudges) {
  expect_select_survives("--strategy llm-selector --e-loss 0.2 --e-draw 0.4", SIGKILL, 15);
}

TEST_F(KillTest, SelectSingleCalls) { expect_select_survives("--strategy assay --confidence 1", SIGKILL, 10); }

TEST_F(KillTest, SelectInSmallBatches) { expect_select_survives("--strategy random --batch 3", SIGKILL, 10); }

TEST_F(KillTest, SelectStoppedByControlC) { expect_select_survives("--strategy random", SIGINT, 10); }

TEST_F(KillTest, Allocate) {
  output("synth whole.assay --models 5 --queries 10 --seed 4");
  copy("whole.assay", "hit.assay");
  copy("whole.assay", "timed.assay");
  const std::string options = " --json --quiet --scale 1,5 --budget 1500" + judge();
  const auto longest = time_of("allocate timed.assay" + options);
  const std::string expected = output("allocate whole.assay" + options);
  const std::vector<std::string> all = answers("whole.assay");
  ASSERT_EQ(all.size(), 1500U);
  std::size_t kept = 0;
  const int hits = hit("allocate hit.assay" + options, SIGKILL, 15, longest, [&](const Finished&) {
    const std::vector<std::string> now = answers("hit.assay");
    ASSERT_GE(now.size(), kept) << "a score was lost";
    ASSERT_LE(now.size(), all.size());
    ASSERT_TRUE(std::equal(now.begin(), now.end(), all.begin())) << "not the beginning of the whole run";
    kept = now.size();
  });
  EXPECT_GE(hits, 1);
  const std::string came = output("allocate hit.assay" + options);
  EXPECT_EQ(answers("hit.assay"), all) << "a call was paid for twice, or not at all";
  EXPECT_EQ(without_line(without_line(came, "calls_new"), "study"),
            without_line(without_line(expected, "calls_new"), "study"));
}

TEST_F(KillTest, WeakJudges) {
  output("synth whole.assay --models 8 --queries 120 --seed 4");
  copy("whole.assay", "hit.assay");
  copy("whole.assay", "timed.assay");
  const std::string options = " --json --weak-orders 30";
  const auto longest = time_of("weak-judges timed.assay" + options);
  const std::string expected = output("weak-judges whole.assay" + options);
  const int hits = hit("weak-judges hit.assay" + options, SIGKILL, 8, longest, [&](const Finished&) {
    EXPECT_EQ(store::Study(path("hit.assay"), store::Study::Mode::read).summary().responses, 9U * 120U);
  });
  EXPECT_GE(hits, 1);
  const std::string came = output("weak-judges hit.assay" + options);
  EXPECT_EQ(without_line(without_line(came, "study"), "kept"),
            without_line(without_line(expected, "study"), "kept"));
}

// A wide table: each cell that is imported in part would show.
std::string table(int rows, const std::string& prefix) {
  std::string text = "query";
  for (int j = 0; j < 20; ++j) text += ",model-" + std::to_string(j);
  text += '\n';
  for (int i = 0; i < rows; ++i) {
    text += prefix + std::to_string(i);
    for (int j = 0; j < 20; ++j) text += (i * 7 + j * 3) % 5 < 2 ? ",win" : ",loss";
    text += '\n';
  }
  return text;
}

TEST_F(KillTest, FirstImport) {
  write("more.csv", table(3000, "q"));
  const auto longest = time_of("import csv more.csv -o whole.assay");
  const int hits = hit("import csv more.csv -o hit.assay", SIGKILL, 6, longest, [&](const Finished&) {
    if (!std::filesystem::exists(folder_ / "hit.assay")) return;
    EXPECT_EQ(store::Study(path("hit.assay"), store::Study::Mode::read).summary().queries, 3000U)
        << "a part of an import";
  });
  EXPECT_GE(hits, 1);
  output("import csv more.csv -o hit.assay");
  EXPECT_EQ(without_line(without_line(output("info hit.assay --json"), "study"), "bytes"),
            without_line(without_line(output("info whole.assay --json"), "study"), "bytes"));
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    EXPECT_THAT(entry.path().filename().string(), testing::AnyOf("more.csv", "hit.assay", "whole.assay"));
  }
}

TEST_F(KillTest, ImportIntoAStudyThatIsThere) {
  write("some.csv", table(10, "first"));
  write("more.csv", table(3000, "q"));
  output("import csv some.csv -o whole.assay");
  copy("whole.assay", "hit.assay");
  const auto longest = time_of("import csv more.csv -o whole.assay");
  const int hits = hit("import csv more.csv -o hit.assay", SIGKILL, 6, longest, [&](const Finished&) {
    EXPECT_THAT(store::Study(path("hit.assay"), store::Study::Mode::read).summary().queries,
                testing::AnyOf(10U, 3010U));
  });
  EXPECT_GE(hits, 1);
  output("import csv more.csv -o hit.assay");
  EXPECT_EQ(without_line(without_line(output("info hit.assay --json"), "study"), "bytes"),
            without_line(without_line(output("info whole.assay --json"), "study"), "bytes"));
}

}  // namespace
}  // namespace assay
