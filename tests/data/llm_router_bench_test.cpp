#include "assay/data/llm_router_bench.h"

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

RecordingSink imported_runs(const std::string& path, const FormatOptions& options = {}) {
  RecordingSink sink;
  read_llm_router_bench(std::vector{path}, options, sink, {});
  return sink;
}

std::string run_json(std::string_view model, std::string_view split, std::string_view records,
                     std::string_view demo = "false") {
  return fmt::format(
      "{{\"performance\": 1, \"model_name\": \"{}\", \"dataset_name\": \"sums\", \"split\": \"{}\", \"demo\": {}, "
      "\"records\": [{}]}}",
      model, split, demo, records);
}

std::string run_record(std::string_view answer, std::string_view score, std::string_view gold = "\"42\"") {
  return fmt::format(
      "\n{{\"index\": 1, \"origin_query\": \"6 x 7?\", \"prompt\": \"Q: 6 x 7?\", \"prompt_tokens\": 5, "
      "\"completion_tokens\": 2, \"cost\": 0.00012, \"score\": {}, \"prediction\": \"42\", \"ground_truth\": {}, "
      "\"raw_output\": {}}}",
      score, gold, answer);
}

TEST(LlmRouterBench, ARunBecomesSamples) {
  const SampleFolder folder;
  folder.write("bench/sums/test/org_small/sums-test-org_small-20260101_000000.json",
               run_json("org/small", "test", run_record("\"It is 42.\"", "1.0", "42")));
  for (const char* below : {"", "bench", "bench/sums/test/org_small"}) {
    const std::string path = folder.path(below);
    EXPECT_FALSE(recognise_llm_router_bench(path).empty()) << path;
    const RecordingSink sink = imported_runs(path);
    EXPECT_EQ(sink.queries.at({"sums/test/1", 1}).value, RecordingSink::Query("6 x 7?", "sums"));
    EXPECT_EQ(sink.responses.at({"sums/test/1", "org/small", 1}).value, "It is 42.");
    EXPECT_EQ(sink.scores.at({"sums/test/1", "org/small", "score", 1, 1}).value, 1);
    EXPECT_EQ(sink.labels.at({"sums/test/1", ""}).value, "42");
    const AnswerCost took{.tokens_in = 5, .tokens_out = 2, .cost = 120};
    EXPECT_TRUE((sink.took.at({"sums/test/1", "org/small"}) == took));
  }
}

TEST(LlmRouterBench, TheNewestRunCountsOrTheWantedOne) {
  const SampleFolder folder;
  folder.write("m/sums-test-m-20260101_000000.json", run_json("m", "test", run_record("\"old\"", "0")));
  folder.write("m/sums-test-m-20260301_000000.json", run_json("m", "test", run_record("\"new\"", "1")));
  folder.write("m/sums-test-m-20260401_000000.json", run_json("m", "test", run_record("\"demo\"", "0"), "true"));
  folder.write("m/sums-dev-m-20250101_000000.json", run_json("m", "dev", run_record("\"dev\"", "0")));
  folder.write("m/result.json", run_json("m", "test", run_record("\"legacy\"", "0")));
  RecordingSink sink = imported_runs(folder.path());
  EXPECT_EQ(sink.responses.at({"sums/test/1", "m", 1}).value, "new");
  EXPECT_EQ(sink.responses.at({"sums/dev/1", "m", 1}).value, "dev");
  EXPECT_EQ(sink.drops.size(), 3U);
  sink = imported_runs(folder.path(), {.run = "20260101"});
  EXPECT_EQ(sink.responses.at({"sums/test/1", "m", 1}).value, "old");
  sink = imported_runs(folder.path(), {.run = "20260401"});
  EXPECT_EQ(sink.responses.at({"sums/test/1", "m", 1}).value, "demo");
  EXPECT_THROW(imported_runs(folder.path(), {.run = "2027"}), InvalidArgument);
}

TEST(LlmRouterBench, DemoRunsAloneAreTold) {
  const SampleFolder folder;
  const std::string path =
      folder.write("sums-test-m-20260401_000000.json", run_json("m", "test", run_record("\"demo\"", "0"), "true"));
  EXPECT_THROW(imported_runs(path), DataError);
}

