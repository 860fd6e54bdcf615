#include "assay/asking/kept_oracle.h"

#include <gmock/gmock.h>

#include "assay/asking/kept_answers.h"
#include "tests/asking/sample_task.h"
#include "tests/judge/memory_oracle.h"
#include "tests/store/study_fixture.h"

namespace assay::asking {
namespace {

// A judge whose ledger has the answer to item 2.
class WithLedger : public MemoryOracle {
 public:
  WithLedger() : MemoryOracle("memory") {}
  std::vector<Answer> known(const store::AnswerMark&) const override { return {{{2}, 0.5, true, true}}; }
};

class KeptOracleTest : public StudyTest {
 protected:
  KeptOracleTest() : study_(sample()), task_(study_.comparison({})) { task_.load_texts(study_); }

  store::Study study_;
  JudgeTask task_;
};

TEST_F(KeptOracleTest, GivesWhatIsThereAndAsksNobody) {
  study_.keep_answer("memory", {"q1", "good", 0, 0, task_.fingerprint(1), 1.0});
  auto judge = std::make_unique<WithLedger>();
  const MemoryOracle& asked = *judge;
  KeptOracle oracle(task_, "memory", std::move(judge));
  KeptAnswers answers(study_, task_, oracle);
  std::vector<Answer> came;
  const std::vector<Ask> asks{{1}, {2}};
  EXPECT_EQ(answers.get(asks, came).kind, AskEnd::Kind::all);
  ASSERT_EQ(came.size(), 2U);
  EXPECT_EQ(came[0].value, 1.0);
  EXPECT_EQ(came[1].value, 0.5);
  came.clear();
  const std::vector<Ask> more{{0}, {1}};
  const AskEnd end = answers.get(more, came);
  EXPECT_EQ(end.kind, AskEnd::Kind::left);
  EXPECT_NE(end.why, "");
  ASSERT_EQ(came.size(), 1U);
  EXPECT_EQ(came[0].ask, Ask{1});
  EXPECT_TRUE(asked.asked().empty());
  EXPECT_EQ(answers.known(study_.answer_mark()).size(), 2U);
}

TEST_F(KeptOracleTest, WithoutALedgerWhatIsKeptIsAll) {
  KeptOracle oracle(task_, "memory", nullptr);
  const Ask ask{0};
  EXPECT_EQ(oracle.ask({&ask, 1}, [](const Answer&) { ADD_FAILURE(); }).kind, AskEnd::Kind::left);
  EXPECT_EQ(oracle.fingerprint(0), task_.fingerprint(0));
}

}  // namespace
}  // namespace assay::asking
