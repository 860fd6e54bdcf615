#include "server/replay_judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <thread>

#include "assay/core/error.h"
#include "assay/judge/chat_protocol.h"
#include "assay/judge/verdict_reader.h"
#include "tests/app/app_fixture.h"
#include "tests/server/http_exchange.h"
#include "tests/server/serving.h"

namespace assay::server {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kChat = "/v1/chat/completions";

// 5 models against the baseline on 40 queries, with responses.
class ReplayJudgeTest : public SynthStudyTest {
 protected:
  ReplayJudgeTest()
      : comparison_(store::Study(study_, store::Study::Mode::read).comparison({})),
        responses_(store::Study(study_, store::Study::Mode::read).responses(comparison_)),
        prompts_(store::Study(study_, store::Study::Mode::read).prompts(comparison_.queries)),
        report_(asking::make_answer_book({.study = study_})) {}

  judge::Prompt prompt(std::size_t query, std::size_t model, bool model_first,
                       judge::ReplyKind reply = judge::ReplyKind::line) const {
    const std::string_view of_model = responses_.at(query_id(query), model_id(model));
    const std::string_view of_baseline = responses_.baseline(query_id(query));
    return judge::PromptTemplate::standard(judge::PromptKind::pair)
        .render(judge::PairFields{prompts_[query], model_first ? of_model : of_baseline,
                                  model_first ? of_baseline : of_model},
                reply);
  }
  static std::string body(const judge::Prompt& prompt, judge::ReplyKind reply = judge::ReplyKind::line) {
    return judge::chat_request({.model = "some \"model\"", .reply = reply}, judge::PromptKind::pair, prompt.text);
  }

