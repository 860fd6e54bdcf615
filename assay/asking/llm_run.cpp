#include "assay/asking/llm_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/utf8.h"

namespace assay::asking {
namespace {

constexpr std::size_t kMostTries = 100;
constexpr std::size_t kMostFileBytes = 1U << 20;

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(escaped(path) + ": can't be read");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) throw Error(escaped(path) + ": can't be read");
  if (text.size() > kMostFileBytes) {
    throw DataError({path}, fmt::format("expected at most {} bytes, came {}", kMostFileBytes, text.size()));
  }
  return text;
}

// Reads files on the way.
judge::LlmJudge read_judge(LlmOptions& options, judge::PromptKind kind) {
  if (options.url.empty())
    throw InvalidArgument("oracle llm needs the URL of an API, `judge_url` or OPENAI_BASE_URL");
  http::check_url(options.url);
  if (options.model.empty()) throw InvalidArgument("oracle llm needs the name of a model, `judge_model`");
  read_files(options);
  const judge::LlmJudge standard;
  const judge::PromptTemplate prompt = options.prompt
                                           ? judge::PromptTemplate(kind, *options.prompt, options.prompt_file)
                                           : judge::PromptTemplate::standard(kind);
  return {options.url,
          options.model,
          prompt,
          options.reply.value_or(standard.reply),
          options.max_tokens.value_or(standard.max_tokens),
          options.temperature.value_or(standard.temperature),
          options.completion_tokens.value_or(standard.completion_tokens)};
}

http::HttpRequest post_of(const LlmOptions& options, const std::string& url, http::Milliseconds timeout) {
  http::HttpRequest post;
  post.url = url;
  post.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
  if (!options.key.empty()) post.headers.emplace_back("Authorization", "Bearer " + options.key);
  post.connect = std::min(post.connect, timeout);
  post.whole = timeout;
  http::check_request(post);
  return post;
}

}  // namespace

void read_files(LlmOptions& options) {
  if (!options.prompt && !options.prompt_file.empty() && options.prompt_file != kStandardTemplate) {
    options.prompt = content_of(options.prompt_file);
  }
  if (!options.price_file.empty()) {
    options.price =
        judge::PriceList::from_json(content_of(options.price_file), options.price_file).of(options.model);
  }
  if (options.most_cost && !options.price) {
    throw InvalidArgument("`max_cost` needs the price of model " + quoted(options.model) +
                          (options.price_file.empty() ? ", and no `prices` are given"
                                                      : ", and " + escaped(options.price_file) + " has none"));
  }
}

LlmRun::LlmRun(LlmOptions options, judge::PromptKind kind, CallLedger& ledger, std::size_t at_once,
               std::chrono::milliseconds timeout, std::function<void()> waiting)
    : judge_(read_judge(options, kind)),
      ledger_(ledger),
      price_(options.price),
      before_(ledger.spent()),
      budget_(options.most_cost, before_) {
  if (options.retries >= kMostTries) {
    throw InvalidArgument(fmt::format("retries must be 0 to {}, came {}", kMostTries - 1, options.retries));
  }
  url_ = judge_.url;
  if (options.client == nullptr) {
    http::HttpLimits limits;
    limits.connections = at_once;
    limits.proxy_from_environment = options.proxy_from_environment;
    own_client_ = http::make_http_client(limits);
  }
  judge::CallRules rules;
  rules.url = url_;
  rules.model = judge_.model;
  rules.post = post_of(options, judge::chat_url(judge_), timeout);
  rules.price = price_;
  rules.max_tokens = judge_.max_tokens;
  rules.tries = options.retries + 1;
  rules.concurrency.most = std::max<std::size_t>(1, at_once);
  calls_.emplace(options.client != nullptr ? *options.client : *own_client_, ledger_, budget_, std::move(rules));
  calls_->tick = std::move(waiting);
}

std::optional<std::string> LlmRun::kept(const Question& question, judge::ReplyKind reply, std::int64_t last) const {
  const judge::ChatSettings settings = judge_.settings(reply);
  const std::string body = judge::chat_request(settings, judge_.prompt.kind(), question.prompt.text);
  const std::optional<PaidCall> call = ledger_.find({url_, judge_.model, body, question.repeat});
  if (!call || call->number > last) return std::nullopt;
  return call->content;
}

bool LlmRun::has_replies() const { return ledger_.reply_lengths(url_, judge_.model).replies > 0; }

JudgeBill LlmRun::bill() const {
  JudgeBill bill;
  bill.url = judge_.url;
  bill.model = judge_.model;
  bill.counts = calls_->counts();
  bill.spent = budget_.spent();
  if (price_) bill.cost = budget_.spent() - before_;
  bill.most_cost = budget_.most();
  return bill;
}

JudgeEstimate LlmRun::estimate(
    std::size_t calls, std::size_t all, std::size_t questions_a_call,
    const std::function<Question(std::size_t call, std::size_t which, judge::ReplyKind reply)>& question) {
  struct One {
    std::size_t questions = 0;
    std::uint64_t likely = 0, most = 0;
  };
  const auto known = [&](const Question& asked, judge::ReplyKind reply) {
    return kept(asked, reply, std::numeric_limits<std::int64_t>::max()).has_value();
  };
  JudgeEstimate estimate;
  std::vector<One> open;
  const bool automatic = judge_.reply == judge::ReplyChoice::automatic;
  const judge::ReplyKind first =
      judge_.reply == judge::ReplyChoice::line ? judge::ReplyKind::line : judge::ReplyKind::json;
  for (std::size_t i = 0; i < all; ++i) {
    One one;
    for (std::size_t k = 0; k < questions_a_call; ++k) {
      const Question asked = question(i, k, first);
      if (known(asked, first) ||
          (automatic && known(question(i, k, judge::ReplyKind::line), judge::ReplyKind::line))) {
        ++estimate.from_study;
        continue;
      }
      ++one.questions;
      one.likely += judge::likely_tokens(asked.prompt.text.size());
      one.most += judge::most_tokens(asked.prompt.text.size());
    }
    open.push_back(one);
  }
  // Which of them a strategy will ask is not known: the dearest, at most; the mean, likely.
  estimate.calls = std::min(calls, all);
  std::sort(open.begin(), open.end(), [](const One& a, const One& b) { return a.most > b.most; });
  std::uint64_t likely = 0;
  for (const One& one : open) likely += one.likely;
  const double share = all > 0 ? static_cast<double>(estimate.calls) / static_cast<double>(all) : 0;
  estimate.tokens_in = static_cast<std::uint64_t>(static_cast<double>(likely) * share);
  for (std::size_t i = 0; i < estimate.calls; ++i) {
    estimate.questions += open[i].questions;
    estimate.tokens_in_most += open[i].most;
  }
  estimate.tokens_out_most = estimate.questions * judge_.max_tokens;
  estimate.url = judge_.url;
  estimate.model = judge_.model;
  estimate.spent = before_;
  estimate.most_cost = budget_.most();
  if (price_) {
    estimate.cost = judge::cost(*price_, estimate.tokens_in, estimate.tokens_out_most);
    // Each call is rounded up by itself.
    estimate.cost_most = judge::cost(*price_, estimate.tokens_in_most, estimate.tokens_out_most) +
                         Money{static_cast<std::int64_t>(2 * estimate.questions)};
  }
  return estimate;
}

}  // namespace assay::asking
