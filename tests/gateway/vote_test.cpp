#include "gateway/vote.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "assay/core/error.h"
#include "assay/file/whole_text.h"
#include "tests/app/app_fixture.h"
#include "tests/ensemble/sample_votes.h"
#include "tests/gateway/serving_gateway.h"
#include "tests/judge/fault_server.h"
#include "tests/server/http_exchange.h"

namespace assay::gateway {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kVotePath = "/v1/chat/completions";
constexpr const char* kQuestion =
    R"({"model":"assay/vote","messages":[{"role":"user","content":"Which?\nA. tea\nB. coffee\nC. milk"}],)"
    R"("n":3,"temperature":0})";

Fault says(const std::string& text) {
  return {.body = json({{"choices", {{{"message", {{"content", text}}}}}},
                        {"usage", {{"prompt_tokens", 10}, {"completion_tokens", 2}}}})
                      .dump()};
}

// Three members of 85, 75 and 70 %, asked in this order.
class VoteTest : public AppTest {
 protected:
  void write_ensemble(double sure, const std::vector<std::string>& tasks = {""},
                      LabelKind kind = LabelKind::options, const char* decision = "majority") {
    const LabelTable table = sample_votes({reference::symmetric_votes(3, {0.85, 0.75, 0.7}, 0.05)}, kind, 300, 1);
    const std::vector<ModelId> members = {model_id(0), model_id(1), model_id(2)};
    routing::EnsembleContents contents{.kind = kind,
                                       .labels = {"A", "B", "C"},
                                       .method = "assay",
                                       .decision = decision,
                                       .sure = sure,
                                       .ensembles = {}};
    for (const std::string& task : tasks) {
      contents.ensembles.push_back(
          {task,
           {"a", "the b", "c"},
           {0.85, 0.75, 0.7},
           ensemble::learn_sequential_vote(ensemble::vote_rule(decision), {table}, {table}, members).numbers()});
    }
    write("x.ensemble", routing::ensemble_text(contents));
  }

