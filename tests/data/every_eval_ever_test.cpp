#include "assay/data/every_eval_ever.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "assay/data/every_eval_ever_rows.h"
#include "assay/data/json_reader.h"
#include "assay/data/recognise.h"
#include "tests/data/expected_rows.h"
#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

RecordingSink every_eval_of(const std::string& path, const FormatOptions& options = {}) {
  RecordingSink sink;
  const std::vector<std::string> paths = {path};
  read_every_eval_ever(paths, options, sink, {});
  return sink;
}

/// Query, model, scorer, repeat and score.
using EvalScore = std::tuple<std::string, std::string, std::string, int, double>;

std::set<EvalScore> scores_in(const RecordingSink& sink) {
  std::set<EvalScore> rows;
  for (const auto& [key, entry] : sink.scores) {
    const auto& [query, model, judge, turn, repeat] = key;
    if (!std::isnan(entry.value)) rows.emplace(query, model, judge, repeat, entry.value);
  }
  return rows;
}

/// Task of an evaluation of a filter, which looks at the same samples as other filters.
std::string task_in(std::map<std::string, std::string>& row) {
  const std::string& name = row["evaluation_name"];
  const std::string end = "/" + row["filter"];
  return end.size() > 1 && name.ends_with(end) ? name.substr(0, name.size() - end.size()) : name;
}

class EveryEvalFiles : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (eval_tools_folder().empty()) GTEST_SKIP() << "no files of evaluation tools: set ASSAY_BENCH_DATA";
    folder_ = eval_tools_folder() + "/every-eval-ever/" + GetParam();
  }
  std::string folder_;
};

TEST_P(EveryEvalFiles, GiveTheExpectedScores) {
  const RecordingSink sink = every_eval_of(folder_ + "/in");
  std::set<EvalScore> expected;
  for (auto& row : expected_rows(folder_ + "/expected.csv")) {
    const std::string query = task_in(row) + "/" + row["query_id"];
    const int repeat = std::stoi(row["repeat"]);
    if (row["error"].empty()) {
      expected.emplace(query, row["model"], row["scorer"], repeat, std::stod(row["score"]));
    } else {
      // No metric has a score then.
      for (const char* scorer : {"exact:mean", "closeness:mean"}) {
        EXPECT_TRUE(std::isnan(sink.scores.at({query, row["model"], scorer, 1, repeat}).value));
      }
    }
    const auto judge = sink.judges.find(row["scorer"]);
    if (judge != sink.judges.end()) {
      EXPECT_EQ(judge->second.lower_is_better, row["lower_is_better"] == "True") << row["scorer"];
    }
  }
  EXPECT_EQ(scores_in(sink), expected);
}

TEST_P(EveryEvalFiles, GiveTheExpectedTexts) {
  const RecordingSink sink = every_eval_of(folder_ + "/in");
  const std::vector<std::map<std::string, std::string>> rows = expected_rows(folder_ + "/expected.csv");
  std::set<std::pair<std::string, std::string>> seen;
  std::size_t at = 0;
  read_json_lines(*open_source(folder_ + "/expected_texts.jsonl", nullptr), [&](const JsonValue& row) {
    std::map<std::string, std::string> scored = rows.at(at++);
    ASSERT_EQ(scored["query_id"], row.field("query_id").id());
    const std::string query = task_in(scored) + "/" + scored["query_id"];
    const std::string model(row.field("model").string());
    EXPECT_EQ(sink.queries.at({query, 1}).value.first, row.field("prompt").string());
    if (row.field("repeat").number() != 1 || !seen.emplace(query, model).second) return;
    EXPECT_EQ(sink.responses.at({query, model, 1}).value, (*row.field("responses").parts().begin()).string());
    if (!row.field("input_tokens").is_null()) {
      EXPECT_EQ((sink.took.at({query, model}).tokens_in), row.field("input_tokens").number());
      EXPECT_EQ((sink.took.at({query, model}).tokens_out), row.field("output_tokens").number());
    }
  });
  EXPECT_EQ(at, rows.size());
}

TEST_P(EveryEvalFiles, AreRecognised) {
  EXPECT_EQ(recognise(std::vector<std::string>{folder_ + "/in"}).format->name, "every-eval-ever");
}

