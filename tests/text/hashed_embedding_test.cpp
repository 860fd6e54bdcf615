#include "assay/text/hashed_embedding.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/core/rng.h"
#include "assay/text/ngrams.h"
#include "tests/data/sample_folder.h"

namespace assay::text {
namespace {

std::vector<std::string> corpus() {
  const std::vector<std::string> maths = {"integral", "matrix", "polynomial", "theorem", "equation", "derivative"};
  const std::vector<std::string> law = {"court", "statute", "plaintiff", "contract", "verdict", "appeal"};
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 60; ++i) {
    const auto& words = i % 2 == 0 ? maths : law;
    std::string text = "Question " + std::to_string(i) + ": which";
    for (std::size_t w = 0; w < 4; ++w) text += " " + words[(i / 2 + w * (i % 5 + 1)) % words.size()];
    texts.push_back(text + "?");
  }
  return texts;
}

class HashedEmbeddingTest : public testing::Test {
 protected:
  HashedEmbeddingTest()
      : texts_(corpus()),
        fit_(fit_hashed_embedding(std::vector<std::string_view>(texts_.begin(), texts_.end()), 16, 2)),
        embedding_(fit_.tables()) {}

  std::vector<float> of(std::string_view text) const {
    std::vector<float> vector(16);
    embedding_.embed(text, vector);
    return vector;
  }
  float alike(std::string_view a, std::string_view b) const {
    const std::vector<float> x = of(a), y = of(b);
    float sum = 0;
    for (std::size_t i = 0; i < 16; ++i) sum += x[i] * y[i];
    return sum;
  }

  std::vector<std::string> texts_;
  HashedEmbeddingFit fit_;
  HashedEmbedding embedding_;
};

TEST_F(HashedEmbeddingTest, TextsThatShareWordsAreAlike) {
  EXPECT_GT(alike("which matrix equation?", "an equation with a matrix, or a theorem"),
            alike("which matrix equation?", "the court and the plaintiff") + 0.3F);
}

TEST_F(HashedEmbeddingTest, VectorsHaveLengthOne) {
  for (const std::string& text : texts_) EXPECT_NEAR(alike(text, text), 1, 1e-5);
}

TEST_F(HashedEmbeddingTest, CaseBlanksAndDigitsDoNotMatter) {
  EXPECT_EQ(of("The  COURT\tsaw 3 contracts\n"), of("the court saw 7 contracts"));
}

TEST_F(HashedEmbeddingTest, ATypoChangesLittle) {
  EXPECT_GT(alike("the plaintiff broke the contract", "the plaintif broke the contrcat"), 0.8F);
}

TEST_F(HashedEmbeddingTest, AnEmptyTextSaysNothing) {
  for (const char* text : {"", " \n\t ", "\x01\x02"}) EXPECT_EQ(of(text), std::vector<float>(16, 0.0F)) << text;
}

TEST_F(HashedEmbeddingTest, TakesAnyBytes) {
  for (const std::string& text :
       {std::string("\xff\xfe\xc3"), std::string("matrix \xf0\x28\x8c\x28 court"), std::string(1000, '\0'),
        std::string("\xe4\xb8\xad\xe6\x96\x87 \xd0\xbc\xd0\xb0\xd1\x82")}) {
    for (const float value : of(text)) EXPECT_TRUE(std::isfinite(value));
  }
}

TEST_F(HashedEmbeddingTest, TakesAMegabyte) {
  std::string text;
  while (text.size() < 1'000'000) text += "the matrix of the theorem ";
  EXPECT_GT(alike(text, "the matrix of the theorem"), 0.7F);
  EXPECT_EQ(of(std::string(1'000'000, 'x')), std::vector<float>(16, 0.0F)) << "one word that nobody knows";
}

TEST_F(HashedEmbeddingTest, IsTheSameWhateverTheThreads) {
  const std::vector<std::string_view> views(texts_.begin(), texts_.end());
  const HashedEmbeddingFit one = fit_hashed_embedding(views, 16, 1);
  const HashedEmbeddingFit five = fit_hashed_embedding(views, 16, 5);
  EXPECT_EQ(one.weights, five.weights);
  EXPECT_EQ(one.projection, five.projection);
}

TEST_F(HashedEmbeddingTest, RareNgramsWeighMoreButNotThoseOfOneText) {
  NgramCounter counter(18);
  const auto weight = [&](std::string_view word) { return fit_.weights[counter.count(word)[0].bucket]; };
  EXPECT_LT(weight("question"), 0.1F) << "in every text";
  EXPECT_GT(weight("statute"), 0.5F) << "in some";
  EXPECT_EQ(weight("zymurgy"), 0) << "in none";
}

TEST_F(HashedEmbeddingTest, KnowsTextsOfItsKind) {
  std::vector<float> vector(16);
  for (const std::string& text : texts_) EXPECT_TRUE(embedding_.embed(text, vector)) << text;
  EXPECT_TRUE(embedding_.embed("which statute of the court?", vector));
  for (const char* text :
       {"\u65e5\u672c\u306e\u9996\u90fd\u306f\u3069\u3053\u3067\u3059\u304b\u3002", "zyx wvut qponml", ""}) {
    EXPECT_FALSE(embedding_.embed(text, vector)) << text;
  }
}

// Whatever the texts are: fewer than one in twenty of their kind is unfamiliar.
TEST(HashedEmbedding, SeldomCallsTextsOfItsKindUnfamiliar) {
  Rng rng(5);
  const auto made_up = [&](std::size_t words) {
    std::string text = "Answer:";
    for (std::size_t i = 0; i < words; ++i) {
      text += " ";
      // Common words and rare ones, of which most occur once.
      const double size = std::pow(10, 1 + 4 * rng.uniform());
      text += "w" + std::to_string(mix64(static_cast<std::uint64_t>(size * rng.uniform())));
    }
    for (char& c : text) {
      if (c >= '0' && c <= '9') c = static_cast<char>('a' + (c - '0'));
    }
    return text;
  };
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 400; ++i) texts.push_back(made_up(1 + i % 40));
  const HashedEmbeddingFit fit =
      fit_hashed_embedding(std::vector<std::string_view>(texts.begin(), texts.end()), 8, 1);
  const HashedEmbedding embedding(fit.tables());
  std::vector<float> vector(8);
  EXPECT_GT(fit.familiar, 0);
  std::size_t unfamiliar = 0;
  for (std::size_t i = 0; i < 4000; ++i) unfamiliar += embedding.embed(made_up(1 + i % 40), vector) ? 0 : 1;
  EXPECT_LE(unfamiliar, 240U) << "at most 200 are expected";
}

