#include "assay/embed/embedding_endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/embed/kept_vector.h"
#include "assay/http/api_complaint.h"
#include "assay/http/redaction.h"
#include "assay/http/trouble.h"

namespace assay::embed {
namespace {

constexpr http::Milliseconds kDrain{2000};  // less than what Ctrl-C leaves
constexpr http::Milliseconds kTick{250};
constexpr std::size_t kAllRefused = 8;  // texts, before any was taken: it is not for what they hold

// Errors of a server's own, which one of its texts may be the reason of; not that it is overloaded.
bool is_servers_own(int status) { return status >= 500 && status != 503 && status != 504 && status <= 505; }

// The batch may be refused for one of its texts.
bool for_its_texts(int status) { return status == 400 || status == 403 || status == 413 || status == 422; }

}  // namespace

// Some distinct texts, and what became of asking for them.
struct EmbeddingEndpoint::Batch {
  std::vector<std::size_t> texts;  // indices into Run::texts
  std::uint64_t number = 0;
  std::size_t tries = 0;                       // so far
  std::optional<std::size_t> answered_before;  // Run::answered when it, or what it is a half of, was sent first
  std::size_t broken = 0;                      // errors of the server's own
  bool half = false;                           // of a batch that was broken again and again
  http::TurnedAway turned_away;
  http::Milliseconds not_before{0};
  http::Milliseconds sent{0};
};

struct EmbeddingEndpoint::Run {
  std::vector<std::string_view> texts;      // distinct, none empty
  std::vector<std::vector<float>> vectors;  // of these
  std::vector<Batch> waiting;
  std::unordered_map<std::uint64_t, Batch> flying;
  std::vector<RefusedText> refused;  // by index into `texts`
  std::uint64_t batches = 0;
  std::size_t answered = 0;  // batches
  std::string trouble;       // the last one
  std::size_t done = 0;
};

EmbeddingEndpoint::EmbeddingEndpoint(http::HttpClient& client, CallLedger* ledger, EmbeddingRules rules)
    : client_(client), ledger_(ledger), rules_(std::move(rules)), watch_(rules_.concurrency, rules_.patience) {
  if (rules_.model.empty()) throw InvalidArgument("an endpoint of embeddings needs the name of a model");
  if (rules_.batch < 1 || rules_.tries < 1) {
    throw InvalidArgument("a request for embeddings needs at least 1 text and 1 try");
  }
}

std::vector<float> EmbeddingEndpoint::embed(std::span<const std::string_view> texts, const Progress& progress) {
  Run run;
  std::unordered_map<std::string_view, std::size_t> places;
  for (const std::string_view text : texts) {
    if (!text.empty() && places.emplace(text, run.texts.size()).second) run.texts.push_back(text);
  }
  run.vectors.resize(run.texts.size());
  Batch batch;
  for (std::size_t i = 0; i < run.texts.size(); ++i) {
    if (take_kept(run, i)) continue;
    batch.texts.push_back(i);
    if (batch.texts.size() == rules_.batch) run.waiting.push_back(std::exchange(batch, {}));
  }
  if (!batch.texts.empty()) run.waiting.push_back(std::move(batch));
  if (rules_.collect_in != nullptr) collect(run);
  try {
    while (!run.waiting.empty() || !run.flying.empty()) {
      send_batches(run);
      client_.wait(kTick, [&](std::uint64_t id, http::HttpReply reply) {
        land(run, id, http::redacted(std::move(reply), rules_.post));
      });
      if (tick) tick();
      if (troubled && watch_.waits()) troubled("waiting for " + escaped(rules_.url) + ": " + run.trouble);
      if (progress) progress(run.done, run.texts.size());
    }
  } catch (...) {
    drain(run);
    throw;
  }
  for (RefusedText& one : run.refused) {
    const auto first = std::find(texts.begin(), texts.end(), run.texts[one.text]);
    refused_.push_back({static_cast<std::size_t>(first - texts.begin()), std::move(one.why)});
  }
  std::sort(refused_.begin(), refused_.end(),
            [](const RefusedText& a, const RefusedText& b) { return a.text < b.text; });
  std::vector<float> result(texts.size() * dimensions_, 0.0F);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].empty()) continue;
    const std::vector<float>& vector = run.vectors[places.at(texts[i])];  // empty if it was refused
    std::copy(vector.begin(), vector.end(), result.begin() + static_cast<std::ptrdiff_t>(i * dimensions_));
  }
  return result;
}

