// Whole runs against an endpoint with quirks, in memory: the right model, the calls that are lost, the bill.

#include "server/quirks.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "assay/app/allocate.h"
#include "assay/app/select.h"
#include "assay/core/error.h"
#include "assay/core/rng.h"
#include "tests/app/app_fixture.h"
#include "tests/judge/memory_judge.h"

namespace assay::server {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

judge::PairVerdict longer_of(const std::string& a, const std::string& b) {
  return a.size() > b.size()   ? judge::PairVerdict::a
         : a.size() < b.size() ? judge::PairVerdict::b
                               : judge::PairVerdict::tie;
}

const judge::Price kPrice{{2'000'000}, {3'000'000}, Money{1'000'000}};

// A judge with quirks: prefers the longer answer, or scores by length.
class QuirkyJudge {
 public:
  explicit QuirkyJudge(const std::vector<std::string>& quirks)
      : quirks_(quirks), http_([this](std::size_t i, const std::string& body) { return answer(i, body); }) {}

  MemoryHttp& http() { return http_; }
  const QuirkBill& bill() const { return quirks_.bill(); }
  Money cost() const { return judge::cost(kPrice, bill().tokens_in, bill().tokens_out, bill().cached_in); }

 private:
  MemoryHttp::Answer answer(std::size_t i, const std::string& body) {
    constexpr http::Milliseconds kLatency{100};
    const auto request = judge::read_chat_request(body);
    const std::string& message = request->user_message;
    QuirkReply reply;
    if (auto instead = quirks_.instead(body, message, http_.now())) {
      reply = *instead;
    } else {
      const bool pair = message.find("[Answer A ") != std::string::npos;
      const std::string marker = marker_in(message);
      const std::string content =
          pair ? judge::verdict_reply(longer_of(part_of(message, "Answer A"), part_of(message, "Answer B")),
                                      request->reply, marker)
               : judge::score_reply(part_of(message, "Answer").size() > 15 ? 4 : 2, request->reply, marker);
      reply = quirks_.answer({i, request->model, content, request->reply == judge::ReplyKind::json, request->stream,
                              message.size() / 4, content.size() / 4 + 1});
    }
    if (reply.reset) return http_failure(http::HttpFailure::broken_off, kLatency);
    MemoryHttp::Answer result = http_answer(reply.status, reply.body, kLatency);
    result.reply.content_type.clear();
    for (const auto& [name, value] : reply.headers) {
      if (name == "Content-Type") result.reply.content_type = value;
      if (name == "Retry-After") result.reply.retry_after = http::Milliseconds(1000 * std::stoi(value));
    }
    return result;
  }

  Quirks quirks_;
  MemoryHttp http_;
};

struct Ended {
  asking::SelectReport report;
  std::string error;
};

class QuirksTest : public AppTest {
 protected:
  // 3 models and a baseline on 12 queries, with responses and not a single judgement.
  QuirksTest() {
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
    import_jsonl("rows.jsonl", "new.assay");
  }

