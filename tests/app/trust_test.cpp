#include "assay/app/trust.h"

#include <gmock/gmock.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "assay/asking/people.h"
#include "assay/view/trust.h"
#include "tests/store/study_fixture.h"

namespace assay::app {
namespace {

using testing::HasSubstr;

// Forty pairs, whose model's response is the longer one on even queries. Judge "long" prefers it, judge "fair" says
// what ann says; ben says the opposite of ann on every tenth.
class TrustTest : public StudyTest {
 protected:
  static constexpr int kPairs = 40;

  static double of_ann(int q) { return q % 3 == 0 ? 0 : 1; }
  TrustTest() {
    store::Study study(path(), store::Study::Mode::create);
    const auto import = study.begin_import();
    for (int q = 0; q < kPairs; ++q) {
      const std::string query = name(q);
      import->add(QueryRecord{query, 1, "prompt", ""}, {"f", 1}, OnConflict::fail);
      import->add(ResponseRecord{query, "base", 1, std::string(20, 'b')}, {"f", 1}, OnConflict::fail);
      import->add(ResponseRecord{query, "m", 1, std::string(q % 2 == 0 ? 30 : 10, 'm')}, {"f", 1},
                  OnConflict::fail);
      VerdictRecord verdict{query, "m", "base", "long"};
      verdict.value = q % 2 == 0 ? 1 : 0;
      import->add(verdict, {"f", 1}, OnConflict::fail);
      verdict.judge = "fair";
      verdict.value = of_ann(q);
      import->add(verdict, {"f", 1}, OnConflict::fail);
    }
    import->commit();
  }
  static std::string name(int q) { return "q" + std::to_string(100 + q); }
  void vote(const std::string& who, int from, int to, const std::function<double(int)>& value) const {
    store::Study study(path(), store::Study::Mode::write);
    asking::JudgeTask task(study.judgeable({.baseline = "base"}));
    task.load_texts(study);
    for (int q = from; q < to; ++q) {
      store::Remark remark;
      remark.model_first = q % 4 == 0;
      study.keep_answer(asking::person_key(who, "base"),
                        {name(q), "m", 0, 0, task.fingerprint(static_cast<std::size_t>(q)), value(q)}, remark);
    }
  }
  TrustReport trust(const std::string& judge) const { return run_trust({.study = path(), .judge = judge}); }
};

TEST_F(TrustTest, ComparesWithPeopleAndPeopleWithOneAnother) {
  vote("ann", 0, kPairs, of_ann);
  vote("ben", 0, 20, [](int q) { return q % 10 == 0 ? 1 - of_ann(q) : of_ann(q); });
  const TrustReport fair = trust("fair");
  EXPECT_EQ(fair.pairs, 40U);
  EXPECT_DOUBLE_EQ(fair.agreement->value, 39.0 / 40);  // on two pairs with one of two people
  EXPECT_DOUBLE_EQ(fair.agreement_pooled->value, 38.0 / 40);
  EXPECT_DOUBLE_EQ(fair.people.agreement->value, 0.9);
  EXPECT_EQ(fair.people.agreement->of, 20U);
  EXPECT_EQ(fair.raters[0].agreement->value, 1);
  EXPECT_DOUBLE_EQ(fair.raters[1].agreement->value, 0.9);
  EXPECT_EQ(fair.table[1][0] + fair.table[1][2], 2U);  // people differ: a draw
  ASSERT_TRUE(fair.kappa && fair.alpha);
  EXPECT_GT(*fair.kappa, 0.85);
  EXPECT_LT(fair.alpha->interval.low, fair.alpha->value);
  EXPECT_THAT(view::to_text(fair), HasSubstr("Judge fair agrees with people in 98 % ("));
  EXPECT_THAT(view::to_text(fair), HasSubstr("people with one another in 90 % ("));
  EXPECT_THAT(view::to_text(fair), HasSubstr("That differs from the first figure, the share of single people"));
}

// Wide intervals that overlap are no proof of likeness.
TEST(TrustSummary, SaysThatFewPairsDoNotTell) {
  TrustReport report;
  report.judge = "fair";
  const auto told = [&](std::size_t of, stats::Interval judge, std::size_t of_people, stats::Interval people) {
    report.pairs = of;
    report.agreement = asking::Share{.value = 0.8, .interval = judge, .of = of};
    report.people.agreement = asking::Share{.value = 0.8, .interval = people, .of = of_people};
    std::string text;
    for (const std::string& line : view::summary_of(report)) text += line + "\n";
    return text;
  };
  EXPECT_THAT(told(143, {0.74, 0.87}, 51, {0.66, 0.87}), HasSubstr("by this, it says what one more person would"));
  const std::string few = told(40, {0.6, 1}, 20, {0.4, 1});
  EXPECT_THAT(few, HasSubstr("too few pairs to tell"));
  EXPECT_THAT(few, HasSubstr("about 160 that it and people judged, and 80 that two people judged, would tell"));
  EXPECT_THAT(few, testing::Not(HasSubstr("by this")));
  EXPECT_THAT(told(90, {0.75, 0.85}, 90, {0.7, 0.9}), HasSubstr("about 100 that it and people judged would tell"));
  EXPECT_THAT(told(12, {0.1, 0.3}, 30, {0.7, 0.9}), HasSubstr("agrees with people less"))
      << "which few pairs show, too";
}

TEST_F(TrustTest, TellsWhatAJudgeGoesBy) {
  vote("ann", 0, kPairs, of_ann);
  const TrustReport report = trust("long");
  EXPECT_EQ(report.of_judge.longer->value, 1);
  EXPECT_EQ(report.of_judge.longer->of, 40U);
  EXPECT_FALSE(report.of_judge.first) << "in what order a recorded judge read is not known";
  EXPECT_EQ(report.of_people.first->of, 40U);
  std::size_t first = 0;
  for (int q = 0; q < kPairs; ++q) first += (of_ann(q) == 1) == (q % 4 == 0) ? 1 : 0;
  EXPECT_DOUBLE_EQ(report.of_people.first->value, static_cast<double>(first) / kPairs);
  EXPECT_THAT(view::summary_of(report), testing::Contains(HasSubstr("prefers the longer answer in 100 %")));
  const nlohmann::json json = nlohmann::json::parse(view::to_json(report));
  EXPECT_EQ(json["people_by_judge"].size(), 3U);
  EXPECT_TRUE(json["people"]["agreement"].is_null());
  EXPECT_TRUE(json["judge_habits"]["first"].is_null());
}

TEST_F(TrustTest, MistakesAreTold) {
  EXPECT_THAT(error_of([&] { trust("fair"); }), HasSubstr("no verdicts of people"));
  vote("ann", 0, 3, of_ann);
  EXPECT_THAT(error_of([&] { trust(""); }), HasSubstr("several judges, name one by `judge`: \"fair\", \"long\""));
  EXPECT_THAT(error_of([&] { trust("nobody"); }), HasSubstr("expected a judge of the study"));
  EXPECT_THAT(view::to_text(trust("fair")), HasSubstr("These are few pairs"));
}

}  // namespace
}  // namespace assay::app
