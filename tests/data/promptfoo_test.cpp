#include "assay/data/promptfoo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/data/json_reader.h"
#include "assay/data/recognise.h"
#include "tests/data/expected_rows.h"
#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

RecordingSink import_promptfoo(const std::vector<std::string>& paths, const FormatOptions& options = {}) {
  RecordingSink sink;
  read_promptfoo(paths, options, sink, {});
  return sink;
}

struct RowText {
  std::string provider = R"({"id": "openai:small", "label": ""})";
  std::string prompt = "plain";
  std::string raw = "6 x 7?";
  int prompt_index = 0;
  int test = 0;
  std::string vars = R"({"q": "6 x 7?"})";
  std::string response = R"({"output": "42", "tokenUsage": {"prompt": 5, "completion": 2}, "cost": 0.00002})";
  std::string scores = R"("score": 1, "success": true, "failureReason": 0)";
  std::string grading = R"({"pass": true, "score": 1, "reason": "All", "componentResults": []})";
  std::string asserts = "[]";
  std::string more;
};

std::string text_of_row(const RowText& row) {
  static int ids = 0;
  return R"({"id": "row-)" + std::to_string(++ids) + R"(", "provider": )" + row.provider +
         R"(, "prompt": {"raw": ")" + row.raw + R"(", "label": ")" + row.prompt + R"("}, "promptId": ")" +
         row.prompt + R"(", "promptIdx": )" + std::to_string(row.prompt_index) + R"(, "testIdx": )" +
         std::to_string(row.test) + R"(, "vars": )" + row.vars + R"(, "testCase": {"assert": )" + row.asserts +
         row.more + R"(}, "response": )" + row.response + R"(, "latencyMs": 250, "gradingResult": )" + row.grading +
         ", " + row.scores + "}";
}

std::string eval_of(std::initializer_list<RowText> rows, std::string_view id = "eval-1",
                    std::string_view time = "2026-01-01") {
  std::string text = R"({"evalId": ")" + std::string(id) + R"(", "results": {"version": 3, "timestamp": ")" +
                     std::string(time) + R"(", "prompts": [], "results": [)";
  bool first = true;
  for (const RowText& row : rows) {
    text += (first ? "" : ",\n") + text_of_row(row);
    first = false;
  }
  return text + R"(], "stats": {}}, "config": {"env": {"KEY": "sk-secret"}}})";
}

RecordingSink read_eval(const std::string& text, const FormatOptions& options = {}) {
  const SampleFolder folder;
  return import_promptfoo({folder.write("output.json", text)}, options);
}

std::string only_query(const RecordingSink& sink) {
  EXPECT_EQ(sink.queries.size(), 1U);
  return sink.queries.begin()->first.first;
}

std::vector<std::string> models_of(const RecordingSink& sink) {
  std::set<std::string> names;
  for (const auto& [key, entry] : sink.scores) names.insert(std::get<1>(key));
  return {names.begin(), names.end()};
}

