// `select` and `allocate` with an LLM as judge: endpoints that misbehave over real sockets, money, resuming.

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <map>

#include "assay/view/allocate.h"
#include "assay/view/info.h"
#include "assay/view/judge_bill.h"
#include "assay/view/select.h"
#include "tests/app/app_fixture.h"
#include "tests/judge/fault_server.h"
#include "tests/judge/memory_judge.h"

namespace assay::asking {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// The longer answer wins.
judge::PairVerdict longer(const std::string& a, const std::string& b) {
  return a.size() > b.size()   ? judge::PairVerdict::a
         : a.size() < b.size() ? judge::PairVerdict::b
                               : judge::PairVerdict::tie;
}

// What such a judge sends back.
std::string judged(const std::string& body) { return judging(longer)(0, body).reply.body; }

class LlmChoiceTest : public AppTest {
 protected:
  // 3 models and a baseline on 12 queries, with responses and not a single judgement.
  LlmChoiceTest() {
    std::string rows;
    for (int q = 0; q < 12; ++q) {
      const std::string query = "\"query\": \"q" + std::to_string(q) + "\"";
      rows += "{" + query + ", \"prompt\": \"request " + std::to_string(q) + "\"}\n";
      for (const auto& [model, length] : {std::pair("base", 10), std::pair("long", 20), std::pair("short", 5)}) {
        const auto size = static_cast<std::size_t>(length + q % 3);
        rows += "{" + query + ", \"model\": \"" + model + "\", \"response\": \"" + std::string(size, 'x') +
                std::to_string(q) + model + "\"}\n";
      }
    }
    write("rows.jsonl", rows);
    import_jsonl("rows.jsonl", "x.assay");
    write("prices.json", R"({"judge-1": {"in": 1000000, "out": 2000000}})");
  }

  app::SelectRequest request(const std::string& url, http::HttpClient* client = nullptr) const {
    app::SelectRequest result;
    result.study = path("x.assay");
    result.choice.baseline = "base";
    result.strategy = "random";
    result.batch = 4;
    result.oracle.name = "llm";
    result.oracle.timeout = http::Milliseconds(300);
    result.oracle.llm.url = url;
    result.oracle.llm.model = "judge-1";
    result.oracle.llm.key = "secret-key-4711";
    result.oracle.llm.retries = 1;
    result.oracle.llm.client = client;
    return result;
  }

