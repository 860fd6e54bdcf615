#include "assay/view/ensemble.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "assay/app/ensemble_fit.h"
#include "assay/app/info.h"
#include "assay/core/error.h"
#include "assay/core/rng.h"
#include "assay/routing/ensemble_file.h"
#include "tests/app/app_fixture.h"

namespace assay::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class AppEnsembleTest : public AppTest {
 protected:
  // Four models on 300 queries of two tasks, labels yes and no; the last model is sometimes not run.
  void make(const std::string& study, std::size_t not_run = 0) {
    Rng rng(1);
    std::string csv = "query,task,gold,a,b,c,d\n";
    for (std::size_t q = 0; q < 300; ++q) {
      const bool yes = rng.below(2) == 1;
      csv += "q" + std::to_string(q) + (q % 2 == 0 ? ",maths," : ",law,") + (yes ? "yes" : "no");
      for (const double p : {0.85, 0.8, 0.75, 0.6}) {
        const bool right = rng.uniform() < p;
        csv += p == 0.6 && q < not_run ? ",NA" : right == yes ? ",yes" : ",no";
      }
      csv += "\n";
    }
    table(study, csv);
  }
  void table(const std::string& study, const std::string& csv) {
    write(study + ".csv", csv);
    run_import({.format = "csv", .paths = {path(study + ".csv")}, .study = path(study)});
  }
  EnsembleRequest request(const std::string& study) const { return {.study = path(study), .size = 2, .splits = 4}; }
  std::string error_of(const EnsembleRequest& request) const {
    try {
      run_ensemble(request);
    } catch (const InvalidArgument& error) {
      return error.what();
    }
    return "no error";
  }
};

TEST_F(AppEnsembleTest, ChoosesAndMeasures) {
  make("s");
  const EnsembleReport report = run_ensemble(request("s"));
  EXPECT_EQ(report.models, 4U);
  EXPECT_EQ(report.queries, 300U);
  EXPECT_EQ(report.labels, 2U);
  EXPECT_EQ(report.kind, LabelKind::classes);
  ASSERT_EQ(report.members.size(), 2U);
  EXPECT_EQ(report.members[0].name, "a");
  EXPECT_EQ(report.members[1].name, "b");
  EXPECT_NEAR(report.members[0].accuracy, 0.85, 0.05);
  EXPECT_NEAR(report.members[0].heldout_accuracy, 0.85, 0.07);
  EXPECT_FALSE(report.members[0].sure) << "300 queries do not tell information to within 5 %";
  EXPECT_FALSE(report.cost.has_value());
  EXPECT_TRUE(report.notes.empty());
  EXPECT_EQ(report.majority_seen.size(), 2U);
}

TEST_F(AppEnsembleTest, JsonHasWhatIsDocumented) {
  make("s");
  const std::string json = view::to_json(run_ensemble(request("s")));
  for (const char* key :
       {"\"models\": 4", "\"queries\": 300", "\"labels\": 2", "\"method\": \"assay\"", "\"size\": 2",
        "\"members\": [", "\"name\": \"a\"", "\"accuracy\": ", "\"information\": null",
        "\"heldout_accuracy\": ", "\"cost\": null", "\"decision\": \"", "\"heldout\": {", "\"heldout_se\": {",
        "\"top-accuracy\": {", "\"majority\": [", "\"floor\": "}) {
    EXPECT_THAT(json, HasSubstr(key));
  }
}

TEST_F(AppEnsembleTest, QueriesThatNotEveryModelSawAreLeftOutAndCounted) {
  make("s", 10);
  const EnsembleReport report = run_ensemble(request("s"));
  EXPECT_EQ(report.queries, 290U);
  EXPECT_THAT(report.notes, ElementsAre("10 of 300 queries left out: not every model was run on them"));
}

