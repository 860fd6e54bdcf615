#include "gateway/decision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "assay/app/route_query.h"
#include "assay/core/error.h"
#include "tests/gateway/router_fixture.h"

namespace assay::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr const char* kAll = R"({"models": [
    {"name": "zero", "router_name": "model0", "url": "http://h"}, {"name": "model3", "url": "http://h"},
    {"name": "model1", "url": "http://h"}, {"name": "model2", "url": "http://h"}, {"name": "new", "url": "http://h"}],
  "profiles": {"auto": {}, "two": {"models": ["model3", "zero"]}, "one": {"models": ["model2"]}}})";
constexpr const char* kMaths = "Which theorem of the matrix?";
constexpr const char* kLaw = "Which court of appeal?";

class DecisionTest : public RouterTest {
 protected:
  Decider decider(const std::string& json = kAll, const std::string& name = "x.router") const {
    return Decider(router(name), configuration(json));
  }
  static Decision decide(const Decider& decider, const std::string& profile, const std::string& text) {
    return decider.decide(*decider.configuration().profile_of("assay/" + profile), text);
  }
  static std::string name_of(const Decider& decider, const Decision& decision, std::size_t at = 0) {
    return decider.configuration().models[decision.order.at(at).model].name;
  }
  std::string complaint(const std::string& json, const std::string& name = "x.router") const {
    try {
      decider(json, name);
    } catch (const InvalidArgument& error) {
      return error.what();
    }
    return "";
  }
  void write_guard(const route::Guard& guard) const {
    const auto old = router();
    route::RouterContents contents = old->contents();
    contents.router.guard = guard;
    routing::write_router(path("guarded.router"), contents);
  }
};

TEST_F(DecisionTest, RoutesByTheText) {
  const Decider all = decider();
  const Decision maths = decide(all, "auto", kMaths);
  EXPECT_TRUE(maths.routed);
  EXPECT_EQ(maths.order.size(), 4U);  // the router does not know "new"
  EXPECT_THAT(name_of(all, maths), ::testing::AnyOf("zero", "model2"));
  EXPECT_THAT(name_of(all, decide(all, "auto", kLaw)), ::testing::AnyOf("model1", "model3"));
  EXPECT_EQ(maths.why, "best for this text");
  for (std::size_t i = 1; i < maths.order.size(); ++i) {
    EXPECT_GE(maths.order[i - 1].chance, maths.order[i].chance);
  }
}

TEST_F(DecisionTest, IsThatOfTheCommand) {
  const Decider all = decider();
  app::RouteQueryRequest request;
  request.router = path("x.router");
  request.prompts = {kMaths, kLaw, "", "zzyzx", "What integral of a polynomial?"};
  const app::RouteQueryReport report = app::run_route_query(request);
  for (std::size_t i = 0; i < request.prompts.size(); ++i) {
    const Decision decision = decide(all, "auto", request.prompts[i]);
    const Upstream& first = all.configuration().models[decision.order[0].model];
    EXPECT_EQ(first.router_name, report.prompts[i].chosen);
    EXPECT_EQ(decision.order[0].chance, report.prompts[i].chance);
  }
}

TEST_F(DecisionTest, KeepsToThePool) {
  const Decider all = decider();
  EXPECT_EQ(name_of(all, decide(all, "two", kMaths)), "zero");
  EXPECT_EQ(name_of(all, decide(all, "two", kLaw)), "model3");
  EXPECT_EQ(decide(all, "two", kLaw).order.size(), 2U);
  const Decision one = decide(all, "one", kLaw);
  EXPECT_EQ(name_of(all, one), "model2");
  EXPECT_FALSE(one.routed);
  EXPECT_EQ(one.why, "the only model of the profile");
}

// For the log, which needs no second one.
TEST_F(DecisionTest, HasTheVectorThatDecidedIfWanted) {
  const Decider all = decider();
  std::vector<float> wanted(16);
  router()->embed(kMaths, wanted);
  for (const char* profile : {"auto", "one"}) {
    const Profile& chosen = *all.configuration().profile_of("assay/" + std::string(profile));
    EXPECT_EQ(all.decide(chosen, kMaths, true).vector, wanted) << profile;
    EXPECT_TRUE(all.decide(chosen, kMaths).vector.empty());
    EXPECT_TRUE(all.decide(chosen, "", true).vector.empty()) << "nothing in it is known";
    EXPECT_EQ(all.decide(chosen, kMaths, true).order[0].model, all.decide(chosen, kMaths).order[0].model);
    EXPECT_EQ(all.decide(chosen, kMaths, true).why, all.decide(chosen, kMaths).why);
  }
}

TEST_F(DecisionTest, AbstainsWhereNothingIsKnown) {
  const Decider all = decider();
  const Decision nothing = decide(all, "auto", "");
  EXPECT_FALSE(nothing.routed);
  EXPECT_EQ(nothing.why, "best on average: little or nothing in the text is known to the router");
  const auto file = router();
  const auto accuracy = file->router().accuracy;
  EXPECT_EQ(nothing.order[0].chance, *std::max_element(accuracy.begin(), accuracy.end()));
}

