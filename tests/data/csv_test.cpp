#include "assay/data/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/data/recording_sink.h"
#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

RecordingSink table(std::string_view text, const FormatOptions& options = {}) {
  RecordingSink sink;
  read_csv_table(*memory_source("f", text), options, sink);
  return sink;
}

std::string table_error(std::string_view text) {
  return error_of([&] { table(text); });
}

TEST(Csv, ReadsOutcomes) {
  const RecordingSink sink =
      table("query,task,m1,prompt,m2\nq1,maths,Win,\"1+1,\n?\", d \nq2,,L,,\nq3,,NA,,LOSS\n");
  EXPECT_EQ(sink.verdicts.size(), 4U);
  EXPECT_EQ(sink.verdicts.at({"q1", "m1", "baseline", "csv", 1}).value, 1);
  EXPECT_EQ(sink.verdicts.at({"q1", "m2", "baseline", "csv", 1}).value, 0.5);
  EXPECT_EQ(sink.verdicts.at({"q2", "m1", "baseline", "csv", 1}).value, 0);
  EXPECT_EQ(sink.verdicts.at({"q3", "m2", "baseline", "csv", 1}).where, "f:5");
  EXPECT_EQ(sink.queries.size(), 1U);
  EXPECT_EQ(sink.queries.at({"q1", 1}).value, RecordingSink::Query("1+1,\n?", "maths"));
  EXPECT_THAT(sink.baselines, ElementsAre("baseline"));
  EXPECT_EQ(sink.drops,
            (std::vector<std::pair<std::string, std::string>>{{"empty cell", "f:4"}, {"NA: not run", "f:5"}}));
}

TEST(Csv, ReadsScoresAndTakesNamesFromTheOptions) {
  FormatOptions options;
  options.judge = "j";
  const RecordingSink sink = table("Question_ID,m\r\nq1,\r\nq2,-1.5e1\r\nq3,7\r\n", options);
  EXPECT_EQ(sink.scores.at({"q2", "m", "j", 1, 1}).value, -15);
  EXPECT_EQ(sink.scores.at({"q3", "m", "j", 1, 1}).value, 7);
  EXPECT_TRUE(sink.verdicts.empty());
  EXPECT_TRUE(sink.baselines.empty());
  options.baseline = "b";
  EXPECT_THAT(table("id,m,b\nq,1,2\n", options).baselines, ElementsAre("b"));
  EXPECT_EQ(table("id,m\nq,w\n", options).verdicts.count({"q", "m", "b", "j", 1}), 1U);
}

TEST(Csv, ReadsLabelsWhereAColumnIsGold) {
  const RecordingSink sink = table("id,gold,task,options,m1,m2\nq1,A,maths,4, B ,\nq2,,law,,NA,yes\n");
  EXPECT_TRUE(sink.verdicts.empty());
  EXPECT_TRUE(sink.scores.empty());
  EXPECT_TRUE(sink.baselines.empty());
  EXPECT_EQ(sink.labels.size(), 5U);
  EXPECT_EQ(sink.labels.at({"q1", ""}).value, "A");
  EXPECT_EQ(sink.labels.at({"q1", "m1"}).value, "B");
  EXPECT_EQ(sink.labels.at({"q1", "m2"}).value, "") << "no answer is a label";
  EXPECT_EQ(sink.labels.at({"q2", "m1"}).value, std::nullopt) << "not run";
  EXPECT_EQ(sink.labels.at({"q2", "m2"}).value, "yes");
  EXPECT_EQ(sink.options, (std::map<std::string, int>{{"q1", 4}}));
  EXPECT_EQ(sink.drops, (std::vector<std::pair<std::string, std::string>>{{"no true label", "f:3"}}));
}

TEST(Csv, ColumnsAreCalledAsTheOptionsSay) {
  FormatOptions options;
  options.gold = "answer";
  options.task = "category";
  options.ignore = {"src", "gold"};
  const RecordingSink sink = table("question_id,category,src,answer,gold,m\n70,law,x,I,y,F\n", options);
  EXPECT_EQ(sink.labels.size(), 2U);
  EXPECT_EQ(sink.labels.at({"70", ""}).value, "I");
  EXPECT_EQ(sink.queries.at({"70", 1}).value.second, "law");
  options.gold = "truth";
  EXPECT_EQ(error_of([&] { table("id,m\n1,2\n", options); }),
            "f:1: expected a column called \"category\", came none");
  options.task.clear();
  EXPECT_EQ(error_of([&] { table("id,m\n1,2\n", options); }), "f:1: expected a column called \"truth\", came none");
}

