#include "assay/data/deepeval.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/data/json_reader.h"
#include "assay/data/recognise.h"
#include "tests/data/expected_rows.h"
#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

RecordingSink import_deepeval(const std::string& path, const FormatOptions& options = {}) {
  RecordingSink sink;
  const std::vector<std::string> paths = {path};
  read_deepeval(paths, options, sink, {});
  return sink;
}

std::string metric_of(std::string_view score, std::string_view name = "Fit", std::string_view more = "") {
  return R"({"name": ")" + std::string(name) + R"(", "threshold": 0.5, "score": )" + std::string(score) +
         std::string(more) + "}";
}

std::string case_of(std::string_view metrics, std::string_view name = "case-1", std::string_view input = "6 x 7?",
                    std::string_view more = "") {
  return R"({"name": ")" + std::string(name) + R"(", "input": ")" + std::string(input) +
         R"(", "actualOutput": "42", "expectedOutput": "42", "metricsData": [)" + std::string(metrics) + "]" +
         std::string(more) + "}";
}

std::string test_run_of(std::string_view cases, std::string_view model = R"("hyperparameters": {"model": "m"})") {
  return R"({"testCases": [)" + std::string(cases) + R"(], "conversationalTestCases": [], )" + std::string(model) +
         "}";
}

RecordingSink read_run(const std::string& text, const FormatOptions& options = {}) {
  const SampleFolder folder;
  return import_deepeval(folder.write("test_run_1.json", text), options);
}

TEST(Deepeval, RealRunsAreWhatTheirFieldsSay) {
  const std::string tools = eval_tools_folder();
  ASSAY_NEED_BENCH_DATA(tools);
  const std::string folder = tools + "/deepeval/";
  const RecordingSink sink = import_deepeval(folder + "in");
  const auto rows = expected_rows(folder + "expected.csv");
  for (const auto& row : rows) {
    const double score =
        sink.scores.at({row.at("query_id"), row.at("model"), row.at("scorer"), 1, std::stoi(row.at("repeat"))})
            .value;
    if (row.at("score").empty()) {
      EXPECT_TRUE(std::isnan(score)) << row.at("error");
    } else {
      EXPECT_EQ(score, std::stod(row.at("score")));
    }
  }
  EXPECT_EQ(sink.scores.size(), rows.size());
  EXPECT_TRUE(sink.drops.empty());  // latest_run_full.json is passed over
  std::size_t responses = 0;
  read_json_lines(*open_source(folder + "expected_texts.jsonl", nullptr), [&](const JsonValue& row) {
    const std::string id(row.field("query_id").string());
    const std::string model(row.field("model").string());
    EXPECT_EQ(sink.queries.at({id, 1}).value.first, row.field("prompt").string());
    EXPECT_EQ(sink.responses.at({id, model, 1}).value, row.field("response").string());
    EXPECT_EQ(*sink.labels.at({id, ""}).value, row.field("reference").string());
    EXPECT_EQ(sink.took.at({id, model}).cost, std::llround(row.field("cost").number() * 1e6));
    EXPECT_EQ(sink.took.at({id, model}).seconds, row.field("seconds").number());
    ++responses;
  });
  EXPECT_EQ(responses, sink.responses.size());
  for (const std::string& path :
       {folder, folder + "in/test_run_20261128_213045.json", folder + "in/latest_run_full.json"}) {
    EXPECT_EQ(recognise(std::vector<std::string>{path}).format->name, "deepeval");
  }
  EXPECT_EQ(import_deepeval(folder + "in/latest_run_full.json").scores.size(), 8U);
}

