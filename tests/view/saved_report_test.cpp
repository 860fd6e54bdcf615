// What a verb wrote with --json is read again: a selection says the same in words.

#include "assay/view/saved_report.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "assay/core/error.h"
#include "assay/view/select.h"
#include "tests/app/app_fixture.h"

namespace assay::view {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class SavedReportTest : public SynthStudyTest {
 protected:
  asking::SelectReport select(std::optional<double> budget = {}, const std::string& strategy = "assay") const {
    app::SelectRequest request;
    request.study = study_;
    request.budget = budget;
    request.strategy = strategy;
    return app::run_select(request);
  }
};

TEST_F(SavedReportTest, ASelectionSaysTheSameInWords) {
  for (const std::optional<double> budget : {std::optional<double>(), std::optional(3.0)}) {
    asking::SelectReport report = select(budget);
    report.baseline_report.reset();  // the one part of the long text that the JSON has in another form
    const asking::SelectReport again = select_report(report::Json::parsed(to_json(report)));
    EXPECT_EQ(to_text(again, false), to_text(report, false));
    EXPECT_EQ(first_lines(to_text(again, false)), first_lines(to_text(report, false)));
    EXPECT_EQ(again.calls_all, report.calls_all);
    EXPECT_EQ(again.lower_is_better, report.lower_is_better);
    EXPECT_EQ(again.models.size(), report.models.size());
  }
}

TEST_F(SavedReportTest, TheDocumentIsThatOfTheVerb) {
  const report::Json json = report::Json::parsed(to_json(select()));
  const PageDocument document = saved_document(json, "x.json", "in/x.json");
  EXPECT_EQ(document.kind, "select");
  EXPECT_EQ(document.report.compact(), json.compact());
  EXPECT_THAT(document.summary, ElementsAre(StartsWith("Best"), StartsWith("Sure"), StartsWith("Judged")));
  EXPECT_EQ(document.command, std::nullopt);
  // A page has no calls of it, and says so by null.
  EXPECT_TRUE(to_json(document).member("calls").is_null());
}

PageDocument saved(const std::string& json) { return saved_document(report::Json::parsed(json), "t", "s"); }

TEST(SavedDocument, OfOtherVerbsIsSummedUp) {
  const PageDocument allocate = saved(
      R"({"allocator": "robin", "arms": [{}, {}], "calls": 30, "worst_error": {"bound": 1.25, "likely": 0.5}})");
  EXPECT_EQ(allocate.kind, "allocate");
  EXPECT_THAT(allocate.summary, ElementsAre("Scored: 2 responses with 30 calls, allocator robin",
                                            "Worst error: probably about 0.50, with 95 % at most 1.25"));
  const PageDocument task =
      saved(R"({"router": "r", "chosen": "a\u001b[31m", "models": [{"score": 0.7, "low": 0.6, "high": 0.8}]})");
  EXPECT_EQ(task.kind, "route-task");
  EXPECT_THAT(task.summary, ElementsAre("Take: a\\x1b[31m, right in about 70.0 % (60.0 .. 80.0 %)"));
  const PageDocument ensemble = saved(
      R"({"members": [{"name": "a"}, {"name": "b", "heldout_accuracy": 0.9}], "decision": "vote", "heldout": {}})");
  EXPECT_THAT(ensemble.summary,
              ElementsAre("Take: a, b", "Right together: 90.0 % of held-out queries, decided by vote"));
  EXPECT_EQ(saved(R"({"strategies": [], "realizations": 5, "pool": 1})").kind, "simulate");
  EXPECT_EQ(saved(R"({"settings": [], "runs": 5, "seed": 1})").kind, "simulate-allocators");
  EXPECT_EQ(saved(R"({"scores": [], "per_query": [], "pools": 1})").kind, "route-evaluate");
  EXPECT_EQ(saved(R"({"router": "", "tasks_belief": {}, "queries_belief": {}})").kind, "route-fit");
  EXPECT_EQ(saved(R"({"router": "", "prompts": [], "cost_weight": 0})").kind, "route-query");
}

TEST(SavedDocument, OfNoVerbIsRefused) {
  for (const char* text : {"{}", "[]", "3", "null", R"({"best": "a", "models": []})"}) {
    EXPECT_THROW(saved(text), DataError) << text;
  }
  EXPECT_THROW(saved(R"({"best": "a", "models": [], "trace": []})"), DataError) << "no models";
}

TEST(SavedDocument, WhatHasAnotherTypeDoesNoHarm) {
  const PageDocument document =
      saved(R"({"best": 3, "models": [{"name": [], "wins": -1, "low": "x", "price": {}}, 7], "trace": {}, "stop": 5,
                "queries": 1e300, "notes": [3], "averaging": [], "measure": {}})");
  EXPECT_EQ(document.kind, "select");
  EXPECT_FALSE(document.text.empty());
  EXPECT_THROW(report::Json::parsed(std::string(200, '[') + std::string(200, ']')), DataError);
  EXPECT_THROW(report::Json::parsed("{\"a\": \"\xFF\"}"), DataError);
}

}  // namespace
}  // namespace assay::view
