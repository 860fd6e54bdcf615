#include "assay/core/nearest_name.h"

#include <gmock/gmock.h>

namespace assay {
namespace {

using testing::ElementsAre;

TEST(NearestName, AllowsAThirdOfTheLetters) {
  const std::vector<std::string> names = {"hist:gpt4o", "hist:gpt4", "small"};
  EXPECT_EQ(nearest_name("hist:gpt40", names), "hist:gpt4o");
  EXPECT_EQ(nearest_name("hits:gpt4o", names), "hist:gpt4o") << "a swap counts once";
  EXPECT_EQ(nearest_name("sma", names), "small") << "the only one that begins so";
  EXPECT_EQ(nearest_name("HIST:GPT4O", names), "hist:gpt4o") << "case is no difference";
  EXPECT_EQ(nearest_name("SMALL", names), "small");
  EXPECT_EQ(nearest_name("large", names), std::nullopt);
  EXPECT_EQ(nearest_name("", names), std::nullopt);
  EXPECT_EQ(nearest_name("x", {}), std::nullopt);
  EXPECT_EQ(nearest_name(std::string(101, 'a'), names), std::nullopt);
}

TEST(NearestName, TheNearestAreThoseThatHaveItInThem) {
  const std::vector<std::string> names = {"claude", "gpt-4", "openai/gpt4o-mini", "hist:gpt4o", "gpt4o"};
  EXPECT_THAT(nearest_names("gpt4o", names, 3), ElementsAre("gpt4o", "hist:gpt4o", "openai/gpt4o-mini"));
  EXPECT_THAT(nearest_names("gpt4", names, 9).front(), "gpt4o");
  EXPECT_EQ(nearest_names("gpt4", names, 9).size(), names.size()) << "however far they are";
  EXPECT_TRUE(nearest_names("gpt4", {}, 3).empty());
}

}  // namespace
}  // namespace assay
