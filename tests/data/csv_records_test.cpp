#include "assay/data/csv_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> records(std::string_view text) {
  const auto source = memory_source("f", text);
  CsvRecords reader(*source);
  std::vector<std::string> result;
  while (reader.next()) {
    std::string all = std::to_string(reader.line());
    for (const std::string& field : reader.fields()) all += "|" + field;
    result.push_back(all);
  }
  return result;
}

std::string error(std::string_view text) {
  return error_of([&] { records(text); });
}

TEST(CsvRecords, ReadsQuotesCommasAndLineBreaks) {
  EXPECT_THAT(records(""), ElementsAre());
  EXPECT_THAT(records("a,b\r\n\r\n,\n"), ElementsAre("1|a|b", "3||"));
  EXPECT_THAT(records("\"a,\"\"b\"\"\",\"\"\n"), ElementsAre("1|a,\"b\"|"));
  EXPECT_THAT(records("\"a\n\nb\",c\nd,e"), ElementsAre("1|a\n\nb|c", "4|d|e"));
  EXPECT_THAT(records("\"a\r\nb\"\r\n"), ElementsAre("1|a\nb"));
  EXPECT_THAT(records("\xEF\xBB\xBF"
                      "a,\xC3\xA4,"),
              ElementsAre("1|a|\xC3\xA4|"));
}

TEST(CsvRecords, TellsTheLineOfWhatIsWrong) {
  EXPECT_EQ(error("a\nb,\"c\nd\n"), "f:2: expected a quote at the end of the field, came the end of the file");
  EXPECT_EQ(error("a\n\"b\nc\"d"), "f:3: expected a comma after the field's closing quote, came \"d\"");
  EXPECT_THAT(error("a\nb\"c"),
              testing::StartsWith("f:2: expected quotes around the whole field, came one inside"));
  EXPECT_EQ(error("a\n\xFF"), "f:2: expected UTF-8, came \"\\xff\"");
  EXPECT_EQ(error(std::string("a\n\0", 3)), "f:2: expected text, came a NUL byte");
}

}  // namespace
}  // namespace assay::data
