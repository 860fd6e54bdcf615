#include "gateway/proxy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "assay/http/retry_after.h"
#include "gateway/upstream_request.h"
#include "server/access_token.h"
#include "server/chat_reply.h"

namespace assay::gateway {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kHeldBytes = 1U << 20U;  // of a reply that is looked at before it goes on
constexpr std::size_t kBeginBytes = 4096;      // of a body, by which a stream is known

// Another model, or the same a little later, may answer what this one did not.
bool may_pass(int status) {
  return status == 401 || status == 402 || status == 403 || status == 404 || status == 408 || status == 409 ||
         status == 425 || status == 429 || status >= 500;
}

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

std::string next_id() {
  static const std::string kProcess = server::random_token().substr(0, 16);
  static std::uint64_t count = 0;
  return fmt::format("{}-{:x}", kProcess, ++count);
}

class Proxied : public server::ReplyReceiver, public std::enable_shared_from_this<Proxied> {
 public:
  Proxied(ProxyShared& shared, ProxyRequest asked, server::Responder responder)
      : shared_(shared), asked_(std::move(asked)), responder_(std::move(responder)), tried_(asked_.order.size()) {
    ++shared_.under_way;
  }
  ~Proxied() override { --shared_.under_way; }
  Proxied(const Proxied&) = delete;
  Proxied& operator=(const Proxied&) = delete;

  void start();
  void head(server::IncomingHead head) override;
  void piece(std::string_view bytes) override;
  void end() override;
  void failed(const server::CallFailure& failure) override;

 private:
  // What of the reply is looked at before it goes on: all of it, its events, or nothing.
  enum class Look : std::uint8_t { whole, events, nothing, ignored };

  struct Failure {
    Attempt how = Attempt::error;
    int status = 502;
    std::string what = {};
    milliseconds wait{0};  // that the model asks for
  };

  const Configuration& configuration() const { return *asked_.serving->configuration; }
  const Upstream& upstream() const { return configuration().models[asked_.order[at_]]; }
  ServedModel& model() const { return *asked_.serving->models[asked_.order[at_]]; }
  std::optional<std::size_t> next() const;
  void ask_next();
  void ask();
  void count(Attempt how, milliseconds wait = milliseconds(0));
  Failure said() const;
  bool once_more(const Failure& failure) const;
  bool hides(const Failure& failure) const;
  void again_or_next(const Failure& failure);
  bool other_left() const;
  void give_up(const Failure& failure);
  server::Headers own_headers() const;
  void no_answer(const FailedReply& reply, const std::string& what);
  void ignored_enough();
  void whole_reply();
  void take_events();
  bool events_go_on(bool ended);
  void begin(std::optional<std::uint64_t> length);
  void pass_on(std::string_view bytes);
  void passed(int status, Attempt how);
  void finish(int status);
  void gone();

