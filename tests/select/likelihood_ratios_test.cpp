#include "assay/select/likelihood_ratios.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "assay/core/error.h"

namespace assay::select {
namespace {

// Two models and a baseline on so many queries, from the `first` on; some responses are missing.
ResponseTable responses_from(std::size_t first, std::size_t queries) {
  ResponseTable table(queries, 2);
  for (std::size_t i = 0; i < queries; ++i) {
    const std::size_t q = first + i;
    const std::string text = "query " + std::to_string(q * 7919 % 101) + " is answered by ";
    if (q % 3 != 0) table.set(query_id(i), model_id(0), text + "the first " + std::string(q % 5, 'x'));
    table.set(query_id(i), model_id(1), text + "another");
    if (q % 4 != 0) table.set_baseline(query_id(i), text + "the baseline");
  }
  return table;
}

TEST(LikelihoodRatios, ThoseOfAQueryDependOnItsResponsesAlone) {
  const WeakJudgeOptions options;
  const auto whole = likelihood_ratios(responses_from(0, 12), options);
  const auto part = likelihood_ratios(responses_from(5, 4), options);
  ASSERT_EQ(part.size(), options.kgram.max_order);
  for (std::size_t k = 0; k < part.size(); ++k) {
    ASSERT_EQ(part[k].size(), 8U);
    for (std::size_t c = 0; c < part[k].size(); ++c) {
      const float expected = whole[k][5 * 2 + c];
      EXPECT_TRUE(part[k][c] == expected || (std::isnan(part[k][c]) && std::isnan(expected))) << k << " " << c;
    }
  }
}

TEST(LikelihoodRatios, NoneWhereAResponseIsMissing) {
  const auto ratios = likelihood_ratios(responses_from(0, 5), {});
  EXPECT_TRUE(std::isnan(ratios[0][0]));   // of query 0 the model's and the baseline's
  EXPECT_FALSE(std::isnan(ratios[0][2]));  // of query 1 none
  EXPECT_TRUE(std::isnan(ratios[0][9]));   // of query 4 the baseline's
}

TEST(LikelihoodRatios, RefuseOptionsOutOfRange) {
  WeakJudgeOptions options;
  options.kgram.max_order = 0;
  EXPECT_THROW(likelihood_ratios(responses_from(0, 2), options), InvalidArgument);
}

}  // namespace
}  // namespace assay::select
