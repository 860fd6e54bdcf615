#include "assay/view/info.h"

#include <gmock/gmock.h>

#include "tests/store/study_fixture.h"

namespace assay::app {
namespace {

using testing::HasSubstr;

TEST_F(StudyTest, InfoTellsExtremesAndWhatIsKept) {
  {
    store::Study study = sample();
    study.keep_answer("command:1:j:base", {"q1", "good", 0, 0, {}, 0.0});
    study.keep_derived("v2 | weak judges: words | 1", "bytes");
    study.keep_derived("v2 | weak judges: words | 2", "bytes");
    study.keep_derived("v2 | similarity | 1", "bytes");
  }
  const InfoReport report = run_info({path()});
  ASSERT_EQ(report.comparisons.size(), 1U);
  const InfoReport::Comparable& one = report.comparisons[0];
  EXPECT_EQ(one.baseline, "base");
  EXPECT_EQ(one.best, "good");
  EXPECT_DOUBLE_EQ(one.best_rate, 2.5 / 3);
  EXPECT_EQ(one.worst, "bad");
  EXPECT_DOUBLE_EQ(one.worst_rate, 0.5 / 3);
  EXPECT_EQ(one.unknown, 1U);
  EXPECT_EQ(report.file_bytes, std::filesystem::file_size(path()));

  const std::string json = view::to_json(report);
  EXPECT_THAT(json, HasSubstr("\"unknown_outcomes\": 1"));
  EXPECT_THAT(json, HasSubstr("v2 | weak judges: words | 2"));
  const std::string text = view::to_text(report);
  EXPECT_THAT(text, HasSubstr("83.33 %"));
  EXPECT_THAT(text, HasSubstr("command j against base"));
  EXPECT_THAT(text, HasSubstr("kept from computations: similarity, weak judges (2)\n"));
  EXPECT_EQ(view::to_json(run_info({path()})), json);
}

TEST(InfoTitles, OfWhatIsKept) {
  EXPECT_EQ(view::derived_title("weak judges: words, k = 1..10 | 00ff"), "weak judges");
  EXPECT_EQ(view::derived_title("v3 | similarity | 00ff"), "similarity");
  EXPECT_EQ(view::derived_title("v3 | grid search: llm-selector, words | 1 2"), "grid search of llm-selector");
  EXPECT_EQ(view::derived_title("v | similarity"), "v | similarity");
  EXPECT_EQ(view::derived_title("another"), "another");
}

TEST_F(StudyTest, InfoSaysWhoseScalesItNotes) {
  {
    store::Study study(path(), store::Study::Mode::create);
    const auto import = study.begin_import();
    for (const char* judge : {"s", "t"}) {
      import->add(ScoreRecord{"q", "a", judge, 1, 1, 5.0}, {"f", 1}, OnConflict::fail);
      import->add(ScoreRecord{"q", "b", judge, 1, 1, *judge == 's' ? 6.0 : 60.0}, {"f", 2}, OnConflict::fail);
    }
    import->commit();
  }
  const std::string text = view::to_text(run_info({path()}));
  EXPECT_THAT(text, HasSubstr("judge \"s\": scores from 5 to 6, as found in the study"));
  EXPECT_THAT(text, HasSubstr("judge \"t\": scores from 5 to 60, as found in the study"));
}

TEST_F(StudyTest, InfoOfScoresNeedsNoBaseline) {
  {
    store::Study study(path(), store::Study::Mode::create);
    const auto import = study.begin_import();
    import->add(ScoreRecord{"q", "a\x1b[2J", "s", 1, 1, 5.0}, {"f", 1}, OnConflict::fail);
    import->add(ScoreRecord{"q", "b", "s", 1, 1, 6.0}, {"f", 2}, OnConflict::fail);
    import->commit();
  }
  const InfoReport report = run_info({path()});
  ASSERT_EQ(report.comparisons.size(), 1U);
  EXPECT_EQ(report.comparisons[0].problem, "");
  EXPECT_EQ(report.comparisons[0].measure, store::Measure::score);
  EXPECT_FALSE(report.comparisons[0].sensitivity.has_value()) << "of a baseline that there is not";
  EXPECT_THAT(view::to_text(report), HasSubstr("none: score"));
  EXPECT_EQ(view::to_text(report).find('\x1b'), std::string::npos);
  EXPECT_THAT(view::to_json(report), HasSubstr("\"measure\": \"score\""));
}

TEST_F(StudyTest, InfoSaysWhyNothingCanBeCompared) {
  {
    store::Study study(path(), store::Study::Mode::create);
    const auto import = study.begin_import();
    import->add(ScoreRecord{"q", "a\x1b[2J", "s", 1, 1, 5.0}, {"f", 1}, OnConflict::fail);
    import->add(ScoreRecord{"q", "b", "s", 1, 1, 5.0}, {"f", 2}, OnConflict::fail);
    import->commit();
  }
  const InfoReport report = run_info({path()});
  ASSERT_EQ(report.comparisons.size(), 1U);
  EXPECT_THAT(report.comparisons[0].problem, HasSubstr("every score is 5"));
  EXPECT_THAT(view::to_text(report), HasSubstr("every score is 5"));
  EXPECT_THAT(view::to_json(report), HasSubstr("\"problem\""));
}

TEST_F(StudyTest, InfoShowsEachBaselineOfAJudge) {
  {
    store::Study study = sample();
    const auto import = study.begin_import();
    import->add(VerdictRecord{"q1", "good", "bad", "j", 1, 1.0}, {"f", 1}, OnConflict::fail);
    import->add(VerdictRecord{"q1", "good", "base", "k", 1, 1.0}, {"f", 1}, OnConflict::fail);
    import->baseline("bad", {"f", 1});  // Two are declared now: neither decides.
    import->commit();
  }
  const InfoReport report = run_info({path()});
  ASSERT_EQ(report.comparisons.size(), 3U);
  EXPECT_EQ(report.comparisons[0].baseline, "base");
  EXPECT_EQ(report.comparisons[1].baseline, "bad");
  EXPECT_EQ(report.comparisons[2].judge, "k");
}

TEST_F(StudyTest, InfoSaysHowMuchTheBaselineTells) {
  {
    store::Study study(path(), store::Study::Mode::create);
    const auto import = study.begin_import();
    for (int i = 0; i < 60; ++i) {
      const std::string query = "q" + std::to_string(i);
      const auto add = [&](const char* model, bool wins) {
        import->add(VerdictRecord{query, model, "weak", "j", 1, wins ? 1.0 : 0.0}, {"f", 1}, OnConflict::fail);
      };
      add("best\x1b[2J", i != 7);
      add("good", i > 2);
      add("middle", i % 5 != 0);
      add("bad", i % 5 == 0);
    }
    import->commit();
  }
  const InfoReport report = run_info({path()});
  ASSERT_EQ(report.comparisons.size(), 1U);
  const auto& sensitivity = report.comparisons[0].sensitivity;
  ASSERT_TRUE(sensitivity);
  EXPECT_THAT(sensitivity->leaders, testing::ElementsAre("best\x1b[2J", "good"));
  EXPECT_EQ(sensitivity->better, "middle");
  const std::string text = view::to_text(report);
  EXPECT_THAT(text, HasSubstr("the 2 leaders win 96.7 % on average"));
  EXPECT_THAT(text, HasSubstr("differ on 6.7 % of 60 queries"));
  EXPECT_THAT(text, HasSubstr("a better baseline: middle"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << "a model's name would reach the terminal";
  const std::string json = view::to_json(report);
  EXPECT_THAT(json, HasSubstr("\"order_holds\""));
  EXPECT_THAT(json, HasSubstr("\"model\": \"middle\""));
  EXPECT_THAT(json, HasSubstr("\"every_pair\": []")) << "one baseline says nothing of circles";
}

TEST_F(StudyTest, InfoOfScoresTriesEveryBaseline) {
  {
    store::Study study(path(), store::Study::Mode::create);
    const auto import = study.begin_import();
    const char* const names[] = {"a", "b", "c", "last\x1b[2J"};
    const double scores[3][4] = {{3, 2, 1, 0}, {1, 3, 2, 0}, {2, 1, 3, 0}};  // a, b, c run in a circle.
    for (int i = 0; i < 3; ++i) {
      for (int j = 0; j < 4; ++j) {
        import->add(ScoreRecord{"q" + std::to_string(i), names[j], "s", 1, 1, scores[i][j]}, {"f", 1},
                    OnConflict::fail);
      }
    }
    import->baseline("b", {"f", 1});
    import->commit();
  }
  const InfoReport report = run_info({path()});
  ASSERT_EQ(report.every_pair.size(), 1U) << "the scores of every pair would not be used";
  EXPECT_EQ(report.every_pair[0].models.size(), 4U);
  EXPECT_EQ(report.every_pair[0].numbers.circular, 1U);
  const std::string text = view::to_text(report);
  EXPECT_THAT(text, HasSubstr("1 of 4 triples run in a circle"));
  EXPECT_THAT(text, HasSubstr("another baseline agrees"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_THAT(view::to_json(report), HasSubstr("\"circular_triples\": 1"));
}

TEST_F(StudyTest, InfoOfAnEmptyStudy) {
  store::Study(path(), store::Study::Mode::create).begin_import()->commit();
  const InfoReport report = run_info({path()});
  EXPECT_TRUE(report.comparisons.empty());
  EXPECT_THAT(view::to_text(report), HasSubstr("0 models, 0 queries"));
  EXPECT_THROW(run_info({path("missing")}), Error);
}

TEST_F(StudyTest, InfoTellsOneFromMany) {
  {
    store::Study study(path(), store::Study::Mode::create);
    const auto import = study.begin_import();
    import->add(QueryRecord{"q", 1, "text", "maths"}, {"f", 1}, OnConflict::fail);
    import->add(ResponseRecord{"q", "a", 1, "text"}, {"f", 1}, OnConflict::fail);
    import->commit();
  }
  const std::string text = view::to_text(run_info({path()}));
  EXPECT_THAT(text, HasSubstr("1 model, 1 query, 1 response, 0 labels"));
  EXPECT_THAT(text, HasSubstr("1 task: maths"));
}

}  // namespace
}  // namespace assay::app
