#include "assay/data/json_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/core/rng.h"
#include "assay/data/json_reader.h"
#include "assay/data/text_file.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Gives a text in pieces of a few bytes, so that every state of the reader meets the end of a piece.
class DrippingSource final : public ByteSource {
 public:
  DrippingSource(std::string_view text, std::uint64_t seed) : text_(text), rng_(seed) {}
  std::string_view path() const override { return "f"; }
  std::string_view fault() const override { return {}; }
  std::size_t read(char* to, std::size_t size) override {
    const std::size_t count = text_.copy(to, std::min<std::size_t>(size, 1 + rng_.below(3)));
    text_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view text_;
  Rng rng_;
};

struct Cut {
  std::vector<std::string> rows;
  std::vector<std::size_t> lines;
  std::string rest;
};

Cut cut(std::string_view text, std::vector<std::string_view> place, std::uint64_t seed = 0) {
  DrippingSource source(text, seed);
  JsonRows rows(source, place);
  Cut found;
  while (rows.next()) {
    found.rows.emplace_back(rows.row());
    found.lines.push_back(rows.line());
  }
  found.rest = rows.rest();
  return found;
}

TEST(JsonRows, AreCutOutOfTheArrayThatIsWanted) {
  const std::string_view text =
      "\xEF\xBB\xBF{\"rows\": [1], \"a\": {\"x\": [\"rows\", {\"rows\": [2]}],\n \"rows\": [{\"t\": "
      "\"}],\\\"[\"},\n"
      "\n {\"u\": [[], {}]}\n, \"s\", 7 ],\n\"z\": \"rows\"}, \"rows\": [3]}";
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Cut found = cut(text, {"a", "rows"}, seed);
    ASSERT_THAT(found.rows, ElementsAre("{\"t\": \"}],\\\"[\"}", "{\"u\": [[], {}]}", "\"s\"", "7 "));
    EXPECT_THAT(found.lines, ElementsAre(2U, 4U, 5U, 5U));
    ASSERT_EQ(
        found.rest,
        "{\"rows\": [1], \"a\": {\"x\": [\"rows\", {\"rows\": [2]}],\n \"rows\": [\n\n\n],\n\"z\": \"rows\"}, "
        "\"rows\": [3]}");
  }
}

TEST(JsonRows, OfADocumentThatIsTheArray) {
  const Cut found = cut(" [ {\"a\": 1}, {\"b\": \"\\\\\"} ] ", {});
  EXPECT_THAT(found.rows, ElementsAre("{\"a\": 1}", "{\"b\": \"\\\\\"}"));
  EXPECT_EQ(found.rest, " [] ");
  EXPECT_TRUE(cut("[]", {}).rows.empty());
  EXPECT_TRUE(cut("{\"a\": []}", {}).rows.empty());
}

TEST(JsonRows, ThatEndEarlyOrLackACommaAreRefused) {
  const auto told = [](std::string_view text) { return error_of([&] { cut(text, {}); }); };
  EXPECT_THAT(told("[{\"a\": 1},\n {\"b\": \"x"), HasSubstr("f:2: expected JSON, came a text that ends before"));
  EXPECT_THAT(told("[{\"a\": 1}"), HasSubstr("f:1: expected JSON, came a text that ends before"));
  EXPECT_THAT(told("[{\"a\": 1}\n{}]"), HasSubstr("f:2: expected a comma between two rows, came"));
}

TEST(JsonRows, ARowAboveAllProportionIsRefused) {
  const std::string text = "[\"" + std::string(kMaxLine + 1, 'x') + "\"]";
  const auto source = memory_source("f", text);
  JsonRows rows(*source, {});
  EXPECT_THAT(error_of([&] { rows.next(); }), HasSubstr("f:1: expected a row of at most 64 MiB"));
}

// The same values come out as of the reader that has the whole document in memory.
TEST(JsonRows, GiveWhatTheWholeDocumentGives) {
  Rng rng(1);
  const std::string_view pieces[] = {
      "\"\\\"\"", "{\"a\": \"[{\"}", "[1, 2]", "-3.5e2", "null", "\"\\\\\"", "{}", "[]", "true", "\"]\""};
  for (int trial = 0; trial < 200; ++trial) {
    std::string text = "[";
    for (std::size_t row = 1 + rng.below(4); row > 0; --row) {
      text += std::string(rng.below(2), '\n') + "{\"v\": " + std::string(pieces[rng.below(10)]) + "," +
              std::string(rng.below(2), ' ') + "\"w\": " + std::string(pieces[rng.below(10)]) + "}" +
              (row > 1 ? "," : "]");
    }
    std::vector<std::string> expected, found;
    const auto tell = [](const JsonValue& row) {
      return std::to_string(row.where().line) + " " + std::to_string(static_cast<int>(row.field("v").kind())) +
             " " + std::to_string(static_cast<int>(row.field("w").kind()));
    };
    std::vector<char> buffer;
    read_json_array(*memory_source("f", text), buffer,
                    [&](const JsonValue& row) { expected.push_back(tell(row)); });
    DrippingSource source(text, static_cast<std::uint64_t>(trial));
    read_json_rows(source, {}, {}, [&](const JsonValue& row) { found.push_back(tell(row)); });
    EXPECT_EQ(found, expected) << text;
  }
}

TEST(JsonRows, TheRestIsGivenAsAnObject) {
  const std::string_view place[] = {"rows"};
  const std::string_view text = "{\"rows\": [{\"a\": 1},\n{\"a\": 2}],\n\"model\": \"m\"}";
  std::vector<double> rows;
  std::string model;
  read_json_rows(
      *memory_source("f", text), place, {}, [&](const JsonValue& row) { rows.push_back(row.field("a").number()); },
      [&](const JsonValue& object) {
        model = object.field("model").string();
        EXPECT_TRUE(object.field("rows").elements().empty());
        EXPECT_EQ(object.field("model").where().line, 3U);
      });
  EXPECT_THAT(rows, ElementsAre(1, 2));
  EXPECT_EQ(model, "m");
  const auto told = [&](std::string_view bad) {
    return error_of([&] { read_json_rows(*memory_source("f", bad), place, {}, [](const JsonValue&) {}); });
  };
  EXPECT_THAT(told("{\"rows\": [{\"a\": 1}]} x"), HasSubstr("f:1: expected JSON, came"));
  EXPECT_THAT(told("{\"rows\": [1]}"), HasSubstr("expected an object in row 1, came another value"));
  EXPECT_THAT(told("{\"rows\": [}"), HasSubstr("f:1: expected"));
  EXPECT_THAT(told(""), HasSubstr("came an empty file"));
  EXPECT_THAT(told("[{}]"), HasSubstr("expected an object"));
}

}  // namespace
}  // namespace assay::data
