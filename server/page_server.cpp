#include "server/page_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "assay/core/ascii.h"
#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "server/access_token.h"

namespace assay::server {
namespace {

// A request must be here whole after so long; a page that is silent comes anew.
constexpr std::chrono::seconds kPageIdle{30};
// A stream of events has no end of its own.
constexpr std::chrono::milliseconds kPageGrace{500};
constexpr std::uint64_t kPageBodyBytes = 64U << 10U;  // read before anybody knows who comes
constexpr std::size_t kPageConnections = 1024;

constexpr std::string_view kIndex = "page.html";  // the asset that a page begins with

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return unsigned(c - '0');
  if (c >= 'a' && c <= 'f') return unsigned(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return unsigned(c - 'A') + 10;
  return std::nullopt;
}

// As forms are encoded; what is no escape stands for itself.
std::string decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto high = hex_digit(text[i + 1]);
      const auto low = hex_digit(text[i + 2]);
      if (high && low) {
        result += static_cast<char>(*high * 16 + *low);
        i += 2;
        continue;
      }
    }
    result += text[i] == '+' ? ' ' : text[i];
  }
  return result;
}

std::map<std::string, std::string> query_of(std::string_view text) {
  std::map<std::string, std::string> query;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (!pair.empty())
      query[decoded(pair.substr(0, equals))] = decoded(pair.substr(std::min(pair.size(), equals + 1)));
  }
  return query;
}

// "name:port" of a Host or of an URL; the name may be an address of IPv6 in brackets.
std::string_view name_of(std::string_view host) {
  if (host.starts_with('[')) {
    const std::size_t end = std::min(host.find(']'), host.size() - 1) + 1;
    return end == host.size() || host[end] == ':' ? host.substr(0, end) : host;
  }
  return host.substr(0, host.find(':'));
}

bool is_address(std::string_view name) {
  return (name.starts_with('[') && name.ends_with(']')) ||
         (!name.empty() && name.find_first_not_of("0123456789.") == std::string_view::npos);
}

struct PublicUrl {
  std::string origin;  // "https://judges.example.org"
  std::string host;    // "judges.example.org"
};

PublicUrl read_public_url(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  url = ascii_lower(url);
  const std::size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  PublicUrl result{url, url.substr(scheme)};
  if (scheme == 0 || result.host.empty() ||
      result.host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-:[]") != std::string::npos) {
    throw InvalidArgument("a public URL is like https://judges.example.org, without a path; came " + quoted(url));
  }
  return result;
}

std::string policy_of(std::span<const web::PageAsset> assets) {
  // What the library of plots writes into its drawings, of which there is a digest.
  std::string style = "'self'";
  for (const web::PageAsset& asset : assets) {
    if (asset.name == "plot-style") style += fmt::format(" 'sha256-{}'", asset.sha256);
  }
  return fmt::format(
      "default-src 'none'; script-src 'self'; style-src {}; img-src 'self' data:; connect-src 'self'; base-uri "
      "'none'; "
      "form-action 'none'; frame-ancestors 'none'",
      style);
}

}  // namespace

class PageServer::Impl {
 public:
  Impl(const PageServerOptions& options, std::span<const web::PageAsset> assets, Api api)
      : address_(options.address),
        assets_(assets),
        api_(std::move(api)),
        policy_(policy_of(assets)),
        http(server_options(options),
             [this](const Request& request, Responder responder) { handle(request, std::move(responder)); }) {
    if (!options.public_url.empty()) public_ = read_public_url(options.public_url);
  }

  std::string admit(const std::string& token, Visitor visitor) {
    visitors_.emplace_back(token, std::move(visitor));
    return (public_ ? public_->origin : own_url()) + "/" + token + "/";
  }

 private:
  static HttpServerOptions server_options(const PageServerOptions& options) {
    HttpServerOptions http;
    http.address = options.address;
    http.port = options.port;
    http.body_bytes = kPageBodyBytes;
    http.connections = kPageConnections;
    http.idle = kPageIdle;
    http.grace = kPageGrace;
    return http;
  }

  // A browser on this machine can't go to "all addresses".
  std::string own_url() const {
    const bool all = address_ == "0.0.0.0" || address_ == "::";
    return all ? fmt::format("http://127.0.0.1:{}", http.port()) : http.url();
  }

  Response with_headers(Response response) const {
    response.headers.insert(response.headers.end(), {{"Content-Security-Policy", policy_},
                                                     {"X-Content-Type-Options", "nosniff"},
                                                     {"Referrer-Policy", "no-referrer"},
                                                     {"Cross-Origin-Opener-Policy", "same-origin"},
                                                     {"Cross-Origin-Resource-Policy", "same-origin"}});
    return response;
  }

  // A name that leads to this machine by the word of somebody else (DNS rebinding) is none of ours.
  bool known_host(std::string_view host) const {
    const std::string name = ascii_lower(name_of(host));
    if (public_ && ascii_lower(host) == public_->host) return true;
    return name == "localhost" || is_address(name);
  }

