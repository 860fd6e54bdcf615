#include "assay/judge/prices.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "assay/core/error.h"

namespace assay::judge {
namespace {

std::string message_of(const std::string& text) {
  try {
    PriceList::from_json(text, "prices.json");
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

TEST(Prices, AreReadByModel) {
  const PriceList list =
      PriceList::from_json(R"({"a": {"in": 150000, "out": 600000}, "b": {"in": 0, "out": 0}})", "p");
  ASSERT_TRUE(list.of("a"));
  EXPECT_EQ(list.of("a")->in, Money{150'000});
  EXPECT_EQ(list.of("a")->out, Money{600'000});
  EXPECT_FALSE(list.of("c"));
}

TEST(Prices, AreTakenInDollarsToo) {
  const PriceList list = PriceList::from_json(
      R"({"a": {"in": 0.15, "out": 0.6, "unit": "dollars"}, "b": {"in": 5, "out": 15, "unit": "dollars"},
          "c": {"in": 0.000001, "out": 10000, "unit": "dollars"}, "d": {"in": 5, "out": 0, "unit": "micro-dollars"}})",
      "p");
  EXPECT_EQ(list.of("a")->in, Money{150'000});
  EXPECT_EQ(list.of("a")->out, Money{600'000});
  EXPECT_EQ(list.of("b")->in, Money{5'000'000});
  EXPECT_EQ(list.of("c")->in, Money{1});
  EXPECT_EQ(list.of("c")->out, Money{10'000'000'000});
  EXPECT_EQ(list.of("d")->in, Money{5});
  for (int cents = 0; cents < 100; ++cents) {
    const std::string price = "0." + std::string(cents < 10 ? "0" : "") + std::to_string(cents);
    const std::string text = R"({"a": {"in": )" + price + R"(, "out": 0, "unit": "dollars"}})";
    EXPECT_EQ(PriceList::from_json(text, "p").of("a")->in, Money{10'000 * cents}) << price;
  }
}

// A unit that is guessed wrongly makes a limit of cost a million times too large.
TEST(Prices, CachedTokensMayHaveTheirOwn) {
  const PriceList list = PriceList::from_json(
      R"({"a": {"in": 2.5, "cached_in": 1.25, "out": 10, "unit": "dollars"}, "b": {"in": 5000, "out": 5000}})",
      "p");
  EXPECT_EQ(list.of("a")->cached_in, Money{1'250'000});
  EXPECT_EQ(list.of("b")->cached_in, std::nullopt);
  EXPECT_EQ(cost(*list.of("a"), 1000, 0, 400), Money{1500 + 500});
  EXPECT_EQ(cost(*list.of("b"), 1000, 0, 400), Money{5});
  EXPECT_GE(most_cost(*list.of("a"), 1000, 0), cost(*list.of("a"), 1000, 0, 333));
}

TEST(Prices, WhatCouldMeanTwoThingsIsRefused) {
  const std::string form = R"(; dollars are written {"in": 0.15, "out": 0.6, "unit": "dollars"})";
  const std::string wanted =
      "prices.json: expected \"in\" of model \"a\" in whole micro-dollars per million tokens, 0 to "
      "1000000000000, came ";
  EXPECT_EQ(message_of(R"({"a": {"in": 5, "out": 15}})"),
            wanted + "\"5\", less than any model costs; if that is meant, add \"unit\": \"micro-dollars\"" + form);
  EXPECT_EQ(message_of(R"({"a": {"in": 1000, "out": 0}})"), "");
  EXPECT_EQ(message_of(R"({"a": {"in": 0.15, "out": 0.6, "unit": "micro-dollars"}})"), wanted + "\"0.15\"" + form);
  const std::string dollars =
      "prices.json: expected \"in\" of model \"a\" in dollars per million tokens, 0 to 10000 with at most six "
      "decimals, came ";
  EXPECT_EQ(message_of(R"({"a": {"in": 150000, "out": 600000, "unit": "dollars"}})"), dollars + "\"150000\"");
  EXPECT_EQ(message_of(R"({"a": {"in": 0.0000005, "out": 1, "unit": "dollars"}})"), dollars + "\"5e-07\"");
  EXPECT_EQ(message_of(R"({"a": {"in": -0.1, "out": 1, "unit": "dollars"}})"), dollars + "\"-0.1\"");
  EXPECT_EQ(message_of(R"({"a": {"in": "0.1", "out": 1, "unit": "dollars"}})"), dollars + "\"\"0.1\"\"");
  EXPECT_EQ(message_of(R"({"a": {"out": 1, "unit": "dollars"}})"), dollars + "nothing");
  EXPECT_EQ(
      message_of(R"({"a": {"in": 5000, "out": 15, "unit": "euros"}})"),
      "prices.json: expected \"dollars\" or \"micro-dollars\" as the unit of model \"a\", came \"\"euros\"\"");
  EXPECT_EQ(message_of(R"({"a": {"in": 5000, "out": 15000, "units": "dollars"}})"),
            "prices.json: expected \"in\", \"out\" and perhaps \"cached_in\" and \"unit\" of model \"a\", came "
            "\"units\"");
  EXPECT_EQ(message_of(R"({"a": {"in": 1500, "out": 2000, "in": 0}})"),
            "prices.json: \"in\" comes twice in one object");
  EXPECT_EQ(message_of(R"({"a": {"in": 1500, "out": 0}, "a": {"in": 0, "out": 0}})"),
            "prices.json: \"a\" comes twice in one object");
}

TEST(Prices, SayWhatIsWrong) {
  EXPECT_EQ(message_of("[]"),
            "prices.json: expected an object {\"MODEL\": {\"in\": N, \"out\": N}, ...}, came \"[]\"");
  const std::string wanted =
      "prices.json: expected \"in\" of model \"a\" in whole micro-dollars per million tokens, 0 to "
      "1000000000000, came ";
  const std::string form = R"(; dollars are written {"in": 0.15, "out": 0.6, "unit": "dollars"})";
  EXPECT_EQ(
      message_of(R"({"a": 3})"),
      "prices.json: expected {\"in\": 0.15, \"out\": 0.6, \"unit\": \"dollars\"} as the price of model \"a\", came "
      "\"3\"");
  EXPECT_EQ(message_of(R"({"a": {"out": 3}})"), wanted + "nothing");
  EXPECT_EQ(message_of(R"({"a": {"in": 0.15, "out": 3}})"), wanted + "\"0.15\"" + form);
  EXPECT_EQ(message_of(R"({"a": {"in": -1, "out": 3}})"), wanted + "\"-1\"" + form);
  EXPECT_EQ(message_of(R"({"a": {"in": 18446744073709551615, "out": 3}})"),
            wanted + "\"18446744073709551615\"" + form);
  EXPECT_EQ(message_of(R"({"a": {"in": "1", "out": 3}})"), wanted + "\"\"1\"\"");
}

TEST(Prices, CostIsRoundedUp) {
  const Price price{{150'000}, {600'000}};
  EXPECT_EQ(cost(price, 0, 0), Money{0});
  EXPECT_EQ(cost(price, 1, 0), Money{1});
  EXPECT_EQ(cost(price, 1'000'000, 1'000'000), Money{750'000});
  EXPECT_EQ(cost(price, 100, 10), Money{15 + 6});
}

// Whatever calls are made, what is spent and set aside together never passes the limit.
TEST(Prices, ABudgetIsNeverExceeded) {
  EXPECT_TRUE(rc::check([](std::uint32_t most, const std::vector<std::pair<std::uint16_t, std::uint16_t>>& calls) {
    Budget budget(Money{most}, Money{100});
    std::vector<Money> open;
    for (const auto& [amount, real] : calls) {
      if (budget.reserve({amount})) open.push_back({amount});
      if (real % 3 == 0 && !open.empty()) {
        budget.settle(open.back(), {std::min<std::int64_t>(open.back().micros, real)});
        open.pop_back();
      }
      RC_ASSERT(budget.spent() + budget.reserved() <= Money{std::max<std::int64_t>(most, 100)});
    }
  }));
  Budget free(std::nullopt, {});
  EXPECT_TRUE(free.reserve({1'000'000'000}));
}

}  // namespace
}  // namespace assay::judge
