#include "assay/data/jsonl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

RecordingSink file(std::string_view text, const FormatOptions& options = {}) {
  RecordingSink sink;
  read_jsonl_file(*memory_source("f", text), options, sink);
  return sink;
}

std::string jsonl_error(std::string_view text) {
  return error_of([&] { file(text); });
}

TEST(Jsonl, QueriesHaveWeights) {
  const RecordingSink sink = file(R"({"query":1,"prompt":"ask","weights":{"traffic":3,"revenue":0}}
{"query":"2","weights":{"traffic":0.5}}
)");
  EXPECT_EQ(sink.weights, (std::map<std::pair<std::string, std::string>, double>{
                              {{"traffic", "1"}, 3}, {{"revenue", "1"}, 0}, {{"traffic", "2"}, 0.5}}));
  EXPECT_EQ(sink.queries.at({"1", 1}).value.first, "ask");
  EXPECT_THAT(jsonl_error(R"({"query":"2","weights":{"traffic":-1}})"), HasSubstr("expected a weight from 0 on"));
  EXPECT_THAT(jsonl_error(R"({"query":"2","weights":{"traffic":"much"}})"),
              HasSubstr("expected a weight from 0 on"));
  EXPECT_THAT(jsonl_error(R"({"query":"2","weights":[3]})"), HasSubstr("expected an object of names and numbers"));
}

TEST(Jsonl, ReadsRecordsOfAllKinds) {
  const RecordingSink sink = file(R"({"query":1,"prompt":"ask","task":"t"}
{"query":"1","model":"m","response":"yes","turn":2}
{"query":"1","model":"m","verdict":"win","opponent":"o","judge":"j","turn":3}
{"query":"1","model":"m","verdict":0.25}
{"query":"2","model":"m","verdict":null}
{"query":"1","model":"m","score":-3.5,"repeat":4}
{"query":"2","model":"m","score":null}
{"query":"1","label":"B"}
{"query":"1","model":"m","label":""}
{"query":"1","model":"n","label":null}
)");
  EXPECT_EQ(sink.queries.at({"1", 1}).value, RecordingSink::Query("ask", "t"));
  EXPECT_EQ(sink.responses.at({"1", "m", 2}).value, "yes");
  EXPECT_EQ(sink.verdicts.at({"1", "m", "o", "j", 3}).value, 1);
  EXPECT_EQ(sink.verdicts.at({"1", "m", "baseline", "jsonl", 1}).value, 0.25);
  EXPECT_TRUE(std::isnan(sink.verdicts.at({"2", "m", "baseline", "jsonl", 1}).value));
  EXPECT_EQ(sink.scores.at({"1", "m", "jsonl", 1, 4}).value, -3.5);
  EXPECT_TRUE(std::isnan(sink.scores.at({"2", "m", "jsonl", 1, 1}).value));
  EXPECT_EQ(sink.labels.at({"1", ""}).value, "B");
  EXPECT_EQ(sink.labels.at({"1", "m"}).value, "");
  EXPECT_EQ(sink.labels.at({"1", "n"}).value, std::nullopt);
  EXPECT_THAT(sink.baselines, ElementsAre("baseline"));
  EXPECT_EQ(sink.labels.at({"1", "n"}).where, "f:10");
}

// Tables have nulls where JSON has null and where it has nothing.
TEST(Jsonl, RecordTellsWhatARowIsAbout) {
  const RecordingSink sink = file(R"({"record":"label","query":"1","model":"n"}
{"record":"verdict","query":"1","model":"m","opponent":"o","judge":"j"}
{"record":"score","query":"1","model":"m","judge":"j"}
{"record":"score","query":"2","model":"m","judge":"j","score":0.5}
{"record":"model","model":"m","parameters":7,"price":2}
{"record":"judge","judge":"j","most":10}
)");
  EXPECT_EQ(sink.labels.at({"1", "n"}).value, std::nullopt);
  EXPECT_TRUE(std::isnan(sink.verdicts.at({"1", "m", "o", "j", 1}).value));
  EXPECT_TRUE(std::isnan(sink.scores.at({"1", "m", "j", 1, 1}).value));
  EXPECT_EQ(sink.scores.at({"2", "m", "j", 1, 1}).value, 0.5);
  EXPECT_EQ(sink.facts.at("m").value.first, 7);
  EXPECT_EQ(sink.judges.at("j").most, 10);
  // It is a key as any other where it says nothing known.
  EXPECT_THAT(jsonl_error(R"({"record":"song","query":"1","label":"x"})"), HasSubstr("came \"record\""));
  EXPECT_THAT(jsonl_error(R"({"record":"label","query":"1","lable":"x"})"), HasSubstr("came \"lable\""));
}

