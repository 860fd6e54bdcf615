// Exit statuses, and what goes where: results to standard output, all else to standard error.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/golden/command.h"

namespace assay::cli {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class MainTest : public CommandTest {
 protected:
  MainTest() { output("synth demo.assay --models 4 --queries 20"); }

  // A failing run: its status, one line on standard error that holds `says`, nothing on standard output.
  void expect_refused(int status, const std::string& line, const std::string& says) const {
    const Finished run = assay(line);
    EXPECT_EQ(run.status, status) << line;
    EXPECT_THAT(run.out, IsEmpty()) << line;
    EXPECT_THAT(run.err, AllOf(StartsWith("assay: "), EndsWith("\n"), HasSubstr(says))) << line;
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
  }
};

TEST_F(MainTest, WrongUseIsTwo) {
  expect_refused(2, "",
                 "expected a verb (import, export, info, remove, find, select, allocate, route, ensemble, "
                 "simulate, report, view, rate, trust, weak-judges, "
                 "doctor, serve, replay-judge, synth), came none");
  expect_refused(2, "frob", "came \"frob\"");
  expect_refused(2, "--frob", "--frob");
  expect_refused(2, "select", "STUDY is required; see assay select --help");
  expect_refused(2, "select demo.assay more", "not expected: more");
  expect_refused(2, "import csv", "--output is required");
  expect_refused(2, "import csv -o x.assay", "expected files or folders to import, came none");
  expect_refused(2, "import csv x.csv", "--output is required");
  expect_refused(2, "import frob x -o y.assay",
                 "expected a format (alpaca-eval, arena-hard, mt-bench, inspect, csv, jsonl, parquet, arrow, "
                 "answers, battles, ");
  expect_refused(2, "select demo.assay --strategy frob", "expected one of assay, random, bradley-terry");
  expect_refused(2, "select demo.assay --oracle frob", "expected recorded");
  expect_refused(2, "select demo.assay --return frob", "expected posterior, win-rate or estimate, came \"frob\"");
  expect_refused(2, "select demo.assay --weak-tokens frob", "expected words or characters, came \"frob\"");
  expect_refused(2, "select demo.assay --epsilo 0.1", "did you mean --epsilon?");
  expect_refused(2, "select demo.assay --bugdet=3", "did you mean --budget?");
  expect_refused(2, "select demo.assay --conf 0.9", "did you mean --confidence?");
  expect_refused(2, "slect demo.assay", "did you mean select?");
  expect_refused(2, "route evaluat demo.assay", "did you mean evaluate?");
  expect_refused(2, "select demo.assay --e-loss 0.1", "assay does not use --e-loss, which goes with llm-selector");
  expect_refused(2, "select demo.assay --strategy llm-selector --e-loss 5",
                 "--e-loss must be above 0 and below 1, came 5");
  expect_refused(2, "simulate demo.assay --strategies random --e-loss 0.1",
                 "none of these strategies uses --e-loss");
  expect_refused(2, "simulate demo.assay --strategies random --plot-within 0.1", "--plot-within requires --plot");
  expect_refused(2, "select demo.assay --tasks a,\"b", "expected a second \" that ends the name");
  EXPECT_THAT(assay("select demo.assay --zzzzzz").err, testing::Not(HasSubstr("did you mean")));
  expect_refused(2, "select demo.assay --judge frob", "came \"frob\"");
  expect_refused(2, "select demo.assay --models frob", "came \"frob\"");
  expect_refused(2, "select demo.assay --stop frob", "came \"frob\"");
  expect_refused(2, "select demo.assay --strategy random --epsilon 0.1", "random does not stop by itself");
  expect_refused(2, "select demo.assay --strategy random --return estimate", "no estimate of its own");
  expect_refused(2, "simulate demo.assay --strategies random,random", "named twice");
  expect_refused(2, "synth demo.assay", "there already");
  expect_refused(2, "allocate demo.assay", "--budget is required");
  expect_refused(2, "allocate demo.assay --budget -5", "expected a whole number");
  expect_refused(2, "allocate demo.assay --budget nan", "expected a whole number");
  expect_refused(2, "allocate demo.assay --budget 10", "the study has no scores");
  expect_refused(2, "allocate demo.assay --budget 10 --scale 1", "--scale");
  expect_refused(2, "allocate demo.assay --budget 10 --estimate median", "expected mean or centre");
  expect_refused(2, "simulate demo.assay --allocators uniform --pool 5", "--allocators excludes --pool");
  expect_refused(2, "simulate demo.assay --plot demo.png", "expected a file that ends in .svg");
  expect_refused(2, "select demo.assay --plot demo", "expected a file that ends in .svg");
  expect_refused(2, "simulate demo.assay --runs 5", "--runs requires --allocators");
  expect_refused(2, "synth x.assay --scores frob", "expected one of equal, two-groups");
  expect_refused(2, "synth x.assay --scores equal --models 3", "--scores excludes --models");
}

TEST_F(MainTest, ThreeIfTheBudgetEndsBeforeTheConfidenceThatWasAskedFor) {
  const Finished asked = assay("select demo.assay --confidence 0.99 --budget 2 --json");
  EXPECT_EQ(asked.status, 3);
  const auto report = nlohmann::json::parse(asked.out);
  EXPECT_EQ(report.at("stop").at("decided"), false);
  EXPECT_GT(report.at("stop").at("calls_to_decide"), 0);
  EXPECT_GE(report.at("stop").at("possible").size(), 2U) << "the models that may still be the best";
  EXPECT_THAT(assay("select demo.assay --confidence 0.99 --budget 2").out, HasSubstr("can still be the best; "));
  EXPECT_EQ(assay("select demo.assay --budget 2").status, 3) << "a script takes it for decided";
  EXPECT_EQ(assay("select demo.assay --budget 2 --strategy random").status, 0) << "it never decides";
  EXPECT_EQ(assay("select demo.assay --confidence 0.99").status, 0) << "everything judged decides";
}

TEST_F(MainTest, NumbersOutOfRangeAreWrongUse) {
  for (const char* budget : {"0", "-1", "nan", "inf"}) {
    expect_refused(2, std::string("select demo.assay --strategy random --budget ") + budget,
                   "the budget must be a positive number");
  }
  expect_refused(2, "select demo.assay --confidence 1.5", "the confidence must be above 0 and at most 1");
  expect_refused(2, "select demo.assay --epsilon -0.1", "expected a number from 0 on");
  expect_refused(2, "simulate demo.assay --epsilon 1", "from 0 to below 1");
  expect_refused(2, "select demo.assay --budget much", "--budget: expected a number, came \"much\"");
  expect_refused(2, "select demo.assay --seed -1", "expected a whole number");
  expect_refused(2, "select demo.assay --seed 18446744073709551616", "expected a whole number");
  expect_refused(2, "select demo.assay --seed 1.5", "expected a whole number");
  expect_refused(2, "synth x.assay --models -1", "expected a whole number");
  expect_refused(2, "synth x.assay --queries 0", "queries must be 1 to 1,000,000");
  expect_refused(2, "simulate demo.assay --pool 21", "the pool must hold 1 to 20 queries, came 21");
  expect_refused(2, "simulate demo.assay --realizations 0", "realizations must be at least 1");
  expect_refused(2, "simulate demo.assay --confidence 1.5", "the confidence must be above 0 and at most 1");
  expect_refused(2, "select demo.assay --strategy llm-selector --e-loss 0.6 --e-draw 0.6", "their sum below 1");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "x.assay"));
}

