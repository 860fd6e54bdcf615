#include "assay/view/synth.h"

#include <gmock/gmock.h>

#include "assay/store/study.h"
#include "tests/app/app_fixture.h"

namespace assay::app {
namespace {

using testing::HasSubstr;

class SynthTest : public SynthStudyTest {};

TEST_F(SynthTest, TellsTheModelsByFallingTrueWinRate) {
  ASSERT_EQ(made_.models.size(), 5U);
  for (std::size_t i = 1; i < made_.models.size(); ++i) {
    EXPECT_GE(made_.models[i - 1].win_rate, made_.models[i].win_rate);
  }
  EXPECT_THAT(view::to_json(made_), HasSubstr("\"name\": \"" + made_.models[0].name + "\""));
  EXPECT_THAT(view::to_text(made_), HasSubstr("5 synthetic models, 40 queries, seed 11"));
}

TEST_F(SynthTest, StudyHoldsWhatWasAskedFor) {
  const store::Comparison comparison = store::Study(study_, store::Study::Mode::read).comparison({});
  EXPECT_EQ(comparison.queries.size(), 40U);
  EXPECT_EQ(comparison.models.size(), 5U);
  EXPECT_EQ(comparison.baseline, "baseline");
}

TEST_F(SynthTest, RefusesAFileThatIsThereAndLeavesNothingWhereItFails) {
  EXPECT_THROW(run_synth({.study = study_, .options = {}}), InvalidArgument);
  EXPECT_EQ(store::Study(study_, store::Study::Mode::read).summary().queries, 40U);
  const std::string other = folder_.path("other.assay");
  EXPECT_THROW(run_synth({.study = other, .options = {.models = 0}}), InvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(other));
}

}  // namespace
}  // namespace assay::app
