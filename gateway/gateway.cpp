#include "gateway/gateway.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "assay/core/error.h"
#include "assay/store/name_list.h"
#include "gateway/chat_request.h"
#include "gateway/decision_log.h"
#include "gateway/metrics.h"
#include "gateway/proxy.h"
#include "gateway/reply_reader.h"
#include "gateway/vote.h"
#include "server/access_token.h"
#include "server/http_server.h"
#include "server/task_thread.h"

namespace assay::gateway {
namespace {

using server::Request;
using server::Responder;
using server::Response;

// A piece that comes in one read, and a reply that is passed on as a whole, may come on top of what is allowed.
constexpr std::uint64_t kMoreUnsent = 8U << 20U;

Response json_reply(std::string body) { return {200, {{"Content-Type", "application/json"}}, std::move(body)}; }

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  const char small = static_cast<char>(digit | 0x20);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

// "%2F" as "/" and so on; what is no such code stays.
std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool code =
        text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
    decoded += code ? static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])) : text[i];
    if (code) i += 2;
  }
  return decoded;
}

std::optional<Operation> operation_of(std::string_view path) {
  if (path == "/v1/chat/completions") return Operation::chat;
  if (path == "/v1/completions") return Operation::text_completion;
  if (path == "/v1/embeddings") return Operation::embeddings;
  return std::nullopt;
}

// What names a model to a client, in any text.
std::string model_listing(const std::string& id) {
  const nlohmann::json model = {{"id", id}, {"object", "model"}, {"created", 0}, {"owned_by", "assay"}};
  return model.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

server::HttpServerOptions server_options(const GatewayOptions& options, const Limits& limits) {
  server::HttpServerOptions wanted;
  wanted.address = options.address;
  wanted.port = options.port;
  wanted.header_bytes = limits.header_bytes;
  wanted.body_bytes = limits.body_bytes;
  wanted.unsent_bytes = limits.unsent_bytes + kMoreUnsent;
  wanted.connections = limits.connections;
  wanted.idle = limits.idle;
  wanted.grace = limits.grace;
  wanted.refuse = [](int status, std::string_view what) { return error_reply(status, what); };
  return wanted;
}

// Why not so many clients can be served at once; empty if they can.
std::string too_many_connections(const Limits& limits) {
  rlimit open{};
  if (getrlimit(RLIMIT_NOFILE, &open) != 0 || open.rlim_cur == RLIM_INFINITY ||
      limits.connections < open.rlim_cur) {
    return {};
  }
  return fmt::format("\"connections\" is {}, but the system lets this process have {} files and connections open",
                     limits.connections, open.rlim_cur);
}

}  // namespace

class Gateway::Impl {
 public:
  explicit Impl(GatewayOptions options) : Impl(std::move(options), nullptr) {}

  server::HttpServer& server() { return server_; }
  void run(bool signals) {
    note_connections();
    note_routing();
    if (configuration().client_key.empty() && !options_.address.starts_with("127.") && options_.address != "::1") {
      note("clients need no key: whoever reaches " + options_.address + " can use the models' keys");
    }
    server_.run(signals);
  }
  void reload();

 private:
  Impl(GatewayOptions options, std::nullptr_t)
      : options_(std::move(options)),
        files_(read_serving_files(options_.places)),
        server_(
            server_options(options_, files_.configuration->limits),
            [this](Request&& request, Responder responder) { handle(std::move(request), std::move(responder)); }) {
    if (!options_.log.empty()) log_.emplace(options_.log, LogOptions{options_.log_prompts, options_.log_vectors});
    if (log_) shared_.log = &*log_;
    shared_.note = options_.note;
    serve(std::move(files_));
    most_unsent_ = configuration().limits.unsent_bytes + kMoreUnsent;
    server_.on_hangup([this] { reload(); });
  }

  void serve(ServingFiles files);
  void take_limits();
  void note_connections() const {
    const std::string wrong = too_many_connections(configuration().limits);
    if (!wrong.empty()) note(wrong);
  }
  void note_routing() const {
    if (serving_->decider == nullptr) {
      if (configuration().has_profiles) {
        note("\"profiles\" are not served without a router: `assay route fit` makes one");
      }
      return;
    }
    for (const std::string& text : serving_->decider->notes()) note(text);
  }
  void reloaded(const ServingFiles& files, const std::string& error);
  void handle(Request&& request, Responder responder);
  std::optional<Response> refusal(const Request& request) const;
  std::optional<Response> answer(Operation operation, Request&& request, Responder& responder);
  void refuse(Operation operation, Response response, Responder& responder);
  Response explain(const Request& request);
  std::vector<std::string> model_names() const;
  Response models(std::string_view path) const;
  Response no_model(std::string_view name) const;
  Response metrics() const;
  void note(std::string_view text) const {
    if (options_.note) options_.note(text);
  }
  const Configuration& configuration() const { return *serving_->configuration; }

