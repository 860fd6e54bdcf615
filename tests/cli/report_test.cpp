// `assay report` as a command: files, checks, exit statuses.

#include <gmock/gmock.h>

#include <filesystem>

#include "assay/report/json.h"
#include "tests/golden/command.h"
#include "web/page_assets.h"

namespace assay {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ReportTest : public CommandTest {
 protected:
  ReportTest() { output("synth demo.assay --models 6 --queries 40 --seed 3"); }
};

TEST_F(ReportTest, TellsTheAnswerAndAsksNothingElse) {
  const std::string text = output("report demo.assay");
  EXPECT_EQ(text.substr(0, text.find('\n')), output("select demo.assay").substr(0, text.find('\n')));
  EXPECT_THAT(assay("report").err, HasSubstr("INPUT"));
  EXPECT_EQ(assay("report missing.assay").status, 1);
}

TEST_F(ReportTest, ThePageIsOneFileThatTheSameStudyMakesAgain) {
  if (web::page_assets().empty()) {
    const Finished refused = assay("report demo.assay -o demo.html");
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.err, HasSubstr("./dev page"));
    GTEST_SKIP() << "built without the page";
  }
  EXPECT_THAT(output("report demo.assay -o demo.html --no-timing"), HasSubstr("Wrote: demo.html, "));
  const std::string html = contents(path("demo.html"));
  EXPECT_THAT(html, StartsWith("<!doctype html>"));
  EXPECT_EQ(output("report demo.assay -o - --no-timing"), html);
  EXPECT_EQ(output("report demo.assay -o again.html --no-timing -q"),
            output("report demo.assay -o again.html --no-timing"));
  EXPECT_EQ(contents(path("again.html")), html);
  output("report demo.assay -o small.html --no-timing --max-size 0");
  EXPECT_LT(std::filesystem::file_size(path("small.html")), html.size());
}

TEST_F(ReportTest, AStudyIsNeverOverwritten) {
  const std::string before = contents(path("demo.assay"));
  EXPECT_NE(assay("report demo.assay -o demo.assay").status, 0);
  EXPECT_NE(assay("report demo.assay --expect-best model-01 --junit demo.assay").status, 0);
  EXPECT_EQ(contents(path("demo.assay")), before);
  EXPECT_FALSE(std::filesystem::exists(path("demo.assay.part")));
}

TEST_F(ReportTest, JsonIsOneDocument) {
  const report::Json json = report::Json::parsed(output("report demo.assay --json --no-timing"));
  EXPECT_TRUE(json.member("made").is_null());
  const report::Json document = json.member("documents").item(0);
  EXPECT_EQ(document.member("title").text(), "demo.assay");
  EXPECT_EQ(document.member("report").compact(),
            report::Json::parsed(output("select demo.assay --json")).compact());
  EXPECT_EQ(document.member("command").text(), "assay select demo.assay");
  EXPECT_GT(document.member("exchanges").size(), 0U);
  const report::Json other = report::Json::parsed(
      output("report demo.assay --json --seed 2 --strategy random --budget 3 --models model-01,model-02"));
  EXPECT_EQ(other.member("documents").item(0).member("command").text(),
            "assay select demo.assay --strategy=random --budget=3 --seed=2 --models=model-01,model-02");
}

TEST_F(ReportTest, ASavedSelectionFindsItsStudy) {
  write("saved.json", assay("select demo.assay --json --budget 4 --seed 5").out);  // undecided: status 3
  const report::Json found =
      report::Json::parsed(output("report saved.json --json --no-timing")).member("documents").item(0);
  EXPECT_GT(found.member("calls").member("query").size(), 0U);
  EXPECT_GT(found.member("exchanges").size(), 0U);
  std::filesystem::remove(path("demo.assay"));
  const report::Json alone =
      report::Json::parsed(output("report saved.json --json --no-timing")).member("documents").item(0);
  EXPECT_TRUE(alone.member("calls").is_null());
  EXPECT_EQ(alone.member("report").compact(), found.member("report").compact());
}

TEST_F(ReportTest, AStudyThatSaysOtherwiseNowIsTold) {
  write("saved.json", output("select demo.assay --json"));
  output("remove demo.assay --model model-06");
  const Finished finished = assay("report saved.json --json");
  EXPECT_EQ(finished.status, 0);
  EXPECT_THAT(finished.err, HasSubstr("shown without its calls"));
}

TEST_F(ReportTest, SeveralAreCompared) {
  output("synth other.assay --models 6 --queries 40 --seed 3");
  const report::Json json = report::Json::parsed(output("report demo.assay other.assay --json --no-timing"));
  EXPECT_EQ(json.member("documents").size(), 3U);
  EXPECT_EQ(json.member("documents").item(0).member("kind").text(), "comparison");
  EXPECT_THAT(output("report demo.assay other.assay"), HasSubstr("agree: "));
}

