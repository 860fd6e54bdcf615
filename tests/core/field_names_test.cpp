#include "assay/core/field_names.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace assay {
namespace {

TEST(FieldNames, BecomeOptionsInTheTextOfTheCommand) {
  EXPECT_EQ(with_options("`max_cost` needs the price, and no `prices` are given"),
            "--max-cost needs the price, and no --prices are given");
  EXPECT_EQ(with_options("`dry_run` goes with `oracle` llm"), "--dry-run goes with --oracle llm");
}

TEST(FieldNames, WhatIsNoFieldStays) {
  for (const char* text : {"", "`", "``", "`judge", "judge_url", "the endpoint says: `logprobs` is unknown",
                           "`Judge`", "a `b", "a ` models ` b"}) {
    EXPECT_EQ(with_options(text), text);
  }
  EXPECT_EQ(with_options("it's ` odd: `judge`"), "it's ` odd: --judge");
}

TEST(FieldNames, AreSortedAndNamedOnce) {
  const auto fields = named_fields();
  EXPECT_TRUE(std::is_sorted(fields.begin(), fields.end()));
  EXPECT_EQ(std::adjacent_find(fields.begin(), fields.end()), fields.end());
}

}  // namespace
}  // namespace assay
