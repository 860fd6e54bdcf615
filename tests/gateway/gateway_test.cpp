#include "gateway/gateway.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "assay/app/route_update.h"
#include "assay/data/outcome_lines.h"
#include "assay/file/whole_text.h"
#include "server/http_server.h"
#include "tests/gateway/router_fixture.h"
#include "tests/gateway/serving_gateway.h"
#include "tests/judge/fault_server.h"
#include "tests/server/http_exchange.h"
#include "tests/server/serving_http.h"

namespace assay::gateway {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kChat = "/v1/chat/completions";
constexpr const char* kAsked = R"({"model":"a","messages":[{"role":"user","content":"hi"}], "x": 1.50})";
constexpr const char* kStreamed = R"({"model":"a","messages":[],"stream":true})";

std::string chat_answer(const std::string& content) {
  return R"({"id":"1","choices":[{"index":0,"message":{"role":"assistant","content":")" + content +
         R"("}}],"usage":{"prompt_tokens":7,"completion_tokens":3}, "odd": 1.0})";
}

std::string event(const std::string& data) { return "data: " + data + "\n\n"; }

std::string delta(const std::string& content) {
  return R"({"choices":[{"delta":{"content":")" + content + R"("}}],"usage":null})";
}

Fault events(const std::string& body) { return {.body = body, .content_type = "text/event-stream"}; }

json model_at(const std::string& name, const std::string& url) { return {{"name", name}, {"url", url}}; }

// A folder with models.json, and a gateway without a router.
class GatewayTest : public AppTest {
 protected:
  void write_models(const json& whole) { write("models.json", whole.dump()); }

  GatewayOptions options() {
    GatewayOptions options;
    options.places.models = path("models.json");
    options.places.environment = [](const std::string& name) -> std::optional<std::string> {
      if (name == "KEY_OF_A") return "sk-a";
      return std::nullopt;
    };
    return options;
  }

  // Models a, b, ... at these URLs; a falls back to the others.
  std::unique_ptr<ServingGateway> serve(const std::vector<std::string>& urls, json more = json::object()) {
    json models = json::array();
    json others = json::array();
    for (std::size_t i = 0; i < urls.size(); ++i) {
      const std::string name(1, static_cast<char>('a' + i));
      models.push_back(model_at(name, urls[i]));
      if (i > 0) others.push_back(name);
    }
    if (!others.empty()) models[0]["fallbacks"] = others;
    more["models"] = models;
    write_models(more);
    return std::make_unique<ServingGateway>(options());
  }
};

std::string refusing_url() { return "http://127.0.0.1:" + std::to_string(refusing_port()) + "/v1"; }

