#include "assay/judge/usage.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "assay/http/api_json.h"

namespace assay::judge {
namespace {

Usage told(std::string_view json) { return usage_of(http::read_json(json)); }

// "in/out", and "?" behind what is not certain.
std::string read(std::string_view json) {
  const Usage usage = told(json);
  const auto text = [](const std::optional<std::uint64_t>& count) { return count ? std::to_string(*count) : "-"; };
  return text(usage.tokens_in) + "/" + text(usage.tokens_out) + (usage.certain ? "" : "?");
}

TEST(Usage, WhatAllFieldsTogetherSay) {
  EXPECT_EQ(read(R"({"prompt_tokens": 100, "completion_tokens": 20})"), "100/20");
  EXPECT_EQ(read(R"({"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120})"), "100/20");
  EXPECT_EQ(read(R"({"prompt_tokens": 100.0, "completion_tokens": 20.0, "total_tokens": 120.0})"), "100/20");
  EXPECT_EQ(read(R"({"input_tokens": 100, "output_tokens": 20})"), "100/20");
  // Within the reply.
  EXPECT_EQ(read(R"({"prompt_tokens": 100, "completion_tokens": 320, "total_tokens": 420,
                     "completion_tokens_details": {"reasoning_tokens": 300}})"),
            "100/320");
  // Beside it: told by name, by the total, by both.
  EXPECT_EQ(read(R"({"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 420,
                     "completion_tokens_details": {"reasoning_tokens": 300}})"),
            "100/320");
  EXPECT_EQ(read(R"({"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 420})"), "100/320");
  EXPECT_EQ(read(R"({"prompt_tokens": 100, "completion_tokens": 20,
                     "completion_tokens_details": {"reasoning_tokens": 300}})"),
            "100/320");
  EXPECT_EQ(read(R"({"prompt_tokens": 100, "total_tokens": 420})"), "100/320");
}

TEST(Usage, WhatContradictsItselfIsNotCertain) {
  EXPECT_EQ(read(R"({"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 20})"), "100/20?");
  EXPECT_EQ(read(R"({"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 110})"), "100/20?");
  EXPECT_EQ(read(R"({"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120,
                     "completion_tokens_details": {"reasoning_tokens": 300}})"),
            "100/320?");
  EXPECT_EQ(read(R"({"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 500,
                     "completion_tokens_details": {"reasoning_tokens": 300}})"),
            "100/400?");
  // Part of the reply, or beside it: nobody can tell.
  EXPECT_EQ(read(R"({"prompt_tokens": 100, "completion_tokens": 320,
                     "completion_tokens_details": {"reasoning_tokens": 300}})"),
            "100/620?");
}

TEST(Usage, WhatIsToldIsNamedAndReasoningFound) {
  const Usage beside = told(R"({"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 420,
                               "completion_tokens_details": {"reasoning_tokens": 300}, "cost": 1})");
  EXPECT_EQ(beside.reasoning, 300U);
  EXPECT_EQ(beside.told, (std::vector<std::string_view>{"prompt_tokens", "completion_tokens", "reasoning_tokens",
                                                        "total_tokens"}));
  EXPECT_EQ(told(R"({"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 420})").reasoning, 300U);
  EXPECT_FALSE(told(R"({"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120})").reasoning);
  EXPECT_TRUE(told(R"({"prompt_tokens": -1})").told.empty());
}

TEST(Usage, WhatIsNotTold) {
  EXPECT_EQ(read("null"), "-/-?");
  EXPECT_EQ(read("{"), "-/-?");
  EXPECT_EQ(read("{}"), "-/-?");
  EXPECT_EQ(read(R"({"prompt_tokens": null, "completion_tokens": null})"), "-/-?");
  EXPECT_EQ(read(R"({"prompt_tokens": -1, "completion_tokens": -1, "total_tokens": -2})"), "-/-?");
  EXPECT_EQ(read(R"({"prompt_tokens": 1e300, "completion_tokens": 2.5, "total_tokens": "9"})"), "-/-?");
  EXPECT_EQ(read(R"({"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": -1})"), "100/20?");
  EXPECT_EQ(read(R"({"completion_tokens": 20, "total_tokens": 120})"), "100/20?");
  EXPECT_EQ(told(R"({"total_tokens": 120})").total, 120U);
  EXPECT_EQ(told(R"({"prompt_tokens": 100, "completion_tokens": 1,
                         "prompt_tokens_details": {"cached_tokens": 60}})")
                .cached_in,
            60U);
  EXPECT_EQ(told(R"({"prompt_tokens": 100, "completion_tokens": 1,
                         "prompt_tokens_details": {"cached_tokens": 160}})")
                .cached_in,
            0U);
}

class UsageBill : public testing::Test {
 protected:
  Bill bill(std::string_view usage, const Price& price = {{1'000'000}, {2'000'000}, {}}) const {
    return bill_of(told(usage), price, {68, 20}, Money{140});
  }
};

TEST_F(UsageBill, IsWhatWasUsed) {
  EXPECT_EQ(bill(R"({"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 420})").cost, Money{100 + 640});
  EXPECT_TRUE(bill(R"({"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 420})").certain);
}

TEST_F(UsageBill, IsWhatWasSetAsideOrMoreWhereNobodyTells) {
  EXPECT_EQ(bill("null").cost, Money{140});
  EXPECT_FALSE(bill("null").certain);
  EXPECT_EQ(bill(R"({"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 1})").cost, Money{140});
  EXPECT_EQ(bill(R"({"prompt_tokens": 100, "completion_tokens": 200, "total_tokens": 1})").cost, Money{500});
  EXPECT_EQ(bill(R"({"total_tokens": 300})").cost, Money{600}) << "every token at the dearer price";
}

TEST_F(UsageBill, CachedTokensHaveTheirOwnPrice) {
  const std::string usage =
      R"({"prompt_tokens": 100, "completion_tokens": 20, "prompt_tokens_details": {"cached_tokens": 60}})";
  EXPECT_EQ(bill(usage, {{1'000'000}, {2'000'000}, Money{100'000}}).cost, Money{40 + 6 + 40});
  EXPECT_EQ(bill(usage).cost, Money{140}) << "without one, that of all others";
}

}  // namespace
}  // namespace assay::judge
