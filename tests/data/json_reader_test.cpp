#include "assay/data/json_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Fields "a" of the rows, which must be strings, with their lines.
std::vector<std::string> lines(std::string_view text) {
  std::vector<std::string> result;
  read_json_lines(*memory_source("f", text), [&](const JsonValue& row) {
    result.push_back(std::to_string(row.where().line) + std::string(row.field("a").string()));
  });
  return result;
}

std::vector<std::string> array(std::string_view text) {
  std::vector<std::string> result;
  std::vector<char> buffer;
  read_json_array(*memory_source("f", text), buffer, [&](const JsonValue& row) {
    result.push_back(std::to_string(row.where().line) + std::string(row.field("a").string()));
  });
  return result;
}

std::string line_error(std::string_view text) {
  return error_of([&] { lines(text); });
}
std::string array_error(std::string_view text) {
  return error_of([&] { array(text); });
}

// Without the characters around the place.
std::string bare(const std::string& error) { return error.substr(0, error.find(", near ")); }

TEST(JsonLines, GivesRowsWithTheirLines) {
  EXPECT_THAT(lines("{\"a\":\"x\"}\n\n  \r\n {\"b\":[1,{}], \"a\" : \"\\u00e4\\n\"}\r\n"),
              ElementsAre("1x", "4\xC3\xA4\n"));
}

TEST(JsonLines, TellsTheLineOfWhatIsWrong) {
  EXPECT_EQ(bare(line_error("")), "f:1: expected JSON objects, one a line, came an empty file");
  EXPECT_EQ(bare(line_error("\n \n")), "f:1: expected JSON objects, one a line, came an empty file");
  EXPECT_EQ(bare(line_error("{\"a\":\"x\"}\n{\"a\":\"x")), "f:2: expected JSON, came a string that does not end");
  EXPECT_EQ(bare(line_error("{\"a\":\"x\"")),
            "f:1: expected JSON, came a text that ends before its brackets close");
  EXPECT_EQ(bare(line_error("[]")), "f:1: expected an object, came another value");
  EXPECT_EQ(bare(line_error("7")), "f:1: expected an object, came another value");
  EXPECT_EQ(bare(line_error("{\"a\":\"x\"} {}")), "f:1: expected the end of the value, came more");
  EXPECT_THAT(line_error("{\"a\":\"x\"} 7"), HasSubstr("f:1: expected"));
  EXPECT_EQ(bare(line_error("{\"a\":\"\xFF\"}")), "f:1: expected UTF-8, came \"\\xff\"");
  EXPECT_EQ(bare(line_error("{\"a\":\"\\x\"}")), "f:1: expected JSON, came a string with a wrong escape");
  EXPECT_EQ(bare(line_error(std::string("{\"a\":\"\0\"}", 9))),
            "f:1: expected JSON, came a control character in a string");
  EXPECT_THAT(line_error(std::string("\0", 1)), HasSubstr("f:1: expected"));
}

TEST(JsonLines, ChecksWhatNobodyAsksFor) {
  EXPECT_EQ(bare(line_error("{\"b\":tru,\"a\":\"x\"}")), "f:1: expected JSON, came tru");
  EXPECT_EQ(bare(line_error("{\"b\":nul,\"a\":\"x\"}")), "f:1: expected JSON, came nul");
  EXPECT_EQ(bare(line_error("{\"b\":01,\"a\":\"x\"}")), "f:1: expected JSON, came a malformed number");
  EXPECT_EQ(bare(line_error("{\"b\":1e999,\"a\":\"x\"}")), "f:1: expected JSON, came a malformed number");
  EXPECT_EQ(bare(line_error("{\"b\":NaN,\"a\":\"x\"}")), "f:1: expected JSON, came NaN");
  EXPECT_EQ(bare(line_error("{\"b\":[1 2],\"a\":\"x\"}")), "f:1: expected JSON, came something else");
  EXPECT_THAT(line_error("{\"a\":\"x\",}"), HasSubstr("f:1: expected JSON"));
}

