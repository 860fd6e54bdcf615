#include "assay/asking/llm_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/file/whole_text.h"
#include "assay/http/url.h"
#include "assay/store/name_list.h"

namespace assay::asking {
namespace {

constexpr std::size_t kMostTries = 100;
// Reads files on the way.
judge::LlmJudge read_judge(LlmOptions& options, judge::PromptKind kind) {
  if (options.url.empty())
    throw InvalidArgument("oracle llm needs the URL of an API, `judge_url` or OPENAI_BASE_URL");
  http::check_url(options.url);
  if (options.model.empty()) throw InvalidArgument("oracle llm needs the name of a model, `judge_model`");
  read_files(options);
  const judge::LlmJudge standard;
  const std::string file = options.prompt_file.empty() ? "the template of the study" : options.prompt_file;
  const judge::PromptTemplate prompt =
      options.prompt ? judge::PromptTemplate(kind, *options.prompt, file) : judge::PromptTemplate::standard(kind);
  return {options.url,
          options.model,
          prompt,
          options.reply.value_or(standard.reply),
          options.max_tokens.value_or(standard.max_tokens),
          options.temperature.value_or(standard.temperature),
          options.completion_tokens.value_or(standard.completion_tokens)};
}

constexpr std::size_t kEnoughReplies = 20;  // to go by their lengths

// A call that is yet to be made.
struct OpenCall {
  std::size_t questions = 0;
  std::size_t bytes = 0;
  std::uint64_t likely = 0;  // tokens in, by bytes
  std::uint64_t most = 0;
};

// Tokens that a prompt was billed for, a byte of it.
struct PromptLengths {
  std::size_t replies = 0;
  double bytes = 0;
  double tokens = 0;

