#include "assay/asking/run_memory.h"

#include <gmock/gmock.h>

#include "tests/asking/sample_task.h"
#include "tests/store/study_fixture.h"

namespace assay::asking {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RunMemoryTest : public StudyTest {
 protected:
  RunMemoryTest() : study_(sample()) {}

  RunStart start(const RunIdentity& identity, bool keep = true) {
    return start_run(study_, pair_task(3, {"good", "bad"}), identity, keep);
  }
  void keep(const char* query) { study_.keep_answer("o", {query, "good", 0, 0, {}, 1.0}); }

  store::Study study_;
};

TEST_F(RunMemoryTest, AResumedRunBeginsWhereItBegan) {
  keep("q1");
  const RunStart first = start({"o", "assay 0"});
  EXPECT_FALSE(first.resumed);
  EXPECT_EQ(first.mark, study_.answer_mark());
  EXPECT_THAT(first.notes, IsEmpty());
  keep("q2");
  const RunStart again = start({"o", "assay 0"});
  EXPECT_TRUE(again.resumed);
  EXPECT_EQ(again.mark, first.mark) << "its own answers must not be known before it asks";
  EXPECT_THAT(again.notes, IsEmpty());
}

TEST_F(RunMemoryTest, AnotherSeedIsAnotherTestAndIsTold) {
  start({"o", "assay 0", 1});
  keep("q1");
  const RunStart other = start({"o", "assay 0", 2});
  EXPECT_FALSE(other.resumed);
  EXPECT_EQ(other.mark, study_.answer_mark()) << "all that is there counts";
  EXPECT_THAT(other.notes, ElementsAre(HasSubstr("a run with seed 1 asked the same before")));
  EXPECT_TRUE(start({"o", "assay 0", 1}).resumed);
  EXPECT_TRUE(start({"o", "assay 0", 2}).resumed);
}

TEST_F(RunMemoryTest, WhoLooksSeesTheLatestRun) {
  const auto look = [&](const RunIdentity& identity) {
    return latest_run(study_, pair_task(3, {"good", "bad"}), identity);
  };
  EXPECT_FALSE(look({"o", "assay 0", 1}).resumed);
  start({"o", "assay 0", 1, 4});
  EXPECT_EQ(look({"o", "assay 0", 9, 1, true}).batch, 4U) << "its own is not looked at";
  keep("q1");
  start({"o", "assay 0", 2, 8});
  const RunStart latest = look({"o", "assay 0", 1});
  EXPECT_TRUE(latest.resumed);
  EXPECT_EQ(latest.seed, 2U);
  EXPECT_EQ(latest.batch, 8U);
  const RunStart other = look({"o", "assay 0.1", 1});
  EXPECT_FALSE(other.resumed);
  EXPECT_EQ(other.seed, 2U) << "whose draws may help";
  EXPECT_FALSE(look({"p", "assay 0", 1}).resumed);
  start({"o", "assay 0", 5});
  EXPECT_EQ(look({"o", "assay 0", 5}).seed, 5U) << "both began with the same answers";
  EXPECT_EQ(look({"o", "assay 0", 2}).seed, 2U);
}

TEST_F(RunMemoryTest, OtherQuestionsOrAnotherJudgeAreAnotherMatter) {
  start({"o", "assay 0", 1});
  EXPECT_THAT(start({"p", "assay 0", 2}).notes, IsEmpty());
  const RunStart other = start_run(study_, pair_task(3, {"good", "bad", "new"}), {"o", "assay 0", 2}, true);
  EXPECT_FALSE(other.resumed);
  EXPECT_THAT(other.notes, IsEmpty());
  EXPECT_FALSE(start({"o", "assay 0.05", 1}).resumed);
}

TEST_F(RunMemoryTest, TheBatchIsRememberedWhereItIsNotGiven) {
  start({"o", "assay 0", 1, 8, true});
  EXPECT_EQ(start({"o", "assay 0", 1, 1, false}).batch, 8U);
  EXPECT_TRUE(start({"o", "assay 0", 1, 8, true}).resumed);
  const RunStart other = start({"o", "assay 0", 1, 4, true});
  EXPECT_FALSE(other.resumed);
  EXPECT_THAT(other.notes, ElementsAre(HasSubstr("a run with 8 calls at a time")));
  EXPECT_EQ(start({"o", "assay 0", 1, 1, false}).batch, 4U) << "the newer one";
}

TEST_F(RunMemoryTest, LookingLeavesNoTrace) {
  EXPECT_FALSE(start({"o", "assay 0"}, false).resumed);
  EXPECT_FALSE(start({"o", "assay 0"}, false).resumed);
  const std::string name = (start({"o", "assay 0"}), study_.remembered_names("run:").at(0));
  study_.remember(name, "{");
  EXPECT_FALSE(start({"o", "assay 0"}).resumed) << "what can't be read is as good as nothing";
}

}  // namespace
}  // namespace assay::asking
