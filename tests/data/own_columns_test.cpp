#include "assay/data/own_columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::HasSubstr;

OwnColumns columns(const std::vector<std::string_view>& names, const OwnHints& hints = {}) {
  return {names, hints, {"f", 1}};
}

TEST(OwnColumns, KnowsUsualNamesInAnyCase) {
  const OwnColumns found = columns({"Prompt-ID", "Question", "MODEL", "model_output", "passed", "mood"});
  EXPECT_EQ(found.role(0), OwnRole::id);
  EXPECT_EQ(found.role(1), OwnRole::prompt);
  EXPECT_EQ(found.role(2), OwnRole::model);
  EXPECT_EQ(found.role(3), OwnRole::response);
  EXPECT_EQ(found.role(4), OwnRole::score);
  EXPECT_EQ(found.role(5), OwnRole::none);
}

TEST(OwnColumns, QueryIsThePromptBesideAnId) {
  EXPECT_EQ(columns({"query", "model", "score"}).role(0), OwnRole::id);
  EXPECT_EQ(columns({"id", "query", "model"}).role(1), OwnRole::prompt);
  EXPECT_EQ(columns({"query", "prompt", "model"}).role(0), OwnRole::id);
}

TEST(OwnColumns, AnswerIsTheModelsOrTheRightOne) {
  EXPECT_EQ(columns({"question", "answer", "model"}).role(1), OwnRole::response);
  EXPECT_EQ(columns({"question", "answer"}, {.model_known = true}).role(1), OwnRole::response);
  EXPECT_EQ(columns({"question", "answer", "output"}).role(1), OwnRole::gold);
  EXPECT_EQ(columns({"question", "answer"}).role(1), OwnRole::gold);
  EXPECT_EQ(columns({"question", "answer", "m"}, {.wide = true}).role(1), OwnRole::gold);
  EXPECT_THAT(error_of([] {
                columns({"id", "answer"});
              }),
              HasSubstr("f:1: expected to know whose \"answer\" is: a model's (say which with `model`)"));
}

TEST(OwnColumns, TwoReadingsAreAskedFor) {
  EXPECT_EQ(
      error_of([] {
        columns({"instruction", "input", "output"});
      }),
      "f:1: expected one column or key for the prompt, came \"instruction\" and \"input\"; pass over one with "
      "`ignore` \"input\"");
  const std::vector<std::string> ignore = {"input"};
  EXPECT_EQ(columns({"instruction", "input", "output"}, {.ignore = ignore}).role(1), OwnRole::ignored);
}

TEST(OwnColumns, OfWideTablesOnlyQueriesAreLookedFor) {
  const OwnColumns found = columns({"id", "category", "reference", "output", "answer"}, {.wide = true});
  EXPECT_EQ(found.role(1), OwnRole::task);
  EXPECT_EQ(found.role(2), OwnRole::gold);
  for (const std::size_t column : {3U, 4U}) EXPECT_EQ(found.role(column), OwnRole::none);
}

TEST(OwnColumns, TellWhatIsNotTheUsualName) {
  EXPECT_EQ(read_so("prompt", OwnRole::prompt), "");
  EXPECT_EQ(read_so("question", OwnRole::prompt), "\"question\": read as the prompt");
  EXPECT_EQ(read_so("mood", OwnRole::none), "\"mood\": passed over");
  EXPECT_EQ(read_so("query_id", OwnRole::id), "");
}

TEST(OwnScore, NumbersPercentagesAndWords) {
  EXPECT_EQ(own_score(" 0.75 ")->value, 0.75);
  EXPECT_EQ(own_score("85 %")->value, 0.85);
  EXPECT_TRUE(own_score("85%")->percent);
  EXPECT_EQ(own_score("PASS")->value, 1);
  EXPECT_EQ(own_score("incorrect")->value, 0);
  for (const char* none : {"", "0,75", "nan", "inf", "B", "1e999", "%"}) EXPECT_FALSE(own_score(none)) << none;
}

TEST(OwnScore, SeesDecimalCommas) {
  EXPECT_TRUE(has_decimal_comma("0,75"));
  EXPECT_TRUE(has_decimal_comma("85,5%"));
  for (const char* none : {"0.75", "1,2,3", "a,b", ","}) EXPECT_FALSE(has_decimal_comma(none)) << none;
}

}  // namespace
}  // namespace assay::data
