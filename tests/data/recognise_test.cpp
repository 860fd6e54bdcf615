#include "assay/data/recognise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/core/error.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

TEST(Recognise, WhatNobodyKnowsIsAskedFor) {
  const SampleFolder folder;
  const std::string path = folder.write("notes.txt", "buy milk\n");
  try {
    recognise(std::vector<std::string>{path});
    FAIL() << "recognised";
  } catch (const InvalidArgument& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("put its name before the path: alpaca-eval, "));
  }
}

class RecogniseTest : public testing::Test {
 protected:
  std::string format_of(const std::string& path) const {
    return std::string(recognise(std::vector<std::string>{path}).format->name);
  }
  std::string format_of_file(const std::string& name, const std::string& text) const {
    return format_of(folder_.write(name, text));
  }

  SampleFolder folder_;
};

TEST_F(RecogniseTest, TablesByTheirHeader) {
  EXPECT_EQ(format_of_file("a.csv", "id,prompt,m1,m2\nq,p,1,0\n"), "csv");
  EXPECT_EQ(format_of_file("a.tsv", "query\tm1\tm2\nq\twin\tloss\n"), "csv");
  EXPECT_EQ(format_of_file("b.csv", "model;prompt_id;passed\nm;q;true\n"), "csv");
  EXPECT_EQ(format_of_file("c.csv", "model_a,model_b,winner\na,b,tie\n"), "battles");
  EXPECT_EQ(format_of_file("gpt.csv", "prompt,response\np,r\n"), "answers");
}

TEST_F(RecogniseTest, RowsOfJsonByTheirKeys) {
  EXPECT_EQ(format_of_file("a.jsonl", "{\"query\": \"q\", \"model\": \"m\", \"score\": 1}\n"), "jsonl");
  EXPECT_EQ(format_of_file("b.jsonl", "{\"prompt\": \"a {b\\\"}\"}\n"), "jsonl");
  EXPECT_EQ(format_of_file("c.json", "[{\"x\": {\"winner\": 1}, \"id\": 1, \"model\": \"m\", \"passed\": true}]"),
            "jsonl");
  EXPECT_EQ(format_of_file("d.json", "[\n{\"left\": \"a\", \"right\": \"b\", \"winner\": \"a\"}]"), "battles");
  EXPECT_EQ(format_of_file("e.jsonl", "{\"question\": \"a\", \"output\": \"b\"}\n"), "answers");
  // Longer than what is looked at.
  EXPECT_EQ(format_of_file("f.jsonl", "{\"prompt\": \"" + std::string(200'000, 'x') + "\"}\n"), "jsonl");
}

TEST_F(RecogniseTest, FoldersByWhatIsInThem) {
  folder_.write("alpaca/m/j/annotations.json",
                "[{\"instruction\": \"q\", \"output_1\": \"a\", \"generator_1\": \"b\", \"preference\": 1}]");
  EXPECT_EQ(format_of(folder_.path("alpaca")), "alpaca-eval");
  EXPECT_EQ(format_of(folder_.path("alpaca/m/j/annotations.json")), "alpaca-eval");
  folder_.write("arena/question.jsonl", "{\"uid\": \"u\", \"prompt\": \"p\"}\n");
  folder_.write("arena/model_judgment/j/m.jsonl", "{\"uid\": \"u\", \"games\": []}\n");
  EXPECT_EQ(format_of(folder_.path("arena")), "arena-hard");
  folder_.write("x/mt/question.jsonl", "{\"question_id\": 1, \"turns\": [\"t\"]}\n");
  folder_.write("x/mt/model_judgment/j.jsonl", "{\"question_id\": 1, \"score\": 3}\n");
  EXPECT_EQ(format_of(folder_.path("x")), "mt-bench");
}

TEST_F(RecogniseTest, FilesOfOnesOwnGoTogether) {
  const std::vector<std::string> paths = {folder_.write("prompts.jsonl", "{\"id\": 1, \"prompt\": \"p\"}\n"),
                                          folder_.write("m.jsonl", "{\"id\": 1, \"output\": \"r\"}\n")};
  EXPECT_EQ(recognise(paths).format->name, "answers");
}

TEST_F(RecogniseTest, WhatIsDamagedIsNotKnown) {
  for (const char* text : {"{", "[", "[1, 2]", "{\"a\": 1}", "id", "\"id,a", "a,b\n1,2\n"}) {
    EXPECT_THROW(format_of_file("x.csv", text), InvalidArgument) << text;
  }
}

TEST_F(RecogniseTest, WhatIsNoTextIsTold) {
  const auto problem = [&](const std::string& text) { return error_of([&] { format_of_file("x.csv", text); }); };
  EXPECT_THAT(problem(""), testing::HasSubstr("x.csv: expected rows, came an empty file"));
  EXPECT_THAT(problem("\xEF\xBB\xBF \n\n"), testing::HasSubstr("x.csv: expected rows, came blanks alone"));
  EXPECT_THAT(problem(std::string("\xFF\xFEi\0d\0", 6)), testing::HasSubstr("came UTF-16; convert it: iconv"));
  EXPECT_THAT(problem(std::string("i\0d\0,\0", 6)), testing::HasSubstr("came UTF-16; convert it: iconv"));
}

TEST_F(RecogniseTest, PromptsAndWideRows) {
  EXPECT_EQ(format_of_file("p.csv", "prompt,reference\np,r\n"), "csv");
  EXPECT_EQ(format_of_file("w.json", "[{\"prompt_id\": 1, \"gpt-4\": 0.5, \"claude\": 1}]"), "jsonl");
}

TEST(Recognise, APathWhereNothingIsIsTold) {
  EXPECT_THROW(recognise(std::vector<std::string>{"/nowhere/at/all"}), InvalidArgument);
  EXPECT_THROW(recognise({}), InvalidArgument);
}

}  // namespace
}  // namespace assay::data
