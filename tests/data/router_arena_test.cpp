#include "assay/data/router_arena.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "assay/data/json_reader.h"
#include "tests/data/expected_rows.h"
#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::HasSubstr;

RecordingSink imported_arena(const std::string& path, const FormatOptions& options = {}) {
  RecordingSink sink;
  read_router_arena(std::vector{path}, options, sink, {});
  return sink;
}

std::string arena_row(std::string_view index, std::string_view answer, std::string_view result,
                      std::string_view success = "true") {
  return fmt::format(
      "{{\"global_index\": \"{}\", \"question\": \"6 x 7?\", \"llm_selected\": \"org/small\", "
      "\"generated_answer\": "
      "\"{}\", \"token_usage\": {{\"input_tokens\": 5, \"output_tokens\": 1}}, \"success\": {}, \"provider\": "
      "\"toy\", "
      "\"error\": null, \"evaluation_result\": {}}}\n",
      index, answer, success, result);
}

std::string arena_result(std::string_view score, std::string_view metric) {
  return fmt::format(
      "{{\"extracted_answer\": \"42\", \"ground_truth\": \"42\", \"score\": {}, \"metric\": \"{}\", "
      "\"inference_cost\": 0.00001}}",
      score, metric);
}

TEST(RouterArena, ALineBecomesASampleOfTheTaskInItsIndex) {
  const SampleFolder folder;
  folder.write("cached_results/org_small.jsonl", arena_row("Sums_Easy_0", "42", arena_result("0.5", "f1")));
  folder.write("router_inference/predictions/r.json",
               R"([{"global index": "Sums_Easy_0", "prompt": "6 x 7?", "prediction": "small"}])");
  const RecordingSink sink = imported_arena(folder.path());
  EXPECT_EQ(sink.queries.at({"Sums_Easy/Sums_Easy_0", 1}).value, RecordingSink::Query("6 x 7?", "Sums_Easy"));
  EXPECT_EQ(sink.scores.at({"Sums_Easy/Sums_Easy_0", "org/small", "f1", 1, 1}).value, 0.5);
  EXPECT_EQ(sink.providers.at("org/small"), "toy");
  const AnswerCost took{.tokens_in = 5, .tokens_out = 1, .cost = 10};
  EXPECT_TRUE((sink.took.at({"Sums_Easy/Sums_Easy_0", "org/small"}) == took));
  EXPECT_THAT(sink.drops.at(0).first, HasSubstr("what a router chose"));
  EXPECT_FALSE(recognise_router_arena(folder.path()).empty());
  EXPECT_FALSE(recognise_router_arena(folder.path("cached_results")).empty());
  EXPECT_EQ(imported_arena(folder.path("cached_results/org_small.jsonl")).scores.size(), 1U);
  EXPECT_THROW(imported_arena(folder.path("router_inference/predictions/r.json")), InvalidArgument);
}

TEST(RouterArena, AFailedRequestIsNoZeroOfItsTasksMetric) {
  const SampleFolder folder;
  const std::string path = folder.write("m.jsonl", arena_row("Sums_1", "", arena_result("0.0", "error"), "false") +
                                                       arena_row("Words_1", "", "null", "false") +
                                                       arena_row("Sums_2", "42", arena_result("1.0", "exact")));
  RecordingSink sink = imported_arena(path);
  EXPECT_TRUE(std::isnan(sink.scores.at({"Sums/Sums_1", "org/small", "exact", 1, 1}).value));
  EXPECT_EQ(sink.scores.size(), 2U);
  EXPECT_EQ(sink.responses.size(), 1U);
  EXPECT_EQ(sink.notes.at(0), (std::pair<std::string, std::string>("the request failed: no score", path + ":1")));
  EXPECT_EQ(sink.drops.at(0).second, path + ":2");
  sink = imported_arena(path, {.errors_are_wrong = true});
  EXPECT_EQ(sink.scores.at({"Sums/Sums_1", "org/small", "exact", 1, 1}).value, 0);
}

