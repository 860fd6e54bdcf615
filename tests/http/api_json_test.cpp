#include "assay/http/api_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace assay::http {
namespace {

TEST(ApiJson, HalfACharacterDoesNotLoseTheRest) {
  EXPECT_EQ(member(read_json(R"({"a": "x\ud83d", "b": 2})"), "b"), 2);
  EXPECT_TRUE(read_json(R"({"a": )").is_discarded());
  EXPECT_TRUE(read_json("").is_discarded());
}

TEST(ApiJson, WhatIsNoNumberIsNull) {
  const ApiJson read = read_json(R"({"a": NaN, "b": [-Infinity, Infinity, 1], "c": "NaN \" -Infinity"})");
  ASSERT_FALSE(read.is_discarded());
  EXPECT_TRUE(member(read, "a").is_null());
  EXPECT_EQ(to_text(member(read, "b")), "[null,null,1]");
  EXPECT_EQ(to_text(member(read, "c")), R"("NaN \" -Infinity")");
  EXPECT_TRUE(read_json("{NaN: 1}").is_discarded());
  EXPECT_TRUE(read_json("[Nan]").is_discarded());
}

TEST(ApiJson, WhatIsMissingIsNull) {
  for (const char* text : {"{", "null", "3", "[]", "[1]", R"("a")", "{}", R"({"b": 1})", R"({"a": null})"}) {
    EXPECT_TRUE(member(read_json(text), "a").is_null()) << text;
  }
  for (const char* text : {"{", "null", "3", "[]", "{}", R"({"a": 1})"}) {
    EXPECT_TRUE(first_item(read_json(text)).is_null()) << text;
  }
  const ApiJson list = read_json("[7, 8]");
  EXPECT_EQ(first_item(list), 7);
}

TEST(ApiJson, IsWrittenInItsOrderAndAsUtf8) {
  EXPECT_EQ(to_text({{"b", 1}, {"a", "\xff"}}), "{\"b\":1,\"a\":\"\xEF\xBF\xBD\"}");
}

}  // namespace
}  // namespace assay::http