TEST_P(EveryEvalFiles, OneFileAloneGivesItsRows) {
  std::set<EvalScore> together;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ + "/in")) {
    if (entry.path().extension() != ".jsonl") continue;
    const std::string path = entry.path().string();
    EXPECT_EQ(recognise(std::vector<std::string>{path}).format->name, "every-eval-ever");
    const RecordingSink sink = every_eval_of(path);
    for (const auto& [note, where] : sink.notes) EXPECT_THAT(note, testing::Not(HasSubstr("without an aggregate")));
    together.merge(scores_in(sink));
  }
  EXPECT_EQ(together, scores_in(every_eval_of(folder_ + "/in")));
}

INSTANTIATE_TEST_SUITE_P(Cases, EveryEvalFiles, testing::Values("from-lm-eval", "from-helm", "from-inspect"),
                         [](const auto& param) {
                           std::string name = param.param;
                           std::erase(name, '-');
                           return name;
                         });

std::string aggregate_of(std::string_view time, std::string_view library = "inspect") {
  return R"({"schema_version": "0.3.0", "evaluation_id": "c/org/m/)" + std::string(time) +
         R"(", "evaluation_timestamp": ")" + std::string(time) + R"(", "eval_library": {"name": ")" +
         std::string(library) +
         R"("}, "model_info": {"id": "org/m", "inference_engine": {"name": "vllm"}}, "evaluation_results": [
 {"evaluation_result_id": "acc", "evaluation_name": "c", "metric_config": {"lower_is_better": false, "min_score": 0, "max_score": 1}},
 {"evaluation_result_id": "time", "evaluation_name": "c", "metric_config": {"lower_is_better": true, "min_score": 0, "max_score": "Infinity"}}]})";
}

std::string row_with(std::string_view id, std::string_view scorer, double score, std::string_view more) {
  return R"({"schema_version": "0.3.0", "evaluation_id": "c/org/m/1", "model_id": "org/m", "evaluation_name": "c", "evaluation_result_id": )" +
         std::string(scorer) + R"(, "sample_id": ")" + std::string(id) + R"(", "evaluation": {"score": )" +
         std::to_string(score) + R"(, "is_correct": false}, )" + std::string(more) + "}\n";
}

constexpr std::string_view kOne =
    R"("sample_hash": "aa", "input": {"raw": "6 x 7?", "reference": ["42"]}, "output": {"raw": ["It is 42."]},
 "answer_attribution": [{"extracted_value": "42", "is_terminal": true}])";

std::string one_line(std::string_view text) {
  std::string line(text);
  std::erase(line, '\n');
  return line;
}

class EveryEvalFolder : public testing::Test {
 protected:
  void write(std::string_view uuid, std::string_view samples, std::string_view aggregate = "") {
    files_.write("data/c/org/m/" + std::string(uuid) + "_samples.jsonl", samples);
    if (!aggregate.empty()) files_.write("data/c/org/m/" + std::string(uuid) + ".json", aggregate);
  }
  RecordingSink read(const FormatOptions& options = {}) { return every_eval_of(files_.path(), options); }
  SampleFolder files_;
};

TEST_F(EveryEvalFolder, ARowBecomesAQueryAResponseLabelsAndAScore) {
  write("u", row_with("1", R"("acc")", 0.5, one_line(kOne)), aggregate_of("1"));
  const RecordingSink sink = read();
  EXPECT_EQ(sink.queries.at({"c/1", 1}).value, RecordingSink::Query("6 x 7?", "c"));
  EXPECT_EQ(sink.responses.at({"c/1", "org/m", 1}).value, "It is 42.");
  EXPECT_EQ(sink.labels.at({"c/1", ""}).value, "42");
  EXPECT_EQ(sink.labels.at({"c/1", "org/m"}).value, "42");
  EXPECT_EQ(sink.scores.at({"c/1", "org/m", "acc", 1, 1}).value, 0.5);
  EXPECT_EQ(sink.judges.at("acc").lower_is_better, false);
  EXPECT_EQ(sink.judges.at("acc").most, 1);
  EXPECT_EQ(sink.providers.at("org/m"), "vllm");
}