  ProxyShared& shared_;
  ProxyRequest asked_;
  server::Responder responder_;
  server::HttpCall call_;
  std::vector<bool> tried_;
  std::vector<std::string> failures_;        // of those that were tried, in words
  std::size_t at_ = 0;                       // in the order
  std::size_t attempts_ = 0;                 // of that model before this one
  std::shared_ptr<const std::string> body_;  // as this model gets it
  Clock::time_point began_ = Clock::now();
  Clock::time_point sent_ = began_;
  server::IncomingHead head_;
  Look look_ = Look::nothing;
  std::string held_;
  std::string early_;  // events before the first with an answer
  IgnoredBody ignored_;
  std::optional<ReplyStream> events_;
  std::optional<Tokens> tokens_;
  std::optional<double> first_byte_;
  std::string id_;
  bool replying_ = false;  // the reply to the client has begun
  bool asking_ = false;    // an attempt is under way
  bool over_ = false;
};

void Proxied::start() {
  if (asked_.profile != nullptr) id_ = next_id();
  responder_.on_gone([weak = weak_from_this()] {
    if (const std::shared_ptr<Proxied> self = weak.lock()) self->gone();
  });
  ask_next();
}

// The first that was not asked and may be; else, where there are several, one whose circuit is open.
std::optional<std::size_t> Proxied::next() const {
  const Clock::time_point now = Clock::now();
  for (std::size_t i = 0; i < tried_.size(); ++i) {
    if (!tried_[i] && asked_.serving->models[asked_.order[i]]->breaker.allows(now)) return i;
  }
  const auto left = std::find(tried_.begin(), tried_.end(), false);
  if (tried_.size() == 1 || left == tried_.end()) return std::nullopt;
  return static_cast<std::size_t>(left - tried_.begin());
}

void Proxied::ask_next() {
  const std::optional<std::size_t> found = next();
  if (found) {
    at_ = *found;
    tried_[at_] = true;
    attempts_ = 0;
    body_ = nullptr;
    return ask();
  }
  const milliseconds wait = std::max(model().breaker.wait(Clock::now()), milliseconds(1));
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  const int status = model().limited ? 429 : 503;
  server::Headers headers = own_headers();
  headers.emplace_back("Retry-After", std::to_string(seconds));
  responder_.reply(
      error_reply(status, fmt::format("{} failed again and again, and is left alone for a while", upstream().name),
                  std::move(headers)));
  at_ = kNone;
  finish(status);
}

void Proxied::ask() {
  asking_ = true;
  if (body_ == nullptr) {
    const bool ask_usage =
        asked_.read.stream && !asked_.read.usage_asked && asked_.operation != Operation::embeddings;
    body_ = std::make_shared<const std::string>(
        rewritten(asked_.request.body, asked_.read, upstream().model, ask_usage));
  }
  look_ = Look::nothing;
  held_.clear();
  early_.clear();
  events_.reset();
  sent_ = Clock::now();
  call_ = model().client.send(upstream_request(asked_.request, upstream(), asked_.operation, body_),
                              shared_from_this());
}

void Proxied::count(Attempt how, milliseconds wait) {
  asking_ = false;
  ignored_.stop();
  count_attempt(shared_.metrics, shared_.note, upstream(), model(),
                {.how = how, .began = sent_, .wait = wait, .status = head_.status});
}

bool Proxied::other_left() const { return std::find(tried_.begin(), tried_.end(), false) != tried_.end(); }

// Not of a model that was slow, or will say the same again; of one that wants to be left alone only if it is the
// last.
bool Proxied::once_more(const Failure& failure) const {
  if (attempts_ >= configuration().retries || failure.how == Attempt::timeout || failure.how == Attempt::refused) {
    return false;
  }
  if (model().breaker.open() && other_left()) return false;
  if (failure.how != Attempt::limited && failure.wait.count() == 0) return true;
  return !other_left() && failure.wait <= kLongestWait;
}

// What a reply says by its status.
Proxied::Failure Proxied::said() const {
  return {.how = attempt_of(head_.status),
          .status = head_.status,
          .what = fmt::format("it says {}", head_.status),
          .wait = http::retry_after(head_.retry_after)};
}

// Whether the client does not see such a reply, as another may follow.
bool Proxied::hides(const Failure& failure) const {
  return may_pass(failure.status) && (other_left() || once_more(failure));
}

void Proxied::again_or_next(const Failure& failure) {
  if (!once_more(failure)) {
    failures_.push_back(upstream().name + ": " + failure.what);
    if (other_left()) return ask_next();
    return give_up(failure);
  }
  const milliseconds wait = wait_before_retry(attempts_++, failure.wait);
  shared_.server.after(wait, [self = shared_from_this()] {
    if (!self->over_) self->ask();
  });
}

// Nobody answers: the client is told why of each, and the status of the last.
void Proxied::give_up(const Failure& failure) {
  responder_.reply(error_reply(failure.status, fmt::format("{}", fmt::join(failures_, "; ")), own_headers()));
  at_ = kNone;
  finish(failure.status);
}

// Of a reply that is no model's.
server::Headers Proxied::own_headers() const {
  if (asked_.profile == nullptr) return {};
  return {{"x-assay-profile", asked_.profile->name}, {"x-assay-id", id_}};
}

void Proxied::head(server::IncomingHead head) {
  head_ = std::move(head);
  if (head_.status >= 300) {
    // What ends with this reply is counted when it has ended.
    if (!hides(said())) return begin(head_.length);
    look_ = Look::ignored;
    ignored_.begin(shared_.server, [weak = weak_from_this()] {
      if (const std::shared_ptr<Proxied> self = weak.lock()) self->ignored_enough();
    });
    return;
  }
  if (head_.encoded) return begin(head_.length);
  if (is_event_stream(head_.content_type)) {
    take_events();
  } else if (head_.length.value_or(0) <= kHeldBytes) {
    look_ = Look::whole;
  } else {
    begin(head_.length);
  }
}

// A stream, whether the client is known to have asked for one or not.
void Proxied::take_events() {
  look_ = Look::events;
  events_.emplace(shared_.reader, asked_.read.stream && !asked_.read.usage_asked);
}

// An error's body that hangs, or comes drop by drop.
void Proxied::ignored_enough() {
  call_.cancel();
  end();
}

void Proxied::piece(std::string_view bytes) {
  switch (look_) {
    case Look::ignored: return ignored_.piece(bytes);
    case Look::whole:
      held_ += bytes;
      if (held_.size() - bytes.size() < kBeginBytes && begins_as_stream(held_)) {
        take_events();
        const std::string begun = std::exchange(held_, {});
        return piece(begun);
      }
      if (held_.size() <= kHeldBytes) return;
      look_ = Look::nothing;
      begin(head_.length);
      return pass_on(std::exchange(held_, {}));
    case Look::events:
      held_.clear();
      events_->take(bytes, held_);
      if (events_go_on(false)) pass_on(held_);
      return;
    case Look::nothing: return pass_on(bytes);
  }
}

void Proxied::end() {
  if (look_ == Look::ignored) {
    const Failure failure = said();
    count(failure.how, failure.wait);
    return again_or_next(failure);
  }
  if (look_ == Look::whole) return whole_reply();
  if (look_ == Look::events) {
    held_.clear();
    events_->end(held_);
    if (!events_go_on(true)) return;
    pass_on(held_);
    tokens_ = events_->tokens();
    if (const std::optional<FailedReply>& failure = events_->failure()) {
      return passed(failure->status == 0 ? 502 : failure->status, attempt_of(*failure));
    }
  }
  passed(head_.status, attempt_of(head_.status));
}

// All of a reply that is no stream is here.
void Proxied::whole_reply() {
  const ReplyFacts facts = shared_.reader.read(held_);
  if (!facts.has_answer) {
    return no_answer({status_told(held_), held_},
                     facts.is_error ? "its reply is an error" : "its reply is no answer");
  }
  tokens_ = facts.tokens;
  begin(held_.size());
  pass_on(held_);
  passed(head_.status, attempt_of(head_.status));
}

// Whether what is held goes on to the client. Until there is an answer it waits, and the model can still fail.
bool Proxied::events_go_on(bool ended) {
  if (replying_) return true;
  if (events_->fails_at_once()) {
    call_.cancel();
    no_answer(*events_->failure(), "its stream is an error, or no answer");
    return false;
  }
  early_ += held_;
  if (!events_->answers() && early_.size() <= kHeldBytes) {
    if (!ended) return false;
    if (begins_as_stream(early_)) {
      no_answer({}, "its stream has no answer");
    } else {
      // JSON that is called a stream.
      held_ = std::exchange(early_, {});
      events_.reset();
      whole_reply();
    }
    return false;
  }
  begin(std::nullopt);
  held_ = std::exchange(early_, {});
  return true;
}

void Proxied::failed(const server::CallFailure& failure) {
  if (failure.kind == server::CallFailure::Kind::busy) {
    asking_ = false;
    count_attempt(shared_.metrics, shared_.note, upstream(), model(),
                  {.how = Attempt::connect, .busy = true, .began = sent_});
    return again_or_next({.how = Attempt::timeout, .status = 503, .what = failure.what});
  }
  const Attempt how = attempt_of(failure.kind);
  count(how);
  if (!replying_) {
    return again_or_next({.how = how, .status = how == Attempt::timeout ? 504 : 502, .what = failure.what});
  }
  if (events_) {
    tokens_ = events_->tokens();
    responder_.write("data: " + server::error_body(upstream().name + ": " + failure.what, "upstream_error") +
                     "\n\n");
  }
  responder_ = server::Responder(nullptr);  // ends without an end
  finish(502);
}

// A reply came, but nothing that helps the client. If it tells a status, all goes on as if it had come with it.
void Proxied::no_answer(const FailedReply& reply, const std::string& what) {
  if (reply.status == 0) {
    count(Attempt::broken);
    return again_or_next({.how = Attempt::broken, .status = 502, .what = what});
  }
  head_.status = reply.status;
  const Failure failure = said();
  if (hides(failure)) {
    count(failure.how, failure.wait);
    return again_or_next(failure);
  }
  drop_headers(head_.fields, "content-type:");
  head_.fields += "Content-Type: application/json\r\n";
  begin(reply.data.size());
  pass_on(reply.data);
  passed(reply.status, failure.how);
}

void Proxied::begin(std::optional<std::uint64_t> length) {
  replying_ = true;
  if (asked_.read.stream || events_) first_byte_ = seconds_since(began_);
  drop_headers(head_.fields, kOwnHeaders);
  server::ReplyHead reply{.status = head_.status, .fields = std::move(head_.fields), .length = length};
  if (asked_.profile != nullptr) {
    reply.headers = decision_headers(asked_.decision, *asked_.profile, configuration(), at_);
    reply.headers.emplace_back("x-assay-id", id_);
  } else {
    reply.headers.emplace_back("x-assay-model", header_text(upstream().name));
  }
  responder_.begin(std::move(reply));
}

void Proxied::pass_on(std::string_view bytes) {
  responder_.write(bytes);
  const std::uint64_t most = configuration().limits.unsent_bytes;
  if (responder_.unsent() <= most) return;
  call_.pause();
  responder_.when_unsent(most / 2, [weak = weak_from_this()] {
    if (const std::shared_ptr<Proxied> self = weak.lock()) self->call_.resume();
  });
}

// All of a reply.
void Proxied::passed(int status, Attempt how) {
  count(how, http::retry_after(head_.retry_after));
  responder_.end();
  finish(status);
}

void Proxied::finish(int status) {
  over_ = true;
  const bool answered = at_ != kNone && replying_;
  const bool good = status < 400;
  shared_.metrics.served({.operation = asked_.operation,
                          .profile = asked_.profile ? std::string_view(asked_.profile->name) : std::string_view(),
                          .asked = configuration().models[asked_.order.front()].name,
                          .model = answered ? std::string_view(upstream().name) : std::string_view(),
                          .status = status,
                          .seconds = seconds_since(began_),
                          .first_byte = first_byte_,
                          .tokens = tokens_});
  if (asked_.profile == nullptr || shared_.log == nullptr) return;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const bool written = shared_.log->write({.id = id_,
                                           .time = std::chrono::duration_cast<std::chrono::seconds>(now).count(),
                                           .answered = answered && good ? at_ : kNone,
                                           .failed = answered && !good ? at_ : kNone,
                                           .status = status,
                                           .seconds = seconds_since(began_),
                                           .tokens = tokens_,
                                           .text = asked_.read.text,
                                           .embedding = asked_.serving->decider->embedding()},
                                          asked_.decision, *asked_.profile, configuration());
  if (!written) shared_.metrics.log_failed();
}

void Proxied::gone() {
  if (over_) return;
  const std::shared_ptr<Proxied> self = shared_from_this();
  call_.cancel();
  if (asking_) count(Attempt::cancelled);
  if (events_) tokens_ = events_->tokens();
  finish(499);
}

}  // namespace

server::Response error_reply(int status, std::string_view message, server::Headers headers) {
  const std::string_view type = status == 401   ? "authentication_error"
                                : status == 429 ? "rate_limit_error"
                                : status < 500  ? "invalid_request_error"
                                                : "upstream_error";
  headers.emplace_back("Content-Type", "application/json");
  return {status, std::move(headers), server::error_body(message, type) + "\n"};
}

void proxy(ProxyShared& shared, ProxyRequest request, server::Responder responder) {
  std::make_shared<Proxied>(shared, std::move(request), std::move(responder))->start();
}

}  // namespace assay::gateway
