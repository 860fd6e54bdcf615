#include "assay/data/lm_eval.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <tuple>

#include "assay/data/json_reader.h"
#include "assay/data/recognise.h"
#include "tests/data/expected_rows.h"
#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

RecordingSink lm_eval_of(const std::vector<std::string>& paths, const FormatOptions& options = {}) {
  RecordingSink sink;
  read_lm_eval(paths, options, sink, {});
  return sink;
}

/// Task, query, model, scorer, repeat and score.
using ScoreRow = std::tuple<std::string, std::string, std::string, int, double>;

std::set<ScoreRow> rows_of(const RecordingSink& sink) {
  std::set<ScoreRow> rows;
  for (const auto& [key, entry] : sink.scores) {
    const auto& [query, model, judge, turn, repeat] = key;
    rows.emplace(query, model, judge, repeat, entry.value);
  }
  return rows;
}

class LmEvalFiles : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (eval_tools_folder().empty()) GTEST_SKIP() << "no files of evaluation tools: set ASSAY_BENCH_DATA";
    folder_ = eval_tools_folder() + "/lm-eval/" + GetParam();
  }
  std::string folder_;
};

TEST_P(LmEvalFiles, GiveTheExpectedScores) {
  std::set<ScoreRow> expected;
  std::map<std::string, bool> lower;
  for (auto& row : expected_rows(folder_ + "/expected.csv")) {
    expected.emplace(row["task"] + "/" + row["query_id"], row["model"], row["scorer"], std::stoi(row["repeat"]),
                     std::stod(row["number"]));
    lower[row["scorer"]] = row["higher_is_better"] == "false";
  }
  const RecordingSink sink = lm_eval_of({folder_ + "/in"});
  EXPECT_EQ(rows_of(sink), expected);
  for (const auto& [judge, record] : sink.judges) EXPECT_EQ(record.lower_is_better, lower.at(judge)) << judge;
}

TEST_P(LmEvalFiles, GiveTheExpectedTexts) {
  const RecordingSink sink = lm_eval_of({folder_ + "/in"});
  read_json_lines(*open_source(folder_ + "/expected_texts.jsonl", nullptr), [&](const JsonValue& row) {
    const std::string query =
        std::string(row.field("task").string()) + "/" + std::string(row.field("query_id").id());
    const std::string model(row.field("model").string());
    if (row.field("prompt").kind() == JsonKind::string) {
      EXPECT_EQ(sink.queries.at({query, 1}).value.first, row.field("prompt").string());
    }
    EXPECT_EQ(sink.queries.at({query, 1}).value.second, row.field("task").string());
    EXPECT_EQ(sink.responses.at({query, model, 1}).value, (*row.field("responses").parts().begin()).string());
    const auto choices = row.field("choices");
    const std::string target(row.field("target").string());
    if (!choices.is_null()) {
      EXPECT_EQ(sink.labels.at({query, ""}).value, std::string(1, static_cast<char>('A' + std::stoi(target))));
    } else if (row.field("task").string() != "toy_ppl" && !target.starts_with('[')) {
      EXPECT_EQ(sink.labels.at({query, ""}).value, target);
    } else {
      EXPECT_FALSE(sink.labels.contains({query, ""}));
    }
  });
}

TEST_P(LmEvalFiles, AreRecognised) {
  EXPECT_EQ(recognise(std::vector<std::string>{folder_ + "/in"}).format->name, "lm-eval");
}

TEST_P(LmEvalFiles, OneFileAloneGivesItsRows) {
  const std::set<ScoreRow> all = rows_of(lm_eval_of({folder_ + "/in"}));
  std::set<ScoreRow> together;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ + "/in")) {
    if (!entry.path().filename().string().starts_with("samples_")) continue;
    EXPECT_EQ(recognise(std::vector<std::string>{entry.path().string()}).format->name, "lm-eval");
    together.merge(rows_of(lm_eval_of({entry.path().string()})));
  }
  EXPECT_EQ(together, all);
}

INSTANTIATE_TEST_SUITE_P(Cases, LmEvalFiles, testing::Values("two-models", "dummy-limit", "json-path", "chat-api"),
                         [](const auto& param) {
                           std::string name = param.param;
                           std::erase(name, '-');
                           return name;
                         });

constexpr std::string_view kDate = "2026-01-02T03-04-05.678901";
constexpr std::string_view kLaterDate = "2026-01-03T03-04-05";

