#include "assay/store/averaging.h"

#include <gmock/gmock.h>

#include <numeric>

#include "tests/store/study_fixture.h"

namespace assay::store {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr double kExact = 1e-12;

// Three queries of task x, one of task y, one of none; "traffic" is known of all but the last.
class AveragingTest : public StudyTest {
 protected:
  AveragingTest() {
    const auto import = study_.begin_import();
    const auto add = [&](std::string_view query, std::string_view task, std::vector<QueryWeight> weights) {
      import->add(QueryRecord{query, 1, "ask", task, 0, weights}, where_, OnConflict::fail);
      for (const char* model : {"a", "b"}) {
        import->add(ScoreRecord{query, model, "j", 1, 1, model[0] == 'a' ? 1.0 : 0.0}, where_, OnConflict::fail);
      }
    };
    add("q1", "x", {{"traffic", 1}});
    add("q2", "x", {{"traffic", 2}});
    add("q3", "x", {{"traffic", 0}, {"revenue", 5}});
    add("q4", "y", {{"traffic", 6}});
    add("q5", "", {});
    import->commit();
  }

  Comparison compare(const Averaging& averaging) const { return study_.comparison({.averaging = averaging}); }
  std::string refusal(const Averaging& averaging) const {
    return error_of<InvalidArgument>([&] { compare(averaging); });
  }

  const Location where_{"f", 1};
  Study study_{path(), Study::Mode::create};
};

TEST_F(AveragingTest, EachQueryCountsTheSameUnlessAskedOtherwise) {
  EXPECT_THAT(compare({}).weights, IsEmpty());
  EXPECT_EQ(compare({}).queries.size(), 5U);
}

TEST_F(AveragingTest, TasksAreChosen) {
  EXPECT_THAT(compare({.tasks = {"x"}}).queries, ElementsAre("q1", "q2", "q3"));
  EXPECT_THAT(compare({.tasks = {"y", "x"}}).queries, ElementsAre("q1", "q2", "q3", "q4"));
  EXPECT_EQ(refusal({.tasks = {"z"}}), R"(expected tasks of the study ("x", "y"), came "z")");
}

TEST_F(AveragingTest, WeightsSumToTheNumberOfQueries) {
  const Comparison traffic = compare({.tasks = {"x", "y"}, .weights = "traffic"});
  EXPECT_THAT(traffic.queries, ElementsAre("q1", "q2", "q4")) << "q3 weighs nothing";
  EXPECT_THAT(traffic.weights,
              ElementsAre(DoubleNear(1.0 / 3, kExact), DoubleNear(2.0 / 3, kExact), DoubleNear(2, kExact)));
  EXPECT_THAT(traffic.notes, ElementsAre("left out, of weight 0: 1 query"));
  EXPECT_THAT(refusal({.weights = "traffic"}),
              HasSubstr("expected a weight \"traffic\" for each of 4 queries, 1 came without: \"q5\""));
  EXPECT_THAT(refusal({.weights = "visits"}),
              HasSubstr("expected weights of the study (\"revenue\", \"traffic\")"));
}

TEST_F(AveragingTest, EachTaskCountsTheSame) {
  const Comparison tasks = compare({.tasks = {"x", "y"}, .average = Average::tasks});
  EXPECT_THAT(tasks.weights, ElementsAre(DoubleNear(2.0 / 3, kExact), DoubleNear(2.0 / 3, kExact),
                                         DoubleNear(2.0 / 3, kExact), DoubleNear(2, kExact)));
  EXPECT_THAT(refusal({.average = Average::tasks}),
              HasSubstr("expected a task for each of 5 queries, 1 came without"));
  EXPECT_THAT(compare({.tasks = {"x"}, .average = Average::tasks}).weights, IsEmpty()) << "one task: all the same";
}

TEST_F(AveragingTest, WithinATaskWeightsCount) {
  const Comparison both = compare({.tasks = {"x", "y"}, .weights = "traffic", .average = Average::tasks});
  EXPECT_THAT(both.weights, ElementsAre(DoubleNear(0.5, kExact), DoubleNear(1, kExact), DoubleNear(1.5, kExact)));
}

TEST_F(AveragingTest, AnotherWeightContradicts) {
  const std::vector<QueryWeight> other{{"traffic", 3}};
  const auto import = study_.begin_import();
  EXPECT_THAT(error_of<DataError>([&] {
                import->add(QueryRecord{"q1", 1, "", "", 0, other}, where_, OnConflict::fail);
              }),
              HasSubstr("weight \"traffic\" 3 (before: 1) of query \"q1\""));
  import->add(QueryRecord{"q1", 1, "", "", 0, other}, where_, OnConflict::keep_last);
  import->commit();
  EXPECT_NEAR(study_.weights({.weights = "traffic"}, {"q1", "q2"})[0], 1.2, kExact);
}

}  // namespace
}  // namespace assay::store