void expect_expected(const std::string& folder, const std::vector<std::string>& paths, bool several_prompts) {
  std::map<std::string, std::string> ids;  // of the tests in expected.csv: the study's
  FormatOptions wrong{.errors_are_wrong = true};
  const RecordingSink counted = import_promptfoo(paths, wrong);
  const RecordingSink sink = import_promptfoo(paths);
  const auto model_of = [&](const std::string& model, const std::string& prompt) {
    return several_prompts ? model + " [" + prompt + "]" : model;
  };
  read_json_lines(*open_source(folder + "/expected_texts.jsonl", nullptr), [&](const JsonValue& row) {
    const std::string model =
        model_of(std::string(row.field("model").string()), std::string(row.field("prompt").string()));
    const auto& vars = row.field("vars");
    std::string id;
    for (const auto& [key, entry] : sink.queries) {
      const std::string& text = entry.value.first;
      const bool prompt = text == row.field("rendered_prompt").string();
      const bool variables = text.find(vars.parts().begin().operator*().string()) != std::string::npos;
      if (prompt || (several_prompts && variables)) id = key.first;
    }
    ASSERT_FALSE(id.empty()) << row.field("rendered_prompt").string();
    ids[std::string(row.field("query_id").id())] = id;
    if (row.field("repeat").number() != 1) return;
    const bool answered = !row.field("response").is_null();
    EXPECT_EQ(sink.responses.contains({id, model, 1}), answered);
    if (!answered) return;
    const std::string& response = sink.responses.at({id, model, 1}).value;
    if (row.field("response").kind() == JsonKind::string) EXPECT_EQ(response, row.field("response").string());
    const AnswerCost& took = sink.took.at({id, model});
    EXPECT_EQ(took.tokens_in, row.field("input_tokens").number());
    EXPECT_EQ(took.tokens_out, row.field("output_tokens").number());
    EXPECT_EQ(took.cost, std::llround(row.field("cost").number() * 1e6));
    EXPECT_EQ(took.seconds, row.field("latency_ms").number() / 1000);
  });
  EXPECT_EQ(ids.size(), sink.queries.size());
  std::size_t scores = 0;
  std::size_t lost = 0;
  for (const auto& row : expected_rows(folder + "/expected.csv")) {
    const std::string model = model_of(row.at("model"), row.at("prompt"));
    const std::string& id = ids.at(row.at("query_id"));
    if (row.at("scorer").empty()) {
      EXPECT_TRUE(std::isnan(sink.scores.at({id, model, "score", 1, 1}).value));
      EXPECT_EQ(counted.scores.at({id, model, "success", 1, 1}).value, 0);
      continue;
    }
    ++scores;
    const std::tuple key{id, model, row.at("scorer"), 1, std::stoi(row.at("repeat"))};
    const std::string& text = row.at("score");
    const double value = text == "true" ? 1 : text == "false" ? 0 : std::stod(text);
    // As promptfoo counts: a grader that failed is a 0 in expected.csv too.
    EXPECT_EQ(counted.scores.at(key).value, value) << row.at("scorer");
    if (std::isnan(sink.scores.at(key).value)) {
      ++lost;
      EXPECT_EQ(value, 0);
    } else {
      EXPECT_EQ(sink.scores.at(key).value, value);
    }
  }
  // A grader failed on two answers: of each the assertion, its metric and the whole are no scores.
  EXPECT_EQ(lost, several_prompts ? 6U : 0U);
  const std::size_t failures = several_prompts ? 2 * 5 : 0;  // score, success, a metric and two assertions of each
  EXPECT_EQ(sink.scores.size(), scores + failures);
}

TEST(Promptfoo, RealEvaluationsAreWhatTheirFieldsSay) {
  const std::string tools = eval_tools_folder();
  ASSAY_NEED_BENCH_DATA(tools);
  const std::string two = tools + "/promptfoo/two-models";
  const std::string repeat = tools + "/promptfoo/repeat";
  expect_expected(two, {two + "/in/output.json"}, true);
  expect_expected(two, {two + "/in/output.jsonl"}, true);
  expect_expected(two, {two + "/in"}, true);
  expect_expected(repeat, {repeat + "/in/output.json"}, false);
  expect_expected(repeat, {repeat + "/in/export.json"}, false);
  expect_expected(repeat, {repeat + "/in"}, false);
  const RecordingSink sink = import_promptfoo({repeat + "/in"});
  EXPECT_EQ(sink.drops.size(), 2U);
  EXPECT_EQ(sink.drops.at(0).first, "a file with the same evaluation as another");
  for (const std::string& path : {two, two + "/in/output.json", two + "/in/output.jsonl", two + "/in/output.csv"}) {
    EXPECT_THAT(recognise_promptfoo(path), HasSubstr("promptfoo")) << path;
  }
}