  Ended select(QuirkyJudge& judge, judge::ReplyChoice reply, std::optional<Money> most = {}) const {
    std::filesystem::copy_file(path("new.assay"), path("x.assay"),
                               std::filesystem::copy_options::overwrite_existing);
    app::SelectRequest request;
    request.study = path("x.assay");
    request.choice.baseline = "base";
    request.strategy = "random";
    request.batch = 4;
    request.oracle.name = "llm";
    request.oracle.llm.url = "http://judge/v1";
    request.oracle.llm.model = "judge-1";
    request.oracle.llm.reply = reply;
    request.oracle.llm.price = kPrice;
    request.oracle.llm.most_cost = most;
    request.oracle.llm.client = &judge.http();
    Ended ended;
    try {
      ended.report = app::run_select(request);
      ended.error = ended.report.trouble;
    } catch (const Error& error) {
      ended.error = error.what();
    }
    return ended;
  }
};

constexpr judge::ReplyChoice kReplies[] = {judge::ReplyChoice::automatic, judge::ReplyChoice::json,
                                           judge::ReplyChoice::line};

// What a quirk costs, where it costs anything.
struct Cost {
  std::string error_auto = {}, error_json = {}, error_line = {};
  std::size_t lost = 0;  // calls
  bool exact = true;     // the bill
};

const std::map<std::string, Cost> kCosts = {
    {"quota", {"exceeded your current quota", "exceeded your current quota", "exceeded your current quota", 0}},
    {"payment", {"Insufficient credits", "Insufficient credits", "Insufficient credits", 0}},
    {"moderation", {"", "", "", 1}},
    {"filter", {"", "", "", 1}},
    {"no-response-format", {"", "response_format is not supported", "", 0}},
    {"ignores-response-format", {"", "calls in a row failed", "", 0}},
    {"reasoning-only", {"calls in a row failed", "calls in a row failed", "calls in a row failed", 0}},
    {"usage-total", {"", "", "", 0, false}},
    {"usage-contradicts", {"", "", "", 0, false}},
    {"usage-negative", {"", "", "", 0, false}},
    {"usage-null", {"", "", "", 0, false}},
    {"reset", {"", "", "", 0, false}},
};

TEST_F(QuirksTest, EachWithEachKindOfReply) {
  for (const Quirk& quirk : quirks()) {
    const auto known = kCosts.find(quirk.name);
    const Cost expected = known == kCosts.end() ? Cost{} : known->second;
    for (const judge::ReplyChoice reply : kReplies) {
      SCOPED_TRACE(fmt::format("{}, reply {}", quirk.name, static_cast<int>(reply)));
      QuirkyJudge judge({quirk.name});
      const auto [report, error] = select(judge, reply);
      const std::string& wanted = reply == judge::ReplyChoice::automatic ? expected.error_auto
                                  : reply == judge::ReplyChoice::json    ? expected.error_json
                                                                         : expected.error_line;
      if (!wanted.empty()) {
        EXPECT_THAT(error, HasSubstr(wanted));
        if (report.bill) {
          EXPECT_GE(report.bill->cost->micros + report.bill->possibly_more.micros, judge.cost().micros);
        }
        continue;
      }
      EXPECT_EQ(error, "");
      EXPECT_EQ(report.best, "long");
      EXPECT_EQ(report.calls, 24U);
      ASSERT_TRUE(report.bill);
      if (quirk.name == std::string("cut")) {
        EXPECT_GT(report.calls_failed, 0U);
        EXPECT_EQ(report.bill->failures[static_cast<std::size_t>(judge::CallFailure::truncated)],
                  report.bill->counts.sent[static_cast<std::size_t>(judge::CallFailure::truncated)]);
      } else {
        EXPECT_EQ(report.calls_failed, expected.lost);
      }
      EXPECT_GE(report.bill->cost->micros + report.bill->possibly_more.micros, judge.cost().micros);
      EXPECT_EQ(report.bill->spent.micros, report.bill->cost->micros + report.bill->possibly_more.micros);
      if (expected.exact) {
        EXPECT_EQ(*report.bill->cost, judge.cost());
      }
    }
  }
}

TEST_F(QuirksTest, EachWithScores) {
  for (const Quirk& quirk : quirks()) {
    const auto known = kCosts.find(quirk.name);
    const Cost expected = known == kCosts.end() ? Cost{} : known->second;
    if (!expected.error_line.empty() || quirk.name == std::string("cut")) continue;
    SCOPED_TRACE(quirk.name);
    QuirkyJudge judge({quirk.name});
    std::filesystem::copy_file(path("new.assay"), path("x.assay"),
                               std::filesystem::copy_options::overwrite_existing);
    app::AllocateRequest request;
    request.study = path("x.assay");
    request.allocator = "uniform";
    request.budget = 72;
    request.batch = 8;
    request.scale = Scale{1, 5};
    request.threads = 1;
    request.oracle.name = "llm";
    request.oracle.llm.url = "http://judge/v1";
    request.oracle.llm.model = "judge-1";
    request.oracle.llm.reply = judge::ReplyChoice::line;
    request.oracle.llm.price = kPrice;
    request.oracle.llm.client = &judge.http();
    const asking::AllocateReport report = app::run_allocate(request);
    EXPECT_EQ(report.trouble, "");
    EXPECT_EQ(report.calls_failed > 0, expected.lost > 0);
    ASSERT_TRUE(report.bill);
    EXPECT_GE(report.bill->cost->micros + report.bill->possibly_more.micros, judge.cost().micros);
    if (expected.exact) {
      EXPECT_EQ(*report.bill->cost, judge.cost());
    }
  }
}

// The very first prompt is refused for what it holds: that says nothing about the form of replies.
TEST_F(QuirksTest, AFilteredFirstPromptIsNoRefusalOfTheForm) {
  QuirkyJudge judge({"filter=0"});
  const auto [report, error] = select(judge, judge::ReplyChoice::automatic);
  EXPECT_EQ(error, "");
  EXPECT_EQ(report.calls_failed, 1U);
  EXPECT_THAT(judge.http().bodies.back(), HasSubstr("response_format"));
}

// The answer, the bill and the calls that failed are those of a run without trouble.
TEST_F(QuirksTest, TwoMinutesOfTroubleChangeNothing) {
  QuirkyJudge calm({});
  const Ended whole = select(calm, judge::ReplyChoice::automatic);
  ASSERT_EQ(whole.error, "");
  std::vector<std::string> troubles = {"loading=120", "choice-error", "reset", "resets=120"};
  for (const int status : {408, 409, 425, 429, 500, 502, 503, 504, 522, 529}) {
    for (const char* form : {"once={}", "outage={}:120", "body-error={}", "body-outage={}:120"}) {
      troubles.push_back(fmt::format(fmt::runtime(form), status));
    }
  }
  for (const char* word : {"rate_limit_exceeded", "overloaded_error", "timeout", "server_error"}) {
    troubles.push_back(fmt::format("body-outage={}:120", word));
  }
  for (const std::string& trouble : troubles) {
    SCOPED_TRACE(trouble);
    QuirkyJudge judge({trouble});
    const auto [report, error] = select(judge, judge::ReplyChoice::automatic);
    EXPECT_EQ(error, "");
    EXPECT_EQ(report.best, "long");
    EXPECT_EQ(report.calls, whole.report.calls);
    EXPECT_EQ(report.calls_failed, 0U);
    ASSERT_TRUE(report.bill);
    EXPECT_EQ(*report.bill->cost, *whole.report.bill->cost);
    EXPECT_LT(judge.http().bodies.size(), 48U + 60U) << "no storm";
    EXPECT_LT(judge.http().now(), http::Milliseconds(200'000)) << "its end is noticed";
  }
}

TEST_F(QuirksTest, TheLimitOfCostHoldsForEach) {
  QuirkyJudge calm({});
  select(calm, judge::ReplyChoice::line);
  for (const Quirk& quirk : quirks()) {
    for (const std::int64_t part : {3, 10, 30}) {
      std::vector<std::string> names = {quirk.name};
      if (std::string(quirk.name).starts_with("reasoning-") && quirk.value != nullptr) {
        names = {std::string(quirk.name) + "=500"};
      }
      SCOPED_TRACE(fmt::format("{} {}", names[0], part));
      QuirkyJudge judge(names);
      const Money limit{calm.cost().micros * part / 10};
      const auto [report, error] = select(judge, judge::ReplyChoice::line, limit);
      EXPECT_LE(judge.cost().micros, limit.micros);
      if (report.bill) {
        EXPECT_LE(report.bill->spent.micros, limit.micros);
      }
      if (report.bill) {
        EXPECT_GE(report.bill->spent.micros, judge.cost().micros);
      }
    }
  }
}

// Beyond what any limit of a reply promises: booked, and nothing more is asked once the limit is passed.
TEST_F(QuirksTest, ABillBeyondWhatWasSetAsideIsBooked) {
  QuirkyJudge judge({"reasoning-untold=20000"});
  const auto [report, error] = select(judge, judge::ReplyChoice::line, Money{10'000});
  EXPECT_EQ(judge.bill().replies, 1U) << "the first tells";
  ASSERT_TRUE(report.bill) << error;
  EXPECT_TRUE(report.money_ended);
  EXPECT_EQ(report.bill->spent, judge.cost());
}

TEST_F(QuirksTest, RandomMixesEndRightOrWithAClearError) {
  constexpr std::uint64_t kMixes = 100;
  std::size_t right = 0;
  for (std::uint64_t seed = 0; seed < kMixes; ++seed) {
    Rng rng(seed, 0x717569726B73);
    std::set<std::string> names;
    const std::uint64_t count = 1 + rng.below(4);
    while (names.size() < count) names.insert(quirks()[rng.below(quirks().size())].name);
    const judge::ReplyChoice reply = kReplies[rng.below(3)];
    std::optional<Money> limit;
    if (rng.below(3) == 0) limit = Money{static_cast<std::int64_t>(5'000 + rng.below(30'000))};
    SCOPED_TRACE(fmt::format("seed {}: {}", seed, fmt::join(names, " ")));
    QuirkyJudge judge({names.begin(), names.end()});
    const auto [report, error] = select(judge, reply, limit);
    if (limit) {
      EXPECT_LE(judge.cost().micros, limit->micros);
    }
    if (error.empty() || report.bill) {
      ASSERT_TRUE(report.bill);
      EXPECT_GE(report.bill->spent.micros, judge.cost().micros);
    }
    if (!error.empty()) {
      EXPECT_THAT(error, AnyOf(HasSubstr("calls in a row failed"), HasSubstr("nothing but trouble"),
                               HasSubstr("quota"), HasSubstr("credits"), HasSubstr("response_format")));
      continue;
    }
    const std::size_t answered = report.calls - report.calls_failed;
    if (!report.money_ended) {
      EXPECT_GT(answered, 12U);
    }
    if (answered > 6) {
      EXPECT_EQ(report.best, "long");
    }
    for (const auto& model : report.models) {
      if (model.name == "long") {
        EXPECT_GE(model.win_rate, 0.5);
      }
      if (model.name == "short") {
        EXPECT_LE(model.win_rate, 0.5);
      }
    }
    ++right;
  }
  EXPECT_GT(right, kMixes / 3);
}

TEST(QuirkNames, AreToldWhenWrong) {
  const auto message = [](const std::string& name) {
    try {
      Quirks({name});
    } catch (const InvalidArgument& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(message("outtage"), "expected the name of a quirk, see replay-judge --help, came \"outtage\"");
  EXPECT_EQ(message("think=3"), "quirk think takes no value, came \"think=3\"");
  EXPECT_EQ(message("once=99"), "expected a status from 300 to 599, came \"99\"");
  EXPECT_EQ(message("outage=503"), "expected WHAT:SECONDS as the value of a quirk, came \"503\"");
  EXPECT_EQ(message("loading=soon"), "expected a whole number as the value of a quirk, came \"soon\"");
  for (const Quirk& quirk : quirks()) {
    EXPECT_EQ(message(quirk.name), "");
  }
}

}  // namespace
}  // namespace assay::server