TEST_F(DecisionTest, AbstainsOnAnotherLanguage) {
  const Decider all = decider();
  const Profile& profile = *all.configuration().profile_of("assay/auto");
  const Decision foreign =
      all.decide(profile, "\u041a\u0430\u043a\u0430\u044f \u0441\u0442\u043e\u043b\u0438\u0446\u0430?", true);
  EXPECT_FALSE(foreign.routed);
  EXPECT_EQ(foreign.why, "best on average: little or nothing in the text is known to the router");
  EXPECT_EQ(foreign.order[0].chance, decide(all, "auto", "").order[0].chance);
}

TEST_F(DecisionTest, WeighsPrices) {
  const std::string models = R"("models": [
    {"name": "model0", "url": "http://h", "price": {"in": 100, "out": 500}}, {"name": "model1", "url": "http://h"},
    {"name": "model2", "url": "http://h"}, {"name": "model3", "url": "http://h", "price": {"in": 10, "out": 50}}])";
  const Decider all = decider("{" + models + R"(, "profiles": {"auto": {}, "cheap": {"cost_weight": 1}}})");
  const Decision cheap = decide(all, "cheap", kMaths);
  EXPECT_EQ(cheap.why, "best for this text, its price considered");
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(name_of(all, cheap, i), "model" + std::to_string(i));
    EXPECT_DOUBLE_EQ(cheap.order[i].cost, static_cast<double>(i) + 1) << "as the router knows";
  }
  EXPECT_EQ(name_of(all, cheap, 3), "model3");
  EXPECT_DOUBLE_EQ(cheap.order[3].cost, 20) << "(3 * 10 + 50) / 4, which the router does not know";
  EXPECT_NE(name_of(all, decide(all, "auto", kMaths)), "model1");
}

TEST_F(DecisionTest, NotesWhatIsNotRoutedTo) {
  EXPECT_THAT(decider().notes(),
              ElementsAre("4 of 5 models can be routed to; the router does not know \"new\": \"router_name\" says "
                          "what it calls a model"));
  EXPECT_THAT(decider(R"([{"name": "model0", "url": "http://h"}])").notes(), IsEmpty());
}

TEST_F(DecisionTest, NotesCostWeightsWithoutPrices) {
  const std::string json =
      R"({"models": [{"name": "model3", "url": "http://h"}, {"name": "model0", "url": "http://h"}],
      "profiles": {"auto": {}, "cheap": {"cost_weight": 0.1}, "one": {"cost_weight": 0.1, "models": ["model3"]}}})";
  EXPECT_THAT(decider(json).notes(),
              ElementsAre("profile cheap: no price is known of \"model3\": counted as the dearest known"));
  const auto old = router();
  route::RouterContents contents = old->contents();
  contents.cost.assign(contents.models.size(), std::nan(""));
  routing::write_router(path("unpriced.router"), contents);
  const Decider unpriced = decider(json, "unpriced.router");
  EXPECT_THAT(unpriced.notes(),
              ElementsAre("profile cheap: no price is known, so its cost weight changes nothing"));
  EXPECT_EQ(decide(unpriced, "cheap", kMaths).why, "best for this text");
}

TEST_F(DecisionTest, HeedsAGuard) {
  route::Guard guard;
  guard.routes = true;
  guard.margin = 2;  // more than any has
  write_guard(guard);
  const std::string four = R"([{"name": "model0", "url": "http://h"}, {"name": "model1", "url": "http://h"},
                              {"name": "model2", "url": "http://h"}, {"name": "model3", "url": "http://h"}])";
  const Decider guarded = decider(four, "guarded.router");
  const Decider free =
      decider(R"({"models": )" + four + R"(, "profiles": {"auto": {"guard": false}}})", "guarded.router");
  const auto file = router();
  const auto best = file->router().accuracy;
  const std::string single = "model" + std::to_string(std::max_element(best.begin(), best.end()) - best.begin());
  int kept = 0;
  for (const char* text : {kMaths, kLaw}) {
    const Decision decision = decide(guarded, "auto", text);
    EXPECT_EQ(name_of(guarded, decision), single);
    EXPECT_TRUE(decide(free, "auto", text).routed);
    if (name_of(free, decide(free, "auto", text)) == single) continue;
    ++kept;
    EXPECT_FALSE(decision.routed);
    EXPECT_THAT(decision.why, StartsWith("best on average: the guard wants a margin above 2.000, came 0."));
    EXPECT_EQ(name_of(guarded, decision, 1), name_of(free, decide(free, "auto", text)));
  }
  EXPECT_GE(kept, 1);
  guard.routes = false;
  write_guard(guard);
  const Decider none = decider(four, "guarded.router");
  EXPECT_EQ(name_of(none, decide(none, "auto", kMaths)), single);
  EXPECT_EQ(name_of(none, decide(none, "auto", kLaw)), single);
  const auto why = [&](const Decider& one) {
    return decide(one, "auto", kMaths).why + decide(one, "auto", kLaw).why;
  };
  guard.risk = 0.01;
  guard.least_gain = -0.02;
  write_guard(guard);
  EXPECT_THAT(why(decider(four, "guarded.router")),
              HasSubstr("best on average: the guard can't vouch for any other"));
  guard.least_gain = -0.005;
  write_guard(guard);
  EXPECT_THAT(why(decider(four, "guarded.router")),
              HasSubstr("best on average: the guard is void since the router was updated"));
}

