#include "server/replay_judge.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "server/chat_body.h"
#include "server/chat_reply.h"
#include "server/hashed_vector.h"
#include "server/http_server.h"
#include "server/quirks.h"

namespace assay::server {
namespace {

constexpr std::size_t kDimensions = 256;
constexpr const char* kModel = "replay";
constexpr const char* kChat = "/v1/chat/completions";
constexpr const char* kEmbeddings = "/v1/embeddings";
// A client may think for long between two requests.
constexpr std::chrono::minutes kIdle{10};

// Whole, or event by event.
struct Reply {
  Response whole;
  std::vector<std::string> events = {};
  bool reset = false;  // nothing is sent, the connection ends
};

std::chrono::milliseconds clock_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

Reply as_reply(QuirkReply quirk) {
  return {{quirk.status, std::move(quirk.headers), std::move(quirk.body)}, {}, quirk.reset};
}

Reply json_reply(int status, std::string body) {
  return {{status, {{"Content-Type", "application/json"}}, std::move(body)}};
}

Reply complaint(int status, std::string_view message, std::string_view type) {
  return json_reply(status, error_body(message, type));
}

void send(Responder& responder, Reply reply) {
  if (reply.reset) return responder.close();
  if (reply.events.empty()) return responder.reply(std::move(reply.whole));
  responder.begin(reply.whole.status, std::move(reply.whole.headers));
  for (const std::string& event : reply.events) responder.write(event);
  responder.end();
}

void check(const ReplayJudgeOptions& options) {
  const double rates[] = {options.error_rate, options.rate_limit_rate, options.malformed_rate, options.first_rate};
  for (const double rate : rates) {
    if (!(rate >= 0 && rate <= 1)) throw InvalidArgument(fmt::format("a rate must be 0 to 1, came {:g}", rate));
  }
  const double sum = options.error_rate + options.rate_limit_rate + options.malformed_rate;
  if (sum > 1) {
    throw InvalidArgument(
        fmt::format("the rates of errors, limits and malformed replies must sum to 1 at most, "
                    "came {:g}",
                    sum));
  }
  if (options.delay.count() < 0 || options.retry_after.count() < 0) {
    throw InvalidArgument("delays must not be negative");
  }
}

}  // namespace

class ReplayJudge::Impl {
 public:
  Impl(const asking::AnswerBook& book, const ReplayJudgeOptions& options);

  ReplayJudgeOptions options;
  ReplayJudgeCounts counts;
  Quirks quirks;
  HttpServer http;

  Reply answer(const Request& request);

 private:
  HttpServerOptions server_options();
  void handle(const Request& request, Responder responder);
  /// A reply that turns the request away, as often as asked for; `draw` becomes what other faults are drawn with.
  std::optional<Reply> turned_away(double& draw);
  Reply chat(const std::string& body, double draw);
  std::string judgement(const asking::AnswerBook::Entry& entry);
  Reply embeddings(const std::string& body, double draw);
  Reply malformed(const Completion& good, std::uint64_t bits) const;
  std::uint64_t bits(std::uint64_t number, std::uint64_t purpose) const;

