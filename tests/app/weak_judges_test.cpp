#include "assay/app/weak_judges.h"

#include <gmock/gmock.h>

#include "tests/app/app_fixture.h"

namespace assay::app {
namespace {

class WeakJudgesTest : public SynthStudyTest {
 protected:
  WeakJudgesRequest request() const {
    WeakJudgesRequest result;
    result.study = study_;
    result.options.kgram.max_order = 4;
    return result;
  }
};

TEST_F(WeakJudgesTest, OneForEachOrderWithSharesOfOne) {
  WeakJudgesRequest wanted = request();
  wanted.options.draw_share = 0.2;
  const WeakJudgesReport report = run_weak_judges(wanted);
  ASSERT_EQ(report.judges.size(), 4U);
  for (std::size_t k = 0; k < 4; ++k) {
    const WeakJudgesReport::Judge& judge = report.judges[k];
    EXPECT_EQ(judge.order, k + 1);
    EXPECT_NEAR(judge.wins + judge.draws + judge.losses, 1.0, 1e-12);
    EXPECT_NEAR(judge.draws, 0.2, 1.0 / 200);
    EXPECT_EQ(judge.no_verdict, 0U);
    EXPECT_TRUE(judge.agreement >= 0 && judge.agreement <= 1);
  }
}

TEST_F(WeakJudgesTest, KeptUnderTheirOptions) {
  const WeakJudgesReport first = run_weak_judges(request());
  EXPECT_FALSE(first.kept);
  const WeakJudgesReport again = run_weak_judges(request());
  EXPECT_TRUE(again.kept);
  for (std::size_t k = 0; k < 4; ++k) {
    EXPECT_EQ(again.judges[k].wins, first.judges[k].wins);
    EXPECT_EQ(again.judges[k].agreement, first.judges[k].agreement);
  }
  WeakJudgesRequest other = request();
  other.options.pooled = !other.options.pooled;
  EXPECT_FALSE(run_weak_judges(other).kept);
  WeakJudgesRequest fewer = request();
  fewer.choice.models = {"model-01", "model-02"};
  EXPECT_FALSE(run_weak_judges(fewer).kept);
}

TEST_F(WeakJudgesTest, NeedResponses) {
  const std::string bare = folder_.path("bare.assay");
  {
    store::Study study(bare, store::Study::Mode::create);
    const auto import = study.begin_import();
    import->add(VerdictRecord{"q", "m", "base", "j", 1, 1.0}, {"f", 1}, OnConflict::fail);
    import->commit();
  }
  WeakJudgesRequest wanted = request();
  wanted.study = bare;
  wanted.choice.without_responses = true;
  EXPECT_THAT(error_of([&] { run_weak_judges(wanted); }), testing::HasSubstr("need responses"));
}

}  // namespace
}  // namespace assay::app
