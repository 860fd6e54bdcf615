#include "assay/data/own_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/data/alpaca_eval.h"
#include "assay/data/jsonl.h"
#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

RecordingSink own_rows(std::string_view text, const FormatOptions& options = {}) {
  RecordingSink sink;
  OwnRowWriter writer(options, sink);
  read_jsonl_file(*memory_source("f", text), text.front(), writer);
  return sink;
}

std::string own_error(std::string_view text, const FormatOptions& options = {}) {
  return error_of([&] { own_rows(text, options); });
}

FormatOptions of_model(const char* name) {
  FormatOptions options;
  options.model = name;
  return options;
}

TEST(OwnJson, PromptsWithoutIds) {
  const RecordingSink sink = own_rows("{\"prompt\": \"6 x 7?\"}\n{\"prompt\": \"ask\", \"category\": \"c\"}\n");
  EXPECT_EQ(sink.queries.size(), 2U);
  EXPECT_EQ(sink.queries.at({instruction_id("6 x 7?"), 1}).value.first, "6 x 7?");
  EXPECT_EQ(sink.queries.at({instruction_id("ask"), 1}).value.second, "c");
  EXPECT_THAT(sink.notes, Contains(Pair("key \"category\": read as the task", "f:2")));
}

TEST(OwnJson, AnswersJoinByTheSamePrompt) {
  const RecordingSink sink =
      own_rows(R"([{"id": 7, "prompt": "a"}, {"instruction": "a", "output": "x", "latency": 3}])", of_model("m"));
  EXPECT_EQ(sink.responses.at({"7", "m", 1}).value, "x");
  EXPECT_EQ(sink.queries.size(), 1U);
  EXPECT_THAT(sink.notes, Contains(Pair("no id: the same prompt's was taken", "f:1")));
  EXPECT_THAT(sink.notes, Contains(Pair("key \"latency\": passed over", "f:1")));
}

TEST(OwnJson, ResponsesAndScoresInOneRow) {
  const RecordingSink sink = own_rows(
      R"({"prompt_id": "q", "model": "m", "response": "r", "passed": true, "rating": null, "score": "85%"}
{"prompt_id": "q", "model": "n", "response": null, "passed": 0.0})");
  EXPECT_EQ(sink.responses.size(), 1U);
  EXPECT_EQ(sink.scores.at({"q", "m", "passed", 1, 1}).value, 1);
  EXPECT_EQ(sink.scores.at({"q", "m", "jsonl", 1, 1}).value, 0.85);
  EXPECT_EQ(sink.scores.at({"q", "n", "passed", 1, 1}).value, 0);
  EXPECT_THAT(sink.drops, Contains(Pair("no answer from the model", "f:2")));
}

TEST(OwnJson, MessagesOfAChat) {
  const RecordingSink plain = own_rows(R"({"id": "q", "messages": [{"role": "user", "content": "hi"}]})");
  EXPECT_EQ(plain.queries.at({"q", 1}).value.first, "hi");
  EXPECT_TRUE(plain.messages.empty());
  const std::string_view talk = R"({"id": "q", "messages": [{"role": "system", "content": "be kind"},
 {"role": "user", "content": [{"type": "text", "text": "hi"}]}, {"role": "assistant", "content": "hello"}]})";
  std::string line(talk);
  std::erase(line, '\n');
  const RecordingSink sink = own_rows(line, of_model("m"));
  EXPECT_EQ(sink.queries.at({"q", 1}).value.first, "system: be kind\n\nuser: hi");
  EXPECT_EQ(sink.messages.at("q"), R"([{"role":"system","content":"be kind"},{"role":"user","content":"hi"}])");
  EXPECT_EQ(sink.responses.at({"q", "m", 1}).value, "hello");
  EXPECT_THAT(own_error(line), HasSubstr("say `model` NAME"));
  line.insert(1, R"("response": "other", )");
  const RecordingSink beside = own_rows(line, of_model("m"));
  EXPECT_EQ(beside.responses.at({"q", "m", 1}).value, "other");
  EXPECT_THAT(beside.notes, Contains(Pair(HasSubstr("last message is left out"), "f:1")));
  EXPECT_THAT(own_error(R"({"id": "q", "messages": [{"role": "user", "content": [{"type": "image"}]}]})"),
              HasSubstr("expected a part with a text"));
  EXPECT_THAT(own_error(R"({"id": "q", "messages": []})"), HasSubstr("expected a message of the user"));
}