TEST(Csv, ColumnsOfWeightsAreNoModels) {
  FormatOptions options;
  options.weights = {"traffic", "revenue"};
  const RecordingSink sink = table("id,traffic,m,revenue\n1,3,1,0.5\n2, 0 ,0,NA\n", options);
  EXPECT_EQ(sink.weights, (std::map<std::pair<std::string, std::string>, double>{
                              {{"traffic", "1"}, 3}, {{"traffic", "2"}, 0}, {{"revenue", "1"}, 0.5}}));
  EXPECT_EQ(sink.scores.size(), 2U);
  EXPECT_EQ(sink.drops, (std::vector<std::pair<std::string, std::string>>{{"no weight", "f:3"}}));
  EXPECT_EQ(error_of([&] { table("id,traffic,m,revenue\n1,-3,1,1\n", options); }),
            "f:2: expected a weight from 0 on for \"traffic\", came \"-3\"");
  EXPECT_EQ(error_of([&] { table("id,traffic,m,revenue\n1,inf,1,1\n", options); }),
            "f:2: expected a weight from 0 on for \"traffic\", came \"inf\"");
  EXPECT_EQ(error_of([&] { table("id,traffic,m\n1,3,1\n", options); }),
            "f:1: expected a column called \"revenue\", came none");
}

TEST(Csv, LabelsHaveNoJudge) {
  FormatOptions options;
  options.judge = "j";
  EXPECT_EQ(error_of([&] { table("id,gold,m\n1,A,B\n", options); }),
            "a table of labels takes no `judge` and no `baseline`: it has neither");
  EXPECT_EQ(table_error("id,gold,options,m\n1,A,27,B"),
            "f:2: expected a number of options from 1 to 26, came \"27\"");
}

TEST(Csv, PromptsWithTheirRightAnswersNeedNoModels) {
  const RecordingSink sink = table("prompt_id,prompt,Reference\n1,6 x 7?, 42 \n2,Say it,\"a\nb\"\n3,And?,\n");
  EXPECT_EQ(sink.queries.at({"1", 1}).value.first, "6 x 7?");
  EXPECT_EQ(sink.labels.size(), 1U);
  EXPECT_EQ(sink.labels.at({"1", ""}).value, "42");
  EXPECT_EQ(sink.references.at("2").value, "a\nb");
  EXPECT_EQ(sink.drops.size(), 1U);
  EXPECT_EQ(table("question,answer\n6 x 7?,42\n").labels.size(), 1U);
  EXPECT_THAT(sink.notes,
              testing::Contains(testing::Pair("column \"Reference\": read as the right answer", "f:1")));
  EXPECT_EQ(table("prompt\nask\n").queries.size(), 1U);
  EXPECT_EQ(table("id,gold\n1,A\n").labels.size(), 1U);
}

TEST(Csv, ARightAnswerBesideScoresIsNoModel) {
  const RecordingSink sink = table("id,expected,m1,m2\n1,42,1,0\n");
  EXPECT_EQ(sink.scores.size(), 2U);
  EXPECT_EQ(sink.labels.at({"1", ""}).value, "42");
  EXPECT_THAT(table_error("id,expected,m1,m2\n1,B,A,C\n"),
              HasSubstr("if these are labels, say `gold` \"expected\""));
  FormatOptions options;
  options.baseline = "reference";
  EXPECT_EQ(table("id,m,reference\n1,1,0\n", options).scores.size(), 2U) << "a model that is called so";
}

TEST(Csv, WordsForNothingNameTheWayOut) {
  for (const char* word : {"nan", "None", "null", "N/A", "-"}) {
    EXPECT_THAT(table_error("id,m\nq,1\nr," + std::string(word)),
                HasSubstr("; if that stands for \"not run\", say `na` \"" + std::string(word) + "\""));
    EXPECT_THAT(table_error("id,model,score\nq,m," + std::string(word)),
                HasSubstr("say `na` \"" + std::string(word)));
  }
}

TEST(Csv, AColumnOfResponsesForEachModelNamesTheWayOut) {
  EXPECT_THAT(table_error("prompt,gpt-4,claude\nCapital?,It is Paris.,Paris\n"),
              HasSubstr("write one a row, with columns prompt, model and response"));
}

