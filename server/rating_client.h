#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/asking/rater_pool.h"
#include "assay/http/http_client.h"

namespace assay::server {

/// The other end of the rating API: a rater of an `assay view` that runs elsewhere, by their link.
///
///     RatingClient client("http://127.0.0.1:8080/0123.../", *http::make_http_client());
///     const auto desk = client.look().desk;
///     client.vote(desk->pairs[0].id, asking::RaterReply::first, 4.2);
class RatingClient {
 public:
  struct Pair {
    std::string id, prompt, first, second;  ///< Content of strangers.
    std::size_t number = 0;
  };
  struct Desk {
    std::vector<Pair> pairs;
    std::size_t mine = 0;
    std::string left;  ///< A sentence; may be empty.
    bool decided = false;
    bool can_undo = false;
  };
  struct Reply {
    std::optional<Desk> desk;  ///< Empty: it must be tried again, `why` says why.
    std::string why;           ///< Also of what was refused, with a desk. Fit for a terminal.
  };

  /// `http` must outlive it. `link`: http or https, as `assay view` shows it. Throws InvalidArgument for another
  /// one; the message holds no token. `waiting` is called now and then while a reply is awaited, and may throw.
  RatingClient(const std::string& link, http::HttpClient& http, std::function<void()> waiting = {});

  /// These three throw Error where the link is good for nothing, or what answers is no Assay.
  Reply look();
  Reply vote(const std::string& id, asking::RaterReply reply, double seconds);
  Reply undo();

  /// Lets time pass.
  void pause(std::chrono::milliseconds time);
  /// Of a clock that never goes back.
  std::chrono::milliseconds now() const { return http_.now(); }

 private:
  Reply get(std::string_view method, std::string_view path, std::string body);

  std::string link_;
  http::HttpClient& http_;
  std::function<void()> waiting_;
};

}  // namespace assay::server