std::string results_of(std::string_view model, std::string_view task) {
  return R"({"results": {")" + std::string(task) + R"(": {"alias": "t"}}, "model_name": ")" + std::string(model) +
         R"(", "config": {"model": "hf", "model_args": "pretrained=x,api_key=secret", "model_num_parameters": 7000}})";
}

std::string row_of(std::string_view id, std::string_view more) {
  return R"({"doc_id": )" + std::string(id) + R"(, "doc": {"filter": "x", "acc": 5}, )" + std::string(more) + "}\n";
}

constexpr std::string_view kText =
    R"("target": "12", "arguments": {"gen_args_0": {"arg_0": "3 x 4?", "arg_1": {"until": []}}},
       "resps": [["It is 12."]], "filtered_resps": ["12"], "filter": "strict")";

std::string text_row(std::string_view id, std::string_view more) {
  std::string text(kText);
  std::erase(text, '\n');
  return row_of(id, text + ", " + std::string(more));
}

/// A model's folder with one task.
class LmEvalFolderTest : public testing::Test {
 protected:
  void write(std::string_view folder, std::string_view task, std::string_view date, std::string_view samples,
             std::string_view results = "") {
    const std::string in(folder);
    files_.write(in + "/samples_" + std::string(task) + "_" + std::string(date) + ".jsonl", samples);
    if (!results.empty()) files_.write(in + "/results_" + std::string(date) + ".json", results);
  }
  RecordingSink read(const FormatOptions& options = {}) { return lm_eval_of({files_.path()}, options); }

  SampleFolder files_;
};

TEST_F(LmEvalFolderTest, ARowBecomesAQueryAResponseLabelsAndScores) {
  write("org__m", "a_b-c", kDate, text_row("17", R"("metrics": ["em"], "em": 1.0, "other": 3)"),
        results_of("org/m", "a_b-c"));
  const RecordingSink sink = read();
  EXPECT_EQ(sink.queries.at({"a_b-c/17", 1}).value, RecordingSink::Query("3 x 4?", "a_b-c"));
  EXPECT_EQ(sink.responses.at({"a_b-c/17", "org/m", 1}).value, "It is 12.");
  EXPECT_EQ(sink.labels.at({"a_b-c/17", ""}).value, "12");
  EXPECT_EQ(sink.labels.at({"a_b-c/17", "org/m"}).value, "12");
  EXPECT_THAT(rows_of(sink), ElementsAre(ScoreRow("a_b-c/17", "org/m", "em,strict", 1, 1)));
  EXPECT_EQ(sink.providers.at("org/m"), "hf");
  EXPECT_EQ(sink.facts.at("org/m").value.first, 7000);
}

TEST_F(LmEvalFolderTest, TheFirstFilterGivesTheLabel) {
  std::string second = text_row("1", R"("metrics": ["em"], "em": 0)");
  second.replace(second.find("strict"), 6, "loose");
  second.replace(second.find(R"(["12"])"), 6, R"(["13"])");
  write("m", "t", kDate, text_row("1", R"("metrics": ["em"], "em": 1)") + second);
  const RecordingSink sink = read();
  EXPECT_EQ(sink.labels.at({"t/1", "m"}).value, "12");
  EXPECT_THAT(rows_of(sink),
              ElementsAre(ScoreRow("t/1", "m", "em,loose", 1, 0), ScoreRow("t/1", "m", "em,strict", 1, 1)));
}

TEST_F(LmEvalFolderTest, NothingExtractedIsNoAnswer) {
  std::string row = text_row("1", R"("metrics": [])");
  row.replace(row.find(R"(["12"])"), 6, R"(["[invalid]"])");
  write("m", "t", kDate, row);
  const RecordingSink sink = read();
  EXPECT_EQ(sink.labels.at({"t/1", "m"}).value, "");
  EXPECT_TRUE(sink.scores.empty());
}

TEST_F(LmEvalFolderTest, ValuesOfMetricsAreOfManyKinds) {
  const std::string row = text_row(
      "1",
      R"("metrics": ["a", "b", "c", "d", "e", "f", "g"], "a": true, "b": "0.5", "c": {"x": 1, "y": [2, 3]}, "d": null, "e": NaN, "f": "good", "g": "False")");
  write("m", "t", kDate, row, results_of("m", "t"));
  const RecordingSink sink = read();
  const auto value = [&](const char* judge) { return sink.scores.at({"t/1", "m", judge, 1, 1}).value; };
  EXPECT_EQ(value("a,strict"), 1);
  EXPECT_EQ(value("b,strict"), 0.5);
  EXPECT_EQ(value("c/x,strict"), 1);
  EXPECT_EQ(value("c/y/1,strict"), 3);
  EXPECT_EQ(value("g,strict"), 0);
  for (const char* none : {"d,strict", "e,strict", "f,strict"}) EXPECT_TRUE(std::isnan(value(none))) << none;
  std::set<std::string> notes;
  for (const auto& [what, where] : sink.notes) notes.insert(what);
  EXPECT_THAT(notes, ElementsAre("a metric has no value: no score", "a metric's value is a text: no score",
                                 "a metric's value is no finite number: no score"));
}

