#include "assay/app/export.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "assay/app/select.h"
#include "assay/view/export.h"
#include "tests/judge/memory_judge.h"
#include "tests/store/study_fixture.h"

namespace assay::app {
namespace {

using testing::HasSubstr;
using testing::Not;

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

// Its title is none; and its address is nobody's business.
TEST_F(ExportTest, AJudgeThatIsAnLlmGetsAFileName) {
  StudyTest::sample();
  MemoryHttp http(judging([](const std::string& a, const std::string& b) {
    return a < b ? judge::PairVerdict::a : judge::PairVerdict::b;
  }));
  SelectRequest asked{.study = path()};
  asked.strategy = "random";
  asked.oracle.name = "llm";
  asked.oracle.llm.url = "http://judge/v1";
  asked.oracle.llm.model = "org/judge-1";
  asked.oracle.llm.client = &http;
  asked.choice.baseline = "base";
  run_select(asked);
  for (const char* format : {"alpaca-eval", "arena-hard"}) {
    const ExportReport report = run_export({path(), format, out(format)});
    EXPECT_GT(report.live, 0U) << format;
    std::size_t named = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(out(format))) {
      named += entry.path().filename().string().starts_with("org-judge-1, template ") ? 1 : 0;
    }
    EXPECT_GT(named, 0U) << format;
    EXPECT_EQ(run_export({path(), "jsonl", out("jsonl")}).live, report.live);
    EXPECT_THAT(bytes(out("jsonl")), Not(HasSubstr("http")));
  }
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