// As the ledger knows it, whatever it was asked together with.
std::string EmbeddingEndpoint::request_for(std::string_view text) const {
  return embedding_request(rules_.model, std::span(&text, 1));
}

// What waits becomes requests of a text each, and nothing is sent.
void EmbeddingEndpoint::collect(Run& run) {
  for (const Batch& batch : std::exchange(run.waiting, {})) {
    for (const std::size_t i : batch.texts) {
      const std::string request = request_for(run.texts[i]);
      if (const auto why = rules_.collect_in->given_up(request, 0)) {
        refuse(run, i, *why);
      } else {
        const Money most = rules_.most_cost ? rules_.most_cost(run.texts[i].size()) : Money{};
        rules_.collect_in->add(request, 0, most);
      }
    }
  }
  if (!rules_.collect_in->empty()) throw http::BatchAwaited(rules_.collect_in->finish());
}

// What is under way is paid for: its vectors are waited for for a moment, and kept.
void EmbeddingEndpoint::drain(Run& run) {
  if (ledger_ == nullptr) return;
  const http::Milliseconds until = client_.now() + kDrain;
  while (!run.flying.empty() && client_.now() < until) {
    try {
      client_.wait(until - client_.now(), [&](std::uint64_t id, http::HttpReply reply) {
        land(run, id, http::redacted(std::move(reply), rules_.post));
      });
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the first exception is the one to be told
    }
  }
}

bool EmbeddingEndpoint::take_kept(Run& run, std::size_t unique) {
  if (ledger_ == nullptr) return false;
  const std::string request = request_for(run.texts[unique]);
  const std::optional<PaidCall> kept = ledger_->find({rules_.url, rules_.model, request});
  if (!kept) return false;
  std::vector<float> vector = vector_in(kept->content);
  if (vector.empty()) return false;  // something else was asked with this body
  check_length(vector.size());
  run.vectors[unique] = std::move(vector);
  ++run.done;
  return true;
}

void EmbeddingEndpoint::send_batches(Run& run) {
  const http::Milliseconds now = client_.now();
  for (auto next = run.waiting.begin(); next != run.waiting.end() && watch_.may_send(now, run.flying.size());) {
    if (next->not_before > now) {
      ++next;
      continue;
    }
    Batch batch = std::move(*next);
    next = run.waiting.erase(next);
    std::vector<std::string_view> texts;
    for (const std::size_t i : batch.texts) texts.push_back(run.texts[i]);
    batch.sent = now;
    ++batch.tries;
    if (batch.number == 0) batch.number = ++run.batches;
    if (!batch.answered_before) batch.answered_before = run.answered;
    http::HttpRequest post = rules_.post;
    post.body = embedding_request(rules_.model, texts);
    run.flying.emplace(client_.send(std::move(post)), std::move(batch));
    ++requests_;
  }
}

void EmbeddingEndpoint::land(Run& run, std::uint64_t id, const http::HttpReply& reply) {
  const auto found = run.flying.find(id);
  if (found == run.flying.end()) return;
  Batch batch = std::move(found->second);
  run.flying.erase(found);
  const http::Milliseconds now = client_.now();
  const std::optional<http::Trouble> trouble = http::trouble_in(reply);
  http::FailedExchange failed{batch.number, batch.tries, reply.failure, trouble, batch.sent, reply.retry_after};
  if (reply.failure != http::HttpFailure::none) {
    const http::WhatNext next = watch_.failed(failed, batch.turned_away, now);
    return act(run, std::move(batch), next, reply.detail);
  }
  if (trouble) {
    const std::string what = fmt::format("status {}, {}", trouble->status, http::api_complaint(reply.body));
    if (is_servers_own(trouble->status) && break_up(run, batch, what, now)) return;
    http::WhatNext next = watch_.failed(failed, batch.turned_away, now);
    if (next.kind == http::WhatNext::Kind::lost && for_its_texts(trouble->status)) return split(run, batch, what);
    if (next.kind == http::WhatNext::Kind::lost) next.kind = http::WhatNext::Kind::hopeless;
    return act(run, std::move(batch), next, what + http::likely_reason(trouble->status, rules_.url, rules_.post));
  }
  EmbeddingReply read = read_embedding_reply(reply.body, batch.texts.size());
  watch_.heard(now, read.problem.empty());
  run.answered += read.problem.empty() ? 1 : 0;
  if (read.problem.empty()) return keep(run, batch, std::move(read));
  // It may be for these texts, if others were embedded.
  if (!read.overflow.empty() && dimensions_ > 0) return split(run, batch, read.overflow);
  act(run, std::move(batch), {http::WhatNext::Kind::tried, now}, read.problem);
}

