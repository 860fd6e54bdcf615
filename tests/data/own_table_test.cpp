#include "assay/data/own_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/data/alpaca_eval.h"
#include "assay/data/csv.h"
#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

RecordingSink long_table(std::string_view text, const FormatOptions& options = {}) {
  RecordingSink sink;
  read_csv_table(*memory_source("f", text), options, sink);
  return sink;
}

std::string long_table_error(std::string_view text, const FormatOptions& options = {}) {
  return error_of([&] { long_table(text, options); });
}

TEST(OwnTable, AScoreARow) {
  const RecordingSink sink = long_table("model,prompt_id,passed\nsmall,q1,True\nlarge,q1,false\nlarge,q2,\n");
  EXPECT_EQ(sink.scores.size(), 2U);
  EXPECT_EQ(sink.scores.at({"q1", "small", "passed", 1, 1}).value, 1);
  EXPECT_EQ(sink.scores.at({"q1", "large", "passed", 1, 1}).value, 0);
  EXPECT_THAT(sink.drops, Contains(Pair("empty cell", "f:4")));
  EXPECT_THAT(sink.notes, Contains(Pair("column \"passed\": read as scores of a judge called \"passed\"", "f:1")));
}

TEST(OwnTable, EveryColumnOfScoresIsAJudge) {
  const RecordingSink sink = long_table("id;model;rating;correct;mood\nq;m;4;yes;good\n");
  EXPECT_EQ(sink.scores.at({"q", "m", "rating", 1, 1}).value, 4);
  EXPECT_EQ(sink.scores.at({"q", "m", "correct", 1, 1}).value, 1);
  EXPECT_THAT(sink.notes, Contains(Pair("columns separated by semicolons", "f:1")));
  EXPECT_THAT(sink.notes, Contains(Pair("column \"mood\": passed over", "f:1")));
}

TEST(OwnTable, SeveralRowsOfOnePairAreRepeats) {
  const RecordingSink sink = long_table("id,model,judge,score\nq,m,j,1\nq,m,j,1\nq,m,j,0\nq,m,k,0\n");
  EXPECT_EQ(sink.scores.size(), 4U);
  EXPECT_EQ(sink.scores.at({"q", "m", "j", 1, 3}).value, 0);
  EXPECT_EQ(sink.scores.at({"q", "m", "k", 1, 1}).value, 0);
}

TEST(OwnTable, ResponsesAndPromptsWithoutIds) {
  FormatOptions options;
  options.model = "m";
  const RecordingSink sink = long_table("question\toutput\nSay \"four\".\tfour\n", options);
  const std::string id = instruction_id("Say \"four\".");
  EXPECT_EQ(sink.queries.at({id, 1}).value.first, "Say \"four\".");
  EXPECT_EQ(sink.responses.at({id, "m", 1}).value, "four");
  EXPECT_THAT(sink.notes, Contains(Pair("no id: made of the prompt's text, the same text has the same id", "f:2")));
  EXPECT_THAT(sink.notes, Contains(Pair("column \"output\": read as the response", "f:1")));
}

TEST(OwnTable, Turns) {
  const RecordingSink sink = long_table("id,model,turn,score\nq,m,1,3\nq,m,2,4\n");
  EXPECT_EQ(sink.scores.at({"q", "m", "score", 1, 1}).value, 3);
  EXPECT_EQ(sink.scores.at({"q", "m", "score", 2, 1}).value, 4);
  EXPECT_THAT(long_table_error("id,model,turn,score\nq,m,0,3\n"), HasSubstr("expected a turn from 1"));
}

TEST(OwnTable, SaysWhatToDo) {
  EXPECT_THAT(long_table_error("prompt,response\na,b\n"), HasSubstr("say `model` NAME"));
  EXPECT_THAT(long_table_error("id,correct\na,1\n"),
              HasSubstr("whose scores these are, came neither; say `model`"));
  EXPECT_THAT(long_table_error("id,model,helpful\na,m,1\n"), HasSubstr("rename the one that holds them"));
  EXPECT_THAT(long_table_error("model,score\nm,1\n"), HasSubstr("rename the one that tells the queries apart"));
  EXPECT_EQ(
      long_table_error("id,model,score\nq,m,\"0,75\"\n"),
      "f:2: expected a number, a percentage, true or false for \"score\", came \"0,75\"; write numbers with a "
      "point, such as 0.75");
  EXPECT_THAT(long_table_error("id,model,grade\nq,m,B+\n"), HasSubstr("if that is no score, `ignore` \"grade\""));
  EXPECT_THAT(long_table_error("id,model,score\nq,m,85%\nr,m,85\n"),
              HasSubstr("expected a percentage as in the rows"));
  EXPECT_THAT(long_table_error("id,model,score\nq,,1\n"), HasSubstr("f:2: expected a model, came an empty field"));
  EXPECT_THAT(long_table_error("id,model,score\nq,m\n"),
              HasSubstr("f:2: expected 3 fields as in the header, came 2"));
  FormatOptions options;
  options.model = "m";
  EXPECT_THAT(long_table_error("id,a,b\nq,1,0\n", options), HasSubstr("each model goes without `model`"));
  EXPECT_THAT(long_table_error("id,model,score\nq,m,1\n", options),
              HasSubstr("expected no `model` for a file with"));
}

}  // namespace
}  // namespace assay::data
