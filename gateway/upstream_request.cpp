#include "gateway/upstream_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace assay::gateway {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kIgnoredBytes = 65'536;
constexpr milliseconds kIgnoredFor{1'000};
constexpr milliseconds kRetryAfter{50};
constexpr std::chrono::minutes kBetweenNotes{1};

using server::same_name;

// Of the connection to the client, of how its body was sent, or keys to this gateway. No encoding that the
// client accepts is asked for, as replies are read on their way.
bool stays_here(std::string_view name) {
  constexpr std::array<std::string_view, 22> kNames = {"host",
                                                       "connection",
                                                       "keep-alive",
                                                       "proxy-connection",
                                                       "proxy-authorization",
                                                       "te",
                                                       "trailer",
                                                       "upgrade",
                                                       "transfer-encoding",
                                                       "content-length",
                                                       "expect",
                                                       "cookie",
                                                       "authorization",
                                                       "api-key",
                                                       "x-api-key",
                                                       "forwarded",
                                                       "accept-encoding",
                                                       "http2-settings",
                                                       "proxy-authenticate",
                                                       "x-goog-api-key",
                                                       "ocp-apim-subscription-key",
                                                       "x-auth-token"};
  return std::any_of(kNames.begin(), kNames.end(), [&](std::string_view one) { return same_name(one, name); });
}

// Whether a header's list of words has `word`.
bool lists(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view one = list.substr(0, comma);
    while (one.starts_with(' ') || one.starts_with('\t')) one.remove_prefix(1);
    while (one.ends_with(' ') || one.ends_with('\t')) one.remove_suffix(1);
    if (same_name(one, word)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

const std::string& target_of(const Upstream& upstream, Operation operation) {
  if (operation == Operation::embeddings) return upstream.embeddings_target;
  return operation == Operation::chat ? upstream.chat_target : upstream.completions_target;
}

}  // namespace

server::OutgoingRequest upstream_request(const server::Request& client, const Upstream& to, Operation operation,
                                         std::shared_ptr<const std::string> body) {
  std::string head;
  head.reserve(512);
  head.append("POST ").append(target_of(to, operation)).append(" HTTP/1.1\r\nHost: ");
  head.append(to.address.authority).append("\r\n");
  const std::string_view named = client.header("connection");
  for (const auto& [name, value] : client.headers) {
    const auto replaced = [&name = name](const auto& own) { return same_name(own.first, name); };
    if (stays_here(name) || (!named.empty() && lists(named, name)) ||
        std::any_of(to.headers.begin(), to.headers.end(), replaced)) {
      continue;
    }
    head.append(name).append(": ").append(value).append("\r\n");
  }
  for (const auto& [name, value] : to.headers) head.append(name).append(": ").append(value).append("\r\n");
  const auto of_encoding = [](const auto& own) { return same_name(own.first, "accept-encoding"); };
  if (std::none_of(to.headers.begin(), to.headers.end(), of_encoding)) {
    head.append("Accept-Encoding: identity\r\n");
  }
  const fmt::format_int digits(body->size());
  head.append("Content-Length: ").append(digits.data(), digits.size()).append("\r\n\r\n");
  return {.head = std::move(head),
          .body = std::move(body),
          .connect = to.times.connect,
          .first_byte = to.times.first_byte,
          .between_bytes = to.times.between_bytes};
}

bool is_event_stream(std::string_view content_type) {
  constexpr std::string_view kEventStream = "text/event-stream";
  const std::string_view rest = content_type.substr(std::min(kEventStream.size(), content_type.size()));
  return same_name(content_type.substr(0, kEventStream.size()), kEventStream) &&
         (rest.empty() || rest.front() == ';' || rest.front() == ' ' || rest.front() == '\t');
}

void drop_headers(std::string& fields, std::string_view beginning) {
  std::string kept;
  for (std::size_t at = 0; at < fields.size();) {
    const std::size_t end = std::min(fields.find("\r\n", at), fields.size() - 2) + 2;
    const std::string_view line = std::string_view(fields).substr(at, end - at);
    if (!same_name(line.substr(0, beginning.size()), beginning)) kept += line;
    at = end;
  }
  fields = std::move(kept);
}

Attempt attempt_of(int status) {
  if (status < 400) return Attempt::ok;
  if (status == 429) return Attempt::limited;
  const bool passes = status == 408 || status == 409 || status == 425;
  return passes || status >= 500 ? Attempt::error : Attempt::refused;
}

Attempt attempt_of(const FailedReply& reply) {
  return reply.status == 0 ? Attempt::broken : attempt_of(reply.status);
}

Attempt attempt_of(server::CallFailure::Kind kind) {
  using Kind = server::CallFailure::Kind;
  if (kind == Kind::connect) return Attempt::connect;
  return kind == Kind::late ? Attempt::timeout : Attempt::broken;
}

milliseconds wait_before_retry(std::size_t attempts, milliseconds wanted) {
  return std::max(wanted, kRetryAfter * (1 << (2 * std::min<std::size_t>(attempts, 4))));
}

void IgnoredBody::begin(server::HttpServer& server, std::function<void()> enough) {
  bytes_ = 0;
  enough_ = std::make_shared<const std::function<void()>>(std::move(enough));
  server.after(kIgnoredFor, [weak = std::weak_ptr(enough_)] {
    if (const auto told = weak.lock()) (*told)();
  });
}

void IgnoredBody::piece(std::string_view bytes) {
  bytes_ += bytes.size();
  const auto told = enough_;  // it may end this object
  if (bytes_ > kIgnoredBytes && told) (*told)();
}

std::string cause_of(const EndedAttempt& attempt) {
  switch (attempt.how) {
    case Attempt::refused:
    case Attempt::limited:
    case Attempt::error: return fmt::format("it says {}", attempt.status);
    case Attempt::connect: return "no connection";
    case Attempt::timeout: return "too slow";
    default: return "its replies are no answers, or break off";
  }
}

namespace {

// Whether it is time for another note of a kind.
bool may_note(std::optional<CircuitBreaker::Time>& last) {
  const auto now = std::chrono::steady_clock::now();
  if (last && now - *last < kBetweenNotes) return false;
  last = now;
  return true;
}

void note_attempt(const Note& note, const Upstream& upstream, ServedModel& model, const EndedAttempt& attempt,
                  bool was_open) {
  if (attempt.how == Attempt::ok && std::exchange(model.said_open, false)) note(upstream.name + " answers again");
  if (model.breaker.open() && !was_open && may_note(model.noted_opening)) {
    model.said_open = true;
    note(fmt::format("{}: {}, so it is left alone for a while", upstream.name, cause_of(attempt)));
  }
  const bool refuses = attempt.how == Attempt::refused && attempt.status >= 401 && attempt.status <= 404;
  if (!refuses || !may_note(model.noted_refusal)) return;
  const std::string_view doubt = attempt.status == 404   ? "; is its `url` right, and its `model`?"
                                 : attempt.status == 402 ? ""
                                                         : "; is its key right?";
  note(fmt::format("{}: {}{}", upstream.name, cause_of(attempt), doubt));
}

}  // namespace

void count_attempt(Metrics& metrics, const Note& note, const Upstream& upstream, ServedModel& model,
                   const EndedAttempt& attempt) {
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - attempt.began;
  metrics.attempted(upstream.name, attempt.how, took.count());
  if (attempt.busy) return model.breaker.unknown();
  const bool was_open = model.breaker.open();
  model.limited = attempt.how == Attempt::limited;
  if (attempt.how == Attempt::cancelled) {
    model.breaker.unknown();
  } else if (attempt.how == Attempt::ok || attempt.how == Attempt::refused) {
    model.breaker.succeeded();
  } else {
    model.breaker.failed(std::chrono::steady_clock::now(), attempt.wait);
  }
  if (model.breaker.open() != was_open) metrics.breaker(upstream.name, model.breaker.open());
  if (note) note_attempt(note, upstream, model, attempt, was_open);
}

}  // namespace assay::gateway
