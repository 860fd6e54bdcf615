#include "server/replay_judge.h"

#include <fmt/format.h>

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cmath>
#include <string>
#include <unordered_map>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "server/chat_body.h"
#include "server/chat_reply.h"
#include "server/hashed_vector.h"

namespace assay::server {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kDimensions = 256;
constexpr std::uint64_t kLongestBody = 16U << 20U;
constexpr std::uint32_t kLongestHead = 16U << 10U;
constexpr const char* kModel = "replay";

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

  void accept();
  std::string respond(const http::request<http::string_body>& request);

  asio::io_context io{1};
  tcp::acceptor acceptor{io};
  ReplayJudgeOptions options;
  ReplayJudgeCounts counts;

 private:
  /// A reply that turns the request away, as often as asked for; `draw` becomes what other faults are drawn with.
  std::optional<std::string> turned_away(double& draw);
  std::string chat(const std::string& body, double draw);
  std::string embeddings(const std::string& body, double draw);
  std::string malformed(const Completion& good, std::uint64_t bits) const;
  std::uint64_t bits(std::uint64_t number, std::uint64_t purpose) const;

  const asking::AnswerBook& book_;
  BodyReader reader_;
  asio::steady_timer again_{io};
  std::unordered_map<std::uint32_t, std::uint32_t> times_asked_;  // of arms
};

namespace {

double share(std::uint64_t bits) { return static_cast<double>(bits >> 11U) * 0x1p-53; }

// One connection: requests are answered one after the other.
template <typename Server>
class Session : public std::enable_shared_from_this<Session<Server>> {
 public:
  Session(Server& server, tcp::socket socket)
      : server_(server), socket_(std::move(socket)), timer_(socket_.get_executor()) {}

  void read() {
    parser_.emplace();
    parser_->body_limit(kLongestBody);
    parser_->header_limit(kLongestHead);
    http::async_read_header(socket_, buffer_, *parser_,
                            [self = this->shared_from_this()](error_code error, std::size_t) {
                              if (error) return self->refuse(error);
                              self->read_body();
                            });
  }

 private:
  void read_body() {
    if (boost::beast::iequals(parser_->get()[http::field::expect], "100-continue")) {
      out_ = "HTTP/1.1 100 Continue\r\n\r\n";
      asio::async_write(socket_, asio::buffer(out_),
                        [self = this->shared_from_this()](error_code error, std::size_t) {
                          if (!error) self->read_rest();
                        });
      return;
    }
    read_rest();
  }

  void read_rest() {
    http::async_read(socket_, buffer_, *parser_, [self = this->shared_from_this()](error_code error, std::size_t) {
      if (error) return self->refuse(error);
      self->answer();
    });
  }

  // What is no request, or too long a one, ends the connection; so does the client's leaving.
  void refuse(error_code error) {
    if (error == http::error::end_of_stream ||
        error.category() != http::make_error_code(http::error::partial_message).category()) {
      return close();
    }
    ++server_.counts.requests;
    ++server_.counts.unknown;
    out_ = http_response(400, "application/json", error_body("this is no HTTP request: " + error.message(), "bad"));
    keep_ = false;
    write();
  }

  void answer() {
    keep_ = parser_->get().keep_alive();
    out_ = server_.respond(parser_->get());
    if (server_.options.delay.count() == 0) return write();
    timer_.expires_after(server_.options.delay);
    timer_.async_wait([self = this->shared_from_this()](error_code error) {
      if (!error) self->write();
    });
  }

  void write() {
    asio::async_write(socket_, asio::buffer(out_),
                      [self = this->shared_from_this()](error_code error, std::size_t) {
                        if (error) return;
                        if (self->keep_) return self->read();
                        self->close();
                      });
  }

  void close() {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
  }

  Server& server_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::string out_;
  bool keep_ = true;
};

}  // namespace

