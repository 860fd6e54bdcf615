#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "assay/http/http_client.h"

namespace assay::http {

/// A request that has its reply.
struct Exchange {
  std::string body;  ///< Of the request.
  HttpReply reply;   ///< Without secrets, see redaction.h.
  Milliseconds took{0};
};

/// Passes requests on to another client, and remembers what came of them, for whoever wants to look at it later.
class RecordingClient : public HttpClient {
 public:
  /// `client` must outlive it. A request beyond the first `most` is not sent: OracleError.
  RecordingClient(HttpClient& client, std::size_t most) : client_(client), most_(most) {}

  std::uint64_t send(HttpRequest request) override;
  void cancel(std::uint64_t id) override { client_.cancel(id); }
  std::size_t in_flight() const override { return client_.in_flight(); }
  void wait(Milliseconds most, const std::function<void(std::uint64_t id, HttpReply reply)>& take) override;
  Milliseconds now() const override { return client_.now(); }

  /// In the order of the replies.
  const std::vector<Exchange>& exchanges() const { return exchanges_; }
  std::size_t sent() const { return sent_; }

 private:
  struct Open {
    HttpRequest request;
    Milliseconds began{0};
  };

  HttpClient& client_;
  std::size_t most_;
  std::size_t sent_ = 0;
  std::unordered_map<std::uint64_t, Open> open_;
  std::vector<Exchange> exchanges_;
};

}  // namespace assay::http
