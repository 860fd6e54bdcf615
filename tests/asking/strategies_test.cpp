#include "assay/asking/strategies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/core/error.h"
#include "assay/judge/command_line.h"

namespace assay::asking {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string refusal_of(const std::string& name) {
  try {
    find_strategy(name);
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "none";
}

TEST(FindStrategy, RowsOfTheTableByTheirNames) {
  for (const select::StrategyEntry& entry : select::strategies()) {
    EXPECT_EQ(find_strategy(std::string(entry.name)).get(), &entry);
  }
}

TEST(FindStrategy, ACommandIsNotStartedBeforeItIsUsed) {
  const auto entry = find_strategy("command:no-such-program --at 'all costs'");
  EXPECT_EQ(entry->name, "command:no-such-program --at 'all costs'");
  EXPECT_FALSE(entry->stops);
  EXPECT_TRUE(entry->uses_known);
}

TEST(FindStrategy, SaysWhatThereIs) {
  EXPECT_THAT(refusal_of("no-such"),
              AllOf(HasSubstr("unknown strategy \"no-such\""), HasSubstr("ucb-e, command:'PROGRAM ARGS'")));
  EXPECT_THAT(refusal_of("command"), HasSubstr("unknown strategy"));
  EXPECT_THAT(refusal_of("command:"), HasSubstr("expected a program and its arguments"));
  EXPECT_THAT(refusal_of("command:it's"), HasSubstr("is not closed"));
  EXPECT_EQ(strategy_listing().size(), select::strategies().size() + 1);
}

TEST(SplitStrategies, AtCommas) {
  EXPECT_THAT(split_strategies("random,assay"), ElementsAre("random", "assay"));
  EXPECT_THAT(split_strategies(",random,,assay,"), ElementsAre("random", "assay"));
  EXPECT_THAT(split_strategies(""), IsEmpty());
}

TEST(SplitStrategies, ACommandKeepsItsQuotedCommas) {
  EXPECT_THAT(split_strategies(R"(command:a 'b,c' "d,\"e," f\,g,random)"),
              ElementsAre(R"(command:a 'b,c' "d,\"e," f\,g)", "random"));
  EXPECT_THAT(judge::split_words(R"(a 'b,c' "d,\"e," f\,g)"), ElementsAre("a", "b,c", "d,\"e,", "f,g"));
  EXPECT_THAT(split_strategies(R"(command:'\',random)"), ElementsAre(R"(command:'\')", "random")) << "a plain one";
  EXPECT_THAT(split_strategies("command:it's,random"), ElementsAre("command:it's,random"))
      << "whose quote is not closed";
  EXPECT_THAT(split_strategies("a\\"), ElementsAre("a\\"));
}

}  // namespace
}  // namespace assay::asking
