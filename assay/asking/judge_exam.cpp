#include "assay/asking/judge_exam.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "assay/asking/made_up_pairs.h"
#include "assay/asking/session_calls.h"
#include "assay/core/error.h"
#include "assay/http/api_json.h"
#include "assay/http/recording_client.h"
#include "assay/http/redaction.h"
#include "assay/http/trouble.h"
#include "assay/judge/chat_protocol.h"

namespace assay::asking {
namespace {

constexpr std::size_t kMostRequests = 12;
constexpr std::size_t kAtOnce = 3;
constexpr http::Milliseconds kPatience{10'000};
constexpr http::Milliseconds kForModels{10'000};
constexpr std::size_t kQuestions = 2 * kMadeUpPairs.size();  // each in both orders

// Of some numbers, without keeping them.
struct Mean {
  double sum = 0;
  std::size_t count = 0;

  void add(double value) {
    sum += value;
    ++count;
  }
  std::optional<double> value() const {
    return count > 0 ? std::optional(sum / static_cast<double>(count)) : std::nullopt;
  }
};

bool mentions(const std::string& text, std::string_view word) { return text.find(word) != std::string::npos; }

class Examiner {
 public:
  Examiner(LlmOptions options, std::chrono::milliseconds timeout, std::function<void()> waiting,
           std::function<void(std::string_view)> troubled)
      : options_(std::move(options)),
        timeout_(timeout),
        waiting_(std::move(waiting)),
        troubled_(std::move(troubled)) {
    if (options_.client == nullptr) {
      http::HttpLimits limits;
      limits.heed_environment = options_.heed_environment;
      own_client_ = http::make_http_client(limits);
    }
    recording_.emplace(options_.client != nullptr ? *options_.client : *own_client_, kMostRequests);
    options_.client = &*recording_;
    options_.retries = 0;
    options_.patience = kPatience;
    read_files(options_);
  }

  JudgeExam examine() {
    exam_.url = options_.url;
    exam_.model = options_.model;
    exam_.key_sent = !options_.key.empty() || http::has_key(options_.headers.value_or(http::Headers{}));
    exam_.most_cost = options_.most_cost;
    try {
      ask_all();
    } catch (const judge::BudgetEnded& ended) {
      end(JudgeExam::End::money, ended.what());
    } catch (const OracleError& ended) {
      end(JudgeExam::End::trouble, ended.what());
    }
    read_replies();
    read_bill();
    if (exam_.verdicts() == 0 && (exam_.status == 400 || exam_.status == 404)) ask_for_models();
    exam_.requests = recording_->sent();
    return std::move(exam_);
  }

 private:
  void end(JudgeExam::End how, std::string why) {
    exam_.end = how;
    exam_.ended = std::move(why);
  }

  // The first question finds out what may stand in a request.
  void ask_all() {
    for (bool changed = true; changed;) {
      LlmRun run(options_, judge::PromptKind::pair, calls_, kAtOnce, timeout_, waiting_, troubled_);
      exam_.max_tokens = run.judge().max_tokens;
      judge::LlmAsker asker(run.judge(), run.calls());
      exam_.answers.clear();
      ask(asker, 0, 1);
      const JudgeExam::Answer first = exam_.answers.front();
      if (first.failure != judge::CallFailure::rejected || of_content_) return ask(asker, 1, kQuestions);
      changed = left_out(first.why, run.judge());
      if (!changed) end(JudgeExam::End::trouble, first.why);
    }
  }

  // What the endpoint complains of is left out the next time; false: it is something else.
  bool left_out(const std::string& complaint, const judge::LlmJudge& judge) {
    if (!judge.completion_tokens && mentions(complaint, "max_completion_tokens")) {
      options_.completion_tokens = exam_.needs_completion_tokens = true;
      return true;
    }
    if (judge.temperature && mentions(complaint, "temperature")) {
      options_.temperature.emplace();
      return exam_.needs_no_temperature = true;
    }
    return false;
  }

  // Questions [first, last).
  void ask(judge::LlmAsker& asker, std::size_t first, std::size_t last) {
    std::vector<JudgeExam::Answer> answers(last - first);
    judge::LlmAsker::Questions questions;
    questions.count = answers.size();
    questions.prompt = [&](std::size_t i, judge::ReplyKind reply) {
      const MadeUpPair& pair = kMadeUpPairs.at((first + i) / 2);
      const bool one_first = (first + i) % 2 == 0;
      return asker.judge().prompt.render(
          judge::PairFields{pair.query, one_first ? pair.one : pair.other, one_first ? pair.other : pair.one},
          reply);
    };
    questions.repeat = [](std::size_t) { return 0U; };
    questions.take = [&](std::size_t i, const std::string& content, const std::string& marker) {
      answers[i].verdict = judge::read_verdict(content, marker);
      return answers[i].verdict.has_value();
    };
    std::set<std::size_t> done;
    questions.done = [&](std::size_t i, const judge::ChatOutcome& outcome) {
      done.insert(i);
      answers[i].pair = (first + i) / 2;
      answers[i].one_first = (first + i) % 2 == 0;
      answers[i].failure = outcome.failure;
      if (outcome.failure != judge::CallFailure::none) answers[i].why = outcome.content;
      of_content_ = outcome.of_content;
    };
    const auto keep = [&] {
      for (const std::size_t i : done) exam_.answers.push_back(std::move(answers[i]));
    };
    try {
      asker.ask(questions);
    } catch (...) {
      keep();
      throw;
    }
    keep();
  }

  void read_replies() {
    std::vector<double> seconds;
    Mean in, out, reasoning;
    bool certain = true;
    for (const http::Exchange& exchange : recording_->exchanges()) {
      const http::HttpReply& reply = exchange.reply;
      if (!reply.rate_limits.empty()) exam_.rate_limits = reply.rate_limits;
      const std::optional<http::Trouble> trouble = http::trouble_in(reply);
      exam_.status = trouble ? trouble->status : 0;
      exam_.passes = trouble ? trouble->passes : reply.failure != http::HttpFailure::none;
      const bool json = judge::read_chat_request(exchange.body)->reply == judge::ReplyKind::json;
      if (trouble) {
        const bool refused = (reply.status == 400 || reply.status == 422) && !trouble->of_content;
        if (json && refused) exam_.schema = JudgeExam::Schema::refused;
        continue;
      }
      const judge::ChatReply chat = judge::read_chat_reply(reply.status, reply.content_type, reply.body);
      if (reply.failure != http::HttpFailure::none || chat.failure == judge::CallFailure::not_chat) continue;
      if (json && chat.failure == judge::CallFailure::none) {
        exam_.schema = judge::keeps_to_json(chat.content) ? JudgeExam::Schema::kept : JudgeExam::Schema::ignored;
      }
      if (!chat.model.empty()) exam_.answers_as = chat.model;
      exam_.thoughts = exam_.thoughts || chat.thoughts || chat.usage.reasoning.value_or(0) > 0;
      read_usage(chat.usage);
      certain = certain && chat.usage.certain;
      if (chat.usage.reasoning) reasoning.add(static_cast<double>(*chat.usage.reasoning));
      if (chat.tokens_in) in.add(static_cast<double>(*chat.tokens_in));
      if (chat.tokens_out) out.add(static_cast<double>(*chat.tokens_out));
      seconds.push_back(static_cast<double>(exchange.took.count()) / 1000);
    }
    exam_.tokens_in = in.value();
    exam_.tokens_out = out.value();
    exam_.reasoning = reasoning.value();
    exam_.usage_certain = certain && !seconds.empty();
    if (seconds.empty()) return;
    std::sort(seconds.begin(), seconds.end());
    exam_.latency = {seconds.front(), seconds[seconds.size() / 2], seconds.back()};
  }

  void read_usage(const judge::Usage& usage) {
    for (const std::string_view name : usage.told) {
      if (std::find(exam_.usage.begin(), exam_.usage.end(), name) == exam_.usage.end())
        exam_.usage.emplace_back(name);
    }
    if (usage.tokens_out) exam_.longest_reply = std::max(exam_.longest_reply.value_or(0), *usage.tokens_out);
  }

  void read_bill() {
    Mean micros;
    bool certain = true;
    for (const PaidCall& call : calls_.calls()) {
      ++exam_.failures.at(call.failure);
      certain = certain && call.certain;
      if (call.failure == 0 && call.cost) micros.add(static_cast<double>(call.cost->micros));
    }
    if (options_.price) exam_.cost = calls_.spent();
    exam_.cost_certain = exam_.cost && certain;
    if (micros.value()) exam_.verdict_cost = Money{static_cast<std::int64_t>(std::ceil(*micros.value()))};
  }

  // Which ones there are, where there may be none of that name. Not every API tells.
  void ask_for_models() {
    http::HttpRequest request = http::api_request(access_of(options_, std::min(timeout_, kForModels)), "models");
    request.method = "GET";
    http::HttpReply reply;
    recording_->send(request);
    while (recording_->in_flight() > 0) {
      recording_->wait(http::Milliseconds(250), [&](std::uint64_t, http::HttpReply came) {
        reply = http::redacted(std::move(came), request);
      });
      if (waiting_) waiting_();
    }
    const http::ApiJson tree = http::read_json(reply.body);
    const http::ApiJson& data = http::member(tree, "data");
    if (reply.status != 200 || !data.is_array()) return;
    for (const http::ApiJson& model : data) {
      const http::ApiJson& id = http::member(model, "id");
      if (id.is_string()) exam_.models.push_back(id.get<std::string>());
    }
  }

  LlmOptions options_;
  std::chrono::milliseconds timeout_;
  std::function<void()> waiting_;
  std::function<void(std::string_view)> troubled_;
  std::unique_ptr<http::HttpClient> own_client_;
  std::optional<http::RecordingClient> recording_;
  SessionCalls calls_;
  bool of_content_ = false;  // the last question was refused for what it holds
  JudgeExam exam_;
};

}  // namespace

std::size_t JudgeExam::verdicts() const {
  return static_cast<std::size_t>(
      std::count_if(answers.begin(), answers.end(), [](const Answer& one) { return one.verdict.has_value(); }));
}

JudgeExam examine_judge(LlmOptions options, std::chrono::milliseconds timeout, std::function<void()> waiting,
                        std::function<void(std::string_view)> troubled) {
  return Examiner(std::move(options), timeout, std::move(waiting), std::move(troubled)).examine();
}

}  // namespace assay::asking
