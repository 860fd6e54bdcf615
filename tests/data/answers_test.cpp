#include "assay/data/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/data/alpaca_eval.h"
#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

class AnswersTest : public testing::Test {
 protected:
  RecordingSink read(const std::string& path, const FormatOptions& options = {}) const {
    RecordingSink sink;
    read_answers(std::vector<std::string>{path}, options, sink, {});
    return sink;
  }

  SampleFolder folder_;
};

TEST_F(AnswersTest, AFileForEachModel) {
  folder_.write("a/gpt-4o.jsonl", "{\"prompt\": \"p\", \"response\": \"x\"}\n");
  folder_.write("a/org/small.json", "[{\"prompt\": \"p\", \"completion\": \"y\"}]");
  folder_.write("a/large/answers.csv", "prompt,output\np,z\n");
  folder_.write("a/prompts.jsonl", "{\"id\": \"q1\", \"prompt\": \"p\"}\n");
  const RecordingSink sink = read(folder_.path("a"));
  EXPECT_EQ(sink.responses.size(), 3U);
  EXPECT_EQ(sink.responses.at({"q1", "gpt-4o", 1}).value, "x");
  EXPECT_EQ(sink.responses.at({"q1", "org/small", 1}).value, "y");
  EXPECT_EQ(sink.responses.at({"q1", "large", 1}).value, "z");
  EXPECT_THAT(sink.notes, Contains(Pair("model \"gpt-4o\": called as its file", testing::_)));
  EXPECT_EQ(recognise_answers(folder_.path("a")), "files with prompts and answers");
}

TEST_F(AnswersTest, AnswersOfAFolderAreTheModels) {
  folder_.write("a/m.jsonl", "{\"question\": \"p\", \"answer\": \"x\"}\n");
  EXPECT_EQ(read(folder_.path("a")).responses.size(), 1U);
  EXPECT_THAT(error_of([&] { read(folder_.path("a/m.jsonl")); }),
              HasSubstr("expected to know whose \"answer\" is"));
  FormatOptions options;
  options.model = "n";
  EXPECT_EQ(read(folder_.path("a/m.jsonl"), options).responses.count({instruction_id("p"), "n", 1}), 1U);
}

TEST_F(AnswersTest, ANameThatTellsNoModelIsAskedFor) {
  const std::string path = folder_.write("responses.jsonl", "{\"prompt\": \"p\", \"response\": \"x\"}\n");
  EXPECT_THAT(error_of([&] { read(path); }), HasSubstr("say `model` NAME, or name the file after its model"));
  EXPECT_EQ(recognise_answers(path), "answers without the name of a model");
}

TEST_F(AnswersTest, FilesThatNameModelsAreReadAsTheySay) {
  folder_.write("a/scores.csv", "model,prompt_id,passed\nm,q,1\n");
  EXPECT_EQ(read(folder_.path("a")).scores.count({"q", "m", "passed", 1, 1}), 1U);
}

TEST_F(AnswersTest, AFolderWithoutIsTold) {
  folder_.write("a/readme.txt", "hello");
  EXPECT_THAT(error_of([&] { read(folder_.path("a")); }),
              HasSubstr("a row needs a prompt or an id, and a response"));
  EXPECT_EQ(recognise_answers(folder_.path("a")), "");
}

}  // namespace
}  // namespace assay::data