TEST(Promptfoo, OnePromptIsNoPartOfANameSeveralAre) {
  RecordingSink sink = read_eval(eval_of({{}, {.provider = R"({"id": "x", "label": "big"})", .prompt_index = 1}}));
  EXPECT_THAT(models_of(sink), ElementsAre("big", "openai:small"));
  EXPECT_EQ(sink.queries.at({only_query(sink), 1}).value.first, "6 x 7?");
  EXPECT_EQ(sink.providers.at("openai:small"), "openai");
  sink = read_eval(eval_of({{}, {.prompt = "Be brief.\\n{{q}}", .raw = "Be brief.\\n6 x 7?", .prompt_index = 1}}));
  EXPECT_THAT(models_of(sink), ElementsAre("openai:small [Be brief. {{q}}]", "openai:small [plain]"));
  EXPECT_EQ(sink.queries.at({only_query(sink), 1}).value.first, "6 x 7?");
}

TEST(Promptfoo, ProvidersThatAreCalledTheSameAreToldApart) {
  const RecordingSink sink = read_eval(eval_of({{.prompt_index = 0}, {.prompt_index = 1}, {.prompt_index = 2}}));
  EXPECT_THAT(models_of(sink), ElementsAre("openai:small", "openai:small #2", "openai:small #3"));
}

TEST(Promptfoo, RepeatsAreNumberedByTheirPlaceInTheTests) {
  const RecordingSink sink = read_eval(eval_of({{.test = 7, .scores = R"("score": 0.75, "success": true)"},
                                                {.test = 3, .scores = R"("score": 0.25, "success": true)"}}));
  const std::string id = only_query(sink);
  EXPECT_EQ(sink.scores.at({id, "openai:small", "score", 1, 1}).value, 0.25);
  EXPECT_EQ(sink.scores.at({id, "openai:small", "score", 1, 2}).value, 0.75);
}

TEST(Promptfoo, VariablesOfTheRunTellNoTestsApart) {
  const RecordingSink sink =
      read_eval(eval_of({{.vars = R"({"q": "a", "n": 2, "_conversation": [1], "sessionId": "s1"})"},
                         {.raw = "other", .prompt_index = 1, .vars = R"({"n": 2, "q": "a", "sessionId": "s2"})"}}));
  EXPECT_EQ(sink.queries.at({only_query(sink), 1}).value.first, "n: 2\nq: a");
}

TEST(Promptfoo, TestsThatDifferOnlyInTheirAssertionsAreTwo) {
  const RecordingSink sink =
      read_eval(eval_of({{}, {.test = 1, .asserts = R"([{"type": "contains", "value": "4"}])"}}));
  EXPECT_EQ(sink.queries.size(), 2U);
}

TEST(Promptfoo, OnlyErrorsAreErrors) {
  const std::string failed = R"("score": 0, "success": false, "failureReason": 1, "error": "Expected ...")";
  const std::string broken = R"("score": 0, "success": false, "failureReason": 2, "error": "429")";
  const std::string old = R"("score": 0, "success": false, "error": "No output")";
  const auto scores = [](const std::string& how, const std::string& grading) {
    const RecordingSink sink = read_eval(eval_of({{.response = "{}",
                                                   .scores = how,
                                                   .grading = grading,
                                                   .asserts = R"([{"type": "contains", "metric": "m"}])"}}));
    std::map<std::string, double> found;
    for (const auto& [key, entry] : sink.scores) found[std::get<2>(key)] = entry.value;
    return found;
  };
  EXPECT_EQ(scores(failed, R"({"componentResults": []})").at("score"), 0);
  for (const std::string& how : {broken, old}) {
    const auto found = scores(how, "null");
    EXPECT_EQ(found.size(), 4U);
    for (const char* name : {"score", "success", "metric/m", "assert/0/contains"})
      EXPECT_TRUE(std::isnan(found.at(name)));
  }
}

