#include "assay/core/cells.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "assay/core/correctness.h"
#include "assay/core/error.h"
#include "assay/core/labels.h"
#include "assay/core/outcomes.h"
#include "assay/core/scores.h"

namespace assay {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;

template <typename Action>
std::string message_of(const Action& action) {
  try {
    action();
  } catch (const InvalidArgument& failure) {
    return failure.what();
  }
  return "nothing was refused";
}

TEST(Cells, AnyProductOfSidesIsCompared) {
  EXPECT_NO_THROW(check_cells(6, {2, 3}));
  EXPECT_NO_THROW(check_cells(0, {0, 3}));
  EXPECT_NO_THROW(check_cells(0, {SIZE_MAX, SIZE_MAX, 0}));
  EXPECT_EQ(message_of([] { check_cells(5, {2, 3}); }), "expected 2 x 3 cells, came 5");
  EXPECT_THROW(check_cells(0, {2, 3}), InvalidArgument);
  EXPECT_THROW(check_cells(12, {2, 3}), InvalidArgument);
  EXPECT_THROW(check_cells(1, {0, 3}), InvalidArgument);
  // 2^32 * 2^32 is 0 in 64 bits.
  EXPECT_THROW(check_cells(0, {std::size_t{1} << 32U, std::size_t{1} << 32U}), InvalidArgument);
}

TEST(Cells, OutcomesGoInAndOutByRows) {
  using enum Outcome;
  const std::vector<Outcome> cells = {win, loss, none, draw, win, win};
  const OutcomeTable table = OutcomeTable::from(cells, 2, 3);
  EXPECT_THAT(table.cells(), ElementsAreArray(cells));
  EXPECT_EQ(table.at(query_id(1), model_id(0)), draw) << "a row is a query";
  EXPECT_EQ(OutcomeTable::from(table.cells(), 2, 3), table);
  EXPECT_THROW(OutcomeTable::from(cells, 3, 3), InvalidArgument);
  const std::vector<Outcome> bad = {win, static_cast<Outcome>(4)};
  EXPECT_EQ(message_of([&] { OutcomeTable::from(bad, 1, 2); }),
            "expected an outcome, 0 to 3 in each cell, came 4 in cell 1");
}

TEST(Cells, CorrectnessIsAScore) {
  for (int i = 0; i <= 100; ++i) EXPECT_EQ(Correctness::of(i / 100.0).score(), i / 100.0);
  for (int i = 0; i <= 1000; ++i) EXPECT_NEAR(Correctness::of(i / 1000.0).score(), i / 1000.0, 0.0025 + 1e-12);
  for (const double exact : {0.0, 0.125, 0.25, 0.5, 1.0}) EXPECT_EQ(Correctness::of(exact).score(), exact);
  EXPECT_EQ(Correctness::of(1), Correctness::kRight);
  EXPECT_EQ(Correctness::of(0), Correctness::kWrong);
  EXPECT_EQ(Correctness::of(std::nan("")), Correctness::kUnknown);
  EXPECT_TRUE(std::isnan(Correctness::kUnknown.score()));
  EXPECT_EQ(Correctness::kUnknown.steps(), 0);
  EXPECT_EQ(message_of([] { Correctness::of(1.5); }), "expected a score from 0 (wrong) to 1 (right), came 1.5");
  EXPECT_THROW(Correctness::of(-0.1), InvalidArgument);
}

TEST(Cells, CorrectnessGoesInAndOutByRows) {
  const Correctness right = Correctness::kRight, wrong = Correctness::kWrong, unknown = Correctness::kUnknown;
  const std::vector<Correctness> cells = {right, wrong, unknown, right};
  const CorrectnessTable table = CorrectnessTable::from(cells, 2, 2, std::vector<std::uint32_t>{5, 7});
  EXPECT_THAT(table.cells(), ElementsAreArray(cells));
  EXPECT_EQ(table.at(query_id(1), model_id(0)), unknown) << "a row is a query";
  EXPECT_THAT(table.tasks(), ElementsAre(5, 7));
  EXPECT_THAT(CorrectnessTable::from(cells, 2, 2).tasks(), ElementsAre(0, 0));
  EXPECT_THROW(CorrectnessTable::from(cells, 2, 3), InvalidArgument);
  EXPECT_THROW(CorrectnessTable::from(cells, 2, 2, std::vector<std::uint32_t>{5}), InvalidArgument);
  const std::vector<Correctness> bad = {std::bit_cast<Correctness>(std::uint8_t{201})};
  EXPECT_THAT(message_of([&] { CorrectnessTable::from(bad, 1, 1); }), HasSubstr("came 201 in cell 0"));
}

TEST(Cells, ScoresGoInAndOutByArms) {
  const double none = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> cells = {1, 2, 3, 4, 5, none};
  const ScoreTable table = ScoreTable::from(cells, 3, 2);
  ASSERT_EQ(table.arms(), 3U);
  EXPECT_THAT(table.scores(arm_id(1)), ElementsAre(3, 4)) << "a row is an arm";
  EXPECT_THAT(table.cells().first(5), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THROW(ScoreTable::from(cells, 2, 2), InvalidArgument);
  const std::vector<double> bad = {std::numeric_limits<double>::infinity()};
  EXPECT_THROW(ScoreTable::from(bad, 1, 1), InvalidArgument);
}

TEST(Cells, LabelsGoInAndOutByModels) {
  const std::vector<Label> predictions = {1, kUnanswered, 3, kNotRun, 2, 2};
  const std::vector<Label> truths = {1, 2, 3};
  const LabelTable table = LabelTable::from(predictions, 3, 2, truths, {}, 3, LabelKind::classes);
  EXPECT_THAT(table.cells(), ElementsAreArray(predictions));
  EXPECT_EQ(table.prediction(query_id(2), model_id(0)), 3) << "a row is a model";
  EXPECT_THAT(table.truths(), ElementsAreArray(truths));
  EXPECT_THAT(table.offered(), ElementsAre(3, 3, 3));
  EXPECT_EQ(LabelTable::from(table.cells(), 3, 2, table.truths(), table.offered(), 3, LabelKind::classes), table);
  const auto refused = [&](std::span<const Label> wrong_truths, std::span<const Label> offered,
                           std::size_t labels) {
    return message_of(
        [&] { LabelTable::from(predictions, 3, 2, wrong_truths, offered, labels, LabelKind::options); });
  };
  EXPECT_THAT(refused(std::span(truths).first(2), {}, 3), HasSubstr("expected 3 cells, came 2"));
  EXPECT_THAT(refused(truths, std::vector<Label>{3, 3}, 3), HasSubstr("expected 3 cells, came 2"));
  EXPECT_THAT(refused(truths, std::vector<Label>{3, 1, 3}, 3), HasSubstr("came 2 of 1"));
  EXPECT_THAT(refused(truths, {}, 2), HasSubstr("came 3 in cell 2"));
}

}  // namespace
}  // namespace assay
