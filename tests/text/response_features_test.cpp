#include "assay/text/response_features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/rng.h"

namespace assay::text {
namespace {

using testing::Each;

constexpr std::size_t kAgainstBaseline = 0;
constexpr std::size_t kOfBaseline = 1;
constexpr std::size_t kOfQuery = 2;

std::string text_of(std::size_t characters) { return std::string(characters, 'x'); }

std::vector<float> all_of(const FeatureTable& table) {
  std::vector<float> values;
  for (std::size_t q = 0; q < table.queries(); ++q) {
    for (std::size_t j = 0; j < table.models(); ++j) {
      for (const float value : table.at(query_id(q), model_id(j))) values.push_back(value);
    }
  }
  return values;
}

// Lengths of three models' responses and, last, of the baseline's.
ResponseTable table_of(const std::vector<std::array<std::size_t, 4>>& rows) {
  ResponseTable responses(rows.size(), 3);
  for (std::size_t q = 0; q < rows.size(); ++q) {
    for (std::size_t j = 0; j < 3; ++j) responses.set(query_id(q), model_id(j), text_of(rows[q][j]));
    responses.set_baseline(query_id(q), text_of(rows[q][3]));
  }
  return responses;
}

TEST(ResponseFeatures, AreTheThreeLogarithmsOfTheHeaderUpToShiftAndScale) {
  const std::vector<std::array<std::size_t, 4>> rows = {{0, 90, 190, 40}, {500, 20, 70, 400}, {7, 8, 9, 1000}};
  const std::array<double, 3> middles = {90, 70, 8};
  const FeatureTable table = response_features(table_of(rows));
  ASSERT_EQ(table.features(), 3U);
  std::array<std::vector<double>, 3> expected;
  std::array<std::vector<double>, 3> found;
  for (std::size_t q = 0; q < rows.size(); ++q) {
    for (std::size_t j = 0; j < 3; ++j) {
      const double baseline = std::log(10.0 + static_cast<double>(rows[q][3]));
      expected[kAgainstBaseline].push_back(std::log(10.0 + static_cast<double>(rows[q][j])) - baseline);
      expected[kOfBaseline].push_back(baseline);
      expected[kOfQuery].push_back(std::log(10.0 + middles[q]));
      for (std::size_t k = 0; k < 3; ++k) found[k].push_back(table.at(query_id(q), model_id(j))[k]);
    }
  }
  for (std::size_t k = 0; k < 3; ++k) {
    double mean = 0;
    double squares = 0;
    for (const double value : expected[k]) mean += value / 9;
    for (const double value : expected[k]) squares += (value - mean) * (value - mean) / 9;
    for (std::size_t c = 0; c < 9; ++c) {
      EXPECT_NEAR(found[k][c], (expected[k][c] - mean) / std::sqrt(squares), 1e-5) << "feature " << k;
    }
  }
}

RC_GTEST_PROP(ResponseFeatures, HaveMeanZeroAndDeviationOneOverTheResponsesThatThereAre, ()) {
  const std::size_t queries = *rc::gen::inRange<std::size_t>(1, 9);
  const std::size_t models = *rc::gen::inRange<std::size_t>(1, 6);
  Rng rng(*rc::gen::arbitrary<std::uint64_t>());
  ResponseTable responses(queries, models);
  double present = 0;
  for (std::size_t q = 0; q < queries; ++q) {
    for (std::size_t j = 0; j < models; ++j) {
      if (rng.uniform() < 0.3) continue;
      responses.set(query_id(q), model_id(j), text_of(rng.below(300)));
      ++present;
    }
    if (rng.uniform() < 0.7) responses.set_baseline(query_id(q), text_of(rng.below(300)));
  }
  const FeatureTable table = response_features(responses);
  for (std::size_t k = 0; k < 3; ++k) {
    double sum = 0;
    double squares = 0;
    for (std::size_t q = 0; q < queries; ++q) {
      for (std::size_t j = 0; j < models; ++j) {
        const double value = table.at(query_id(q), model_id(j))[k];
        RC_ASSERT(std::isfinite(value));
        if (!responses.has(query_id(q), model_id(j))) RC_ASSERT(value == 0);
        sum += value;
        squares += value * value;
      }
    }
    RC_ASSERT(std::abs(sum) < 1e-3);
    // Either it varies, or it is 0 everywhere.
    RC_ASSERT(std::abs(squares - present) < 1e-2 || squares == 0);
  }
}

TEST(ResponseFeatures, CountCharactersNotBytes) {
  ResponseTable latin = table_of({{3, 40, 5, 9}, {30, 6, 2, 12}});
  ResponseTable greek = latin;
  std::string text;
  for (int i = 0; i < 40; ++i) text += "\xCE\xB1";  // alpha
  greek.set(query_id(0), model_id(1), text);
  EXPECT_EQ(all_of(response_features(greek)), all_of(response_features(latin)))
      << "an answer in Greek counts as twice as long as one in English";
}

TEST(ResponseFeatures, AnEmptyResponseIsShortAndAMissingOneUnknown) {
  ResponseTable responses = table_of({{0, 50, 60, 55}, {40, 50, 60, 45}});
  EXPECT_LT(response_features(responses).at(query_id(0), model_id(0))[kAgainstBaseline], -1)
      << "an answer without a word looks like any other";
  ResponseTable missing(2, 3);
  for (std::size_t c = 1; c < 6; ++c) {
    const QueryId query = query_id(c / 3);
    missing.set(query, model_id(c % 3), std::string(responses.at(query, model_id(c % 3))));
  }
  for (std::size_t q = 0; q < 2; ++q)
    missing.set_baseline(query_id(q), std::string(responses.baseline(query_id(q))));
  EXPECT_THAT(response_features(missing).at(query_id(0), model_id(0)), Each(0.0F))
      << "a missing answer is taken for a very short one";
}

TEST(ResponseFeatures, WithoutTheBaselinesResponseTheMedianStandsForIt) {
  ResponseTable without(2, 3);
  ResponseTable with(2, 3);
  for (std::size_t q = 0; q < 2; ++q) {
    for (std::size_t j = 0; j < 3; ++j) {
      const std::string text = text_of(10 + 20 * q + 30 * j);
      without.set(query_id(q), model_id(j), text);
      with.set(query_id(q), model_id(j), text);
      if (j == 1) with.set_baseline(query_id(q), text);
    }
  }
  EXPECT_EQ(all_of(response_features(without)), all_of(response_features(with)));
}

TEST(ResponseFeatures, WhatNeverVariesIsZero) {
  EXPECT_THAT(all_of(response_features(table_of({{8, 8, 8, 8}, {8, 8, 8, 8}}))), Each(0.0F));
  EXPECT_THAT(all_of(response_features(ResponseTable(4, 2))), Each(0.0F)) << "no responses at all";
  EXPECT_TRUE(all_of(response_features(ResponseTable(0, 0))).empty());
  const FeatureTable one = response_features(table_of({{8, 80, 800, 80}}));
  for (std::size_t j = 0; j < 3; ++j) {
    EXPECT_EQ(one.at(query_id(0), model_id(j))[kOfBaseline], 0) << "one query has one baseline length";
    EXPECT_EQ(one.at(query_id(0), model_id(j))[kOfQuery], 0);
  }
  const auto against = [&](std::size_t j) { return one.at(query_id(0), model_id(j))[kAgainstBaseline]; };
  EXPECT_LT(against(0), against(2)) << "the shorter answer is not told from the longer one";
}

TEST(FeatureTable, StandardizesEachFeatureOverWhatIsKnown) {
  FeatureTable table(1, 4, 2);
  for (std::size_t j = 0; j < 4; ++j) {
    table.at(query_id(0), model_id(j))[0] = static_cast<float>(j);
    table.at(query_id(0), model_id(j))[1] = 7;
  }
  table.standardize({1, 0, 1, 1});  // 0, 2, 3: mean 5/3, variance 14/9
  const double deviation = std::sqrt(14.0 / 9);
  EXPECT_NEAR(table.at(query_id(0), model_id(0))[0], -5.0 / 3 / deviation, 1e-6);
  EXPECT_EQ(table.at(query_id(0), model_id(1))[0], 0);
  EXPECT_NEAR(table.at(query_id(0), model_id(3))[0], 4.0 / 3 / deviation, 1e-6);
  for (std::size_t j = 0; j < 4; ++j) EXPECT_EQ(table.at(query_id(0), model_id(j))[1], 0);
}

TEST(FeatureTable, CellsGoInAndOutByResponses) {
  const std::vector<float> cells = {1, 2, 3, 4, 5, 6, 7, 8};
  const FeatureTable table = FeatureTable::from(cells, 2, 2, 2);
  EXPECT_THAT(table.at(query_id(1), model_id(0)), testing::ElementsAre(5, 6));
  EXPECT_THAT(table.cells(), testing::ElementsAreArray(cells));
  EXPECT_THROW(FeatureTable::from(cells, 2, 2, 3), InvalidArgument);
  EXPECT_THROW(FeatureTable::from(std::vector<float>{std::nanf("")}, 1, 1, 1), InvalidArgument);
}

}  // namespace
}  // namespace assay::text