TEST_F(DecisionTest, RefusesWhatDoesNotFit) {
  EXPECT_EQ(complaint(R"({"models": [{"name": "model0", "url": "http://h"}, {"name": "b", "url": "http://h"}],
                         "profiles": {"x": {"models": ["model0", "b"]}}})"),
            "profile x: the router knows no model \"b\"");
  EXPECT_THAT(
      complaint(R"([{"name": "b", "url": "http://h"}])"),
      HasSubstr("profile auto: the router knows none of its models; it knows 4 models, \"model0\" among them"));
  EXPECT_EQ(complaint(R"([{"name": "a", "router_name": "model0", "url": "http://h"},
                          {"name": "b", "router_name": "model0", "url": "http://h"}])"),
            "profile auto: two models are \"model0\" of the router");
}

TEST_F(DecisionTest, RefusesAGuardForSomethingElse) {
  write_guard({});
  EXPECT_EQ(
      complaint(R"([{"name": "model0", "url": "http://h"}])", "guarded.router"),
      "profile auto: the router's guard holds for its 4 models together, came 1 of them; fit a router for these "
      "(`assay route fit` has --models and --cost-weight), or route without the guard by \"guard\": false");
  EXPECT_EQ(complaint(R"({"models": [{"name": "model0", "url": "http://h"}],
                         "profiles": {"auto": {"guard": false}}})",
                      "guarded.router"),
            "");
  EXPECT_THAT(complaint(R"({"models": [{"name": "model0", "url": "http://h"}],
                           "profiles": {"x": {"cost_weight": 1}}})",
                        "guarded.router"),
              HasSubstr("profile x: the router's guard holds for a cost weight of 0, came 1; "));
}

TEST_F(DecisionTest, RefusesARouterOfOtherVectors) {
  const auto old = router();
  route::RouterContents contents = old->contents();
  contents.embedding = "endpoint:e/16";
  contents.hashed = {};
  routing::write_router(path("foreign.router"), contents);
  EXPECT_EQ(complaint(kAll, "foreign.router"),
            "a gateway routes by the built-in embedding, hashed-ngrams-v1/16; the router was made with vectors of "
            "\"endpoint:e/16\"");
}

// --- what is told of it ---

std::map<std::string, std::string> headers_of(const Decision& decision, const Configuration& configuration,
                                              std::size_t answered) {
  const HeaderList headers = decision_headers(decision, configuration.profiles[0], configuration, answered);
  return {headers.begin(), headers.end()};
}

TEST(DecisionHeaders, TellTheModelAndWhy) {
  const Configuration configuration{.models = {{.name = "a"}, {.name = "b"}}, .profiles = {{.name = "auto"}}};
  const Decision decision{{{1, 0.75, 0}, {0, 0.5, 0}}, true, "best for this text"};
  EXPECT_EQ(headers_of(decision, configuration, 0),
            (std::map<std::string, std::string>{{"x-assay-model", "b"},
                                                {"x-assay-profile", "auto"},
                                                {"x-assay-chance", "0.750"},
                                                {"x-assay-runner-up", "a"},
                                                {"x-assay-why", "best for this text"}}));
  EXPECT_EQ(headers_of(decision, configuration, 1),
            (std::map<std::string, std::string>{{"x-assay-model", "a"},
                                                {"x-assay-profile", "auto"},
                                                {"x-assay-chance", "0.500"},
                                                {"x-assay-why", "asked in place of b, which failed"}}));
}

TEST(DecisionHeaders, HaveNoControlCharacters) {
  const Configuration configuration{.models = {{.name = "a\r\nSet-Cookie: x\xC3\xA9"}},
                                    .profiles = {{.name = "auto"}}};
  const Decision decision{{{0, 0.75, 0}}, true, "why\n"};
  for (const auto& [name, value] : headers_of(decision, configuration, 0)) {
    EXPECT_TRUE(std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~'; })) << name;
  }
  EXPECT_EQ(headers_of(decision, configuration, 0)["x-assay-model"], "a\\x0D\\x0ASet-Cookie: x\\xC3\\xA9");
}

TEST(RouteReply, TellsAllModels) {
  const Configuration configuration{.models = {{.name = "a\""}, {.name = "b"}}, .profiles = {{.name = "auto"}}};
  const Decision decision{{{1, 0.75, 0.5}, {0, 0.5, std::nan("")}}, true, "best for this text"};
  EXPECT_EQ(route_reply(decision, configuration.profiles[0], configuration),
            R"({"profile":"auto","model":"b","routed":true,"why":"best for this text",)"
            R"("models":[{"model":"b","chance":0.75,"cost":0.5},{"model":"a\"","chance":0.5,"cost":null}]})"
            "\n");
}

}  // namespace
}  // namespace assay::gateway
