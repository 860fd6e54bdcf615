#include "cli/strategy_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/judge/command_line.h"

namespace assay::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(SplitNames, AtCommas) {
  EXPECT_THAT(split_names("random,assay"), ElementsAre("random", "assay"));
  EXPECT_THAT(split_names(",random,,assay,"), ElementsAre("random", "assay"));
  EXPECT_THAT(split_names(""), IsEmpty());
}

TEST(SplitNames, ACommandKeepsItsQuotedCommas) {
  EXPECT_THAT(split_names(R"(command:a 'b,c' "d,\"e," f\,g,random)"),
              ElementsAre(R"(command:a 'b,c' "d,\"e," f\,g)", "random"));
  EXPECT_THAT(judge::split_words(R"(a 'b,c' "d,\"e," f\,g)"), ElementsAre("a", "b,c", "d,\"e,", "f,g"));
  EXPECT_THAT(split_names(R"(command:'\',random)"), ElementsAre(R"(command:'\')", "random")) << "a plain one";
  EXPECT_THAT(split_names("command:it's,random"), ElementsAre("command:it's,random"))
      << "whose quote is not closed";
  EXPECT_THAT(split_names("a\\"), ElementsAre("a\\"));
}

}  // namespace
}  // namespace assay::cli