TEST_F(GatewayTest, PassesARequestOnAndTheReplyBack) {
  FaultServer upstream(
      {{.body = chat_answer("hello"), .headers = {{"X-Mine", "yes"}, {"Connection", "x-hop"}, {"X-Hop", "no"}}}});
  write_models(
      {{"models", {{{"name", "a"}, {"model", "real-name"}, {"url", upstream.url()}, {"key_env", "KEY_OF_A"}}}}});
  ServingGateway gateway(options());
  HttpConnection client(gateway.port());
  client.send(
      "POST /v1/chat/completions HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nX-Trace: 12\r\n"
      "Authorization: Bearer of-the-client\r\nAccept-Encoding: gzip\r\nConnection: keep-alive, x-drop\r\n"
      "X-Drop: 1\r\nContent-Length: " +
      std::to_string(std::string(kAsked).size()) + "\r\n\r\n" + kAsked);
  const HttpExchange exchange = client.receive();
  EXPECT_EQ(exchange.status, 200);
  EXPECT_EQ(exchange.body, chat_answer("hello")) << "byte for byte";
  EXPECT_THAT(exchange.head, HasSubstr("X-Mine: yes\r\n"));
  EXPECT_THAT(exchange.head, Not(HasSubstr("X-Hop")));
  EXPECT_THAT(upstream.bodies(),
              ElementsAre(R"({"model":"real-name","messages":[{"role":"user","content":"hi"}], "x": 1.50})"));
  const std::string head = upstream.heads().at(0);
  EXPECT_THAT(head, StartsWith("POST /v1/chat/completions HTTP/1.1\r\n"));
  EXPECT_THAT(head, HasSubstr("Authorization: Bearer sk-a\r\n"));
  EXPECT_THAT(head, HasSubstr("X-Trace: 12\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("of-the-client")));
  EXPECT_THAT(head, Not(HasSubstr("gzip")));
  EXPECT_THAT(head, HasSubstr("Accept-Encoding: identity\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("X-Drop")));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(client.post(kChat, kAsked).status, 200);
  EXPECT_EQ(upstream.connections(), 1U) << "it is used again";
}

TEST_F(GatewayTest, AStreamHasNoUsageUnlessTheClientAsked) {
  const std::string usage = R"({"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2}})";
  FaultServer upstream({events(event(delta("one")) + event(delta("two")) + event(usage) + event("[DONE]"))});
  const auto gateway = serve({upstream.url()});
  HttpConnection client(gateway->port());
  const HttpExchange hidden = client.post(kChat, kStreamed);
  EXPECT_EQ(hidden.body, event(R"({"choices":[{"delta":{"content":"one"}}]})") +
                             event(R"({"choices":[{"delta":{"content":"two"}}]})") + event("[DONE]"));
  EXPECT_THAT(hidden.head, HasSubstr("text/event-stream"));
  EXPECT_TRUE(json::parse(upstream.bodies().at(0))["stream_options"]["include_usage"]);
  const std::string asking = R"({"model":"a","stream":true,"stream_options":{"include_usage":true}})";
  EXPECT_EQ(client.post(kChat, asking).body,
            event(delta("one")) + event(delta("two")) + event(usage) + event("[DONE]"));
  EXPECT_THAT(client.get("/metrics").body, HasSubstr("gen_ai_client_token_usage"));
}

// What goes wrong before a byte of an answer is on its way, and what the client gets of it where another model can
// answer: that one's answer.
TEST_F(GatewayTest, TheNextModelAnswersWhereOneFails) {
  using Kind = Fault::Kind;
  const std::map<std::string, Fault> faults = {
      {"reset", {.kind = Kind::reset}},
      {"half a body", {.kind = Kind::half_body, .body = chat_answer("half")}},
      {"reset in the body", {.kind = Kind::reset_in_body, .body = chat_answer("half")}},
      {"slow headers", {.kind = Kind::slow_headers, .pause = milliseconds(150)}},
      {"silence", {.kind = Kind::silent}},
      {"limited", rate_limited("30")},
      {"failing", failing(500)},
      {"overloaded", failing(529)},
      {"no key", failing(401)},
      {"no HTTP", {.kind = Kind::no_http}},
      {"no JSON", answer("<html>busy</html>")},
      {"no answer", answer(R"({"choices":[]})")},
      {"an error with 200", answer(R"({"error":{"message":"overloaded"}})")},
      {"endless headers", {.kind = Kind::endless_headers}},
      {"an error in the choice",
       answer(R"({"choices":[{"error":{"code":502},"finish_reason":"error","message":{"content":""}}]})")},
      {"an error beside half an answer",
       answer(R"({"choices":[{"error":{"code":502},"finish_reason":"error","message":{"content":"half"}}]})")},
      {"an error with a number", answer(R"({"error":{"message":"slow down","code":"429"}})")},
      {"an error after a while", {.status = 503, .body = "{}", .headers = {{"Retry-After", "3"}}}},
      {"an error that drips",
       {.kind = Kind::slow_body, .status = 401, .body = std::string(1000, ' '), .pause = milliseconds(20)}},
  };
  FaultServer good({answer(chat_answer("good"))});
  for (const auto& [name, fault] : faults) {
    SCOPED_TRACE(name);
    FaultServer bad({fault});
    const auto gateway = serve({bad.url(), good.url()}, {{"times", {{"first_byte", 0.3}, {"between_bytes", 0.3}}}});
    HttpConnection client(gateway->port());
    const HttpExchange exchange = client.post(kChat, kAsked);
    EXPECT_EQ(exchange.status, 200);
    EXPECT_EQ(exchange.body, chat_answer("good"));
    EXPECT_GE(bad.requests(), 1U);
    EXPECT_EQ(client.post(kChat, kAsked).body, chat_answer("good"));
  }
  const auto gateway = serve({refusing_url(), good.url()});
  HttpConnection client(gateway->port());
  EXPECT_EQ(client.post(kChat, kAsked).body, chat_answer("good"));
}

TEST_F(GatewayTest, AStreamFallsBackUntilItsFirstEvent) {
  const std::string whole = event(R"({"choices":[{"delta":{}}]})") + event("[DONE]");
  FaultServer good({events(whole)});
  for (const std::string& begin :
       {event(R"({"error":{"message":"overloaded"}})"), event("<html>"), std::string(": hm\n\n"), std::string(),
        event("[DONE]"), "event: error\n" + event(R"({"message":"overloaded"})"),
        event(R"({"choices":[{"finish_reason":"error","delta":{"content":""}}]})"),
        event(R"({"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":0}})") + event("[DONE]"),
        event(R"({"usage":{"prompt_tokens":5,"completion_tokens":0}})"),
        event(R"({"choices":[]})") + event(R"({"error":{"code":"503"}})")}) {
    SCOPED_TRACE(begin);
    FaultServer bad({events(begin)});
    const auto gateway = serve({bad.url(), good.url()});
    HttpConnection client(gateway->port());
    EXPECT_EQ(client.post(kChat, kStreamed).body, whole);
  }
}

// What a client sees of a model that always replies so, and what the model sees and is counted as.
struct Seen {
  std::vector<int> status;
  std::vector<std::string> bodies;
  std::string type;
  std::size_t requests = 0;
  std::string counted;

  bool operator==(const Seen& other) const = default;
};

std::ostream& operator<<(std::ostream& out, const Seen& seen) {
  return out << testing::PrintToString(seen.status) << testing::PrintToString(seen.bodies) << seen.type << " "
             << seen.requests << "\n"
             << seen.counted;
}

// Lines of the metrics that count requests to models, and whether they are left alone.
std::string counted_in(const std::string& metrics) {
  std::istringstream lines(metrics);
  std::string counted;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("gen_ai_client_operation_duration_seconds_count") ||
        line.starts_with("assay_breaker_open")) {
      counted += line + "\n";
    }
  }
  return counted;
}

TEST_F(GatewayTest, TheNumberInAnErrorStandsForItsStatus) {
  FaultServer good({answer(chat_answer("good"))});
  const auto seen = [&](const Fault& fault, const char* asked, bool alone) {
    FaultServer model({fault});
    const json more = {{"breaker", {{"failures", 3}}}};
    const auto gateway = alone ? serve({model.url()}, more) : serve({model.url(), good.url()}, more);
    HttpConnection client(gateway->port());
    Seen result;
    for (int i = 0; i < 3; ++i) {
      const HttpExchange exchange = client.post(kChat, asked);
      result.status.push_back(exchange.status);
      result.bodies.push_back(exchange.body);
      const std::size_t type = exchange.head.find("Content-Type: ");
      result.type += exchange.head.substr(type, exchange.head.find('\r', type) - type) + "\n";
    }
    result.requests = model.requests();
    result.counted = counted_in(client.get("/metrics").body);
    return result;
  };
  for (const int status : {400, 401, 404, 408, 422, 429, 500, 503, 529}) {
    const std::string body = R"({"error":{"message":"no","code":)" + std::to_string(status) + "}}";
    for (const bool alone : {true, false}) {
      SCOPED_TRACE(std::to_string(status) + (alone ? " alone" : " with another"));
      const Seen real = seen({.status = status, .body = body}, kAsked, alone);
      EXPECT_EQ(real.status[0], alone || status == 400 || status == 422 ? status : 200);
      EXPECT_EQ(seen(answer(body), kAsked, alone), real);
      EXPECT_EQ(seen(events(event(body) + event("[DONE]")), kStreamed, alone),
                seen({.status = status, .body = body}, kStreamed, alone));
    }
  }
}

