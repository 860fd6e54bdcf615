// Rules of retrying, waiting, paying and giving up, with a network and a clock in memory.

#include "assay/judge/chat_calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/http/memory_http.h"
#include "tests/judge/memory_ledger.h"

namespace assay::judge {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string completion(const std::string& content, int tokens_in = 100, int tokens_out = 10) {
  return R"({"choices":[{"message":{"content":")" + content +
         R"("},"finish_reason":"stop"}],"usage":{"prompt_tokens":)" + std::to_string(tokens_in) +
         R"(,"completion_tokens":)" + std::to_string(tokens_out) + "}}";
}

MemoryHttp::Answer good(const std::string& content = "good") { return http_answer(200, completion(content)); }

class ChatCallsTest : public testing::Test {
 protected:
  ChatCallsTest() {
    rules.url = "http://judge/v1";
    rules.model = "m";
    rules.price = Price{{1'000'000}, {2'000'000}};  // 1 and 2 micro-dollars a token
    rules.max_tokens = 20;
    rules.concurrency.most = 8;
  }

  struct Outcomes {
    std::vector<ChatOutcome> all;
    std::vector<int> times;
  };

  // Runs `count` tasks whose requests are "0", "1", ...; readable is what says "good".
  Outcomes run(MemoryHttp& http, std::size_t count, const std::function<void()>& tick = {}) {
    Outcomes outcomes;
    outcomes.all.resize(count);
    outcomes.times.resize(count);
    ChatCalls calls(http, ledger, *budget, rules);
    calls.tick = tick;
    ChatCalls::Tasks tasks;
    tasks.count = count;
    tasks.request = [](std::size_t task) { return ChatCalls::Request{std::to_string(task), 0, 68, ""}; };
    tasks.readable = [](std::size_t, const ChatCalls::Request&, const std::string& content) {
      return content == "good";
    };
    tasks.done = [&](std::size_t task, const ChatOutcome& outcome) {
      outcomes.all[task] = outcome;
      ++outcomes.times[task];
    };
    try {
      calls.run(tasks);
    } catch (...) {
      counts = calls.counts();
      throw;
    }
    counts = calls.counts();
    EXPECT_EQ(ledger.groups, 0);
    for (const int times : outcomes.times) EXPECT_EQ(times, 1);
    return outcomes;
  }

  std::string error_of(MemoryHttp& http, std::size_t count) {
    try {
      run(http, count);
    } catch (const OracleError& error) {
      return error.what();
    }
    return "no error";
  }

  CallRules rules;
  MemoryLedger ledger;
  std::optional<Budget> budget{Budget(std::nullopt, {})};
  CallCounts counts;
};

TEST_F(ChatCallsTest, AsksEachTaskOnceAndKeepsWhatCame) {
  MemoryHttp http([](std::size_t, const std::string&) { return good(); });
  for (const ChatOutcome& outcome : run(http, 50).all) {
    EXPECT_EQ(outcome.failure, CallFailure::none);
    EXPECT_EQ(outcome.content, "good");
  }
  EXPECT_EQ(http.bodies.size(), 50U);
  EXPECT_LE(http.most_at_once, 8U);
  EXPECT_EQ(counts.most_in_flight, 8U);
  EXPECT_EQ(ledger.calls.size(), 50U);
  EXPECT_EQ(ledger.calls[0].cost, Money{120});
  EXPECT_TRUE(ledger.calls[0].certain);
  EXPECT_EQ(budget->spent(), Money{50 * 120});
  EXPECT_EQ(budget->reserved(), Money{0});
  EXPECT_EQ(counts.tokens_in, 5000U);
  EXPECT_EQ(ledger.in_flight, Money{0});
  EXPECT_GE(ledger.most_in_flight, Money{8 * (100 + 40)});
}

TEST_F(ChatCallsTest, WhatTheStudyHasIsNotAskedAgain) {
  MemoryHttp http([](std::size_t, const std::string&) { return good(); });
  run(http, 10);
  run(http, 30);
  EXPECT_EQ(http.bodies.size(), 30U);
  EXPECT_EQ(counts.from_study, 10U);
  EXPECT_EQ(counts.requests(), 20U);
}