ReplayJudge::Impl::Impl(const asking::AnswerBook& book, const ReplayJudgeOptions& wanted)
    : options(wanted), book_(book) {
  check(options);
  try {
    const tcp::endpoint where(asio::ip::address_v4::loopback(), options.port);
    acceptor.open(where.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.bind(where);
    acceptor.listen(4096);
  } catch (const boost::system::system_error& error) {
    throw Error(fmt::format("port {} of 127.0.0.1 can't be listened at: {}", options.port, error.code().message()));
  }
}

void ReplayJudge::Impl::accept() {
  acceptor.async_accept([this](error_code error, tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (error) {  // Out of descriptors, as a rule: some will be given back.
      again_.expires_after(std::chrono::milliseconds(10));
      again_.async_wait([this](error_code stopped) {
        if (!stopped) accept();
      });
      return;
    }
    ++counts.connections;
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    std::make_shared<Session<Impl>>(*this, std::move(socket))->read();
    accept();
  });
}

std::uint64_t ReplayJudge::Impl::bits(std::uint64_t number, std::uint64_t purpose) const {
  return mix64(mix64(options.seed + purpose * kGoldenGamma) ^ mix64(number + kGoldenGamma));
}

std::string ReplayJudge::Impl::respond(const http::request<http::string_body>& request) {
  const auto target = request.target();
  const std::string_view path(target.data(), target.size());
  ++counts.requests;
  if (request.method() == http::verb::get && path == "/v1/models") {
    return http_response(200, "application/json", models_body(kModel));
  }
  const bool to_chat = path == "/v1/chat/completions";
  if (request.method() == http::verb::post && (to_chat || path == "/v1/embeddings")) {
    double draw = 0;
    if (const std::optional<std::string> away = turned_away(draw)) return *away;
    return to_chat ? chat(request.body(), draw) : embeddings(request.body(), draw);
  }
  ++counts.unknown;
  return http_response(
      404, "application/json",
      error_body("here are POST /v1/chat/completions, POST /v1/embeddings and GET /v1/models", "bad"));
}

std::optional<std::string> ReplayJudge::Impl::turned_away(double& draw) {
  draw = share(bits(counts.requests, 1));
  if (draw < options.rate_limit_rate) {
    ++counts.rate_limited;
    const std::int64_t seconds = options.retry_after.count();
    return http_response(429, "application/json", error_body("too many requests", "rate_limit"),
                         seconds > 0 ? fmt::format("Retry-After: {}\r\n", seconds) : "");
  }
  draw -= options.rate_limit_rate;
  if (draw < options.error_rate) {
    ++counts.errors;
    constexpr int kErrors[] = {500, 502, 503};
    return http_response(kErrors[bits(counts.requests, 2) % 3], "application/json",
                         error_body("out of order", "server"));
  }
  draw -= options.error_rate;
  return std::nullopt;
}

std::string ReplayJudge::Impl::chat(const std::string& body, double draw) {
  const std::uint64_t number = counts.requests;
  const std::optional<ChatBody> asked = reader_.chat(body);
  const asking::AnswerBook::Entry* entry = asked ? book_.find(asked->user_message) : nullptr;
  if (entry == nullptr) {
    ++counts.unknown;
    const char* what = asked ? "no recorded judgement answers this prompt (another template, scale or study?)"
                             : "expected a chat request: model, and messages with one of a user";
    return http_response(400, "application/json", error_body(what, "unknown_prompt"));
  }
  const bool score = entry->kind == judge::PromptKind::score;
  const std::uint32_t nth = score ? times_asked_[entry->row]++ : 0;
  const bool first = !score && share(bits(number, 3)) < options.first_rate;
  const std::string content =
      first ? asking::AnswerBook::reply_for_first(*entry) : book_.reply(*entry, options.seed, nth);
  const Completion completion{
      number, asked->model, content, "stop", tokens_of(asked->user_message), tokens_of(content)};
  if (draw < options.malformed_rate) {
    ++counts.malformed;
    return malformed(completion, bits(number, 4));
  }
  ++counts.answered;
  if (options.stream || asked->stream) return completion_stream(completion);
  return http_response(200, "application/json", completion_body(completion));
}

// What judges and what stands before them have been seen to send.
std::string ReplayJudge::Impl::malformed(const Completion& good, std::uint64_t bits) const {
  Completion bad = good;
  const std::string whole = completion_body(good);
  switch (bits % 6) {
    case 0: return http_response(200, "application/json", std::string_view(whole).substr(0, whole.size() / 2));
    case 1: return http_response(200, "text/html", "<html><body>Please sign in</body></html>");
    case 2: return http_response(200, "application/json", R"({"object":"chat.completion","choices":[]})");
    case 3: bad.content = "The first answer is better. VERDICT: A"; break;  // without the marker
    case 4: bad.content = ""; break;
    default: bad.content = good.content.substr(0, good.content.size() / 2); bad.finish = "length";
  }
  bad.tokens_out = tokens_of(bad.content);
  return http_response(200, "application/json", completion_body(bad));
}

std::string ReplayJudge::Impl::embeddings(const std::string& body, double draw) {
  const std::optional<EmbeddingsBody> asked = reader_.embeddings(body);
  if (!asked) {
    ++counts.unknown;
    return http_response(400, "application/json", error_body("expected a model and an input, texts", "bad"));
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
    return http_response(200, "application/json", std::string_view(whole).substr(0, whole.size() / 2));
  }
  ++counts.embeddings;
  return http_response(200, "application/json", whole);
}

ReplayJudge::ReplayJudge(const asking::AnswerBook& book, const ReplayJudgeOptions& options)
    : impl_(std::make_unique<Impl>(book, options)) {}

ReplayJudge::~ReplayJudge() = default;

std::uint16_t ReplayJudge::port() const { return impl_->acceptor.local_endpoint().port(); }

void ReplayJudge::run(bool until_signal) {
  asio::signal_set signals(impl_->io);
  if (until_signal) {
    signals.add(SIGINT);
    signals.add(SIGTERM);
    signals.async_wait([this](error_code error, int) {
      if (!error) impl_->io.stop();
    });
  }
  impl_->accept();
  impl_->io.run();
}

void ReplayJudge::stop() { impl_->io.stop(); }

const ReplayJudgeCounts& ReplayJudge::counts() const { return impl_->counts; }

}  // namespace assay::server
