// Several endpoints at once, with a network and a clock in memory.

#include "assay/judge/chat_lanes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/http/memory_http.h"
#include "tests/judge/memory_judge.h"
#include "tests/judge/memory_ledger.h"

namespace assay::judge {
namespace {

using testing::HasSubstr;

class ChatLanesTest : public testing::Test {
 protected:
  struct Endpoint {
    std::unique_ptr<ChatCalls> calls;
    ChatCalls::Tasks tasks;
    std::size_t good = 0, bad = 0;
  };

  // Requests are "NAME 0", "NAME 1", ...
  Endpoint& add(MemoryHttp& http, const std::string& name, std::size_t count, std::size_t at_once) {
    endpoints_.push_back(std::make_unique<Endpoint>());
    Endpoint& endpoint = *endpoints_.back();
    CallRules rules;
    rules.url = "http://" + name + "/v1";
    rules.model = name;
    rules.price = Price{{1'000'000}, {2'000'000}};
    rules.max_tokens = 20;
    rules.concurrency.most = at_once;
    endpoint.calls = std::make_unique<ChatCalls>(http, ledger_, budget_, rules);
    endpoint.tasks.count = count;
    endpoint.tasks.request = [name](std::size_t task) {
      return ChatCalls::Request{name + " " + std::to_string(task), 0, 68, ""};
    };
    endpoint.tasks.readable = [](std::size_t, const ChatCalls::Request&, const std::string&) { return true; };
    endpoint.tasks.done = [&endpoint](std::size_t, const ChatOutcome& outcome) {
      ++(outcome.failure == CallFailure::none ? endpoint.good : endpoint.bad);
    };
    return endpoint;
  }
  std::vector<ChatLane> lanes() {
    std::vector<ChatLane> lanes;
    for (const auto& endpoint : endpoints_) lanes.push_back({endpoint->calls.get(), &endpoint->tasks, {}});
    return lanes;
  }

  MemoryLedger ledger_;
  Budget budget_{std::nullopt, {}};
  std::vector<std::unique_ptr<Endpoint>> endpoints_;
};

TEST_F(ChatLanesTest, ASlowOneDoesNotHoldUpAFastOne) {
  std::vector<std::string> order;
  MemoryHttp http([&](std::size_t, const std::string& body) {
    order.push_back(body.substr(0, body.find(' ')));
    MemoryHttp::Answer answer = http_answer(200, completion_of("x"));
    answer.after = http::Milliseconds(body.starts_with("slow") ? 1000 : 10);
    return answer;
  });
  const Endpoint& fast = add(http, "fast", 100, 2);
  const Endpoint& slow = add(http, "slow", 4, 2);
  auto all = lanes();
  const http::Milliseconds begun = http.now();
  run_together(http, all);
  EXPECT_EQ(fast.good, 100U);
  EXPECT_EQ(slow.good, 4U);
  EXPECT_LE((http.now() - begun).count(), 2300);  // two rounds of the slow one
  EXPECT_LE(http.most_at_once, 4U);
  EXPECT_EQ(order.back(), "slow");
  EXPECT_EQ(ledger_.groups, 0);
  EXPECT_EQ(budget_.reserved(), Money{});
}

TEST_F(ChatLanesTest, OneThatCanNotGoOnEndsAlone) {
  MemoryHttp http([](std::size_t, const std::string& body) {
    if (body.starts_with("dead")) return http_answer(401, R"({"error": {"message": "no such key"}})");
    return http_answer(200, completion_of("x"));
  });
  const Endpoint& good = add(http, "good", 50, 4);
  const Endpoint& dead = add(http, "dead", 50, 4);
  auto all = lanes();
  run_together(http, all);
  EXPECT_EQ(good.good, 50U);
  EXPECT_TRUE(all[0].ended.empty());
  EXPECT_EQ(dead.good, 0U);
  EXPECT_THAT(all[1].ended, HasSubstr("no such key"));
  EXPECT_LE(http.bodies.size(), 50U + 4U);
  EXPECT_EQ(ledger_.groups, 0);
  EXPECT_EQ(budget_.reserved(), Money{});
}

TEST_F(ChatLanesTest, TheBudgetIsOne) {
  budget_ = Budget(Money{3000}, {});  // 25 calls of 120
  MemoryHttp http([](std::size_t, const std::string&) { return http_answer(200, completion_of("x")); });
  add(http, "a", 50, 4);
  add(http, "b", 50, 4);
  auto all = lanes();
  EXPECT_THROW(run_together(http, all), BudgetEnded);
  EXPECT_LE(budget_.spent(), Money{3000});
  EXPECT_GE(budget_.spent(), Money{2000});
  EXPECT_EQ(budget_.reserved(), Money{});
  EXPECT_EQ(ledger_.spent(), budget_.spent());
}

TEST_F(ChatLanesTest, WhoStopsPaysForWhatIsUnderWay) {
  MemoryHttp http([](std::size_t, const std::string&) { return http_answer(200, completion_of("x")); });
  Endpoint& one = add(http, "a", 1000, 4);
  Endpoint& two = add(http, "b", 1000, 4);
  auto all = lanes();
  std::size_t ticks = 0;
  const auto stop = [&] {
    if (++ticks == 5) throw std::runtime_error("stopped");
  };
  EXPECT_THROW(run_together(http, all, stop), std::runtime_error);
  EXPECT_EQ(one.good + two.good, http.bodies.size());  // all that was sent came, and is kept
  EXPECT_EQ(ledger_.calls.size(), http.bodies.size());
  EXPECT_EQ(http.in_flight(), 0U);
  EXPECT_EQ(budget_.reserved(), Money{});
}

}  // namespace
}  // namespace assay::judge