  GatewayOptions options(const std::vector<std::string>& urls) {
    json models = json::array();
    for (std::size_t i = 0; i < urls.size(); ++i) {
      const std::string name(1, static_cast<char>('a' + i));
      models.push_back({{"name", name}, {"url", urls[i]}, {"model", "real-" + name}});
      if (name == "b") models.back()["router_name"] = "the b";
    }
    write("models.json", json({{"models", models}}).dump());
    GatewayOptions options;
    options.places.models = path("models.json");
    options.places.ensemble = path("x.ensemble");
    options.places.environment = [](const std::string&) { return std::nullopt; };
    return options;
  }
};

TEST_F(VoteTest, StopsWhereTheOthersCanChangeNothing) {
  write_ensemble(1);
  FaultServer a({says("The answer is B.")}), b({says("B")}), c({says("A")});
  ServingGateway gateway(options({a.url(), b.url(), c.url()}));
  HttpConnection client(gateway.port());
  const HttpExchange exchange = client.post(kVotePath, kQuestion);
  ASSERT_EQ(exchange.status, 200) << exchange.body;
  const json reply = json::parse(exchange.body);
  EXPECT_EQ(reply["choices"][0]["message"]["content"], "B");
  EXPECT_EQ(reply["model"], "assay/vote");
  EXPECT_EQ(reply["assay"]["stopped"], "settled");
  EXPECT_EQ(reply["assay"]["votes"].size(), 2U);
  EXPECT_EQ(reply["usage"]["total_tokens"], 24);
  EXPECT_THAT(exchange.head, HasSubstr("x-assay-asked: 2 of 3\r\n"));
  EXPECT_EQ(c.requests(), 0U);
  std::string asked = kQuestion;
  asked.replace(asked.find("assay/vote"), std::string("assay/vote").size(), "real-a");
  EXPECT_EQ(a.bodies().at(0), asked) << "byte for byte";
}

TEST_F(VoteTest, AMemberThatFailsIsNotThere) {
  write_ensemble(1);
  FaultServer a({{.status = 500, .body = "{}"}}), b({says("B")}), c({says("I can't tell.")});
  ServingGateway gateway(options({a.url(), b.url(), c.url()}));
  HttpConnection client(gateway.port());
  const HttpExchange exchange = client.post(kVotePath, kQuestion);
  ASSERT_EQ(exchange.status, 200) << exchange.body;
  const json reply = json::parse(exchange.body);
  EXPECT_EQ(reply["assay"]["label"], "B");
  EXPECT_EQ(reply["assay"]["votes"][0]["answered"], false);
  EXPECT_EQ(reply["assay"]["votes"][0]["label"], nullptr);
  EXPECT_EQ(a.requests(), 2U) << "once more";
}

TEST_F(VoteTest, AnErrorInTheBodyIsNoVote) {
  const std::map<std::string, std::size_t> asked = {
      {R"({"error":{"code":400}})", 1},  // what is wrong with the request is not asked again
      {R"({"error":{"code":"503"}})", 2},
      {R"({"error":{"message":"busy"}})", 2},
      {R"({"choices":[{"error":{"code":502},"finish_reason":"error","message":{"content":"A"}}]})", 2}};
  write_ensemble(1);
  for (const auto& [body, requests] : asked) {
    SCOPED_TRACE(body);
    FaultServer a({{.body = body}}), b({says("B")}), c({says("B")});
    ServingGateway gateway(options({a.url(), b.url(), c.url()}));
    HttpConnection client(gateway.port());
    const json reply = json::parse(client.post(kVotePath, kQuestion).body);
    EXPECT_EQ(reply["assay"]["label"], "B");
    EXPECT_EQ(reply["assay"]["votes"][0]["answered"], false);
    EXPECT_EQ(a.requests(), requests);
  }
}

TEST_F(VoteTest, NobodyAnswers) {
  write_ensemble(1);
  FaultServer a({{.status = 400, .body = "{}"}}), b({{.body = "no JSON"}}), c({says("")});
  ServingGateway gateway(options({a.url(), b.url(), c.url()}));
  HttpConnection client(gateway.port());
  const HttpExchange exchange = client.post(kVotePath, kQuestion);
  EXPECT_EQ(exchange.status, 502);
  EXPECT_THAT(exchange.body, HasSubstr("no member of the ensemble answered: a: it says 400; b: its replies are no "
                                       "answers, or break off; c: its"));
}

// A rule that knows how often each label is right would name one without any vote.
TEST_F(VoteTest, WithoutALabelThatAMemberNamedThereIsNone) {
  write_ensemble(1, {""}, LabelKind::classes, "logit");
  FaultServer a({says("I can't tell.")}), b({says("not A")}), c({says("Nobody knows.")});
  ServingGateway gateway(options({a.url(), b.url(), c.url()}));
  HttpConnection client(gateway.port());
  const HttpExchange exchange = client.post(kVotePath, kQuestion);
  EXPECT_EQ(exchange.status, 502);
  EXPECT_THAT(exchange.body, HasSubstr("no member of the ensemble named a label"));
}

TEST_F(VoteTest, StreamsTheLabel) {
  write_ensemble(1);
  const Fault streamed = {.body =
                              "data: {\"choices\":[{\"delta\":{\"content\":\"C\"}}]}\n\n"
                              "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":2}}\n\n"
                              "data: [DONE]\n\n",
                          .content_type = "text/event-stream"};
  FaultServer a({streamed}), b({says("C")}), c({says("C")});
  ServingGateway gateway(options({a.url(), b.url(), c.url()}));
  HttpConnection client(gateway.port());
  json question = json::parse(kQuestion);
  question["stream"] = true;
  question["stream_options"] = {{"include_usage", true}};
  const HttpExchange exchange = client.post(kVotePath, question.dump());
  EXPECT_EQ(exchange.status, 200);
  EXPECT_THAT(exchange.head, HasSubstr("Content-Type: text/event-stream\r\n"));
  EXPECT_THAT(exchange.body, HasSubstr(R"("content":"C")"));
  EXPECT_THAT(exchange.body, HasSubstr(R"("total_tokens":24)"));
  EXPECT_TRUE(exchange.body.ends_with("data: [DONE]\n\n"));
}