  std::string error_of(const app::SelectRequest& wanted) const {
    try {
      app::run_select(wanted);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  std::string bytes(const std::string& name) const {
    std::ifstream in(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  // A server that does `fault` to the requests from the `first`-th to the one before the `last`-th, else judges.
  static FaultServer::Script faulty(const Fault& fault, std::size_t first, std::size_t last) {
    return [=](std::size_t i, const std::string& body) {
      return i >= first && i < last ? fault : answer(judged(body));
    };
  }

  // Whatever goes wrong at first, the same command gets all verdicts in the end, and nothing is paid for twice.
  void expect_resumable(const app::SelectRequest& broken) {
    app::SelectRequest again = broken;
    const FaultServer good([](std::size_t, const std::string& body) { return answer(judged(body)); });
    // The same endpoint, as far as the study can tell: in memory.
    MemoryHttp memory(judging(longer));
    again.oracle.llm.client = &memory;
    const std::size_t before = kept();
    const SelectReport report = app::run_select(again);
    EXPECT_EQ(report.calls, 24U);
    EXPECT_EQ(report.calls_failed, 0U);
    EXPECT_EQ(report.best, "long");
    EXPECT_EQ(memory.bodies.size(), 48U - before);
    EXPECT_EQ(app::run_select(again).calls_new, 0U);
  }

  // Requests whose answers the study has.
  std::size_t kept() const {
    std::size_t count = 0;
    for (const auto& one : store::Study(path("x.assay"), store::Study::Mode::read).summary().spending) {
      count += one.by_failure.empty() ? 0 : one.by_failure[0];
    }
    return count;
  }
};

TEST_F(LlmChoiceTest, ResponsesAreEnough) {
  const FaultServer server([](std::size_t, const std::string& body) { return answer(judged(body)); });
  const SelectReport report = app::run_select(request(server.url()));
  EXPECT_EQ(report.best, "long");
  EXPECT_EQ(report.calls, 24U);
  ASSERT_TRUE(report.bill);
  EXPECT_EQ(report.bill->counts.requests(), 48U);
  EXPECT_EQ(report.bill->pairs->flips, 0U);
  EXPECT_EQ(server.requests(), 48U);
  EXPECT_THAT(server.heads()[0], HasSubstr("Authorization: Bearer secret-key-4711"));
  EXPECT_THAT(server.heads()[0], StartsWith("POST /v1/chat/completions "));

  const SelectReport again = app::run_select(request(server.url()));
  EXPECT_EQ(server.requests(), 48U) << "nothing is asked twice";
  EXPECT_EQ(again.calls_new, 0U);
  EXPECT_EQ(again.bill->pairs->both_orders, 24U) << "the order is told of all of them";
  EXPECT_EQ(again.bill->counts.from_study, 48U);
}

TEST_F(LlmChoiceTest, TheKeyStaysWhereItBelongs) {
  const FaultServer server(faulty(failing(500), 10, 12));
  const SelectReport report = app::run_select(request(server.url()));
  EXPECT_THAT(view::to_json(report) + view::to_text(report, /*verbose=*/true), Not(HasSubstr("4711")));
  EXPECT_THAT(bytes("x.assay"), Not(HasSubstr("4711")));
  const FaultServer angry(std::vector<Fault>{failing(401)});
  EXPECT_THAT(error_of(request(angry.url())), Not(HasSubstr("4711")));
  app::SelectRequest broken = request(server.url());
  broken.oracle.llm.key = "4711\r\nX-Evil: 1";
  EXPECT_EQ(error_of(broken), "the value of the header \"Authorization\" has control characters in it");
}

// Whatever goes wrong, and even where the server says the key.
TEST_F(LlmChoiceTest, NoFailureShowsTheKey) {
  const std::string key = request("").oracle.llm.key;
  std::vector<Fault> faults;
  for (const Fault::Kind kind :
       {Fault::Kind::answer, Fault::Kind::reset, Fault::Kind::reset_in_body, Fault::Kind::half_body,
        Fault::Kind::slow_headers, Fault::Kind::slow_body, Fault::Kind::silent, Fault::Kind::large,
        Fault::Kind::endless, Fault::Kind::endless_headers, Fault::Kind::no_http}) {
    Fault fault = answer("the key " + key);
    fault.kind = kind;
    faults.push_back(fault);
  }
  for (const int status : {200, 307, 400, 401, 403, 404, 408, 429, 500, 503}) {
    Fault fault = answer(R"({"error": {"message": "Incorrect API key provided: )" + key + R"("}})");
    fault.status = status;
    faults.push_back(fault);
    fault.body = "<html>" + key;
    fault.content_type = "text/" + key;
    faults.push_back(fault);
  }
  faults.push_back(answer(R"({"choices":[{"message":{"content":"I like )" + key + R"("}}]})"));
  faults.push_back(answer(R"({"choices":[{"finish_reason":"length","message":{"content":")" + key + R"("}}]})"));
  for (std::size_t i = 0; i < faults.size(); ++i) {
    SCOPED_TRACE("fault " + std::to_string(i));
    import_jsonl("rows.jsonl", "fresh.assay");
    std::filesystem::rename(path("fresh.assay"), path("x.assay"));
    const FaultServer server(faulty(faults[i], 2, 5));
    app::SelectRequest wanted = request(server.url());
    wanted.oracle.timeout = http::Milliseconds(100);
    std::string all;
    try {
      const SelectReport report = app::run_select(wanted);
      all = view::to_json(report) + view::to_text(report, /*verbose=*/true);
      for (const std::string& note : report.notes) all += note;
    } catch (const Error& error) {
      all = error.what();
    }
    EXPECT_NE(all, "");
    for (const auto& entry : std::filesystem::directory_iterator(path(""))) {
      if (entry.is_regular_file()) all += bytes(entry.path().filename());  // the study, and what stands beside it
    }
    all += view::to_text(app::run_info({path("x.assay")})) + view::to_json(app::run_info({path("x.assay")}));
    EXPECT_EQ(all.find(key), std::string::npos) << all.substr(std::min(all.size(), all.find(key)), 100);
    EXPECT_THAT(server.heads().at(0), HasSubstr(key)) << "the server knows it";
  }
}

TEST_F(LlmChoiceTest, NobodyListens) {
  app::SelectRequest wanted = request("http://127.0.0.1:" + std::to_string(refusing_port()) + "/v1");
  EXPECT_THAT(error_of(wanted), StartsWith(wanted.oracle.llm.url + ": "));
  expect_resumable(wanted);
}

TEST_F(LlmChoiceTest, NoSuchHost) {
  app::SelectRequest wanted = request("http://no-such-host.invalid/v1");
  EXPECT_THAT(error_of(wanted), StartsWith("http://no-such-host.invalid/v1: "));
  expect_resumable(wanted);
}

TEST_F(LlmChoiceTest, NoTls) {
  const FaultServer server(std::vector<Fault>{answer("{}")});
  EXPECT_THAT(error_of(request(server.url("https"))), HasSubstr("SSL"));
  expect_resumable(request(server.url("https")));
}

// In the middle of a run: each of these ends in verdicts or in failed calls that are told, and can be made up for.
TEST_F(LlmChoiceTest, FaultsInTheMiddle) {
  Fault wrong_type = answer("<html>hello</html>");
  wrong_type.content_type = "text/html";
  std::vector<std::pair<Fault, judge::CallFailure>> faults;
  const auto add = [&](Fault::Kind kind, judge::CallFailure failure) {
    Fault fault = answer(R"({"choices":[{"message":{"content":"half of it"}}]})");
    fault.kind = kind;
    faults.emplace_back(fault, failure);
  };
  add(Fault::Kind::reset, judge::CallFailure::broken_off);
  add(Fault::Kind::reset_in_body, judge::CallFailure::broken_off);
  add(Fault::Kind::half_body, judge::CallFailure::broken_off);
  add(Fault::Kind::no_http, judge::CallFailure::broken_off);
  add(Fault::Kind::slow_headers, judge::CallFailure::timed_out);
  add(Fault::Kind::silent, judge::CallFailure::timed_out);
  add(Fault::Kind::large, judge::CallFailure::too_large);
  add(Fault::Kind::endless, judge::CallFailure::too_large);
  faults.emplace_back(answer("{\"choices\": [{"), judge::CallFailure::not_chat);
  faults.emplace_back(wrong_type, judge::CallFailure::not_chat);
  faults.emplace_back(answer(R"({"choices":[{"message":{"content":"I like A"}}]})"),
                      judge::CallFailure::unreadable);
  faults.emplace_back(failing(502), judge::CallFailure::server_error);
  for (const auto& [fault, failure] : faults) {
    SCOPED_TRACE(judge::name(failure));
    import_jsonl("rows.jsonl", "fresh.assay");
    std::filesystem::rename(path("fresh.assay"), path("x.assay"));
    const FaultServer server(faulty(fault, 7, 9));
    const SelectReport report = app::run_select(request(server.url()));
    EXPECT_EQ(report.calls, 24U);
    EXPECT_GE(report.bill->counts.sent[static_cast<std::size_t>(failure)], 1U);
    EXPECT_THAT(view::to_text(report, /*verbose=*/true), HasSubstr(std::string(judge::name(failure))));
    expect_resumable(request(server.url()));
  }
}

TEST_F(LlmChoiceTest, AnEndpointThatIsBrokenForGoodIsGivenUp) {
  Fault html = answer("<html>maintenance</html>");
  html.content_type = "text/html";
  const FaultServer server(faulty(html, 5, 100'000));
  app::SelectRequest wanted = request(server.url());
  wanted.oracle.llm.order = PairOrder::fixed;
  wanted.choice.models = {"long", "short"};
  const SelectReport report = app::run_select(wanted);  // fewer calls than make it hopeless
  EXPECT_GT(report.calls_failed, 10U);
  const FaultServer always(std::vector<Fault>{html});
  EXPECT_THAT(error_of(request(always.url())),
              HasSubstr("calls in a row failed, lastly: expected JSON, came content"));
}

TEST_F(LlmChoiceTest, AStormOf429Passes) {
  const FaultServer server(faulty(rate_limited("1"), 6, 14));
  const SelectReport report = app::run_select(request(server.url()));
  EXPECT_EQ(report.calls_failed, 0U);
  EXPECT_EQ(report.bill->counts.sent[static_cast<std::size_t>(judge::CallFailure::rate_limited)], 8U);
  EXPECT_EQ(report.best, "long");
}

TEST_F(LlmChoiceTest, TheLimitOfCostEndsTheRunAndALargerOneGoesOn) {
  MemoryHttp memory(judging(longer));
  app::SelectRequest wanted = request("http://judge/v1", &memory);
  wanted.oracle.llm.price_file = path("prices.json");
  wanted.oracle.llm.most_cost = Money{5'000};
  const SelectReport report = app::run_select(wanted);
  EXPECT_TRUE(report.money_ended);
  EXPECT_GT(report.calls, 0U);
  EXPECT_LT(report.calls, 24U);
  EXPECT_LE(report.bill->spent, Money{5'000});
  EXPECT_THAT(view::to_text(report, /*verbose=*/true), HasSubstr("the limit of cost ended the run: "));
  EXPECT_TRUE(app::run_select(wanted).money_ended) << "it is what all runs may spend together";
  wanted.oracle.llm.most_cost = Money{1'000'000};
  const SelectReport whole = app::run_select(wanted);
  EXPECT_FALSE(whole.money_ended);
  EXPECT_EQ(whole.calls, 24U);
  EXPECT_EQ(memory.bodies.size(), 48U);
  EXPECT_EQ(whole.bill->spent, Money{48 * 120});
  EXPECT_EQ(store::Study(path("x.assay"), store::Study::Mode::read).summary().spending[0].certain, Money{48 * 120});
  EXPECT_THAT(view::to_text(app::run_info({path("x.assay")})), HasSubstr("judge-1 at http://judge/v1"));
}

TEST_F(LlmChoiceTest, MoneyWithoutAPrice) {
  MemoryHttp memory(judging(longer));
  app::SelectRequest wanted = request("http://judge/v1", &memory);
  wanted.oracle.llm.most_cost = Money{5'000};
  EXPECT_EQ(error_of(wanted), "`max_cost` needs the price of model \"judge-1\", and no `prices` are given");
  write("prices.json", "{}");
  wanted.oracle.llm.price_file = path("prices.json");
  EXPECT_EQ(error_of(wanted), path("prices.json") + " has no price of model \"judge-1\"; it has those of none");
  write("prices.json",
        R"({"b": {"in": 1, "out": 2, "unit": "dollars"}, "a\u001b": {"in": 1, "out": 2, "unit": "dollars"}})");
  wanted.oracle.llm.most_cost.reset();
  EXPECT_EQ(error_of(wanted),
            path("prices.json") + " has no price of model \"judge-1\"; it has those of \"a\\x1b\", \"b\"")
      << "also without a limit: the costs would be unknown";
  EXPECT_EQ(memory.bodies.size(), 0U);
}

TEST_F(LlmChoiceTest, WhatIsWrongIsToldBeforeAnythingIsSent) {
  MemoryHttp memory(judging(longer));
  app::SelectRequest wanted = request("http://judge/v1", &memory);
  wanted.oracle.llm.url = "";
  EXPECT_EQ(error_of(wanted), "oracle llm needs the URL of an API, `judge_url` or OPENAI_BASE_URL");
  wanted = request("http://judge/v1", &memory);
  wanted.oracle.llm.model = "";
  EXPECT_EQ(error_of(wanted), "oracle llm needs the name of a model, `judge_model`");
  wanted = request("http://judge/v1", &memory);
  write("judge.txt", "Which is better?\n{{response_a}} or {{response_c}}");
  wanted.oracle.llm.prompt_file = path("judge.txt");
  EXPECT_THAT(error_of(wanted), StartsWith(path("judge.txt") + ":2: expected a field ("));
  wanted.oracle.llm.prompt_file = path("none.txt");
  EXPECT_EQ(error_of(wanted), path("none.txt") + ": can't be read");
  wanted = request("http://judge/v1", &memory);
  wanted.oracle.llm.temperature = 3;
  EXPECT_EQ(error_of(wanted), "the temperature must be from 0 to 2, came 3");
  wanted = request("http://me:pw@judge/v1", &memory);
  EXPECT_THAT(error_of(wanted), StartsWith("expected a URL without user and password"));
  EXPECT_EQ(memory.bodies.size(), 0U);
}

TEST_F(LlmChoiceTest, ADryRunTellsAndSendsNothing) {
  MemoryHttp memory(judging(longer));
  app::SelectRequest wanted = request("http://judge/v1", &memory);
  wanted.oracle.llm.price_file = path("prices.json");
  const std::string before = bytes("x.assay");
  const JudgeEstimate all = app::estimate_select(wanted);
  EXPECT_EQ(all.calls, 24U);
  EXPECT_EQ(all.questions, 48U);
  EXPECT_EQ(all.from_study, 0U);
  EXPECT_EQ(all.tokens_out_most, 48U * 512U);
  EXPECT_GT(all.tokens_in, 48U * 200U);
  EXPECT_GT(all.tokens_in_most, 3 * all.tokens_in);
  EXPECT_EQ(memory.bodies.size(), 0U);
  EXPECT_EQ(bytes("x.assay"), before);
  EXPECT_THAT(view::to_text(all), StartsWith("Nothing was sent."));

  app::run_select(wanted);
  std::uint64_t bytes_sent = 0;
  for (const std::string& body : memory.bodies) bytes_sent += body.size();
  EXPECT_LE(store::Study(path("x.assay"), store::Study::Mode::read).paid_calls().spent(), *all.cost_most);
  EXPECT_LE(all.tokens_in_most, bytes_sent) << "the message is what counts";
  const JudgeEstimate rest = app::estimate_select(wanted);
  EXPECT_EQ(rest.questions, 0U);
  EXPECT_EQ(rest.from_study, 48U);

  app::SelectRequest recorded = request("");
  recorded.oracle.name = "command:true";
  EXPECT_THROW(app::estimate_select(recorded), InvalidArgument);
}

// Strategy assay stops when it is sure: what that takes, from its first run on, and what the study knows.
TEST_F(LlmChoiceTest, ADryRunTellsWhatAStrategyThatStopsWillProbablyCost) {
  std::string rows;
  for (int q = 0; q < 60; ++q) {
    for (const char* model : {"base", "m1", "m2"}) {
      rows += R"({"query": "q)" + std::to_string(q) + R"(", "model": ")" + model + R"(", "response": ")" +
              std::string(40, 'a') + std::to_string(q) + model + "\"}\n";
    }
  }
  write("many.jsonl", rows);
  import_jsonl("many.jsonl", "many.assay");
  MemoryHttp memory(judging(longer));
  app::SelectRequest wanted = request("http://judge/v1", &memory);
  wanted.study = path("many.assay");
  wanted.strategy = "assay";
  wanted.oracle.llm.price_file = path("prices.json");
  const JudgeEstimate first = app::estimate_select(wanted);
  EXPECT_EQ(first.probable, (select::CallRange{45, 120}));
  EXPECT_EQ(first.calls_all, 120U);
  EXPECT_EQ(first.known, 0U);
  EXPECT_EQ(first.replies_seen, 0U);
  EXPECT_EQ(first.tokens_out, 240U * 25U) << "JSON objects, as long as nobody knows";
  EXPECT_NEAR(first.cost_to->dollars(), first.cost->dollars(), 2e-6);
  EXPECT_NEAR(first.cost_from->dollars(), first.cost->dollars() * 45 / 120, 2e-6);
  EXPECT_LT(*first.cost, *first.cost_most);
  EXPECT_THAT(view::to_text(first), HasSubstr("probably 45 to 120 new calls, at most 120 calls, 240 requests"));
  EXPECT_THAT(view::to_text(first), HasSubstr("judging everything $"));
  EXPECT_THAT(view::to_text(first), HasSubstr("replies are taken to be short"));
  EXPECT_THAT(view::to_json(first), HasSubstr("\"probable_calls\": [45, 120]"));

  app::SelectRequest some = wanted;
  some.strategy = "random";
  some.calls = 30;
  EXPECT_EQ(app::estimate_select(some).probable, (select::CallRange{30, 30})) << "it spends its budget";
  EXPECT_EQ(app::estimate_select(some).cost_from, app::estimate_select(some).cost);
  app::run_select(some);
  const JudgeEstimate then = app::estimate_select(wanted);
  EXPECT_EQ(then.known, 30U);
  EXPECT_EQ(then.probable, (select::CallRange{45, 90}));
  EXPECT_EQ(then.replies_seen, 60U);
  EXPECT_EQ(then.tokens_out, 180U * 10U) << "as billed";
  EXPECT_NEAR(static_cast<double>(then.tokens_in), 180 * 100, 500) << "as billed a byte";
  EXPECT_NEAR(then.cost_to->dollars(), then.cost->dollars(), 2e-6) << "what is known costs nothing";
  EXPECT_THAT(view::to_text(then), HasSubstr("as long as the 60 that the study has of this judge"));

  wanted.calls = 40;
  EXPECT_EQ(app::estimate_select(wanted).probable, (select::CallRange{40, 40})) << "no more than the budget";
  wanted.oracle.llm.price_file.clear();
  wanted.study = path("x.assay");
  wanted.calls = {};
  EXPECT_FALSE(app::estimate_select(wanted).cost_from);
  EXPECT_THAT(view::to_json(app::estimate_select(wanted)), HasSubstr("\"probable_cost\": null"));
}

// A judge that wavers about short answers only: the allocator spends the repeats there.
TEST_F(LlmChoiceTest, AnAllocatorHandsOutRepeats) {
  std::map<std::string, int> asked;
  MemoryHttp memory(judging([&](const std::string& a, const std::string& b) {
    const int times = ++asked[a + "|" + b];
    const bool wavers = a.find("short") != std::string::npos || b.find("short") != std::string::npos;
    return wavers && times % 2 == 0 ? judge::PairVerdict::tie : longer(a, b);
  }));
  app::SelectRequest wanted = request("http://judge/v1", &memory);
  wanted.batch = 24;
  wanted.oracle.llm.order = PairOrder::fixed;
  wanted.oracle.llm.repeats = 10;
  wanted.oracle.llm.repeat_by = "robin-hood";
  EXPECT_THAT(error_of(wanted), HasSubstr("begins with")) << "its warm-up is longer";
  EXPECT_EQ(memory.bodies.size(), 0U);
  wanted.oracle.llm.repeat_by = "assay";
  const SelectReport report = app::run_select(wanted);
  EXPECT_EQ(report.calls, 24U);
  EXPECT_EQ(report.best, "long");
  EXPECT_EQ(memory.bodies.size(), 240U);
  int of_short = 0, of_long = 0;
  for (const auto& [pair, times] : asked) (pair.find("short") != std::string::npos ? of_short : of_long) += times;
  EXPECT_GT(of_short, 2 * of_long);
  EXPECT_GE(of_long, 12 * 4);

  const SelectReport again = app::run_select(wanted);
  EXPECT_EQ(again.calls_new, 0U);
  EXPECT_EQ(again.bill->pairs->first, report.bill->pairs->first);
  EXPECT_EQ(memory.bodies.size(), 240U);
  wanted.oracle.llm.repeat_by = "robin";
  EXPECT_NE(error_of(wanted), "no error") << "nobody knows its variances";
  wanted.oracle.llm.repeat_by = "nobody";
  EXPECT_THAT(error_of(wanted), HasSubstr("nobody"));
}

TEST_F(LlmChoiceTest, AllocateScoresResponses) {
  int asked = 0;
  MemoryHttp memory(scoring([&](const std::string& text) { return text.size() > 20 ? 5 : 2 + asked++ % 2; }));
  app::AllocateRequest wanted;
  wanted.study = path("x.assay");
  wanted.oracle.name = "llm";
  wanted.oracle.llm.url = "http://judge/v1";
  wanted.oracle.llm.model = "judge-1";
  wanted.oracle.llm.client = &memory;
  wanted.oracle.llm.price_file = path("prices.json");
  wanted.budget = 200;
  wanted.batch = 8;
  EXPECT_THROW(app::run_allocate(wanted), InvalidArgument) << "a scale is needed";
  wanted.scale = Scale{1, 5};
  EXPECT_EQ(app::estimate_allocate(wanted).questions, 200U);
  EXPECT_EQ(app::estimate_allocate(wanted).probable, (select::CallRange{200, 200}));
  const AllocateReport report = app::run_allocate(wanted);
  EXPECT_EQ(report.arms.size(), 36U);
  EXPECT_EQ(report.calls, 200U);
  EXPECT_EQ(memory.bodies.size(), 200U);
  for (const AllocateReport::Arm& arm : report.arms) {
    EXPECT_GE(arm.calls, 1U);
    if (arm.model == "long") {
      EXPECT_EQ(arm.mean, 5);
    } else {
      EXPECT_LT(arm.mean, 4);
    }
  }
  EXPECT_EQ(app::run_allocate(wanted).calls_new, 0U);
  EXPECT_EQ(memory.bodies.size(), 200U);

  wanted.budget = 400;
  wanted.oracle.llm.most_cost = Money{250 * 120};
  const AllocateReport more = app::run_allocate(wanted);
  EXPECT_TRUE(more.money_ended);
  std::size_t calls = 0;
  for (const AllocateReport::Arm& arm : more.arms) calls += arm.calls;
  EXPECT_EQ(calls, more.calls);
  EXPECT_LE(more.bill->spent, Money{250 * 120});
}

// Judged by an LLM, looked at without it: its replies are in the ledger.
TEST_F(LlmChoiceTest, WhatAnLlmSaidIsLookedAtWithoutIt) {
  MemoryHttp memory(judging(longer));
  app::SelectRequest wanted = request("http://judge/v1", &memory);
  wanted.oracle.llm.order = PairOrder::random;
  wanted.oracle.llm.repeats = 3;
  wanted.seed = 5;
  const SelectReport asked = app::run_select(wanted);
  app::SelectRequest look;
  look.study = wanted.study;
  look.strategy = "random";
  look.seed = 6;
  look.oracle.name = "kept";
  const SelectReport seen = app::run_select(look);
  EXPECT_EQ(seen.calls, 24U);
  EXPECT_EQ(seen.calls_new, 0U);
  EXPECT_EQ(seen.best, "long");
  EXPECT_EQ(seen.judge, "judge-1");
  EXPECT_EQ(seen.models[0].tally, asked.models[0].tally);
  look.oracle.name = "recorded";
  EXPECT_EQ(app::run_select(look).best, "long") << "the study has no other judge";
  const app::InfoReport info = app::run_info({wanted.study});
  ASSERT_EQ(info.asked.size(), 1U);
  EXPECT_EQ(info.asked[0].answers, 24U) << "verdicts, not replies";
  EXPECT_EQ(info.asked[0].failed, 0U);
  const std::string text = view::to_text(info);
  EXPECT_THAT(text, HasSubstr("judge-1"));
  EXPECT_THAT(text, HasSubstr("who leads by them: select with --oracle kept asks nobody"));
}

TEST_F(LlmChoiceTest, ScoresAreLookedAtToo) {
  MemoryHttp memory(scoring([](const std::string& text) { return text.size() > 20 ? 5 : 2; }));
  app::AllocateRequest wanted;
  wanted.study = path("x.assay");
  wanted.oracle.name = "llm";
  wanted.oracle.llm.url = "http://judge/v1";
  wanted.oracle.llm.model = "judge-1";
  wanted.oracle.llm.client = &memory;
  wanted.budget = 150;
  wanted.scale = Scale{1, 5};
  const AllocateReport asked = app::run_allocate(wanted);
  app::AllocateRequest look = wanted;
  look.oracle = {};
  look.oracle.name = "kept";
  look.budget = 200;
  const AllocateReport seen = app::run_allocate(look);
  EXPECT_EQ(seen.calls, 150U);
  EXPECT_EQ(seen.calls_new, 0U);
  for (std::size_t i = 0; i < seen.arms.size(); ++i) EXPECT_EQ(seen.arms[i].mean, asked.arms[i].mean);
  const app::InfoReport info = app::run_info({wanted.study});
  ASSERT_EQ(info.asked.size(), 1U);
  EXPECT_TRUE(info.asked[0].scores);
  EXPECT_EQ(info.asked[0].answers, 150U);
}

}  // namespace
}  // namespace assay::asking
