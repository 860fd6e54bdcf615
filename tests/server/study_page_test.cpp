#include "server/study_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "assay/core/error.h"
#include "tests/app/app_fixture.h"
#include "tests/server/http_exchange.h"
#include "tests/server/serving.h"

namespace assay::server {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr std::chrono::seconds kLongEnough{60};

// The page of a study, in a thread of its own.
class Page {
 public:
  // "http://127.0.0.1:PORT/TOKEN/"
  class Link {
   public:
    explicit Link(const std::string& link)
        : port_(static_cast<std::uint16_t>(std::stoul(link.substr(link.rfind(':') + 1)))),
          path_(link.substr(link.find('/', link.rfind(':')))) {}
    json get(const std::string& name) const {
      return json::parse(HttpConnection(port_).get(path_ + "api/" + name).body);
    }
    HttpExchange post(const std::string& name, const std::string& body) const {
      return HttpConnection(port_).post(path_ + "api/" + name, body);
    }
    std::uint16_t port() const { return port_; }
    const std::string& path() const { return path_; }

   private:
    std::uint16_t port_;
    std::string path_;
  };

  explicit Page(const StudyPageOptions& options)
      : page_(options, {}), thread_([this] { page_.run(false); }), owner_(page_.owner_link()) {}
  ~Page() {
    page_.stop();
    thread_.join();
  }
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;

