#include "assay/data/json_splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "assay/data/text_file.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kSkip[] = {"skip", "too"};

/// Gives a text in pieces of a few bytes, so that every place is at a border once.
class Trickle final : public ByteSource {
 public:
  Trickle(std::string_view text, std::size_t piece) : rest_(text), piece_(piece) {}
  std::string_view path() const override { return "f"; }
  std::string_view fault() const override { return {}; }
  std::size_t read(char* to, std::size_t size) override {
    const std::size_t count = rest_.copy(to, std::min(size, piece_));
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
  std::size_t piece_;
};

std::string object_of(std::string_view text, std::size_t piece = 1000, std::string_view stop = {}) {
  Trickle source(text, piece);
  JsonSplitter splitter(source, kSkip);
  const auto object = splitter.object_until(stop);
  return object ? std::string(object->text) : "nothing";
}

std::vector<std::string> rows_of(std::string_view text, std::size_t piece = 1000) {
  Trickle source(text, piece);
  JsonSplitter splitter(source, kSkip);
  std::vector<std::string> rows;
  if (!splitter.open_array("rows")) return {"no array"};
  while (const auto row = splitter.row()) rows.push_back(std::to_string(row->line) + std::string(row->text));
  return rows;
}

TEST(JsonSplitter, PassesOverMembersWhereverThePiecesEnd) {
  const std::string_view text =
      R"( {"a" : "x\"}\\", "skip":{"a":["}",{"\\\"":"]"}],"b":"\\"} ,"b":{"skip":[1,{}]},"too": -1.5e3, "c":null } )";
  for (std::size_t piece = 1; piece < text.size() + 1; ++piece) {
    EXPECT_EQ(object_of(text, piece), R"({"a":"x\"}\\","skip":null,"b":{"skip":[1,{}]},"too":null,"c":null })")
        << piece;
  }
}

TEST(JsonSplitter, KeepsTheNumbersOfLines) {
  const std::string text = object_of("{\n\"skip\": [\n1,\n\"\\n\"\n]\n, \"a\":\n7}\n");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 6);
  EXPECT_EQ(text.find("\"a\""), text.find_last_of('\n') - 4);
}

TEST(JsonSplitter, EndsAtAMember) {
  EXPECT_EQ(object_of(R"({"a":1,"rows":[{"b":2}],"c":3})", 3, "rows"), R"({"a":1,"rows":null})");
  EXPECT_EQ(object_of(R"({"a":1,"b":{"rows":2}})", 3, "rows"), R"({"a":1,"b":{"rows":2}})");
}

TEST(JsonSplitter, GivesRowsWithTheirLines) {
  const std::string_view text =
      "{\"a\":{\"rows\":[{}]},\n\"rows\":[\n{\"b\":1,\"skip\":[2,\n3]},{},\n "
      "{\"c\":\"]\"}\n],\"d\":{\"rows\":[]}}\n";
  for (std::size_t piece = 1; piece < text.size() + 1; ++piece) {
    EXPECT_THAT(rows_of(text, piece), ElementsAre("3{\"b\":1,\"skip\":\nnull}", "4{}", "5{\"c\":\"]\"}")) << piece;
  }
}

TEST(JsonSplitter, AnArrayMayBeEmptyMissingOrNull) {
  EXPECT_THAT(rows_of(R"({"rows":[ ],"a":1})"), ElementsAre());
  EXPECT_THAT(rows_of(R"({"a":1})"), ElementsAre("no array"));
  EXPECT_THAT(rows_of(R"({})"), ElementsAre("no array"));
  EXPECT_THAT(rows_of(R"({"rows":null,"a":1})"), ElementsAre("no array"));
}

TEST(JsonSplitter, LeavesOutTheByteOrderMark) { EXPECT_EQ(object_of("\xEF\xBB\xBF{}"), "{}"); }

TEST(JsonSplitter, BlanksAreNoObject) { EXPECT_EQ(object_of(" \n"), "nothing"); }

TEST(JsonSplitter, TellsTheLineOfWhatIsWrong) {
  const auto error = [](std::string_view text) { return error_of([&] { rows_of(text); }); };
  EXPECT_EQ(error("\n["), "f:2: expected an object, came \"[\"");
  EXPECT_EQ(error("{\n\"a\" 1}"), "f:2: expected a colon after a name, came \"1\"");
  EXPECT_EQ(error("{\n'a': 1}"), "f:2: expected a name in quotes, came \"'\"");
  EXPECT_EQ(error("{\"a\": 1 \n \"b\": 2]"), "f:2: expected a comma or \"}\", came \":\"");
  EXPECT_EQ(error("{\"a\": {}\n \"b\": 2]"), "f:2: expected a comma or \"}\", came \"\"\"");
  EXPECT_EQ(error("{\"a\": \"b"), "f:1: expected the end of a value, came the end of the file");
  EXPECT_EQ(error("{\"rows\": {}}"), "f:1: expected an array in \"rows\", came \"{\"");
  EXPECT_EQ(error("{\"rows\": [1]}"), "f:1: expected an object, came \"1\"");
  EXPECT_EQ(error("{\"rows\": [{}\n{}]}"), "f:2: expected a comma or \"]\", came \"{\"");
  EXPECT_EQ(error("{\"rows\": [{}]"), "f:1: expected a comma or \"}\", came the end of the file");
  EXPECT_EQ(error("{\"rows\": [{}]}\n}"), "f:2: expected the end of the file, came \"}\"");
}

}  // namespace
}  // namespace assay::data
