#include "assay/store/labelling.h"

#include <gmock/gmock.h>

#include <map>

#include "tests/store/study_fixture.h"

namespace assay::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class LabellingTest : public ImportedStudyTest {
 protected:
  void query(const std::string& name, const std::string& truth, int options = 0, const std::string& task = "",
             const std::string& text = "") {
    add(QueryRecord{name, 1, text, task, options});
    if (!truth.empty()) add(LabelRecord{name, "", truth});
  }
  void predict(const std::string& model, const std::string& query, std::optional<std::string_view> label) {
    add(LabelRecord{query, model, label});
  }
};

TEST_F(LabellingTest, ClassesAreNumberedByNameAndNoAnswerIsALabelOfItsOwn) {
  query("10", "no", 0, "b");
  query("9", "yes", 0, "a");
  query("x", "", 0, "a");
  predict("m", "9", "yes");
  predict("m", "10", "");
  predict("k", "9", "perhaps");
  predict("k", "10", "no");
  const Labelling all = study().labelling({});
  EXPECT_THAT(all.queries.names, ElementsAre("9", "10"));
  EXPECT_THAT(all.queries.tasks, ElementsAre("a", "b"));
  EXPECT_THAT(all.queries.task, ElementsAre(0, 1));
  EXPECT_THAT(all.models, ElementsAre("k", "m"));
  EXPECT_THAT(all.labels, ElementsAre("no", "yes", "perhaps"));
  EXPECT_EQ(all.table.kind(), LabelKind::classes);
  EXPECT_THAT(all.table.truths(), ElementsAre(2, 1));
  EXPECT_THAT(all.table.offered(), ElementsAre(3, 3));
  EXPECT_THAT(all.table.column(model_id(0)), ElementsAre(3, 1));
  EXPECT_THAT(all.table.column(model_id(1)), ElementsAre(2, kUnanswered));
  EXPECT_THAT(all.notes, ElementsAre("1 of 3 queries left out: no true label"));
}

TEST_F(LabellingTest, OptionsAreLettersOfTheirQuery) {
  query("1", "B", 3, "", "same");
  query("2", "A", 2, "", "other");
  query("3", "B", 3, "", "same");
  for (const char* q : {"1", "2", "3"}) predict("m", q, "C");
  predict("k", "1", "B");
  predict("k", "2", "paris");
  predict("k", "3", std::nullopt);
  const Labelling all = study().labelling({.models = {"k", "m"}});
  EXPECT_EQ(all.table.kind(), LabelKind::options);
  EXPECT_THAT(all.labels, ElementsAre("A", "B", "C"));
  EXPECT_THAT(all.table.offered(), ElementsAre(3, 2, 3));
  EXPECT_THAT(all.table.column(model_id(0)), ElementsAre(2, kUnanswered, kNotRun));
  EXPECT_THAT(all.table.column(model_id(1)), ElementsAre(3, kUnanswered, 3));
  EXPECT_THAT(all.queries.same_text, ElementsAre(0, 1, 0));
  EXPECT_THAT(all.notes,
              ElementsAre("2 predictions are options that their query does not offer: taken for no answer"));
}

TEST_F(LabellingTest, ThinModelsAreLeftOutUnlessNamed) {
  query("1", "A");
  query("2", "A");
  predict("m", "1", "A");
  predict("m", "2", "A");
  predict("thin", "1", "A");
  EXPECT_THAT(study().labelling({}).models, ElementsAre("m"));
  EXPECT_THAT(study().labelling({}).notes,
              ElementsAre(HasSubstr("1 of 2 models left out, run on fewer than 90 %")));
  EXPECT_THAT(study().labelling({.models = {"thin"}}).models, ElementsAre("thin"));
}

TEST_F(LabellingTest, SaysWhatIsMissing) {
  query("1", "A", 2, "maths");
  EXPECT_EQ(error_of([&] { study().labelling({}); }), "the study has true labels, but no model's predictions");
}

TEST_F(LabellingTest, RefusesNamesThatAreNotThere) {
  query("1", "C", 2, "maths");
  predict("m", "1", "A");
  EXPECT_EQ(error_of([&] { study().labelling({.models = {"k"}}); }),
            "expected models of the study (\"m\"), came \"k\"");
  EXPECT_EQ(error_of([&] { study().labelling({.tasks = {"law"}}); }),
            "expected tasks of the study (\"maths\"), came \"law\"");
  EXPECT_EQ(error_of([&] { study().labelling({}); }),
            "the true label of query \"1\" is \"C\", but it offers 2 options");
  EXPECT_EQ(study().labelling({.kind = LabelKind::classes}).table.truth(query_id(0)), 2);
}

TEST_F(LabellingTest, OptionsWithoutLettersAreRefused) {
  query("1", "yes");
  predict("m", "1", "no");
  EXPECT_EQ(error_of([&] { study().labelling({.kind = LabelKind::options}); }),
            "expected options, true labels from A to Z, came \"yes\"");
}

TEST_F(LabellingTest, StudyWithoutLabels) {
  query("1", "");
  EXPECT_EQ(error_of([&] { study().labelling({}); }), "the study has no true labels");
}

TEST_F(LabellingTest, PredictionsThatAreNoTrueLabelsAreTold) {
  for (const auto& [name, truth] : std::map<std::string, std::string>{{"1", "0"}, {"2", "1"}, {"3", "2"}}) {
    query(name, truth);
    predict("m1", name, "A");
    predict("m2", name, name == "1" ? "B" : "C");
    predict("m3", name, name == "1" ? "0" : "D");
  }
  EXPECT_THAT(
      study().labelling({}).notes,
      ElementsAre("no prediction of m1, m2 is one of the true labels 0, 1, 2; they predict A, B, C",
                  "more than half of the predictions of m3 are none of the true labels 0, 1, 2; they predict D"));
  EXPECT_THAT(study().summary().warnings, testing::SizeIs(2));
}

TEST_F(LabellingTest, LettersAreReadWhateverIsAroundThemAndNumbersAreNot) {
  query("1", "A");
  query("2", "B");
  query("3", "B");
  const char* const answers[] = {"(A)", "b.", "B) Paris"};
  for (int i = 0; i < 3; ++i) predict("m", std::to_string(i + 1), answers[i]);
  for (const char* q : {"1", "2", "3"}) predict("k", q, "0");
  const Labelling all = study().labelling({});
  EXPECT_THAT(all.table.column(model_id(1)), testing::ElementsAreArray(all.table.truths()));
  EXPECT_THAT(all.notes,
              ElementsAre("no prediction of k is one of the true labels A, B; they predict 0",
                          "3 predictions were read as the letters that they hold, such as \"(A)\" as \"A\""));
}

TEST_F(LabellingTest, TheImportIsRememberedWhereItMisleads) {
  query("1", "A");
  query("2", "B");
  predict("m", "1", "A");
  predict("m", "2", "B");
  predict("thin", "1", std::nullopt);
  predict("thin", "2", std::nullopt);
  note("NA: not run", {"t.csv", 2});
  note("NA: not run", {"t.csv", 3});
  EXPECT_THAT(study().labelling({}).notes,
              ElementsAre(testing::EndsWith("by `models`; the import told: 2 rows, NA: not run")));
  ASSERT_EQ(study().summary().imported.size(), 1U);
  EXPECT_EQ(study().summary().imported[0].count, 2U);
  EXPECT_EQ(study().summary().imported[0].first, "t.csv:2");
}

}  // namespace
}  // namespace assay::store
