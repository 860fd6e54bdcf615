#include "assay/asking/held_comparison.h"

#include <gmock/gmock.h>

#include <cmath>

#include "assay/asking/judge_task.h"
#include "tests/data/recording_sink.h"
#include "tests/store/study_fixture.h"

namespace assay::asking {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class HeldComparisonTest : public StudyTest {
 protected:
  HeldComparisonTest() : study_(sample()) {}

  // anna's verdict on a pair as it is now.
  void says(const std::string& query, const std::string& model, double value) {
    JudgeTask task(study_.judgeable({}));
    task.load_texts(study_);
    for (std::size_t item = 0; item < task.size(); ++item) {
      if (task.names(item).query != query || task.names(item).model != model) continue;
      study_.keep_answer("person:4:anna:base", {query, model, 0, 0, task.fingerprint(item), value});
    }
  }
  Outcome at(const store::Comparison& comparison, std::size_t query, std::size_t model) {
    return comparison.rewards.outcome(query_id(query), model_id(model));
  }

  store::Study study_;
};

TEST_F(HeldComparisonTest, RecordedJudgesComeFirst) {
  EXPECT_EQ(recorded_comparison(study_, {}).judge, "j");
  says("q1", "good", 1);
  EXPECT_EQ(recorded_comparison(study_, {}).judge, "j");
  EXPECT_EQ(recorded_comparison(study_, {.judge = "j"}).judge, "j");
}

TEST_F(HeldComparisonTest, ALiveJudgesAnswersAreItsVerdicts) {
  for (const char* query : {"q1", "q3"}) says(query, "good", 1);
  says("q1", "bad", 0.5);
  says("q3", "bad", 0);
  const store::Comparison comparison = recorded_comparison(study_, {.judge = "anna"});
  EXPECT_EQ(comparison.judge, "person anna");
  EXPECT_EQ(comparison.baseline, "base");
  EXPECT_THAT(comparison.queries, ElementsAre("q1", "q3")) << "q2 was never judged";
  EXPECT_THAT(comparison.models, ElementsAre("bad", "good"));
  EXPECT_EQ(at(comparison, 0, 0), Outcome::draw);
  EXPECT_EQ(at(comparison, 1, 0), Outcome::loss);
  EXPECT_EQ(at(comparison, 1, 1), Outcome::win);
}

TEST_F(HeldComparisonTest, ModelsThatItHardlyKnowsAreLeftOutUnlessNamed) {
  for (const char* query : {"q1", "q2", "q3"}) says(query, "good", 1);
  says("q1", "bad", 0);
  const store::Comparison comparison = recorded_comparison(study_, {.judge = "anna"});
  EXPECT_THAT(comparison.models, ElementsAre("good"));
  EXPECT_THAT(comparison.notes, testing::Contains(HasSubstr("1 of 2 models left out")));
  const store::Comparison both = recorded_comparison(study_, {.judge = "anna", .models = {"good", "bad"}});
  EXPECT_THAT(both.models, ElementsAre("bad", "good"));
  EXPECT_EQ(at(both, 1, 0), Outcome::none);
  EXPECT_THAT(both.notes, testing::Contains("2 of 6 outcomes are not known"));
}

TEST_F(HeldComparisonTest, AreRefusedWhereTheyMustNotVanish) {
  for (const char* query : {"q1", "q2", "q3"}) says(query, "good", 1);
  says("q1", "bad", 0);
  EXPECT_THAT(error_of([&] { recorded_comparison(study_, {.judge = "anna"}, ThinlyJudged::refused); }),
              testing::AllOf(HasSubstr("1 of 2 models were judged by \"person anna\" on fewer than 90 %"),
                             HasSubstr("`oracle` kept")));
  const store::ComparisonChoice named{.judge = "anna", .models = {"good", "bad"}};
  const store::Comparison both = recorded_comparison(study_, named, ThinlyJudged::refused);
  EXPECT_THAT(both.models, ElementsAre("bad", "good"));
  EXPECT_THAT(both.missing, ElementsAre(2U, 4U)) << "bad on q2 and q3";
}

TEST_F(HeldComparisonTest, ACallThatFailedWasMade) {
  for (const char* query : {"q1", "q2", "q3"}) says(query, "good", query[1] == '2' ? std::nan("") : 1);
  const store::Comparison comparison = recorded_comparison(study_, {.judge = "anna"});
  EXPECT_THAT(comparison.models, ElementsAre("good"));
  EXPECT_TRUE(comparison.missing.empty());
  EXPECT_THAT(comparison.notes, testing::Contains("1 of 3 outcomes are not known"));
  const std::optional<HeldCount> count = held_count(study_, "person:4:anna:base");
  ASSERT_TRUE(count);
  EXPECT_EQ(count->answers, 2U);
  EXPECT_EQ(count->failed, 1U);
}

TEST_F(HeldComparisonTest, AnswersToOtherTextsDoNotCount) {
  says("q1", "good", 1);
  study_.keep_answer("person:4:anna:base", {"q2", "good", 0, 0, file::digest("another text"), 1.0});
  EXPECT_THAT(recorded_comparison(study_, {.judge = "anna"}).queries, ElementsAre("q1"));
}

TEST_F(HeldComparisonTest, AStudyWithoutRecordedJudgesHasItsLiveOne) {
  store::Study bare(path("bare.assay"), store::Study::Mode::create);
  const auto import = bare.begin_import();
  for (const char* model : {"good", "base"}) {
    import->add(ResponseRecord{"q1", model, 1, std::string(model) + " on q1"}, {"f", 1}, OnConflict::fail);
  }
  import->baseline("base", {"f", 2});
  import->commit();
  EXPECT_THAT(error_of([&] { recorded_comparison(bare, {}); }), HasSubstr("no judgement to compare models by"));
  bare.keep_answer("person:4:anna:base", {"q1", "good", 0, 0, {}, 1.0});
  EXPECT_EQ(recorded_comparison(bare, {}).judge, "person anna");
}

TEST_F(HeldComparisonTest, LiveJudgementsAreGivenUnderNamesThatTellNoPath) {
  says("q1", "good", 1);
  says("q1", "bad", std::nan(""));
  JudgeTask task(study_.judgeable({}));
  task.load_texts(study_);
  for (const char* oracle : {"command:20:/home/me/judge.py -x:base", "command:20:/home/us/judge.py -y:base"}) {
    study_.keep_answer(
        oracle, {std::string(task.names(0).query), std::string(task.names(0).model), 0, 0, task.fingerprint(0), 0});
  }
  RecordingSink sink;
  give_live_judgements(study_, sink);
  std::vector<std::string> judges;
  for (const auto& [key, entry] : sink.verdicts) judges.push_back(std::get<3>(key));
  EXPECT_THAT(judges, testing::UnorderedElementsAre("person anna against base", "command judge.py",
                                                    "command judge.py (2)"));
}

}  // namespace
}  // namespace assay::asking