TEST_F(VoteTest, AStrangeBodyGoesOnAsItIs) {
  write_ensemble(1);
  FaultServer a({says("B")}), b({says("B")}), c({says("B")});
  ServingGateway gateway(options({a.url(), b.url(), c.url()}));
  HttpConnection client(gateway.port());
  std::string question = kQuestion;
  question.insert(question.size() - 1, ",\"half\":\"\\ud83d\",\"seed\":12345678901234567890123,\"deep\":" +
                                           std::string(60'000, '[') + std::string(60'000, ']'));
  EXPECT_EQ(client.post(kVotePath, question).status, 200);
  EXPECT_THAT(a.bodies().at(0), HasSubstr("12345678901234567890123"));
}

TEST_F(VoteTest, LongOptionsAreAllOffered) {
  write_ensemble(1);
  FaultServer a({says("C")}), b({says("C")}), c({says("C")});
  ServingGateway gateway(options({a.url(), b.url(), c.url()}));
  HttpConnection client(gateway.port());
  std::string content = "Which?";
  for (const char letter : {'A', 'B', 'C'}) content += std::string("\n") + letter + ". " + std::string(3000, 'x');
  const json question = {{"model", "assay/vote"}, {"messages", {{{"role", "user"}, {"content", content}}}}};
  EXPECT_EQ(json::parse(client.post(kVotePath, question.dump()).body)["assay"]["label"], "C");
}

// It is the gateway that has too much to do.
TEST_F(VoteTest, WhatWaitsForAConnectionInVainIsNoFailureOfAMember) {
  write_ensemble(1);
  Fault slow = says("B");
  slow.delay = std::chrono::milliseconds(600);
  FaultServer a({slow});
  GatewayOptions served = options({a.url(), a.url(), a.url()});
  json models = json::parse(file::whole_text(path("models.json")));
  for (json& model : models["models"]) {
    model["at_once"] = 1;
    model["times"] = {{"connect", 0.1}};
  }
  models["breaker"] = {{"failures", 1}};
  write("models.json", models.dump());
  ServingGateway gateway(served);
  HttpConnection first(gateway.port()), second(gateway.port());
  json named = json::parse(kQuestion);
  std::vector<std::unique_ptr<HttpConnection>> others;
  for (const char* name : {"a", "b", "c"}) {
    named["model"] = name;
    others.push_back(std::make_unique<HttpConnection>(gateway.port()));
    others.back()->send(http_post(kVotePath, named.dump()));
  }
  while (a.requests() < 3) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(second.post(kVotePath, kQuestion).status, 503);
  for (auto& other : others) EXPECT_EQ(other->receive().status, 200);
  EXPECT_THAT(first.get("/metrics").body, Not(HasSubstr("assay_breaker_open{model=\"a\"} 1")));
  const HttpExchange exchange = first.post(kVotePath, kQuestion);
  EXPECT_EQ(exchange.status, 200) << exchange.body;
  EXPECT_EQ(json::parse(exchange.body)["assay"]["votes"][0]["answered"], true);
}

TEST_F(VoteTest, AnErrorThatDripsIsNotWaitedFor) {
  write_ensemble(1);
  FaultServer a({{.kind = Fault::Kind::slow_body,
                  .status = 401,
                  .body = std::string(200, ' '),
                  .pause = std::chrono::milliseconds(50)}});
  FaultServer b({says("B")}), c({says("B")});
  ServingGateway gateway(options({a.url(), b.url(), c.url()}));
  HttpConnection client(gateway.port());
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(client.post(kVotePath, kQuestion).status, 200);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(6));
}

