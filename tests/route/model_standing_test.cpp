#include "assay/route/model_standing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/route/sample_benchmark.h"

namespace assay::route {
namespace {

// `right` of the first `asked` queries; the others were asked all, each right in half of them.
ModelStanding placed(std::size_t others, std::size_t asked, std::size_t right) {
  constexpr std::size_t kQueries = 400;
  const std::size_t m = others + 1;
  std::vector<Correctness> cells(kQueries * m, Correctness::kUnknown);
  std::vector<std::uint32_t> task(kQueries, 0), text(kQueries);
  for (std::size_t i = 0; i < kQueries; ++i) {
    text[i] = static_cast<std::uint32_t>(i);
    for (std::size_t j = 0; j < others; ++j) {
      // Each a little better than the one before.
      cells[i * m + j] = (i * 7 + j) % 20 < 9 + j % 3 ? Correctness::kRight : Correctness::kWrong;
    }
    if (i < asked) cells[i * m + others] = i < right ? Correctness::kRight : Correctness::kWrong;
  }
  std::vector<double> accuracy(m, 0.5), known(m, kQueries);
  known[others] = static_cast<double>(asked);
  for (std::size_t j = 0; j < others; ++j) {
    double sum = 0;
    for (std::size_t i = 0; i < kQueries; ++i) sum += cells[i * m + j].score();
    accuracy[j] = sum / kQueries;
  }
  const std::vector<float> vectors(kQueries, 1.0F);
  return placed_accuracy({cells, task, text, m, 1, {vectors, 1}}, others, accuracy, known);
}

TEST(PlacedAccuracy, OfTwoOthersLittleIsKnownOfAThird) {
  const ModelStanding one = placed(2, 1, 0);
  EXPECT_GT(one.error, 0.2) << "anything may be: two models that are alike say little of a third";
  EXPECT_LT(one.accuracy, 0.5);
}

TEST(PlacedAccuracy, ManyOthersThatAreAlikeDrawIt) {
  const ModelStanding many = placed(30, 10, 10), few = placed(2, 10, 10);
  EXPECT_LT(many.accuracy, 0.6);
  EXPECT_LT(many.error, 0.1);
  EXPECT_GT(few.accuracy, many.accuracy + 0.1);
}

TEST(PlacedAccuracy, ManyOutcomesDecide) {
  for (const std::size_t others : {2, 5, 30}) EXPECT_NEAR(placed(others, 400, 360).accuracy, 0.9, 0.06) << others;
}

}  // namespace
}  // namespace assay::route