TEST_F(LmEvalFolderTest, WhatHasNoValueMayCountAsWrong) {
  write("m", "t", kDate, text_row("1", R"("metrics": ["d"], "d": null)"));
  EXPECT_EQ(read({.errors_are_wrong = true}).scores.at({"t/1", "m", "d,strict", 1, 1}).value, 0);
}

std::string choices(std::string_view target, std::string_view likelihoods, std::string_view arguments) {
  return row_of("1", R"("target": )" + std::string(target) + R"(, "arguments": )" + std::string(arguments) +
                         R"(, "resps": )" + std::string(likelihoods) +
                         R"(, "filter": "none", "metrics": ["acc"], "acc": 1)");
}

constexpr std::string_view kThree =
    R"({"gen_args_0": {"arg_0": "Q", "arg_1": " no"}, "gen_args_1": {"arg_0": "Q", "arg_1": " yes"}, "gen_args_2": {"arg_0": "Q", "arg_1": " 7"}})";

TEST_F(LmEvalFolderTest, TheLikeliestChoiceIsTheResponse) {
  write("m", "t", kDate,
        choices(R"("0")", R"([[["-6.1", "False"]], [["-1.5", "True"]], [["-inf", "False"]]])", kThree));
  const RecordingSink sink = read();
  EXPECT_EQ(sink.responses.at({"t/1", "m", 1}).value, "yes");
  EXPECT_EQ(sink.labels.at({"t/1", ""}).value, "A");
  EXPECT_EQ(sink.labels.at({"t/1", "m"}).value, "B");
  EXPECT_EQ(sink.options.at("t/1"), 3);
}

TEST_F(LmEvalFolderTest, AChoiceMayBeNamedByItsText) {
  write("m", "t", kDate,
        choices(R"("yes")", R"([[["-6.1", "False"]], [["-1.5", "True"]], [["-9", "False"]]])", kThree));
  EXPECT_EQ(read().labels.at({"t/1", ""}).value, "B");
}

TEST_F(LmEvalFolderTest, SeveralRightChoicesAreNoLabel) {
  write("m", "t", kDate,
        choices(R"("[0, 1]")", R"([[["-6.1", "False"]], [["-1.5", "True"]], [["-9", "False"]]])", kThree));
  EXPECT_FALSE(read().labels.contains({"t/1", ""}));
}

TEST_F(LmEvalFolderTest, ChoicesThatAreAskedWithoutTheQuestionAreNoChoices) {
  write("m", "t", kDate,
        choices("0", R"([[["-6", "False"]], [["-2", "True"]], [["-1", "False"]], [["-9", "False"]]])",
                R"([["Q", " a"], ["Q", " b"], ["", " a"], ["", " b"]])"));
  const RecordingSink sink = read();
  EXPECT_EQ(sink.responses.at({"t/1", "m", 1}).value, "b");
  EXPECT_EQ(sink.options.at("t/1"), 2);
}

TEST_F(LmEvalFolderTest, AChoiceMayStandWithinTheQuestion) {
  write("m", "t", kDate,
        choices("1", R"([[["-6", "False"]], [["-2", "True"]]])",
                R"([["Ann so she", " left"], ["Bob so she", " left"]])"));
  EXPECT_EQ(read().responses.at({"t/1", "m", 1}).value, "Bob so she");
}

TEST_F(LmEvalFolderTest, OneContinuationIsAResponseIfTheModelWouldSayIt) {
  for (const bool greedy : {false, true}) {
    write(
        "m", "t", kDate,
        choices(R"("moon")", greedy ? R"([[["-6", "True"]]])" : R"([[["-6", "False"]]])", R"([["The", " moon"]])"));
    EXPECT_EQ((read().responses.contains({"t/1", "m", 1})), greedy);
  }
}