void EmbeddingEndpoint::act(Run& run, Batch batch, const http::WhatNext& next, const std::string& what) {
  using Kind = http::WhatNext::Kind;
  if (next.kind == Kind::hopeless) throw OracleError("the endpoint of embeddings refused: " + what);
  const bool again = next.kind == Kind::put_off || (next.kind == Kind::tried && batch.tries < rules_.tries);
  if (!again) throw OracleError("the endpoint of embeddings gave none: " + what);
  if (next.kind == Kind::put_off) {
    --batch.tries;
    run.trouble = what;
  }
  batch.not_before = next.at;
  run.waiting.push_back(std::move(batch));
}

// Some servers answer a text that is too long for them with an error of their own (500): then the halves find it. A
// batch is broken up when it failed so as often as it may be tried, a half at once. A text alone is refused only if
// others were answered meanwhile; else the endpoint is broken, and it is waited for. True if nothing more is to be
// done about it.
bool EmbeddingEndpoint::break_up(Run& run, Batch& batch, const std::string& what, http::Milliseconds now) {
  const bool alone = batch.texts.size() == 1;
  const bool others = run.answered > *batch.answered_before;
  ++batch.broken;
  const bool enough = batch.broken >= (batch.half && !alone ? 1 : rules_.tries);
  if (enough && (others || !alone)) {
    batch.half = true;
    split(run, batch, what);
    return true;
  }
  if (!batch.half || !others) return false;
  batch.not_before = now + kTick;
  run.waiting.push_back(std::move(batch));
  return true;
}

// One text of a batch must not cost the others: the halves find it.
void EmbeddingEndpoint::split(Run& run, const Batch& batch, const std::string& what) {
  if (batch.texts.size() == 1) return refuse(run, batch.texts[0], what);
  const auto middle = batch.texts.begin() + static_cast<std::ptrdiff_t>(batch.texts.size() / 2);
  Batch first, second;
  first.texts.assign(batch.texts.begin(), middle);
  second.texts.assign(middle, batch.texts.end());
  for (Batch* half : {&first, &second}) {
    half->half = batch.half;
    half->answered_before = batch.answered_before;
  }
  run.waiting.push_back(std::move(first));
  run.waiting.push_back(std::move(second));
}

void EmbeddingEndpoint::refuse(Run& run, std::size_t unique, const std::string& what) {
  run.refused.push_back({unique, what});
  ++run.done;
  if (dimensions_ == 0 && run.refused.size() >= std::min(kAllRefused, run.texts.size())) {
    throw OracleError("the endpoint of embeddings refused: " + what);
  }
}

void EmbeddingEndpoint::keep(Run& run, const Batch& batch, EmbeddingReply reply) {
  for (const std::vector<float>& vector : reply.vectors) {
    if (!vector.empty()) check_length(vector.size());
  }
  if (ledger_ != nullptr) ledger_->begin_group();
  for (std::size_t k = 0; k < batch.texts.size(); ++k) {
    const std::size_t i = batch.texts[k];
    if (reply.vectors[k].empty()) {
      refuse(run, i, reply.overflow);
      continue;
    }
    run.vectors[i] = normalized(std::move(reply.vectors[k]));
    if (ledger_ != nullptr) {
      PaidCall call;
      call.content = kept_text(run.vectors[i]);
      ledger_->keep({rules_.url, rules_.model, request_for(run.texts[i])}, call);
    }
    ++run.done;
  }
  if (ledger_ != nullptr) ledger_->end_group();
}

void EmbeddingEndpoint::check_length(std::size_t length) {
  if (dimensions_ == 0) dimensions_ = length;
  if (length == dimensions_) return;
  throw DataError(fmt::format("expected embeddings of {} numbers as before, came {}: is it the same model?",
                              dimensions_, length));
}

}  // namespace assay::embed