  json get(const std::string& name) const { return owner_.get(name); }
  HttpExchange post(const std::string& name, const std::string& body) const { return owner_.post(name, body); }
  // The first state that is as wanted.
  template <typename Wanted>
  json wait_for(Wanted wanted) const {
    const auto end = std::chrono::steady_clock::now() + kLongEnough;
    while (std::chrono::steady_clock::now() < end) {
      json state = get("state");
      if (wanted(state)) return state;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    ADD_FAILURE() << "waited in vain; the state is " << get("state");
    return {};
  }
  json ended() const {
    return wait_for([](const json& state) { return !state["run"].is_null() && state["run"]["state"] == "ended"; });
  }
  std::uint16_t port() const { return owner_.port(); }
  const std::string& path() const { return owner_.path(); }

 private:
  StudyPage page_;
  std::thread thread_;
  Link owner_;
};

class StudyPageTest : public SynthStudyTest {
 protected:
  StudyPageOptions options() const { return {.live = {.request = {.study = study_}}, .server = {}}; }
};

TEST_F(StudyPageTest, ShowsWhatSelectSays) {
  const Page page(options());
  const json shown = page.get("page");
  ASSERT_EQ(shown["documents"].size(), 1U);
  const asking::SelectReport report = app::run_select({.study = study_});
  EXPECT_EQ(shown["documents"][0]["kind"], "select");
  EXPECT_EQ(shown["documents"][0]["report"]["best"], report.best);
  EXPECT_EQ(shown["documents"][0]["report"]["calls"], report.calls);
  EXPECT_EQ(page.get("session")["role"], "owner");
  EXPECT_EQ(page.get("session")["study"], "demo.assay");
  EXPECT_TRUE(page.get("state")["run"].is_null());
}

TEST_F(StudyPageTest, RunsWhatItIsTold) {
  const Page page(options());
  page.get("page");  // waits for the first look
  EXPECT_EQ(page.post("run", R"({"oracle": "recorded", "budget": 2})").status, 202);
  const json run = page.ended()["run"];
  EXPECT_EQ(run["by"], "page");
  EXPECT_FALSE(run["failed"]) << run;
  EXPECT_EQ(run["budget"], 10);  // 2 query equivalents of 5 models
  // The page shows that run from then on.
  const json state = page.wait_for([](const json& now) { return now["revision"] > 1; });
  EXPECT_LE(page.get("page")["documents"][0]["report"]["calls"], 10) << state;
}

TEST_F(StudyPageTest, RefusesWhatItDoesNotOffer) {
  const Page page(options());
  EXPECT_EQ(page.get("settings")["oracles"].size(), 1U);
  for (const char* order : {R"({"oracle": "command:touch /tmp/x"})", R"({"oracle": "batch:/tmp"})",
                            R"({"oracle": "llm"})", R"({"oracle": 3})", R"({"budget": "many"})", "[]", "", "{"}) {
    const HttpExchange reply = page.post("run", order);
    EXPECT_EQ(reply.status, 400) << order;
    EXPECT_TRUE(json::parse(reply.body).contains("error")) << order;
  }
  EXPECT_TRUE(page.get("state")["run"].is_null());
  EXPECT_EQ(page.post("nothing", "{}").status, 404);
}

TEST_F(StudyPageTest, OnlyLooksWhereItIsToldSo) {
  StudyPageOptions looking = options();
  looking.live.read_only = true;
  const Page page(looking);
  EXPECT_EQ(page.post("run", "{}").status, 400);
  EXPECT_EQ(page.get("session")["read_only"], true);
}

TEST_F(StudyPageTest, StopsARunAndGoesOnWithIt) {
  const asking::AnswerBookReport book = asking::make_answer_book({.study = study_});
  const Serving judge(book.book, {.delay = std::chrono::milliseconds(40)});
  StudyPageOptions live = options();
  live.live.oracle_given = true;
  live.live.request.oracle.name = "llm";
  live.live.request.oracle.llm.url = judge.url();
  live.live.request.oracle.llm.model = "gpt-x";
  const Page page(live);
  EXPECT_EQ(page.post("run", "{}").status, 202);
  EXPECT_EQ(page.post("run", "{}").status, 400);  // one at a time
  page.wait_for([](const json& state) { return state["run"]["calls"] > 2; });
  EXPECT_EQ(page.post("stop", "{}").status, 202);
  const json stopped = page.ended()["run"];
  EXPECT_FALSE(stopped["failed"]) << stopped;
  EXPECT_THAT(stopped["message"].get<std::string>(), HasSubstr("stopped"));
  EXPECT_EQ(page.post("run", "{}").status, 202);
  const json ended = page.ended()["run"];
  EXPECT_FALSE(ended["failed"]) << ended;
  // What it ended with is what the study has.
  app::SelectRequest request = live.live.request;
  request.study = study_;
  request.oracle.name = "kept";
  const asking::SelectReport kept = app::run_select(request);
  EXPECT_EQ(ended["message"].get<std::string>().substr(0, 6 + kept.best.size()), "Best: " + kept.best);
}

TEST_F(StudyPageTest, FollowsARunOfSomebodyElse) {
  const asking::AnswerBookReport book = asking::make_answer_book({.study = study_});
  const Serving judge(book.book, {.delay = std::chrono::milliseconds(10)});
  const Page page(options());
  const std::size_t recorded = page.get("page")["documents"][0]["report"]["calls"];
  std::thread other([&] {
    app::SelectRequest request{.study = study_};
    request.oracle.name = "llm";
    request.oracle.llm.url = judge.url();
    request.oracle.llm.model = "gpt-x";
    app::run_select(request);
  });
  const json state = page.wait_for([](const json& now) {
    return !now["run"].is_null() && now["run"]["by"] == "other" && now["run"]["calls"] > 0;
  });
  EXPECT_EQ(state["run"]["state"], "running");
  other.join();
  page.wait_for([](const json& now) { return now["run"].is_null(); });
  const json report = page.get("page")["documents"][0]["report"];
  EXPECT_EQ(report["oracle"], "kept") << recorded;
  EXPECT_EQ(report["judge"], "gpt-x");
}

TEST_F(StudyPageTest, ARunThatCanNotBeginLeavesThePageAsItIs) {
  StudyPageOptions told = options();
  told.live.command = [](const asking::SelectReport& report, const RunOrder& order) {
    return "study " + report.study + (order.budget ? " with a budget" : "");
  };
  const Page page(told);
  const json before = page.get("page")["documents"];
  EXPECT_EQ(before[0]["command"], "study " + study_);
  EXPECT_EQ(page.post("run", R"({"budget": -1})").status, 202);
  EXPECT_EQ(page.ended()["run"]["failed"], true);
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));  // for the next look
  EXPECT_EQ(page.get("page")["documents"], before);
  EXPECT_EQ(page.post("run", R"({"budget": 3})").status, 202);
  page.wait_for([&](const json&) { return page.get("page")["documents"][0]["report"]["calls"] == 15; });
  EXPECT_EQ(page.get("page")["documents"][0]["command"], "study " + study_ + " with a budget");
}