TEST_F(EveryEvalFolder, AFailedSampleHasNoScoreOfAnyMetric) {
  write("u", row_with("1", "null", 0, one_line(kOne) + R"(, "error": "cut")"), aggregate_of("1"));
  for (const bool wrong : {false, true}) {
    const RecordingSink sink = read({.errors_are_wrong = wrong});
    const double acc = sink.scores.at({"c/1", "org/m", "acc", 1, 1}).value;
    EXPECT_TRUE(wrong ? acc == 0 : std::isnan(acc));
    // The worst time has no limit.
    EXPECT_TRUE(std::isnan(sink.scores.at({"c/1", "org/m", "time", 1, 1}).value));
    EXPECT_THAT(sink.notes, Contains(Pair(HasSubstr("a sample failed"), HasSubstr("u_samples.jsonl:1"))));
    EXPECT_FALSE(sink.labels.contains({"c/1", "org/m"}));
  }
}

TEST_F(EveryEvalFolder, AScoreOfNoMetricIsTold) {
  write("u", row_with("1", "null", 0, one_line(kOne)), aggregate_of("1"));
  EXPECT_THAT(read().notes, Contains(Pair(HasSubstr("a score of no metric"), HasSubstr("u_samples.jsonl:1"))));
}

TEST_F(EveryEvalFolder, AScoreThatIsMissingIsTheTruth) {
  std::string row = row_with("1", R"("acc")", 0, one_line(kOne));
  row.replace(row.find("0.000000"), 8, "null");
  write("u", row, aggregate_of("1"));
  EXPECT_EQ(read().scores.at({"c/1", "org/m", "acc", 1, 1}).value, 0);
  row.replace(row.find("\"is_correct\": false"), 19, "\"is_correct\": null");
  write("u", row, aggregate_of("1"));
  EXPECT_TRUE(std::isnan(read().scores.at({"c/1", "org/m", "acc", 1, 1}).value));
}

TEST_F(EveryEvalFolder, EpochsAndRowsThatComeAgainAreRepeats) {
  const std::string row = one_line(kOne);
  write("u",
        row_with("1", R"("acc")", 0, row + R"(, "metadata": {"epoch": "3"})") + row_with("1", R"("time")", 7, row) +
            row_with("1", R"("time")", 8, row),
        aggregate_of("1"));
  const RecordingSink sink = read();
  EXPECT_EQ(scores_in(sink),
            (std::set<EvalScore>{
                {"c/1", "org/m", "acc", 3, 0}, {"c/1", "org/m", "time", 1, 7}, {"c/1", "org/m", "time", 2, 8}}));
}

TEST_F(EveryEvalFolder, TheRightChoiceIsALetter) {
  const auto labels = [&](std::string_view reference, std::string_view answer, std::string_view library) {
    write("u",
          row_with("1", R"("acc")", 0,
                   R"("input": {"raw": "Q", "choices": ["3", "1", "x"], "reference": [")" + std::string(reference) +
                       R"("]}, "output": {"raw": [")" + std::string(answer) + R"("]})"),
          aggregate_of("1", library));
    const RecordingSink sink = read();
    EXPECT_EQ(sink.options.at("c/1"), 3);
    return *sink.labels.at({"c/1", ""}).value + *sink.labels.at({"c/1", "org/m"}).value;
  };
  EXPECT_EQ(labels("1", "x", "helm"), "BC");
  EXPECT_EQ(labels("2", " A", "helm"), "CA");
  EXPECT_EQ(labels("1", "3", "lm_eval"), "BA");
  EXPECT_EQ(labels("0", "3", "lm_eval"), "AA");
}

TEST_F(EveryEvalFolder, TheLastMessageOfTheAssistantIsTheResponse) {
  const std::string messages = R"([{"role": "assistant", "content": "a"}, {"role": "tool", "content": "b"}, )"
                               R"({"role": "assistant", "content": "c"}, {"role": "tool", "content": null}])";
  write("u",
        row_with("1", R"("acc")", 0,
                 R"("input": {"raw": "Q", "reference": []}, "output": null, "messages": )" + messages),
        aggregate_of("1"));
  EXPECT_EQ(read().responses.at({"c/1", "org/m", 1}).value, "c");
}