TEST_F(AppEnsembleTest, ByTaskHasAnEnsembleForEach) {
  make("s");
  EnsembleRequest by_task = request("s");
  by_task.by_task = true;
  const EnsembleReport report = run_ensemble(by_task);
  ASSERT_EQ(report.tasks.size(), 2U);
  EXPECT_EQ(report.tasks[0].queries, 150U);
  EXPECT_EQ(report.tasks[0].members.size(), 2U);
  EXPECT_THAT(view::to_json(report), HasSubstr("\"tasks\": ["));
  by_task.choice.tasks = {"law"};
  EXPECT_EQ(error_of(by_task), "expected queries of two tasks or more, came one task");
}

TEST_F(AppEnsembleTest, ABudgetNeedsPrices) {
  make("s");
  EnsembleRequest budget = request("s");
  budget.size.reset();
  budget.budget = 3'000'000;
  EXPECT_EQ(error_of(budget), "a budget needs the price of every model; the study does not tell that of \"a\"");
  write("prices.jsonl",
        "{\"model\": \"a\", \"price\": 10}\n{\"model\": \"b\", \"price\": 2}\n"
        "{\"model\": \"c\", \"price\": 0.9}\n{\"model\": \"d\", \"price\": 0.1}\n");
  import_jsonl("prices.jsonl", "s");
  const EnsembleReport report = run_ensemble(budget);
  ASSERT_TRUE(report.cost.has_value());
  EXPECT_LE(*report.cost, 3'000'000);
  EXPECT_EQ(report.members[0].name, "b");
  EXPECT_EQ(report.members[0].cost, 2'000'000);
  budget.budget = 50'000;
  EXPECT_EQ(error_of(budget),
            "the budget of 50000 micro-dollars per million tokens buys no model; the cheapest costs 100000");
  budget.size = 2;
  EXPECT_EQ(error_of(budget), "expected a size or a budget, came both");
}

TEST_F(AppEnsembleTest, RefusesWhatTellsNothing) {
  table("one", "query,gold,a,b\n1,x,x,y\n2,x,y,x\n3,x,x,x\n");
  EXPECT_EQ(error_of(request("one")),
            "expected at least two different true labels, came one on all 3 queries: no vote can tell anything");
  table("few", "query,gold,a,b\n1,x,x,y\n2,y,z,x\n");
  EXPECT_EQ(error_of(request("few")),
            "expected at least as many queries with a true label as there are labels, came 2 queries and 3 labels");
  table("constant", "query,gold,a,b\n1,x,x,y\n2,y,x,x\n3,x,x,x\n");
  EXPECT_EQ(error_of(request("constant")), "expected a size from 1 to the number of models, 1, came 2");
  table("constants", "query,gold,a,b\n1,x,x,y\n2,y,x,y\n3,x,x,y\n");
  EXPECT_EQ(error_of(request("constants")), "every model gives one answer to all 3 queries, which tells nothing");
  make("s");
  EnsembleRequest large = request("s");
  large.size = 5;
  EXPECT_EQ(error_of(large), "expected a size from 1 to the number of models, 4, came 5");
  large.size = 2;
  large.method = "best";
  EXPECT_THAT(error_of(large), HasSubstr("unknown method \"best\"; expected one of assay, greedy-mi"));
  large.method = "assay";
  large.decision = "coin";
  EXPECT_THAT(error_of(large), HasSubstr("unknown decision \"coin\"; expected one of majority"));
  large.decision = "auto";
  large.train = 1;
  EXPECT_EQ(
      error_of(large),
      "the training part of a split is too small, of size 1: expected at least two different true labels, came "
      "one on all 1 queries: no vote can tell anything");
  large.splits = 0;
  EXPECT_EQ(error_of(large), "expected 1 to 10000 splits, came 0");
}

