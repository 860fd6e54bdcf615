#include "assay/app/remove.h"

#include <gmock/gmock.h>

#include "assay/view/remove.h"
#include "tests/store/study_fixture.h"

namespace assay::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(StudyTest, RemoveTellsWhatWent) {
  sample();
  const RemoveReport report = run_remove({.study = path(), .removal = {.models = {"bad"}}});
  EXPECT_EQ(report.now.models, 2U);
  const std::string text = view::to_text(report);
  EXPECT_THAT(text, HasSubstr("Removed \"bad\", with 3 responses, 3 verdicts.\n"));
  EXPECT_THAT(text, Not(HasSubstr("baseline")));
  EXPECT_THAT(text, Not(HasSubstr("paid")));
  EXPECT_THAT(view::to_json(report), HasSubstr("\"kept_answers\": 0"));
}

TEST_F(StudyTest, RemoveOfABaselineTellsWhatIsNeededNext) {
  sample();
  const RemoveReport report = run_remove({.study = path(), .removal = {.models = {"base"}}});
  EXPECT_THAT(view::to_text(report), HasSubstr("Note: others were compared with \"base\", 6 of the verdicts were "
                                               "against it; name another --baseline where one is needed\n"));
}

TEST_F(StudyTest, RemoveNeedsSomethingToRemove) {
  sample();
  EXPECT_THROW(run_remove({.study = path()}), InvalidArgument);
  EXPECT_THROW(run_remove({.study = path("none.assay"), .removal = {.models = {"m"}}}), Error);
}

}  // namespace
}  // namespace assay::app