TEST(LlmRouterBench, AnswersMayBeAnythingAndScoresMissing) {
  const SampleFolder folder;
  const auto one = [&](const std::string& record, const FormatOptions& options = {}) {
    return imported_runs(folder.write("result.json", run_json("m", "test", record)), options);
  };
  RecordingSink sink = one(run_record("[\"a\\n\", {\"b\": null}]", "1", "[\"42\"]"));
  EXPECT_EQ(sink.responses.at({"sums/test/1", "m", 1}).value, R"(["a\n", {"b": null}])");
  EXPECT_TRUE(sink.labels.empty());
  sink = one(run_record("null", "0.0"));
  EXPECT_TRUE(sink.responses.empty());
  EXPECT_EQ(sink.scores.at({"sums/test/1", "m", "score", 1, 1}).value, 0);
  EXPECT_THAT(sink.notes.at(0).first, HasSubstr("no answer"));
  for (const char* missing : {"null", "NaN"}) {
    sink = one(run_record("\"x\"", missing));
    EXPECT_TRUE(std::isnan(sink.scores.at({"sums/test/1", "m", "score", 1, 1}).value));
    sink = one(run_record("\"x\"", missing), {.errors_are_wrong = true});
    EXPECT_EQ(sink.scores.at({"sums/test/1", "m", "score", 1, 1}).value, 0);
  }
}

TEST(LlmRouterBench, NamesTheLineOfAnyRecord) {
  const SampleFolder folder;
  const std::string path =
      folder.write("result.json", run_json("m", "test", run_record("\"x\"", "1") + "," + "\n\n{\"index\": null}"));
  try {
    imported_runs(path);
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("result.json:4: expected an id"));
  }
}

TEST(LlmRouterBench, OtherJsonIsNotTakenForIt) {
  const SampleFolder folder;
  EXPECT_EQ(recognise_llm_router_bench(folder.write("a.json", "[{\"model_name\": 1}]")), "");
  EXPECT_EQ(recognise_llm_router_bench(folder.path()), "");
  EXPECT_THROW(imported_runs(folder.path()), InvalidArgument);
}

TEST(LlmRouterBench, ReadsWhatItsOwnCodeWrote) {
  const std::string folder = eval_tools_folder();
  if (folder.empty()) GTEST_SKIP() << "no benchmark data (ASSAY_BENCH_DATA)";
  const std::string tool = folder + "/llmrouterbench";
  ASSERT_FALSE(recognise_llm_router_bench(tool + "/in").empty());
  const RecordingSink sink = imported_runs(tool + "/in");
  using Row = std::tuple<std::string, std::string, std::string, double>;
  std::set<Row> expected;
  std::set<Row> came;
  for (auto& row : expected_rows(tool + "/expected.csv")) {
    expected.insert({row["dataset"] + "/" + row["split"] + "/" + row["query_id"], row["model"], row["scorer"],
                     std::stod(row["score"])});
  }
  for (const auto& [key, score] : sink.scores) {
    came.insert({std::get<0>(key), std::get<1>(key), std::get<2>(key), score.value});
  }
  EXPECT_EQ(came, expected);
  read_json_lines(*open_source(tool + "/expected_texts.jsonl", nullptr), [&](const JsonValue& row) {
    const std::string query = fmt::format("{}/{}/{}", row.field("dataset").string(), row.field("split").string(),
                                          row.field("query_id").id());
    const std::string model(row.field("model").string());
    EXPECT_EQ(sink.queries.at({query, 1}).value.first, row.field("query").string());
    EXPECT_EQ(sink.labels.at({query, ""}).value, row.field("gold").string());
    const bool answered = !row.field("response").is_null();
    ASSERT_EQ(sink.responses.contains({query, model, 1}), answered);
    if (!answered) return;
    EXPECT_EQ(sink.responses.at({query, model, 1}).value, row.field("response").string());
    EXPECT_EQ(sink.labels.at({query, model}).value, row.field("prediction").string());
    const AnswerCost took = sink.took.at({query, model});
    EXPECT_EQ(took.tokens_in, row.field("input_tokens").integer(0, 1000));
    EXPECT_EQ(took.tokens_out, row.field("output_tokens").integer(0, 1000));
    EXPECT_EQ(took.cost, std::llround(row.field("cost").number() * 1e6));
  });
}

}  // namespace
}  // namespace assay::data