TEST(Csv, TellsTheLineOfWhatIsWrong) {
  EXPECT_EQ(table_error(""), "f:1: expected a header line, came an empty file");
  EXPECT_EQ(table_error("id,m\n"), "f:2: expected rows after the header, came the end of the file");
  EXPECT_THAT(
      table_error("name,m\nq,1"),
      HasSubstr(
          "f:1: expected a column called id, query, query_id, question_id, prompt_id or item, or one called"));
  EXPECT_EQ(table_error("id\nq"), "f:1: expected a column for each model, came none");
  EXPECT_EQ(table_error("id,task\nq,1"), "f:1: expected a column for each model, came none");
  EXPECT_EQ(table_error("id,m,m\nq,1,1"), "f:1: expected different columns, came two called \"m\"");
  EXPECT_EQ(table_error("id,m,\nq,1,1"), "f:1: expected a model's name as header of column 3, came none");
  EXPECT_EQ(table_error("id,m\nq,1,2"), "f:2: expected 2 fields as in the header, came 3");
  EXPECT_EQ(table_error("id,m\nq,1\n\"r"),
            "f:3: expected a quote at the end of the field, came the end of the file");
  EXPECT_EQ(table_error("id,m\nq,1\nr,1\nq,2"),
            "f:4: expected each query once, came \"q\" again (first on line 2)");
  EXPECT_EQ(table_error("id,m\n,1"), "f:2: expected a query id, came an empty field");
  EXPECT_EQ(
      table_error("id,m\nq,maybe"),
      "f:2: expected win, draw, loss, tie, both_bad, true, false, a number or a percentage for \"m\", came "
      "\"maybe\"; if \"m\" is no model, pass over it with `ignore` \"m\", or say `task` \"m\" or `gold` \"m\"; "
      "if these are its responses, write one a row, with columns id, model and response");
  EXPECT_EQ(table_error("id,m\nq,win\nr,1"),
            "f:3: expected win, draw, loss, tie or both_bad as in the cells before for \"m\", came \"1\"");
  EXPECT_EQ(table_error("id,m\nq,1\nr,win"),
            "f:3: expected a number, true or false as in the cells before for \"m\", came \"win\"");
  for (const char* wrong : {"nan", "inf", "1e999", "0x1", "1,5", "+1", "1 2"}) {
    EXPECT_THAT(table_error("id,m\nq,1\nr," + std::string(wrong)), HasSubstr("f:3: expected")) << wrong;
  }
}

using Told = std::vector<std::pair<std::string, std::string>>;

TEST(Csv, NamesHaveNoBlanksAroundThem) {
  FormatOptions options;
  options.ignore = {"src"};
  const RecordingSink sink = table(" Query , task , small ,\tlarge\t, src \n q1 , maths ,win,loss,x\n", options);
  EXPECT_EQ(sink.verdicts.count({"q1", "small", "baseline", "csv", 1}), 1U);
  EXPECT_EQ(sink.verdicts.count({"q1", "large", "baseline", "csv", 1}), 1U);
  EXPECT_EQ(sink.verdicts.size(), 2U);
  EXPECT_EQ(sink.queries.at({"q1", 1}).value.second, "maths");
  EXPECT_EQ(table_error("id,small, small\nq,1,1"), "f:1: expected different columns, came two called \"small\"");
  EXPECT_EQ(table_error("id,m\nq,1\n q,1\n"), "f:3: expected each query once, came \"q\" again (first on line 2)");
}

TEST(Csv, WordsOfOtherToolsAreRead) {
  const RecordingSink truths = table("id,a,b\n1,True,FALSE\n2,1,0\n");
  EXPECT_EQ(truths.scores.at({"1", "a", "csv", 1, 1}).value, 1);
  EXPECT_EQ(truths.scores.at({"1", "b", "csv", 1, 1}).value, 0);
  EXPECT_EQ(truths.scores.size(), 4U);
  const RecordingSink ties = table("id,a,b\n1,TIE,both_bad\n2,WIN,Tie (BothBad)\n");
  EXPECT_EQ(ties.verdicts.at({"1", "a", "baseline", "csv", 1}).value, 0.5);
  EXPECT_EQ(ties.verdicts.at({"1", "b", "baseline", "csv", 1}).value, 0.5);
  EXPECT_EQ(ties.verdicts.at({"2", "a", "baseline", "csv", 1}).value, 1);
  EXPECT_EQ(ties.notes, (Told{{"both_bad: both responses are bad, counted as a draw", "f:2"},
                              {"both_bad: both responses are bad, counted as a draw", "f:3"}}));
}

TEST(Csv, PercentagesAreSharesIfAllCellsAre) {
  const RecordingSink sink = table("id,a,b\n1,75%,100 %\n2,,0%\n");
  EXPECT_EQ(sink.scores.at({"1", "a", "csv", 1, 1}).value, 0.75);
  EXPECT_EQ(sink.scores.at({"1", "b", "csv", 1, 1}).value, 1);
  EXPECT_EQ(sink.notes.size(), 3U);
  EXPECT_EQ(table_error("id,a\n1,75%\n2,80\n"),
            "f:3: expected a percentage as in the cells before for \"a\", came \"80\"");
  EXPECT_EQ(table_error("id,a\n1,80\n2,75%\n"),
            "f:3: expected a number, true or false as in the cells before for \"a\", came \"75%\"");
  EXPECT_THAT(table_error("id,a\n1,x%\n"), HasSubstr("came \"x%\""));
}

