#include "assay/embed/embedding_endpoint.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/embed/embedding_protocol.h"
#include "tests/data/sample_folder.h"
#include "tests/http/memory_http.h"
#include "tests/judge/memory_ledger.h"

namespace assay::embed {
namespace {

// Vectors (length of the text, 1), told in the wrong order.
std::string vectors_for(const std::string& body) {
  std::string items;
  std::size_t index = 0;
  const std::size_t input = body.find("\"input\":[") + 9;
  for (std::size_t at = input; body[at] == '"';) {
    const std::size_t end = body.find('"', at + 1);
    const std::string item =
        "{\"index\": " + std::to_string(index++) + ", \"embedding\": [" + std::to_string(end - at - 1) + ", 1]}";
    items = items.empty() ? item : item + ", " + items;
    at = end + (body[end + 1] == ',' ? 2 : 1);
  }
  return "{\"data\": [" + items + "]}";
}

class EmbeddingEndpointTest : public testing::Test {
 protected:
  static EmbeddingRules rules() {
    EmbeddingRules rules;
    rules.url = "http://x/v1";
    rules.model = "m";
    rules.batch = 2;
    return rules;
  }
  static MemoryHttp::Answer good(std::size_t, const std::string& body) {
    return http_answer(200, vectors_for(body));
  }

