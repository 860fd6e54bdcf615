#include <gmock/gmock.h>

#include "assay/store/labelling.h"
#include "tests/store/study_fixture.h"

namespace assay::store {
namespace {

using testing::ElementsAre;
using enum Correctness;

using BenchmarkTest = ImportedStudyTest;

TEST_F(BenchmarkTest, LabelsTellWhatIsRight) {
  add(QueryRecord{"1", 1, "text", "maths"});
  add(ModelRecord{"m", 7e9, 200'000});
  for (const char* query : {"1", "2", "3"}) add(LabelRecord{query, "", "A"});
  add(LabelRecord{"1", "m", "A"});
  add(LabelRecord{"2", "m", ""});
  add(LabelRecord{"1", "k", "B"});
  const Benchmark all = study().benchmark({});
  EXPECT_THAT(all.queries.names, ElementsAre("1", "2"));
  EXPECT_THAT(all.queries.tasks, ElementsAre("", "maths"));
  EXPECT_THAT(all.models, ElementsAre("k", "m"));
  EXPECT_THAT(all.table.row(query_id(0)), ElementsAre(wrong, right));
  EXPECT_THAT(all.table.row(query_id(1)), ElementsAre(unknown, wrong));
  EXPECT_THAT(all.table.tasks(), ElementsAre(1, 0));
  EXPECT_EQ(all.facts[1].price, 200'000);
  EXPECT_THAT(all.notes,
              ElementsAre("1 of 3 queries left out: of no model is it known whether its answer is right"));
  EXPECT_THAT(study().prompts(all.queries.names), ElementsAre("text", ""));
}

TEST_F(BenchmarkTest, ScoresTellByTheirMean) {
  add(ScoreRecord{"1", "m", "j", 1, 1, 1.0});
  add(ScoreRecord{"1", "m", "j", 1, 2, 0.0});
  add(ScoreRecord{"1", "m", "j", 1, 3, 1.0});
  add(ScoreRecord{"1", "k", "j", 1, 1, 0.0});
  add(ScoreRecord{"2", "k", "j", 1, 1});
  add(ScoreRecord{"2", "m", "j", 1, 1, 0.5});
  const Benchmark all = study().benchmark({});
  EXPECT_THAT(all.table.row(query_id(0)), ElementsAre(wrong, right));
  EXPECT_THAT(all.table.row(query_id(1)), ElementsAre(unknown, wrong)) << "one half is not more than one half";
}

TEST_F(BenchmarkTest, RefusesScoresThatAreNoShares) {
  add(ScoreRecord{"1", "m", "j", 1, 1, 7.0});
  EXPECT_EQ(error_of([&] { study().benchmark({}); }),
            "expected scores from 0 (wrong) to 1 (right) of judge \"j\", came 7 for model \"m\"");
}

TEST_F(BenchmarkTest, StudyThatTellsNothing) {
  add(QueryRecord{"1", 1, "text", ""});
  EXPECT_EQ(error_of([&] { study().benchmark({}); }),
            "the study tells of no answer whether it is right: it has neither true labels nor scores");
}

}  // namespace
}  // namespace assay::store