TEST_F(EveryEvalFolder, FiltersLookAtTheSameSamples) {
  std::string strict = row_with("1", R"("em:strict")", 0, one_line(kOne));
  std::string loose = row_with("1", R"("em:loose")", 1, one_line(kOne));
  strict.replace(strict.find(R"("evaluation_name": "c")"), 22, R"("evaluation_name": "c/strict")");
  loose.replace(loose.find(R"("evaluation_name": "c")"), 22, R"("evaluation_name": "c/loose")");
  write("u", strict + loose);
  EXPECT_EQ(scores_in(read()),
            (std::set<EvalScore>{{"c/1", "org/m", "em:strict", 1, 0}, {"c/1", "org/m", "em:loose", 1, 1}}));
}

TEST_F(EveryEvalFolder, OldRowsHaveTextsInsteadOfLists) {
  files_.write(
      "old_samples.jsonl",
      R"({"schema_version": "instance_level_eval_0.2.2", "evaluation_id": "c/m/1", "model_id": "m", "evaluation_name": "c", "sample_id": 4, "input": {"raw": "2x2?", "reference": "4"}, "output": {"raw": "4"}, "evaluation": {"score": 1.0, "is_correct": true}})");
  const RecordingSink sink = read();
  EXPECT_EQ(scores_in(sink), (std::set<EvalScore>{{"c/4", "m", "c", 1, 1}}));
  EXPECT_EQ(sink.responses.at({"c/4", "m", 1}).value, "4");
  EXPECT_EQ(sink.labels.at({"c/4", ""}).value, "4");
  EXPECT_THAT(sink.notes, Contains(Pair(HasSubstr("samples without an aggregate"), HasSubstr("old_samples"))));
}

TEST_F(EveryEvalFolder, OfSeveralRunsTheNewestCounts) {
  write("aa", row_with("1", R"("acc")", 1, one_line(kOne)), aggregate_of("1795899944.5"));
  write("bb", row_with("1", R"("acc")", 0, one_line(kOne)), aggregate_of("1795899900"));
  EXPECT_EQ(read().scores.at({"c/1", "org/m", "acc", 1, 1}).value, 1);
  EXPECT_THAT(read().notes, Contains(Pair(HasSubstr("an older run"), HasSubstr("bb_samples"))));
  EXPECT_EQ(read({.run = "bb"}).scores.at({"c/1", "org/m", "acc", 1, 1}).value, 0);
  EXPECT_THAT(error_of([&] { read({.run = "cc"}); }), HasSubstr("expected `run` to be"));
}

TEST_F(EveryEvalFolder, AnotherSampleWithTheSameIdIsAnotherQuery) {
  std::string other = one_line(kOne);
  other.replace(other.find("\"aa\""), 4, "\"bbbbbbbbbb\"");
  write("u", row_with("1", R"("acc")", 1, one_line(kOne)) + row_with("1", R"("acc")", 0, other), aggregate_of("1"));
  EXPECT_EQ(scores_in(read()),
            (std::set<EvalScore>{{"c/1", "org/m", "acc", 1, 1}, {"c/1#bbbbbbbb", "org/m", "acc", 1, 0}}));
}

TEST_F(EveryEvalFolder, AnAggregateAloneSaysSo) {
  files_.write("x/u.json", aggregate_of("1"));
  EXPECT_THAT(recognise_every_eval_ever(files_.path()), HasSubstr("u.json"));
  EXPECT_THAT(error_of([&] { read(); }), HasSubstr("--include_samples"));
  write("v", row_with("1", R"("acc")", 1, one_line(kOne)));
  EXPECT_THAT(read().notes, Contains(Pair(HasSubstr("an aggregate without samples"), HasSubstr("u.json"))));
}

TEST(EveryEvalTime, IsANumberOrADate) {
  EXPECT_EQ(every_eval_seconds("1795899944.5"), 1795899944.5);
  EXPECT_EQ(every_eval_seconds("1970-01-02T00:00:10Z"), 86410);
  EXPECT_EQ(every_eval_seconds("soon"), 0);
  EXPECT_EQ(every_eval_seconds(""), 0);
}

}  // namespace
}  // namespace assay::data