TEST_F(ReportTest, OtherVerbsAreShown) {
  output("synth arms.assay --scores two-groups --arms 30 --seed 3");
  write("allocate.json", output("allocate arms.assay --budget 300 --json"));
  EXPECT_THAT(output("report allocate.json"), StartsWith("Scored: 30 responses with 300 calls"));
  write("nonsense.json", "{\"a\": 1}");
  EXPECT_EQ(assay("report nonsense.json").status, 1);
  write("broken.json", "{\"a\": \"\x1B[31m");
  const Finished broken = assay("report broken.json");
  EXPECT_EQ(broken.status, 1);
  EXPECT_THAT(broken.err, Not(HasSubstr("\x1B")));
}

TEST_F(ReportTest, ChecksHaveTheirExitStatuses) {
  const std::string best = report::Json::parsed(output("select demo.assay --json")).member("best").text();
  EXPECT_EQ(assay("report demo.assay --expect-best " + best).status, 0);
  EXPECT_EQ(assay("report demo.assay --expect-best model-06").status, best == "model-06" ? 0 : 4);
  EXPECT_EQ(assay("report demo.assay --expect-best " + best + " --calls 1").status, 3);
  EXPECT_EQ(assay("report demo.assay --expect-best nobody").status, 2);
  EXPECT_EQ(assay("report demo.assay --fail-below 1% --model " + best).status, 0);
  EXPECT_EQ(assay("report demo.assay --fail-below 100% --model model-06").status, 4);
  EXPECT_EQ(assay("report demo.assay --fail-below many").status, 2);
  EXPECT_EQ(assay("report demo.assay --junit x.xml").status, 2) << "there is nothing to check";
  EXPECT_EQ(assay("report demo.assay --model a").status, 2);
  EXPECT_EQ(assay("report demo.assay --expect-best " + best + " --junit -").status, 2);
  EXPECT_FALSE(std::filesystem::exists(path("-")));
  EXPECT_FALSE(std::filesystem::exists(path("x.xml")));
}

// As a variable of the shell that is not set.
TEST_F(ReportTest, AnEmptyValueLeavesNoCheckOut) {
  for (const char* option : {"--expect-best", "--model", "--junit", "--fail-below", "-o"}) {
    std::vector<std::string> line = words("report demo.assay --expect-best model-02");
    line.emplace_back(option);
    line.emplace_back();
    const Finished finished = RunningCommand(folder_, line).wait();
    EXPECT_EQ(finished.status, 2) << option << finished.err;
  }
}

TEST_F(ReportTest, WhatIsReadIsNotOverwritten) {
  write("saved.json", output("select demo.assay --json"));
  const std::string before = contents(path("saved.json"));
  EXPECT_EQ(assay("report saved.json --expect-best model-02 --junit ./saved.json").status, 2);
  EXPECT_EQ(assay("report saved.json -o saved.json").status, 2);
  EXPECT_EQ(contents(path("saved.json")), before);
  EXPECT_EQ(assay("report demo.assay --expect-best model-02 --junit x -o ./x").status, 2);
  EXPECT_FALSE(std::filesystem::exists(path("x")));
}

TEST_F(ReportTest, TheJudgeIsNamed) {
  EXPECT_THAT(output("report demo.assay"), HasSubstr("\nJudge: synthetic (recorded)\n"));
  EXPECT_THAT(assay("report demo.assay --oracle people").err, HasSubstr("no verdicts of people"));
}

// 39 of 40 calls gave no verdict, which are shown as 1/2 and may be anything.
TEST_F(ReportTest, CallsWithoutAVerdictKeepARateOpen) {
  std::string lines;
  for (int q = 0; q < 40; ++q) {
    lines += R"({"query": "q)" + std::to_string(q) +
             R"(", "model": "a", "opponent": "base", "judge": "j", "verdict": )" +
             (q == 0 ? "\"loss\"}\n" : "null}\n");
  }
  write("failed.jsonl", lines);
  output("import failed.jsonl -o failed.assay");
  const Finished finished = assay("report failed.assay --fail-below 45% --model a --junit checks.xml");
  EXPECT_EQ(finished.status, 3) << finished.out;
  EXPECT_THAT(finished.out, HasSubstr("all was asked, and 39 without a verdict may be anything"));
  EXPECT_THAT(finished.err, HasSubstr("Note: "));
  EXPECT_THAT(contents(path("checks.xml")), HasSubstr("<system-out>Note: "));
}

TEST_F(ReportTest, JunitIsWrittenBesideWhateverElse) {
  const Finished finished = assay("report demo.assay --fail-below 100% --model model-06 --junit checks.xml --json");
  EXPECT_EQ(finished.status, 4);
  EXPECT_THAT(contents(path("checks.xml")), HasSubstr("<failure type=\"failed\""));
  EXPECT_EQ(report::Json::parsed(finished.out).member("checks").item(0).member("outcome").text(), "failed");
}

}  // namespace
}  // namespace assay