TEST_F(AppEnsembleTest, NamesOfStrangersStayWhereTheyAre) {
  std::string csv = "query,gold,a\x1b[31m,b\n";
  for (int q = 0; q < 60; ++q) {
    csv += std::to_string(q) + (q % 3 == 0 ? ",x" : ",y") + (q % 4 == 0 ? ",x" : ",y") +
           (q % 5 == 0 ? ",x\n" : ",y\n");
  }
  table("bad", csv);
  EnsembleRequest evil = request("bad");
  const std::string text = view::to_text(run_ensemble(evil));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

// MMLU-Pro: what the copula says of a strict majority of the seven most accurate, and what is gained over it. Two
// splits only: docs/results/ensemble.md has twenty.
TEST_F(AppEnsembleTest, MmluPro) {
  const char* data = std::getenv("ASSAY_BENCH_DATA");
  const std::filesystem::path folder = std::filesystem::path(data == nullptr ? "" : data) / "mmlu_pro";
  if (data == nullptr || !std::filesystem::exists(folder)) {
    GTEST_SKIP() << "ASSAY_BENCH_DATA names no folder with mmlu_pro";
  }
  run_import({.format = "jsonl", .paths = {(folder / "questions.jsonl").string()}, .study = path("mmlu")});
  run_import({.format = "csv",
              .paths = {(folder / "predictions.csv").string()},
              .study = path("mmlu"),
              .options = {.gold = "answer", .task = "category", .ignore = {"src", "hist:merged"}}});
  const EnsembleReport report = run_ensemble({.study = path("mmlu"),
                                              .size = 7,
                                              .method = "top-accuracy",
                                              .decision = "logit",
                                              .compare = {"top-accuracy"},
                                              .splits = 2});
  EXPECT_EQ(report.models, 32U);
  EXPECT_NEAR(report.majority_copula.back(), report.majority_seen.back(), 0.01);
  EXPECT_LT(report.majority_independent.back(), report.majority_seen.back() - 0.05);
  EXPECT_GT(report.replay.held_out[0][0].accuracy[6], report.replay.held_out[0][1].accuracy[6] + 0.01)
      << "the logit beats the majority";
  EXPECT_TRUE(report.members[6].sure);
  EXPECT_NEAR(report.members[6].information.mean, 1.33, 0.05);
}

TEST_F(AppEnsembleTest, ModelsThatTellNothingAreLeftOutWithANote) {
  Rng rng(1);
  std::string csv = "query,gold,a,again,b,constant\n";
  for (std::size_t q = 0; q < 100; ++q) {
    const auto answer = [&](double p) { return std::string(rng.uniform() < p ? "," : ",no") + "yes"; };
    const std::string gold = rng.below(2) == 1 ? ",yes" : ",noyes";
    const std::string a = rng.uniform() < 0.9 ? gold : answer(0.5);
    csv += std::to_string(q) + gold + a + a + answer(0.5) + ",yes\n";
  }
  table("s", csv);
  write("prices.jsonl", "{\"model\": \"a\", \"price\": 10}\n{\"model\": \"again\", \"price\": 2}\n");
  import_jsonl("prices.jsonl", "s");
  const EnsembleReport report = run_ensemble(request("s"));
  EXPECT_EQ(report.models, 2U);
  EXPECT_THAT(report.notes,
              ElementsAre("left out, one answer to all 100 queries, which tells nothing: \"constant\"",
                          "left out, the same answers to all 100 queries as \"again\": \"a\""))
      << "of two that answer alike the cheaper one stays";
}

TEST_F(AppEnsembleTest, TasksWithOneTrueLabelAreLeftOutWithANote) {
  Rng rng(1);
  std::string csv = "query,task,gold,a,b\n";
  for (std::size_t q = 0; q < 180; ++q) {
    const bool yes = q % 3 == 2 || rng.below(2) == 1;
    csv += std::to_string(q) + (q % 3 == 0 ? ",maths," : q % 3 == 1 ? ",law," : ",single,") + (yes ? "yes" : "no");
    for (const double p : {0.85, 0.7}) csv += (rng.uniform() < p) == yes ? ",yes" : ",no";
    csv += "\n";
  }
  table("s", csv);
  EnsembleRequest by_task = request("s");
  by_task.by_task = true;
  const EnsembleReport report = run_ensemble(by_task);
  ASSERT_EQ(report.tasks.size(), 2U);
  EXPECT_EQ(report.tasks[0].name, "law");
  EXPECT_EQ(report.queries, 120U);
  EXPECT_THAT(report.notes, ElementsAre("tasks left out, one true label on all their queries: \"single\""));
  by_task.choice.tasks = {"law", "single"};
  EXPECT_EQ(error_of(by_task), "expected queries of two tasks or more with different true labels, came one task");
}

TEST_F(AppEnsembleTest, TellsWhatAskingInTurnSaves) {
  make("s");
  EnsembleRequest four = request("s");
  four.size = 4;
  four.sure = 0.85;
  const EnsembleReport report = run_ensemble(four);
  std::vector<double> sure;
  for (const sim::SequentialReplay& one : report.replay.sequential) sure.push_back(one.sure);
  EXPECT_THAT(sure, ElementsAre(0.85, 0.9, 0.93, 0.95, 0.97, 0.99, 1.0));
  EXPECT_THAT(view::to_text(report), HasSubstr("certainty"));
  four.sure = 0;
  EXPECT_THAT(error_of(four), HasSubstr("`sure` must be above 0 and at most 1, came 0"));
}

TEST_F(AppEnsembleTest, FitWritesWhatIsAskedInTurn) {
  make("s");
  const EnsembleFitReport report =
      run_ensemble_fit({.study = path("s"), .ensemble = path("x.ensemble"), .size = 3, .sure = 0.9});
  EXPECT_THAT(report.labels, ElementsAre("no", "yes"));
  ASSERT_EQ(report.ensembles.size(), 1U);
  EXPECT_EQ(report.ensembles[0].queries, 300U);
  const routing::EnsembleFile file(path("x.ensemble"));
  EXPECT_THAT(file.contents().ensembles[0].members, ElementsAre("a", "b", "c"));
  EXPECT_EQ(file.contents().sure, 0.9);
  EXPECT_EQ(report.bytes, std::filesystem::file_size(path("x.ensemble")));
  const std::vector<Label> agreed = {2, 2};
  const ensemble::SequentialStep step = file.vote(0).next(agreed, 2, 0.9);
  EXPECT_TRUE(step.done) << "the third, who is worse, can't outvote two";
  EXPECT_EQ(step.answer.label, 2);
  EXPECT_GT(step.answer.probability, 0.9);
  EXPECT_FALSE(file.vote(0).next(std::vector<Label>{2, 1}, 2, 1).done);
  EXPECT_THAT(assay::error_of([&] { run_info({path("x.ensemble")}); }),
              HasSubstr("x.ensemble: expected a study, came an ensemble, which serve reads"));
}

TEST_F(AppEnsembleTest, FitByTaskHasOneForEach) {
  make("s");
  const EnsembleFitReport report =
      run_ensemble_fit({.study = path("s"), .ensemble = path("x.ensemble"), .size = 2, .by_task = true});
  ASSERT_EQ(report.ensembles.size(), 2U);
  EXPECT_EQ(report.ensembles[0].task, "law");
  EXPECT_EQ(report.ensembles[0].queries, 150U);
  const routing::EnsembleFile file(path("x.ensemble"));
  EXPECT_EQ(file.contents().ensembles[1].task, "maths");
  // The same again to the last byte, and never half of it.
  const auto first = routing::ensemble_text(file.contents());
  run_ensemble_fit({.study = path("s"), .ensemble = path("x.ensemble"), .size = 2, .by_task = true, .threads = 1});
  EXPECT_EQ(routing::ensemble_text(routing::EnsembleFile(path("x.ensemble")).contents()), first);
  EXPECT_THROW(run_ensemble_fit({.study = path("s"), .ensemble = path("s")}), InvalidArgument)
      << "a study is there";
  EXPECT_THROW(run_ensemble_fit({.study = path("s"), .ensemble = path("y"), .sure = 1.5}), InvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(path("y")));
}

}  // namespace
}  // namespace assay::app