TEST_F(GatewayTest, AnErrorWithoutANumberIsABadGateway) {
  for (const char* code : {"\"overloaded\"", "200", "40001", "null"}) {
    SCOPED_TRACE(code);
    const std::string body = std::string(R"({"error":{"message":"no","code":)") + code + "}}";
    FaultServer whole({answer(body)}), streamed({events(event(body))});
    const auto gateway = serve({whole.url()}), streaming = serve({streamed.url()});
    EXPECT_EQ(HttpConnection(gateway->port()).post(kChat, kAsked).status, 502);
    EXPECT_EQ(HttpConnection(streaming->port()).post(kChat, kStreamed).status, 502);
  }
}

// What an upstream says when it fails in the middle is for the client, and counts as a failure.
TEST_F(GatewayTest, AnErrorInTheMiddleOfAStreamPassesAndCounts) {
  const std::string error = event(
      R"({"error":{"code":502,"message":"lost"},"choices":[{"delta":{"content":""},"finish_reason":"error"}]})");
  std::mutex mutex;
  std::vector<server::Responder> kept;
  ServingHttp upstream({.grace = milliseconds(0)}, [&](const server::Request&, server::Responder responder) {
    const std::lock_guard lock(mutex);
    responder.begin(200, {{"Content-Type", "text/event-stream"}});
    responder.write(event(delta("half")));
    kept.push_back(std::move(responder));
  });
  const auto gateway = serve({upstream.url() + "/v1"}, {{"breaker", {{"failures", 1}}}});
  HttpConnection client(gateway->port());
  client.send(http_post(kChat, R"({"model":"a","stream":true,"stream_options":{"include_usage":true}})"));
  client.receive_until("half");
  {
    const std::lock_guard lock(mutex);
    kept[0].write(error + event("[DONE]"));
    kept[0].end();
  }
  EXPECT_THAT(client.receive_until("\r\n0\r\n\r\n"), HasSubstr(error + event("[DONE]")));
  const std::string counted = client.get("/metrics").body;
  EXPECT_THAT(counted, HasSubstr(R"(error_type="error")"));
  EXPECT_THAT(counted, HasSubstr(R"(error_type="502")"));
  EXPECT_EQ(client.post(kChat, kAsked).status, 503) << "the circuit is open";
}

TEST_F(GatewayTest, AnswersThatAreNoValidJsonPassAsTheyCame) {
  for (const char* odd :
       {R"({"choices":[{"message":{"content":"\ud83d"}}]})", R"({"choices":[{"logprob":NaN}]})",
        "\xEF\xBB\xBF{\"choices\":[{\"message\":{}}]}", R"({"x":123456789012345678901234567890,"choices":[{}]})"}) {
    SCOPED_TRACE(odd);
    FaultServer whole({answer(odd)}), streamed({events(event(odd) + event("[DONE]"))});
    const auto gateway = serve({whole.url(), streamed.url()});
    HttpConnection client(gateway->port());
    EXPECT_EQ(client.post(kChat, kAsked).body, odd);
    EXPECT_EQ(client.post(kChat, R"({"model":"b","messages":[],"stream":true})").body,
              event(odd) + event("[DONE]"));
  }
}

// Each event when it is here, whatever the reply is called.
TEST_F(GatewayTest, AStreamIsKnownByWhatItIs) {
  std::mutex mutex;
  std::vector<server::Responder> kept;
  std::string type;
  ServingHttp upstream({.grace = milliseconds(0)}, [&](const server::Request&, server::Responder responder) {
    const std::lock_guard lock(mutex);
    server::Headers headers;
    if (!type.empty()) headers.emplace_back("Content-Type", type);
    responder.begin(200, headers);
    responder.write("da");
    responder.write(event(delta("one")).substr(2));
    kept.push_back(std::move(responder));
  });
  const auto gateway = serve({upstream.url() + "/v1"});
  for (const char* called : {"text/event-stream", "Text/Event-Stream; charset=utf-8", "", "application/json"}) {
    for (const char* stream : {"true", "1"}) {
      SCOPED_TRACE(std::string(called) + " " + stream);
      {
        const std::lock_guard lock(mutex);
        type = called;
      }
      HttpConnection client(gateway->port());
      client.send(http_post(kChat, std::string(R"({"model":"a","messages":[],"stream":)") + stream + "}"));
      EXPECT_THAT(client.receive_until("one"), StartsWith("HTTP/1.1 200")) << "while the model goes on";
      const std::lock_guard lock(mutex);
      kept.back().write(event("[DONE]"));
      kept.back().end();
      kept.clear();
    }
  }
}

// No failure makes the client wait for longer than 5 s.
TEST_F(GatewayTest, ALongRetryAfterIsNotWaitedFor) {
  FaultServer loading({{.status = 503, .body = "{}", .headers = {{"Retry-After", "3600"}}}});
  const auto gateway = serve({loading.url()});
  HttpConnection client(gateway->port());
  const auto began = std::chrono::steady_clock::now();
  const HttpExchange exchange = client.post(kChat, kAsked);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
  EXPECT_EQ(exchange.status, 503);
  EXPECT_THAT(exchange.head, HasSubstr("Retry-After: 3600\r\n"));
  EXPECT_EQ(loading.requests(), 1U);
}