TEST(Deepeval, AMetricThatFailedGivesNoScore) {
  const std::string text = test_run_of(case_of(
      R"({"name": "Fit", "success": false, "error": "no JSON"}, {"name": "Old", "success": false, "score": 0, "error": "x"},
         {"name": "Late", "success": false}, {"name": "Good", "score": NaN})"));
  RecordingSink sink = read_run(text);
  EXPECT_EQ(sink.scores.size(), 4U);
  for (const auto& [key, entry] : sink.scores) EXPECT_TRUE(std::isnan(entry.value));
  EXPECT_EQ(sink.notes.at(0).first, "the metric failed: no score");
  sink = read_run(text, {.errors_are_wrong = true});
  EXPECT_EQ(sink.scores.at({"case-1", "m", "Fit", 1, 1}).value, 0);
}

TEST(Deepeval, TheModelIsWhoeverIsNamed) {
  const auto model = [](std::string_view where, std::string_view more) {
    const RecordingSink sink = read_run(test_run_of(case_of(metric_of("1"), "case-1", "?", more), where));
    return std::get<1>(sink.scores.begin()->first);
  };
  const std::string_view own = R"(, "metadata": {"model": "own"})";
  EXPECT_EQ(model(R"("hyperparameters": {"model": "m"})", own), "m");
  EXPECT_EQ(model(R"("hyperparameters": {"temperature": "1"})", own), "own");
  EXPECT_EQ(model(R"("hyperparameters": null)", ""), "test_run_1");
}

TEST(Deepeval, ThresholdsTellTheDirection) {
  const RecordingSink sink = read_run(test_run_of(case_of(metric_of("0.2", "Noise", R"(, "success": true)") + "," +
                                                          metric_of("0.2", "Fit", R"(, "success": false)") + "," +
                                                          metric_of("7", "Stars", R"(, "success": true)") + "," +
                                                          metric_of("0.5", "Bias", R"(, "success": true)"))));
  EXPECT_EQ(sink.judges.at("Noise").lower_is_better, true);
  EXPECT_EQ(sink.judges.at("Fit").lower_is_better, false);
  EXPECT_EQ(sink.judges.at("Bias").lower_is_better, true);
  EXPECT_EQ(sink.judges.at("Fit").most, 1);
  EXPECT_TRUE(std::isnan(sink.judges.at("Stars").most));
}

TEST(Deepeval, CasesAreKnownByNameUnlessThatSaysNothing) {
  RecordingSink sink = read_run(test_run_of(case_of(metric_of("1"), "test_case_0", "a") + "," +
                                            case_of(metric_of("0"), "test_case_1", "a") + "," +
                                            case_of(metric_of("0"), "test_case_2", "b")));
  EXPECT_EQ(sink.queries.size(), 2U);  // one of them asked twice
  const std::string id = sink.queries.begin()->first.first;
  EXPECT_EQ(id.size(), 16U);
  // pytest calls all cases of a parametrised test the same.
  sink = read_run(
      test_run_of(case_of(metric_of("1"), "test_sums", "a") + "," + case_of(metric_of("0"), "test_sums", "b")));
  EXPECT_EQ(sink.queries.size(), 2U);
  EXPECT_THAT(sink.queries.begin()->first.first, HasSubstr("test_sums/"));
}

TEST(Deepeval, TwoMetricsOfOneNameAreTwo) {
  const RecordingSink sink = read_run(test_run_of(case_of(metric_of("1") + "," + metric_of("0"))));
  EXPECT_EQ(sink.scores.at({"case-1", "m", "Fit", 1, 1}).value, 1);
  EXPECT_EQ(sink.scores.at({"case-1", "m", "Fit #2", 1, 1}).value, 0);
}

TEST(Deepeval, ConversationsEndWithTheResponse) {
  const RecordingSink sink = read_run(
      R"({"testCases": [], "hyperparameters": {"model": "m"}, "conversationalTestCases": [{"name": "talk", "success": true,
          "metricsData": [{"name": "Kept", "score": 0.5}], "turns": [{"role": "user", "content": "Hi"},
          {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "Ciao"}]}]})");
  EXPECT_EQ(sink.queries.at({"talk", 1}).value.first, "user: Hi\nassistant: Hello\nuser: Bye");
  EXPECT_EQ(sink.responses.at({"talk", "m", 1}).value, "Ciao");
  EXPECT_EQ(sink.scores.size(), 1U);
}

TEST(Deepeval, TheNewestRunCounts) {
  const SampleFolder folder;
  folder.write("test_run_20260101_000000.json", test_run_of(case_of(metric_of("0.1"))));
  folder.write("test_run_20260101_000000_2.json", test_run_of(case_of(metric_of("0.2"))));
  folder.write("test_run_20260101_000000_10.json", test_run_of(case_of(metric_of("0.3"))));
  folder.write("latest_run_full.json", test_run_of(case_of(metric_of("0.3"))) + "\n");
  const auto score = [&](const FormatOptions& options) {
    const RecordingSink sink = import_deepeval(folder.path(), options);
    EXPECT_EQ(sink.drops.size(), 3U);
    return sink.scores.at({"case-1", "m", "Fit", 1, 1}).value;
  };
  EXPECT_EQ(score({}), 0.3);
  EXPECT_EQ(score({.run = "_2"}), 0.3);  // part of all names
  EXPECT_EQ(score({.run = "000000_2"}), 0.2);
  EXPECT_THAT(error_of([&] { score({.run = "x"}); }), HasSubstr("came \"x\""));
}

TEST(Deepeval, OtherFilesAreRefusedAndNotRecognised) {
  const SampleFolder folder;
  const std::string file = folder.write("a.json", R"({"cases": []})");
  EXPECT_THAT(error_of([&] { import_deepeval(file); }), HasSubstr("a.json:1: expected a test run of DeepEval"));
  EXPECT_THAT(recognise_deepeval(file), IsEmpty());
  EXPECT_THAT(error_of([&] { import_deepeval(folder.path()); }), HasSubstr("DEEPEVAL_RESULTS_FOLDER"));
  EXPECT_THAT(error_of([&] { read_run(test_run_of("")); }),
              HasSubstr("expected test cases, came a test run without any"));
  EXPECT_THAT(error_of([&] { read_run(test_run_of(case_of(R"({"score": 1})"))); }),
              HasSubstr("expected a field \"name\""));
}

}  // namespace
}  // namespace assay::data