TEST_F(LmEvalFolderTest, TheLikelihoodOfAWholeTextHasNoRightAnswer) {
  write(
      "m", "t", kDate,
      row_of(
          "1",
          R"("target": "a cat", "arguments": {"gen_args_0": {"arg_0": "a cat"}}, "resps": [["-5.5"]], "filtered_resps": ["-5.5"], "filter": "none", "metrics": ["ppl"], "ppl": [-5.5, 2])"));
  const RecordingSink sink = read();
  EXPECT_TRUE(sink.labels.empty());
  EXPECT_TRUE(sink.judges.empty());  // of a pair there is no direction
  EXPECT_THAT(rows_of(sink),
              ElementsAre(ScoreRow("t/1", "m", "ppl/0,none", 1, -5.5), ScoreRow("t/1", "m", "ppl/1,none", 1, 2)));
}

TEST_F(LmEvalFolderTest, OldRowsHaveListsAndNumbers) {
  files_.write("results.json",
               R"({"results": {"hella_swag": {"acc,none": 1, "alias": "x"}, "swag": {"acc,none": 1, "alias": "x"}},
 "config": {"model": "hf", "model_args": "pretrained=Eleuther/j,dtype=float16"}})");
  files_.write("pretrained=Eleuther__j,dtype=float16_hella_swag.jsonl", R"([
  {"doc_id": 0, "doc": {"a": 1}, "target": 1, "arguments": [["Q", " a"], ["Q", " b"]],
   "resps": [[[-2.5, false]], [[-1.5, true]]], "filtered_resps": [[-2.5, false], [-1.5, true]], "acc": 1.0, "acc_norm": 0.0}
])");
  const RecordingSink sink = read();
  EXPECT_THAT(rows_of(sink), ElementsAre(ScoreRow("hella_swag/0", "Eleuther/j", "acc,none", 1, 1),
                                         ScoreRow("hella_swag/0", "Eleuther/j", "acc_norm,none", 1, 0)));
  EXPECT_EQ(sink.responses.at({"hella_swag/0", "Eleuther/j", 1}).value, "b");
  EXPECT_EQ(sink.labels.at({"hella_swag/0", ""}).value, "B");
  EXPECT_EQ(sink.queries.at({"hella_swag/0", 1}).value.first, "Q");
  EXPECT_EQ(sink.options.at("hella_swag/0"), 2);
}

TEST_F(LmEvalFolderTest, OldRowsOfSeveralFiltersGoByTheirOrder) {
  files_.write("results.json",
               R"({"results": {"t": {"em,strict": 1, "em_stderr,strict": 0, "em,loose": 0, "alias": "t"}},
 "config": {"model": "hf", "model_args": "pretrained=m"}})");
  const std::string row = R"({"doc_id": 0, "doc": {}, "target": "a", "arguments": [["Q", {}]], "resps": [["a"]],
 "filtered_resps": ["a"], "em": )";
  files_.write("pretrained=m_t.jsonl", "[" + row + "1}, " + row + "0}]");
  EXPECT_THAT(rows_of(read()),
              ElementsAre(ScoreRow("t/0", "m", "em,loose", 1, 0), ScoreRow("t/0", "m", "em,strict", 1, 1)));
  files_.write("pretrained=m_t.jsonl", "[" + row + "1}, " + row + "0}, " + row + "0}]");
  EXPECT_THAT(error_of([&] { read(); }), HasSubstr("one for each filter, came more"));
}

TEST_F(LmEvalFolderTest, OfSeveralRunsTheNewestCounts) {
  write("m", "t", kLaterDate, text_row("1", R"("metrics": ["em"], "em": 1)"), results_of("m", "t"));
  write("m", "t", kDate, text_row("1", R"("metrics": ["em"], "em": 0)"), results_of("m", "t"));
  write("m", "a", kDate, text_row("1", R"("metrics": ["em"], "em": 0)"));
  const RecordingSink newest = read();
  EXPECT_EQ(newest.scores.at({"t/1", "m", "em,strict", 1, 1}).value, 1);
  EXPECT_EQ(newest.scores.at({"a/1", "m", "em,strict", 1, 1}).value, 0);
  EXPECT_THAT(newest.notes, testing::Contains(Pair("an older run of a model on a task, not read: the newest counts",
                                                   HasSubstr(std::string(kDate)))));
  EXPECT_EQ(read({.run = "2026-01-02"}).scores.at({"t/1", "m", "em,strict", 1, 1}).value, 0);
  EXPECT_THAT(error_of([&] { read({.run = "2025"}); }), HasSubstr("expected `run` to be a part of the name"));
}