  GatewayOptions options_;
  ServingFiles files_;  // until they are served
  // The server's last requests end with it, and use these.
  Metrics metrics_;
  ReplyReader replies_;
  ChatRequestReader requests_;
  std::optional<DecisionLog> log_;
  ProxyShared shared_{server_, metrics_, replies_};
  server::HttpServer server_;
  std::shared_ptr<const Serving> serving_;
  std::uint64_t most_unsent_ = 0;  // that the server ever allowed
  bool reloading_ = false;
  bool again_ = false;         // it was asked for once more meanwhile
  server::TaskThread reader_;  // last: it uses the above
};

void Gateway::Impl::serve(ServingFiles files) {
  serving_ = make_serving(server_, std::move(files), serving_.get());
  metrics_.allow(configuration());
}

// Requests that began before keep their own share of unsent bytes, for which the server must leave room.
void Gateway::Impl::take_limits() {
  server::HttpServerOptions wanted = server_options(options_, configuration().limits);
  most_unsent_ = wanted.unsent_bytes = std::max(wanted.unsent_bytes, most_unsent_);
  server_.change_limits(wanted);
}

// In the loop. The files are read elsewhere, which may take its time; requests go on meanwhile.
void Gateway::Impl::reload() {
  if (std::exchange(reloading_, true)) {
    again_ = true;
    return;
  }
  reader_.post([this] {
    ServingFiles files;
    std::string error;
    try {
      files = read_serving_files(options_.places);
    } catch (const std::exception& wrong) {
      error = wrong.what();
    }
    server_.post([this, files = std::move(files), error = std::move(error)] { reloaded(files, error); });
  });
}

void Gateway::Impl::reloaded(const ServingFiles& files, const std::string& error) {
  std::string wrong = error;
  const std::size_t connections = configuration().limits.connections;
  try {
    if (wrong.empty()) {
      serve(files);
      take_limits();
    }
  } catch (const Error& failed) {
    wrong = failed.what();
  }
  if (log_ && !log_->reopen()) note("the log can't be opened anew; lines go to the old one");
  metrics_.reloaded(wrong.empty());
  if (configuration().limits.connections != connections) note_connections();
  note(wrong.empty() ? "configuration and router are read anew" : "all stays as it was: " + wrong);
  if (wrong.empty()) note_routing();
  reloading_ = false;
  if (std::exchange(again_, false)) reload();
}

void Gateway::Impl::handle(Request&& request, Responder responder) {
  const std::string_view path = path_of(request.target);
  const bool get = request.method == "GET" || request.method == "HEAD";
  if (path == "/health" && get) return responder.reply(json_reply("{\"status\":\"ok\"}\n"));
  if (std::optional<Response> refused = refusal(request)) return responder.reply(std::move(*refused));
  const std::optional<Operation> operation = operation_of(path);
  const bool post = operation || path == "/v1/route";
  const bool known =
      post || path == "/metrics" || path == "/health" || path == "/v1/models" || path.starts_with("/v1/models/");
  if (!known) {
    return responder.reply(
        error_reply(404,
                    "there is nothing at this path; there are /v1/chat/completions, "
                    "/v1/completions, /v1/embeddings, /v1/models, /v1/route, /metrics and /health"));
  }
  if (post ? request.method != "POST" : !get) {
    return responder.reply(error_reply(405, post ? "expected the method POST" : "expected the method GET",
                                       {{"Allow", post ? "POST" : "GET, HEAD"}}));
  }
  if (path == "/metrics") return responder.reply(metrics());
  if (!post) return responder.reply(models(path));
  try {
    if (!operation) return responder.reply(explain(request));
    if (std::optional<Response> refused = answer(*operation, std::move(request), responder)) {
      refuse(*operation, std::move(*refused), responder);
    }
  } catch (const InvalidArgument& wrong) {
    Response refused = error_reply(400, wrong.what());
    if (!operation) return responder.reply(std::move(refused));
    refuse(*operation, std::move(refused), responder);
  }
}

// What is asked for is not to be had.
void Gateway::Impl::refuse(Operation operation, Response response, Responder& responder) {
  metrics_.served({.operation = operation, .asked = "?", .status = response.status});
  responder.reply(std::move(response));
}

// Whoever has no key, where one is wanted; and pages in a browser, which can reach this machine from anywhere.
std::optional<Response> Gateway::Impl::refusal(const Request& request) const {
  const std::string& key = configuration().client_key;
  if (key.empty()) {
    if (request.header("origin").empty()) return std::nullopt;
    return error_reply(403, "pages in a browser are served only where clients show a key");
  }
  constexpr std::string_view kBearer = "bearer ";
  std::string_view shown = request.header("authorization");
  if (server::same_name(shown.substr(0, kBearer.size()), kBearer)) {
    shown.remove_prefix(std::min(shown.find_first_not_of(' ', kBearer.size()), shown.size()));
    if (server::same_token(shown, key)) return std::nullopt;
  }
  return error_reply(401, "expected the key of this gateway as Authorization: Bearer KEY",
                     {{"WWW-Authenticate", "Bearer"}});
}

