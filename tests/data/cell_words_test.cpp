#include "assay/data/cell_words.h"

#include <gtest/gtest.h>

namespace assay::data {
namespace {

TEST(CellWords, Outcomes) {
  for (const char* word : {"win", "W", "Win"}) EXPECT_EQ(outcome_word(word)->value, 1) << word;
  for (const char* word : {"draw", "d", "TIE"}) EXPECT_EQ(outcome_word(word)->value, 0.5) << word;
  for (const char* word : {"loss", "l"}) EXPECT_EQ(outcome_word(word)->value, 0) << word;
  for (const char* word : {"both_bad", "BothBad", "both bad", "tie (bothbad)"}) {
    ASSERT_TRUE(outcome_word(word)) << word;
    EXPECT_EQ(outcome_word(word)->value, 0.5);
    EXPECT_TRUE(outcome_word(word)->both_bad);
  }
  EXPECT_FALSE(outcome_word("tie")->both_bad);
  for (const char* word : {"", "wins", "0", "left", "a very long text that is no word"})
    EXPECT_FALSE(outcome_word(word));
}

TEST(CellWords, Truth) {
  EXPECT_EQ(truth_word("True"), 1);
  EXPECT_EQ(truth_word("FALSE"), 0);
  EXPECT_FALSE(truth_word("yes"));
}

TEST(CellWords, Blanks) {
  EXPECT_EQ(without_blanks(" \ta b\t "), "a b");
  EXPECT_EQ(without_blanks("  "), "");
}

}  // namespace
}  // namespace assay::data