TEST(JsonLines, RefusesRowsOutOfAllProportion) {
  const std::string deep = "{\"b\":" + std::string(500, '[') + std::string(500, ']') + "}";
  EXPECT_THAT(line_error(deep),
              HasSubstr("f:1: expected a row of reasonable size, came a row nested deeper than 64"));
  const std::string open = "{\"b\":" + std::string(100'000, '[');
  EXPECT_THAT(line_error(open), HasSubstr("f:1: expected"));
  std::string wide = "{\"b\":[0";
  for (int i = 0; i < 1'000'000; ++i) wide += ",0";
  EXPECT_THAT(line_error(wide + "]}"), HasSubstr("f:1: expected a row of reasonable size"));
}

TEST(JsonLines, ReadsHalfACharacterAndTellsOfIt) {
  RecordingSink sink;
  std::vector<std::string> texts;
  const std::string text =
      "{\"a\":\"\\n x\\ud83dy\",\"b\":1}\n"
      "{\"unread\":{\"deep\":[\"\\ude00\",{\"a\":\"\\ud83d\\ud83d\\ude00\"}]},\"a\":\"fine \\ud83d\\ude00\"}\n"
      "{\"k\\ud800\":7,\"a\":\"\\\\ud83d\"}\n";
  read_json_lines(*memory_source("f", text), &sink, [&](const JsonValue& row) {
    texts.emplace_back(row.field("a").string());
    if (texts.size() == 1) EXPECT_EQ(row.field("b").number(), 1);
    if (texts.size() == 3) EXPECT_EQ(row.field("k\xEF\xBF\xBD").number(), 7);
  });
  EXPECT_THAT(texts, ElementsAre("\n x\xEF\xBF\xBDy", "fine \xF0\x9F\x98\x80", "\\ud83d"));
  const std::string what = "half a character (\\ud800 to \\udfff alone), read as U+FFFD";
  using Note = std::pair<std::string, std::string>;
  EXPECT_THAT(sink.notes, ElementsAre(Note{what, "f:1"}, Note{what, "f:2"}, Note{what, "f:2"}, Note{what, "f:3"}));
  EXPECT_THAT(lines("{\"a\":\"\\ud800\"}"), ElementsAre("1\xEF\xBF\xBD"));
  EXPECT_THAT(array("[{\"a\":\"\\ud800\"},\n{\"a\":\"\\udfff!\"}]"),
              ElementsAre("1\xEF\xBF\xBD", "2\xEF\xBF\xBD!"));
  EXPECT_EQ(bare(line_error("{\"a\":\"\\ud800 \\x\"}")), "f:1: expected JSON, came a string with a wrong escape");
}

TEST(JsonLines, NamesTheWordsThatPythonWrites) {
  for (const char* word : {"NaN", "Infinity", "-Infinity", "None", "True", "undefined"}) {
    EXPECT_THAT(line_error("{\"b\":" + std::string(word) + ",\"a\":\"x\"}"),
                HasSubstr("f:1: expected JSON, came " + std::string(word) + ", near \"{\"b\":" + word));
  }
}

TEST(JsonArray, TellsTheRowWhereAllStandInOneLine) {
  const std::string row = "{\"a\":\"\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\"}";
  EXPECT_EQ(array_error("[" + row + "," + row + ",{\"alpha\": NaN, \"a\": \"x\"}]\n"),
            "f:1: expected JSON in row 3, came NaN, near \"\xC3\xA4\"},{\"alpha\": NaN, \"a\": \"x\"}]\"");
  EXPECT_EQ(
      array_error("[" + row + "," + row + row + "]"),
      "f:1: expected JSON in row 3, came something else, near \"\":\"\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\"}"
      "{\"a\":\"\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\"");
  EXPECT_EQ(array_error("[" + row + ",{\"a\":7}]"), "f:1: expected a string in \"a\" of row 2, came 7");
  EXPECT_EQ(array_error("[" + row + ",{\"b\":7}]"),
            "f:1: expected a field \"a\" of row 2, came an object without it");
  EXPECT_EQ(array_error("[" + row + ",\n{\"a\":7}]"), "f:2: expected a string in \"a\", came 7");
}

TEST(JsonArray, GivesRowsWithTheirLines) {
  EXPECT_THAT(array("[\n {\"a\":\"x\"},\n {\"b\":1,\n  \"a\":\"y\"}, {\"a\":\"z\"}]\n"),
              ElementsAre("2x", "3y", "4z"));
}

TEST(JsonArray, TellsTheLineOfWhatIsWrong) {
  EXPECT_EQ(bare(array_error("")), "f:1: expected a JSON array of objects, came an empty one");
  EXPECT_EQ(bare(array_error("[ ]")), "f:1: expected a JSON array of objects, came an empty one");
  EXPECT_EQ(bare(array_error("{}")), "f:1: expected an array of objects, came another value");
  EXPECT_EQ(bare(array_error("[\n{\"a\":\"x\"},\n7]")), "f:3: expected an object, came another value");
  EXPECT_EQ(bare(array_error("[\n{\"a\":\"x\"},\n{\"a\":\n7}]")), "f:4: expected a string in \"a\", came 7");
  EXPECT_EQ(bare(array_error("[\n{\"a\":\"x\"},\n{\"a\":\n\"x}]")),
            "f:4: expected JSON, came a string that does not end");
  EXPECT_EQ(bare(array_error("[\n{\"a\":\n\n\"\xFF\"}]")), "f:4: expected UTF-8, came \"\\xff\"");
  EXPECT_EQ(bare(array_error("[\n{\"a\":\n\n\"x\ny\"}]")),
            "f:4: expected JSON, came a control character in a string");
  EXPECT_EQ(bare(array_error("[\n{\"a\":\"x\"},\n\n{\"b\":tru}]")), "f:4: expected JSON, came tru");
  EXPECT_EQ(bare(array_error("[\n{\"a\":\"x\"}]\n]")), "f:3: expected the end of the value, came more");
  EXPECT_THAT(array_error("[\n{\"a\":\"x\"},\n{\"a\":\"x\"}\n"),
              testing::MatchesRegex("f:[1-4]: expected JSON, came .*"));
}

TEST(JsonValue, GivesTypedFieldsOrSaysWhatCame) {
  const std::string text =
      "{\"n\":null,\"t\":true,\"i\":81,\"f\":1.5,\"s\":\"x\",\"e\":\"\",\"l\":[1,\"b\"],\"o\":{\"k\":2},\"big\":"
      "123456789012345678901234567890}";
  read_json_lines(*memory_source("f", text), [](const JsonValue& row) {
    EXPECT_TRUE(row.field("n").is_null());
    EXPECT_EQ(row.field("i").id(), "81");
    EXPECT_EQ(row.field("s").id(), "x");
    EXPECT_EQ(row.field("big").id(), "123456789012345678901234567890");
    EXPECT_EQ(row.field("i").integer(1, 100), 81);
    EXPECT_EQ(row.field("f").number(), 1.5);
    EXPECT_EQ(row.field("o").field("k").number(), 2);
    EXPECT_FALSE(row.find("absent"));
    std::vector<std::string> kinds;
    for (const JsonValue part : row.field("l").elements())
      kinds.push_back(part.kind() == JsonKind::number ? "n" : "s");
    EXPECT_THAT(kinds, ElementsAre("n", "s"));

    const auto error = [](auto body) { return error_of(body); };
    EXPECT_EQ(error([&] { row.field("absent"); }), "f:1: expected a field \"absent\", came an object without it");
    EXPECT_EQ(error([&] { (void)row.field("t").string(); }), "f:1: expected a string in \"t\", came true");
    EXPECT_EQ(error([&] { (void)row.field("e").name(); }),
              "f:1: expected a string that is not empty in \"e\", came the string \"\"");
    EXPECT_EQ(error([&] { (void)row.field("f").id(); }),
              "f:1: expected an id (a string or an integer) in \"f\", came 1.5");
    EXPECT_EQ(error([&] { (void)row.field("f").integer(0, 9); }),
              "f:1: expected an integer from 0 to 9 in \"f\", came 1.5");
    EXPECT_EQ(error([&] { (void)row.field("big").integer(0, 9); }).substr(0, 48),
              "f:1: expected an integer from 0 to 9 in \"big\", c");
    EXPECT_EQ(error([&] { (void)row.field("s").number(); }),
              "f:1: expected a number in \"s\", came the string \"x\"");
    EXPECT_EQ(error([&] { row.field("o").elements(); }), "f:1: expected an array in \"o\", came an object");
    EXPECT_EQ(error([&] { row.field("l").find("x"); }), "f:1: expected an object in \"l\", came an array");
  });
  EXPECT_EQ(line_error("{\"a\":\"x\",\"a\":\"y\"}"), "f:1: expected one field \"a\", came two");
}

}  // namespace
}  // namespace assay::data
