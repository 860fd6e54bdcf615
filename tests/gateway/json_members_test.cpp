#include "gateway/json_members.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace assay::gateway {
namespace {

TEST(MemberRange, LeavesAnObjectThatIsValid) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"usage":1})", R"({})"},
      {R"({"usage":{"a":[1,"}"]},"b":2})", R"({"b":2})"},
      {R"({"b":2,"usage":null})", R"({"b":2})"},
      {R"({ "b" : "\"usage\"" , "usage" : "x\\" , "c": [ ] })", R"({ "b" : "\"usage\""  , "c": [ ] })"},
  };
  for (const auto& [object, without] : cases) {
    const std::optional<MemberRange> range = member_range(object, "usage");
    ASSERT_TRUE(range) << object;
    EXPECT_EQ(object.substr(0, range->begin) + object.substr(range->end), without);
    EXPECT_TRUE(nlohmann::json::accept(without));
  }
  EXPECT_FALSE(member_range(R"({"a":{"usage":1}})", "usage"));
  EXPECT_FALSE(member_range("{}", "usage"));
}

TEST(MemberText, IsAsItIsWritten) {
  const std::string object = R"({"a": "\ud83d", "b" : [NaN, {"a": 1}], "a": {"c": "}"} , "d":1e5})";
  EXPECT_EQ(member_text(object, "a"), R"({"c": "}"})") << "the last";
  EXPECT_EQ(member_text(object, "b"), R"([NaN, {"a": 1}])");
  EXPECT_EQ(member_text(object, "d"), "1e5");
  EXPECT_EQ(first_item_text(member_text(object, "b")), "NaN");
  EXPECT_EQ(member_text(object, "c"), "");
  EXPECT_EQ(member_text("[1]", "a"), "");
  EXPECT_EQ(first_item_text("[ ]"), "");
  EXPECT_EQ(first_item_text("[ \"]\" , 2]"), "\"]\"");
  EXPECT_EQ(first_item_text("{}"), "");
}

RC_GTEST_PROP(EachMember, TakesAnyText, (const std::string& text)) {
  for (const std::string& whole : {text, "{" + text, "{\"a\":" + text + "}", "{\"" + text + "\":[" + text}) {
    each_member(whole, [&](const MemberAt& member) {
      RC_ASSERT(member.begin <= member.end && member.end <= whole.size());
      first_item_text(member.value);
    });
  }
}

}  // namespace
}  // namespace assay::gateway