TEST(Jsonl, TakesMissingNamesFromTheOptions) {
  FormatOptions options;
  options.judge = "j";
  options.baseline = "b";
  const RecordingSink sink = file("{\"query\":\"q\",\"model\":\"m\",\"verdict\":\"draw\"}", options);
  EXPECT_EQ(sink.verdicts.at({"q", "m", "b", "j", 1}).value, 0.5);
  EXPECT_THAT(sink.baselines, ElementsAre("b"));
  const std::string_view scores = R"({"query":"q","model":"m","score":1}
{"query":"q","model":"b","score":2})";
  EXPECT_THAT(file(scores, options).baselines, ElementsAre("b"));
  EXPECT_TRUE(file(scores).baselines.empty());
}

TEST(Jsonl, APromptMayHaveTheMessagesThatModelsAreSent) {
  const RecordingSink sink = file(R"({"query":1,"prompt":"read me","messages":[{"role":"user","content":"send me"}]}
{"query":2,"prompt":"same","messages":[{"role":"user","content":"same"}]}
{"query":3,"prompt":"none","messages":null}
{"query":4,"prompt":"Which?","options":["a","b"],"messages":[{"role":"system","content":"x"},{"role":"user","content":"W?"}]}
)");
  EXPECT_EQ(sink.queries.at({"1", 1}).value.first, "read me");
  EXPECT_EQ(sink.messages,
            (std::map<std::string, std::string>{
                {"1", R"([{"role":"user","content":"send me"}])"},
                {"4", R"([{"role":"system","content":"x"},{"role":"user","content":"W?\nA. a\nB. b"}])"}}));
  EXPECT_THAT(jsonl_error(R"({"query":1,"prompt":"x","messages":"y"})"), HasSubstr("f:1: expected an array"));
  EXPECT_THAT(jsonl_error(R"({"query":1,"prompt":"x","messages":[{"role":"user","content":"y"},)"
                          R"({"role":"assistant","content":"z"}]})"),
              HasSubstr("f:1: expected a message of the user at the end"));
}

TEST(Jsonl, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(
      jsonl_error("{\"query\":\"q\",\"model\":\"m\",\"score\":1,\"jugde\":\"j\"}"),
      "f:1: expected the keys score and query, model, judge, turn, repeat only, came \"jugde\"; pass over with "
      "`ignore` what is of no use");
  EXPECT_EQ(jsonl_error("{\"query\":\"q\"}"),
            "f:1: expected one of prompt, response, verdict, score, scores, label, question, parameters, price, "
            "provider, lower_is_better, least, most, baseline, "
            "weights a "
            "line, came none of them");
  EXPECT_EQ(jsonl_error("{\"query\":\"q\",\"score\":1,\"label\":\"x\"}"),
            "f:1: expected one of prompt, response, verdict, score, scores, label, question, parameters, price, "
            "provider, lower_is_better, least, most, baseline, "
            "weights a "
            "line, came score and label");
  EXPECT_EQ(jsonl_error("{\"query\":\"q\",\"score\":1}"),
            "f:1: expected a field \"model\", came an object without it");
  EXPECT_THAT(jsonl_error("{\"query\":\"q\",\"model\":\"m\",\"verdict\":1.5}"),
              HasSubstr("or a number from 0 to 1 in \"verdict\", came 1.5"));
  EXPECT_THAT(jsonl_error("{\"query\":\"q\",\"model\":\"m\",\"verdict\":\"Winner\"}"),
              HasSubstr("came the string \"Winner\""));
  EXPECT_THAT(jsonl_error("{\"query\":\"q\",\"model\":\"\",\"score\":1}"),
              HasSubstr("expected a string that is not empty in \"model\""));
  EXPECT_THAT(jsonl_error("{\"query\":\"q\",\"model\":\"m\",\"score\":1,\"turn\":0}"),
              HasSubstr("expected an integer from 1"));
  EXPECT_THAT(jsonl_error("{\"query\":\"q\",\"label\":3}"), HasSubstr("expected a string in \"label\", came 3"));
  EXPECT_THAT(jsonl_error("{\"query\":\"q\",\"label\":\"a\"}\n{\"query\":\"q\",\"label\":\"b\"}"),
              HasSubstr("f:2: expected one value"));
}

