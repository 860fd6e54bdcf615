// A rater at a terminal against a scripted server: offline, again, and whatever else may answer.

#include "server/rating_client.h"

#include <gmock/gmock.h>

#include <deque>
#include <nlohmann/json.hpp>

#include "assay/core/error.h"
#include "server/rating_session.h"
#include "tests/http/memory_http.h"
#include "tests/judge/scripted_person.h"

namespace assay::server {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kLink = "http://127.0.0.1:8080/0123456789abcdef0123456789abcdef/";

std::string desk(const std::vector<std::string>& ids, std::size_t mine = 0, bool can_undo = false) {
  Json pairs = Json::array();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    pairs.push_back(
        {{"id", ids[i]}, {"prompt", "p"}, {"first", "long answer"}, {"second", "short"}, {"number", mine + i + 1}});
  }
  return Json{
      {"rater", "ann"},
      {"progress", {{"mine", mine}, {"all", 0}, {"budget", nullptr}, {"left", ""}, {"decided", ids.empty()}}},
      {"pairs", pairs},
      {"can_undo", can_undo}}
      .dump();
}

TEST(RatingClient, SendsWhatThePersonSays) {
  std::deque<MemoryHttp::Answer> script = {
      http_answer(200, desk({"a", "b"})),     http_answer(200, desk({"b", "c"}, 1, true)),
      http_answer(200, desk({"a", "b"}, 0)),  http_answer(200, desk({"b", "c"}, 1, true)),
      http_answer(200, desk({"c"}, 1, true)), http_answer(200, desk({}, 2, true)),
  };
  MemoryHttp http([&](std::size_t i, const std::string&) { return script.at(i); });
  RatingClient client(kLink, http);
  ScriptedPerson person("1u2s0");
  const RatingEnd end = rate(client, person, [](std::string_view) {});
  EXPECT_TRUE(end.decided);
  EXPECT_EQ(end.verdicts, 2U);
  std::vector<std::string> sent;
  for (const std::string& body : http.bodies) {
    sent.push_back(body.empty() ? "look"
                                : Json::parse(body).value("verdict", "undo") + Json::parse(body).value("id", ""));
  }
  EXPECT_THAT(sent, ElementsAre("look", "1a", "undo", "2a", "skipb", "0c"));
  EXPECT_EQ(http.last.url, std::string(kLink) + "api/verdict");
  EXPECT_TRUE(Json::parse(http.bodies[1]).at("seconds").is_number());
}

TEST(RatingClient, TriesAgainUntilTheVerdictIsTaken) {
  MemoryHttp http([&](std::size_t i, const std::string&) {
    if (i == 0) return http_answer(200, desk({"a"}));
    if (i < 4) return http_failure(http::HttpFailure::unreachable);
    if (i == 4) return http_answer(500, R"({"error": "the disk is\u001b full"})");
    return http_answer(200, desk({}, 1));
  });
  RatingClient client(kLink, http);
  ScriptedPerson person("1");
  std::vector<std::string> told;
  const RatingEnd end = rate(client, person, [&](std::string_view line) { told.emplace_back(line); });
  EXPECT_EQ(end.verdicts, 1U);
  EXPECT_EQ(http.bodies.size(), 6U);
  for (std::size_t i = 2; i < 6; ++i) EXPECT_EQ(http.bodies[i], http.bodies[1]) << "the same, whole";
  ASSERT_EQ(told.size(), 4U);
  EXPECT_EQ(told[0], "not reached, nothing is lost; trying again (it was told to fail)");
  EXPECT_THAT(told[3], HasSubstr("the disk is\\x1b full"));
  EXPECT_GE((http.sent_at[5] - http.sent_at[4]).count(), 4000);
}

TEST(RatingClient, WhatPassesIsTriedAgain) {
  const std::vector<MemoryHttp::Answer> passing = {
      http_answer(408, ""),
      http_answer(425, "{}"),
      http_answer(429, "<html>slow down</html>"),
      http_answer(503, R"({"error": {"message": "no\u001b upstream"}})"),
      http_answer(502, "[]"),
      http_answer(200, R"({"error": "the gateway is starting"})"),
      http_answer(200, R"({"error": {"code": 7}})"),
  };
  MemoryHttp http([&](std::size_t i, const std::string&) {
    return i < passing.size() ? passing[i] : http_answer(200, desk({}, 3));
  });
  RatingClient client(kLink, http);
  ScriptedPerson person("");
  std::vector<std::string> told;
  EXPECT_EQ(rate(client, person, [&](std::string_view line) { told.emplace_back(line); }).verdicts, 3U);
  const auto again = [](const char* why) { return HasSubstr(std::string("trying again (") + why + ")"); };
  EXPECT_THAT(told,
              ElementsAre(again("status 408"), again("status 425"), again("status 429"), again("no\\x1b upstream"),
                          again("status 502"), again("the gateway is starting"), again("an error without a text")));
}

TEST(RatingClient, WaitsForOthers) {
  Json empty = Json::parse(desk({}));
  empty["progress"]["decided"] = false;
  MemoryHttp http(
      [&](std::size_t i, const std::string&) { return http_answer(200, i < 3 ? empty.dump() : desk({}, 7)); });
  RatingClient client(kLink, http);
  ScriptedPerson person("");
  EXPECT_EQ(rate(client, person, [](std::string_view) {}).verdicts, 7U);
  EXPECT_EQ(http.bodies.size(), 4U);
}

TEST(RatingClient, ABadLinkEndsIt) {
  const auto error_of = [](int status, const std::string& body) -> std::string {
    MemoryHttp http([&](std::size_t, const std::string&) { return http_answer(status, body); });
    RatingClient client(kLink, http);
    try {
      client.look();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(error_of(404, ""), "this link opens nothing (any more): ask for a new one");
  EXPECT_THAT(error_of(200, "<html>"), HasSubstr("no Assay"));
  EXPECT_THAT(error_of(200, "{}"), HasSubstr("no Assay"));
  EXPECT_EQ(error_of(403, R"({"error": "this is the owner's link"})"), "this is the owner's link (status 403)");
  EXPECT_THAT(error_of(302, "{}"), HasSubstr("status 302"));
  MemoryHttp http([](std::size_t, const std::string&) { return http_answer(200, "{}"); });
  for (const char* link : {"ftp://host/x", "host", "http://u:p@host/x", "http://host/x?t=1", "http://host/x#t"}) {
    EXPECT_THROW(RatingClient(link, http), InvalidArgument) << link;
  }
}

}  // namespace
}  // namespace assay::server