// Else what a user wrote would be sent as what the system says.
TEST(OwnJson, AChatAndATextThatLooksLikeItAreTwoPrompts) {
  const std::string chat =
      R"({"prompt": [{"role": "system", "content": "be kind"}, {"role": "user", "content": "hi"}]})";
  const std::string text = R"({"prompt": "system: be kind\n\nuser: hi"})";
  const std::string told = "f:2: expected an id for a prompt that another prompt equals as a text";
  EXPECT_THAT(own_error(chat + "\n" + text), HasSubstr(told));
  EXPECT_THAT(own_error(text + "\n" + chat), HasSubstr(told));
  EXPECT_EQ(own_rows(chat + "\n" + chat).messages.size(), 1U);
  EXPECT_TRUE(own_rows(text).messages.empty());
  const auto with_id = [](std::string row, const char* id) {
    return row.insert(1, "\"id\": \"" + std::string(id) + "\", ");
  };
  const RecordingSink both = own_rows(with_id(chat, "a") + "\n" + with_id(text, "b"));
  EXPECT_TRUE(both.messages.contains("a"));
  EXPECT_FALSE(both.messages.contains("b"));
}

TEST(OwnJson, RightAnswersThatAreShortAreLabels) {
  const RecordingSink sink = own_rows("{\"prompt\": \"a\", \"id\": 1, \"target\": \"B\"}\n");
  EXPECT_EQ(sink.labels.at({"1", ""}).value, "B");
}

TEST(OwnJson, RightAnswersByAllTheirNames) {
  for (const char* key : {"reference", "answer", "expected", "target", "ideal", "gold", "expected_output",
                          "ground_truth", "correct_answer", "reference_answer"}) {
    for (const char* prompt : {"\"prompt\": \"a\", \"id\": 1", "\"question\": \"a\", \"id\": 1",
                               "\"query\": \"1\", \"prompt\": \"a\""}) {
      const RecordingSink sink = own_rows(std::string("{") + prompt + ", \"" + key + "\": \"42\"}\n");
      ASSERT_EQ(sink.labels.count({"1", ""}), 1U) << key << " " << prompt;
      EXPECT_EQ(sink.labels.at({"1", ""}).value, "42") << key;
      EXPECT_EQ(sink.queries.at({"1", 1}).value.first, "a");
    }
  }
  EXPECT_EQ(own_rows(R"({"question": "6 x 7?", "id": 1, "answer": 42})").labels.at({"1", ""}).value, "42");
}

TEST(OwnJson, RightAnswersThatAreLongOrListsAreReferences) {
  const std::string long_answer(65, 'x');
  EXPECT_EQ(
      own_rows("{\"prompt\": \"a\", \"id\": 1, \"reference\": \"" + long_answer + "\"}").references.at("1").value,
      long_answer);
  EXPECT_EQ(own_rows(R"({"prompt": "a", "id": 1, "ideal": ["Paris", "Lutetia"]})").references.at("1").value,
            R"(["Paris", "Lutetia"])");
  const RecordingSink sink = own_rows(R"({"prompt": "a", "id": 1, "expected": {"x": 1}})");
  EXPECT_EQ(sink.references.at("1").value, R"({"x": 1})");
  EXPECT_TRUE(sink.labels.empty());
  EXPECT_TRUE(sink.drops.empty());
}

TEST(OwnJson, SaysWhatToDo) {
  EXPECT_THAT(own_error(R"({"prompt": "a", "response": "b"})"), HasSubstr("say `model` NAME"));
  EXPECT_THAT(own_error(R"({"id": 1, "answer": "b", "score": 1})"),
              HasSubstr("expected to know whose \"answer\" is"));
  EXPECT_THAT(own_error(R"({"model": "m", "response": "b"})"), HasSubstr("a row needs an \"id\", or a \"prompt\""));
  EXPECT_THAT(own_error(R"({"id": 1, "model": "n", "response": "b"})", of_model("m")),
              HasSubstr("expected answers of \"m\""));
  EXPECT_THAT(own_error(R"({"id": 1, "model": "n", "score": [1]})"),
              HasSubstr("f:1: expected a number, true, false"));
}

}  // namespace
}  // namespace assay::data
