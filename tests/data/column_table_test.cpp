#include "assay/data/column_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/data/column_file.h"
#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::HasSubstr;

TEST(ColumnTable, FilesAreKnownByTheirFirstBytes) {
  const SampleFolder folder;
  EXPECT_FALSE(recognise_parquet(folder.write("a", "PAR1rest")).empty());
  EXPECT_FALSE(recognise_arrow(folder.write("b", "ARROW1\0\0")).empty());
  EXPECT_FALSE(recognise_arrow(folder.write("c", std::string("\xFF\xFF\xFF\xFF\x10\0\0\0", 8))).empty());
  EXPECT_EQ(recognise_arrow(folder.path("a")), "");
  EXPECT_EQ(recognise_parquet(folder.write("d", "PARTS")), "");
  EXPECT_EQ(recognise_parquet(folder.path()), "");
  EXPECT_FALSE(recognise_parquet(folder.write("sub/t.parquet", "PAR1rest")).empty());
  EXPECT_FALSE(recognise_parquet(folder.path("sub")).empty());
}

TEST(ColumnTable, ABuildWithoutArrowSaysWhatToDo) {
  if (reads_column_files()) GTEST_SKIP() << "built with Arrow C++";
  const SampleFolder folder;
  RecordingSink sink;
  try {
    read_parquet(std::vector{folder.write("a.parquet", "PAR1rest")}, {}, sink, {});
    FAIL();
  } catch (const InvalidArgument& error) {
    EXPECT_THAT(error.what(), HasSubstr("this build reads no parquet"));
  }
}

std::string table_path(std::string_view name) {
  return std::string(ASSAY_SOURCE_DIR) + "/tests/data/tables/" + std::string(name);
}

// The files were written by pyarrow 26: a dictionary, lists, structs, nulls, NaN; row groups and batches of three
// rows.
TEST(ColumnTable, ARowHoldsAPromptAResponseAScoreAndALabel) {
  if (!reads_column_files()) GTEST_SKIP() << "built without Arrow C++";
  for (const char* name : {"answers.parquet", "answers.arrow", "stream.arrow"}) {
    RecordingSink sink;
    const std::string path = table_path(name);
    (path.ends_with(".parquet") ? read_parquet : read_arrow)(std::vector{path}, {}, sink, {});
    EXPECT_EQ(sink.queries.at({"q1", 1}).value, RecordingSink::Query("6 x 7?\nA. 41\nB. 42", "sums")) << name;
    EXPECT_EQ(sink.queries.at({"q2", 1}).value, RecordingSink::Query("Say \"ü\n\".", ""));
    EXPECT_EQ(sink.responses.at({"q1", "small", 1}).value, "It is 42.");
    EXPECT_EQ(sink.responses.at({"q2", "large", 1}).value, "");
    EXPECT_EQ(sink.responses.size(), 3U);
    EXPECT_EQ(sink.scores.at({"q2", "large", "exact", 1, 1}).value, 0.5);
    EXPECT_EQ(sink.scores.size(), 3U);
    EXPECT_EQ(sink.scores.at({"q2", "large", "exact", 1, 1}).where, path + ":4");
    EXPECT_EQ(sink.labels.at({"q1", "large"}).value, "A");
    EXPECT_EQ(sink.labels.size(), 2U);
    EXPECT_EQ(sink.notes.at(0).first, "column \"meta\": passed over");
  }
}

TEST(ColumnTable, ANullScoreAloneIsACallThatGaveNone) {
  if (!reads_column_files()) GTEST_SKIP() << "built without Arrow C++";
  RecordingSink sink;
  read_parquet(std::vector{table_path("scores.parquet")}, {.judge = "me"}, sink, {});
  EXPECT_EQ(sink.scores.at({"1", "small", "me", 1, 1}).value, 1);
  EXPECT_TRUE(std::isnan(sink.scores.at({"2", "small", "me", 1, 1}).value));
}

TEST(ColumnTable, DamageIsADataError) {
  if (!reads_column_files()) GTEST_SKIP() << "built without Arrow C++";
  const SampleFolder folder;
  RecordingSink sink;
  for (const std::string& start : {std::string("PAR1rest of it"), std::string("ARROW1\0\0rest", 12),
                                   std::string("\xFF\xFF\xFF\xFF\x10\0\0\0rest", 12)}) {
    EXPECT_THROW(read_parquet(std::vector{folder.write("a.parquet", start)}, {}, sink, {}), DataError);
  }
}

}  // namespace
}  // namespace assay::data