TEST(RouterArena, ARequestMadeAgainIsAnsweredAndARepeatKeepsItsScore) {
  const SampleFolder folder;
  const RecordingSink sink =
      imported_arena(folder.write("m.jsonl", arena_row("Sums_1", "", arena_result("0.0", "error"), "false") +
                                                 arena_row("Sums_1", "42", arena_result("1", "exact")) +
                                                 arena_row("Sums_1", "43", arena_result("0", "exact"))));
  EXPECT_EQ(sink.scores.at({"Sums/Sums_1", "org/small", "exact", 1, 1}).value, 1);
  EXPECT_EQ(sink.scores.at({"Sums/Sums_1", "org/small", "exact", 1, 2}).value, 0);
  EXPECT_EQ(sink.responses.at({"Sums/Sums_1", "org/small", 1}).value, "42");
  EXPECT_EQ(sink.scores.size(), 2U);
}

TEST(RouterArena, WhatIsNotYetEvaluatedHasNoScore) {
  const SampleFolder folder;
  const RecordingSink sink = imported_arena(folder.write("m.jsonl", arena_row("Sums_1", "42", "null")));
  EXPECT_EQ(sink.responses.size(), 1U);
  EXPECT_TRUE(sink.scores.empty());
  EXPECT_THAT(sink.notes.at(0).first, HasSubstr("not yet evaluated"));
}

TEST(RouterArena, OtherLinesAreNotTakenForIt) {
  const SampleFolder folder;
  EXPECT_EQ(recognise_router_arena(folder.write("a.jsonl", "{\"query\": \"q\"}\n")), "");
  EXPECT_THROW(imported_arena(folder.path()), InvalidArgument);
}

TEST(RouterArena, ReadsFilesAsItsCodeWritesThem) {
  const std::string folder = eval_tools_folder();
  if (folder.empty()) GTEST_SKIP() << "no benchmark data (ASSAY_BENCH_DATA)";
  const std::string tool = folder + "/routerarena";
  ASSERT_FALSE(recognise_router_arena(tool + "/in").empty());
  const RecordingSink sink = imported_arena(tool + "/in");
  using Row = std::tuple<std::string, std::string, std::string, double>;
  std::set<Row> expected;
  std::set<Row> came;
  std::size_t failed = 0;
  for (auto& row : expected_rows(tool + "/expected.csv")) {
    const std::string query = row["task"] + "/" + row["query_id"];
    if (row["error"].empty()) {
      expected.insert({query, row["model"], row["scorer"], std::stod(row["score"])});
    } else {
      ++failed;
      EXPECT_FALSE(sink.responses.contains({query, row["model"], 1}));
    }
  }
  for (const auto& [key, score] : sink.scores) {
    if (!std::isnan(score.value)) came.insert({std::get<0>(key), std::get<1>(key), std::get<2>(key), score.value});
  }
  EXPECT_EQ(came, expected);
  EXPECT_EQ(sink.scores.size(), came.size() + failed);
  read_json_lines(*open_source(tool + "/expected_texts.jsonl", nullptr), [&](const JsonValue& row) {
    const std::string_view id = row.field("query_id").string();
    const std::string query = fmt::format("{}/{}", id.substr(0, id.rfind('_')), id);
    const std::string model(row.field("model").string());
    EXPECT_EQ(sink.queries.at({query, 1}).value.first, row.field("prompt").string());
    if (!sink.responses.contains({query, model, 1})) return;
    EXPECT_EQ(sink.responses.at({query, model, 1}).value, row.field("response").string());
    EXPECT_EQ(sink.labels.at({query, ""}).value, row.field("gold").string());
    const AnswerCost took = sink.took.at({query, model});
    EXPECT_EQ(took.tokens_in, row.field("input_tokens").integer(0, 1000));
    EXPECT_EQ(took.cost, std::llround(row.field("cost").number() * 1e6));
  });
}

}  // namespace
}  // namespace assay::data
