#include "assay/store/study.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "assay/core/rng.h"
#include "tests/data/recording_sink.h"
#include "tests/store/study_fixture.h"

namespace assay::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// SQLite would write its log, and at the end apply it, to whatever bears the name now.
TEST_F(StudyTest, NothingIsWrittenToAFileThatWasReplaced) {
  { Study(path(), Study::Mode::create).remember("a", "b"); }
  std::filesystem::copy_file(path(), path() + ".other");
  Study study(path(), Study::Mode::write);
  study.begin_answering();
  study.remember("a", "c");
  std::filesystem::rename(path() + ".other", path());
  const std::string error = error_of([&] { study.remember("a", "d"); });
  EXPECT_NE(error.find("replaced"), std::string::npos) << error;
}

TEST_F(StudyTest, GivesBackWhatWasImported) {
  sample();
  const Study study(path(), Study::Mode::read);
  const StudySummary summary = study.summary();
  EXPECT_EQ(summary.schema_version, 12U);
  EXPECT_EQ(summary.queries, 3U);
  EXPECT_EQ(summary.models, 3U);
  EXPECT_EQ(summary.responses, 9U);
  EXPECT_THAT(summary.tasks, ElementsAre("task"));
  EXPECT_THAT(summary.baselines, ElementsAre("base"));
  ASSERT_EQ(summary.judges.size(), 1U);
  EXPECT_EQ(summary.judges[0].name, "j");
  EXPECT_EQ(summary.judges[0].verdicts, 5U);
  EXPECT_EQ(summary.judges[0].no_verdicts, 1U);
  EXPECT_EQ(summary.judges[0].models, 2U);
  EXPECT_EQ(summary.judges[0].queries, 3U);

  const Comparison comparison = study.comparison({});
  EXPECT_THAT(comparison.queries, ElementsAre("q1", "q2", "q3"));
  EXPECT_THAT(comparison.models, ElementsAre("bad", "good"));
  const ResponseTable responses = study.responses(comparison);
  EXPECT_EQ(responses.at(query_id(2), model_id(1)), "good on q3");
  EXPECT_EQ(responses.baseline(query_id(0)), "base on q1");
  EXPECT_THAT(study.prompts(comparison.queries), ElementsAre("prompt of q1", "prompt of q2", "prompt of q3"));
}

TEST_F(StudyTest, GivesRecordsOfOneKind) {
  sample();
  const Study study(path(), Study::Mode::read);
  RecordingSink verdicts, queries, baselines;
  study.give_records(verdicts, Study::Records::verdicts);
  study.give_records(queries, Study::Records::queries);
  study.give_records(baselines, Study::Records::baselines);
  EXPECT_EQ(verdicts.verdicts.size(), 6U);
  EXPECT_TRUE(verdicts.queries.empty() && verdicts.responses.empty() && verdicts.baselines.empty());
  EXPECT_EQ(queries.queries.size(), 3U);
  EXPECT_TRUE(queries.responses.empty());
  EXPECT_THAT(baselines.baselines, ElementsAre("base"));
}

TEST_F(StudyTest, TextsAndNamesOfAnyContentComeBackUnchanged) {
  const std::string nasty("a\0b'; DROP TABLE model; --\"\n\xC3\xA4", 31);
  {
    Study study(path(), Study::Mode::create);
    const auto import = study.begin_import();
    const Location where{"f", 1};
    import->add(QueryRecord{nasty, 1, nasty, nasty}, where, OnConflict::fail);
    for (const std::string& model : {nasty, nasty + "2", std::string("a")}) {
      import->add(ResponseRecord{nasty, model, 1, nasty + model}, where, OnConflict::fail);
    }
    import->add(VerdictRecord{nasty, nasty, "a", nasty, 1, 1.0}, where, OnConflict::fail);
    import->add(LabelRecord{nasty, nasty, nasty}, where, OnConflict::fail);
    import->commit();
    study.keep_derived(nasty, nasty);
    const Comparison comparison = study.comparison({});
    study.keep_answer(nasty, {comparison.queries[0], comparison.models[0], 0, 0, {}, 1.0});
  }
  const Study study(path(), Study::Mode::read);
  const Comparison comparison = study.comparison({.judge = nasty, .baseline = "a", .models = {nasty}});
  EXPECT_THAT(comparison.queries, ElementsAre(nasty));
  EXPECT_THAT(comparison.models, ElementsAre(nasty));
  EXPECT_EQ(study.responses(comparison).at(query_id(0), model_id(0)), nasty + nasty);
  EXPECT_THAT(study.prompts(comparison.queries), ElementsAre(nasty));
  EXPECT_EQ(study.derived(nasty), nasty);
  EXPECT_EQ(study.kept_answers(nasty).size(), 1U);
  EXPECT_EQ(study.summary().models, 3U);
}