// Neither odd texts among them nor copies change what is familiar by much.
TEST_F(HashedEmbeddingTest, AFewOddTextsAndCopiesLeaveWhatIsFamiliar) {
  std::vector<std::string_view> texts(texts_.begin(), texts_.end());
  texts.emplace_back("\U0001F600\U0001F680\U0001F3A8");
  const float with_odd_one = fit_hashed_embedding(texts, 16, 1).familiar;
  EXPECT_GT(with_odd_one, 0);
  EXPECT_NEAR(with_odd_one, fit_.familiar, 0.1);
  texts.assign(texts_.begin(), texts_.end());
  for (int copy = 0; copy < 3; ++copy) texts.insert(texts.end(), texts_.begin(), texts_.end());
  EXPECT_NEAR(fit_hashed_embedding(texts, 16, 1).familiar, fit_.familiar, 0.05);
}

TEST_F(HashedEmbeddingTest, WordsBecomeKnownAndVectorsStay) {
  const std::vector<std::string> texts = {"court zyx wvut qponml jkhgf bvcxd",
                                          "court zyx wvut qponml jkhgf bvcxd?"};
  const std::vector<float> weights = with_known(fit_.tables(), texts);
  HashedEmbeddingTables tables = fit_.tables();
  tables.weights = weights;
  const HashedEmbedding after(tables);
  std::vector<float> vector(16), before(16);
  EXPECT_TRUE(after.embed("court zyx wvut qponml jkhgf bvcxd", vector));
  EXPECT_FALSE(embedding_.embed("court zyx wvut qponml jkhgf bvcxd", before));
  EXPECT_EQ(vector, before);
  for (const std::string& text : texts_) {
    after.embed(text, vector);
    EXPECT_EQ(vector, of(text));
  }
}

TEST(HashedEmbedding, OfFewTextsHasFewDirections) {
  const std::vector<std::string_view> three = {"one matrix", "two courts", "one court"};
  const HashedEmbeddingFit fit = fit_hashed_embedding(three, 64, 1);
  std::vector<float> vector(64);
  HashedEmbedding(fit.tables()).embed("one matrix", vector);
  EXPECT_NE(vector, std::vector<float>(64, 0.0F));
  for (const float value : vector) EXPECT_TRUE(std::isfinite(value));
  EXPECT_NO_THROW(fit_hashed_embedding({}, 8, 1));
}

TEST(HashedEmbedding, RefusesWrongSizes) {
  EXPECT_EQ(error_of([] { fit_hashed_embedding({}, 0, 1); }),
            "a hashed embedding must have 1 to 1024 dimensions, came 0");
  EXPECT_THROW(fit_hashed_embedding({}, 1025, 1), InvalidArgument);
  const std::vector<float> few(100);
  EXPECT_THROW(HashedEmbedding({few, few}), InvalidArgument);
}

TEST(NgramCounter, CountsWordsPairsAndPieces) {
  NgramCounter counter(20);
  std::size_t all = 0;
  for (const auto& count : counter.count("ab ab")) all += count.occurrences;
  // The word twice, the pair once, and of "|ab|" the pieces |ab, ab|, |ab| twice each.
  EXPECT_EQ(all, 2U + 1U + 2U * 3U);
  EXPECT_EQ(counter.count("ab ab").size(), 1U + 1U + 3U);
  EXPECT_TRUE(counter.count("").empty()) << "nothing is left of the text before";
}

TEST(NgramCounter, TakesCharactersWhole) {
  NgramCounter counter(20);
  std::size_t all = 0;
  for (const auto& count : counter.count("\xe4\xb8\xad\xe6\x96\x87")) all += count.occurrences;
  EXPECT_EQ(all, 1U + 3U) << "two characters";
}

}  // namespace
}  // namespace assay::text
