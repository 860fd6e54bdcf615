#include "assay/data/mt_bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "assay/data/csv_records.h"
#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

void import_mt_bench(const std::string& path, RecordingSink& sink) {
  const std::vector<std::string> paths = {path};
  read_mt_bench(paths, {}, sink, {});
}

RecordingSink judged(std::string_view text, std::string_view baseline = "") {
  RecordingSink sink;
  read_mt_judgments(*memory_source("f", text), baseline, sink);
  return sink;
}

std::string single(std::string_view score, std::string_view judge = "[\"gpt-4\",\"single-v1\"]", int turn = 1) {
  return "{\"question_id\":81,\"model\":\"m\",\"judge\":" + std::string(judge) +
         ",\"user_prompt\":\"p\",\"judgment\":\"t\",\"score\":" + std::string(score) +
         ",\"turn\":" + std::to_string(turn) + ",\"tstamp\":1.5}\n";
}

std::string pair(std::string_view first, std::string_view second) {
  return "{\"question_id\":81,\"model_1\":\"m\",\"model_2\":\"b\",\"g1_winner\":\"" + std::string(first) +
         "\",\"g2_winner\":\"" + std::string(second) + "\",\"judge\":[\"gpt-4\",\"pair-v2\"],\"turn\":2}\n";
}

TEST(MtBench, ReadsScoresAndKeepsTheLast) {
  const RecordingSink sink =
      judged(single("8.5") + single("-1", "\"other\"") + single("3") + single("4", "\"gpt-4\"", 2));
  EXPECT_EQ(sink.scores.size(), 3U);
  EXPECT_EQ(sink.scores.at({"81", "m", "gpt-4", 1, 1}).value, 3);
  EXPECT_EQ(sink.scores.at({"81", "m", "gpt-4", 2, 1}).value, 4);
  EXPECT_TRUE(std::isnan(sink.scores.at({"81", "m", "other", 1, 1}).value));
  EXPECT_EQ(sink.kept_last, 1U);
}

TEST(MtBench, RefusesOtherScores) {
  for (const char* wrong : {"-0.5", "10.5", "\"8\"", "null"}) {
    EXPECT_THAT(error_of([&] { judged(single("7") + single(wrong)); }),
                HasSubstr("f:2: expected a score from 0 to 10"))
        << wrong;
  }
  EXPECT_THAT(error_of([] { judged(single("7", "[]")); }), HasSubstr("f:1: expected [judge, prompt]"));
  EXPECT_THAT(error_of([] { judged(single("7", "\"j\"", 0)); }), HasSubstr("f:1: expected an integer from 1"));
}

TEST(MtBench, ReadsPairsAskedInBothOrders) {
  const auto value = [](std::string_view first, std::string_view second) {
    return judged(pair(first, second)).verdicts.at({"81", "m", "b", "gpt-4", 2}).value;
  };
  EXPECT_EQ(value("model_1", "model_1"), 1);
  EXPECT_EQ(value("model_2", "model_2"), 0);
  EXPECT_EQ(value("tie", "tie"), 0.5);
  EXPECT_EQ(value("model_1", "model_2"), 0.5);
  EXPECT_EQ(value("model_1", "tie"), 0.5);
  EXPECT_TRUE(std::isnan(value("error", "model_1")));
  EXPECT_TRUE(std::isnan(value("error", "error")));
  EXPECT_THAT(error_of([&] { value("model_3", "tie"); }),
              HasSubstr("f:1: expected model_1, model_2, tie or error in \"g1_winner\""));
  EXPECT_EQ(judged(pair("model_1", "model_1"), "m").verdicts.at({"81", "b", "m", "gpt-4", 2}).value, 0);
}

TEST(MtBench, FindsFoldersBelowAndNamesModelsByTheirFile) {
  const SampleFolder folder;
  for (const std::string at : {"one/data/mt_bench/", "two/data/mt_bench/"}) {
    folder.write(at + "question.jsonl",
                 "{\"question_id\":81,\"category\":\"writing\",\"turns\":[\"ask\",\"more\"]}\n");
  }
  folder.write(
      "one/data/mt_bench/model_answer/file name.jsonl",
      "{\"question_id\":81,\"model_id\":\"another\",\"choices\":[{\"index\":0,\"turns\":[\"yes\",\"no\"]}]}\n");
  folder.write("two/data/mt_bench/model_judgment/gpt-4_single.bcf7fd26.jsonl", single("7"));
  folder.write("two/data/mt_bench/model_judgment/gpt-4_single.jsonl", single("9"));
  RecordingSink sink;
  import_mt_bench(folder.path(), sink);
  EXPECT_EQ(sink.queries.size(), 2U);
  EXPECT_EQ(sink.repeated, 2U);
  EXPECT_EQ(sink.queries.at({"81", 2}).value, RecordingSink::Query("more", "writing"));
  EXPECT_EQ(sink.responses.at({"81", "file name", 2}).value, "no");
  EXPECT_EQ(sink.scores.at({"81", "m", "gpt-4", 1, 1}).value, 9);
}

TEST(MtBench, RealScoresAreThoseOfTheCheckTable) {
  const std::string data = bench_data("mt_bench");
  ASSAY_NEED_BENCH_DATA(data);
  RecordingSink sink;
  import_mt_bench(data, sink);
  EXPECT_EQ(sink.kept_last + sink.repeated, 320U + 3U * 160U);  // models judged twice; the questions of four forks
  const auto source = open_source(data + "/derived_scores.csv", nullptr);
  CsvRecords table(*source);
  ASSERT_TRUE(table.next());
  ASSERT_THAT(table.fields(), ElementsAre("question_id", "turn", "model", "score"));
  std::size_t rows = 0;
  std::set<std::string> models;
  for (; table.next(); ++rows) {
    const auto fields = table.fields();
    const double score = sink.scores.at({fields[0], fields[2], "gpt-4", std::stoi(fields[1]), 1}).value;
    EXPECT_EQ(std::isnan(score) ? -1 : score, std::stod(fields[3])) << fields[0] << " " << fields[2];
    models.insert(fields[2]);
    EXPECT_TRUE(sink.responses.contains({fields[0], fields[2], std::stoi(fields[1])})) << fields[2];
  }
  EXPECT_EQ(rows, sink.scores.size());
  EXPECT_EQ(rows, 21U * 80U * 2U);
  EXPECT_EQ(models.size(), 21U);
}

TEST(MtBench, ModelsAndJudgesMayBeInFoldersOfTheirOrganisations) {
  const SampleFolder folder;
  folder.write("b/question.jsonl", "{\"question_id\": 81, \"category\": \"c\", \"turns\": [\"ask\"]}\n");
  folder.write("b/model_answer/org/m.jsonl", "{\"question_id\": 81, \"choices\": [{\"turns\": [\"x\"]}]}\n");
  folder.write("b/model_answer/n.jsonl", "{\"question_id\": 81, \"choices\": [{\"turns\": [\"y\"]}]}\n");
  folder.write("b/model_judgment/maker/j.jsonl", single("7"));
  RecordingSink sink;
  import_mt_bench(folder.path("b"), sink);
  EXPECT_EQ(sink.responses.at({"81", "org/m", 1}).value, "x");
  EXPECT_EQ(sink.responses.at({"81", "n", 1}).value, "y");
  EXPECT_EQ(sink.scores.size(), 1U);
}

}  // namespace
}  // namespace assay::data