TEST_F(LmEvalFolderTest, LocalModelsAreCalledByTheirLastNames) {
  write(".__models__x", "t", kDate, text_row("1", R"("metrics": ["em"], "em": 1)"), results_of("./models/x", "t"));
  write("__home__ann__run1__last", "t", kDate, text_row("1", R"("metrics": ["em"], "em": 1)"),
        results_of("/home/ann/run1/last", "t"));
  write("__home__ann__run2__last", "t", kDate, text_row("1", R"("metrics": ["em"], "em": 1)"));
  std::set<std::string> models;
  for (const auto& [key, entry] : read().scores) models.insert(std::get<1>(key));
  EXPECT_THAT(models, ElementsAre("./models/x", "run1/last", "run2/last"));
}

TEST_F(LmEvalFolderTest, ADocumentInTwoTemplatesIsOneQuery) {
  const std::string row = text_row("1", R"("metrics": ["em"], "em": 1, "doc_hash": "aa")");
  std::string templated = row;
  templated.replace(templated.find("3 x 4?"), 6, "<|user|>3 x 4?");
  write("m", "t", kDate, row);
  write("n", "t", kDate, templated);
  const RecordingSink sink = read();
  EXPECT_EQ(sink.queries.size(), 1U);
  EXPECT_EQ(sink.scores.size(), 2U);
  EXPECT_THAT(sink.notes,
              testing::Contains(Pair(HasSubstr("another prompt for the same document"), HasSubstr("/n/"))));
}

TEST_F(LmEvalFolderTest, AnotherDocumentWithTheSameNumberIsAnotherQuery) {
  write("m", "t", kDate, text_row("1", R"("metrics": ["em"], "em": 1, "doc_hash": "aa")"));
  write("n", "t", kDate, text_row("1", R"("metrics": ["em"], "em": 0, "doc_hash": "bbbbbbbbbbbb")"));
  write("o", "t", kDate, text_row("1", R"("metrics": ["em"], "em": 0, "doc_hash": "bbbbbbbbbbbb")"));
  EXPECT_THAT(rows_of(read()),
              ElementsAre(ScoreRow("t/1", "m", "em,strict", 1, 1), ScoreRow("t/1#bbbbbbbb", "n", "em,strict", 1, 0),
                          ScoreRow("t/1#bbbbbbbb", "o", "em,strict", 1, 0)));
}

TEST_F(LmEvalFolderTest, MessagesBecomeAText) {
  std::string row = text_row("1", R"("metrics": [])");
  const std::string list =
      R"(["[{\"role\": \"system\", \"content\": \"Be short.\"}, {\"role\": \"user\", \"content\": \"3 x 4?\"}]"])";
  row.replace(row.find(R"("3 x 4?")"), 8, list);
  write("m", "t", kDate, row);
  const RecordingSink sink = read();
  EXPECT_EQ(sink.queries.at({"t/1", 1}).value.first, "system: Be short.\n\nuser: 3 x 4?");
  EXPECT_EQ(sink.messages.at("t/1"),
            R"([{"role":"system","content":"Be short."},{"role":"user","content":"3 x 4?"}])");
}

TEST_F(LmEvalFolderTest, ResultsWithoutSamplesSaySo) {
  files_.write("m/results_" + std::string(kDate) + ".json", results_of("m", "t"));
  EXPECT_EQ(recognise_lm_eval(files_.path()), "results_*.json of lm-evaluation-harness");
  EXPECT_THAT(error_of([&] { read(); }), HasSubstr("run lm-eval with --log_samples"));
  write("n", "t", kDate, text_row("1", R"("metrics": ["em"], "em": 1)"));
  EXPECT_THAT(read().notes,
              testing::Contains(Pair(HasSubstr("results without samples"), HasSubstr("/m/results_"))));
}

TEST_F(LmEvalFolderTest, OtherFilesAreNotTakenForSamples) {
  files_.write("a.jsonl", R"({"query": "q", "prompt": "ask"})");
  files_.write("b.json", R"({"results": {"version": 2, "results": []}})");
  EXPECT_EQ(recognise_lm_eval(files_.path()), "");
  EXPECT_THAT(error_of([&] { read(); }), HasSubstr("came none"));
}

TEST_F(LmEvalFolderTest, ARowWithoutItsNumberIsAnError) {
  write("m", "t", kDate, "{\"doc\": {}}\n");
  EXPECT_THAT(error_of([&] { read(); }), HasSubstr(".jsonl:1: expected a field \"doc_id\""));
}

}  // namespace
}  // namespace assay::data
