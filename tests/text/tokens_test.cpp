#include "assay/text/tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "assay/core/utf8.h"

namespace assay::text {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::string_view_literals;

std::vector<std::uint32_t> tokens(std::string_view text, TokenKind kind) {
  return tokenize(std::vector{text}, kind).tokens;
}

TEST(Tokens, WordsAreFoldedAndOtherSignsStandAlone) {
  EXPECT_THAT(tokens("Cat cat CAT dog", TokenKind::word), ElementsAre(0, 0, 0, 1));
  EXPECT_THAT(tokens("x1+x1 != 3.5", TokenKind::word), ElementsAre(0, 1, 0, 2, 3, 4, 5, 6)) << "x1 + x1 ! = 3 . 5";
  EXPECT_THAT(tokens("\t a\n\r a \x7F", TokenKind::word), ElementsAre(0, 0)) << "blanks only separate";
}

TEST(Tokens, NonAsciiLettersArePartsOfWords) {
  EXPECT_THAT(tokens("größe größe grö ße", TokenKind::word), ElementsAre(0, 0, 1, 2));
  EXPECT_THAT(tokens("한국어 한국", TokenKind::word), ElementsAre(0, 1));
}

TEST(Tokens, CharactersAreUtf8AndBlanksMerge) {
  EXPECT_THAT(tokens("aA b", TokenKind::character), ElementsAre(0, 0, 1, 2));
  EXPECT_THAT(tokens("a \t\n a", TokenKind::character), ElementsAre(0, 1, 0)) << "a run of blanks is one blank";
  EXPECT_THAT(tokens("한국한", TokenKind::character), ElementsAre(0, 1, 0)) << "three bytes each, three tokens";
}

TEST(Tokens, BytesThatAreNotUtf8AreKept) {
  EXPECT_THAT(tokens("\xFF\xFE\xFF", TokenKind::character), ElementsAre(0, 1, 0));
  EXPECT_THAT(tokens("\xED\x95", TokenKind::character), ElementsAre(0, 1)) << "a character cut short";
  EXPECT_THAT(tokens("\xFF\xFE a\xFF", TokenKind::word), ElementsAre(0, 1)) << "in words they count as letters";
  EXPECT_THAT(tokens("a\0b"sv, TokenKind::word), ElementsAre(0, 1)) << "a zero byte separates";
}

TEST(Tokens, NumbersAreSharedByTheTextsOfOneSequence) {
  const std::vector<std::string_view> texts = {"a b", "", "b c", "  "};
  const TokenSequence sequence = tokenize(texts, TokenKind::word);
  EXPECT_EQ(sequence.texts(), 4U);
  EXPECT_EQ(sequence.vocabulary, 3U);
  EXPECT_THAT(sequence.bounds, ElementsAre(0, 2, 2, 4, 4));
  EXPECT_THAT(sequence.text(2), ElementsAre(1, 2));
  EXPECT_THAT(sequence.text(1), IsEmpty());
  EXPECT_EQ(tokenize({}, TokenKind::word).texts(), 0U);
}

TEST(Tokens, ManyDistinctWordsKeepTheirNumbers) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "w" + std::to_string(i % 2500) + " ";
  const auto numbers = tokens(text, TokenKind::word);
  ASSERT_EQ(numbers.size(), 5000U);
  for (std::size_t i = 0; i < 5000; ++i)
    ASSERT_EQ(numbers[i], i % 2500) << "word " << i << " was mistaken for another";
}

RC_GTEST_PROP(Tokens, AnyBytesAreTokens, (const std::vector<std::string>& bytes)) {
  const std::vector<std::string_view> texts(bytes.begin(), bytes.end());
  for (const TokenKind kind : {TokenKind::word, TokenKind::character}) {
    const TokenSequence sequence = tokenize(texts, kind);
    RC_ASSERT(sequence.texts() == texts.size());
    RC_ASSERT(sequence.bounds.back() == sequence.tokens.size());
    for (const std::uint32_t token : sequence.tokens) RC_ASSERT(token < sequence.vocabulary);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      // A text gives the same tokens alone as among others, up to their numbers.
      RC_ASSERT(tokenize(std::vector{texts[i]}, kind).tokens.size() == sequence.text(i).size());
      RC_ASSERT(sequence.text(i).size() <= texts[i].size());
    }
  }
}

}  // namespace
}  // namespace assay::text