  const asking::AnswerBook& book_;
  BodyReader reader_;
  std::unordered_map<std::uint32_t, std::uint32_t> times_asked_;  // of arms
};

namespace {

double share(std::uint64_t bits) { return static_cast<double>(bits >> 11U) * 0x1p-53; }

}  // namespace

ReplayJudge::Impl::Impl(const asking::AnswerBook& book, const ReplayJudgeOptions& wanted)
    : options(wanted),
      quirks(options.quirks),
      http(server_options(),
           [this](const Request& request, Responder responder) { handle(request, std::move(responder)); }),
      book_(book) {}

HttpServerOptions ReplayJudge::Impl::server_options() {
  check(options);
  HttpServerOptions result;
  result.port = options.port;
  result.idle = kIdle;
  result.refuse = [this](int, std::string_view what) {
    ++counts.requests;
    ++counts.unknown;
    return complaint(400, "this is no HTTP request: " + std::string(what), "bad").whole;
  };
  return result;
}

void ReplayJudge::Impl::handle(const Request& request, Responder responder) {
  Reply reply = answer(request);
  if (options.delay.count() == 0) return send(responder, std::move(reply));
  http.after(options.delay, [responder = std::move(responder), reply = std::move(reply)]() mutable {
    send(responder, std::move(reply));
  });
}

std::uint64_t ReplayJudge::Impl::bits(std::uint64_t number, std::uint64_t purpose) const {
  return mix64(mix64(options.seed + purpose * kGoldenGamma) ^ mix64(number + kGoldenGamma));
}

Reply ReplayJudge::Impl::answer(const Request& request) {
  ++counts.requests;
  if (request.method == "GET" && request.target == "/v1/models") return json_reply(200, models_body(kModel));
  const bool to_chat = request.target == kChat;
  if (request.method == "POST" && (to_chat || request.target == kEmbeddings)) {
    double draw = 0;
    if (std::optional<Reply> away = turned_away(draw)) return std::move(*away);
    return to_chat ? chat(request.body, draw) : embeddings(request.body, draw);
  }
  ++counts.unknown;
  return complaint(404, "here are POST /v1/chat/completions, POST /v1/embeddings and GET /v1/models", "bad");
}

std::optional<Reply> ReplayJudge::Impl::turned_away(double& draw) {
  draw = share(bits(counts.requests, 1));
  if (draw < options.rate_limit_rate) {
    ++counts.rate_limited;
    const std::int64_t seconds = options.retry_after.count();
    Reply away = complaint(429, "too many requests", "rate_limit");
    if (seconds > 0) away.whole.headers.emplace_back("Retry-After", std::to_string(seconds));
    return away;
  }
  draw -= options.rate_limit_rate;
  if (draw < options.error_rate) {
    ++counts.errors;
    constexpr int kErrors[] = {500, 502, 503};
    return complaint(kErrors[bits(counts.requests, 2) % 3], "out of order", "server");
  }
  draw -= options.error_rate;
  return std::nullopt;
}

Reply ReplayJudge::Impl::chat(const std::string& body, double draw) {
  const std::uint64_t number = counts.requests;
  const std::optional<ChatBody> asked = reader_.chat(body);
  const std::string* response =
      asked && options.responses != nullptr ? options.responses->find(asked->model, asked->messages) : nullptr;
  const asking::AnswerBook::Entry* entry = asked && response == nullptr ? book_.find(asked->user_message) : nullptr;
  if (entry == nullptr && response == nullptr) {
    ++counts.unknown;
    const char* what = asked && options.responses != nullptr && options.responses->knows(asked->model)
                           ? "no response of this model to this prompt is on record"
                       : asked ? "no recorded judgement answers this prompt (another template, scale or study?)"
                               : "expected a chat request: model, and messages with one of a user";
    return complaint(400, what, "unknown_prompt");
  }
  const std::string content = response != nullptr ? *response : judgement(*entry);
  counts.responses += response != nullptr ? 1 : 0;
  const Completion completion{
      number, asked->model, content, "stop", tokens_of(asked->user_message), tokens_of(content)};
  if (draw < options.malformed_rate) {
    ++counts.malformed;
    return malformed(completion, bits(number, 4));
  }
  const bool stream = options.stream || asked->stream;
  if (quirks.any()) {
    if (std::optional<QuirkReply> instead = quirks.instead(body, asked->user_message, clock_now())) {
      ++counts.quirks;
      return as_reply(std::move(*instead));
    }
    ++counts.answered;
    return as_reply(
        quirks.answer({number, asked->model, content, entry != nullptr && entry->reply == judge::ReplyKind::json,
                       stream, completion.tokens_in, completion.tokens_out}));
  }
  ++counts.answered;
  counts.tokens_in += completion.tokens_in;
  counts.tokens_out += completion.tokens_out;
  if (stream) {
    return {{200, {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-cache"}}},
            completion_events(completion)};
  }
  return json_reply(200, completion_body(completion));
}

std::string ReplayJudge::Impl::judgement(const asking::AnswerBook::Entry& entry) {
  const bool score = entry.kind == judge::PromptKind::score;
  const std::uint32_t nth = score ? times_asked_[entry.row]++ : 0;
  const bool first = !score && share(bits(counts.requests, 3)) < options.first_rate;
  return first ? asking::AnswerBook::reply_for_first(entry) : book_.reply(entry, options.seed, nth);
}

// What judges and what stands before them have been seen to send.
Reply ReplayJudge::Impl::malformed(const Completion& good, std::uint64_t bits) const {
  Completion bad = good;
  const std::string whole = completion_body(good);
  switch (bits % 6) {
    case 0: return json_reply(200, whole.substr(0, whole.size() / 2));
    case 1: return {{200, {{"Content-Type", "text/html"}}, "<html><body>Please sign in</body></html>"}};
    case 2: return json_reply(200, R"({"object":"chat.completion","choices":[]})");
    case 3: bad.content = "The first answer is better. VERDICT: A"; break;  // without the marker
    case 4: bad.content = ""; break;
    default: bad.content = good.content.substr(0, good.content.size() / 2); bad.finish = "length";
  }
  bad.tokens_out = tokens_of(bad.content);
  return json_reply(200, completion_body(bad));
}

Reply ReplayJudge::Impl::embeddings(const std::string& body, double draw) {
  const std::optional<EmbeddingsBody> asked = reader_.embeddings(body);
  if (!asked) {
    ++counts.unknown;
    return complaint(400, "expected a model and an input, texts", "bad");
  }
  if (quirks.any()) {
    if (std::optional<QuirkReply> instead = quirks.instead(asked->inputs, clock_now())) {
      ++counts.quirks;
      return as_reply(std::move(*instead));
    }
  }
  std::vector<std::vector<float>> vectors;
  std::size_t tokens = 0;
  for (const std::string& input : asked->inputs) {
    vectors.push_back(hashed_vector(input, kDimensions));
    tokens += tokens_of(input);
  }
  const std::string whole = embeddings_body(asked->model, vectors, tokens);
  if (draw < options.malformed_rate) {
    ++counts.malformed;
    return json_reply(200, whole.substr(0, whole.size() / 2));
  }
  ++counts.embeddings;
  return json_reply(200, whole);
}

ReplayJudge::ReplayJudge(const asking::AnswerBook& book, const ReplayJudgeOptions& options)
    : impl_(std::make_unique<Impl>(book, options)) {}

ReplayJudge::~ReplayJudge() = default;

std::uint16_t ReplayJudge::port() const { return impl_->http.port(); }

void ReplayJudge::run(bool until_signal) {
  impl_->http.run(until_signal);
  impl_->counts.connections = impl_->http.accepted();
  impl_->counts.tokens_in += impl_->quirks.bill().tokens_in;
  impl_->counts.tokens_out += impl_->quirks.bill().tokens_out;
}

namespace {

using Json = nlohmann::ordered_json;

// Of a line of a batch.
std::string target_of(const Json& asked) {
  const bool told = asked.is_object() && asked.contains("url") && asked["url"].is_string();
  return told ? asked["url"].get<std::string>() : kChat;
}

}  // namespace

bool ReplayJudge::asks_embeddings(const std::string& line) {
  return target_of(Json::parse(line, nullptr, false)) == kEmbeddings;
}

std::string ReplayJudge::answer_batch_line(const std::string& line) {
  const Json asked = Json::parse(line, nullptr, false);
  const bool request = asked.is_object() && asked.contains("custom_id") && asked.contains("body");
  Json reply = {{"id", fmt::format("batch_req_{}", impl_->counts.requests + 1)},
                {"custom_id", request ? asked["custom_id"] : Json()}};
  const Reply answer = impl_->answer({"POST", target_of(asked), {}, request ? asked["body"].dump() : ""});
  const Json body = Json::parse(answer.whole.body, nullptr, false);
  if (answer.reset || !answer.events.empty() || body.is_discarded()) {
    reply["response"] = nullptr;
    reply["error"] = {{"code", "batch_expired"}, {"message", "the request was not answered in time"}};
  } else {
    reply["response"] = {{"status_code", answer.whole.status}, {"request_id", reply["id"]}, {"body", body}};
    reply["error"] = nullptr;
  }
  return reply.dump();
}

void ReplayJudge::stop() { impl_->http.stop(); }

const ReplayJudgeCounts& ReplayJudge::counts() const { return impl_->counts; }

}  // namespace assay::server