  store::Comparison comparison_;
  ResponseTable responses_;
  std::vector<std::string> prompts_;
  asking::AnswerBookReport report_;
};

TEST_F(ReplayJudgeTest, AnswersEveryPairInBothOrdersAsRecorded) {
  Serving serving(report_.book, {});
  HttpConnection connection(serving.port());
  std::size_t asked = 0;
  for (std::size_t q = 0; q < comparison_.queries.size(); ++q) {
    for (std::size_t j = 0; j < comparison_.models.size(); ++j) {
      const Outcome recorded = comparison_.rewards.outcome(query_id(q), model_id(j));
      for (const bool first : {true, false}) {
        const judge::ReplyKind reply = (q + j) % 2 == 0 ? judge::ReplyKind::line : judge::ReplyKind::json;
        const judge::Prompt one = prompt(q, j, first, reply);
        const HttpExchange exchange = connection.post(kChat, body(one, reply));
        const judge::ChatReply read = judge::read_chat_reply(exchange.status, "application/json", exchange.body);
        ASSERT_EQ(read.failure, judge::CallFailure::none) << read.detail;
        const auto verdict = judge::read_verdict(read.content, one.marker);
        ASSERT_TRUE(verdict) << read.content;
        const int for_a = *verdict == judge::PairVerdict::a ? 1 : *verdict == judge::PairVerdict::b ? -1 : 0;
        const int for_model = first ? for_a : -for_a;
        const Outcome outcome = for_model > 0 ? Outcome::win : for_model < 0 ? Outcome::loss : Outcome::draw;
        ASSERT_EQ(outcome, recorded) << comparison_.queries[q] << " " << comparison_.models[j];
        EXPECT_EQ(read.tokens_in, (one.text.size() + 3) / 4);
        EXPECT_EQ(read.tokens_out, (read.content.size() + 3) / 4);
        EXPECT_EQ(json::parse(exchange.body).at("model"), "some \"model\"");
        ++asked;
      }
    }
  }
  const ReplayJudgeCounts& counts = serving.stop();
  EXPECT_EQ(counts.answered, asked);
  EXPECT_EQ(counts.requests, asked);
  EXPECT_EQ(counts.connections, 1U);
  EXPECT_EQ(report_.book.prompts(), 2 * asked + 8);  // two kinds of reply, and two made-up pairs in both orders
}

TEST_F(ReplayJudgeTest, StreamsWhereAskedFor) {
  Serving serving(report_.book, {.stream = true});
  HttpConnection connection(serving.port());
  const judge::Prompt one = prompt(3, 2, true);
  for (int i = 0; i < 2; ++i) {
    const HttpExchange exchange = connection.post(kChat, body(one));
    EXPECT_THAT(exchange.head, HasSubstr("text/event-stream"));
    const judge::ChatReply read = judge::read_chat_reply(exchange.status, "text/event-stream", exchange.body);
    EXPECT_EQ(read.failure, judge::CallFailure::none) << read.detail;
    EXPECT_TRUE(judge::read_verdict(read.content, one.marker)) << read.content;
    EXPECT_EQ(read.tokens_in, (one.text.size() + 3) / 4);
  }
  Serving plain(report_.book, {});
  json request = json::parse(body(one));
  request["stream"] = true;
  HttpConnection second(plain.port());
  EXPECT_THAT(second.post(kChat, request.dump()).head, HasSubstr("text/event-stream"));
  request["stream"] = false;
  EXPECT_THAT(second.post(kChat, request.dump()).head, HasSubstr("application/json"));
}

TEST_F(ReplayJudgeTest, WhatItDoesNotKnowIsRejected) {
  Serving serving(report_.book, {});
  HttpConnection connection(serving.port());
  judge::Prompt other = prompt(0, 0, true);
  other.text += "?";
  const HttpExchange unknown = connection.post(kChat, body(other));
  EXPECT_EQ(unknown.status, 400);
  EXPECT_THAT(unknown.body, HasSubstr("no recorded judgement answers this prompt"));
  const std::string deep(5000, '[');
  for (const std::string& bad : {std::string("{"), std::string(), std::string("[]"), std::string("\"x\""), deep,
                                 std::string(R"({"model": "m", "messages": [{"role": "system", "content": "x"}]})"),
                                 std::string(R"({"model": "m", "messages": {}})"),
                                 std::string(R"({"model": 1, "messages": []})"), std::string("\xFF\xFE")}) {
    const HttpExchange exchange = connection.post(kChat, bad);
    EXPECT_EQ(exchange.status, 400) << bad;
    EXPECT_THAT(exchange.body, HasSubstr("expected a chat request")) << bad;
  }
  EXPECT_EQ(connection.get("/v1/models").status, 200);
  EXPECT_EQ(connection.get("/").status, 404);
  EXPECT_EQ(connection.get(kChat).status, 404);
  EXPECT_EQ(serving.stop().unknown, 12U);
}

TEST_F(ReplayJudgeTest, SurvivesWhatIsNoHttp) {
  Serving serving(report_.book, {});
  for (const std::string& bad : {std::string("\x16\x03\x01 hello"), std::string("GET\r\n\r\n"),
                                 "POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n" + std::string(100, 'x'),
                                 "GET / HTTP/1.1\r\nX: " + std::string(100'000, 'x')}) {
    HttpConnection connection(serving.port());
    try {
      connection.send(bad);
      EXPECT_EQ(connection.receive().status, 400);
      EXPECT_TRUE(connection.at_end());
    } catch (const std::runtime_error&) {  // NOLINT(bugprone-empty-catch): a closed connection is an answer, too.
    }
  }
  {
    HttpConnection half(serving.port());
    half.send("POST /v1/chat/completions HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{");
  }
  HttpConnection connection(serving.port());
  EXPECT_EQ(connection.post(kChat, body(prompt(0, 0, true))).status, 200);
  HttpConnection closing(serving.port());
  closing.send("GET /v1/models HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(closing.receive().status, 200);
  EXPECT_TRUE(closing.at_end());
}

TEST_F(ReplayJudgeTest, FaultsComeAtTheirRatesAndBySeed) {
  const ReplayJudgeOptions options{.error_rate = 0.2,
                                   .rate_limit_rate = 0.3,
                                   .malformed_rate = 0.25,
                                   .retry_after = std::chrono::seconds(7),
                                   .seed = 5};
  const auto run = [&](const ReplayJudgeOptions& with) {
    Serving serving(report_.book, with);
    HttpConnection connection(serving.port());
    std::vector<std::string> replies;
    for (std::size_t i = 0; i < 400; ++i) {
      const HttpExchange exchange = connection.post(kChat, body(prompt(i % 40, i % 5, i % 2 == 0)));
      replies.push_back(exchange.head + exchange.body);
    }
    const ReplayJudgeCounts& counts = serving.stop();
    EXPECT_NEAR(static_cast<double>(counts.errors), 80, 35);  // more than four standard deviations
    EXPECT_NEAR(static_cast<double>(counts.rate_limited), 120, 40);
    EXPECT_NEAR(static_cast<double>(counts.malformed), 100, 40);
    EXPECT_EQ(counts.errors + counts.rate_limited + counts.malformed + counts.answered, 400U);
    return replies;
  };
  const std::vector<std::string> replies = run(options);
  EXPECT_EQ(replies, run(options));
  ReplayJudgeOptions other = options;
  other.seed = 6;
  EXPECT_NE(replies, run(other));
  std::set<judge::CallFailure> kinds;
  for (const std::string& reply : replies) {
    const std::size_t end = reply.find("\r\n\r\n");
    const std::string head = reply.substr(0, end + 4);
    const int status = std::stoi(reply.substr(9));
    EXPECT_EQ(status == 429, head.find("Retry-After: 7\r\n") != std::string::npos);
    const std::size_t type = head.find("Content-Type: ") + 14;
    const judge::ChatReply read =
        judge::read_chat_reply(status, head.substr(type, head.find('\r', type) - type), reply.substr(end + 4));
    kinds.insert(read.failure);
  }
  EXPECT_THAT(kinds, testing::UnorderedElementsAre(judge::CallFailure::none, judge::CallFailure::rate_limited,
                                                   judge::CallFailure::server_error, judge::CallFailure::not_chat,
                                                   judge::CallFailure::truncated, judge::CallFailure::unreadable));
}

TEST_F(ReplayJudgeTest, CanPreferTheFirst) {
  Serving serving(report_.book, {.first_rate = 1});
  HttpConnection connection(serving.port());
  for (std::size_t q = 0; q < 10; ++q) {
    for (const bool first : {true, false}) {
      const judge::Prompt one = prompt(q, 1, first);
      const HttpExchange exchange = connection.post(kChat, body(one));
      const judge::ChatReply read = judge::read_chat_reply(exchange.status, "", exchange.body);
      EXPECT_EQ(judge::read_verdict(read.content, one.marker), judge::PairVerdict::a);
    }
  }
}

TEST_F(ReplayJudgeTest, ManyConnectionsAtOnce) {
  Serving serving(report_.book, {.delay = std::chrono::milliseconds(100)});
  const std::string request = http_post(kChat, body(prompt(1, 1, true)));
  std::vector<std::unique_ptr<HttpConnection>> connections;
  for (std::size_t i = 0; i < 400; ++i) {  // two descriptors each, in one process
    connections.push_back(std::make_unique<HttpConnection>(serving.port()));
    connections.back()->send(request);
  }
  for (const auto& connection : connections) EXPECT_EQ(connection->receive().status, 200);
  EXPECT_EQ(serving.stop().answered, 400U);
}

TEST_F(ReplayJudgeTest, EmbeddingsDependOnTheTextAlone) {
  Serving serving(report_.book, {});
  HttpConnection connection(serving.port());
  const auto vectors = [&](const json& input) {
    const HttpExchange exchange = connection.post("/v1/embeddings", json{{"model", "e"}, {"input", input}}.dump());
    EXPECT_EQ(exchange.status, 200);
    std::vector<std::vector<double>> result;
    const json reply = json::parse(exchange.body);
    for (const json& one : reply.at("data")) result.push_back(one.at("embedding"));
    return result;
  };
  const auto two = vectors({"The cat sat on the mat.", "Quarterly revenue"});
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(vectors("The cat sat on the mat.")[0], two[0]);
  const auto product = [](const std::vector<double>& a, const std::vector<double>& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  };
  EXPECT_NEAR(product(two[0], two[0]), 1, 1e-5);
  EXPECT_GT(product(two[0], vectors("the cat sat")[0]), product(two[0], two[1]) + 0.3);
  EXPECT_EQ(connection.post("/v1/embeddings", R"({"model": "e", "input": [1]})").status, 400);
  EXPECT_EQ(connection.post("/v1/embeddings", R"({"model": "e", "input": []})").status, 400);
}

TEST_F(ReplayJudgeTest, OptionsOutOfRangeAndTakenPortsAreErrors) {
  const auto message = [&](const ReplayJudgeOptions& options) {
    try {
      ReplayJudge server(report_.book, options);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(message({.error_rate = 1.5}), "a rate must be 0 to 1, came 1.5");
  EXPECT_THAT(message({.error_rate = 0.6, .rate_limit_rate = 0.6}), HasSubstr("must sum to 1 at most, came 1.2"));
  const ReplayJudge first(report_.book, {});
  EXPECT_THAT(message({.port = first.port()}),
              StartsWith("port " + std::to_string(first.port()) + " of 127.0.0.1 can't be listened at: "));
}

// Scores of three responses, from 1 to 5.
TEST_F(AppTest, ReplayedScoresAreDrawnFromTheRecordedOnes) {
  std::string rows;
  for (int i = 0; i < 3; ++i) {
    const std::string q = "q" + std::to_string(i);
    rows += json{{"query", q}, {"prompt", "Say " + q}}.dump() + "\n";
    rows += json{{"query", q}, {"model", "m"}, {"response", "It is " + q}}.dump() + "\n";
    rows += json{{"query", q}, {"model", "m"}, {"judge", "j"}, {"scores", {1, i + 2, 5}}}.dump() + "\n";
  }
  write("scores.jsonl", rows);
  import_jsonl("scores.jsonl", "scores.assay");
  const asking::AnswerBookReport report =
      asking::make_answer_book({.study = path("scores.assay"), .scale = Scale{1, 5}});
  EXPECT_EQ(report.book.arms(), 3U);
  Serving serving(report.book, {});
  HttpConnection connection(serving.port());
  for (const judge::ReplyKind reply : {judge::ReplyKind::line, judge::ReplyKind::json}) {
    const judge::Prompt prompt = judge::PromptTemplate::standard(judge::PromptKind::score)
                                     .render(judge::ScoreFields{"Say q1", "It is q1", 1, 5}, reply);
    std::set<double> seen;
    for (int i = 0; i < 60; ++i) {
      const HttpExchange exchange = connection.post(
          kChat, judge::chat_request({.model = "m", .reply = reply}, judge::PromptKind::score, prompt.text));
      const judge::ChatReply read = judge::read_chat_reply(exchange.status, "", exchange.body);
      const auto score = judge::read_score(read.content, prompt.marker, 1, 5);
      ASSERT_TRUE(score) << read.content;
      seen.insert(*score);
    }
    EXPECT_THAT(seen, testing::ElementsAre(1, 3, 5));
  }
  const judge::Prompt other = judge::PromptTemplate::standard(judge::PromptKind::score)
                                  .render(judge::ScoreFields{"Say q1", "It is q1", 0, 5}, judge::ReplyKind::line);
  EXPECT_EQ(
      connection.post(kChat, judge::chat_request({.model = "m"}, judge::PromptKind::score, other.text)).status,
      400);
}

}  // namespace
}  // namespace assay::server
