#include "assay/data/outcome_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "assay/core/error.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using testing::ElementsAre;

class OutcomeLinesTest : public testing::Test {
 protected:
  OutcomeLines read(const std::string& text) {
    folder_.write("x.jsonl", text);
    return read_outcome_lines(folder_.path("x.jsonl"));
  }

  SampleFolder folder_;
};

TEST_F(OutcomeLinesTest, AreWhatTheyAreToldToBe) {
  const OutcomeLines lines = read(
      R"({"model": "a", "right": true, "prompt": "Which?", "task": "law", "time": 1700000000.5, "why": "it is"}
{"model": "b", "right": 0.25, "vector": [0.5, -1], "task": ""}
{"model": "c", "right": 0, "vector": "AAAAPwAAgL8=", "embedding": "e/2"}
)");
  ASSERT_EQ(lines.lines.size(), 3U);
  EXPECT_EQ(lines.lines[0].model, "a");
  EXPECT_EQ(lines.lines[0].right, 1);
  EXPECT_EQ(lines.lines[0].prompt, "Which?");
  EXPECT_EQ(lines.lines[0].task, "law");
  EXPECT_EQ(lines.lines[0].time, 1700000000.5);
  EXPECT_EQ(lines.lines[1].right, 0.25);
  EXPECT_FALSE(lines.lines[1].task.has_value());
  EXPECT_TRUE(std::isnan(lines.lines[1].time));
  EXPECT_THAT(lines.lines[1].vector, ElementsAre(0.5F, -1.0F));
  EXPECT_THAT(lines.lines[2].vector, ElementsAre(0.5F, -1.0F)) << "base64 of the same";
  EXPECT_EQ(lines.lines[2].embedding, "e/2");
}

TEST_F(OutcomeLinesTest, DecisionsOfWhichNothingCameArePassedOver) {
  const OutcomeLines lines = read(
      "{\"model\": \"a\", \"prompt\": \"Which?\"}\n{\"right\": true}\n{\"model\": \"a\", \"right\": null}\n"
      "{\"model\": \"a\", \"right\": true}\n{\"model\": \"a\", \"right\": false, \"prompt\": \"\"}\n");
  EXPECT_EQ(lines.without_outcome, 3U);
  EXPECT_EQ(lines.without_prompt, 1U);
  EXPECT_EQ(lines.lines.size(), 1U);
}

TEST_F(OutcomeLinesTest, HalvesOfCharactersAreReadAndCounted) {
  const OutcomeLines lines = read(R"({"model": "a", "right": true, "prompt": "cut \ud83d", "why": "\ude00"}
{"model": "a", "right": true, "prompt": "whole \ud83d\ude00"}
)");
  EXPECT_EQ(lines.half_characters, 2U);
  ASSERT_EQ(lines.lines.size(), 2U);
  EXPECT_EQ(lines.lines[0].prompt, "cut \xEF\xBF\xBD");
  EXPECT_EQ(lines.lines[1].prompt, "whole \xF0\x9F\x98\x80");
}

TEST_F(OutcomeLinesTest, WhatDoesNotFitIsAnErrorWithItsLine) {
  for (const char* line :
       {R"({"model": "a", "right": 2, "prompt": "x"})", R"({"model": "a", "right": "yes", "prompt": "x"})",
        R"({"model": 1.5, "right": true, "prompt": "x"})", R"({"model": "a", "right": true, "vector": []})",
        R"({"model": "a", "right": true, "vector": "AAAA"})", R"({"model": "a", "right": true, "vector": "AA=="})",
        R"({"model": "a", "right": true, "vector": "!!!!"})",
        R"({"model": "a", "right": true, "vector": "AAAAP=AA"})",
        R"({"model": "a", "right": true, "vector": "AADAfw=="})",  // NaN
        R"({"model": "a", "right": true, "vector": [1e300]})", R"({"model": "a", "right": true, "prompt": 5})",
        R"({"model": "a", "right": true, "prompt": "x", "time": "now"})",
        R"({"model": "a", "right": true, "prompt": "x", "time": -5})",
        R"({"model": "a", "right": true, "prompt": "x", "time": 1700000000000})"}) {
    EXPECT_THROW(read(std::string("{\"model\": \"a\", \"right\": true, \"prompt\": \"x\"}\n") + line + "\n"),
                 DataError)
        << line;
  }
}

}  // namespace
}  // namespace assay::data