TEST(Jsonl, ReadsGzipFiles) {
  const SampleFolder folder;
  const std::vector<std::string> paths = {
      folder.write("x.jsonl.gz", gzipped("{\"query\":\"q\",\"label\":\"a\"}\n")),
      folder.write("y.jsonl", "{\"query\":\"r\",\"label\":\"a\"}\n")};
  RecordingSink sink;
  read_jsonl(paths, {}, sink, {});
  EXPECT_EQ(sink.labels.size(), 2U);
}

TEST(Jsonl, ReadsRepeatedScores) {
  const RecordingSink sink = file(R"({"query":"1","model":"m","judge":"g/sense","scores":[2,null,3.5],"human":2.5}
{"query":"2","model":"m","judge":"g","scores":[1],"human":4,"turn":2}
{"query":"3","model":"m","scores":[1],"human":null}
)");
  EXPECT_EQ(sink.scores.at({"1", "m", "g/sense", 1, 1}).value, 2);
  EXPECT_TRUE(std::isnan(sink.scores.at({"1", "m", "g/sense", 1, 2}).value));
  EXPECT_EQ(sink.scores.at({"1", "m", "g/sense", 1, 3}).value, 3.5);
  EXPECT_EQ(sink.scores.at({"1", "m", "human/sense", 1, 1}).value, 2.5);
  EXPECT_EQ(sink.scores.at({"2", "m", "human", 2, 1}).value, 4);
  EXPECT_EQ(sink.scores.at({"3", "m", "jsonl", 1, 1}).value, 1);
  EXPECT_EQ(sink.scores.size(), 7U);
}

TEST(Jsonl, ReadsRepeatedScoresAsTheyWerePublished) {
  const RecordingSink sink = file(
      R"j({"config":"rate","attribute":"sense","item":7,"system_id":"A (p = 0.3)","human":2.33,"scores":[2.0,3.0]})j");
  EXPECT_EQ(sink.scores.at({"7", "A (p = 0.3)", "rate/sense", 1, 2}).value, 3);
  EXPECT_EQ(sink.scores.at({"7", "A (p = 0.3)", "human/sense", 1, 1}).value, 2.33);
}

TEST(Jsonl, RepeatedScoresThatAreNone) {
  EXPECT_THAT(jsonl_error(R"({"query":"1","model":"m","scores":[]})"),
              HasSubstr("f:1: expected a list with a score at least"));
  EXPECT_THAT(jsonl_error(R"({"query":"1","model":"m","scores":3})"), HasSubstr("f:1: "));
  EXPECT_THAT(jsonl_error(R"({"query":"1","model":"m","scores":{"a":3}})"), HasSubstr("f:1: "));
  EXPECT_THAT(jsonl_error(R"({"query":"1","model":"m","scores":["3"]})"), HasSubstr("f:1: "));
  EXPECT_THAT(jsonl_error(R"({"query":"1","model":"m","scores":[1e999]})"), HasSubstr("f:1"));
  EXPECT_THAT(jsonl_error(R"({"query":"1","model":"m","scores":[NaN]})"), HasSubstr("f:1"));
  EXPECT_THAT(jsonl_error(R"({"item":1,"model":"m","scores":[1]})"), HasSubstr("came item and model"));
  EXPECT_THAT(jsonl_error(R"({"query":"1","model":"m","scores":[1],"config":"c"})"),
              HasSubstr("expected item beside config"));
  EXPECT_THAT(jsonl_error(R"({"item":1,"system_id":"m","scores":[1]})"), HasSubstr("\"config\""));
  EXPECT_THAT(jsonl_error(R"({"item":1,"system_id":"m","config":"c","scores":[1]})"), HasSubstr("\"attribute\""));
  EXPECT_THAT(jsonl_error(R"({"query":"1","model":"m","scores":[1],"score":2})"), HasSubstr("one of prompt"));
}

