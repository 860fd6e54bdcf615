// A router whose vectors come in batch files, which the replayed judge answers.
#include "assay/app/embedding_batches.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "assay/app/route_evaluate.h"
#include "assay/app/route_fit.h"
#include "server/replay_judge.h"
#include "tests/app/app_fixture.h"
#include "tests/route/sample_texts.h"

namespace assay::app {
namespace {

using testing::HasSubstr;
using Json = nlohmann::ordered_json;

class EmbeddingBatchesTest : public AppTest {
 protected:
  EmbeddingBatchesTest() {
    write("in.jsonl", sample_route_lines());
    import_jsonl("in.jsonl", "x.assay");
    write("prices.json", R"({"small": {"in": 2, "out": 0, "unit": "dollars"}})");
  }

  RouteFitRequest request() const {
    RouteFitRequest request;
    request.study = path("x.assay");
    request.router = path("x.router");
    request.embedding.model = "small";
    request.embedding.url = "https://host/v1";
    request.embedding.batch_folder = path("batches");
    return request;
  }
  std::string awaited(const RouteFitRequest& request) const {
    return error_of([&] { run_route_fit(request); });
  }
  std::vector<std::string> lines(const std::string& name) const {
    std::vector<std::string> all;
    std::ifstream in(path(name));
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
  }
  void answer(const std::string& in, const std::string& out, server::ReplayJudgeOptions options = {}) {
    const asking::AnswerBook book;
    server::ReplayJudge judge(book, options);
    std::string replies;
    for (const std::string& line : lines(in)) {
      EXPECT_TRUE(server::ReplayJudge::asks_embeddings(line));
      replies += judge.answer_batch_line(line) + "\n";
    }
    write(out, replies);
  }
  Money spent() const { return store::Study(path("x.assay"), store::Study::Mode::write).paid_calls().spent(); }
};

TEST_F(EmbeddingBatchesTest, ARouterIsFittedOnceTheFilesAreAnswered) {
  RouteFitRequest priced = request();
  priced.embedding.price_file = path("prices.json");
  EXPECT_THAT(awaited(priced), testing::AllOf(HasSubstr("batch-0001.jsonl"), HasSubstr("at most $"),
                                              HasSubstr("at half the price"), HasSubstr("give the same command")));
  EXPECT_FALSE(std::filesystem::exists(path("x.router")));
  const std::vector<std::string> asked = lines("batches/batch-0001.jsonl");
  EXPECT_EQ(asked.size(), 120U) << "all texts differ";
  const Json first = Json::parse(asked[0]);
  EXPECT_EQ(first["url"], "/v1/embeddings");
  EXPECT_EQ(first["body"]["model"], "small");
  EXPECT_EQ(first["body"]["input"].size(), 1U) << "so that 50,000 lines are 50,000 inputs";
  EXPECT_THAT(awaited(request()), HasSubstr("batch-0001.jsonl has no output yet"));

  answer("batches/batch-0001.jsonl", "batches/out.jsonl");
  std::uint64_t tokens = 0;
  for (const std::string& line : lines("batches/out.jsonl")) {
    tokens += Json::parse(line)["response"]["body"]["usage"]["prompt_tokens"].get<std::uint64_t>();
  }
  EXPECT_EQ(run_route_fit(request()).embedding, "endpoint:small/256");
  EXPECT_EQ(spent(), Money{static_cast<std::int64_t>(tokens)}) << "half of 2 micro-dollars a token, as remembered";
  run_route_fit(request());
  EXPECT_EQ(spent(), Money{static_cast<std::int64_t>(tokens)}) << "nothing is billed twice";

  // What the batch gave is what the endpoint itself would: nothing is sent any more.
  RouteEvaluateRequest evaluate;
  evaluate.study = path("x.assay");
  evaluate.embedding = request().embedding;
  evaluate.embedding.batch_folder.clear();
  evaluate.embedding.url = "https://host/v1";
  EXPECT_EQ(run_route_evaluate(evaluate).embedding, "endpoint:small/256");
}

TEST_F(EmbeddingBatchesTest, WhatFailedInPassingIsAskedFourTimesMore) {
  awaited(request());
  answer("batches/batch-0001.jsonl", "batches/out-1.jsonl", {.error_rate = 0.3, .seed = 5});
  awaited(request());
  const std::size_t again = lines("batches/batch-0002.jsonl").size();
  EXPECT_GT(again, 0U);
  EXPECT_LT(again, 120U);
  for (int batch = 2; batch <= 5; ++batch) {
    const std::string number = std::to_string(batch);
    answer("batches/batch-000" + number + ".jsonl", "batches/out-" + number + ".jsonl",
           {.error_rate = 1, .seed = static_cast<std::uint64_t>(batch)});
    if (batch < 5) awaited(request());
  }
  const RouteFitReport report = run_route_fit(request());
  EXPECT_FALSE(std::filesystem::exists(path("batches/batch-0006.jsonl")));
  EXPECT_THAT(report.notes, testing::Contains(HasSubstr("the endpoint of embeddings refuses the text of")));
}

TEST_F(EmbeddingBatchesTest, NeedsAModelAndAStudyThatKeepsThem) {
  RouteFitRequest of_another = request();
  of_another.embedding.model = "large";
  of_another.embedding.price_file = path("prices.json");
  EXPECT_THAT(error_of([&] { run_route_fit(of_another); }), HasSubstr("has no price of model \"large\""));
  routing::EmbeddingChoice choice = request().embedding;
  store::Study study(path("x.assay"), store::Study::Mode::read);
  EXPECT_THAT(error_of([&] { open_batches(choice, study); }), HasSubstr("it can't be written"));
  choice.model.clear();
  EXPECT_THAT(error_of([&] { open_batches(choice, study); }), HasSubstr("`embedding_model`"));
  choice.batch_folder.clear();
  EXPECT_EQ(open_batches(choice, study), nullptr);
}

}  // namespace
}  // namespace assay::app
