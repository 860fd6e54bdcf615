#include "assay/core/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "assay/core/error.h"

namespace assay {
namespace {

using testing::ElementsAre;

constexpr std::array kParameters = {Parameter{.name = "share", .default_value = 0.5, .high = 1},
                                    Parameter{.name = "heat", .default_value = 2, .low = 1}};

struct Row {
  std::string_view name;
  std::span<const Parameter> parameters;
};

TEST(ParameterValues, AreTheDefaultsUntilOthersAreGiven) {
  ParameterValues values(kParameters);
  EXPECT_THAT(values.values(), ElementsAre(0.5, 2));
  values.take({{"heat", 7}, {"stranger", 1}});
  EXPECT_EQ(values.at("heat"), 7);
  EXPECT_EQ(values.at("share"), 0.5);
  EXPECT_THROW(values.at("stranger"), InvalidArgument);
  EXPECT_EQ(values, ParameterValues(kParameters, {0.5, 7}));
  EXPECT_THROW(ParameterValues(kParameters, {0.5}), InvalidArgument);
}

std::string refusal(const ParameterValues& values) {
  try {
    checked(kParameters, values);
  } catch (const InvalidArgument& failure) {
    return failure.what();
  }
  return "nothing was refused";
}

TEST(ParameterValues, OutOfRangeAreRefusedByNameAndRange) {
  EXPECT_EQ(checked(kParameters, {}), ParameterValues(kParameters)) << "empty: the defaults";
  EXPECT_EQ(refusal({kParameters, {1, 2}}), "`share` must be above 0 and below 1, came 1");
  EXPECT_EQ(refusal({kParameters, {0.5, 1}}), "`heat` must be above 1, came 1");
  EXPECT_EQ(refusal(ParameterValues(std::span(kParameters).first(1))),
            "expected values of the parameters share, heat, came those of share");
}

TEST(Parameters, OfATableAreListedOnce) {
  const std::array rows = {Row{"a", kParameters}, Row{"b", {}}, Row{"c", std::span(kParameters).last(1)}};
  EXPECT_EQ(all_parameters(std::span<const Row>(rows)).size(), 2U);
  EXPECT_EQ(rows_with(std::span<const Row>(rows), "heat"), "a, c");
  EXPECT_EQ(rows_with(std::span<const Row>(rows), "stranger"), "");
}

}  // namespace
}  // namespace assay