TEST_F(VoteTest, IsExplainedWithoutAskingAnybody) {
  write_ensemble(0.9);
  FaultServer a({says("B")});
  ServingGateway gateway(options({a.url(), a.url(), a.url()}));
  HttpConnection client(gateway.port());
  const HttpExchange exchange = client.post("/v1/route", kQuestion);
  ASSERT_EQ(exchange.status, 200) << exchange.body;
  EXPECT_EQ(json::parse(exchange.body), json::parse(R"({"model":"assay/vote","sure":0.9,"members":[
      {"model":"a","accuracy":0.85},{"model":"b","accuracy":0.75},{"model":"c","accuracy":0.7}]})"));
  EXPECT_EQ(a.requests(), 0U);
}

TEST_F(VoteTest, ATaskIsRefusedWhereTheFileIsNotByTask) {
  write_ensemble(1);
  FaultServer a({says("B")});
  ServingGateway gateway(options({a.url(), a.url(), a.url()}));
  HttpConnection client(gateway.port());
  json question = json::parse(kQuestion);
  for (const char* model : {"assay/vote/tea", "assay/vote/"}) {
    question["model"] = model;
    for (const char* target : {kVotePath, "/v1/route"}) {
      const HttpExchange exchange = client.post(target, question.dump());
      EXPECT_EQ(exchange.status, 400) << model;
      EXPECT_THAT(exchange.body, HasSubstr(R"(expected \"assay/vote\", came \")" + std::string(model)));
    }
  }
  EXPECT_EQ(a.requests(), 0U);
}

TEST_F(VoteTest, IsListedAndKnowsItsTasks) {
  write_ensemble(1, {"tea"});
  FaultServer a({says("B")}), b({says("B")}), c({says("B")});
  ServingGateway gateway(options({a.url(), b.url(), c.url()}));
  HttpConnection client(gateway.port());
  EXPECT_THAT(client.get("/v1/models").body, HasSubstr(R"("id":"assay/vote/tea")"));
  EXPECT_EQ(client.post(kVotePath, kQuestion).status, 400) << "which task?";
  EXPECT_EQ(client.post("/v1/route", kQuestion).status, 400) << "which task?";
  json question = json::parse(kQuestion);
  question["model"] = "assay/vote/tea";
  EXPECT_EQ(client.post(kVotePath, question.dump()).status, 200);
  question["model"] = "assay/votes";
  EXPECT_EQ(client.post(kVotePath, question.dump()).status, 404);
  question["model"] = "assay/vote/tea";
  question["input"] = "x";
  EXPECT_EQ(client.post("/v1/embeddings", question.dump()).status, 400);
}

TEST_F(VoteTest, AFileMayHaveTasksAndOneForAll) {
  write_ensemble(1, {"tea", "", "coffee"});
  FaultServer a({says("B")}), b({says("B")}), c({says("B")});
  ServingGateway gateway(options({a.url(), b.url(), c.url()}));
  HttpConnection client(gateway.port());
  json question = json::parse(kQuestion);
  for (const char* model : {"assay/vote", "assay/vote/tea", "assay/vote/coffee"}) {
    question["model"] = model;
    EXPECT_EQ(client.post(kVotePath, question.dump()).status, 200) << model;
  }
  for (const char* model : {"assay/vote/milk", "assay/vote/"}) {
    question["model"] = model;
    const HttpExchange exchange = client.post(kVotePath, question.dump());
    EXPECT_EQ(exchange.status, 400) << model;
    EXPECT_EQ(json::parse(exchange.body)["error"]["message"],
              "there is no ensemble of that name: expected \"assay/vote/tea\", \"assay/vote\", "
              "\"assay/vote/coffee\", came \"" +
                  std::string(model) + "\"");
  }
}

TEST_F(VoteTest, AMemberThatIsNoModelIsRefused) {
  write_ensemble(1);
  EXPECT_THAT(error_of([&] {
                ServingGateway(options({"http://127.0.0.1:1/v1", "http://127.0.0.1:1/v1"}));
              }),
              HasSubstr("no model of the configuration is its member \"c\"; `assay ensemble fit --models`"));
}

}  // namespace
}  // namespace assay::gateway
