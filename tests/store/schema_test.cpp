#include "assay/store/schema.h"

#include <gmock/gmock.h>

#include <cmath>

#include "assay/file/database.h"
#include "tests/store/study_fixture.h"

namespace assay::store {
namespace {

using testing::HasSubstr;

class SchemaTest : public StudyTest {
 protected:
  SchemaTest() { sample(); }
  file::Database open() const { return {path(), file::Database::Access::existing}; }

  // Without the columns of version 9 and the tables of versions 10 to 12.
  static constexpr const char* kOldColumns =
      "DROP TABLE remark; DROP TABLE chat; DROP TABLE reference; ALTER TABLE model DROP COLUMN provider; ALTER "
      "TABLE judge DROP "
      "COLUMN "
      "lower_is_better; "
      "ALTER TABLE judge DROP COLUMN least; ALTER TABLE judge DROP COLUMN most; "
      "ALTER TABLE response DROP COLUMN tokens_in; ALTER TABLE response DROP COLUMN tokens_out; "
      "ALTER TABLE response DROP COLUMN cost; ALTER TABLE response DROP COLUMN seconds;";
  // The tables of answers as they were before version 6.
  static constexpr const char* kOldAnswers =
      "DROP TABLE remembered; DROP TABLE query_weight; DROP TABLE kept_answer; CREATE TABLE answer (seq INTEGER "
      "PRIMARY KEY, oracle INTEGER "
      "NOT NULL, query "
      "INTEGER NOT "
      "NULL, model INTEGER NOT NULL, outcome INTEGER) STRICT; ";
  static constexpr const char* kOldScores =
      "CREATE TABLE score_answer (seq INTEGER PRIMARY KEY, oracle INTEGER NOT NULL, query INTEGER NOT NULL, model "
      "INTEGER "
      "NOT NULL, turn INTEGER NOT NULL, repeat INTEGER NOT NULL, value REAL) STRICT; ";
};

TEST_F(SchemaTest, StudyOfTheEighthVersionCanKeepWhatAnswersTook) {
  open().execute(kOldColumns);
  open().execute("PRAGMA user_version = 8");
  Study study(path(), Study::Mode::write);
  const auto import = study.begin_import();
  import->add(ResponseRecord{"q9", "good", 1, "yes", { 3, 1, 25, 0.5 }}, {"f", 1}, OnConflict::fail);
  import->add(JudgeRecord{"wer", true, 0, 1}, {"f", 2}, OnConflict::fail);
  import->add(ModelRecord{.model = "good", .provider = "acme"}, {"f", 3}, OnConflict::fail);
  EXPECT_THAT(error_of([&] {
                import->add(JudgeRecord{"wer", false}, {"f", 4}, OnConflict::fail);
              }),
              HasSubstr("another scale or direction of judge \"wer\", which contradicts f:2"));
  import->commit();
  EXPECT_EQ(open().integer("SELECT tokens_in + tokens_out + cost FROM response WHERE seconds = 0.5"), 29);
  EXPECT_EQ(open().integer("SELECT lower_is_better FROM judge WHERE name = 'wer' AND most = 1"), 1);
  EXPECT_EQ(open().integer("SELECT count(*) FROM model WHERE provider = 'acme'"), 1);
}

TEST_F(SchemaTest, StudyOfTheNinthVersionCanKeepReferenceAnswers) {
  open().execute("DROP TABLE remark; DROP TABLE chat; DROP TABLE reference; PRAGMA user_version = 9");
  Study study(path(), Study::Mode::write);
  EXPECT_EQ(study.summary().schema_version, static_cast<std::size_t>(kSchemaVersion));
  const auto import = study.begin_import();
  import->add(QueryRecord{.query = "q1", .text = {}, .task = {}, .reference = "so and so"}, {"f", 1},
              OnConflict::fail);
  import->commit();
  EXPECT_EQ(study.references({"q1", "q2"}), (std::vector<std::string>{"so and so", ""}));
}

TEST_F(SchemaTest, StudyOfTheTenthVersionCanKeepChats) {
  open().execute("DROP TABLE remark; DROP TABLE chat; PRAGMA user_version = 10");
  Study study(path(), Study::Mode::write);
  EXPECT_EQ(study.chats({"q1"}), std::vector<std::string>{""});
  const auto import = study.begin_import();
  const std::string_view chat = R"([{"role":"system","content":"x"},{"role":"user","content":"y"}])";
  import->add(QueryRecord{.query = "q1", .text = "prompt of q1", .messages = chat}, {"f", 1}, OnConflict::fail);
  import->commit();
  EXPECT_EQ(study.chats({"q1", "q2"}), (std::vector<std::string>{std::string(chat), ""}));
}

TEST_F(SchemaTest, StudyOfTheEleventhVersionCanKeepRemarks) {
  open().execute("DROP TABLE remark; PRAGMA user_version = 11");
  Study study(path(), Study::Mode::write);
  EXPECT_EQ(study.summary().schema_version, static_cast<std::size_t>(kSchemaVersion));
  const KeptAnswer answer{"q1", "good", 0, 0, file::Digest{1, 2}, 1.0};
  study.keep_answer("person:3:ann:base", answer, {"so so", 3.5, false});
  study.keep_answer("person:3:ben:base", answer);
  ASSERT_EQ(study.remarks("person:3:ann:base").size(), 1U);
  const KeptRemark kept = study.remarks("person:3:ann:base").front();
  EXPECT_EQ(kept.query + kept.model, "q1good");
  EXPECT_EQ(kept.shown, answer.shown);
  EXPECT_EQ(kept.remark.note, "so so");
  EXPECT_EQ(kept.remark.seconds, 3.5);
  EXPECT_EQ(kept.remark.model_first, false);
  EXPECT_TRUE(study.remarks("person:3:ben:base").empty());
  study.forget_answer("person:3:ann:base", answer);
  EXPECT_TRUE(study.remarks("person:3:ann:base").empty());
  EXPECT_TRUE(study.kept_answers("person:3:ann:base").empty());
  EXPECT_EQ(study.kept_answers("person:3:ben:base").size(), 1U);
}

TEST_F(SchemaTest, NewerIsRefused) {
  open().set_user_version(99);
  const std::string before = bytes(path());
  EXPECT_THAT(error_of([&] { Study(path(), Study::Mode::create); }),
              HasSubstr("x.assay: made by a newer Assay (schema 99, this one knows "));
  EXPECT_EQ(bytes(path()), before);
}

TEST_F(SchemaTest, OtherProgramsDatabaseIsRefused) {
  open().execute("PRAGMA application_id = 1");
  EXPECT_THAT(error_of([&] { Study(path(), Study::Mode::write); }),
              HasSubstr("SQLite database of another program"));
}

TEST_F(SchemaTest, VersionBelowOneIsDamage) {
  open().set_user_version(-1);
  EXPECT_THAT(error_of([&] { Study(path(), Study::Mode::write); }), HasSubstr("damaged (schema -1)"));
}

TEST_F(SchemaTest, OlderIsMigratedStepByStep) {
  const file::Database database = open();
  const Migration steps[] = {{2, "UPDATE model SET name = name || '3'"},
                             {1, "UPDATE model SET name = name || '2'"}};
  migrate(database, 1, 3, steps);
  EXPECT_EQ(database.integer("SELECT count(*) FROM model WHERE name LIKE '%23'"), 3);
  EXPECT_EQ(check_schema(database, path(), 3), 3);
}

TEST_F(SchemaTest, MigrationIsAllOrNothing) {
  const file::Database database = open();
  const Migration broken[] = {{1, "UPDATE model SET name = name || '2'"}, {2, "UPDATE nothing SET x = 1"}};
  EXPECT_THROW(migrate(database, 1, 3, broken), Error);
  const Migration missing[] = {{1, "UPDATE model SET name = name || '2'"}};
  EXPECT_THAT(error_of([&] { migrate(database, 1, 3, missing); }), HasSubstr("too old"));
  EXPECT_EQ(database.integer("SELECT count(*) FROM model WHERE name LIKE '%2'"), 0);
  EXPECT_EQ(check_schema(database, path()), kSchemaVersion);
}

TEST_F(SchemaTest, StudyOfTheFirstVersionIsMigrated) {
  open().execute(kOldColumns);
  open().execute(kOldAnswers);
  open().execute(
      "DROP TABLE meta; ALTER TABLE query DROP COLUMN options; ALTER TABLE model DROP "
      "COLUMN "
      "parameters; ALTER TABLE model DROP COLUMN price; DROP TABLE paid_call; DROP TABLE endpoint; PRAGMA "
      "user_version = 1");
  Study study(path(), Study::Mode::write);
  EXPECT_EQ(study.summary().schema_version, static_cast<std::size_t>(kSchemaVersion));
  EXPECT_EQ(study.comparison({}).queries.size(), 3U);
  study.keep_derived("key", "bytes");
  EXPECT_EQ(study.derived("key"), "bytes");
  EXPECT_EQ(open().integer("SELECT value FROM meta WHERE name = 'content'", -1), 0);
}

TEST_F(SchemaTest, StudyOfTheSecondVersionCanKeepScores) {
  {
    Study study(path(), Study::Mode::write);
    const auto import = study.begin_import();
    import->add(ScoreRecord{"q1", "good", "j", 1, 1, 4.0}, {"f", 1}, OnConflict::fail);
    import->commit();
  }
  open().execute(kOldColumns);
  open().execute(kOldAnswers);
  open().execute(
      "ALTER TABLE query DROP COLUMN options; ALTER TABLE model DROP COLUMN parameters; "
      "ALTER "
      "TABLE model DROP COLUMN price; DROP TABLE paid_call; DROP TABLE endpoint; PRAGMA user_version = 2");
  Study study(path(), Study::Mode::write);
  EXPECT_EQ(study.summary().schema_version, static_cast<std::size_t>(kSchemaVersion));
  study.keep_answer("o", {"q1", "good", 1, 0, {}, 4.0});
  EXPECT_EQ(study.kept_answers("o").size(), 1U);
}

TEST_F(SchemaTest, StudyOfTheThirdVersionCanKeepFacts) {
  open().execute(kOldColumns);
  open().execute(kOldAnswers);
  open().execute(kOldScores);
  open().execute(
      "ALTER TABLE query DROP COLUMN options; ALTER TABLE model DROP COLUMN parameters; ALTER TABLE model DROP "
      "COLUMN "
      "price; DROP TABLE paid_call; DROP TABLE endpoint; PRAGMA user_version = 3");
  Study study(path(), Study::Mode::write);
  const auto import = study.begin_import();
  import->add(ModelRecord{"good", 7e9, 250'000}, {"f", 1}, OnConflict::fail);
  import->add(LabelRecord{"q1", "good", "yes"}, {"f", 2}, OnConflict::fail);
  import->add(LabelRecord{"q1", "", "yes"}, {"f", 3}, OnConflict::fail);
  import->commit();
  const Labelling labelling = study.labelling({});
  ASSERT_EQ(labelling.facts.size(), 1U);
  EXPECT_EQ(labelling.facts[0].parameters, 7e9);
  EXPECT_EQ(labelling.facts[0].price, 250'000);
}

// What was asked for stays; what was recorded stands in the study anyway.
TEST_F(SchemaTest, AnswersOfTheFifthVersionStay) {
  open().execute(kOldColumns);
  open().execute(kOldAnswers);
  open().execute(kOldScores);
  open().execute(
      "INSERT INTO oracle VALUES (1, 'recorded:1:j:base'), (2, 'command:1:x:base'), (3, 'llm:1:x:base'), "
      "(4, 'command-scores:1:x:1,5'), (5, 'recorded-scores:1:j:1:00'), (6, 'llm-scores:1:x:1 to 5'); "
      "INSERT INTO answer (oracle, query, model, outcome) SELECT o.id, q.id, m.id, 3 FROM oracle o, query q, model "
      "m "
      "WHERE o.id < 4 AND q.name = 'q2' AND m.name = 'good'; "
      "INSERT INTO answer (oracle, query, model, outcome) SELECT 2, q.id, m.id, NULL FROM query q, model m "
      "WHERE q.name = 'q1' AND m.name = 'good'; "
      "INSERT INTO score_answer (oracle, query, model, turn, repeat, value) SELECT o.id, q.id, m.id, 1, 2, 4.5 "
      "FROM oracle o, query q, model m WHERE o.id > 3 AND q.name = 'q3' AND m.name = 'bad'; PRAGMA user_version = "
      "5");
  const Study study(path(), Study::Mode::write);
  const std::vector<KeptAnswer> verdicts = study.kept_answers("command:1:x:base");
  ASSERT_EQ(verdicts.size(), 2U);
  EXPECT_EQ(verdicts[0].query, "q2");
  EXPECT_EQ(verdicts[0].value, 1.0);
  EXPECT_FALSE(verdicts[0].shown.has_value());
  EXPECT_TRUE(std::isnan(verdicts[1].value));
  const std::vector<KeptAnswer> scores = study.kept_answers("command-scores:1:x:1,5");
  ASSERT_EQ(scores.size(), 1U);
  EXPECT_EQ(scores[0].turn, 1);
  EXPECT_EQ(scores[0].repeat, 2U);
  EXPECT_EQ(scores[0].value, 4.5);
  EXPECT_EQ(study.summary().oracles.size(), 4U);
}

TEST_F(SchemaTest, TheTableOfStepsLeadsToThisVersion) {
  int version = 1;
  for (const Migration& step : migrations()) EXPECT_EQ(step.from, version++);
  EXPECT_EQ(version, kSchemaVersion);
}

TEST_F(SchemaTest, TriggerInAStrangersStudyDoesNotRun) {
  open().execute("CREATE TRIGGER t AFTER INSERT ON kept_answer BEGIN DELETE FROM response; END");
  {
    Study study(path(), Study::Mode::write);
    study.keep_answer("o", {"q1", "good", 0, 0, {}, 1.0});
  }
  EXPECT_EQ(Study(path(), Study::Mode::read).summary().responses, 9U);
}

}  // namespace
}  // namespace assay::store
