#include "assay/asking/oracle_choice.h"

#include <gmock/gmock.h>

#include "assay/view/allocate.h"
#include "assay/view/select.h"
#include "tests/app/app_fixture.h"
#include "tests/judge/shell_judge.h"

namespace assay::asking {
namespace {

using testing::Contains;
using testing::HasSubstr;

TEST(OracleChoice, NamesAndArguments) {
  const auto message = [](const std::string& name) { return error_of([&] { oracle({.name = name}); }); };
  for (const OracleEntry& entry : oracles()) {
    EXPECT_TRUE(entry.verdicts != nullptr || entry.scores != nullptr) << entry.name;
    const std::string with = std::string(entry.name) + ":x y";
    EXPECT_EQ(argument_of({.name = with}), "x y");
    EXPECT_EQ(message(with).empty(), entry.argument != nullptr) << with;
    EXPECT_EQ(message(entry.name).empty(), !entry.argument_needed) << entry.name;
    EXPECT_THAT(message(std::string(entry.name) + ":"), HasSubstr("unknown oracle"));
    EXPECT_THAT(message("frob"), HasSubstr(form_of(entry)));
  }
  EXPECT_EQ(argument_of({.name = "command:a:b"}), "a:b");
  EXPECT_THAT(message(""), HasSubstr("unknown oracle \"\""));
}

class LiveOracleTest : public SynthStudyTest {
 protected:
  app::SelectRequest select(const std::string& name) const {
    app::SelectRequest request;
    request.study = study_;
    request.oracle.name = name;
    request.choice.baseline = "baseline";
    request.strategy = "random";
    request.budget = 4;
    return request;
  }
  app::AllocateRequest allocate(const std::string& name) const {
    app::AllocateRequest request;
    request.study = study_;
    request.oracle.name = name;
    request.budget = 300;
    request.allocator = "uniform";
    request.scale = Scale{1, 5};
    request.batch = 16;
    return request;
  }
};

TEST_F(LiveOracleTest, SelectByAProgramKeepsAndGoesOn) {
  const std::string name = "command:" + shell_judge("case $line in *model-02*) " + say("\"verdict\":\"win\"") +
                                                    ";; *) " + say("\"verdict\":\"loss\"") + ";; esac");
  const app::SelectReport report = app::run_select(select(name));
  EXPECT_EQ(report.best, "model-02");
  EXPECT_EQ(report.calls_new, 20U);
  EXPECT_EQ(report.oracle, name);
  EXPECT_EQ(report.judge, name);
  EXPECT_EQ(app::run_select(select(name)).calls_new, 0U);
  app::SelectRequest more = select(name);
  more.budget = 6;
  EXPECT_EQ(app::run_select(more).calls_new, 10U);
}

TEST_F(LiveOracleTest, AProgramThatFailsForGoodLosesNothing) {
  // Answers twelve requests, and never again.
  const std::string count = folder_.path("count");
  const std::string name = "command:" + shell_judge("echo x >> " + count + "; [ $(wc -l < " + count +
                                                    ") -le 12 ] || exit 1; " + say("\"verdict\":\"win\""));
  EXPECT_THAT(error_of([&] { app::run_select(select(name)); }), HasSubstr("failed at 3 calls in a row"));
  std::filesystem::remove(count);
  EXPECT_EQ(error_of([&] {
              const app::SelectReport report = app::run_select(select(name));
              EXPECT_EQ(report.calls_new, 8U) << "what was answered before the failure is kept";
              EXPECT_EQ(report.calls_failed, 0U);
            }),
            "");
}

TEST_F(LiveOracleTest, FailuresAreTold) {
  const std::string name = "command:" + shell_judge("case $line in *model-02*) " + say("\"error\":\"busy\"") +
                                                    ";; *) " + say("\"verdict\":\"loss\"") + ";; esac");
  const app::SelectReport report = app::run_select(select(name));
  EXPECT_EQ(report.calls_failed, 4U);
  EXPECT_THAT(report.notes, Contains("4 calls failed: the program reports \"busy\""));
  EXPECT_EQ(app::run_select(select(name)).calls_new, 4U) << "failed calls are made again";
}

TEST_F(LiveOracleTest, AllocateByAProgram) {
  const std::string name = "command:" + shell_judge("case $line in *model-02*) " + say("\"score\":5") + ";; *) " +
                                                    say("\"score\":2") + ";; esac");
  const app::AllocateReport report = app::run_allocate(allocate(name));
  EXPECT_EQ(report.arms.size(), 240U);  // the baseline's responses, too
  EXPECT_EQ(report.calls_new, 300U);
  EXPECT_TRUE(std::isnan(report.worst_error_true));
  EXPECT_THAT(view::to_text(report), testing::Not(HasSubstr("truly")));
  EXPECT_THAT(view::to_json(report), HasSubstr("\"true\": null"));
  for (const app::AllocateReport::Arm& arm : report.arms) EXPECT_EQ(arm.mean, arm.model == "model-02" ? 5 : 2);
  EXPECT_EQ(app::run_allocate(allocate(name)).calls_new, 0U);
}

TEST_F(LiveOracleTest, WhatDoesNotGoTogetherIsRefused) {
  const auto select_error = [&](const auto& change) {
    app::SelectRequest request = select("command:x");
    change(request);
    return error_of([&] { app::run_select(request); });
  };
  EXPECT_EQ(select_error([](app::SelectRequest& r) { r.choice.judge = "synthetic"; }),
            "`judge` names recorded judgements, which go with oracle recorded, not with \"command:x\"");
  EXPECT_THAT(select_error([](app::SelectRequest& r) { r.choice.without_responses = true; }),
              HasSubstr("`without_responses` goes with oracle recorded"));
  EXPECT_THAT(select_error([](app::SelectRequest& r) { r.oracle.name = "command:no-such-program"; }),
              HasSubstr("the program \"no-such-program\" can't be started"));
  EXPECT_THAT(select_error([](app::SelectRequest& r) { r.oracle.name = "command:'x"; }),
              HasSubstr("is not closed"));
  const auto allocate_error = [&](const auto& change) {
    app::AllocateRequest request = allocate("command:x");
    change(request);
    return error_of([&] { app::run_allocate(request); });
  };
  EXPECT_THAT(allocate_error([](app::AllocateRequest& r) { r.scale.reset(); }),
              HasSubstr("must be told the scale: `scale` LOW,HIGH"));
  EXPECT_THAT(allocate_error([](app::AllocateRequest& r) { r.allocator = "robin"; }),
              HasSubstr("must know the variances, which only recorded scores tell"));
  EXPECT_THAT(allocate_error([](app::AllocateRequest& r) { r.choice.judge = "j"; }), HasSubstr("`judge` names"));
  EXPECT_THAT(allocate_error([](app::AllocateRequest& r) { r.choice.skip_unscored = true; }),
              HasSubstr("`skip_unscored` is about recorded scores"));
  EXPECT_THAT(allocate_error([](app::AllocateRequest& r) { r.oracle.name = "person"; }),
              HasSubstr("oracle \"person\" gives no scores"));
}

}  // namespace
}  // namespace assay::asking