TEST(Promptfoo, AGraderThatFailedGivesNoScore) {
  const std::string lost =
      R"({"pass": false, "score": 0, "reason": "Could not extract JSON", "metadata": {"graderError": true}, "assertion": {"type": "llm-rubric", "metric": "m"}})";
  const std::string good = R"({"pass": true, "score": 1, "assertion": {"type": "contains"}})";
  const std::string bad = R"({"pass": false, "score": 0, "assertion": {"type": "contains"}})";
  const auto success = [&](const std::string& other, const std::string& more) {
    const RecordingSink sink =
        read_eval(eval_of({{.scores = R"("score": 0.5, "success": false, "namedScores": {"m": 0, "n": 1})",
                            .grading = R"({"componentResults": [)" + other + "," + lost + "]}",
                            .more = more}}));
    const std::string id = only_query(sink);
    EXPECT_TRUE(std::isnan(sink.scores.at({id, "openai:small", "score", 1, 1}).value));
    EXPECT_TRUE(std::isnan(sink.scores.at({id, "openai:small", "metric/m", 1, 1}).value));
    EXPECT_TRUE(std::isnan(sink.scores.at({id, "openai:small", "assert/1/llm-rubric", 1, 1}).value));
    EXPECT_EQ(sink.scores.at({id, "openai:small", "metric/n", 1, 1}).value, 1);
    return sink.scores.at({id, "openai:small", "success", 1, 1}).value;
  };
  EXPECT_TRUE(std::isnan(success(good, "")));
  EXPECT_EQ(success(bad, ""), 0);  // the other assertion failed anyway
  EXPECT_TRUE(std::isnan(success(bad, R"(, "threshold": 0.5)")));
}