  void add(std::size_t prompt_bytes, const PaidCall& call) {
    if (!call.tokens_in) return;
    ++replies;
    bytes += static_cast<double>(prompt_bytes);
    tokens += static_cast<double>(*call.tokens_in);
  }
  double likely(const OpenCall& call) const {
    const bool enough = replies >= kEnoughReplies && bytes > 0;
    return enough ? static_cast<double>(call.bytes) * tokens / bytes : static_cast<double>(call.likely);
  }
};

}  // namespace

http::ApiAccess access_of(const LlmOptions& options, http::Milliseconds timeout) {
  return {options.url, options.key, options.headers.value_or(http::Headers{}), timeout};
}

void read_files(LlmOptions& options) {
  if (!options.prompt && !options.prompt_file.empty() && options.prompt_file != kStandardTemplate) {
    options.prompt = file::whole_text(options.prompt_file);
  }
  if (!options.price_file.empty()) {
    const auto list = judge::PriceList::from_json(file::whole_text(options.price_file), options.price_file);
    options.price = list.of(options.model);
    if (!options.price && !options.model.empty()) {
      throw InvalidArgument(fmt::format("{} has no price of model {}; it has those of {}",
                                        escaped(options.price_file), quoted(options.model),
                                        store::name_list(list.models())));
    }
  }
  if (options.most_cost && !options.price) {
    throw InvalidArgument("`max_cost` needs the price of model " + quoted(options.model) +
                          ", and no `prices` are given");
  }
}

LlmRun::LlmRun(LlmOptions options, judge::PromptKind kind, CallLedger& ledger, std::size_t at_once,
               std::chrono::milliseconds timeout, std::function<void()> waiting,
               std::function<void(std::string_view)> troubled)
    : judge_(read_judge(options, kind)),
      ledger_(ledger),
      price_(options.price && options.half_price ? std::optional(judge::halved(*options.price)) : options.price),
      before_(ledger.spent() - (options.batch ? options.batch->billed() : Money{})),
      budget_(options.budget ? options.budget
                             : std::make_shared<judge::Budget>(options.most_cost, ledger.spent())) {
  if (options.retries >= kMostTries) {
    throw InvalidArgument(fmt::format("retries must be 0 to {}, came {}", kMostTries - 1, options.retries));
  }
  url_ = judge_.url;
  if (options.client == nullptr) {
    http::HttpLimits limits;
    limits.connections = at_once;
    limits.heed_environment = options.heed_environment;
    own_client_ = http::make_http_client(limits);
  }
  judge::CallRules rules;
  rules.url = url_;
  rules.model = judge_.model;
  rules.post = http::api_request(access_of(options, timeout), judge::kChatPath);
  rules.price = price_;
  rules.max_tokens = judge_.max_tokens;
  rules.tries = options.retries + 1;
  batch_ = options.batch;
  rules.batch = batch_.get();
  rules.patience = options.patience;
  rules.concurrency.most = std::max<std::size_t>(1, at_once);
  calls_.emplace(options.client != nullptr ? *options.client : *own_client_, ledger_, *budget_, std::move(rules));
  calls_->tick = std::move(waiting);
  calls_->troubled = std::move(troubled);
}

std::optional<std::string> LlmRun::kept(const Question& question, judge::ReplyKind reply, std::int64_t last) const {
  const judge::ChatSettings settings = judge_.settings(reply);
  const std::string body = judge::chat_request(settings, judge_.prompt.kind(), question.prompt.text);
  const std::optional<PaidCall> call = ledger_.find({url_, judge_.model, body, question.repeat});
  if (!call || call->number > last) return std::nullopt;
  return call->content;
}

bool LlmRun::has_replies() const { return ledger_.reply_lengths(url_, judge_.model).replies > 0; }

void LlmRun::charge(std::string_view model, Money cost) {
  const auto known = cost_of_models_.find(model);
  (known != cost_of_models_.end() ? known->second : cost_of_models_[std::string(model)]) += cost;
}

JudgeBill LlmRun::bill() const {
  JudgeBill bill;
  bill.url = judge_.url;
  bill.model = judge_.model;
  bill.counts = calls_->counts();
  bill.spent = budget_->spent();
  bill.lost = ledger_.lost_to_kills();
  bill.possibly_more = bill.counts.unanswered;
  if (price_) bill.cost = bill.counts.cost + (batch_ ? batch_->billed() : Money{});
  if (price_) bill.cost_of_models = cost_of_models_;
  bill.most_cost = budget_->most();
  return bill;
}

JudgeEstimate LlmRun::estimate(
    std::size_t calls, std::size_t all, std::size_t questions_a_call,
    const std::function<Question(std::size_t call, std::size_t which, judge::ReplyKind reply)>& question) {
  PromptLengths prompts;
  const auto known = [&](const Question& asked, judge::ReplyKind reply) {
    const std::string body = judge::chat_request(judge_.settings(reply), judge_.prompt.kind(), asked.prompt.text);
    const std::optional<PaidCall> call = ledger_.find({url_, judge_.model, body, asked.repeat});
    if (call) prompts.add(asked.prompt.text.size(), *call);
    return call.has_value();
  };
  JudgeEstimate estimate;
  std::vector<OpenCall> open;
  const bool automatic = judge_.reply == judge::ReplyChoice::automatic;
  const judge::ReplyKind first = judge::reply_kinds(judge_.reply).front();
  for (std::size_t i = 0; i < all; ++i) {
    OpenCall one;
    for (std::size_t k = 0; k < questions_a_call; ++k) {
      const Question asked = question(i, k, first);
      if (known(asked, first) ||
          (automatic && known(question(i, k, judge::ReplyKind::line), judge::ReplyKind::line))) {
        ++estimate.from_study;
        continue;
      }
      ++one.questions;
      one.bytes += asked.prompt.text.size();
      one.likely += judge::likely_tokens(asked.prompt.text.size());
      one.most += judge::most_tokens(asked.prompt.text.size());
    }
    estimate.known += one.questions == 0 ? 1 : 0;
    open.push_back(one);
  }
  // Which of them a strategy will ask is not known: the dearest, at most; the mean, likely.
  estimate.calls = std::min(calls, all);
  estimate.calls_all = all;
  std::sort(open.begin(), open.end(), [](const OpenCall& a, const OpenCall& b) { return a.most > b.most; });
  double likely = 0, questions = 0;
  for (const OpenCall& one : open) {
    likely += prompts.likely(one);
    questions += static_cast<double>(one.questions);
  }
  const ReplyLengths replies = ledger_.reply_lengths(url_, judge_.model);
  const bool seen = replies.billed >= kEnoughReplies;
  estimate.replies_seen = seen ? replies.billed : 0;
  const double reply =
      seen ? replies.tokens : static_cast<double>(judge::likely_reply_tokens(first, judge_.max_tokens));
  const double share = all > 0 ? static_cast<double>(estimate.calls) / static_cast<double>(all) : 0;
  estimate.tokens_in = static_cast<std::uint64_t>(likely * share);
  estimate.tokens_out = static_cast<std::uint64_t>(reply * questions * share);
  for (std::size_t i = 0; i < estimate.calls; ++i) {
    estimate.questions += open[i].questions;
    estimate.tokens_in_most += open[i].most;
  }
  estimate.tokens_out_most = estimate.questions * judge_.max_tokens;
  estimate.url = judge_.url;
  estimate.model = judge_.model;
  estimate.spent = before_;
  estimate.most_cost = budget_->most();
  if (price_) {
    estimate.cost = judge::cost(*price_, estimate.tokens_in, estimate.tokens_out);
    // Each call is rounded up by itself.
    estimate.cost_most = judge::most_cost(*price_, estimate.tokens_in_most, estimate.tokens_out_most) +
                         Money{static_cast<std::int64_t>(3 * estimate.questions)};
    const double micros = (likely * price_->in.dollars() + reply * questions * price_->out.dollars());
    estimate.cost_of_new = all > estimate.known ? micros / static_cast<double>(all - estimate.known) : 0;
  }
  // Of a strategy that spends its budget; those that the study answers cost nothing.
  estimate.probable = {estimate.calls, estimate.calls};
  estimate.cost_from = estimate.cost_to = estimate.cost;
  return estimate;
}

}  // namespace assay::asking
