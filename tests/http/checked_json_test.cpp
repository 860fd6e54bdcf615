#include "assay/http/checked_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/data/sample_folder.h"

namespace assay::http {
namespace {

std::string fault_told(std::string_view text) {
  return error_of([&] { checked_json(text, "a\x1b.json"); });
}

TEST(CheckedJson, SaysWhereItBreaksAndWhatIsThere) {
  EXPECT_EQ(fault_told("[1,\n 2,\n]"), R"(a\x1b.json:3: expected JSON, near "[1,\x0a 2,\x0a]")");
  EXPECT_EQ(fault_told("{\"a\": tru}"), R"(a\x1b.json:1: expected JSON, near "{"a": tru}")");
  EXPECT_EQ(fault_told("{\"a\": 1"), R"(a\x1b.json:1: expected JSON, near "{"a": 1")");
  EXPECT_EQ(fault_told(""), R"(a\x1b.json:1: expected JSON, came an empty file)");
  EXPECT_EQ(fault_told("{\"a\": 1, \"a\": 2}"), R"(a\x1b.json: "a" comes twice in one object)");
  EXPECT_EQ(fault_told(std::string(600, '[')), R"(a\x1b.json: expected JSON that is not nested so deep)");
  EXPECT_EQ(fault_told("[1e999]"), R"(a\x1b.json: a number is too large)");
}

TEST(CheckedJson, ReadsWhatPeopleAndProgramsWrite) {
  EXPECT_EQ(checked_json("\xEF\xBB\xBF[1]", "a")[0], 1);
  EXPECT_EQ(checked_json(R"(["\ud83d"])", "a")[0], "\xEF\xBF\xBD");
  EXPECT_EQ(checked_json(R"({"b": 1, "a": 2})", "a").dump(), R"({"b":1,"a":2})");
}

}  // namespace
}  // namespace assay::http
