#include "assay/view/route_update.h"

#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "assay/app/route_fit.h"
#include "assay/app/route_query.h"
#include "assay/core/error.h"
#include "assay/routing/router_file.h"
#include "assay/view/route_info.h"
#include "tests/app/app_fixture.h"
#include "tests/route/sample_texts.h"

namespace assay::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class RouteUpdateTest : public AppTest {
 protected:
  RouteUpdateTest() {
    write("in.jsonl", sample_route_lines());
    import_jsonl("in.jsonl", "x.assay");
  }
  void fit(std::optional<double> risk = {}) const {
    RouteFitRequest request;
    request.study = path("x.assay");
    request.router = path("x.router");
    request.embedding.dimensions = 16;
    request.risk = risk;
    request.threads = 1;
    run_route_fit(request);
  }
  RouteUpdateReport update(const std::string& lines, const std::string& output = "") {
    write("out.jsonl", lines);
    return run_route_update(
        {.router = path("x.router"), .outcomes = path("out.jsonl"), .output = output.empty() ? "" : path(output)});
  }
  std::string bytes(const std::string& name) const {
    std::ifstream in(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

// Twenty outcomes of a model that nobody knew, on prompts that nobody asked.
std::string new_model_lines() {
  std::string lines;
  for (int i = 0; i < 20; ++i) {
    lines += "{\"model\": \"fresh\", \"right\": " + std::string(i % 5 == 0 ? "false" : "true") +
             ", \"prompt\": \"Which matrix number " + std::to_string(i) +
             "?\", \"time\": " + std::to_string(1700000000 + i * 86400) + "}\n";
  }
  return lines;
}

TEST_F(RouteUpdateTest, TellsOfHalvesOfCharacters) {
  fit();
  const RouteUpdateReport whole = update(new_model_lines(), "new.router");
  const auto apart = [](int outcomes) {
    return "\"fresh\": 0 of its " + std::to_string(outcomes) +
           " outcomes are on prompts that another model was asked; the others count as they are, whether these "
           "prompts "
           "are easy or hard";
  };
  EXPECT_THAT(whole.notes, ElementsAre("new models: \"fresh\"", apart(20)));
  const RouteUpdateReport report = update(
      new_model_lines() + R"({"model": "fresh", "right": 1, "prompt": "cut \ud83d", "task": "\ude00"})" + "\n",
      "new.router");
  EXPECT_EQ(report.outcomes, 21U);
  EXPECT_THAT(report.notes, ElementsAre("texts with half a character (\\ud800 to \\udfff alone), read as U+FFFD: 2",
                                        "new models: \"fresh\"", apart(21)));
}

TEST_F(RouteUpdateTest, WordsOfNewPromptsBecomeKnown) {
  fit();
  const std::string lines =
      R"({"model": "fresh", "right": 1, "prompt": "Matrix: welche Zahl ist gr\u00f6\u00dfer?"})"
      "\n"
      R"({"model": "fresh", "right": 0, "prompt": "Matrix: welche Zahl ist gr\u00f6\u00dfer als null?"})"
      "\n";
  update(lines, "new.router");
  const auto known = [&](const std::string& router, const std::string& prompt) {
    RouteQueryRequest request;
    request.router = path(router);
    request.prompts = {prompt};
    return run_route_query(request).prompts[0].known;
  };
  EXPECT_FALSE(known("x.router", "Matrix: welche Zahl ist gr\u00f6\u00dfer?"));
  EXPECT_TRUE(known("new.router", "Matrix: welche Zahl ist gr\u00f6\u00dfer?"));
  EXPECT_FALSE(known("new.router", "\u65e5\u672c\u306e\u9996\u90fd\u306f\u3069\u3053\u3067\u3059\u304b"));
  EXPECT_TRUE(known("new.router", "Which theorem of the matrix?"));
}

TEST_F(RouteUpdateTest, WordsOfAPromptBesideAVectorBecomeKnown) {
  fit();
  const std::string prompt = "Matrix: welche Zahl ist gr\u00f6\u00dfer?";
  std::string vector = "[1";
  for (int i = 1; i < 16; ++i) vector += ", 0";
  update(R"({"model": "fresh", "right": 1, "prompt": ")" + prompt + R"(", "vector": )" + vector + "]}\n",
         "new.router");
  RouteQueryRequest request;
  request.prompts = {prompt};
  request.router = path("x.router");
  EXPECT_FALSE(run_route_query(request).prompts[0].known);
  request.router = path("new.router");
  EXPECT_TRUE(run_route_query(request).prompts[0].known) << "one prompt is enough";
}

TEST_F(RouteUpdateTest, AModelThatIsComparedIsNotSaidToBeApart) {
  fit();
  std::string lines;
  for (int i = 0; i < 3; ++i) {
    const std::string prompt = ", \"prompt\": \"Which matrix number " + std::to_string(i) + "?\"}\n";
    lines += R"({"model": "fresh", "right": true)" + prompt;
    if (i < 2) lines += R"({"model": "model0", "right": true)" + prompt;
  }
  EXPECT_THAT(update(lines, "new.router").notes, ElementsAre("new models: \"fresh\""));
}

TEST_F(RouteUpdateTest, ATimeThatHasNotComeIsAMistake) {
  fit();
  EXPECT_EQ(
      error_of([&] { update(R"({"model": "model1", "right": true, "prompt": "Who?", "time": 4000000000})"); }),
      "expected times that have passed, Unix seconds, came 4000000000 of model \"model1\": ages count from the "
      "newest one");
}

TEST_F(RouteUpdateTest, AddsAModelAndItsPrompts) {
  fit();
  const std::size_t before = routing::RouterFile(path("x.router")).router().benchmark.queries();
  const RouteUpdateReport report = update(new_model_lines(), "new.router");
  EXPECT_EQ(report.outcomes, 20U);
  EXPECT_EQ(report.new_queries, 20U);
  EXPECT_EQ(report.models.back().name, "fresh");
  EXPECT_TRUE(report.models.back().fresh);
  EXPECT_EQ(report.models.back().known, 20U);
  EXPECT_GT(report.models.back().accuracy, 0.5);
  EXPECT_GT(report.models.back().error, 0);
  const routing::RouterFile router(path("new.router"));
  EXPECT_EQ(router.router().benchmark.queries(), before + 20);
  EXPECT_EQ(router.contents().models.back(), "fresh");
  EXPECT_TRUE(std::isnan(router.contents().cost.back())) << "nobody told a price";
  EXPECT_EQ(router.router().times.size(), router.router().benchmark.cells.size());
  EXPECT_EQ(report.digest, route::candidate_digest(router.contents().models));
  RouteQueryRequest query;
  query.router = path("new.router");
  query.prompts = {"Which matrix equation?"};
  EXPECT_EQ(run_route_query(query).prompts[0].models.size(), router.contents().models.size());
  EXPECT_EQ(routing::RouterFile(path("x.router")).contents().models.size(), router.contents().models.size() - 1)
      << "the old one is as it was";
  EXPECT_THAT(view::to_text(report), HasSubstr("20 outcomes added, 20 new queries"));
}

TEST_F(RouteUpdateTest, TheSameAgainChangesNothingButWhatItSays) {
  fit();
  update(new_model_lines());
  const std::string once = bytes("x.router");
  const RouteUpdateReport again = update(new_model_lines());
  EXPECT_EQ(again.new_queries, 0U);
  EXPECT_EQ(again.changed, 20U);
  EXPECT_THAT(view::to_text(again),
              HasSubstr("x.router: 0 outcomes added, 20 that it had are told again, 0 new queries"));
  EXPECT_EQ(bytes("x.router"), once);
}

TEST_F(RouteUpdateTest, ALogWithoutTextsComesBackByItsVectors) {
  fit();
  const routing::RouterFile router(path("x.router"));
  const std::vector<float> vector = router.embed({}, {"Which matrix number 7?"}, 1);
  std::string numbers;
  for (const float value : vector) numbers += (numbers.empty() ? "" : ", ") + std::to_string(value);
  const std::string line = "{\"model\": \"fresh\", \"right\": true, \"vector\": [" + numbers + "]}\n";
  const RouteUpdateReport report =
      update(line + "{\"model\": \"fresh\", \"chance\": 0.5}\n{\"model\": \"fresh\", \"right\": true}\n");
  EXPECT_EQ(report.outcomes, 1U);
  EXPECT_EQ(report.without_outcome, 1U);
  EXPECT_EQ(report.without_prompt, 1U);
  EXPECT_EQ(report.notes.size(), 4U) << "two kinds of lines left out, and a new model, which nothing compares";
  EXPECT_THROW(update("{\"model\": \"fresh\", \"right\": true, \"vector\": [1, 2]}\n"), InvalidArgument);
  EXPECT_THROW(
      update("{\"model\": \"fresh\", \"right\": true, \"embedding\": \"other\", \"vector\": [" + numbers + "]}\n"),
      InvalidArgument);
  EXPECT_THROW(update("{\"model\": \"fresh\", \"right\": true}\n"), InvalidArgument) << "nothing can be placed";
}

TEST_F(RouteUpdateTest, AVectorOfAnyLengthIsADirection) {
  fit();
  const routing::RouterFile router(path("x.router"));
  std::string numbers;
  for (std::size_t i = 0; i < router.router().benchmark.vectors.dimensions; ++i)
    numbers += i == 0 ? "1e20" : ", 1e20";
  update("{\"model\": \"fresh\", \"right\": true, \"vector\": [" + numbers + "]}\n");
  RouteQueryRequest query;
  query.router = path("x.router");
  query.prompts = {"Which matrix equation?"};
  const RouteQueryReport report = run_route_query(query);
  ASSERT_FALSE(report.prompts[0].models.empty());
  for (const RouteQueryReport::Model& model : report.prompts[0].models) EXPECT_TRUE(std::isfinite(model.chance));
}

TEST_F(RouteUpdateTest, ScoresBetweenZeroAndOneAreExpectedScores) {
  fit();
  std::string lines;
  for (int i = 0; i < 400; ++i) {
    lines += "{\"model\": \"fresh\", \"right\": 0.7, \"prompt\": \"Which " + std::to_string(i) + "?\"}\n";
  }
  const RouteUpdateReport report = update(lines, "new.router");
  const routing::RouterFile router(path("new.router"));
  const route::BenchmarkView& benchmark = router.router().benchmark;
  double score = 0;
  for (std::size_t i = 0; i < benchmark.queries(); ++i) {
    score += benchmark.row(i).back().known() ? benchmark.row(i).back().score() / 400 : 0;
  }
  EXPECT_NEAR(score, 0.7, 1e-9);
  EXPECT_EQ(report.models.back().known, 400U);
}

TEST_F(RouteUpdateTest, ATaskMayBeNew) {
  fit();
  const RouteUpdateReport report = update(
      "{\"model\": \"a\", \"right\": true, \"prompt\": \"Which poem?\", \"task\": \"poetry\"}\n", "new.router");
  EXPECT_THAT(report.new_tasks, ElementsAre("poetry"));
  const routing::RouterFile router(path("new.router"));
  EXPECT_EQ(router.contents().tasks.back(), "poetry");
  for (const double distance : router.router().distance) EXPECT_TRUE(std::isfinite(distance));
}

TEST_F(RouteUpdateTest, NamesNewModelsWithTheOneThatMayBeMeant) {
  fit();
  const RouteUpdateReport report = update(
      "{\"model\": \"modle1\", \"right\": true, \"prompt\": \"Which?\"}\n"
      "{\"model\": \"fresh\", \"right\": true, \"prompt\": \"Which?\"}\n");
  EXPECT_THAT(view::to_text(report), HasSubstr("Note: new models: \"modle1\" (is it \"model1\"?), \"fresh\"\n"));
  EXPECT_THAT(update("{\"model\": \"model1\", \"right\": true, \"prompt\": \"Who?\"}\n").notes, ElementsAre());
}

TEST_F(RouteUpdateTest, SaysWhenMostIsForgotten) {
  fit();
  const std::string line = "{\"model\": \"model1\", \"right\": true, \"prompt\": \"Who?\", \"time\": ";
  write("out.jsonl", line + "1600000000}\n" + line + "1700000000}\n");
  RouteUpdateRequest request{.router = path("x.router"), .outcomes = path("out.jsonl"), .half_life = 30};
  EXPECT_THAT(run_route_update(request).notes, ElementsAre()) << "the fit is of the newest time";
  write("out.jsonl", line + "1760000000}\n");
  const RouteUpdateReport report = run_route_update(request);
  ASSERT_EQ(report.notes.size(), 1U);
  EXPECT_THAT(view::to_text(report),
              HasSubstr("Note: more than half of what the router knew is forgotten: 481 of 481 "
                        "outcomes. Ages count from the newest time, 1760000000: if that is "
                        "right, take a longer --half-life\n"));
}

TEST_F(RouteUpdateTest, AGuardIsVoidUnlessItIsDropped) {
  fit(20);
  ASSERT_TRUE(routing::RouterFile(path("x.router")).router().guard.has_value());
  const RouteUpdateReport report = update(new_model_lines(), "new.router");
  EXPECT_TRUE(report.guard_void);
  EXPECT_THAT(view::to_text(report), HasSubstr("Guard: void"));
  EXPECT_FALSE(routing::RouterFile(path("new.router")).router().guard->routes);
  if (routing::RouterFile(path("x.router")).router().guard->routes) {
    EXPECT_THAT(view::to_text(run_route_info({path("new.router")})), HasSubstr("Guard: void, as it was shown"));
    EXPECT_THAT(view::to_json(run_route_info({path("new.router")})), HasSubstr("\"void\": true"));
  }
  const RouteUpdateReport dropped = run_route_update({.router = path("x.router"),
                                                      .outcomes = path("out.jsonl"),
                                                      .output = path("free.router"),
                                                      .drop_guard = true});
  EXPECT_TRUE(dropped.guard_dropped);
  EXPECT_FALSE(routing::RouterFile(path("free.router")).router().guard.has_value());
  EXPECT_THAT(view::to_text(dropped), Not(HasSubstr("Guard: void")));
}

TEST_F(RouteUpdateTest, WhatFailsLeavesTheRouterWhole) {
  fit();
  const std::string before = bytes("x.router");
  EXPECT_THROW(update("{\"model\": \"a\", \"right\": true, \"prompt\": \"x\"}\nnonsense\n"), DataError);
  EXPECT_THROW(update(new_model_lines(), "missing/new.router"), Error);
  EXPECT_THROW(run_route_update({.router = path("x.assay"), .outcomes = path("out.jsonl")}), DataError);
  EXPECT_EQ(bytes("x.router"), before);
}

}  // namespace
}  // namespace assay::app