TEST_F(StudyTest, EmptyResponseIsToldFromMissingOne) {
  Study study = sample();
  const auto import = study.begin_import();
  import->add(ResponseRecord{"q4", "good", 1, {}}, {"f", 1}, OnConflict::fail);
  import->add(VerdictRecord{"q4", "good", "base", "j", 1, 1.0}, {"f", 2}, OnConflict::fail);
  import->commit();
  const Comparison comparison = study.comparison({.models = {"bad", "good"}});
  const ResponseTable responses = study.responses(comparison);
  ASSERT_EQ(comparison.queries[3], "q4");
  EXPECT_TRUE(responses.has(query_id(3), model_id(1)));
  EXPECT_EQ(responses.at(query_id(3), model_id(1)), "");
  EXPECT_FALSE(responses.has(query_id(3), model_id(0)));
  EXPECT_FALSE(responses.has_baseline(query_id(3)));
  EXPECT_EQ(study.prompts(comparison.queries)[3], "");
}

TEST_F(StudyTest, TurnsAreJoinedInOrder) {
  Study study = sample();
  const auto import = study.begin_import();
  for (const int turn : {3, 2}) {
    const std::string text = "turn " + std::to_string(turn);
    import->add(ResponseRecord{"q1", "good", turn, text}, {"f", 1}, OnConflict::fail);
    import->add(QueryRecord{"q1", turn, text, {}}, {"f", 1}, OnConflict::fail);
  }
  import->commit();
  const Comparison comparison = study.comparison({});
  EXPECT_EQ(study.responses(comparison).at(query_id(0), model_id(1)), "good on q1\n\nturn 2\n\nturn 3");
  EXPECT_EQ(study.prompts(comparison.queries)[0], "prompt of q1\n\nturn 2\n\nturn 3");
}

