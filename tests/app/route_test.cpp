#include <gmock/gmock.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "assay/app/info.h"
#include "assay/core/error.h"
#include "assay/routing/router_file.h"
#include "assay/view/route_evaluate.h"
#include "assay/view/route_fit.h"
#include "assay/view/route_info.h"
#include "assay/view/route_query.h"
#include "assay/view/route_task.h"
#include "tests/app/app_fixture.h"
#include "tests/http/memory_http.h"
#include "tests/route/sample_texts.h"

namespace assay::app {
namespace {

using testing::HasSubstr;

class RouteTest : public AppTest {
 protected:
  RouteTest() {
    write("in.jsonl", sample_route_lines());
    import_jsonl("in.jsonl", "x.assay");
    write("task.jsonl",
          "{\"prompt\": \"Which matrix equation?\"}\n{\"prompt\": \"What integral of a polynomial?\"}\n");
  }

  RouteFitReport fit(std::size_t threads = 1) const {
    RouteFitRequest request;
    request.study = path("x.assay");
    request.router = path("x.router");
    request.embedding.dimensions = 16;
    request.threads = threads;
    return run_route_fit(request);
  }
  RouteTaskRequest task() const {
    RouteTaskRequest request;
    request.router = path("x.router");
    request.queries = path("task.jsonl");
    return request;
  }
  RouteQueryRequest query(const std::vector<std::string>& prompts) const {
    RouteQueryRequest request;
    request.router = path("x.router");
    request.prompts = prompts;
    return request;
  }
  std::string bytes(const std::string& name) const {
    std::ifstream in(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // Two-dimensional vectors, a row for each of `angles`.
  static std::string npy(const std::vector<float>& values, std::size_t rows) {
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
                         std::to_string(values.size() / rows) + "), }\n";
    std::string file("\x93NUMPY\x01\0", 8);
    file += static_cast<char>(header.size());
    file += '\0';
    return file + header + std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  }
};

TEST_F(RouteTest, AFittedRouterFindsTheModelsOfASubject) {
  const RouteFitReport made = fit();
  EXPECT_EQ(made.models.size(), 4U);
  EXPECT_EQ(made.tasks.size(), 5U);
  EXPECT_EQ(made.queries, 120U);
  EXPECT_EQ(made.embedding, "hashed-ngrams-v1/16");
  EXPECT_EQ(made.bytes, bytes("x.router").size());
  const RouteTaskReport maths = run_route_task(task());
  EXPECT_FALSE(maths.abstained);
  EXPECT_THAT(maths.chosen, testing::AnyOf("model0", "model2"));
  const RouteQueryReport asked = run_route_query(query({"Which theorem of the matrix?", "Which court of appeal?"}));
  EXPECT_THAT(asked.prompts[0].chosen, testing::AnyOf("model0", "model2"));
  EXPECT_THAT(asked.prompts[1].chosen, testing::AnyOf("model1", "model3"));
}

TEST_F(RouteTest, InfoSaysThatARouterIsNoStudy) {
  fit();
  EXPECT_THAT(error_of([&] { run_info({path("x.router")}); }),
              HasSubstr("x.router: expected a study, came a router, which route info tells of"));
}

TEST_F(RouteTest, TellsHowFarATaskIsFromTheBenchmark) {
  fit();
  const RouteTaskReport near = run_route_task(task());
  EXPECT_LE(near.distance, near.usual_distance->high);
  EXPECT_THAT(view::to_text(near), testing::Not(HasSubstr("nothing like these")));
  write("far.jsonl", "{\"prompt\": \"zzyzx qqq\"}\n{\"prompt\": \"wwvw kkjx\"}\n");
  RouteTaskRequest request = task();
  request.queries = path("far.jsonl");
  const RouteTaskReport far = run_route_task(request);
  EXPECT_GT(far.distance, far.usual_distance->high);
  EXPECT_THAT(view::to_text(far), HasSubstr("Note: the benchmark has nothing like these queries"));
  EXPECT_EQ(near.unknown, 0U);
  EXPECT_EQ(far.unknown, 2U);
  EXPECT_THAT(view::to_text(far), HasSubstr("Note: the router knows little or nothing in 2 of 2 queries"));
}

TEST_F(RouteTest, InfoTellsWhatTheFileHolds) {
  const RouteFitReport made = fit();
  const RouteInfoReport info = run_route_info({path("x.router")});
  EXPECT_EQ(info.models.size(), made.models.size());
  EXPECT_EQ(info.digest, made.digest);
  EXPECT_EQ(info.bytes, made.bytes);
  const std::string text = view::to_text(info);
  EXPECT_TRUE(text.starts_with(view::router_text(made))) << text;
  EXPECT_THAT(text, HasSubstr("accuracy"));
  // As the fit told it, but for the study.
  const std::string of_fit = view::to_json(made), of_info = view::to_json(info);
  const auto held = [](const std::string& json) {
    const std::size_t from = json.find("\"router\"");
    return json.substr(from, json.find("\"notes\"") - from);
  };
  EXPECT_EQ(held(of_fit), held(of_info));
  write("no.router", "nothing");
  EXPECT_THROW(run_route_info({path("no.router")}), DataError);
}

TEST_F(RouteTest, TellsWhereNothingInAPromptIsKnown) {
  fit();
  const RouteQueryReport one = run_route_query(query({"!"}));
  EXPECT_FALSE(one.prompts[0].known);
  EXPECT_EQ(one.prompts[0].chance, one.prompts[0].best_on_average);
  EXPECT_THAT(view::to_text(one),
              HasSubstr("Note: the router knows little or nothing in this prompt: the best on average"));
  EXPECT_FALSE(run_route_query(query({"\u65e5\u672c\u306e\u9996\u90fd\u306f\u3069\u3053\u3067\u3059\u304b"}))
                   .prompts[0]
                   .known);
  const RouteQueryReport two = run_route_query(query({"!", "Which theorem of the matrix?"}));
  EXPECT_TRUE(two.prompts[1].known);
  EXPECT_THAT(view::to_text(two),
              HasSubstr("Note: the router knows little or nothing in 1 of 2 prompts (1): the best on average"));
  const RouteQueryReport known = run_route_query(query({"Which theorem of the matrix?"}));
  EXPECT_THAT(view::to_text(known), testing::Not(HasSubstr("Note:")));
}

TEST_F(RouteTest, TheFileIsTheSameWhateverTheThreads) {
  fit(1);
  const std::string one = bytes("x.router");
  fit(3);
  EXPECT_TRUE(one == bytes("x.router"));
  RouteTaskRequest request = task();
  request.threads = 1;
  const std::string report = view::to_json(run_route_task(request));
  request.threads = 3;
  EXPECT_EQ(report, view::to_json(run_route_task(request)));
}

TEST_F(RouteTest, OneModelMayBeTheOnlyCandidate) {
  fit();
  RouteTaskRequest request = task();
  request.models = {"model1"};
  EXPECT_EQ(run_route_task(request).chosen, "model1");
  request.models = {"model9"};
  EXPECT_EQ(error_of([&] { run_route_task(request); }),
            "the router knows no model \"model9\"; it knows \"model0\", \"model1\", \"model2\", \"model3\"");
}

TEST_F(RouteTest, LabelledQueriesCount) {
  fit();
  std::string lines;
  for (int i = 0; i < 60; ++i) {
    lines +=
        "{\"prompt\": \"Which matrix?\", \"right\": {\"model0\": 0, \"model1\": 1, \"model2\": 0, \"model3\": "
        "0}}\n";
  }
  write("task.jsonl", lines);
  const RouteTaskReport report = run_route_task(task());
  EXPECT_EQ(report.labelled, 60U);
  EXPECT_EQ(report.chosen, "model1");
  write("task.jsonl", "{\"prompt\": \"x\", \"right\": {\"who\": true}}\n");
  EXPECT_THAT(error_of([&] { run_route_task(task()); }), HasSubstr("the router knows no model \"who\"; it knows "));
}

TEST_F(RouteTest, AGuardRefusesWhereItCouldNotBeShownAndSaysWhy) {
  RouteFitRequest request;
  request.study = path("x.assay");
  request.router = path("x.router");
  request.embedding.dimensions = 16;
  request.risk = 1;
  const RouteFitReport report = run_route_fit(request);
  ASSERT_TRUE(report.guard.has_value());
  EXPECT_FALSE(report.guard->routes);
  EXPECT_LT(report.guard->queries, 60) << "a fifth of 120, one of each text";
  EXPECT_THAT(view::to_text(report, false), HasSubstr("at least are needed"));
  const RouteQueryReport asked = run_route_query(query({"Which theorem of the matrix?", "Which court of appeal?"}));
  EXPECT_EQ(asked.prompts[0].chosen, asked.prompts[1].chosen) << "both go to the best single model";
}

TEST_F(RouteTest, AGuardHoldsForWhatItWasMadeFor) {
  RouteFitRequest request;
  request.study = path("x.assay");
  request.router = path("x.router");
  request.embedding.dimensions = 16;
  request.risk = 30;
  run_route_fit(request);
  RouteQueryRequest asked = query({"Which theorem of the matrix?"});
  asked.cost_weight = 2;
  EXPECT_EQ(error_of([&] { run_route_query(asked); }), "the router's guard holds for a `cost_weight` of 0, came 2");
  asked.cost_weight = 0;
  asked.models = {"model1"};
  EXPECT_EQ(error_of([&] { run_route_query(asked); }),
            "the router's guard holds for its 4 models together, came 1 of them");
  request.risk = 100;
  EXPECT_THROW(run_route_fit(request), InvalidArgument);
  request.risk = 1;
  request.delta = 0.5;
  EXPECT_THROW(run_route_fit(request), InvalidArgument);
}

TEST_F(RouteTest, CheapModelsAreWorthMore) {
  fit();
  RouteQueryRequest request = query({"Which theorem of the matrix?"});
  request.cost_weight = 10;
  EXPECT_EQ(run_route_query(request).prompts[0].chosen, "model0");
  request.cost_weight = -1;
  EXPECT_EQ(error_of([&] { run_route_query(request); }), "the weight of the cost must be 0 or more, came -1");
}

// As a shell's <(...) is: what was read once is gone.
TEST_F(RouteTest, PricesMayComeThroughAPipe) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const std::string prices = R"({"modle1": {"in": 1, "out": 2, "unit": "dollars"}})";
  ASSERT_EQ(::write(ends[1], prices.data(), prices.size()), static_cast<ssize_t>(prices.size()));
  ::close(ends[1]);
  RouteFitRequest request;
  request.study = path("x.assay");
  request.router = path("x.router");
  request.embedding.dimensions = 16;
  request.price_file = "/dev/fd/" + std::to_string(ends[0]);
  EXPECT_THAT(run_route_fit(request).notes, testing::Contains(HasSubstr("\"modle1\" (is it \"model1\"?)")));
  ::close(ends[0]);
}

TEST_F(RouteTest, SaysWherePricesAreNotKnown) {
  EXPECT_THAT(
      view::to_text(fit()),
      HasSubstr("Note: no price is known of 1 of 4 models, which count as the dearest known: \"model3\"\n"));
  RouteQueryRequest weighed = query({"Which matrix?"});
  weighed.cost_weight = 0.05;
  EXPECT_TRUE(run_route_query(weighed).notes.empty());
  weighed.models = {"model3"};
  EXPECT_TRUE(run_route_query(weighed).notes.empty()) << "there is no choice";
  // A study without any price.
  std::istringstream lines(sample_route_lines());
  std::string without;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("price") == std::string::npos) without += line + "\n";
  }
  write("free.jsonl", without);
  import_jsonl("free.jsonl", "free.assay");
  RouteFitRequest request;
  request.study = path("free.assay");
  request.router = path("x.router");
  request.embedding.dimensions = 16;
  EXPECT_TRUE(run_route_fit(request).notes.empty()) << "nobody weighs them";
  weighed.models.clear();
  const std::string note = "no price is known: the cost weight changes nothing";
  EXPECT_THAT(view::to_text(run_route_query(weighed)), HasSubstr("Note: " + note + "\n"));
  EXPECT_THAT(view::to_json(run_route_query(weighed)), HasSubstr("\"notes\": [\"" + note + "\"]"));
  EXPECT_TRUE(run_route_query(query({"Which matrix?"})).notes.empty());
  // A price list with a name misspelled.
  write("prices.json",
        R"({"modle1": {"in": 1, "out": 2, "unit": "dollars"}, "model2": {"in": 1, "out": 2, "unit": "dollars"}})");
  request.price_file = path("prices.json");
  EXPECT_THAT(
      run_route_fit(request).notes,
      testing::ElementsAre(HasSubstr("prices.json\" has prices of models that are not among those of the "
                                     "study: \"modle1\" (is it \"model1\"?)"),
                           HasSubstr("no price is known of 3 of 4 models, which count as the dearest known")));
  EXPECT_THAT(view::to_text(run_route_query(weighed)), HasSubstr("Note: all models have the same price: the cost"));
}

TEST_F(RouteTest, ALoadedRouterAnswersManyPromptsWithoutItsFile) {
  fit();
  const RouteQueryRequest law = query({"Did the court hold the statute valid?"});
  const RouteQueryRequest maths = query({"Which integral solves the equation?"});
  const RouteQueryReport law_by_path = run_route_query(law), maths_by_path = run_route_query(maths);
  const routing::RouterFile router(path("x.router"));
  const RouteQueryReport first = run_route_query(router, law);
  std::filesystem::remove(path("x.router"));  // it is mapped
  const RouteQueryReport second = run_route_query(router, maths);
  EXPECT_EQ(view::to_json(first), view::to_json(law_by_path));
  EXPECT_EQ(view::to_json(second), view::to_json(maths_by_path));
  EXPECT_NE(first.prompts[0].chance, second.prompts[0].chance) << "two prompts of two subjects";
  EXPECT_EQ(run_route_task(router, {{.prompt = "Which matrix equation?", .right = {}}}, task()).queries, 1U);
}

TEST_F(RouteTest, TakesStrangePrompts) {
  fit();
  const std::string long_one(1'000'000, 'q');
  const RouteQueryReport report =
      run_route_query(query({"", "\xff\xfe\x80", long_one, std::string("a\0b", 3), "\x1b[2J"}));
  ASSERT_EQ(report.prompts.size(), 5U);
  for (const auto& prompt : report.prompts) {
    EXPECT_FALSE(prompt.chosen.empty());
    EXPECT_GE(prompt.chance, 0);
    EXPECT_LE(prompt.chance, 1);
  }
  EXPECT_EQ(error_of([&] { run_route_query(query({})); }), "expected a prompt at least, came none");
}

TEST_F(RouteTest, DamagedFilesAreRefused) {
  fit();
  const std::string whole = bytes("x.router");
  const auto opening = [&](const std::string& content) {
    write("y.router", content);
    return error_of([&] { routing::RouterFile(path("y.router")); });
  };
  const std::string name = path("y.router") + ": ";
  EXPECT_EQ(opening(""), name + "expected a router, came an empty file");
  EXPECT_EQ(opening(bytes("x.assay")), name + "expected a router, came something else");
  EXPECT_THAT(opening(whole.substr(0, whole.size() / 2)), HasSubstr("the file is cut off"));
  std::string changed = whole;
  changed[whole.size() - 5] ^= 1;
  EXPECT_EQ(opening(changed), name + "damaged: the checksum of section \"vectors\" is wrong");
  changed = whole;
  changed[8] = 9;
  EXPECT_EQ(opening(changed), name + "made by a newer Assay: version 9 of a router, this one reads 4");
  changed[8] = 1;
  EXPECT_EQ(opening(changed), name + "version 1 of a router, this Assay reads 4: make it anew");
  EXPECT_THAT(error_of([&] { routing::RouterFile(path("none")); }), HasSubstr("can't be opened"));
}

TEST_F(RouteTest, VectorsComeFromAFile) {
  std::vector<float> values;
  for (int i = 0; i < 120; ++i) values.insert(values.end(), {static_cast<float>(i % 7), 1, 2});
  write("v.npy", npy(values, 120));
  RouteFitRequest request;
  request.study = path("x.assay");
  request.router = path("x.router");
  request.embedding.vectors = path("v.npy");
  request.embedding.name = "mine";
  EXPECT_EQ(run_route_fit(request).embedding, "npy:mine/3");
  EXPECT_EQ(
      error_of([&] { run_route_query(query({"x"})); }),
      "the router was made with vectors of \"npy:mine/3\"; expected vectors of that for the new queries, came "
      "texts");
  write("w.npy", npy({1, 2, 3, 4, 5, 6}, 2));
  RouteTaskRequest asked = task();
  asked.embedding.vectors = path("w.npy");
  EXPECT_EQ(error_of([&] { run_route_task(asked); }),
            "the router was made with vectors of \"npy:mine/3\", came vectors of \"npy:w.npy/3\"");
  asked.embedding.name = "mine";
  EXPECT_EQ(run_route_task(asked).queries, 2U);
  write("w.npy", npy({1, 2, 3}, 1));
  EXPECT_EQ(error_of([&] { run_route_task(asked); }),
            path("w.npy") + ": expected a row for each of 2 queries, came 1");
}

// Vectors (words of mathematics, others) of whatever is asked for.
MemoryHttp::Answer embeddings(std::size_t /*i*/, const std::string& body) {
  std::string items;
  for (std::size_t at = body.find('[') + 1; body[at] == '"';) {
    const std::size_t end = body.find('"', at + 1);
    const std::string text = body.substr(at, end - at);
    int maths = 0;
    for (const char* word : {"integral", "matrix", "polynomial", "theorem", "equation", "derivative"}) {
      for (std::size_t p = text.find(word); p != std::string::npos; p = text.find(word, p + 1)) ++maths;
    }
    items += (items.empty() ? "" : ",") + std::string("{\"embedding\": [") + std::to_string(maths) + ", 3]}";
    at = end + (body[end + 1] == ',' ? 2 : 1);
  }
  return http_answer(200, "{\"data\": [" + items + "]}");
}

TEST_F(RouteTest, VectorsComeFromAnEndpointAndAreKept) {
  MemoryHttp http(embeddings);
  RouteFitRequest request;
  request.study = path("x.assay");
  request.router = path("x.router");
  request.embedding.model = "small";
  EXPECT_EQ(error_of([&] { run_route_fit(request); }),
            "an endpoint of embeddings needs its URL, `embedding_url` or OPENAI_BASE_URL");
  request.embedding.url = "http://localhost:1/v1";
  request.embedding.client = &http;
  request.embedding.headers = {{"X-Title", "mine"}};
  EXPECT_EQ(run_route_fit(request).embedding, "endpoint:small/2");
  EXPECT_EQ(http.last.url, "http://localhost:1/v1/embeddings");
  EXPECT_EQ(http.last.headers.back(), std::pair(std::string("X-Title"), std::string("mine")));
  const std::size_t asked = http.bodies.size();
  EXPECT_GE(asked, 2U) << "64 texts a request";
  run_route_fit(request);
  EXPECT_EQ(http.bodies.size(), asked) << "all vectors were in the study";

  RouteQueryRequest question = query({"Which integral, matrix, polynomial, theorem, equation, derivative?"});
  question.embedding = request.embedding;
  EXPECT_THAT(run_route_query(question).prompts[0].chosen, testing::AnyOf("model0", "model2"));
  question.embedding.model = "large";
  EXPECT_EQ(error_of([&] { run_route_query(question); }),
            "the router was made with vectors of \"endpoint:small/2\", came vectors of \"endpoint:large/2\"");
  question.embedding.vectors = "x.npy";
  EXPECT_EQ(error_of([&] { run_route_query(question); }),
            "vectors come from a file or from an endpoint, came both");
}

TEST_F(RouteTest, NothingIsOverwrittenByMistake) {
  RouteFitRequest request;
  request.study = path("x.assay");
  request.router = path("x.assay");
  EXPECT_EQ(error_of([&] { run_route_fit(request); }),
            "the router would overwrite the study \"" + path("x.assay") + "\"");
  request.router = "";
  EXPECT_EQ(error_of([&] { run_route_fit(request); }),
            "expected the path of the router to write, came an empty one");
}

TEST_F(RouteTest, EvaluationHasTheRowsThatWereAskedFor) {
  RouteEvaluateRequest request;
  request.study = path("x.assay");
  request.embedding.dimensions = 16;
  request.threads = 2;
  const RouteEvaluateReport report = run_route_evaluate(request);
  EXPECT_EQ(report.tasks.size(), 5U);
  const std::string json = view::to_json(report);
  for (const char* key :
       {"\"tasks\"", "\"models\"", "\"scores\"", "\"ratio_to_best\"", "\"pearson\"", "\"spearman\"",
        "\"share_bma\"", "\"mean_params\"", "\"rank\"", "\"per_query\"", "\"cost\"", "\"regret_to_oracle\""}) {
    EXPECT_THAT(json, HasSubstr(key));
  }
  EXPECT_THAT(view::to_text(report), HasSubstr("each left out in turn"));
  request.pool_spread = 101;
  EXPECT_EQ(error_of([&] { run_route_evaluate(request); }),
            "the spread of a pool must be 0 to 100 points, came 101");
}

TEST_F(RouteTest, EvaluationTellsHowPoolsWereDrawn) {
  RouteEvaluateRequest request;
  request.study = path("x.assay");
  request.embedding.dimensions = 16;
  request.pools = 5;
  request.pool_size = 2;
  request.pool_spread = 60;
  const RouteEvaluateReport report = run_route_evaluate(request);
  EXPECT_EQ(report.replay.pools, 5U);
  EXPECT_THAT(view::to_json(report), HasSubstr("\"pools_by\": \"other-tasks\""));
  EXPECT_THAT(view::to_text(report), HasSubstr("by what is known without the left-out task"));
  request.pools_by = sim::PoolsBy::all_tasks;
  const RouteEvaluateReport by_all = run_route_evaluate(request);
  EXPECT_THAT(view::to_json(by_all), HasSubstr("\"pools_by\": \"all-tasks\""));
  EXPECT_THAT(view::to_text(by_all), HasSubstr("of 5 random pools of 2 models within 60 points over all tasks"));
}

TEST_F(RouteTest, ShuffledVectorsGainNothing) {
  RouteEvaluateRequest request;
  request.study = path("x.assay");
  request.embedding.dimensions = 16;
  request.shuffle = true;
  const sim::RouteReplay replay = run_route_evaluate(request).replay;
  EXPECT_GE(replay.rules[0].gain.mean, -0.03);
  EXPECT_EQ(replay.per_query[0].name, "assay");
  EXPECT_GE(replay.per_query[0].gain.mean, -0.03);
}

}  // namespace
}  // namespace assay::app