TEST_F(MainTest, FailureIsOne) {
  write("text.assay", "not a study");
  std::filesystem::create_directory(folder_ / "folder.assay");
  for (const char* verb : {"info", "select", "simulate", "weak-judges"}) {
    expect_refused(1, std::string(verb) + " absent.assay", "absent.assay: no such study");
    expect_refused(1, std::string(verb) + " folder.assay", "folder.assay: expected a study, came no plain file");
    expect_refused(1, std::string(verb) + " text.assay", "text.assay: expected a study, came a file that is not");
  }
  write("bad.csv", "query,a,b\nq1,win\n");
  expect_refused(1, "import csv bad.csv -o new.assay", "bad.csv:2: ");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "new.assay"));
  expect_refused(1, "synth absent/x.assay", "No such file");
  expect_refused(1, "simulate demo.assay --strategies random --plot absent/x.svg",
                 "absent/x.svg: can't be written");
}

TEST_F(MainTest, HelpAndVersionAreResults) {
  EXPECT_THAT(output("--version"), StartsWith("assay "));
  EXPECT_THAT(output("--help"), HasSubstr("weak-judges"));
  for (const char* verb :
       {"import", "info", "remove", "select", "simulate", "weak-judges", "serve", "replay-judge", "synth"}) {
    const std::string help = output(std::string(verb) + " --help");
    EXPECT_THAT(help, AllOf(HasSubstr("Usage: assay " + std::string(verb)), HasSubstr("Examples:\n  assay"),
                            Not(HasSubstr("\n\n\n"))));
    std::size_t longest = 0;
    for (std::size_t at = 0, end = 0; (end = help.find('\n', at)) != std::string::npos; at = end + 1) {
      longest = std::max(longest, end - at);
    }
    EXPECT_LE(longest, 100U) << help;
  }
}