// Two models that say the same word for word make the same request.
TEST_F(ChatCallsTest, TheSameRequestIsSentOnceAndAnswersAllThatAsk) {
  MemoryHttp http([](std::size_t, const std::string& body) { return body == "2" ? good("what?") : good(); });
  ChatCalls calls(http, ledger, *budget, rules);
  std::vector<CallFailure> outcomes(12, CallFailure::rejected);
  ChatCalls::Tasks tasks;
  tasks.count = 12;
  tasks.request = [](std::size_t task) { return ChatCalls::Request{std::to_string(task % 3), 0, 68, ""}; };
  tasks.readable = [](std::size_t, const ChatCalls::Request&, const std::string& content) {
    return content == "good";
  };
  tasks.done = [&](std::size_t task, const ChatOutcome& outcome) { outcomes[task] = outcome.failure; };
  calls.run(tasks);
  EXPECT_EQ(ledger.count(CallFailure::none), 2U);
  EXPECT_EQ(budget->spent(), Money{120 * static_cast<std::int64_t>(http.bodies.size())});
  for (std::size_t task = 0; task < 12; ++task) {
    EXPECT_EQ(outcomes[task], task % 3 == 2 ? CallFailure::unreadable : CallFailure::none);
  }
}

TEST_F(ChatCallsTest, UnreadableRepliesArePaidForAndTriedAgain) {
  MemoryHttp http([](std::size_t i, const std::string&) { return i % 2 == 0 ? good("what?") : good(); });
  rules.concurrency.most = 1;
  const Outcomes outcomes = run(http, 3);
  for (const ChatOutcome& outcome : outcomes.all) EXPECT_EQ(outcome.failure, CallFailure::none);
  EXPECT_EQ(ledger.count(CallFailure::unreadable), 3U);
  EXPECT_EQ(ledger.calls[0].content, "what?");
  EXPECT_EQ(budget->spent(), Money{6 * 120}) << "failed calls count";
}

TEST_F(ChatCallsTest, AfterAllTriesATaskHasFailed) {
  MemoryHttp http([](std::size_t, const std::string& body) { return body == "1" ? good("what?") : good(); });
  const Outcomes outcomes = run(http, 3);
  EXPECT_EQ(outcomes.all[1].failure, CallFailure::unreadable);
  EXPECT_EQ(ledger.count(CallFailure::unreadable), 3U);
  EXPECT_EQ(counts.failed, 1U);
  run(http, 3);  // failures answer nothing: it is asked again
  EXPECT_EQ(http.bodies.size(), 8U);
}

TEST_F(ChatCallsTest, RefusalsAndCutOffRepliesAreNotTriedAgain) {
  MemoryHttp http([](std::size_t, const std::string& body) {
    if (body == "0") return http_answer(200, R"({"choices":[{"message":{"content":null,"refusal":"no"}}]})");
    if (body == "1")
      return http_answer(200, R"({"choices":[{"message":{"content":"good"},"finish_reason":"length"}]})");
    if (body == "2") return http_answer(400, R"({"error":{"message":"too long"}})");
    if (body == "3") return http_failure(http::HttpFailure::too_large);
    return good();
  });
  const Outcomes outcomes = run(http, 5);
  EXPECT_EQ(outcomes.all[0].failure, CallFailure::refused);
  EXPECT_EQ(outcomes.all[1].failure, CallFailure::truncated);
  EXPECT_EQ(outcomes.all[2].failure, CallFailure::rejected);
  EXPECT_EQ(outcomes.all[3].failure, CallFailure::too_large);
  EXPECT_EQ(outcomes.all[4].failure, CallFailure::none);
  EXPECT_EQ(http.bodies.size(), 5U);
  // Without usage the whole reservation counts, as not certain; what was rejected costs nothing.
  Money certain, possible;
  for (const PaidCall& call : ledger.calls) (call.certain ? certain : possible) += *call.cost;
  EXPECT_EQ(certain, Money{120});
  EXPECT_EQ(possible, Money{3 * 140});
}