TEST(Promptfoo, SetsAreNotCountedTwiceAndPeopleAreScorers) {
  const RecordingSink sink =
      read_eval(eval_of({{.grading = R"({"componentResults": [{"pass": true, "score": 1, "assertion": null},
                      {"pass": true, "score": 0.5, "assertion": {"type": "equals"}},
                      {"pass": false, "score": 0, "assertion": {"type": "human"}}]})"}}));
  std::map<std::string, double> found;
  for (const auto& [key, entry] : sink.scores) found[std::get<2>(key)] = entry.value;
  EXPECT_EQ(found,
            (std::map<std::string, double>{{"assert/1/equals", 0.5}, {"human", 0}, {"score", 1}, {"success", 1}}));
}

TEST(Promptfoo, WhatIsNotCheckedAndWhatIsChosenIsTold) {
  RecordingSink sink = read_eval(eval_of({{}}));
  EXPECT_THAT(sink.notes.at(0).first, HasSubstr("a test without assertions"));
  sink = read_eval(eval_of(
      {{.grading =
            R"({"componentResults": [{"pass": true, "score": 1, "assertion": {"type": "select-best"}}]})"}}));
  EXPECT_THAT(sink.notes.at(0).first, HasSubstr("select-best"));
}

TEST(Promptfoo, AnExactAnswerIsALabel) {
  RecordingSink sink =
      read_eval(eval_of({{.asserts = R"([{"type": "equals", "value": "42"}, {"type": "is-json"}])"}}));
  EXPECT_EQ(*sink.labels.at({only_query(sink), ""}).value, "42");
  sink = read_eval(eval_of({{.asserts = R"([{"type": "equals", "value": "{{answer}}"}])"}}));
  EXPECT_TRUE(sink.labels.empty());
}

TEST(Promptfoo, AnswersOfOtherKindsAndFromTheCache) {
  const RecordingSink sink = read_eval(eval_of(
      {{.response = R"({"output": {"a": [1, "x"]}, "cached": true, "tokenUsage": {"total": 7, "cached": 7}})"}}));
  const std::string id = only_query(sink);
  EXPECT_EQ(sink.responses.at({id, "openai:small", 1}).value, R"({"a": [1, "x"]})");
  EXPECT_FALSE(sink.took.contains({id, "openai:small"}));
}

TEST(Promptfoo, TheNewestEvaluationCounts) {
  const SampleFolder folder;
  const auto row = [](std::string_view score) {
    return RowText{.scores = R"("success": true, "score": )" + std::string(score)};
  };
  folder.write("b.json", eval_of({row("0.25")}, "eval-old", "2026-01-01"));
  folder.write("a.json", eval_of({row("0.5")}, "eval-new", "2026-02-01"));
  const auto score = [&](const FormatOptions& options) {
    const RecordingSink sink = import_promptfoo({folder.path()}, options);
    EXPECT_EQ(sink.drops.size(), 1U);
    return sink.scores.at({only_query(sink), "openai:small", "score", 1, 1}).value;
  };
  EXPECT_EQ(score({}), 0.5);
  EXPECT_EQ(score({.run = "b.json"}), 0.25);
  EXPECT_EQ(score({.run = "eval-old"}), 0.25);
  EXPECT_THAT(error_of([&] { score({.run = "eval-x"}); }), HasSubstr("came \"eval-x\""));
}

TEST(Promptfoo, PathsAndSecretsOfProvidersStayOut) {
  EXPECT_EQ(promptfoo_provider("file:///home/me/answers.js"), "file:answers.js");
  EXPECT_EQ(promptfoo_provider("exec: python /home/me/run.py --fast"), "exec:python run.py --fast");
  EXPECT_EQ(promptfoo_provider("https://me:sk-1@host.org/v1/chat?key=sk-2"), "https://host.org/v1/chat");
  EXPECT_EQ(promptfoo_provider("openrouter:meta-llama/llama-3"), "openrouter:meta-llama/llama-3");
  EXPECT_EQ(promptfoo_provider("./my/provider.mjs"), "provider.mjs");
}

TEST(Promptfoo, TheTableIsRefusedAndOtherFilesAreNotRecognised) {
  const SampleFolder folder;
  const std::string table = folder.write("output.csv", "q,[a] p,Status,Score,Named Scores,Grader Reason,Comment\n");
  EXPECT_THAT(error_of([&] { import_promptfoo({table}); }),
              HasSubstr("promptfoo export eval latest -o output.json"));
  EXPECT_THAT(recognise_promptfoo(table), HasSubstr("promptfoo"));
  EXPECT_THAT(error_of([&] { import_promptfoo({folder.path()}); }), HasSubstr("came one without"));
  EXPECT_THAT(recognise_promptfoo(folder.write("x.json", R"({"results": {"exact": 1}, "version": 2})")), IsEmpty());
  EXPECT_THAT(recognise_promptfoo(folder.write("x.jsonl", R"({"query": "q", "prompt": "p"})")), IsEmpty());
  const std::string empty = folder.write("output.json", R"({"results": {"results": []}})");
  EXPECT_THAT(error_of([&] { import_promptfoo({empty}); }), HasSubstr("expected rows in \"results\", came none"));
}

TEST(Promptfoo, PromptsOfMessagesAreChats) {
  const SampleFolder folder;
  const std::string raw = R"([\n  {\"role\": \"system\", \"content\": \"Be brief.\"},\n  {\"role\": \"user\", )"
                          R"(\"content\": \"6 x 7?\"}\n])";
  const RecordingSink sink = import_promptfoo({folder.write("output.json", eval_of({{.raw = raw}}))});
  ASSERT_EQ(sink.messages.size(), 1U);
  EXPECT_EQ(sink.messages.begin()->second,
            R"([{"role":"system","content":"Be brief."},{"role":"user","content":"6 x 7?"}])");
  EXPECT_THAT(import_promptfoo({folder.write("output.json", eval_of({{.raw = "[1, 2]"}}))}).messages, IsEmpty());
}

}  // namespace
}  // namespace assay::data
