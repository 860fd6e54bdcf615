#include "assay/app/export.h"

#include <gmock/gmock.h>

#include "assay/view/export.h"
#include "tests/store/study_fixture.h"

namespace assay::app {
namespace {

using testing::HasSubstr;

class ExportTest : public StudyTest {
 protected:
  std::string out(const char* name) const { return path() + "." + name; }
};

TEST_F(ExportTest, TheFormatIsToldByTheEndingOrAskedFor) {
  sample();
  EXPECT_EQ(run_export({path(), "", out("jsonl")}).format, "jsonl");
  EXPECT_EQ(run_export({path(), "jsonl", out("txt")}).format, "jsonl");
  EXPECT_THAT(error_of([&] { run_export({path(), "", out("txt")}); }), HasSubstr("give `format`"));
  EXPECT_THAT(error_of([&] {
                run_export({path(), "pdf", out("txt")});
              }),
              HasSubstr("expected a format (jsonl, csv"));
}

TEST_F(ExportTest, TellsWhatWasWrittenAndWhatHasNoPlace) {
  sample();
  const ExportReport report = run_export({path(), "", out("csv")});
  EXPECT_EQ(report.queries, 3U);
  EXPECT_EQ(report.responses, 9U);
  EXPECT_EQ(report.live, 0U);
  const std::string text = view::to_text(report);
  EXPECT_THAT(text, HasSubstr("3 queries, 9 responses"));
  if (!report.left_out.empty()) {
    EXPECT_THAT(text, HasSubstr("Left out"));
  }
  EXPECT_THAT(view::to_json(report), HasSubstr("\"format\": \"csv\""));
}

TEST_F(ExportTest, AStudyIsNotWrittenOver) {
  sample();
  EXPECT_THAT(error_of([&] {
                run_export({path(), "jsonl", path()});
              }),
              HasSubstr("came a study, which would be lost"));
}

}  // namespace
}  // namespace assay::app
