#include "assay/asking/candidate_prices.h"

#include <gmock/gmock.h>

#include <cmath>
#include <string>

#include "assay/core/error.h"
#include "tests/app/app_fixture.h"

namespace assay::asking {
namespace {

// Two queries with prompts of 40 bytes, 26 tokens. Model a answered with 100 and 300 tokens, as it was told; b with
// 80 bytes, 36 tokens, once; c not at all.
class CandidatePricesTest : public AppTest {
 protected:
  CandidatePricesTest() {
    std::string lines;
    for (const std::string query : {"q1", "q2"}) {
      const bool first = query == "q1";
      lines += R"({"query": ")" + query + R"(", "prompt": ")" + std::string(40, 'p') + "\"}\n";
      lines += R"({"query": ")" + query + R"(", "model": "a", "response": "x", "tokens_out": )" +
               (first ? "100" : "300") + "}\n";
      if (first) {
        lines += R"({"query": "q1", "model": "b", "response": ")" + std::string(80, 'b') + "\"}\n";
      }
      for (const char* model : {"a", "b", "c"}) {
        lines += R"({"query": ")" + query + R"(", "model": ")" + model + R"(", "judge": "j", "score": 1})" + "\n";
      }
    }
    lines += R"({"model": "b", "price": 3})"
             "\n";
    write("s.jsonl", lines);
    import_jsonl("s.jsonl", "s.assay");
    write("prices.json",
          R"({"a": {"in": 2, "out": 10, "unit": "dollars"}, "c": {"in": 1, "out": 1, "unit": "dollars"}})");
  }
  store::Study study() const { return {path("s.assay"), store::Study::Mode::read}; }
  static store::Comparison comparison(const store::Study& study) {
    return study.comparison({.models = {"a", "b", "c"}, .without_responses = true});
  }
};

TEST_F(CandidatePricesTest, AreOfTokensAsToldElseOfTheTexts) {
  const store::Study file = study();
  const store::Comparison compared = comparison(file);
  const CandidatePrices prices = candidate_prices(file, compared, {.file = path("prices.json")});
  ASSERT_EQ(prices.of_models.size(), 3U);
  EXPECT_NEAR(prices.of_models[0], (26 * 2.0 + 200 * 10.0) / 1e6, 1e-15);
  EXPECT_NEAR(prices.of_models[1], (26 + 36) * 3.0 / 1e6, 1e-15) << "of the study, and q2 as q1";
  EXPECT_NEAR(prices.of_models[2], (26 + (100 + 300 + 36) / 3.0) / 1e6, 1e-12) << "as all models' answers";
  EXPECT_NEAR(prices.of_answers[3], (26 * 2.0 + 300 * 10.0) / 1e6, 1e-15) << "a on q2";
  EXPECT_TRUE(std::isnan(candidate_prices(file, compared, {}).of_models[0])) << "no price anywhere";
}

TEST_F(CandidatePricesTest, JudgingReadsPromptAndAnswerAndSaysLittle) {
  const store::Study file = study();
  const judge::Price price{{1'000'000}, {4'000'000}, {}};
  const std::vector<double> dollars = judging_prices(file, comparison(file), price);
  ASSERT_EQ(dollars.size(), 6U);
  EXPECT_NEAR(dollars[3], (400 + 26 + 300 + 25 * 4.0) / 1e6, 1e-12) << "scored alone: once";
}

TEST_F(CandidatePricesTest, WhatIsNotKnownIsNamed) {
  const store::Study file = study();
  const store::Comparison compared = comparison(file);
  const CandidatePrices prices = candidate_prices(file, compared, {});
  EXPECT_THAT([&] { known_prices(prices, compared, false); },
              testing::ThrowsMessage<InvalidArgument>(
                  testing::AllOf(testing::HasSubstr("\"a\", \"c\""), testing::HasSubstr("`candidate_prices`"))));
  EXPECT_THROW(candidate_prices(file, compared, {.file = path("nowhere")}), Error);
}

}  // namespace
}  // namespace assay::asking