TEST_F(StudyPageTest, AStudyThatIsDamagedEndsNothing) {
  const Page page(options());
  const json before = page.get("page")["documents"];
  std::filesystem::resize_file(study_, 100);
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  EXPECT_EQ(page.get("session")["role"], "owner");
  EXPECT_EQ(page.get("page")["documents"], before);
}

TEST_F(StudyPageTest, PeopleJudgeBehindLinksOfTheirOwn) {
  StudyPageOptions rated = options();
  rated.raters.raters = {"ann", "ben"};
  const Page page(rated);
  const json raters = page.get("raters");
  ASSERT_EQ(raters.size(), 2U);
  EXPECT_EQ(raters[1]["name"], "ben");
  const Page::Link ann(raters[0]["link"]);
  EXPECT_EQ(ann.get("session")["rater"], "ann");
  const json desk = ann.get("rating");
  ASSERT_FALSE(desk["pairs"].empty());
  const std::string verdict = json{{"id", desk["pairs"][0]["id"]}, {"verdict", "1"}}.dump();
  EXPECT_EQ(ann.post("verdict", verdict).status, 200);
  EXPECT_EQ(ann.post("verdict", verdict).status, 200);
  EXPECT_EQ(ann.get("rating")["progress"]["mine"], 1);
  EXPECT_EQ(ann.post("undo", "{}").status, 200);
  EXPECT_EQ(ann.get("rating")["progress"]["mine"], 0);
  // A rater's link is for judging alone, and the owner's is for all else.
  for (const char* name : {"page", "state", "events", "settings", "exchanges", "raters", "agreement"}) {
    EXPECT_TRUE(ann.get(name).contains("error")) << name;
  }
  EXPECT_EQ(ann.post("run", "{}").status, 403);
  EXPECT_TRUE(page.get("rating").contains("error"));
  EXPECT_EQ(page.post("run", R"({"oracle": "recorded"})").status, 400);  // people are asked now
  EXPECT_EQ(page.get("state")["raters"]["decided"], false);
  EXPECT_TRUE(page.get("agreement").contains("raters"));
}

TEST_F(StudyPageTest, GivesExchangesSomeAtATime) {
  const Page page(options());
  const std::size_t calls = page.get("page")["documents"][0]["report"]["calls"];
  const json first = page.get("exchanges?count=3");
  EXPECT_EQ(first["total"], calls);
  ASSERT_EQ(first["exchanges"].size(), 3U);
  EXPECT_EQ(page.get("exchanges?from=2&count=1")["exchanges"][0], first["exchanges"][2]);
  EXPECT_EQ(page.get("exchanges?search=%00%01nowhere")["total"], 0);
  EXPECT_TRUE(page.get("exchanges?from=-1").contains("error"));
}

TEST_F(StudyPageTest, TellsWhoListensWhatChanges) {
  const Page page(options());
  page.get("page");
  HttpConnection listener(page.port());
  listener.send("GET " + page.path() + "api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  EXPECT_EQ(page.post("run", R"({"oracle": "recorded"})").status, 202);
  const std::string heard = listener.receive_until("\"state\":\"ended\"");
  EXPECT_THAT(heard, HasSubstr("text/event-stream"));
  EXPECT_THAT(heard, HasSubstr("data: {\"revision\":1,\"run\":null,\"raters\":null}\n\n"));
}

TEST(StudyPage, NeedsAStudy) {
  EXPECT_THROW(StudyPage({.live = {.request = {.study = "/nowhere/x.assay"}}, .server = {}}, {}), Error);
}

}  // namespace
}  // namespace assay::server
