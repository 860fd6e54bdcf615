#include "cli/names_option.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(NamesOption, CommasSplitOutsideOfQuotes) {
  EXPECT_THAT(names_in("maths,law", "--tasks"), ElementsAre("maths", "law"));
  EXPECT_THAT(names_in("maths,\"law, business\",arts", "--tasks"), ElementsAre("maths", "law, business", "arts"));
  EXPECT_THAT(names_in("\"a \"\"b\"\", c\"", "--tasks"), ElementsAre("a \"b\", c"));
  EXPECT_THAT(names_in("5\" disk,b", "--tasks"), ElementsAre("5\" disk", "b"))
      << "a quote within a name is a quote";
  EXPECT_THAT(names_in("a,,b,", "--tasks"), ElementsAre("a", "b"));
  EXPECT_THAT(names_in("", "--tasks"), IsEmpty());
}

std::string refusal(const std::string& list) {
  try {
    names_in(list, "--tasks");
  } catch (const CLI::ValidationError& error) {
    return error.what();
  }
  return "";
}

TEST(NamesOption, AnOpenQuoteIsRefused) {
  EXPECT_THAT(refusal("a,\"b, c"), HasSubstr("--tasks: expected a second \" that ends the name, came "));
  EXPECT_THAT(refusal("\"b, c\"d"), HasSubstr("--tasks: expected a comma behind the quoted name, came "));
}

TEST(NamesOption, MayBeGivenSeveralTimes) {
  CLI::App app;
  std::vector<std::string> names;
  add_names_option(app, "--tasks", names, "");
  std::vector<std::string> backwards = {"c", "--tasks", "a,\"b, b\"", "--tasks"};
  app.parse(backwards);
  EXPECT_THAT(names, ElementsAre("a", "b, b", "c"));
}

}  // namespace
}  // namespace assay::cli