TEST_F(GatewayTest, HeadersOfTheGatewayAreItsOwn) {
  FaultServer upstream({{.body = chat_answer("good"), .headers = {{"X-Assay-Model", "forged"}, {"x-mine", "1"}}}});
  write_models({{"models",
                 {{{"name", "a"}, {"url", refusing_url()}, {"fallbacks", {"é"}}},
                  {{"name", "é"}, {"url", upstream.url()}}}}});
  ServingGateway gateway(options());
  HttpConnection client(gateway.port());
  std::string asked = http_post(kChat, kAsked);
  asked.insert(asked.find("Host:"),
               "X-Goog-Api-Key: secret\r\nocp-apim-subscription-key: secret\r\nX-Auth-Token: secret\r\n");
  client.send(asked);
  const HttpExchange exchange = client.receive();
  EXPECT_EQ(exchange.body, chat_answer("good"));
  EXPECT_THAT(exchange.head, HasSubstr("x-assay-model: \\xC3\\xA9\r\n"));
  EXPECT_THAT(exchange.head, HasSubstr("x-mine: 1\r\n"));
  EXPECT_THAT(exchange.head, Not(HasSubstr("forged")));
  EXPECT_THAT(upstream.heads().at(0), Not(HasSubstr("secret")));
}

TEST_F(GatewayTest, TheModelThatAnsweredIsToldWhoeverWasNamed) {
  FaultServer upstream({{.body = chat_answer("good"), .headers = {{"X-Assay-Model", "forged"}}}});
  const auto gateway = serve({upstream.url(), upstream.url()});
  HttpConnection client(gateway->port());
  for (const char* name : {"a", "b"}) {
    const HttpExchange exchange = client.post(kChat, json({{"model", name}, {"messages", json::array()}}).dump());
    EXPECT_THAT(exchange.head, HasSubstr(std::string("x-assay-model: ") + name + "\r\n"));
    EXPECT_THAT(exchange.head, Not(HasSubstr("forged")));
  }
}

TEST_F(GatewayTest, WhatIsEncodedUnaskedPassesAsItCame) {
  FaultServer upstream({{.body = "\x1f\x8b packed", .headers = {{"Content-Encoding", "gzip"}}}});
  const auto gateway = serve({upstream.url()});
  HttpConnection client(gateway->port());
  const HttpExchange exchange = client.post(kChat, kAsked);
  EXPECT_EQ(exchange.status, 200);
  EXPECT_EQ(exchange.body, "\x1f\x8b packed");
  EXPECT_THAT(exchange.head, HasSubstr("Content-Encoding: gzip\r\n"));
}

TEST_F(GatewayTest, ADateToRetryAfterIsHeeded) {
  FaultServer limited({rate_limited("Sun, 06 Nov 2094 08:49:37 GMT")});
  const auto gateway = serve({limited.url()});
  HttpConnection client(gateway->port());
  EXPECT_EQ(client.post(kChat, kAsked).status, 429);
  EXPECT_EQ(client.post(kChat, kAsked).status, 429);
  EXPECT_EQ(limited.requests(), 1U) << "it is left alone until then";
}

TEST_F(GatewayTest, AReplyThatBreaksOffIsSeenToBeCut) {
  FaultServer upstream({{.kind = Fault::Kind::half_body,
                         .body = event(delta("one")) + std::string(400, ' '),
                         .content_type = "text/event-stream"}});
  const auto gateway = serve({upstream.url()});
  HttpConnection client(gateway->port());
  client.send(http_post(kChat, kStreamed));
  const std::string bytes = client.receive_until("upstream_error");
  EXPECT_THAT(bytes, HasSubstr("one"));
  EXPECT_THROW(client.receive(), std::runtime_error);
}

TEST_F(GatewayTest, TheLastModelsErrorIsPassedOn) {
  FaultServer limited({rate_limited("30")});
  const auto gateway = serve({refusing_url(), limited.url()}, {{"retries", 0}});
  HttpConnection client(gateway->port());
  const HttpExchange exchange = client.post(kChat, kAsked);
  EXPECT_EQ(exchange.status, 429);
  EXPECT_THAT(exchange.head, HasSubstr("Retry-After: 30\r\n"));
  const auto alone = serve({refusing_url()}, {{"retries", 0}, {"breaker", {{"failures", 2}}}});
  HttpConnection other(alone->port());
  const HttpExchange none = other.post(kChat, kAsked);
  EXPECT_EQ(none.status, 502);
  EXPECT_THAT(json::parse(none.body)["error"]["message"], HasSubstr("a: "));
  EXPECT_EQ(other.post(kChat, kAsked).status, 502);
  const HttpExchange open = other.post(kChat, kAsked);
  EXPECT_EQ(open.status, 503) << "the circuit is open";
  EXPECT_THAT(open.head, HasSubstr("Retry-After: "));
}

TEST_F(GatewayTest, ItAsksOnceMoreWhereThatHelps) {
  FaultServer upstream({failing(503), answer(chat_answer("second"))});
  const auto gateway = serve({upstream.url()});
  HttpConnection client(gateway->port());
  EXPECT_EQ(client.post(kChat, kAsked).body, chat_answer("second"));
  FaultServer limited({rate_limited("1"), answer(chat_answer("later"))});
  const auto patient = serve({limited.url()});
  HttpConnection other(patient->port());
  EXPECT_EQ(other.post(kChat, kAsked).body, chat_answer("later"));
  for (const int passing : {408, 409, 425}) {
    FaultServer soon({failing(passing), answer(chat_answer("soon"))});
    const auto again = serve({soon.url()});
    HttpConnection client_again(again->port());
    EXPECT_EQ(client_again.post(kChat, kAsked).body, chat_answer("soon")) << passing;
  }
  FaultServer wrong({failing(400)});
  const auto plain = serve({wrong.url()});
  HttpConnection third(plain->port());
  EXPECT_EQ(third.post(kChat, kAsked).status, 400);
  EXPECT_EQ(wrong.requests(), 1U) << "what the client does wrong is not asked again";
}