TEST_F(MainTest, OneJsonDocumentAndNothingElse) {
  write("more.csv", "query,a,b\nq1,win,loss\n");
  const char* const lines[] = {"info demo.assay --json",
                               "weak-judges demo.assay --json",
                               "select demo.assay --strategy random --json",
                               "simulate demo.assay --strategies random --realizations 5 --json",
                               "synth other.assay --models 2 --queries 5 --json",
                               "import csv more.csv -o more.assay --json"};
  for (const char* line : lines) {
    const std::string out = output(line);
    EXPECT_TRUE(nlohmann::json::accept(out)) << line << "\n" << out;
    EXPECT_THAT(out, AllOf(StartsWith("{"), EndsWith("}\n"))) << line;
  }
}

TEST_F(MainTest, SimulateHasTheDocumentedKeys) {
  const auto report = nlohmann::json::parse(
      output("simulate demo.assay --strategies random,most-draws --realizations 5 --pool 10 --budget 7 --json"));
  for (const char* key :
       {"study", "queries", "models", "baseline", "realizations", "pool", "budget", "seed", "seconds"}) {
    EXPECT_TRUE(report.contains(key)) << key;
  }
  EXPECT_GT(report.at("seconds"), 0.0);
  ASSERT_EQ(report.at("strategies").size(), 2U);
  for (const auto& strategy : report.at("strategies")) {
    for (const char* key : {"identification", "gap95", "gap_mean"}) EXPECT_EQ(strategy.at(key).size(), 7U) << key;
    for (const char* key : {"labels_to_reach", "efficiency"}) {
      for (const char* d : {"0", "0.01", "0.025", "0.05"}) EXPECT_TRUE(strategy.at(key).contains(d)) << key << d;
    }
  }
}

TEST_F(MainTest, ProgressAndNotesGoToStandardError) {
  const Finished run = assay("select demo.assay --strategy random");
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.err, IsEmpty()) << "no terminal, and less than half a minute";
  EXPECT_THAT(run.out, AllOf(HasSubstr("Seems best: "), Not(HasSubstr("\033"))));
}

TEST_F(MainTest, QuietIsSilentOnStandardError) {
  for (const char* verb : {"info", "weak-judges", "select", "simulate --realizations 5 --e-loss 0.2"}) {
    const Finished run = assay(std::string(verb) + " demo.assay --quiet");
    EXPECT_EQ(run.status, 0) << verb;
    EXPECT_THAT(run.err, IsEmpty()) << verb;
    EXPECT_THAT(run.out, Not(IsEmpty())) << verb;
  }
}

TEST_F(MainTest, ListsDoNotSwallowTheStudy) {
  EXPECT_THAT(output("select --strategy random --models model-01,model-02 demo.assay --json"),
              Not(HasSubstr("model-03")));
  EXPECT_THAT(output("simulate --strategies random,most-draws demo.assay --realizations 2 --json"),
              HasSubstr("most-draws"));
}

TEST_F(MainTest, AFullDiskUnderStandardOutputIsAFailure) {
  for (const char* line :
       {"info demo.assay", "select demo.assay --strategy random -q --json", "--help", "--version"}) {
    const Finished run = assay(line, {.out = "/dev/full"});
    EXPECT_EQ(run.status, 1) << line;
    EXPECT_EQ(run.err, "assay: standard output can't be written\n") << line;
  }
}

