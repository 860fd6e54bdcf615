#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

#include "assay/core/rng.h"
#include "tests/store/study_fixture.h"

namespace assay::store {
namespace {

// A process that is killed with SIGKILL when it has told `steps` times that it did a step.
class CrashTest : public StudyTest {
 protected:
  // `work` calls its argument after each step. Returns how many steps the child is known to have done.
  static std::size_t killed_after(std::size_t steps,
                                  const std::function<void(const std::function<void()>&)>& work) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      try {
        work([&] {
          const char dot = '.';
          if (::write(ends[1], &dot, 1) != 1) _exit(3);
        });
      } catch (...) {
        _exit(2);
      }
      _exit(0);
    }
    close(ends[1]);
    std::size_t done = 0;
    char dot = 0;
    while (done < steps && ::read(ends[0], &dot, 1) == 1) ++done;
    kill(child, SIGKILL);
    while (::read(ends[0], &dot, 1) == 1) ++done;  // Done before the signal came.
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself, status " << status;
    return done;
  }

  static void feed_for_ever(Study& study, const std::function<void()>& step) {
    const auto import = study.begin_import();
    const std::string text(100'000, 'y');
    for (std::size_t i = 0;; ++i) {
      const std::string query = "new" + std::to_string(i);
      import->add(ResponseRecord{query, "m", 1, text + query}, {"f", i + 1}, OnConflict::fail);
      step();
    }
  }
};

TEST_F(CrashTest, KilledFirstImportLeavesNoStudy) {
  killed_after(1500, [&](const auto& step) {  // 150 MB: more than the cache.
    Study study(path(), Study::Mode::create);
    feed_for_ever(study, step);
  });
  EXPECT_FALSE(std::filesystem::exists(path()));
  EXPECT_THROW(Study(path("x.assay.new"), Study::Mode::read), Error);
  const Study study = sample();  // Takes over what was left behind.
  EXPECT_EQ(study.summary().responses, 9U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(CrashTest, KilledImportLeavesTheStudyAsItWas) {
  sample();
  const std::string before = bytes(path());
  for (const std::size_t steps : {1U, 1500U}) {
    killed_after(steps, [&](const auto& step) {
      Study study(path(), Study::Mode::write);
      feed_for_ever(study, step);
    });
    EXPECT_EQ(Study(path(), Study::Mode::read).summary().responses, 9U);  // Rolls back.
    EXPECT_EQ(bytes(path()), before);
  }
}

TEST_F(CrashTest, KilledWhileAskingKeepsEveryAnswer) {
  constexpr std::uint32_t kQueries = 3000;
  {
    Study study(path(), Study::Mode::create);
    const auto import = study.begin_import();
    for (std::uint32_t i = 0; i < kQueries; ++i) {
      import->add(VerdictRecord{std::to_string(100000 + i), "m", "base", "j", 1, 1.0}, {"f", 1}, OnConflict::fail);
    }
    import->commit();
  }
  Rng rng(3);
  std::size_t sure = 0;
  for (int round = 0; round < 6; ++round) {
    sure += killed_after(rng.below(400), [&](const auto& step) {
      Study study(path(), Study::Mode::write);
      study.begin_answering();
      const Comparison comparison = study.comparison({});
      auto next = static_cast<std::uint32_t>(study.kept_answers("o").size());
      for (; next < kQueries; ++next) {
        study.keep_answer("o", {comparison.queries[next], comparison.models[0], 0, 0, {}, 1.0});
        step();
      }
      for (;;) pause();
    });
    const Study study(path(), Study::Mode::read);
    const Comparison comparison = study.comparison({});
    const std::vector<KeptAnswer> answers = study.kept_answers("o");
    ASSERT_GE(answers.size(), sure);      // All that were told of,
    ASSERT_LE(answers.size(), sure + 1);  // and perhaps the one that was not told of in time.
    sure = answers.size();
    for (std::size_t i = 0; i < answers.size(); ++i) ASSERT_EQ(answers[i].query, comparison.queries[i]);
  }
}

}  // namespace
}  // namespace assay::store