TEST_F(GatewayTest, AClientThatLeavesEndsItsUpstreamRequest) {
  std::atomic<int> gone = 0;
  std::atomic<int> came = 0;
  std::vector<server::Responder> kept;
  ServingHttp upstream({.grace = milliseconds(0)}, [&](const server::Request&, server::Responder responder) {
    responder.on_gone([&] { ++gone; });
    if (came == 1) {
      responder.begin(200, {{"Content-Type", "text/event-stream"}});
      responder.write(event(delta("one")));
    }
    kept.push_back(std::move(responder));
    ++came;
  });
  const auto gateway = serve({upstream.url() + "/v1"});
  auto client = std::make_unique<HttpConnection>(gateway->port());
  client->send(http_post(kChat, kAsked));
  while (came < 1) std::this_thread::sleep_for(milliseconds(1));
  client.reset();
  while (gone < 1) std::this_thread::sleep_for(milliseconds(1));
  client = std::make_unique<HttpConnection>(gateway->port());
  client->send(http_post(kChat, kStreamed));
  client->receive_until("one");
  client.reset();
  while (gone < 2) std::this_thread::sleep_for(milliseconds(1));
}

// An upstream without end, and a client that takes nothing: neither fills the memory.
TEST_F(GatewayTest, ASlowClientHoldsItsUpstreamBack) {
  FaultServer upstream({{.kind = Fault::Kind::endless}});
  const auto gateway = serve({upstream.url()}, {{"limits", {{"unsent_bytes", 100'000}}}});
  HttpConnection client(gateway->port());
  client.send(http_post(kChat, kAsked));
  std::this_thread::sleep_for(milliseconds(300));
  std::size_t taken = 0;
  std::vector<char> buffer(1 << 16);
  while (taken < 30'000'000) {
    const ssize_t got = recv(client.descriptor(), buffer.data(), buffer.size(), 0);
    ASSERT_GT(got, 0) << "after " << taken;
    taken += static_cast<std::size_t>(got);
  }
}

TEST_F(GatewayTest, TellsItsModelsAndItsHealth) {
  const auto gateway = serve({refusing_url(), refusing_url()});
  HttpConnection client(gateway->port());
  EXPECT_EQ(client.get("/health").status, 200);
  const json models = json::parse(client.get("/v1/models").body);
  ASSERT_EQ(models["data"].size(), 2U) << "no profile without a router";
  EXPECT_EQ(models["data"][0]["id"], "a");
  EXPECT_EQ(json::parse(client.get("/v1/models/b").body)["id"], "b");
  EXPECT_EQ(json::parse(client.get("/v1/models/%62").body)["id"], "b");
  EXPECT_EQ(client.get("/v1/models/b%2").status, 404);
  EXPECT_EQ(json::parse(client.get("http://gateway.example/v1/models/b").body)["id"], "b");
  EXPECT_EQ(client.get("/v1/models/c").status, 404);
  EXPECT_EQ(client.get("/nothing").status, 404);
  EXPECT_EQ(client.get(kChat).status, 405);
  EXPECT_EQ(client.post("/metrics", "").status, 405);
  EXPECT_EQ(client.post(kChat, "[1]").status, 400);
  EXPECT_THAT(client.get("/nothing").body, HasSubstr("there are /v1/chat/completions"));
  const auto none = client.post(kChat, R"({"model":"c","messages":[]})");
  EXPECT_EQ(none.status, 404);
  EXPECT_THAT(none.body, HasSubstr(R"(there is no model \"c\"; there are \"a\")"));
  EXPECT_EQ(client.post(kChat, R"({"model":"assay/auto","messages":[]})").status, 404);
}

TEST_F(GatewayTest, WantsTheKeyAndRefusesPages) {
  FaultServer upstream({answer(chat_answer("hello"))});
  write_models({{"models", {model_at("a", upstream.url())}}});
  const auto status = [](ServingGateway& gateway, const std::string& header,
                         const std::string& target = "/v1/models") {
    HttpConnection client(gateway.port());
    client.send("GET " + target + " HTTP/1.1\r\nHost: h\r\n" + header + "\r\n");
    return client.receive().status;
  };
  ServingGateway open(options());
  EXPECT_EQ(status(open, ""), 200);
  EXPECT_EQ(status(open, "Origin: https://evil.example\r\n"), 403);
  GatewayOptions keyed = options();
  keyed.places.client_key = "secret";
  ServingGateway closed(keyed);
  EXPECT_EQ(status(closed, ""), 401);
  EXPECT_EQ(status(closed, "Authorization: Bearer secre\r\n"), 401);
  EXPECT_EQ(status(closed, "Authorization: Bearer secret\r\n"), 200);
  EXPECT_EQ(status(closed, "AUTHORIZATION: bEARER  secret\r\n"), 200);
  EXPECT_EQ(status(closed, "", "/metrics"), 401);
  EXPECT_EQ(status(closed, "", "/health"), 200);
}

// 100 times a model's server is killed and comes back, and 100 times the files are read anew, while clients ask:
// nothing is lost, as the other model answers.
TEST_F(GatewayTest, NothingIsLostOverKillsAndReloads) {
  const auto answers = [](const std::string& content) {
    return [content](const server::Request&, server::Responder responder) {
      responder.reply({.headers = {{"Content-Type", "application/json"}}, .body = chat_answer(content)});
    };
  };
  ServingHttp steady({}, answers("steady"));
  auto killed =
      std::make_unique<ServingHttp>(server::HttpServerOptions{.grace = milliseconds(0)}, answers("killed"));
  const std::uint16_t port = killed->port();
  const auto gateway = serve({killed->url() + "/v1", steady.url() + "/v1"}, {{"breaker", {{"pause", 0.02}}}});
  std::atomic<bool> done = false;
  std::atomic<int> lost = 0;
  std::atomic<int> served = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      HttpConnection client(gateway->port());
      while (!done) {
        try {
          (client.post(kChat, kAsked).status == 200 ? served : lost)++;
        } catch (const std::runtime_error&) {
          ++lost;
          return;
        }
      }
    });
  }
  for (int i = 0; i < 100; ++i) {
    killed.reset();
    gateway->gateway().reload();
    std::this_thread::sleep_for(milliseconds(5));
    killed = std::make_unique<ServingHttp>(server::HttpServerOptions{.port = port, .grace = milliseconds(0)},
                                           answers("killed"));
    std::this_thread::sleep_for(milliseconds(5));
  }
  done = true;
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(lost, 0);
  EXPECT_GT(served, 100) << "the machine may be busy";
}

TEST_F(GatewayTest, AReloadTakesWhatIsRightAndLeavesWhatIsNot) {
  FaultServer one({answer(chat_answer("one"))});
  FaultServer two({answer(chat_answer("two"))});
  write_models({{"models", {model_at("a", one.url())}}});
  std::mutex mutex;
  std::vector<std::string> notes;
  GatewayOptions told = options();
  told.note = [&](std::string_view text) {
    const std::lock_guard lock(mutex);
    notes.emplace_back(text);
  };
  ServingGateway gateway(told);
  HttpConnection client(gateway.port());
  EXPECT_EQ(client.post(kChat, kAsked).body, chat_answer("one"));
  const auto reload = [&] {
    std::size_t before = 0;
    {
      const std::lock_guard lock(mutex);
      before = notes.size();
    }
    gateway.gateway().reload();
    while (true) {
      std::this_thread::sleep_for(milliseconds(1));
      const std::lock_guard lock(mutex);
      if (notes.size() > before) return notes.back();
    }
  };
  write_models({{"models", {model_at("a", two.url())}}});
  EXPECT_THAT(reload(), HasSubstr("anew"));
  EXPECT_EQ(client.post(kChat, kAsked).body, chat_answer("two"));
  write("models.json", "{\"models\": [");
  EXPECT_THAT(reload(), HasSubstr("stays"));
  EXPECT_EQ(client.post(kChat, kAsked).body, chat_answer("two"));
}

TEST_F(GatewayTest, AReloadTakesLimits) {
  FaultServer upstream({{.kind = Fault::Kind::endless}});
  const auto gateway = serve({upstream.url()}, {{"limits", {{"unsent_bytes", 20'000'000}, {"body_bytes", 1000}}}});
  HttpConnection slow(gateway->port()), asking(gateway->port());
  slow.send(http_post(kChat, kAsked));
  slow.receive_until("HTTP/1.1 200");
  const std::string large = R"({"model":"none","messages":[],"x":")" + std::string(2000, 'x') + "\"}";
  EXPECT_EQ(HttpConnection(gateway->port()).post(kChat, large).status, 413);
  write_models(
      {{"models", {model_at("a", upstream.url())}}, {"limits", {{"unsent_bytes", 100'000}, {"body_bytes", 5000}}}});
  gateway->gateway().reload();
  while (HttpConnection(gateway->port()).post(kChat, large).status == 413) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_EQ(asking.post(kChat, large).status, 404) << "a connection from before";
  std::this_thread::sleep_for(milliseconds(300));
  std::size_t taken = 0;
  std::vector<char> buffer(1 << 16);
  while (taken < 40'000'000) {
    const ssize_t got = recv(slow.descriptor(), buffer.data(), buffer.size(), 0);
    ASSERT_GT(got, 0) << "a slow client was cut off after " << taken;
    taken += static_cast<std::size_t>(got);
  }
}

TEST_F(GatewayTest, TellsWhichModelsFailThoughOthersAnswer) {
  FaultServer locked({failing(401)});
  FaultServer well({answer(chat_answer("hello"))});
  write_models({{"models",
                 {{{"name", "a"}, {"url", locked.url()}, {"fallbacks", {"c"}}},
                  {{"name", "b"}, {"url", refusing_url()}, {"fallbacks", {"c"}}},
                  model_at("c", well.url())}},
                {"breaker", {{"failures", 2}}},
                {"retries", 0}});
  std::mutex mutex;
  std::vector<std::string> notes;
  GatewayOptions told = options();
  told.note = [&](std::string_view text) {
    const std::lock_guard lock(mutex);
    notes.emplace_back(text);
  };
  ServingGateway gateway(told);
  HttpConnection client(gateway.port());
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(client.post(kChat, R"({"model":"a","messages":[]})").body, chat_answer("hello"));
    EXPECT_EQ(client.post(kChat, R"({"model":"b","messages":[]})").body, chat_answer("hello"));
  }
  const std::lock_guard lock(mutex);
  EXPECT_THAT(
      notes, ElementsAre("a: it says 401; is its key right?", "b: no connection, so it is left alone for a while"));
}

TEST_F(GatewayTest, ARefusalIsNoAnswerAfterACircuitWasOpen) {
  FaultServer upstream({failing(500), failing(500), failing(401)});
  write_models({{"models", {model_at("a", upstream.url())}},
                {"breaker", {{"failures", 2}, {"pause", 0.05}}},
                {"retries", 0}});
  std::mutex mutex;
  std::vector<std::string> notes;
  GatewayOptions told = options();
  told.note = [&](std::string_view text) {
    const std::lock_guard lock(mutex);
    notes.emplace_back(text);
  };
  ServingGateway gateway(told);
  HttpConnection client(gateway.port());
  client.post(kChat, kAsked);
  client.post(kChat, kAsked);
  std::this_thread::sleep_for(milliseconds(100));
  client.post(kChat, kAsked);
  const std::lock_guard lock(mutex);
  EXPECT_THAT(notes,
              ElementsAre("a: it says 500, so it is left alone for a while", "a: it says 401; is its key right?"));
}

TEST_F(GatewayTest, AnErrorBehindContentPassesHoweverThePacketsAreCut) {
  const std::string stream =
      event(delta("one")) + event(delta("two")) + event(R"({"error":{"code":400,"message":"m"}})");
  FaultServer upstream({events(stream)});
  const auto gateway = serve({upstream.url()}, {{"retries", 0}});
  HttpConnection client(gateway->port());
  const auto exchange =
      client.post(kChat, R"({"model":"a","stream":true,"stream_options":{"include_usage":true}})");
  EXPECT_EQ(exchange.status, 200);
  EXPECT_EQ(exchange.body, stream);
}

TEST_F(GatewayTest, JsonThatIsCalledAStreamIsReadAsJson) {
  FaultServer upstream({events(chat_answer("hello")), events(R"({"error":{"code":400,"message":"no"}})")});
  const auto gateway = serve({upstream.url()}, {{"retries", 0}});
  HttpConnection client(gateway->port());
  const auto whole = client.post(kChat, kAsked);
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.body, chat_answer("hello"));
  EXPECT_EQ(client.post(kChat, kAsked).status, 400);
}

TEST_F(GatewayTest, WhereNobodyAnswersTheClientIsToldOfEach) {
  const auto gateway = serve({refusing_url(), refusing_url()}, {{"retries", 0}});
  HttpConnection client(gateway->port());
  const auto none = client.post(kChat, kAsked);
  EXPECT_EQ(none.status, 502);
  EXPECT_THAT(none.body, HasSubstr("a: "));
  EXPECT_THAT(none.body, HasSubstr("; b: "));
  EXPECT_EQ(client.post(kChat, R"({"model":"gpt-4o","messages":[]})").status, 404);
  EXPECT_EQ(client.post(kChat, "[1]").status, 400);
  const std::string metrics = client.get("/metrics").body;
  EXPECT_THAT(metrics, HasSubstr(R"(gen_ai_request_model="a",error_type="502"} 1)"));
  EXPECT_THAT(metrics, HasSubstr(R"(gen_ai_request_model="other",error_type="404"} 1)"));
  EXPECT_THAT(metrics, HasSubstr(R"(gen_ai_request_model="other",error_type="400"} 1)"));
}

TEST_F(GatewayTest, TellsIfItCanNotServeSoManyConnections) {
  write_models({{"models", {model_at("a", refusing_url())}}, {"limits", {{"connections", 1'000'000}}}});
  std::vector<std::string> notes;
  GatewayOptions told = options();
  told.note = [&](std::string_view text) { notes.emplace_back(text); };
  rlimit open{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &open), 0);
  rlimit few = open;
  few.rlim_cur = std::min<rlim_t>(open.rlim_cur, 1000);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  {
    ServingGateway gateway(told);
    HttpConnection client(gateway.port());
    EXPECT_EQ(client.get("/health").status, 200);
  }
  setrlimit(RLIMIT_NOFILE, &open);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_THAT(notes[0], HasSubstr("1000000"));
}

TEST_F(GatewayTest, AReloadLeavesAStreamThatIsUnderWay) {
  std::mutex mutex;
  std::vector<server::Responder> kept;
  ServingHttp upstream({.grace = milliseconds(0)}, [&](const server::Request&, server::Responder responder) {
    responder.begin(200, {{"Content-Type", "text/event-stream"}});
    responder.write(event(delta("one")));
    const std::lock_guard lock(mutex);
    kept.push_back(std::move(responder));
  });
  FaultServer other({answer(chat_answer("other"))});
  const auto gateway = serve({upstream.url() + "/v1"});
  HttpConnection client(gateway->port());
  client.send(http_post(kChat, kStreamed));
  client.receive_until("one");
  write_models({{"models", {model_at("b", other.url())}}});
  gateway->gateway().reload();
  HttpConnection next(gateway->port());
  while (next.post(kChat, R"({"model":"b","messages":[]})").status != 200) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  EXPECT_EQ(next.post(kChat, kAsked).status, 404) << "the model is no more";
  {
    const std::lock_guard lock(mutex);
    kept[0].write(event(delta("two")) + event("[DONE]"));
    kept[0].end();
  }
  EXPECT_THAT(client.receive_until("\r\n0\r\n\r\n"), HasSubstr("two"));
}

TEST_F(GatewayTest, WhatWaitsForAConnectionInVainIsNoFailureOfTheModel) {
  FaultServer slow({{.body = chat_answer("slow"), .delay = milliseconds(600)}});
  write_models({{"models", {{{"name", "a"}, {"url", slow.url()}, {"at_once", 1}, {"times", {{"connect", 0.1}}}}}},
                {"breaker", {{"failures", 1}}}});
  ServingGateway gateway(options());
  HttpConnection first(gateway.port()), second(gateway.port());
  first.send(http_post(kChat, kAsked));
  while (slow.requests() < 1) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_EQ(second.post(kChat, kAsked).status, 503);
  EXPECT_EQ(first.receive().body, chat_answer("slow"));
  EXPECT_EQ(second.post(kChat, kAsked).body, chat_answer("slow"));
}

TEST_F(GatewayTest, EmbeddingsPassWithTheirTokens) {
  const std::string vectors =
      R"({"object":"list","data":[{"embedding":[0.1,1e-7]}],"usage":{"prompt_tokens":4,"total_tokens":4}})";
  FaultServer upstream({answer(vectors)});
  const auto gateway = serve({upstream.url()});
  HttpConnection client(gateway->port());
  EXPECT_EQ(client.post("/v1/embeddings", R"({"model":"a","input":["x"]})").body, vectors);
  EXPECT_THAT(upstream.heads().at(0), StartsWith("POST /v1/embeddings HTTP/1.1\r\n"));
}

TEST_F(GatewayTest, RequestsUnderWayEndBeforeItDoes) {
  FaultServer upstream({{.body = chat_answer("late"), .delay = milliseconds(200)}});
  const auto gateway = serve({upstream.url()});
  HttpConnection client(gateway->port());
  client.send(http_post(kChat, kAsked));
  while (upstream.requests() < 1) std::this_thread::sleep_for(milliseconds(1));
  gateway->stop();
  EXPECT_EQ(client.receive().body, chat_answer("late"));
}

class RoutedGatewayTest : public RouterTest {
 protected:
  GatewayOptions options() {
    GatewayOptions options;
    options.places.router = path("x.router");
    options.places.models = path("models.json");
    options.log = path("decisions.jsonl");
    return options;
  }
  void write_models(const std::vector<std::string>& urls) {
    json models = json::array();
    for (std::size_t i = 0; i < urls.size(); ++i) models.push_back(model_at("model" + std::to_string(i), urls[i]));
    write("models.json", json({{"models", models}}).dump());
  }
};

TEST_F(RoutedGatewayTest, RoutesAndTellsWhy) {
  FaultServer even({answer(chat_answer("even"))});
  FaultServer odd({answer(chat_answer("odd"))});
  write_models({even.url(), odd.url(), refusing_url(), odd.url()});
  ServingGateway gateway(options());
  HttpConnection client(gateway.port());
  const std::string asked = R"({"model":"assay/auto","messages":[{"role":"user","content":"hi"}]})";
  const HttpExchange explained = client.post("/v1/route", asked);
  EXPECT_EQ(explained.status, 200);
  EXPECT_TRUE(json::parse(explained.body).is_object());
  EXPECT_EQ(even.requests() + odd.requests(), 0U) << "nobody is asked";
  const HttpExchange exchange = client.post(kChat, asked);
  EXPECT_EQ(exchange.status, 200);
  for (const char* header : {"x-assay-model: model", "x-assay-chance: ", "x-assay-why: ", "x-assay-id: "}) {
    EXPECT_THAT(exchange.head, HasSubstr(header));
  }
  EXPECT_EQ(client.post("/v1/embeddings", R"({"model":"assay/auto","input":"x"})").status, 400);
  const json models = json::parse(client.get("/v1/models").body);
  EXPECT_EQ(models["data"][0]["id"], "assay/auto");
  EXPECT_THAT(client.get("/metrics").body, HasSubstr("auto"));
  gateway.stop();
  const std::string log = file::whole_text(path("decisions.jsonl"));
  EXPECT_THAT(log, HasSubstr("auto"));
  EXPECT_THAT(log, Not(HasSubstr("hi\""))) << "nothing of what was asked";
}

TEST_F(RoutedGatewayTest, FallsBackToTheNextBest) {
  FaultServer good({answer(chat_answer("good"))});
  write_models({refusing_url(), refusing_url(), good.url(), refusing_url()});
  ServingGateway gateway(options());
  HttpConnection client(gateway.port());
  for (const char* text : {"algebra", "a court's verdict"}) {
    const HttpExchange exchange = client.post(
        kChat, json({{"model", "assay/auto"}, {"messages", {{{"role", "user"}, {"content", text}}}}}).dump());
    EXPECT_EQ(exchange.body, chat_answer("good"));
    EXPECT_THAT(exchange.head, HasSubstr("x-assay-model: model2\r\n"));
  }
}

// Outcomes come back without anybody's words.
TEST_F(RoutedGatewayTest, VectorsInTheLogAreEnoughToLearnFrom) {
  FaultServer any({answer(chat_answer("any"))});
  write_models({any.url(), any.url(), any.url(), any.url()});
  GatewayOptions logging = options();
  logging.log_vectors = true;
  {
    ServingGateway gateway(logging);
    HttpConnection client(gateway.port());
    for (const char* text : {"matrix", "a court's verdict", "matrix"}) {
      client.post(kChat,
                  json({{"model", "assay/auto"}, {"messages", {{{"role", "user"}, {"content", text}}}}}).dump());
    }
  }
  std::istringstream log(file::whole_text(path("decisions.jsonl")));
  std::string outcomes;
  for (std::string line; std::getline(log, line);) {
    EXPECT_THAT(line, Not(HasSubstr("matrix")));
    json told = json::parse(line);
    EXPECT_EQ(told.count("prompt"), 0U);
    told["right"] = true;
    outcomes += told.dump() + "\n";
  }
  write("outcomes.jsonl", outcomes);
  const auto lines = data::read_outcome_lines(path("outcomes.jsonl"));
  ASSERT_EQ(lines.lines.size(), 3U);
  std::vector<float> wanted(16);
  router()->embed("matrix", wanted);
  EXPECT_EQ(lines.lines[0].vector, wanted) << "bit for bit";
  EXPECT_NE(lines.lines[1].vector, wanted);
  const app::RouteUpdateReport report =
      app::run_route_update({.router = path("x.router"), .outcomes = path("outcomes.jsonl"), .output = ""});
  EXPECT_EQ(report.outcomes, 3U);
}

}  // namespace
}  // namespace assay::gateway