  MemoryLedger ledger_;
};

TEST_F(EmbeddingEndpointTest, GivesVectorsInTheOrderOfTheTexts) {
  MemoryHttp http(good);
  EmbeddingEndpoint endpoint(http, &ledger_, rules());
  const std::vector<std::string_view> texts = {"a", "", "bbb", "a", "cc"};
  const std::vector<float> vectors = endpoint.embed(texts);
  ASSERT_EQ(endpoint.dimensions(), 2U);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto length = static_cast<float>(texts[i].size());
    const float expected = length > 0 ? length / std::sqrt(length * length + 1) : 0;
    EXPECT_NEAR(vectors[2 * i], expected, 1e-6) << texts[i];
  }
  EXPECT_EQ(endpoint.requests(), 2U) << "three distinct texts, two a request";
}

TEST_F(EmbeddingEndpointTest, AsksNothingTwice) {
  const std::vector<std::string_view> texts = {"a", "bbb", "cc"};
  MemoryHttp first(good);
  EmbeddingEndpoint endpoint(first, &ledger_, rules());
  const std::vector<float> vectors = endpoint.embed(texts);
  MemoryHttp second([](std::size_t, const std::string&) { return http_failure(http::HttpFailure::unreachable); });
  EmbeddingEndpoint again(second, &ledger_, rules());
  EXPECT_EQ(again.embed(texts), vectors);
  EXPECT_EQ(again.requests(), 0U);
}

TEST_F(EmbeddingEndpointTest, KeepsWhatWasThereBeforeTheEnd) {
  MemoryHttp broken([](std::size_t i, const std::string& body) {
    return i == 0 ? good(i, body) : http_answer(401, R"({"error": {"message": "no more"}})");
  });
  const std::vector<std::string_view> texts = {"a", "bb", "ccc"};
  EmbeddingRules one = rules();
  one.concurrency.most = 1;
  EmbeddingEndpoint endpoint(broken, &ledger_, one);
  EXPECT_EQ(error_of([&] { endpoint.embed(texts); }),
            "the endpoint of embeddings refused: status 401, \"no more\"; no key was sent: it is taken from "
            "OPENAI_API_KEY, or from the variable that you name (of a candidate \"key_env\")");
  MemoryHttp http(good);
  EmbeddingEndpoint again(http, &ledger_, rules());
  again.embed(texts);
  ASSERT_EQ(http.bodies.size(), 1U);
  EXPECT_EQ(http.bodies[0], R"({"model":"m","input":["ccc"],"encoding_format":"float"})");
}

TEST_F(EmbeddingEndpointTest, WhatIsUnderWayAtTheEndIsKept) {
  MemoryHttp http([](std::size_t i, const std::string& body) {
    return i == 0 ? http_answer(401, "{}") : http_answer(200, vectors_for(body), http::Milliseconds(500));
  });
  EmbeddingRules one_each = rules();
  one_each.batch = 1;
  EmbeddingEndpoint endpoint(http, &ledger_, one_each);
  const std::vector<std::string_view> texts = {"a", "bbb", "cc"};
  EXPECT_THROW(endpoint.embed(texts), Error);
  EXPECT_EQ(ledger_.count(judge::CallFailure::none), http.bodies.size() - 1);
  EXPECT_GT(http.bodies.size(), 1U);
  EXPECT_LT(http.now(), http::Milliseconds(4000)) << "not waited for longer than a moment";
}

TEST_F(EmbeddingEndpointTest, ComesBackAfterTrouble) {
  MemoryHttp http([](std::size_t i, const std::string& body) {
    if (i == 0) return http_answer(429, "{}");
    if (i == 1) return http_failure(http::HttpFailure::broken_off);
    if (i == 2) return http_answer(500, "oops");
    return good(i, body);
  });
  EmbeddingRules patient = rules();
  patient.tries = 4;
  EmbeddingEndpoint endpoint(http, nullptr, patient);
  const std::vector<std::string_view> texts = {"a"};
  EXPECT_EQ(endpoint.embed(texts).size(), 2U);
  EXPECT_EQ(endpoint.requests(), 4U);
  EXPECT_GE(http.sent_at[1] - http.sent_at[0], http::Milliseconds(0));
}

TEST_F(EmbeddingEndpointTest, GivesUpInTheEnd) {
  const std::vector<std::string_view> texts = {"a"};
  MemoryHttp dead([](std::size_t, const std::string&) { return http_failure(http::HttpFailure::unreachable); });
  EmbeddingEndpoint endpoint(dead, nullptr, rules());
  EXPECT_EQ(error_of([&] { endpoint.embed(texts); }), "the endpoint of embeddings gave none: it was told to fail");
  EXPECT_EQ(endpoint.requests(), 3U);
  MemoryHttp busy([](std::size_t, const std::string&) { return http_answer(429, "slow down"); });
  EmbeddingEndpoint other(busy, nullptr, rules());
  EXPECT_EQ(error_of([&] { other.embed(texts); }),
            "the endpoint of embeddings gave none: status 429, \"slow down\"");
}

// Some servers answer a text that is too long for them with status 500.
TEST_F(EmbeddingEndpointTest, ATextThatBreaksTheServerIsLeftOutAlone) {
  for (const std::size_t most : {1U, 8U}) {
    for (const bool with_others : {true, false}) {
      MemoryHttp http([&](std::size_t i, const std::string& body) {
        return body.find("too long") != std::string::npos
                   ? http_answer(500, R"({"error": {"message": "input is too large to process"}})")
                   : good(i, body);
      });
      EmbeddingRules many = rules();
      many.batch = 16;
      many.concurrency.most = most;
      std::vector<std::string> words = {"this is too long"};
      for (int i = 0; i < (with_others ? 60 : 5); ++i)
        words.push_back(std::string(static_cast<std::size_t>(i + 1), 'x'));
      const std::vector<std::string_view> texts(words.begin(), words.end());
      EmbeddingEndpoint endpoint(http, nullptr, many);
      const std::vector<float> vectors = endpoint.embed(texts);
      ASSERT_EQ(endpoint.refused().size(), 1U);
      EXPECT_EQ(endpoint.refused()[0].text, 0U);
      EXPECT_EQ(endpoint.refused()[0].why, "status 500, \"input is too large to process\"");
      EXPECT_EQ(vectors[0], 0);
      EXPECT_NE(vectors[2], 0);
      EXPECT_LT(http.bodies.size(), 25U) << "not each text by itself";
    }
  }
}

TEST_F(EmbeddingEndpointTest, ManyTextsThatBreakTheServerAreLeftOut) {
  for (const int status : {500, 502}) {
    MemoryHttp http([&](std::size_t i, const std::string& body) {
      return body.find("too long") != std::string::npos ? http_answer(status, "oops") : good(i, body);
    });
    EmbeddingRules many = rules();
    many.batch = 64;
    many.concurrency.most = 8;
    std::vector<std::string> words;
    for (std::size_t i = 0; i < 600; ++i) {
      words.push_back(i % 10 == 3 ? "too long " + std::to_string(i) : std::string(i + 1, 'x'));
    }
    const std::vector<std::string_view> texts(words.begin(), words.end());
    EmbeddingEndpoint endpoint(http, nullptr, many);
    endpoint.embed(texts);
    ASSERT_EQ(endpoint.refused().size(), 60U) << status;
    for (const RefusedText& one : endpoint.refused()) EXPECT_EQ(one.text % 10, 3U);
    EXPECT_LT(http.bodies.size(), 1200U);
    EXPECT_LT(http.now(), http::Milliseconds(300'000));
  }
}

TEST_F(EmbeddingEndpointTest, NoTextIsRefusedForTheServersLuck) {
  MemoryHttp http([&](std::size_t i, const std::string& body) {
    return mix64(i) % 5 == 0 ? http_answer(500, "oops") : good(i, body);
  });
  EmbeddingRules many = rules();
  many.batch = 4;
  many.concurrency.most = 4;
  std::vector<std::string> words;
  for (std::size_t i = 0; i < 400; ++i) words.push_back(std::string(i + 1, 'x'));
  const std::vector<std::string_view> texts(words.begin(), words.end());
  EmbeddingEndpoint endpoint(http, nullptr, many);
  EXPECT_EQ(endpoint.embed(texts).size(), 800U);
  EXPECT_TRUE(endpoint.refused().empty());
}

TEST_F(EmbeddingEndpointTest, WhatBreaksEveryTimeIsNotForItsTexts) {
  for (const std::size_t answered : {0U, 1U}) {
    MemoryHttp http([&](std::size_t i, const std::string& body) {
      return i < answered ? good(i, body) : http_answer(500, "oops");
    });
    EmbeddingRules four = rules();
    four.batch = 4;
    four.concurrency.most = 1;
    EmbeddingEndpoint endpoint(http, nullptr, four);
    const std::vector<std::string_view> texts = {"a", "b", "c", "d", "e", "f", "g", "h"};
    EXPECT_THROW(endpoint.embed(texts), OracleError);
    EXPECT_TRUE(endpoint.refused().empty());
  }
}

// One text that is too long must not cost the others of its batch.
TEST_F(EmbeddingEndpointTest, ATextThatIsRefusedIsLeftOutAlone) {
  for (const int status : {400, 413, 422, 403}) {
    MemoryHttp http([&](std::size_t i, const std::string& body) {
      return body.find("too long") != std::string::npos
                 ? http_answer(status, R"({"error": {"message": "at most 8192 tokens"}})")
                 : good(i, body);
    });
    EmbeddingRules many = rules();
    many.batch = 64;
    many.concurrency.most = 1;
    std::vector<std::string> words;
    for (int i = 0; i < 100; ++i) words.push_back(std::string(static_cast<std::size_t>(i + 1), 'x'));
    words[3] = "";
    words[70] = "this is too long";
    const std::vector<std::string_view> texts(words.begin(), words.end());
    MemoryLedger ledger;
    EmbeddingEndpoint endpoint(http, &ledger, many);
    const std::vector<float> vectors = endpoint.embed(texts);
    ASSERT_EQ(endpoint.refused().size(), 1U) << status;
    EXPECT_EQ(endpoint.refused()[0].text, 70U);
    EXPECT_EQ(endpoint.refused()[0].why, "status " + std::to_string(status) + ", \"at most 8192 tokens\"");
    for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(vectors[2 * i] == 0, i == 3 || i == 70) << i;
    EXPECT_LT(endpoint.requests(), 16U);
  }
}

TEST_F(EmbeddingEndpointTest, AnEndpointThatRefusesEverythingIsToldSoon) {
  MemoryHttp http(
      [](std::size_t, const std::string&) { return http_answer(400, R"({"error": {"message": "no model m"}})"); });
  EmbeddingRules many = rules();
  many.batch = 64;
  EmbeddingEndpoint endpoint(http, nullptr, many);
  std::vector<std::string> distinct;
  for (int i = 0; i < 300; ++i) distinct.push_back(std::to_string(i));
  const std::vector<std::string_view> texts(distinct.begin(), distinct.end());
  EXPECT_EQ(error_of([&] { endpoint.embed(texts); }),
            "the endpoint of embeddings refused: status 400, \"no model m\"");
  EXPECT_LT(endpoint.requests(), 300U);
}

TEST_F(EmbeddingEndpointTest, TwoMinutesOfTroubleAreWaitedFor) {
  for (const MemoryHttp::Answer& trouble :
       {http_answer(408, "{}"), http_answer(502, ""), http_answer(503, "{}"), http_answer(529, "{}"),
        http_answer(200, R"({"error": {"code": 503}})")}) {
    MemoryHttp* clock = nullptr;
    MemoryHttp http([&](std::size_t i, const std::string& body) {
      return clock->now() < http::Milliseconds(121'000) ? trouble : good(i, body);
    });
    clock = &http;
    EmbeddingEndpoint endpoint(http, nullptr, rules());
    const std::vector<std::string_view> texts = {"a", "bb", "ccc", "dddd", "eeeee"};
    EXPECT_EQ(endpoint.embed(texts).size(), 10U);
    EXPECT_LT(endpoint.requests(), 60U);
  }
}

TEST_F(EmbeddingEndpointTest, AQuotaThatIsUsedUpEndsItAtOnce) {
  MemoryHttp http([](std::size_t, const std::string&) {
    return http_answer(429, R"({"error": {"message": "no more", "code": "insufficient_quota"}})");
  });
  EmbeddingEndpoint endpoint(http, nullptr, rules());
  const std::vector<std::string_view> texts = {"a"};
  EXPECT_EQ(error_of([&] { endpoint.embed(texts); }),
            "the endpoint of embeddings refused: status 402, \"no more\"");
  EXPECT_EQ(endpoint.requests(), 1U);
}

TEST_F(EmbeddingEndpointTest, AnotherLengthIsNoticed) {
  MemoryHttp http([](std::size_t i, const std::string& body) {
    return i == 0 ? good(i, body) : http_answer(200, R"({"data": [{"embedding": [1, 2, 3]}]})");
  });
  EmbeddingEndpoint endpoint(http, nullptr, rules());
  const std::vector<std::string_view> texts = {"a", "bb", "ccc"};
  EXPECT_EQ(error_of([&] { endpoint.embed(texts); }),
            "expected embeddings of 2 numbers as before, came 3: is it the same model?");
}

TEST_F(EmbeddingEndpointTest, ATextWhoseVectorIsNotFiniteIsLeftOut) {
  const auto answer = [](std::size_t i, const std::string& body) {
    std::string text = vectors_for(body);
    const std::size_t bad = body.find("bad") == std::string::npos ? std::string::npos : text.find("[3, 1]");
    if (bad != std::string::npos) text.replace(bad, 6, "[NaN, 1]");
    return i == 0 || bad != std::string::npos ? http_answer(200, text) : good(i, body);
  };
  for (const std::vector<std::string_view>& texts :
       {std::vector<std::string_view>{"a", "bad", "ffff"}, std::vector<std::string_view>{"a", "dd", "bad"}}) {
    MemoryHttp http(answer);
    MemoryLedger ledger;
    EmbeddingEndpoint endpoint(http, &ledger, rules());
    const std::vector<float> vectors = endpoint.embed(texts);
    ASSERT_EQ(endpoint.refused().size(), 1U);
    const std::size_t bad = endpoint.refused()[0].text;
    EXPECT_EQ(texts[bad], "bad");
    EXPECT_EQ(endpoint.refused()[0].why, "expected an embedding of finite numbers, came null, or NaN or Infinity");
    for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(vectors[2 * i] == 0, i == bad) << texts[i];
  }
}

TEST_F(EmbeddingEndpointTest, VectorsOfWhichNoneIsFiniteAreTrouble) {
  MemoryHttp http([](std::size_t, const std::string&) {
    return http_answer(200, R"({"data": [{"embedding": [NaN, 1]}, {"embedding": [NaN, 1]}]})");
  });
  EmbeddingEndpoint endpoint(http, nullptr, rules());
  const std::vector<std::string_view> texts = {"a", "bb"};
  EXPECT_EQ(error_of([&] { endpoint.embed(texts); }),
            "the endpoint of embeddings gave none: expected an embedding of finite numbers, came null, or NaN or "
            "Infinity");
}

// Requests that are collected instead of sent.
struct CollectedRequests : http::RequestBatch {
  std::optional<std::string> given_up(const std::string& body, std::uint32_t /*repeat*/) const override {
    return body.find("bad") == std::string::npos ? std::nullopt : std::optional<std::string>("status 400");
  }
  void add(const std::string& body, std::uint32_t /*repeat*/, Money at_most) override {
    bodies.push_back(body);
    most += at_most;
  }
  bool empty() const override { return bodies.empty(); }
  Money billed() const override { return {}; }
  std::string finish() override { return "answer these"; }

  std::vector<std::string> bodies;
  Money most;
};

TEST_F(EmbeddingEndpointTest, CollectsARequestForEachTextThatIsNotKept) {
  const std::vector<std::string_view> texts = {"a", "", "bbb", "a", "bad", "cc"};
  MemoryHttp first(good);
  const std::vector<std::string_view> known = {"bbb"};
  EmbeddingEndpoint(first, &ledger_, rules()).embed(known);
  MemoryHttp http(good);
  CollectedRequests batch;
  EmbeddingRules collecting = rules();
  collecting.collect_in = &batch;
  collecting.most_cost = [](std::size_t bytes) { return Money{static_cast<std::int64_t>(bytes)}; };
  EmbeddingEndpoint endpoint(http, &ledger_, collecting);
  EXPECT_EQ(error_of([&] { endpoint.embed(texts); }), "answer these");
  EXPECT_EQ(batch.bodies, (std::vector<std::string>{R"({"model":"m","input":["a"],"encoding_format":"float"})",
                                                    R"({"model":"m","input":["cc"],"encoding_format":"float"})"}));
  EXPECT_EQ(batch.most, Money{3});
  EXPECT_TRUE(http.bodies.empty());

  const std::vector<std::string_view> others = {"a", "cc"};
  EmbeddingEndpoint(first, &ledger_, rules()).embed(others);
  batch.bodies.clear();
  EmbeddingEndpoint again(http, &ledger_, collecting);
  const std::vector<float> vectors = again.embed(texts);
  ASSERT_EQ(again.refused().size(), 1U);
  EXPECT_EQ(again.refused()[0].text, 4U);
  EXPECT_EQ(vectors.size(), 12U);
  EXPECT_EQ(vectors[8], 0);
  EXPECT_TRUE(http.bodies.empty());
}

TEST_F(EmbeddingEndpointTest, ABatchThatWasRefusedAsAWholeIsAnError) {
  const std::vector<std::string_view> texts = {"bad", "as bad"};
  MemoryHttp http(good);
  CollectedRequests batch;
  EmbeddingRules collecting = rules();
  collecting.collect_in = &batch;
  EmbeddingEndpoint endpoint(http, &ledger_, collecting);
  EXPECT_EQ(error_of([&] { endpoint.embed(texts); }), "the endpoint of embeddings refused: status 400");
}

TEST(EmbeddingProtocol, TellsWhatIsWrongWithAReply) {
  const auto wrong = [](std::string_view body) { return read_embedding_reply(body, 2).problem; };
  EXPECT_EQ(wrong("<html>"), "expected a list of embeddings, came \"<html>\"");
  EXPECT_EQ(wrong(R"({"data": []})"), "expected 2 embeddings, came 0");
  const auto wrong_vector = [&](const std::string& vector) {
    return wrong(R"({"data": [{"embedding": [1]}, {"embedding": )" + vector + "}]}");
  };
  EXPECT_EQ(wrong_vector(R"(["x"])"), "expected an embedding of finite numbers, came \"\"x\"\"");
  EXPECT_EQ(wrong_vector(R"("AACAPw==")"), "expected an embedding of finite numbers, came \"\"AACAPw==\"\"");
  EXPECT_EQ(wrong(R"({"data": [{"index": 1, "embedding": [1]}, {"index": 1, "embedding": [1]}]})"),
            "expected each embedding once, came another index");
  EXPECT_EQ(wrong(R"({"data": [{"embedding": [1]}, {"embedding": [1, 2]}]})"),
            "expected embeddings of one length, came several");
  EXPECT_EQ(wrong(R"({"data": [{"index": 1, "embedding": [1]}, {"index": 0, "embedding": [2]}]})"), "");
}

TEST(EmbeddingProtocol, OneVectorThatIsNotFiniteLeavesTheOthers) {
  const auto read = [](const std::string& one, const std::string& two) {
    return read_embedding_reply(R"({"data": [{"embedding": )" + one + R"(}, {"embedding": )" + two + "}]}", 2);
  };
  for (const auto& [numbers, came] :
       std::vector<std::pair<std::string, std::string>>{{"[]", "none"},
                                                        {"null", "none"},
                                                        {"[0, 1e99]", "\"1e+99\""},
                                                        {"[0, NaN]", "null, or NaN or Infinity"},
                                                        {"[null]", "null, or NaN or Infinity"}}) {
    const EmbeddingReply mixed = read("[1, 2]", numbers);
    EXPECT_EQ(mixed.problem, "");
    EXPECT_EQ(mixed.overflow, "expected an embedding of finite numbers, came " + came);
    EXPECT_EQ(mixed.vectors, (std::vector<std::vector<float>>{{1, 2}, {}}));
    EXPECT_EQ(read(numbers, numbers).problem, mixed.overflow) << "nothing is left of it";
  }
}

TEST(EmbeddingProtocol, ReplacesWhatIsNotUtf8) {
  const std::vector<std::string_view> texts = {"a\xff", "\"\n"};
  EXPECT_EQ(embedding_request("m", texts),
            "{\"model\":\"m\",\"input\":[\"a\xef\xbf\xbd\",\"\\\"\\n\"],\"encoding_format\":\"float\"}");
}

}  // namespace
}  // namespace assay::embed