// Passes it on to who answers; or returns why not.
std::optional<Response> Gateway::Impl::answer(Operation operation, Request&& request, Responder& responder) {
  ProxyRequest asked{.operation = operation, .read = requests_.read(request.body), .serving = serving_};
  if (serving_->ensemble != nullptr && is_vote(asked.read.model)) {
    if (operation != Operation::chat) {
      return error_reply(400, "an ensemble answers chats alone: expected the name of a model");
    }
    asked.read = requests_.read(request.body, std::max(request.body.size(), kMostRoutedText));
    asked.request = std::move(request);
    vote(shared_, std::move(asked), responder);
    return std::nullopt;
  }
  if (asked.read.model.starts_with(kProfilePrefix)) {
    asked.profile = configuration().profile_of(asked.read.model);
    if (asked.profile == nullptr || serving_->decider == nullptr) {
      return no_model(asked.read.model);
    }
    if (operation == Operation::embeddings) {
      return error_reply(400, "embeddings are not routed: expected the name of a model");
    }
    const auto began = std::chrono::steady_clock::now();
    asked.decision =
        serving_->decider->decide(*asked.profile, asked.read.text, log_.has_value() && log_->has_vectors());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    for (const Decision::Choice& choice : asked.decision.order) asked.order.push_back(choice.model);
    metrics_.decided(asked.profile->name, configuration().models[asked.order.front()].name, asked.decision.routed,
                     took.count());
  } else {
    const std::size_t model = configuration().model_of(asked.read.model);
    if (model == kNone) return no_model(asked.read.model);
    asked.order.push_back(model);
    const std::vector<std::size_t>& fallbacks = configuration().models[model].fallbacks;
    asked.order.insert(asked.order.end(), fallbacks.begin(), fallbacks.end());
  }
  asked.request = std::move(request);
  proxy(shared_, std::move(asked), std::move(responder));
  return std::nullopt;
}

Response Gateway::Impl::explain(const Request& request) {
  const ChatRequest read = requests_.read(request.body);
  if (serving_->ensemble != nullptr && is_vote(read.model)) {
    return json_reply(vote_route_reply(*serving_->ensemble, read.model, configuration()));
  }
  const Profile* profile = configuration().profile_of(read.model);
  if (profile == nullptr || serving_->decider == nullptr) {
    if (configuration().model_of(read.model) == kNone) return no_model(read.model);
    return error_reply(404, quoted(read.model) + " is asked as it is named: nothing is routed");
  }
  return json_reply(route_reply(serving_->decider->decide(*profile, read.text), *profile, configuration()));
}

// All that a client may ask for, routed ones first.
std::vector<std::string> Gateway::Impl::model_names() const {
  std::vector<std::string> names;
  if (serving_->ensemble != nullptr) names = serving_->ensemble->names();
  if (serving_->decider != nullptr) {
    for (const Profile& profile : configuration().profiles)
      names.push_back(std::string(kProfilePrefix) + profile.name);
  }
  for (const Upstream& model : configuration().models) names.push_back(model.name);
  return names;
}

// All, or the one that the path names.
Response Gateway::Impl::models(std::string_view path) const {
  constexpr std::string_view kAll = "/v1/models";
  const std::vector<std::string> names = model_names();
  if (path != kAll) {
    const std::string wanted = percent_decoded(path.substr(kAll.size() + 1));
    if (std::ranges::find(names, wanted) == names.end()) return no_model(wanted);
    return json_reply(model_listing(wanted) + "\n");
  }
  std::string list;
  for (const std::string& id : names) list.append(list.empty() ? "" : ",").append(model_listing(id));
  return json_reply("{\"object\":\"list\",\"data\":[" + list + "]}\n");
}

Response Gateway::Impl::no_model(std::string_view name) const {
  constexpr std::size_t kMost = 20;
  const std::vector<std::string> names = model_names();
  return error_reply(
      404, fmt::format("there is no model {}; there are {}{}", quoted(name), store::name_list(names, kMost),
                       names.size() > kMost ? ", see /v1/models" : ""));
}

Response Gateway::Impl::metrics() const {
  Gauges gauges{.connections = server_.connections(), .under_way = shared_.under_way};
  for (const auto& model : serving_->models) gauges.upstream_connections += model->client.connections();
  return {200, {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}}, metrics_.text(gauges)};
}

Gateway::Gateway(GatewayOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Gateway::~Gateway() = default;

std::uint16_t Gateway::port() const { return impl_->server().port(); }

std::string Gateway::url() const { return impl_->server().url(); }

void Gateway::heed_signals() { impl_->server().heed_signals(); }
void Gateway::run(bool signals) { impl_->run(signals); }

void Gateway::stop() { impl_->server().stop(); }

void Gateway::reload() {
  impl_->server().post([this] { impl_->reload(); });
}

}  // namespace assay::gateway
