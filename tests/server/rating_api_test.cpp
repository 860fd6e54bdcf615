#include "server/rating_api.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/app/rate.h"
#include "tests/store/study_fixture.h"

namespace assay::server {
namespace {

using Json = nlohmann::json;
using Time = RatingApi::Time;
using testing::HasSubstr;
using testing::Not;

class RatingApiTest : public StudyTest {
 protected:
  RatingApiTest() {
    store::Study study(path(), store::Study::Mode::create);
    const auto import = study.begin_import();
    for (int q = 0; q < 20; ++q) {
      const std::string query = "q" + std::to_string(q);
      import->add(QueryRecord{query, 1, "ask </script> " + query, ""}, {"f", 1}, OnConflict::fail);
      for (const char* model : {"base-model", "secret-a", "secret-b"}) {
        import->add(ResponseRecord{query, model, 1, "\xff" + std::string(1, model[7]) + query}, {"f", 1},
                    OnConflict::fail);
      }
    }
    import->commit();
  }
  app::RateRequest request() const {
    app::RateRequest wanted;
    wanted.select.study = path();
    wanted.select.choice.baseline = "base-model";
    wanted.raters.raters = {"ann", "ben"};
    return wanted;
  }
  static Json read(const RatingApi::Reply& reply, int status = 200) {
    EXPECT_EQ(reply.status, status) << reply.body;
    return Json::parse(reply.body);
  }
  static std::string verdict(const Json& desk, const std::string& word) {
    return Json{{"id", desk["pairs"][0]["id"]}, {"verdict", word}, {"note", "n"}, {"seconds", 2.5}}.dump();
  }
};

TEST_F(RatingApiTest, ShowsPairsWithoutNames) {
  app::Rating rating(request());
  RatingApi api(rating.pool());
  const RatingApi::Reply reply = api.rating("ann", Time(0));
  EXPECT_THAT(reply.body, Not(HasSubstr("secret")));
  EXPECT_THAT(reply.body, Not(HasSubstr("base-model")));
  const Json desk = read(reply);
  EXPECT_EQ(desk["rater"], "ann");
  EXPECT_EQ(desk["pairs"].size(), 3U);
  EXPECT_EQ(desk["pairs"][0]["number"], 1);
  EXPECT_EQ(desk["pairs"][2]["number"], 3);
  EXPECT_THAT(desk["pairs"][0]["prompt"].get<std::string>(), testing::StartsWith("ask </script> q"));
  EXPECT_EQ(desk["progress"]["mine"], 0);
  EXPECT_EQ(desk["progress"]["decided"], false);
  EXPECT_TRUE(desk["progress"]["budget"].is_null());
  EXPECT_EQ(desk["can_undo"], false);
}

// Who knows the names of queries and models could else work out which pair it is, and vote for a model.
TEST_F(RatingApiTest, IdsAreOfTheSecret) {
  const auto ids_with = [&](const std::string& secret) {
    app::RateRequest wanted = request();
    wanted.raters.secret = secret;
    app::Rating rating(wanted);
    std::vector<std::string> ids;
    const Json desk = read(RatingApi(rating.pool()).rating("ann", Time(0)));
    for (const Json& pair : desk["pairs"]) ids.push_back(pair["id"]);
    return ids;
  };
  const std::vector<std::string> ids = ids_with("s");
  ASSERT_EQ(ids.size(), 3U);
  EXPECT_EQ(ids_with("s"), ids) << "they last";
  const std::vector<std::string> others = ids_with("t");
  for (const std::string& id : ids) EXPECT_EQ(std::ranges::count(others, id), 0) << id;
}

TEST_F(RatingApiTest, TakesVerdictsAndTakesThemBack) {
  app::Rating rating(request());
  RatingApi api(rating.pool());
  const Json before = read(api.rating("ann", Time(0)));
  const std::string body = verdict(before, "1");
  const Json after = read(api.verdict("ann", body, Time(1)));
  EXPECT_EQ(after["progress"]["mine"], 1);
  EXPECT_EQ(after["can_undo"], true);
  EXPECT_EQ(after["pairs"][0]["id"], before["pairs"][1]["id"]);
  EXPECT_EQ(read(api.verdict("ann", body, Time(2))), after) << "the same again";
  const Json undone = read(api.undo("ann", Time(3)));
  EXPECT_EQ(undone["pairs"][0]["id"], before["pairs"][0]["id"]);
  EXPECT_EQ(undone["progress"]["mine"], 0);
  const Json none = read(api.undo("ann", Time(4)), 409);
  EXPECT_EQ(none["error"], "there is no verdict that can still be taken back");
  EXPECT_EQ(none["pairs"], undone["pairs"]);
  EXPECT_EQ(read(api.verdict("ann", verdict(undone, "skip"), Time(5)))["progress"]["mine"], 0);
}

TEST_F(RatingApiTest, WhatIsNoVerdictIsRefused) {
  app::Rating rating(request());
  RatingApi api(rating.pool());
  const Json desk = read(api.rating("ann", Time(0)));
  Json body = Json::parse(verdict(desk, "1"));
  const auto refused = [&](const char* member, const Json& value) {
    Json wrong = body;
    wrong[member] = value;
    return read(api.verdict("ann", wrong.dump(), Time(1)), 400)["error"].get<std::string>();
  };
  EXPECT_THAT(refused("verdict", "3"), HasSubstr("came \"3\""));
  EXPECT_THAT(refused("verdict", 1), HasSubstr("expected {"));
  EXPECT_THAT(refused("id", nullptr), HasSubstr("expected {"));
  EXPECT_THAT(refused("note", std::string(10'001, 'x')), HasSubstr("at most 10000 bytes"));
  EXPECT_THAT(refused("seconds", -1), HasSubstr("seconds"));
  EXPECT_THAT(refused("seconds", "1"), HasSubstr("expected {"));
  for (const std::string text : {"", "[]", "null", "{\"id\":", "7"}) {
    EXPECT_EQ(api.verdict("ann", text, Time(1)).status, 400) << text;
  }
  EXPECT_EQ(api.verdict("ann", std::string(60'000, '['), Time(1)).status, 400);
  EXPECT_EQ(api.verdict("ann", std::string(RatingApi::kMostBody + 1, ' '), Time(1)).status, 400);
  body["id"] = "ffffffffffffffff";
  const Json unknown = read(api.verdict("ann", body.dump(), Time(2)), 409);
  EXPECT_EQ(unknown["pairs"], desk["pairs"]);
  EXPECT_EQ(read(api.rating("eve", Time(3)), 400)["error"], "no rater is called \"eve\"");
  EXPECT_EQ(unknown["progress"]["mine"], 0);
}

TEST_F(RatingApiTest, TellsHowFarRatersAgree) {
  app::RateRequest wanted = request();
  wanted.raters.share_given_twice = 1;
  app::Rating rating(std::move(wanted));
  RatingApi api(rating.pool());
  for (int i = 0; i < 10; ++i) {
    for (const std::string rater : {"ann", "ben"}) {
      const Json desk = read(api.rating(rater, Time(i)));
      if (desk["pairs"].empty()) continue;
      const bool same = desk["pairs"][0]["prompt"].get<std::string>().size() % 2 == 0;
      api.verdict(rater, verdict(desk, same || rater == "ann" ? "1" : "0"), Time(i));
      rating.pool().settle();
    }
  }
  const Json agreement = read(RatingApi::agreement(rating.pool().votes()));
  EXPECT_EQ(agreement["raters"].size(), 2U);
  EXPECT_EQ(agreement["raters"][0]["name"], "ann");
  EXPECT_GT(agreement["agreement"]["pairs"], 3);
  EXPECT_THAT(agreement["summary"][0].get<std::string>(), HasSubstr("2 people gave "));
  const Json progress = Json::parse(api.progress().compact());
  EXPECT_EQ(progress["raters"][1]["name"], "ben");
  EXPECT_EQ(progress["raters"][0]["verdicts"], agreement["raters"][0]["verdicts"]);
}

}  // namespace
}  // namespace assay::server
