#include "assay/store/import.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <cmath>
#include <functional>
#include <initializer_list>
#include <limits>
#include <string>
#include <vector>

#include "assay/core/record_queue.h"
#include "assay/core/rng.h"
#include "assay/file/database.h"
#include "tests/store/study_fixture.h"

namespace assay::store {
namespace {

using testing::HasSubstr;

constexpr double kFailedCall = std::numeric_limits<double>::quiet_NaN();
constexpr OnConflict kFail = OnConflict::fail;

class ImportTest : public StudyTest {
 protected:
  Study study_{path(), Study::Mode::create};
  std::unique_ptr<Study::Import> import_ = study_.begin_import();
};

TEST_F(ImportTest, CountsWhatIsNewAndWhatIsRepeated) {
  feed_sample(*import_);
  feed_sample(*import_);
  import_->drop("no judge", {"f", 3});
  import_->drop("no judge", {"f", 9});
  const Study::ImportCounts counts = import_->commit();
  EXPECT_EQ(counts.queries, 3U);
  EXPECT_EQ(counts.responses, 9U);
  EXPECT_EQ(counts.verdicts, 6U);
  EXPECT_EQ(counts.no_verdict, 1U);
  EXPECT_EQ(counts.repeated, 18U);
  ASSERT_EQ(counts.dropped.size(), 1U);
  EXPECT_EQ(counts.dropped[0].count, 2U);
  EXPECT_EQ(counts.dropped[0].first, "f:3");
  EXPECT_THROW(import_->commit(), InvalidArgument);

  const auto again = study_.begin_import();
  feed_sample(*again);
  const Study::ImportCounts second = again->commit();
  EXPECT_EQ(second.queries + second.responses + second.verdicts + second.no_verdict, 0U);
  EXPECT_EQ(second.repeated, 18U);
}

TEST_F(ImportTest, ContradictionNamesBothPlaces) {
  import_->add(ResponseRecord{"q", "m", 1, "a"}, {"one", 4}, kFail);
  EXPECT_EQ(error_of<DataError>([&] {
              import_->add(ResponseRecord{"q", "m", 1, "b"}, {"two", 9}, kFail);
            }),
            "two:9: another response of model \"m\" to query \"q\" (turn 1), which contradicts one:4");
  import_->add(VerdictRecord{"q", "m", "b", "j", 1, kFailedCall}, {"one", 5}, kFail);
  EXPECT_EQ(error_of<DataError>([&] {
              import_->add(VerdictRecord{"q", "m", "b", "j", 1, 0.5}, {"two", 0}, kFail);
            }),
            "two: verdict 0.5 (before: none) of judge \"j\" on \"m\" against \"b\", query \"q\", turn 1, which "
            "contradicts one:5");
  import_->commit();

  const auto later = study_.begin_import();
  EXPECT_THAT(error_of<DataError>([&] {
                later->add(ResponseRecord{"q", "m", 1, "c"}, {"x", 1}, kFail);
              }),
              HasSubstr("contradicts the study"));
}

TEST_F(ImportTest, TellsThatSomethingIsNewAlsoWhereItCountsNothing) {
  import_->add(LabelRecord{"q", "m", "A"}, {"f", 1}, kFail);
  EXPECT_TRUE(import_->commit().changed);
  const auto again = study_.begin_import();
  again->add(LabelRecord{"q", "m", "A"}, {"f", 1}, kFail);
  EXPECT_FALSE(again->commit().changed);
  const auto text = study_.begin_import();
  text->add(QueryRecord{"q", 1, "its text", ""}, {"g", 1}, kFail);
  const Study::ImportCounts counts = text->commit();
  EXPECT_EQ(counts.queries, 0U);
  EXPECT_TRUE(counts.changed);
}

TEST_F(ImportTest, APriceOfLaterCountsFromThenOn) {
  const auto priced = [](std::int64_t price) {
    ModelRecord record{.model = "m"};
    record.price = price;
    return record;
  };
  import_->add(priced(200'000), {"f", 1}, kFail);
  EXPECT_THAT(error_of<DataError>([&] {
                import_->add(priced(300'000), {"f", 2}, kFail);
              }),
              HasSubstr("another price of model \"m\", which contradicts f:1"));
  import_->commit();

  const auto later = study_.begin_import();
  later->add(priced(100'000), {"g", 1}, kFail);
  EXPECT_THAT(error_of<DataError>([&] {
                later->add(priced(200'000), {"g", 2}, kFail);
              }),
              HasSubstr("contradicts g:1"));
  const Study::ImportCounts counts = later->commit();
  EXPECT_EQ(counts.facts, 1U);
  ASSERT_EQ(counts.noted.size(), 1U);
  EXPECT_EQ(counts.noted[0].first, "g:1");
  const auto same = study_.begin_import();
  same->add(priced(100'000), {"h", 1}, kFail);
  EXPECT_EQ(same->commit().repeated, 1U);
}

TEST_F(ImportTest, EveryKindIsCheckedForContradiction) {
  const Location where{"f", 1};
  import_->add(QueryRecord{"q", 1, "text", "task"}, where, kFail);
  import_->add(ScoreRecord{"q", "m", "j", 1, 1, 7.0}, where, kFail);
  import_->add(LabelRecord{"q", "m", "A"}, where, kFail);
  import_->add(LabelRecord{"q", "", "B"}, where, kFail);
  import_->add(LabelRecord{"q", "n", std::nullopt}, where, kFail);
  const auto contradicts = [&](const auto& record) {
    EXPECT_THAT(error_of<DataError>([&] { import_->add(record, {"g", 2}, kFail); }), HasSubstr("contradicts f:1"));
  };
  contradicts(QueryRecord{"q", 1, "other", "task"});
  contradicts(QueryRecord{"q", 1, "text", "other"});
  contradicts(ScoreRecord{"q", "m", "j", 1, 1, 8.0});
  contradicts(ScoreRecord{"q", "m", "j", 1, 1, kFailedCall});
  contradicts(LabelRecord{"q", "m", "B"});
  contradicts(LabelRecord{"q", "m", std::nullopt});
  contradicts(LabelRecord{"q", "", "A"});
  contradicts(LabelRecord{"q", "n", ""});
  // Other keys, other records.
  import_->add(ScoreRecord{"q", "m", "j", 1, 2, 8.0}, where, kFail);
  import_->add(ScoreRecord{"q", "m", "j", 2, 1, 8.0}, where, kFail);
  import_->add(ScoreRecord{"q", "m", "k", 1, 1, 8.0}, where, kFail);
  import_->add(QueryRecord{"q", 2, "other", ""}, where, kFail);
}

TEST_F(ImportTest, KeepFirstAndKeepLast) {
  for (const OnConflict how : {OnConflict::keep_first, OnConflict::keep_last}) {
    const std::string model = how == OnConflict::keep_first ? "first" : "last";
    for (const char* text : {"first", "middle", "last"}) {
      import_->add(ResponseRecord{"q", model, 1, text}, {text, 1}, how);
      import_->add(VerdictRecord{"q", model, "b", "j", 1, text == std::string("first") ? 1.0 : 0.0}, {text, 2},
                   how);
    }
  }
  import_->add(ResponseRecord{"q", "b", 1, "base"}, {"f", 1}, kFail);
  const Study::ImportCounts counts = import_->commit();
  ASSERT_EQ(counts.dropped.size(), 4U);
  EXPECT_EQ(counts.dropped[0].reason, "contradicts an earlier response; the first was kept");
  EXPECT_EQ(counts.dropped[0].count, 2U);
  EXPECT_EQ(counts.dropped[0].first, "middle:1");
  const Comparison comparison = study_.comparison({});
  const ResponseTable responses = study_.responses(comparison);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(responses.at(query_id(0), model_id(i)), comparison.models[i]);
    EXPECT_EQ(comparison.rewards.outcome(query_id(0), model_id(i)), i == 0 ? Outcome::win : Outcome::loss);
  }
  EXPECT_EQ(study_.summary().text_bytes, std::string("firstlastbase").size());  // "middle" is gone.
}

TEST_F(ImportTest, AReferenceAnswerMayComeLaterAndIsOne) {
  const auto reference = [&](std::string_view text, std::size_t line, OnConflict conflict = kFail) {
    import_->add(QueryRecord{.query = "q1", .text = {}, .task = {}, .reference = text}, {"f", line}, conflict);
  };
  import_->add(QueryRecord{"q1", 1, "prompt", ""}, {"f", 1}, kFail);
  reference("so", 2);
  reference("so", 3);
  EXPECT_THAT(error_of([&] { reference("not so", 4); }),
              HasSubstr("another reference answer of query \"q1\" (\"prompt\"), which contradicts f:2"));
  reference("not so", 5, OnConflict::keep_last);
  import_->add(LabelRecord{"q2", "", "B"}, {"f", 6}, kFail);
  EXPECT_EQ(import_->commit().repeated, 1U);
  EXPECT_EQ(study_.references({"q2", "q1", "q3"}), (std::vector<std::string>{"B", "not so", ""}));
}

TEST_F(ImportTest, TaskMayComeLater) {
  import_->add(ResponseRecord{"q", "m", 1, "a"}, {"f", 1}, kFail);
  import_->add(QueryRecord{"q", 1, "", "task"}, {"f", 2}, kFail);
  import_->add(QueryRecord{"q", 1, "", ""}, {"f", 3}, kFail);
  const Study::ImportCounts counts = import_->commit();
  EXPECT_EQ(counts.queries, 1U);
  EXPECT_EQ(counts.repeated, 1U);
  EXPECT_THAT(study_.summary().tasks, testing::ElementsAre("task"));
}

TEST_F(ImportTest, RefusesValuesOutOfRange) {
  const Location where{"f", 8};
  const auto refused = [&](const auto& record) {
    return error_of<DataError>([&] { import_->add(record, where, kFail); });
  };
  EXPECT_EQ(refused(VerdictRecord{"q", "m", "b", "j", 1, 1.5}), "f:8: expected a verdict from 0 to 1, came 1.5");
  EXPECT_THAT(refused(VerdictRecord{"q", "m", "b", "j", 1, -1e-9}), HasSubstr("from 0 to 1"));
  EXPECT_THAT(refused(ScoreRecord{"q", "m", "j", 1, 1, HUGE_VAL}), HasSubstr("finite score"));
  EXPECT_THAT(refused(ScoreRecord{"q", "m", "j", 1, 0, 1.0}), HasSubstr("repeat from 1 on, came 0"));
  EXPECT_THAT(refused(ResponseRecord{"q", "m", 0, "x"}), HasSubstr("turn from 1 on, came 0"));
  EXPECT_THAT(refused(ResponseRecord{"", "m", 1, "x"}), HasSubstr("expected a query, came an empty name"));
  EXPECT_THAT(refused(ResponseRecord{"q", "", 1, "x"}), HasSubstr("expected a model, came an empty name"));
  EXPECT_THAT(refused(VerdictRecord{"q", "m", "b", "", 1, 1.0}), HasSubstr("expected a judge, came an empty name"));
  EXPECT_THROW(import_->baseline("", where), DataError);
}

TEST_F(ImportTest, WithoutCommitTheStudyStaysAsItWas) {
  feed_sample(*import_);
  import_->commit();
  study_.keep_derived("key", "bytes");
  const std::string before = bytes(path());
  {
    const auto import = study_.begin_import();
    const std::string text(50'000, 'x');
    for (int i = 0; i < 2000; ++i) {  // More than fits into the cache, so that pages reach the file.
      import->add(ResponseRecord{"q" + std::to_string(i), "new", 1, text + std::to_string(i)}, {"f", 1}, kFail);
    }
    EXPECT_THROW(import->add(ResponseRecord{"q1", "good", 1, "x"}, {"f", 1}, kFail), DataError);
  }
  EXPECT_EQ(bytes(path()), before);
  EXPECT_EQ(study_.derived("key"), "bytes");
  EXPECT_EQ(study_.summary().responses, 9U);
}

TEST_F(ImportTest, OneImportAtATime) {
  EXPECT_THAT(error_of([&] { study_.begin_import(); }), HasSubstr("an import is under way"));
  EXPECT_THAT(error_of([&] { study_.keep_derived("a", "b"); }), HasSubstr("an import is under way"));
  import_.reset();
  feed_sample(*study_.begin_import());
  study_.begin_import()->commit();
  EXPECT_EQ(study_.summary().models, 0U);
}

TEST_F(ImportTest, StudyMayMoveMeanwhile) {
  feed_sample(*import_);
  const Study moved = std::move(study_);
  import_->commit();
  EXPECT_EQ(moved.summary().models, 3U);
}

TEST_F(ImportTest, TwoProcessesCanNotMakeTheSameStudy) {
  EXPECT_THAT(error_of([&] { Study(path(), Study::Mode::create); }), HasSubstr("is making this study"));
  import_->commit();
  EXPECT_NO_THROW(Study(path(), Study::Mode::create));
}

// Some thousand random records of few names, so that many are repeated and some contradict.
void feed_random(RecordSink& sink, std::uint64_t seed, OnConflict conflict, std::size_t odd_values) {
  Rng rng(seed);
  for (std::size_t i = 0; i < 30'000; ++i) {
    const Location where{i < 20'000 ? "one" : "two", i};
    const std::string query = "q" + std::to_string(rng.below(3000));
    const std::string model = "m" + std::to_string(rng.below(4));
    const std::string judge = "j" + std::to_string(rng.below(3));
    const std::string odd = rng.below(10'000) < odd_values ? " odd" : "";
    const double value = odd.empty() ? 0.5 : 0.25;
    switch (rng.below(6)) {
      case 0: sink.add(QueryRecord{.query = query, .text = "?" + query + odd, .task = "t"}, where, conflict); break;
      case 1: sink.add(ResponseRecord{query, model, 1, query + odd, {.tokens_in = 3}}, where, conflict); break;
      case 2: sink.add(LabelRecord{query, "", "gold" + odd}, where, conflict); break;
      case 3: sink.add(LabelRecord{query, model, "label" + odd}, where, conflict); break;
      case 4: sink.add(VerdictRecord{query, model, "b", judge, 1, value}, where, conflict); break;
      default: sink.add(ScoreRecord{query, model, judge, 1, 1, value}, where, conflict); break;
    }
    if (rng.below(5000) == 0) sink.drop("a row of no use", where);
  }
}

class ImportBatchesTest : public StudyTest {
 protected:
  struct Outcome {
    std::string error;
    std::string counts;
    std::vector<std::string> records;
  };

  // Everything that a study says after an import.
  Outcome imported(bool in_batches, const std::function<void(RecordSink&)>& feed) const {
    const std::string file = path(in_batches ? "batches.assay" : "single.assay");
    Outcome outcome;
    {
      Study study(file, Study::Mode::create);
      const auto import = study.begin_import(in_batches);
      try {
        feed(*import);
        const Study::ImportCounts counts = import->commit();
        outcome.counts = fmt::format("{} {} {} {} {} {} {}", counts.queries, counts.responses, counts.verdicts,
                                     counts.scores, counts.labels, counts.repeated, fmt::join(counts.models, " "));
        for (const ToldRows& row : counts.dropped) {
          outcome.counts += fmt::format("; {} {} {}", row.reason, row.count, row.first);
        }
      } catch (const DataError& error) {
        outcome.error = error.what();
      }
    }
    if (!outcome.error.empty()) return outcome;
    const file::Database database(file, file::Database::Access::existing);
    for (const file::Sql sql : std::initializer_list<file::Sql>{
             "SELECT id || body || hex(hash) FROM text ORDER BY id",
             "SELECT id || name || task FROM query ORDER BY id", "SELECT id || name FROM model ORDER BY id",
             "SELECT query || ' ' || text FROM prompt ORDER BY 1",
             "SELECT model || ' ' || query || ' ' || text || ' ' || tokens_in FROM response ORDER BY 1",
             "SELECT judge || ' ' || model || ' ' || query || ' ' || value FROM score ORDER BY 1",
             "SELECT judge || ' ' || model || ' ' || query || ' ' || value FROM verdict ORDER BY 1",
             "SELECT model || ' ' || query || ' ' || value FROM label ORDER BY 1"}) {
      file::Statement rows = database.prepare(sql);
      while (rows.step()) outcome.records.emplace_back(rows.text(0));
    }
    EXPECT_EQ(database.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'text_hash'"), 1);
    EXPECT_EQ(database.integer("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
    return outcome;
  }

  void expect_same(const std::function<void(RecordSink&)>& feed) const {
    const Outcome single = imported(false, feed);
    const Outcome batches = imported(true, feed);
    EXPECT_EQ(batches.error, single.error);
    EXPECT_EQ(batches.counts, single.counts);
    EXPECT_EQ(batches.records, single.records);
    std::filesystem::remove(path("single.assay"));
    std::filesystem::remove(path("batches.assay"));
  }
};

TEST_F(ImportBatchesTest, MakeTheSameStudyAsRecordsOneByOne) {
  for (const std::uint64_t seed : {1U, 2U}) {
    for (const OnConflict conflict : {OnConflict::keep_first, OnConflict::keep_last}) {
      expect_same([&](RecordSink& sink) { feed_random(sink, seed, conflict, 300); });
    }
    expect_same([&](RecordSink& sink) { feed_random(sink, seed, kFail, 0); });
  }
}

TEST_F(ImportBatchesTest, TellTheFirstContradictionOfAll) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const auto feed = [&](RecordSink& sink) { feed_random(sink, seed, kFail, 3); };
    EXPECT_THAT(imported(true, feed).error, HasSubstr("which contradicts"));
    expect_same(feed);
  }
}

TEST_F(ImportBatchesTest, TellAContradictionBeforeWhatIsWrongLater) {
  const auto feed = [&](RecordSink& sink) {
    sink.add(ScoreRecord{"q", "m", "j", 1, 1, 1}, {"f", 1}, kFail);
    sink.add(ScoreRecord{"q", "m", "j", 1, 1, 2}, {"f", 2}, kFail);
    sink.add(ScoreRecord{"", "m", "j", 1, 1, 2}, {"f", 3}, kFail);
  };
  EXPECT_THAT(imported(true, feed).error, HasSubstr("f:2: score 2 (before: 1) of judge \"j\" for \"m\""));
  expect_same(feed);
}

// As the command imports: records come from another thread.
TEST_F(ImportBatchesTest, AreFilledThroughAQueue) {
  for (const std::size_t odd_values : {0U, 3U}) {
    const auto feed = [&](RecordSink& sink) { feed_random(sink, 4, kFail, odd_values); };
    const Outcome single = imported(false, feed);
    const Outcome queued = imported(true, [&](RecordSink& sink) { read_through_queue(sink, feed); });
    EXPECT_EQ(queued.error, single.error);
    EXPECT_EQ(queued.counts, single.counts);
    EXPECT_EQ(queued.records, single.records);
    std::filesystem::remove(path("single.assay"));
    std::filesystem::remove(path("batches.assay"));
  }
}

TEST_F(ImportBatchesTest, KnowWhatTheStudyHad) {
  const auto feed = [&](OnConflict conflict) {
    return [conflict](RecordSink& sink) { feed_random(sink, 3, conflict, 0); };
  };
  imported(true, feed(kFail));
  Study study(path("batches.assay"), Study::Mode::write);
  const auto again = study.begin_import(true);
  feed(kFail)(*again);
  const Study::ImportCounts counts = again->commit();
  EXPECT_EQ(counts.responses + counts.scores + counts.labels + counts.verdicts + counts.queries, 0U);
  EXPECT_GT(counts.repeated, 29'000U);
}

// A prompt that every model's file brings is known without asking the study; not after a contradiction.
TEST_F(ImportTest, APromptThatGaveWayIsNoRepetition) {
  const QueryRecord first{.query = "q", .text = "first", .task = "t"};
  const QueryRecord second{.query = "q", .text = "second", .task = "t"};
  import_->add(first, {"f", 1}, kFail);
  import_->add(first, {"f", 2}, kFail);
  import_->add(second, {"f", 3}, OnConflict::keep_last);
  import_->add(second, {"f", 4}, kFail);
  EXPECT_THAT(error_of<DataError>([&] { import_->add(first, {"f", 5}, kFail); }), HasSubstr("contradicts f:3"));
  import_->add(LabelRecord{"q", "", "a"}, {"f", 6}, kFail);
  import_->add(LabelRecord{"q", "", "b"}, {"f", 7}, OnConflict::keep_last);
  EXPECT_THAT(error_of<DataError>([&] {
                import_->add(LabelRecord{"q", "", "a"}, {"f", 8}, kFail);
              }),
              HasSubstr("label \"a\" (before: \"b\") of the truth for query \"q\", which contradicts f:7"));
  EXPECT_EQ(import_->commit().repeated, 2U);
}

}  // namespace
}  // namespace assay::store