  bool known_origin(std::string_view origin, std::string_view host) const {
    if (origin.empty()) return true;
    const std::string of = ascii_lower(origin);
    return of == "http://" + ascii_lower(host) || (public_ && of == public_->origin);
  }

  const Visitor* visitor(std::string_view token) const {
    const Visitor* found = nullptr;
    for (const auto& [known, who] : visitors_) {
      if (same_token(known, token)) found = &who;
    }
    return found;
  }

  void handle(const Request& request, Responder responder) {
    const std::string_view host = request.header("Host");
    if (!known_host(host)) {
      return responder.reply(with_headers(json_error(
          403, "this server is not called " + quoted(host) + "; a proxy's name is told by --public-url")));
    }
    if (!known_origin(request.header("Origin"), host)) {
      return responder.reply(with_headers(json_error(403, "another site's page must not ask here")));
    }
    std::string_view path = request.target;
    const std::string_view query = path.find('?') == std::string_view::npos ? "" : path.substr(path.find('?') + 1);
    path = path.substr(0, path.find('?'));
    if (path.starts_with('/')) path.remove_prefix(1);
    const std::string_view token = path.substr(0, path.find('/'));
    const Visitor* who = visitor(token);
    if (who == nullptr) return responder.reply(with_headers(not_found()));
    if (token.size() == path.size()) {  // without the slash relative addresses would lead astray
      return responder.reply(
          with_headers({.status = 308, .headers = {{"Location", "/" + std::string(token) + "/"}}}));
    }
    path.remove_prefix(token.size() + 1);
    if (path.starts_with("api/")) return answer_api(request, *who, path.substr(4), query, std::move(responder));
    responder.reply(with_headers(file(request, path)));
  }

  void answer_api(const Request& request, const Visitor& who, std::string_view name, std::string_view query,
                  Responder responder) {
    const std::string_view site = request.header("Sec-Fetch-Site");
    if (!site.empty() && site != "same-origin" && site != "none") {
      return responder.reply(with_headers(json_error(403, "another site's page must not ask here")));
    }
    if (request.method != "GET" && request.method != "POST") {
      return responder.reply(with_headers(json_error(405, "expected GET or POST, came " + quoted(request.method))));
    }
    const std::string type = ascii_lower(request.header("Content-Type"));
    if (request.method == "POST" && type.substr(0, type.find(';')) != "application/json") {
      return responder.reply(
          with_headers(json_error(415, "expected Content-Type application/json, came " + quoted(type))));
    }
    api_({who, request.method, std::string(name), query_of(query), request.body}, std::move(responder));
  }

  Response file(const Request& request, std::string_view path) const {
    if (request.method != "GET") return json_error(405, "expected GET, came " + quoted(request.method));
    constexpr std::string_view kAssets = "assets/";
    if (path.empty()) {
      path = kIndex;
    } else if (path.starts_with(kAssets)) {
      path.remove_prefix(kAssets.size());
    } else {
      return not_found();
    }
    for (const web::PageAsset& asset : assets_) {
      if (asset.name != path || asset.type.empty()) continue;
      const std::string tag = fmt::format("\"{}\"", asset.sha256);
      Headers headers = {{"Content-Type", std::string(asset.type)}, {"ETag", tag}, {"Cache-Control", "no-cache"}};
      if (request.header("If-None-Match") == tag) return {304, std::move(headers), {}};
      return {200, std::move(headers), std::string(asset.body)};
    }
    return not_found();
  }

  static Response not_found() {
    return {404, {{"Content-Type", "text/plain"}, {"Cache-Control", "no-store"}}, "not found\n"};
  }

  std::string address_;
  std::span<const web::PageAsset> assets_;
  Api api_;
  std::string policy_;
  std::optional<PublicUrl> public_;
  std::vector<std::pair<std::string, Visitor>> visitors_;

 public:
  HttpServer http;
};

PageServer::PageServer(const PageServerOptions& options, std::span<const web::PageAsset> assets, Api api)
    : impl_(std::make_unique<Impl>(options, assets, std::move(api))) {}
PageServer::~PageServer() = default;

std::string PageServer::admit(const std::string& token, Visitor visitor) {
  return impl_->admit(token, std::move(visitor));
}
std::uint16_t PageServer::port() const { return impl_->http.port(); }
void PageServer::run(bool until_signal) { impl_->http.run(until_signal); }
void PageServer::stop() { impl_->http.stop(); }
void PageServer::post(std::function<void()> work) { impl_->http.post(std::move(work)); }
void PageServer::after(std::chrono::milliseconds delay, std::function<void()> work) {
  impl_->http.after(delay, std::move(work));
}

Response json_response(int status, std::string body) {
  return {status,
          {{"Content-Type", "application/json"},
           {"Cache-Control", "no-store"},
           {"X-Content-Type-Options", "nosniff"},
           {"Cross-Origin-Resource-Policy", "same-origin"}},
          std::move(body)};
}

Response json_error(int status, std::string_view message) {
  const nlohmann::json body{{"error", message}};
  return json_response(status, body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace assay::server