TEST(Jsonl, ReadsQuestionsWithTheirOptions) {
  const RecordingSink sink = file(
      R"({"question_id": 70, "question": "1+1?", "options": ["1", "2"], "answer": "B", "answer_index": 1, "category": "maths", "src": "x"}
{"query": "q", "prompt": "2+2?", "options": ["4"]})");
  EXPECT_EQ(sink.queries.at({"70", 1}).value, RecordingSink::Query("1+1?\nA. 1\nB. 2", "maths"));
  EXPECT_EQ(sink.queries.at({"q", 1}).value, RecordingSink::Query("2+2?\nA. 4", ""));
  EXPECT_EQ(sink.options, (std::map<std::string, int>{{"70", 2}, {"q", 1}}));
  EXPECT_EQ(sink.labels.at({"70", ""}).value, "B");
  EXPECT_EQ(sink.labels.size(), 1U);
  EXPECT_THAT(jsonl_error(R"({"question_id":1,"question":"?","options":["a","b"],"answer":"A","answer_index":1})"),
              HasSubstr("\"B\" as answer_index says"));
  EXPECT_THAT(jsonl_error(R"({"question_id":1,"question":"?","options":["a"],"answer_index":1})"),
              HasSubstr("f:1: expected"));
  EXPECT_THAT(jsonl_error(R"({"query":1,"prompt":"?","options":[]})"), HasSubstr("a list with an option at least"));
}

TEST(Jsonl, ReadsSizesAndPricesOfModels) {
  const RecordingSink sink =
      file("{\"model\": \"m\", \"parameters\": 7e9, \"price\": 0.25}\n{\"model\": \"k\", \"price\": 0}");
  EXPECT_EQ(sink.facts.at("m").value, RecordingSink::Facts(7e9, 250'000));
  EXPECT_EQ(sink.facts.at("k").value, RecordingSink::Facts(0, 0));
  EXPECT_THAT(jsonl_error(R"({"model":"m","parameters":0})"),
              HasSubstr("expected a positive number in \"parameters\""));
  EXPECT_THAT(jsonl_error(R"({"model":"m","price":-1})"),
              HasSubstr("expected dollars per million tokens from 0 to"));
}

TEST(Jsonl, TakesTheWordsOfTables) {
  RecordingSink sink;
  read_jsonl_file(*memory_source("f", R"({"query":"q1","model":" small ","opponent":"o","verdict":"Win"}
{"query":"q2","model":"small","opponent":"o","verdict":"TIE"}
{"query":"q3","model":"small","opponent":" o","verdict":"both_bad"}
{"query":"q1","model":"small","score":true}
{"query":"q2","model":"small","score":"False"}
{"query":"q1","model":"small","label":" B "}
)"),
                  {}, sink);
  EXPECT_EQ(sink.verdicts.at({"q1", "small", "o", "jsonl", 1}).value, 1);
  EXPECT_EQ(sink.verdicts.at({"q2", "small", "o", "jsonl", 1}).value, 0.5);
  EXPECT_EQ(sink.verdicts.at({"q3", "small", "o", "jsonl", 1}).value, 0.5);
  EXPECT_EQ(sink.scores.at({"q1", "small", "jsonl", 1, 1}).value, 1);
  EXPECT_EQ(sink.scores.at({"q2", "small", "jsonl", 1, 1}).value, 0);
  EXPECT_EQ(sink.labels.at({"q1", "small"}).value, "B");
  EXPECT_EQ(sink.notes.size(), 1U);
  EXPECT_THAT(error_of([] {
                RecordingSink none;
                read_jsonl_file(*memory_source("f", R"({"query":"q","model":"  ","response":"x"})"), {}, none);
              }),
              ::testing::HasSubstr("expected a string that is not empty in \"model\""));
}

}  // namespace
}  // namespace assay::data
