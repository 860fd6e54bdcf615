#include "assay/data/battles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/data/alpaca_eval.h"
#include "assay/data/jsonl.h"
#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

RecordingSink battles(std::string_view text, const FormatOptions& options = {}) {
  RecordingSink sink;
  read_battle_file(*memory_source("f", text), first_character(*memory_source("f", text)), options, sink);
  return sink;
}

std::string battle_error(std::string_view text) {
  return error_of([&] { battles(text); });
}

TEST(Battles, ReadATable) {
  const RecordingSink sink = battles("left,right,winner\nm1,m2,left\n m1 ,m3,tie\nm2,m3,Right\nm2,m3,m2\n");
  EXPECT_EQ(sink.verdicts.size(), 4U);
  EXPECT_EQ(sink.verdicts.at({"f:1", "m1", "m2", "battles", 1}).value, 1);
  EXPECT_EQ(sink.verdicts.at({"f:2", "m1", "m3", "battles", 1}).value, 0.5);
  EXPECT_EQ(sink.verdicts.at({"f:3", "m2", "m3", "battles", 1}).value, 0);
  EXPECT_EQ(sink.verdicts.at({"f:4", "m2", "m3", "battles", 1}).value, 1) << "a winner may be named";
  EXPECT_TRUE(sink.baselines.empty());
}

TEST(Battles, ATableMayHavePromptsTasksAndJudges) {
  FormatOptions options;
  options.baseline = "m2";
  options.task = "subject";
  const RecordingSink sink = battles(
      "question_id,model_a,model_b,winner,prompt,subject,judge,when\nq1,m1,m2,both_bad,ask,law,j,1\nq2,m1,m2,,x,,,"
      "2\n"
      "q3,m1,m1,tie,,,,3\n",
      options);
  EXPECT_EQ(sink.verdicts.at({"q1", "m1", "m2", "j", 1}).value, 0.5);
  EXPECT_EQ(sink.queries.at({"q1", 1}).value, RecordingSink::Query("ask", "law"));
  EXPECT_EQ(sink.verdicts.size(), 1U);
  EXPECT_THAT(sink.baselines, ElementsAre("m2"));
  using Told = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(sink.drops, (Told{{"no winner", "f:3"}, {"a model against itself", "f:4"}}));
  EXPECT_EQ(sink.notes, (Told{{"column \"when\": passed over", "f:1"},
                              {"both_bad: both responses are bad, counted as a draw", "f:2"}}));
  options.judge = "all";
  EXPECT_EQ(battles("left,right,winner,judge\na,b,left,x\n", {.judge = "all"})
                .verdicts.count({"f:1", "a", "b", "all", 1}),
            1U);
}

TEST(Battles, ReadArenaRows) {
  const std::string row =
      R"({"question_id":"q1","model_a":"m1","model_b":"m2","winner":"model_b","judge":"arena_user_973",)"
      R"("conversation_a":[{"role":"user","content":"ask"},{"role":"assistant","content":"one"},)"
      R"({"role":"user","content":"more"},{"role":"assistant","content":[{"type":"text","text":"two"}]}],)"
      R"("conversation_b":[{"role":"user","content":"ask"},{"role":"assistant","content":"three"}],"turn":2})";
  for (const std::string& text : {row + "\n", "[" + row + "]", " \n[\n" + row + "\n]\n"}) {
    const RecordingSink sink = battles(text);
    EXPECT_EQ(sink.verdicts.at({"q1", "m1", "m2", "arena_user", 1}).value, 0);
    EXPECT_EQ(sink.queries.at({"q1", 1}).value.first, "ask");
    EXPECT_EQ(sink.queries.at({"q1", 2}).value.first, "more");
    EXPECT_EQ(sink.responses.at({"q1", "m1", 2}).value, "two");
    EXPECT_EQ(sink.responses.at({"q1", "m2", 1}).value, "three");
  }
  RecordingSink sink;
  read_jsonl_file(*memory_source("f", row), {}, sink);
  EXPECT_EQ(sink.verdicts.size(), 1U) << "jsonl knows such rows as well";
}

TEST(Battles, TheSamePromptIsTheSameQuery) {
  const RecordingSink sink = battles(
      R"x({"model_a":"m1","model_b":"m2","winner":"tie (bothbad)","prompt":"ask","response_a":"x","response_b":"y"}
{"model_a":"m1","model_b":"m3","winner":"tie","prompt":"ask","response_a":"other","response_b":"z"}
{"left":"m1","right":"m3","winner":null}
)x");
  const std::string ask = instruction_id("ask");
  EXPECT_EQ(sink.verdicts.at({ask, "m1", "m2", "battles", 1}).value, 0.5);
  EXPECT_EQ(sink.verdicts.at({ask, "m1", "m3", "battles", 1}).value, 0.5);
  EXPECT_TRUE(std::isnan(sink.verdicts.at({"f:3", "m1", "m3", "battles", 1}).value));
  EXPECT_EQ(sink.responses.at({ask, "m1", 1}).value, "x");
  EXPECT_EQ(sink.kept_first, 1U);
  EXPECT_EQ(sink.notes.size(), 1U);
}

TEST(Battles, TellWhatIsWrong) {
  EXPECT_EQ(battle_error("left,right,winner\nm1,m2,maybe\n"),
            "f:2: expected a winner (left, right, model_a, model_b, tie, both_bad or one of the two models), came "
            "\"maybe\"");
  EXPECT_THAT(battle_error("left,right,winner\nb,a,a\n"),
              HasSubstr("f:2: expected a winner that can be told, came \"a\""));
  EXPECT_EQ(battles("left,right,winner\na,b,a\n").verdicts.begin()->second.value, 1) << "both readings agree";
  EXPECT_EQ(battle_error("left,right\nm1,m2\n"),
            "f:1: expected columns left, right and winner (or model_a, model_b and winner), came others");
  EXPECT_EQ(battle_error("left,right,winner\nm1,,left\n"), "f:2: expected two models, came an empty field");
  EXPECT_EQ(battle_error("left,right,winner\n"), "f:2: expected rows after the header, came the end of the file");
  EXPECT_EQ(battle_error(""), "f:1: expected battles, came an empty file");
  EXPECT_EQ(battle_error("{\"model_a\":\"x\",\"winner\":\"tie\"}"),
            "f:1: expected model_a, model_b and winner (or left, right and winner), came an object without");
  EXPECT_THAT(battle_error("{\"left\":\"x\",\"right\":\"y\",\"winner\":1}"), HasSubstr("in \"winner\", came 1"));
  EXPECT_EQ(error_of([] { battles("left,right,winner\na,b,left\n", {.gold = "g"}); }),
            "a table of battles takes no `gold` and no `weights`");
}

}  // namespace
}  // namespace assay::data
