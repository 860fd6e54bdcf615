#include "assay/report/json.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/rng.h"

namespace assay::report {
namespace {

TEST(Json, KeepsTheOrderOfMembers) {
  const Json json = Json::object().set("z", 1).set("a", true).set("m", "text").set("n", Json());
  EXPECT_EQ(json.compact(), R"({"z":1,"a":true,"m":"text","n":null})");
}

TEST(Json, AMemberSetAgainKeepsItsPlace) {
  EXPECT_EQ(Json::object().set("a", 1).set("b", 2).set("a", 3).compact(), R"({"a":3,"b":2})");
}

TEST(Json, WritesIntegersExactly) {
  EXPECT_EQ(Json(std::numeric_limits<std::uint64_t>::max()).compact(), "18446744073709551615");
  EXPECT_EQ(Json(std::numeric_limits<std::int64_t>::min()).compact(), "-9223372036854775808");
  EXPECT_EQ(Json(std::size_t{805}).compact(), "805");
}

TEST(Json, NumbersReadBackAsTheSameBits) {
  EXPECT_EQ(Json(0.1).compact(), "0.1");
  EXPECT_EQ(Json(97.64).compact(), "97.64");
  Rng rng(1);
  for (int i = 0; i < 20000; ++i) {
    const double value = std::bit_cast<double>(rng.next());
    if (!std::isfinite(value)) continue;
    EXPECT_EQ(std::strtod(Json(value).compact().c_str(), nullptr), value);
  }
}

TEST(Json, WhatIsNoNumberIsNull) {
  const std::vector<double> values = {0.5, std::nan(""), std::numeric_limits<double>::infinity(),
                                      -std::numeric_limits<double>::infinity()};
  EXPECT_EQ(Json::array_of(values).compact(), "[0.5,null,null,null]");
}

TEST(Json, ForeignTextIsAsciiAndValid) {
  EXPECT_EQ(Json("a\x1b[2J\"\\\n").compact(), R"("a\u001b[2J\"\\\n")");
  EXPECT_EQ(Json("\xED\x95\x9C\xC2\x9B\x7F").compact(), R"("\ud55c\u009b\u007f")");
  EXPECT_EQ(Json("x\xFFy").compact(), R"("x\ufffdy")");
  EXPECT_EQ(Json::object().set("k\xC3", 1).compact(), R"({"k\ufffd":1})");
}

TEST(Json, CopiesAreIndependent) {
  Json first = Json::array().add(1);
  Json second = first;
  second.add(2);
  EXPECT_EQ(first.compact(), "[1]");
  first = second;
  second.add(3);
  EXPECT_EQ(first.compact(), "[1,2]");
}

TEST(Json, PrettyKeepsListsOfNumbersInOneLine) {
  const Json json =
      Json::object()
          .set("models", 3)
          .set("strategies", Json::array().add(Json::object().set("gap", Json::array_of(std::vector{1, 2}))))
          .set("none", Json::object())
          .set("empty", Json::array());
  EXPECT_EQ(json.pretty(), R"({
  "models": 3,
  "strategies": [
    {
      "gap": [1, 2]
    }
  ],
  "none": {},
  "empty": []
}
)");
}

TEST(Json, MembersAndItemsNeedTheirContainer) {
  EXPECT_THROW(Json::array().set("a", 1), InvalidArgument);
  EXPECT_THROW(Json::object().add(1), InvalidArgument);
  EXPECT_THROW(Json(1).add(1), InvalidArgument);
}

}  // namespace
}  // namespace assay::report