TEST(Csv, WhatStandsForNotRunIsTold) {
  const char* const text = "id,gold,a,b\n1,NA,NA,x\n2,x,n/a,NA\n";
  const RecordingSink usual = table(text);
  EXPECT_EQ(usual.labels.at({"1", "a"}).value, std::nullopt);
  EXPECT_EQ(usual.labels.at({"2", "a"}).value, "n/a");
  EXPECT_EQ(usual.labels.count({"1", ""}), 0U);
  EXPECT_EQ(usual.drops, (Told{{"NA: no true label", "f:2"}}));
  EXPECT_EQ(usual.notes, (Told{{"NA: not run", "f:2"}, {"NA: not run", "f:3"}}));
  FormatOptions options;
  options.na = {"n/a", "-"};
  const RecordingSink other = table(text, options);
  EXPECT_EQ(other.labels.at({"1", ""}).value, "NA");
  EXPECT_EQ(other.labels.at({"1", "a"}).value, "NA");
  EXPECT_EQ(other.labels.at({"2", "a"}).value, std::nullopt);
  EXPECT_EQ(other.notes, (Told{{"n/a: not run", "f:3"}}));
  options.na = {""};
  const RecordingSink none = table("id,gold,a\n1,NA,NA\n2,x,\n", options);
  EXPECT_EQ(none.labels.at({"1", "a"}).value, "NA");
  EXPECT_EQ(none.labels.at({"2", "a"}).value, "")
      << "an empty cell is a missing answer, whatever stands for not run";
}

TEST(Csv, LinesThatEndInCrAloneAreTold) {
  EXPECT_EQ(table_error("query,small,large\rq1,win,loss\rq2,win,win\r"),
            "f:1: expected lines that end in LF or CRLF, came some that end in CR alone");
}

TEST(Csv, KnowsATableOfBattles) {
  const RecordingSink sink = table("left,right,winner\nm1,m2,left\n");
  EXPECT_EQ(sink.verdicts.at({"f:1", "m1", "m2", "battles", 1}).value, 1);
}

TEST(Csv, OtherSeparators) {
  const RecordingSink sink = table("id;m\nq;win\n\"r;1\";\"loss\"\n");
  EXPECT_EQ(sink.verdicts.at({"r;1", "m", "baseline", "csv", 1}).value, 0);
  EXPECT_THAT(sink.notes,
              ElementsAre(std::pair<std::string, std::string>("columns separated by semicolons", "f:1")));
  EXPECT_EQ(table("id\tprompt\tm\nq\tsay \"a, b\"\t1\n").queries.at({"q", 1}).value.first, "say \"a, b\"");
  EXPECT_EQ(table("id,\"a;b\"\nq,1\n").scores.count({"q", "a;b", "csv", 1, 1}), 1U);
  EXPECT_THAT(table_error("id;m\nq;0,75\n"), HasSubstr("came \"0,75\"; write numbers with a point, such as 0.75"));
  EXPECT_THAT(table_error("id;m\n\"q\",1\n"), HasSubstr("expected a semicolon after the field's closing quote"));
}

TEST(Csv, IdsWhereverTheyStand) {
  const RecordingSink sink = table(",Question,ID,m\n0,ask,q1,pass\n1,more,q2,fail\n");
  EXPECT_EQ(sink.queries.at({"q1", 1}).value.first, "ask");
  EXPECT_EQ(sink.scores.at({"q2", "m", "csv", 1, 1}).value, 0);
  EXPECT_THAT(sink.notes, testing::Contains(testing::Pair("a first column without a name: passed over", "f:1")));
  const RecordingSink index = table(",m\n0,1\n1,0\n");
  EXPECT_EQ(index.scores.at({"1", "m", "csv", 1, 1}).value, 0);
}

TEST(Csv, IdsOfPromptsAlone) {
  const RecordingSink sink = table("prompt,m\nask,1\n");
  EXPECT_EQ(sink.scores.begin()->first, (std::tuple<std::string, std::string, std::string, int, int>(
                                            sink.queries.begin()->first.first, "m", "csv", 1, 1)));
  EXPECT_THAT(table_error("prompt,m\n,1\n"), HasSubstr("f:2: expected a prompt, of which an id is made"));
  EXPECT_THAT(table_error("prompt,m\na,1\na,0\n"), HasSubstr("expected each query once"));
}

}  // namespace
}  // namespace assay::data
