#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "server/http_server.h"
#include "web/page_assets.h"

namespace assay::server {

/// \file
/// Serves the page to those who have a link. A link has a token in its path, /TOKEN/, and without one that was
/// admitted nothing is served; there are no cookies. What another site could make a browser do is refused: requests
/// for another Host, from another Origin, and posts that are not JSON.
///
///     PageServer server({.port = 8080}, web::page_assets(), [&](const ApiRequest& request, Responder responder) {
///       responder.reply(json_response(200, R"({"role":"owner"})"));
///     });
///     std::cout << server.admit(random_token(), {});
///     server.run(true);

/// Who comes with a token.
struct Visitor {
  std::string rater = {};  ///< Empty: the owner, who may see and do everything.
  bool owner() const { return rater.empty(); }
};

/// What the page's own script asks.
struct ApiRequest {
  Visitor visitor;
  std::string method;                        ///< "GET" or "POST".
  std::string name;                          ///< "page" of /TOKEN/api/page?since=3.
  std::map<std::string, std::string> query;  ///< Decoded.
  std::string body;                          ///< Of POST: JSON, not looked at yet.
};

struct PageServerOptions {
  std::string address = "127.0.0.1";  ///< As HttpServerOptions.
  std::uint16_t port = 0;
  /// Where a proxy shows the page to others, "https://judges.example.org": links begin so, and it is taken as Host
  /// and Origin, too. Empty: nowhere else.
  std::string public_url = {};
};

class PageServer {
 public:
  /// Called in the loop; must not block.
  using Api = std::function<void(const ApiRequest& request, Responder responder)>;

  /// Listens from now on. `assets` outlive it. Throws Error if it can't listen, InvalidArgument for a public URL
  /// that is none.
  PageServer(const PageServerOptions& options, std::span<const web::PageAsset> assets, Api api);
  ~PageServer();
  PageServer(const PageServer&) = delete;
  PageServer& operator=(const PageServer&) = delete;

  /// Whoever has the token is this visitor from now on; returns the link. Before `run`, or in the loop.
  std::string admit(const std::string& token, Visitor visitor);
  std::uint16_t port() const;
  /// As HttpServer.
  void run(bool until_signal);
  void stop();
  /// Calls `work` in the loop, soon. From any thread.
  void post(std::function<void()> work);
  /// Likewise after a time. In the loop only.
  void after(std::chrono::milliseconds delay, std::function<void()> work);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// A reply of the API.
Response json_response(int status, std::string body);
/// {"error": "what was expected and what came"}
Response json_error(int status, std::string_view message);

}  // namespace assay::server
