#include "assay/store/schema.h"

#include <gmock/gmock.h>

#include "assay/file/database.h"
#include "tests/store/study_fixture.h"

namespace assay::store {
namespace {

using testing::HasSubstr;

class SchemaTest : public StudyTest {
 protected:
  SchemaTest() { sample(); }
  file::Database open() const { return {path(), file::Database::Access::existing}; }
};

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
  open().execute(
      "DROP TABLE meta; DROP TABLE score_answer; ALTER TABLE query DROP COLUMN options; ALTER TABLE model DROP "
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
  open().execute(
      "DROP TABLE score_answer; ALTER TABLE query DROP COLUMN options; ALTER TABLE model DROP COLUMN parameters; "
      "ALTER "
      "TABLE model DROP COLUMN price; DROP TABLE paid_call; DROP TABLE endpoint; PRAGMA user_version = 2");
  Study study(path(), Study::Mode::write);
  EXPECT_EQ(study.summary().schema_version, static_cast<std::size_t>(kSchemaVersion));
  study.keep_score("o", study.scoring({}), {0, 0, 4.0});
  EXPECT_EQ(study.scores_given("o", study.scoring({})).size(), 1U);
}

TEST_F(SchemaTest, StudyOfTheThirdVersionCanKeepFacts) {
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

TEST_F(SchemaTest, TheTableOfStepsLeadsToThisVersion) {
  int version = 1;
  for (const Migration& step : migrations()) EXPECT_EQ(step.from, version++);
  EXPECT_EQ(version, kSchemaVersion);
}

TEST_F(SchemaTest, TriggerInAStrangersStudyDoesNotRun) {
  open().execute("CREATE TRIGGER t AFTER INSERT ON answer BEGIN DELETE FROM response; END");
  {
    Study study(path(), Study::Mode::write);
    study.keep_answer("o", study.comparison({}), {0, 0, Outcome::win});
  }
  EXPECT_EQ(Study(path(), Study::Mode::read).summary().responses, 9U);
}

}  // namespace
}  // namespace assay::store
