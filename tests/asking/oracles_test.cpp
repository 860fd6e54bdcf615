#include "assay/asking/oracles.h"

#include <gmock/gmock.h>

#include "assay/view/allocate.h"
#include "assay/view/select.h"
#include "tests/app/app_fixture.h"
#include "tests/judge/shell_judge.h"

namespace assay::asking {
namespace {

using testing::Contains;
using testing::HasSubstr;

TEST(Oracles, NamesAndArguments) {
  const auto message = [](const std::string& name) { return error_of([&] { oracle({.name = name}); }); };
  for (const OracleEntry& entry : oracles()) {
    EXPECT_NE(entry.make, nullptr) << entry.name;
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

// What is recorded is not kept, and has no key.
TEST(Oracles, KeysInWords) {
  EXPECT_EQ(oracle_title("command:3:a:b:c:d"), "command a:b against c:d");
  EXPECT_EQ(oracle_title("command-scores:1:a:1,5"), "scores of command a, scale 1,5");
  EXPECT_EQ(oracle_title("llm:1:m:base"), "m against base");
  EXPECT_EQ(oracle_title("llm-scores:1:m:1 to 5"), "scores of m, scale 1 to 5");
  EXPECT_EQ(oracle_title("person:0::base"), "person against base");
  EXPECT_EQ(oracle_title("person:4:anna:base"), "person anna against base");
  for (const char* other :
       {"command-scores:9:a:1", "command:", "command:9:j:base", "command:1:jj:base", "command:1", "command:x:y:z",
        "command:18446744073709551615:j:b", "recorded:1:j:base", "another", ""}) {
    EXPECT_EQ(oracle_title(other), other);
  }
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
  const SelectReport report = app::run_select(select(name));
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
              const SelectReport report = app::run_select(select(name));
              EXPECT_EQ(report.calls_new, 8U) << "what was answered before the failure is kept";
              EXPECT_EQ(report.calls_failed, 0U);
            }),
            "");
}

TEST_F(LiveOracleTest, FailuresAreTold) {
  const std::string name = "command:" + shell_judge("case $line in *model-02*) " + say("\"error\":\"busy\"") +
                                                    ";; *) " + say("\"verdict\":\"loss\"") + ";; esac");
  const SelectReport report = app::run_select(select(name));
  EXPECT_EQ(report.calls_failed, 4U);
  EXPECT_THAT(report.notes, Contains("4 calls failed: the program reports \"busy\""));
  EXPECT_EQ(app::run_select(select(name)).calls_new, 4U) << "failed calls are made again";
}

TEST_F(LiveOracleTest, AllocateByAProgram) {
  const std::string name = "command:" + shell_judge("case $line in *model-02*) " + say("\"score\":5") + ";; *) " +
                                                    say("\"score\":2") + ";; esac");
  const AllocateReport report = app::run_allocate(allocate(name));
  EXPECT_EQ(report.arms.size(), 240U);  // the baseline's responses, too
  EXPECT_EQ(report.calls_new, 300U);
  EXPECT_TRUE(std::isnan(report.worst_error_true));
  EXPECT_THAT(view::to_text(report), testing::Not(HasSubstr("truly")));
  EXPECT_THAT(view::to_json(report), HasSubstr("\"true\": null"));
  for (const AllocateReport::Arm& arm : report.arms) EXPECT_EQ(arm.mean, arm.model == "model-02" ? 5 : 2);
  EXPECT_EQ(app::run_allocate(allocate(name)).calls_new, 0U);
  app::AllocateRequest more = allocate(name);
  more.budget = 400;
  EXPECT_EQ(app::run_allocate(more).calls_new, 100U) << "a larger budget goes on";
  more.budget = 1200;
  more.allocator = "assay";
  EXPECT_EQ(app::run_allocate(more).calls_new, 800U) << "what one allocator asked for counts for another";
}

// The defect that kept answers had: they were found by names alone.
TEST_F(LiveOracleTest, AnAnswerCountsForWhatWasShown) {
  const std::string name = "command:" + shell_judge(say("\"verdict\":\"win\""));
  app::SelectRequest request = select(name);
  request.budget = 40;
  EXPECT_EQ(app::run_select(request).calls_new, 200U);
  {
    store::Study study(study_, store::Study::Mode::write);
    const auto import = study.begin_import();
    const store::Comparison comparison = study.judgeable({.baseline = "baseline"});
    import->add(ResponseRecord{comparison.queries[3], "baseline", 1, "another answer"}, {"f", 1},
                OnConflict::keep_last);
    import->add(ResponseRecord{comparison.queries[4], "model-02", 1, "another answer"}, {"f", 2},
                OnConflict::keep_last);
    import->commit();
  }
  EXPECT_EQ(app::run_select(request).calls_new, 6U) << "five pairs with that baseline's response, and one more";
  EXPECT_EQ(app::run_select(request).calls_new, 0U);
}

TEST_F(LiveOracleTest, WhatAnOlderAssayKeptCountsAndIsTold) {
  const std::string name = "command:" + shell_judge(say("\"verdict\":\"win\""));
  {
    store::Study study(study_, store::Study::Mode::write);
    const std::string key = "command:" + std::to_string(name.size() - 8) + ":" + name.substr(8) + ":baseline";
    const store::Comparison comparison = study.judgeable({.baseline = "baseline"});
    for (const std::string& query : comparison.queries) study.keep_answer(key, {query, "model-02", 0, 0, {}, 0.0});
  }
  const SelectReport report = app::run_select(select(name));
  EXPECT_EQ(report.calls_new, 16U);
  EXPECT_THAT(report.notes, Contains(HasSubstr("40 answers were kept by an older Assay")));
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