TEST_F(StudyTest, DistinctTextIsStoredOnceAlsoAcrossImports) {
  const std::string text(1'000'000, 'x');
  for (const char* model : {"a", "b", "c"}) {
    Study study(path(), Study::Mode::create);
    const auto import = study.begin_import();
    import->add(ResponseRecord{"q1", model, 1, text}, {"f", 1}, OnConflict::fail);
    import->add(ResponseRecord{"q2", model, 1, text}, {"f", 2}, OnConflict::fail);
    import->commit();
    EXPECT_EQ(study.summary().text_bytes, text.size());
  }
  EXPECT_EQ(Study(path(), Study::Mode::read).summary().responses, 6U);
  EXPECT_LT(std::filesystem::file_size(path()), text.size() + 300'000);
}

TEST_F(StudyTest, NewFileHasItsNameOnlyAfterTheFirstCommit) {
  {
    Study study(path(), Study::Mode::create);
    EXPECT_FALSE(std::filesystem::exists(path()));
    EXPECT_EQ(study.summary().queries, 0U);
    const auto import = study.begin_import();
    feed_sample(*import);
    EXPECT_FALSE(std::filesystem::exists(path()));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
  sample();
  EXPECT_TRUE(std::filesystem::exists(path()));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(StudyTest, RefusesWhatIsNotAStudy) {
  const auto open = [&] { Study(path(), Study::Mode::write); };
  EXPECT_THAT(error_of(open), HasSubstr("no such study"));
  write(path(), "");
  EXPECT_THAT(error_of(open), HasSubstr("came an empty file"));
  write(path(), std::string(5000, '{'));
  EXPECT_THAT(error_of(open), HasSubstr("not an SQLite database"));
  EXPECT_THAT(error_of([&] { Study(folder_.string(), Study::Mode::create); }), HasSubstr("no plain file"));
  EXPECT_THAT(error_of([&] { Study(path("no/such/folder"), Study::Mode::create); }), HasSubstr("can't be made"));
  EXPECT_THROW(Study("", Study::Mode::create), InvalidArgument);
}

TEST_F(StudyTest, NameThatSqliteWouldInterpretIsAPlainFile) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder_);
  for (const char* name : {":memory:", "file:x?mode=memory"}) {
    Study(name, Study::Mode::create).begin_import()->commit();
    EXPECT_TRUE(std::filesystem::exists(name));
  }
  std::filesystem::current_path(before);
}

TEST_F(StudyTest, TruncatedFileIsRefused) {
  sample();
  const std::string whole = bytes(path());
  for (const std::size_t size : {whole.size() - 1, whole.size() / 2, std::size_t{8192}, std::size_t{100}}) {
    write(path(), whole.substr(0, size));
    EXPECT_THROW(Study(path(), Study::Mode::read), Error) << size;
  }
}

TEST_F(StudyTest, DamagedFileNeverDoesMoreThanThrow) {
  sample();
  const std::string whole = bytes(path());
  Rng rng(11);
  int refused = 0;
  for (int trial = 0; trial < 80; ++trial) {
    std::string damaged = whole;
    for (int i = 0; i < 40; ++i) damaged[rng.below(damaged.size())] = static_cast<char>(rng.below(256));
    write(path(), damaged);
    try {
      Study study(path(), Study::Mode::write);
      study.summary();
      const Comparison comparison = study.comparison({});
      study.responses(comparison);
      study.kept_answers("o");
      study.keep_answer("o", {comparison.queries[0], comparison.models[0], 0, 0, {}, 1.0});
      const auto import = study.begin_import();
      feed_sample(*import);
      import->commit();
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 5);
}

TEST_F(StudyTest, DerivedDataIsKeptUntilContentChanges) {
  Study study = sample();
  const std::string blob("\0\x01\xFF", 3);
  EXPECT_EQ(study.derived("weak"), std::nullopt);
  study.keep_derived("weak", blob);
  study.keep_derived("weak", blob);
  study.keep_derived("empty", "");
  EXPECT_EQ(study.derived("weak"), blob);
  EXPECT_EQ(study.derived("empty"), "");
  EXPECT_THAT(study.derived_keys(), ElementsAre("empty", "weak"));

  const auto same = study.begin_import();
  feed_sample(*same);
  same->commit();
  EXPECT_EQ(study.derived("weak"), blob);  // Nothing was new.

  const auto more = study.begin_import();
  more->add(ResponseRecord{"q1", "new", 1, "text"}, {"f", 1}, OnConflict::fail);
  more->commit();
  EXPECT_THAT(study.derived_keys(), ElementsAre());
}

TEST_F(StudyTest, WhatWasComputedFromOtherContentIsNotKept) {
  Study slow = sample();
  slow.comparison({});
  slow.keep_derived("early", "1");
  EXPECT_EQ(slow.derived("early"), "1");
  {
    Study other(path(), Study::Mode::write);
    const auto import = other.begin_import();
    import->add(ResponseRecord{"q1", "new", 1, "text"}, {"f", 1}, OnConflict::fail);
    import->commit();
    other.keep_derived("late", "of the new content");
  }
  slow.keep_derived("late", "of the old content");
  slow.comparison({});  // What was read first decides.
  slow.keep_derived("more", "of the old content");
  EXPECT_EQ(slow.derived("late"), std::nullopt);
  Study fresh(path(), Study::Mode::write);
  fresh.comparison({});
  EXPECT_EQ(fresh.derived("late"), "of the new content");
  EXPECT_THAT(fresh.derived_keys(), ElementsAre("late"));
  fresh.keep_derived("more", "of the new content");
  EXPECT_EQ(fresh.derived("more"), "of the new content");
}

// Root may write everywhere: the tests of permissions are another user's, if they can be.
class Unprivileged {
 public:
  Unprivileged() : changed_(geteuid() == 0 && seteuid(65534) == 0) {}
  ~Unprivileged() {
    if (changed_ && seteuid(0) != 0) abort();
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;
  explicit operator bool() const { return geteuid() != 0; }

 private:
  bool changed_ = false;
};

TEST_F(StudyTest, WritesIfPossibleAndElseReads) {
  sample();
  using std::filesystem::perms;
  const auto check = [&](perms of_folder, perms of_file, bool writable) {
    std::filesystem::permissions(folder_, of_folder);
    std::filesystem::permissions(path(), of_file);
    const Unprivileged nobody;
    std::error_code unreachable;
    if (!nobody || !std::filesystem::exists(path(), unreachable)) return false;
    Study study(path(), Study::Mode::write_if_possible);
    EXPECT_EQ(study.writable(), writable);
    EXPECT_EQ(study.comparison({}).queries.size(), 3U);
    if (writable) {
      study.keep_derived("key", "bytes");
      EXPECT_EQ(study.derived("key"), "bytes");
    } else {
      EXPECT_THAT(error_of([&] { study.keep_derived("key", "bytes"); }), HasSubstr("for reading only"));
      EXPECT_THAT(error_of([&] { study.begin_answering(); }), HasSubstr("for reading only"));
      EXPECT_THAT(error_of([&] { Study(path(), Study::Mode::write); }), HasSubstr("can't be written"));
    }
    return true;
  };
  constexpr perms kReadFile{0444};
  constexpr perms kWriteFile{0666};
  constexpr perms kReadFolder{0555};
  constexpr perms kWriteFolder{0777};
  const bool checked = check(kWriteFolder, kReadFile, false) && check(kReadFolder, kWriteFile, false) &&
                       check(kReadFolder, kReadFile, false) && check(kWriteFolder, kWriteFile, true);
  std::filesystem::permissions(folder_, perms::owner_all);
  if (!checked) GTEST_SKIP() << "the user may write everywhere and can't become another one who reaches the folder";
  EXPECT_THAT(error_of([&] { Study(path("none"), Study::Mode::write_if_possible); }), HasSubstr("no such study"));
  EXPECT_FALSE(Study(path(), Study::Mode::read).writable());
  EXPECT_TRUE(Study(path(), Study::Mode::write).writable());
}

TEST_F(StudyTest, OpenedForReadingNothingIsWritten) {
  sample();
  const std::string before = bytes(path());
  Study study(path(), Study::Mode::read);
  const Comparison comparison = study.comparison({});
  EXPECT_THAT(error_of([&] { study.begin_import(); }), HasSubstr("for reading only"));
  EXPECT_THAT(error_of([&] { study.keep_derived("a", "b"); }), HasSubstr("for reading only"));
  EXPECT_THAT(error_of([&] {
                study.keep_answer("o", {comparison.queries[0], comparison.models[0], 0, 0, {}, 1.0});
              }),
              HasSubstr("for reading only"));
  study.kept_answers("o");
  EXPECT_EQ(bytes(path()), before);
}

TEST_F(StudyTest, WhatIsRememberedStays) {
  {
    store::Study study = sample();
    EXPECT_EQ(study.remembered("a"), std::nullopt);
    study.remember("a:2", "two");
    study.remember("a:1", "one");
    study.remember("b", "three");
    study.remember("a:1", "another");
    const auto import = study.begin_import();
    import->add(ResponseRecord{"q9", "good", 1, "text"}, {"f", 1}, OnConflict::fail);
    import->commit();
  }
  store::Study study(path(), store::Study::Mode::read);
  EXPECT_EQ(study.remembered("a:1"), "another") << "an import changes nothing of it";
  EXPECT_EQ(study.remembered_names("a:"), (std::vector<std::string>{"a:1", "a:2"}));
  EXPECT_EQ(study.remembered_names("").size(), 3U);
  EXPECT_THROW(study.remember("a", "x"), Error);
}

}  // namespace
}  // namespace assay::store
