#include "assay/data/columnar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "assay/core/rng.h"
#include "assay/data/answers.h"
#include "assay/data/byte_source.h"
#include "assay/data/columnar_source.h"
#include "assay/data/recognise.h"
#include "tests/data/arrow_program.h"
#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

std::string all_of(ByteSource& source) {
  std::string text;
  char buffer[100];
  while (const std::size_t count = source.read(buffer, sizeof buffer)) text.append(buffer, count);
  return text;
}

RecordingSink read_tables(const std::vector<std::string>& paths, const FormatOptions& options = {}) {
  RecordingSink sink;
  read_columnar(paths, options, sink, {});
  return sink;
}

/// What the processors did for programs that have ended, whatever else the machine does.
double seconds_of_programs() {
  constexpr double kMicro = 1e-6;
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         kMicro * static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

class ColumnarTest : public testing::Test {
 protected:
  void SetUp() override { ASSAY_NEED_ARROW(); }
};

TEST_F(ColumnarTest, EveryTypeBecomesJson) {
  const auto source = open_source(table_path("kinds.parquet"), nullptr);
  EXPECT_EQ(
      all_of(*source),
      R"({"query":"a","prompt":"x","u64":18446744073709551615,"f32":0.1,"inf":"Infinity","half":0.5,"dec":1.50,)"
      R"("ts":"2026-01-02 03:04:05.000000Z","day":"2026-01-02","took":"5000000","bytes":"ok","yes":true,)"
      R"("list":[["x"],null],"map":{"k":1.5},"struct":{"a":1}})"
      "\n"
      R"({"query":"b","prompt":"y","f32":null,"inf":1e+300,"bytes":null,"list":[],"map":{},"struct":{"b":"c"}})"
      "\n");
  EXPECT_EQ(source->fault(), "");
  EXPECT_EQ(source->columns().size(), 16U);
}

TEST_F(ColumnarTest, LongTablesAreReadFromAllKindsOfFiles) {
  for (const char* name : {"long.parquet", "long.arrow", "long.stream"}) {
    const RecordingSink sink = read_tables({table_path(name)});
    EXPECT_EQ(sink.scores.size(), 3U) << name;
    EXPECT_EQ(sink.scores.at({"q1", "large", "passed", 1, 1}).value, 0);
    EXPECT_THAT(sink.scores.at({"q2", "large", "passed", 1, 1}).where, EndsWith(std::string(name) + ":4"))
        << "the line is not the row";
  }
}

TEST_F(ColumnarTest, ChatsAreJoined) {
  for (const char* name : {"chat.parquet", "chat.feather"}) {
    const RecordingSink sink = read_tables({table_path(name)});
    EXPECT_EQ(sink.queries.at({"9223372036854775807", 1}).value.first, "system: Be brief.\n\nuser: 6 x 7 ü?");
    EXPECT_EQ(sink.queries.at({"7", 1}).value.first, "\"Hi\"\n");
    EXPECT_EQ(sink.scores.size(), 1U) << "NaN is no score";
    EXPECT_EQ(sink.scores.at({"7", "small", "jsonl", 1, 1}).value, 1.0 / 3);
  }
}

// Where a response is null the row has no such key, and `answer` alone would be the model's.
TEST_F(ColumnarTest, AllColumnsTellWhatARowHolds) {
  const RecordingSink sink = read_tables({table_path("chat.parquet")});
  EXPECT_EQ(sink.responses.size(), 1U);
  EXPECT_EQ(sink.labels.at({"7", ""}).value, "Ho");
  RecordingSink answers;
  read_answers(std::vector<std::string>{table_path("chat.parquet")}, {}, answers, {});
  EXPECT_EQ(answers.responses.size(), 1U);
}

TEST_F(ColumnarTest, WideTablesAreReadAsCsv) {
  const RecordingSink sink = read_tables({table_path("wide.parquet")});
  EXPECT_EQ(sink.scores.size(), 3U);
  EXPECT_EQ(sink.scores.at({"q2", "small", "csv", 1, 1}).value, 0.5);
}

TEST_F(ColumnarTest, AFolderIsAllItsFiles) {
  const SampleFolder folder;
  folder.write("data/a.parquet", table_sample("long.parquet"));
  folder.write("data/b/c.parquet", table_sample("chat.parquet"));
  folder.write("data/README.md", "# Data\n");
  const std::string data = folder.path("data");
  EXPECT_EQ(read_tables({data}).scores.size(), 4U);
  EXPECT_EQ(recognise(std::vector{data}).format->name, "parquet");
}

TEST_F(ColumnarTest, ATableWithoutRowsIsToldSo) {
  EXPECT_THAT(error_of([] { read_tables({table_path("empty.parquet")}); }),
              EndsWith("empty.parquet:1: expected a readable file, came a table without rows"));
}

TEST_F(ColumnarTest, WhatIsDamagedIsRefusedSoon) {
  const SampleFolder folder;
  const std::string whole = table_sample("long.parquet");
  const double before = seconds_of_programs();
  // Both ends are there, nothing between: the length of the footer points anywhere.
  const std::string hollow = "PAR1" + std::string(100, '\xFF') + "PAR1";
  EXPECT_THAT(error_of([&] { read_tables({folder.write("hollow.parquet", hollow)}); }),
              HasSubstr("hollow.parquet:1: expected a readable file, came a Parquet file that can't be read ("));
  const std::string cut = whole.substr(0, 300) + "PAR1";
  EXPECT_THAT(error_of([&] { read_tables({folder.write("cut.parquet", cut)}); }), HasSubstr("can't be read ("));
  EXPECT_THAT(error_of([&] { read_tables({folder.write("end.parquet", whole.substr(0, whole.size() - 1))}); }),
              EndsWith("end.parquet:1: expected a readable file, came a Parquet file that ends early"));
  const std::string stream = table_sample("long.stream");
  EXPECT_THAT(error_of([&] { read_tables({folder.write("a.stream", stream.substr(0, 400))}); }),
              HasSubstr("expected a readable file, came an Arrow file that can't be read ("));
  EXPECT_LT(seconds_of_programs() - before, 4);
}

// No offset in an Arrow file may be believed.
TEST_F(ColumnarTest, StreamsSurviveChangedBytes) {
  const SampleFolder folder;
  const std::string whole = table_sample("long.stream");
  Rng rng(7);
  for (int i = 0; i < 40; ++i) {
    std::string changed = whole;
    changed[8 + rng.below(changed.size() - 8)] = static_cast<char>(rng.below(256));
    const std::string path = folder.write("x.stream", changed);
    const std::string error = error_of([&] { read_tables({path}); });
    EXPECT_TRUE(error.empty() || error.starts_with(path + ":")) << error;
    EXPECT_EQ(error.find("signal"), std::string::npos) << error;
  }
}

TEST_F(ColumnarTest, FirstBytesTellTheFormat) {
  EXPECT_EQ(recognise(std::vector{table_path("chat.parquet")}).format->name, "parquet");
  for (const char* name : {"long.arrow", "long.stream", "chat.feather"}) {
    EXPECT_EQ(recognise(std::vector{table_path(name)}).format->name, "arrow") << name;
  }
  const SampleFolder folder;
  const std::string prompts = folder.write("p.jsonl", "{\"id\": 1, \"prompt\": \"p\"}\n");
  EXPECT_EQ(recognise(std::vector{prompts, table_path("long.parquet")}).format->name, "answers");
}

TEST(Columnar, OtherFilesAreRefused) {
  const SampleFolder folder;
  for (const std::string& text :
       {std::string("id,prompt\n"), gzipped(table_sample("long.parquet")), std::string()}) {
    EXPECT_THAT(
        error_of([&] { read_tables({folder.write("x.parquet", text)}); }),
        EndsWith("x.parquet:1: expected a Parquet or Arrow file (not packed again by gzip or zstd), came another"));
  }
}

TEST(Columnar, WithoutTheProgramItIsToldHowToGetIt) {
  const char* before = std::getenv("PATH");
  const std::string path = before != nullptr ? before : "";
  setenv("PATH", "/nowhere", 1);
  const std::string error = error_of([] { read_tables({table_path("long.parquet")}); });
  setenv("PATH", path.c_str(), 1);
  EXPECT_THAT(error, HasSubstr("long.parquet: Parquet and Arrow files need the program assay-arrow"));
  EXPECT_THAT(error, HasSubstr("./dev arrow"));
  EXPECT_EQ(error.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace assay::data