// 429s cost nothing and are no tries; the storm ends, and all is answered.
TEST_F(ChatCallsTest, AStormOf429IsWaitedFor) {
  MemoryHttp* clock = nullptr;
  MemoryHttp http([&](std::size_t, const std::string&) {
    if (clock->now() > http::Milliseconds(60'000)) return good();
    MemoryHttp::Answer answer = http_answer(429, "{}");
    answer.reply.retry_after = http::Milliseconds(2000);
    return answer;
  });
  clock = &http;
  const Outcomes outcomes = run(http, 40);
  for (const ChatOutcome& outcome : outcomes.all) EXPECT_EQ(outcome.failure, CallFailure::none);
  EXPECT_LT(ledger.count(CallFailure::rate_limited), 60U) << "fewer at once, and later";
  EXPECT_EQ(budget->spent(), Money{40 * 120});
  // Nothing was sent while the server had asked for silence: after the first round one at a time, 2 seconds apart.
  for (std::size_t i = 8; i < http.sent_at.size() && http.sent_at[i] < http::Milliseconds(50'000); ++i) {
    EXPECT_GE(http.sent_at[i] - http.sent_at[i - 4], http::Milliseconds(1900));
  }
}

TEST_F(ChatCallsTest, AStormWithoutEndEndsTheRun) {
  MemoryHttp http(
      [](std::size_t, const std::string&) { return http_answer(429, R"({"error":{"message":"slow down"}})"); });
  EXPECT_EQ(error_of(http, 40),
            "http://judge/v1: nothing but trouble for 300 seconds, lastly: expected HTTP status 200, came 429: "
            "\"slow down\"");
  EXPECT_EQ(budget->spent(), Money{0});
}

TEST_F(ChatCallsTest, ServerErrorsAreTriedAgainAndCountAsPossiblyBilled) {
  MemoryHttp http([](std::size_t i, const std::string&) { return i < 2 ? http_answer(502, "{}") : good(); });
  rules.concurrency.most = 1;
  const Outcomes outcomes = run(http, 1);
  EXPECT_EQ(outcomes.all[0].failure, CallFailure::none);
  EXPECT_EQ(ledger.count(CallFailure::server_error), 2U);
  EXPECT_FALSE(ledger.calls[0].certain);
  EXPECT_EQ(budget->spent(), Money{140 + 140 + 120});
}

// 503 and the like were not even heard.
TEST_F(ChatCallsTest, BeingTurnedAwayCostsNothingAndIsNoTry) {
  for (const int status : {409, 425, 429, 503, 529}) {
    ledger = {};
    budget.emplace(std::nullopt, Money{});
    MemoryHttp http([&](std::size_t i, const std::string&) { return i < 9 ? http_answer(status, "{}") : good(); });
    rules.tries = 1;
    const Outcomes outcomes = run(http, 3);
    for (const ChatOutcome& outcome : outcomes.all) EXPECT_EQ(outcome.failure, CallFailure::none) << status;
    EXPECT_EQ(budget->spent(), Money{3 * 120}) << status;
  }
}

// Two minutes of anything that passes: all is answered, nothing is lost.
TEST_F(ChatCallsTest, TwoMinutesOfTroubleAreWaitedFor) {
  const std::vector<MemoryHttp::Answer> troubles = {
      http_answer(408, "{}"),
      http_answer(502, "<html>"),
      http_answer(503, R"({"error": {"message": "Loading model"}})"),
      http_answer(504, ""),
      http_answer(529, "{}"),
      http_answer(500, "{}"),
      http_answer(200, R"({"error": {"message": "Rate limit exceeded upstream", "code": 429}})"),
      http_answer(200, R"({"error": {"message": "x", "type": "overloaded_error"}})"),
      http_answer(200, R"({"choices": [{"finish_reason": "error", "message": {"content": ""}}]})"),
      http_failure(http::HttpFailure::broken_off)};
  for (std::size_t k = 0; k < troubles.size(); ++k) {
    SCOPED_TRACE(k);
    ledger = {};
    MemoryHttp* clock = nullptr;
    MemoryHttp http([&](std::size_t, const std::string&) {
      const bool trouble = clock->now() > http::Milliseconds(1015) && clock->now() < http::Milliseconds(121'000);
      return trouble ? troubles[k] : good();
    });
    clock = &http;
    const Outcomes outcomes = run(http, 40);
    for (const ChatOutcome& outcome : outcomes.all) EXPECT_EQ(outcome.failure, CallFailure::none);
    EXPECT_EQ(counts.failed, 0U);
    EXPECT_LT(http.bodies.size(), 80U) << "no storm";
    EXPECT_LT(http.now(), http::Milliseconds(190'000)) << "its end is noticed soon";
  }
}

TEST_F(ChatCallsTest, TheReasonOfWaitingIsTold) {
  MemoryHttp* clock = nullptr;
  MemoryHttp http([&](std::size_t, const std::string&) {
    return clock->now() < http::Milliseconds(31'000)
               ? http_answer(503, R"({"error": {"message": "Loading model"}})")
               : good();
  });
  clock = &http;
  ChatCalls calls(http, ledger, *budget, rules);
  std::string last;
  calls.troubled = [&](std::string_view why) { last = why; };
  ChatCalls::Tasks tasks;
  tasks.count = 6;
  tasks.request = [](std::size_t task) { return ChatCalls::Request{std::to_string(task), 0, 68, ""}; };
  tasks.readable = [](std::size_t, const ChatCalls::Request&, const std::string&) { return true; };
  tasks.done = [](std::size_t, const ChatOutcome&) {};
  calls.run(tasks);
  EXPECT_THAT(last, StartsWith("waiting for http://judge/v1 ("));
  EXPECT_THAT(last, HasSubstr("s): expected HTTP status 200, came 503: \"Loading model\""));
}

TEST_F(ChatCallsTest, WhatConcernsOneRequestFailsThatAlone) {
  for (const int status : {400, 403, 404, 413, 422}) {
    ledger = {};
    MemoryHttp http(
        [&](std::size_t, const std::string& body) { return body == "7" ? http_answer(status, "{}") : good(); });
    const Outcomes outcomes = run(http, 40);
    for (std::size_t i = 0; i < 40; ++i) {
      EXPECT_EQ(outcomes.all[i].failure, i == 7 ? CallFailure::rejected : CallFailure::none) << status;
    }
    EXPECT_EQ(http.bodies.size(), 40U) << "not sent again";
  }
}

// One prompt at which the endpoint breaks, again and again.
TEST_F(ChatCallsTest, ARequestThatIsAlwaysInTroubleIsLostAlone) {
  MemoryHttp http([&](std::size_t, const std::string& body) {
    return body == "7" ? http_answer(503, "{}") : http_answer(200, completion("good"), http::Milliseconds(10'000));
  });
  const Outcomes outcomes = run(http, 400);
  for (std::size_t i = 0; i < 400; ++i) {
    EXPECT_EQ(outcomes.all[i].failure, i == 7 ? CallFailure::server_error : CallFailure::none);
  }
}

TEST_F(ChatCallsTest, AQuotaThatIsUsedUpEndsTheRunAtOnce) {
  for (const MemoryHttp::Answer& end :
       {http_answer(429, R"({"error": {"message": "no more", "code": "insufficient_quota"}})"),
        http_answer(402, R"({"error": {"message": "no more"}})"),
        http_answer(200, R"({"error": {"message": "no more", "code": 402}})")}) {
    ledger = {};
    MemoryHttp http([&](std::size_t i, const std::string&) { return i < 10 ? good() : end; });
    EXPECT_THAT(error_of(http, 40), HasSubstr("\"no more\""));
    EXPECT_LT(http.bodies.size(), 20U);
    EXPECT_LT(http.now(), http::Milliseconds(5'000));
    EXPECT_EQ(ledger.count(CallFailure::none), 10U);
  }
}

// Reasoning that is billed beside the reply, and beyond its limit.
TEST_F(ChatCallsTest, TheLimitOfCostHoldsWhereReasoningIsBilledBesideTheReply) {
  for (const int reasoning : {5, 15, 20}) {
    for (std::int64_t limit = 100; limit < 4000; limit += 37) {
      ledger = {};
      budget.emplace(Money{limit}, Money{0});
      const std::string reply = R"({"choices":[{"message":{"content":"good"},"finish_reason":"stop"}],"usage":)"
                                R"({"prompt_tokens":100,"completion_tokens":20,"total_tokens":)" +
                                std::to_string(120 + reasoning) + "}}";
      MemoryHttp http([&](std::size_t, const std::string&) { return http_answer(200, reply); });
      EXPECT_THROW(run(http, 400), BudgetEnded);
      const std::int64_t truth =
          static_cast<std::int64_t>(ledger.count(CallFailure::none)) * (100 + 2 * (20 + reasoning));
      EXPECT_EQ(ledger.spent(), Money{truth});
      EXPECT_LE(truth, limit);
    }
  }
}

TEST_F(ChatCallsTest, GivesUpWhereNobodyEverAnswered) {
  MemoryHttp http([](std::size_t, const std::string&) { return http_failure(http::HttpFailure::unreachable); });
  EXPECT_EQ(error_of(http, 40), "http://judge/v1: it was told to fail");
  EXPECT_LT(http.now(), http::Milliseconds(10'000)) << "a wrong address is told soon";
  EXPECT_EQ(budget->spent(), Money{0}) << "nothing was sent";
}

TEST_F(ChatCallsTest, AnEndpointThatWasThereIsWaitedFor) {
  MemoryHttp* clock = nullptr;
  MemoryHttp http([&](std::size_t i, const std::string&) {
    const bool away = i > 10 && clock->now() < http::Milliseconds(100'000);
    return away ? http_failure(http::HttpFailure::unreachable) : good();
  });
  clock = &http;
  const Outcomes outcomes = run(http, 40);
  for (const ChatOutcome& outcome : outcomes.all) EXPECT_EQ(outcome.failure, CallFailure::none);
}

TEST_F(ChatCallsTest, AWrongKeyEndsTheRunAtOnce) {
  MemoryHttp http(
      [](std::size_t, const std::string&) { return http_answer(401, R"({"error":{"message":"wrong key"}})"); });
  rules.post.headers.emplace_back("Authorization", "Bearer wrong");
  EXPECT_EQ(error_of(http, 40), "http://judge/v1: expected HTTP status 200, came 401: \"wrong key\"");
  EXPECT_LE(http.bodies.size(), 4U);
}

TEST_F(ChatCallsTest, NothingButFailuresEndsTheRunBeforeTheMoney) {
  MemoryHttp http([](std::size_t, const std::string&) { return good("what?"); });
  rules.tries = 1;
  EXPECT_THAT(error_of(http, 1000),
              StartsWith("http://judge/v1: 20 calls in a row failed, lastly: the reply has no "
                         "verdict or score in it that bears the marker: \"what?\""));
  EXPECT_LT(http.bodies.size(), 40U);
}

TEST_F(ChatCallsTest, TheLimitOfCostIsNeverPassed) {
  EXPECT_TRUE(rc::check([this](std::uint16_t limit, std::uint8_t fails) {
    ledger = {};
    budget.emplace(Money{limit}, Money{0});
    MemoryHttp http([&](std::size_t i, const std::string&) {
      if (i % 7 == 1 && fails % 2 == 0) return http_failure(http::HttpFailure::timed_out);
      return i % 5 == 0 && fails % 3 == 0 ? good("what?") : good();
    });
    bool ended = false;
    try {
      run(http, 400);
    } catch (const BudgetEnded& error) {
      ended = true;
      // The first one leaves room for thoughts.
      const std::string why = error.what();
      RC_ASSERT(why.starts_with("the next call may cost $0.000140, more ") ||
                why.starts_with("the next call may cost $0.000180, more "));
    } catch (const OracleError&) {
      ended = true;  // nothing but failures at first
    }
    RC_ASSERT(ledger.spent() <= Money{limit});
    RC_ASSERT(ledger.spent() == budget->spent());
    RC_ASSERT(ledger.most_in_flight <= Money{limit});
    RC_ASSERT(ended || limit >= 400 * 120);
  }));
}

TEST_F(ChatCallsTest, ALimitWithoutAPriceIsRefused) {
  MemoryHttp http([](std::size_t, const std::string&) { return good(); });
  rules.price.reset();
  budget.emplace(Money{1}, Money{0});
  EXPECT_THROW(ChatCalls(http, ledger, *budget, rules), InvalidArgument);
}

// Ctrl-C: what is under way is paid for, so it is waited for.
TEST_F(ChatCallsTest, StoppingLosesNothingThatIsNearlyThere) {
  struct Stop {};
  MemoryHttp http([](std::size_t i, const std::string&) {
    return http_answer(200, completion("good"), http::Milliseconds(i == 5 ? 60'000 : 500));
  });
  int ticks = 0;
  const auto tick = [&] {
    if (++ticks == 5) throw Stop();
  };
  EXPECT_THROW(run(http, 100, tick), Stop);
  EXPECT_EQ(ledger.calls.size(), http.bodies.size());
  EXPECT_EQ(ledger.count(CallFailure::broken_off), 1U) << "the one that takes a minute";
  EXPECT_LT(http.now(), http::Milliseconds(6000));
}

TEST_F(ChatCallsTest, WhatIsPaidForAndCannotBeKeptCountsAsLost) {
  MemoryHttp http([](std::size_t, const std::string&) { return good(); });
  ledger.room = 3;
  EXPECT_THROW(run(http, 10), Error);
  ledger.recover();  // as the next run does
  EXPECT_GT(ledger.lost.micros, 0);
  EXPECT_GE(ledger.spent().micros, 4 * 120) << "four calls or more were answered";
}

TEST_F(ChatCallsTest, EveryFailureHasARow) {
  for (int i = 0; i < kCallFailures; ++i) {
    const auto failure = call_failure(i);
    ASSERT_TRUE(failure);
    EXPECT_NE(name(*failure), "");
  }
  EXPECT_FALSE(call_failure(-1));
  EXPECT_FALSE(call_failure(kCallFailures));
}

}  // namespace
}  // namespace assay::judge
