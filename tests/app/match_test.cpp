// Oracle match from the file of prompts to the decision.
#include <gmock/gmock.h>

#include "assay/app/select.h"
#include "tests/app/app_fixture.h"
#include "tests/judge/shell_judge.h"

namespace assay::app {
namespace {

using testing::Contains;
using testing::HasSubstr;

class MatchTest : public AppTest {
 protected:
  // Model good is right on nine of ten queries, bad on one of ten.
  MatchTest() {
    std::string lines;
    for (int q = 0; q < 200; ++q) {
      const std::string id = std::to_string(q);
      lines += R"({"id": )" + id + R"(, "question": "And )" + id + R"( and 1?", "answer": )" +
               std::to_string(q + 1) + "}\n";
      for (const bool good : {true, false}) {
        const int said = q + ((q % 10 == 0) == good ? 7 : 1);
        lines += R"({"id": )" + id + R"(, "model": ")" + (good ? "good" : "bad") +
                 R"(", "response": "Let me see. The answer is )" + std::to_string(said) + "\"}\n";
      }
    }
    lines += "{\"id\": 200, \"question\": \"Why?\"}\n";
    write("in.jsonl", lines);
    import_jsonl("in.jsonl", "x.assay");
  }
  SelectRequest request(const std::string& oracle = "match") const {
    SelectRequest request;
    request.study = path("x.assay");
    request.oracle.name = oracle;
    return request;
  }
};

TEST_F(MatchTest, SelectFindsWhoIsRightWithoutAJudge) {
  const asking::SelectReport report = run_select(request());
  EXPECT_EQ(report.best, "good");
  EXPECT_EQ(report.measure, store::Measure::accuracy);
  EXPECT_EQ(report.baseline, "");
  ASSERT_TRUE(report.stop);
  EXPECT_TRUE(report.stop->decided);
  EXPECT_LT(report.calls, 400U);
  EXPECT_THAT(report.notes, Contains(HasSubstr("200 by number")));
  EXPECT_THAT(report.notes, Contains("left out, no reference answer: 1 of 201 queries"));
  EXPECT_TRUE(store::Study(path("x.assay"), store::Study::Mode::read).summary().oracles.empty())
      << "nothing is kept";
}

TEST_F(MatchTest, JudgingEverythingGivesTheAccuracies) {
  SelectRequest all = request("match:number");
  all.strategy = "random";
  const asking::SelectReport report = run_select(all);
  ASSERT_EQ(report.models.size(), 2U);
  EXPECT_NEAR(report.models[0].win_rate, 0.9, 1e-12);
  EXPECT_NEAR(report.models[1].win_rate, 0.1, 1e-12);
}

TEST_F(MatchTest, SaysWhatItCanNotMeasure) {
  SelectRequest scores = request();
  scores.choice.measure = store::Measure::score;
  EXPECT_THAT(error_of([&] { run_select(scores); }), HasSubstr("goes with `measure` accuracy"));
  write("none.jsonl", "{\"id\": 1, \"prompt\": \"p\"}\n{\"id\": 1, \"model\": \"m\", \"response\": \"r\"}\n");
  import_jsonl("none.jsonl", "none.assay");
  SelectRequest none = request();
  none.study = path("none.assay");
  EXPECT_THAT(error_of([&] { run_select(none); }), HasSubstr("the study has no reference answers"));
}

// A program gets the reference, and tells right from wrong by 1 and 0.
TEST_F(MatchTest, AProgramMayCompareInstead) {
  SelectRequest command =
      request("command:" + shell_judge(R"(r=${line#*\"reference\":\"}; r=${r%%\"*}; case $line in )"
                                       R"(*"answer is $r\""*) s=1;; *) s=0;; esac; )" +
                                       say("\"score\":$s")));
  command.choice.measure = store::Measure::accuracy;
  const asking::SelectReport report = run_select(command);
  EXPECT_EQ(report.best, "good");
  EXPECT_EQ(report.scale.high, 1);
}

}  // namespace
}  // namespace assay::app
