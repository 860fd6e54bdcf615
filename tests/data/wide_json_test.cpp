#include "assay/data/wide_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/data/byte_source.h"
#include "assay/data/jsonl.h"
#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

RecordingSink wide_rows(std::string_view text, const FormatOptions& options = {}) {
  RecordingSink sink;
  OwnRowWriter writer(options, sink);
  read_jsonl_file(*memory_source("f", text), text.front(), writer);
  return sink;
}

TEST(WideJson, KeysOfScoresAreModels) {
  const std::string_view rows[] = {
      R"([{"prompt_id": 1, "gpt-4": 0.5, "claude": 1}, {"prompt_id": 2, "claude": null, "gpt-4": true}])",
      "{\"prompt_id\": 1, \"gpt-4\": 0.5, \"claude\": 1}\n{\"prompt_id\": 2, \"gpt-4\": true}\n"};
  for (const std::string_view text : rows) {
    const RecordingSink sink = wide_rows(text);
    EXPECT_EQ(sink.scores.size(), 3U);
    EXPECT_EQ(sink.scores.at({"1", "gpt-4", "jsonl", 1, 1}).value, 0.5);
    EXPECT_EQ(sink.scores.at({"2", "gpt-4", "jsonl", 1, 1}).value, 1);
    EXPECT_EQ(sink.scores.count({"2", "claude", "jsonl", 1, 1}), 0U);
    EXPECT_THAT(sink.notes, Contains(Pair("keys \"gpt-4\", \"claude\": read as models", "f:1")));
  }
}

TEST(WideJson, PromptsTasksAndOutcomes) {
  FormatOptions options;
  options.baseline = "b";
  options.judge = "j";
  options.ignore = {"comment", "not here"};
  const RecordingSink sink = wide_rows(
      R"({"prompt": "6 x 7?", "task": "maths", "small": "win", "large": "loss", "comment": "so, so"})", options);
  EXPECT_EQ(sink.queries.begin()->second.value, RecordingSink::Query("6 x 7?", "maths"));
  EXPECT_EQ(sink.verdicts.size(), 2U);
  EXPECT_EQ(std::get<2>(sink.verdicts.begin()->first), "b");
  EXPECT_EQ(std::get<3>(sink.verdicts.begin()->first), "j");
}

TEST(WideJson, WhatIsSaidOfPromptsIsNoModel) {
  for (const char* text : {R"({"id": 1, "prompt": "a", "difficulty": 3})",
                           R"({"id": 1, "prompt": "a", "difficulty": 3, "source": "the web"})",
                           R"({"id": 1, "prompt": "a", "tags": ["x"], "year": 1, "month": 2})"}) {
    const RecordingSink sink = wide_rows(text);
    EXPECT_EQ(sink.queries.at({"1", 1}).value.first, "a") << text;
    EXPECT_TRUE(sink.scores.empty()) << text;
  }
}

TEST(WideJson, RowsThatNameTheirModelAreLong) {
  const RecordingSink sink = wide_rows(R"({"id": 1, "model": "m", "score": 1, "latency": 3, "cost": 2})");
  EXPECT_EQ(sink.scores.size(), 1U);
}

TEST(WideJson, SaysWhatToDo) {
  const auto problem = [](std::string_view text) { return error_of([&] { wide_rows(text); }); };
  EXPECT_THAT(problem("{\"id\": 1, \"a\": 1, \"b\": 2}\n{\"id\": 2, \"a\": 1, \"c\": 2}\n"),
              HasSubstr("f:2: expected keys of the first row, came \"c\"; give the first row all models"));
  EXPECT_THAT(problem("{\"id\": 1, \"a\": 1, \"b\": 2}\n{\"id\": 2, \"a\": \"nan\", \"b\": 2}\n"),
              HasSubstr("came \"nan\"; what was not run is null"));
  EXPECT_THAT(problem("{\"id\": 1, \"a\": 1, \"b\": 2}\n{\"id\": 2, \"a\": \"good\", \"b\": 2}\n"),
              HasSubstr("if \"a\" is no model, pass over it with `ignore` \"a\""));
  EXPECT_THAT(problem("{\"id\": 1, \"a\": 1, \"b\": 2}\n{\"id\": 1, \"a\": 1, \"b\": 2}\n"),
              HasSubstr("f:2: expected each query once"));
}

}  // namespace
}  // namespace assay::data