// What is opened next gets a closed descriptor's number: messages must not be written into a study.
TEST_F(MainTest, ClosedStreamsLeaveStudiesSound) {
  const Finished run = assay("synth other.assay", {.no_input = true, .out = "-", .no_error = true});
  EXPECT_EQ(run.status, 1);
  const Finished refused = assay("import csv absent.csv -o other.assay", {.no_input = true, .no_error = true});
  EXPECT_EQ(refused.status, 2);
  const auto info = nlohmann::json::parse(output("info other.assay --json"));
  EXPECT_EQ(info.at("queries"), 300);
  EXPECT_EQ(assay("info other.assay", {.no_input = true}).status, 0);
}

TEST_F(MainTest, HostileNamesAreShownEscaped) {
  const std::string name = "a\\u001b[31m\\u0007\\u202e\\\"b" + std::string(3000, 'L');
  std::string rows;
  for (const char* query : {"q1", "q2"}) {
    rows += "{\"query\": \"" + std::string(query) + "\", \"model\": \"" + name +
            "\", \"opponent\": \"base\", \"verdict\": \"win\"}\n";
  }
  write("hostile.jsonl", rows);
  output("import jsonl hostile.jsonl -o hostile.assay");
  const std::string select = "select hostile.assay --strategy random --without-responses";
  for (const std::string& line : {std::string("info hostile.assay"), select}) {
    const Finished run = assay(line);
    EXPECT_EQ(run.status, 0) << run.err;
    for (const char* evil : {"\033", "\a", "\u202e"}) EXPECT_THAT(run.out + run.err, Not(HasSubstr(evil))) << line;
    EXPECT_THAT(run.out, Not(HasSubstr(std::string(100, 'L')))) << line;
  }
  const auto report = nlohmann::json::parse(output(select + " --json"));
  EXPECT_EQ(report.at("best"), "a\033[31m\a\u202e\"b" + std::string(3000, 'L'));
}

TEST_F(MainTest, OneModelAndOneQuery) {
  output("synth one.assay --models 1 --queries 1");
  EXPECT_THAT(output("select one.assay --strategy random"), HasSubstr("Keep baseline"));
  EXPECT_THAT(output("select one.assay --strategy llm-selector --e-loss 0.2 --no-baseline"),
              HasSubstr("Seems best: model-01"));
  output("simulate one.assay --realizations 3 --e-loss 0.2");
  output("weak-judges one.assay");
}

TEST_F(MainTest, WhatIsCutShortNamesTheOptionThatShowsAll) {
  const std::string some = output("synth many.assay --models 14 --queries 20");
  EXPECT_THAT(some, HasSubstr("and 9 more (--all shows them)"));
  const std::string select = "select many.assay --strategy random --budget 5";
  EXPECT_THAT(assay(select + " -v").out, AllOf(HasSubstr(" more (--all shows them)")));
  const std::string whole = assay(select + " --all").out;
  EXPECT_THAT(whole, Not(HasSubstr("--all")));
  for (int model = 1; model <= 14; ++model) {
    EXPECT_THAT(whole,
                HasSubstr(model < 10 ? "\nmodel-0" + std::to_string(model) : "\nmodel-" + std::to_string(model)));
  }
  EXPECT_THAT(output("info many.assay"), HasSubstr("models: base"));
  EXPECT_THAT(output("info many.assay"), HasSubstr(" and 5 more (--all names them)"));
  EXPECT_THAT(output("info many.assay --all"), AllOf(HasSubstr("model-13, model-14\n"), Not(HasSubstr("--all"))));
  EXPECT_THAT(output("info many.assay --json"), HasSubstr("\"model-14\""));
}

TEST_F(MainTest, JudgesThatNeverAnsweredAreNoJudges) {
  write("r.jsonl",
        R"({"query": "q", "prompt": "Hello"}
{"query": "q", "model": "a", "response": "hi"}
{"query": "q", "model": "b", "response": "ho"}
)");
  output("import jsonl r.jsonl -o r.assay");
  assay("select r.assay --oracle command:false --baseline a");
  EXPECT_THAT(assay("select r.assay").err, HasSubstr("a live judge gives some, see --oracle"));
  EXPECT_THAT(output("info r.assay"), AllOf(HasSubstr("models: a, b"), Not(HasSubstr("live judge ")),
                                            HasSubstr("asked, and never answered: command false against a\n")));
}

}  // namespace
}  // namespace assay::cli
