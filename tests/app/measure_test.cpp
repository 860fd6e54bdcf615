// What a reward is: scores and accuracies without a baseline, verdicts by degree.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "assay/app/import.h"
#include "assay/app/select.h"
#include "assay/core/error.h"
#include "assay/store/study.h"
#include "tests/app/app_fixture.h"

namespace assay::app {
using namespace store;
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class MeasureTest : public testing::Test {
 protected:
  Comparison compared(const std::string& csv, const ComparisonChoice& choice = {},
                      const data::FormatOptions& options = {}) {
    const std::string file = folder_.path("m.csv");
    std::ofstream(file) << csv;
    const std::string path = folder_.path("m" + std::to_string(studies_++) + ".assay");
    app::run_import({.format = "csv", .paths = {file}, .study = path, .options = options});
    last_ = path;
    return Study(path, Study::Mode::read).comparison(choice);
  }
  static std::vector<double> row(const Comparison& comparison, std::size_t query) {
    std::vector<double> rewards;
    for (std::size_t j = 0; j < comparison.models.size(); ++j) {
      rewards.push_back(comparison.rewards.at(query_id(query), model_id(j)));
    }
    return rewards;
  }

  SampleFolder folder_;
  int studies_ = 0;
  std::string last_;
};

TEST_F(MeasureTest, RightAndWrongAreAnAccuracyWithoutABaseline) {
  const Comparison comparison =
      compared("item,category,a,b\n1,x,1,0\n2,x,0,1\n3,y,1,1\n", {}, {.task = "category"});
  EXPECT_EQ(comparison.measure, Measure::accuracy);
  EXPECT_EQ(comparison.baseline, "");
  EXPECT_EQ(comparison.step, 1);
  EXPECT_THAT(comparison.models, ElementsAre("a", "b"));
  EXPECT_THAT(row(comparison, 0), ElementsAre(1, 0));
  EXPECT_THAT(row(comparison, 1), ElementsAre(0, 1));
}

TEST_F(MeasureTest, ScoresAreSharesOfTheirScale) {
  const std::string csv = "query,a,b\n1,3,10\n2,4,1\n";
  const Comparison found = compared(csv);
  EXPECT_EQ(found.measure, Measure::score);
  EXPECT_EQ(found.scale.low, 1);
  EXPECT_EQ(found.scale.high, 10);
  EXPECT_NEAR(row(found, 0)[0], 2.0 / 9, 1e-12);
  EXPECT_EQ(row(found, 0)[1], 1);
  EXPECT_NEAR(found.step, 1.0 / 9, 1e-12);
  const Comparison given = compared(csv, {.scale = Scale{0, 20}});
  EXPECT_NEAR(row(given, 1)[0], 0.2, 1e-9);
  EXPECT_NEAR(row(compared(csv, {.lower_is_better = true}), 0)[0], 7.0 / 9, 1e-12);
  EXPECT_THROW(compared(csv, {.scale = Scale{0, 5}}), InvalidArgument) << "a 10 on a scale up to 5";
  EXPECT_THROW(compared("query,a,b\n1,3,3\n2,3,3\n"), InvalidArgument) << "nothing differs";
}

// What an import told of the judge "csv" is the default.
void tell_of_judge(const std::string& path, const JudgeRecord& record) {
  Study study(path, Study::Mode::write);
  const auto import = study.begin_import();
  import->add(record, {"f", 1}, OnConflict::fail);
  import->commit();
}

TEST_F(MeasureTest, DirectionAndScaleAsTheImportTold) {
  compared("query,a,b\n1,3,10\n2,4,1\n");
  tell_of_judge(last_, {.judge = "csv", .lower_is_better = true, .least = 0, .most = 20});
  const Study study(last_, Study::Mode::read);
  const Comparison found = study.comparison({});
  EXPECT_TRUE(found.lower_is_better);
  EXPECT_EQ(found.scale.high, 20);
  EXPECT_NEAR(row(found, 0)[0], 1 - 3.0 / 20, 1e-4);
  EXPECT_THAT(found.notes, testing::Contains(HasSubstr("lower scores of \"csv\" are better, as the import told")));
  EXPECT_THAT(found.notes, testing::Contains(HasSubstr("scores from 0 to 20, as the import told")));
  const Comparison against = study.comparison({.baseline = "b"});
  EXPECT_THAT(row(against, 0), ElementsAre(1)) << "3 is better than 10";
  const Comparison asked = study.comparison({.scale = Scale{0, 10}, .lower_is_better = false});
  EXPECT_NEAR(row(asked, 0)[0], 0.3, 1e-4);
  EXPECT_EQ(study.scoring({}).told->high, 20);
}

TEST_F(MeasureTest, AScaleThatScoresLeaveIsNotBelieved) {
  compared("query,a,b\n1,3,10\n2,4,1\n");
  tell_of_judge(last_, {.judge = "csv", .least = 0, .most = 5});
  const Comparison found = Study(last_, Study::Mode::read).comparison({});
  EXPECT_EQ(found.scale.high, 10);
  EXPECT_THAT(found.notes, testing::Contains(HasSubstr("go from 0 to 5, and some go from 1 to 10")));
}

TEST_F(MeasureTest, OfErrorsWhereLowerIsBetterZeroIsRight) {
  compared("query,a,b\n1,0,1\n2,0,0\n");
  tell_of_judge(last_, {.judge = "csv", .lower_is_better = true});
  const Study study(last_, Study::Mode::read);
  const Comparison found = study.comparison({});
  EXPECT_EQ(found.measure, Measure::score);
  EXPECT_THAT(row(found, 0), ElementsAre(1, 0));
  EXPECT_EQ(study.benchmark({}).table.at(query_id(0), model_id(0)), Correctness::kRight);
  EXPECT_EQ(study.benchmark({}).table.at(query_id(0), model_id(1)), Correctness::kWrong);
}

TEST_F(MeasureTest, TrueLabelsJudge) {
  const Comparison comparison = compared("query,gold,a,b\n1,A,A,B\n2,B,B,\n3,C,A,C\n", {}, {.gold = "gold"});
  EXPECT_EQ(comparison.measure, Measure::accuracy);
  EXPECT_EQ(comparison.judge, "labels");
  EXPECT_THAT(row(comparison, 1), ElementsAre(1, 0)) << "no answer is a wrong one";
  EXPECT_THAT(row(comparison, 2), ElementsAre(0, 1));
}

TEST_F(MeasureTest, ABaselineThatIsNamedGivesWinRates) {
  const std::string csv = "query,a,b,c\n1,3,10,4\n2,4,1,4\n";
  const Comparison comparison = compared(csv, {.baseline = "c"});
  EXPECT_EQ(comparison.measure, Measure::win_rate);
  EXPECT_THAT(row(comparison, 0), ElementsAre(0, 1));
  EXPECT_THAT(row(comparison, 1), ElementsAre(0.5, 0));
  try {
    compared(csv, {.baseline = "c", .measure = Measure::score});
    ADD_FAILURE() << "a baseline for scores";
  } catch (const InvalidArgument& failure) {
    EXPECT_THAT(failure.what(), HasSubstr("needs no baseline"));
  }
}

TEST_F(MeasureTest, SelectAnswersInItsOwnUnits) {
  std::string csv = "item,a,b,c\n";
  for (int q = 0; q < 60; ++q)
    csv += std::to_string(q) + (q % 5 == 0 ? ",1,0,0\n" : q % 2 == 0 ? ",1,1,0\n" : ",1,0,1\n");
  compared(csv);
  app::SelectRequest request;
  request.study = last_;
  const asking::SelectReport report = app::run_select(request);
  EXPECT_EQ(report.best, "a");
  EXPECT_EQ(report.measure, Measure::accuracy);
  EXPECT_TRUE(report.stop->decided);
  EXPECT_FALSE(report.baseline_report.has_value());
  EXPECT_EQ(report.models[0].win_rate, 1);
}

}  // namespace
}  // namespace assay::app
