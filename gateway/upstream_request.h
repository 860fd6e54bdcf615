#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/metrics.h"
#include "gateway/reply_stream.h"
#include "gateway/serving.h"
#include "server/http_client.h"
#include "server/http_server.h"

namespace assay::gateway {

/// \file
/// What every request to a model's endpoint has in common, whoever sends it.

/// What a model that failed may ask for while the client waits.
inline constexpr std::chrono::milliseconds kLongestWait{5'000};

/// A POST of `body`, within the model's time limits, with the headers of the client that concern the model, and the
/// model's own.
server::OutgoingRequest upstream_request(const server::Request& client, const Upstream& to, Operation operation,
                                         std::shared_ptr<const std::string> body);

/// Whether a media type, with parameters or without, is that of server-sent events.
bool is_event_stream(std::string_view content_type);

/// What names of headers that are this gateway's begin with.
inline constexpr std::string_view kOwnHeaders = "x-assay-";

/// Takes the headers whose names begin so out of lines "Name: value\r\n".
void drop_headers(std::string& fields, std::string_view beginning);

/// How an attempt that was replied to with this status went.
Attempt attempt_of(int status);
/// How one went that was replied to with status 200 and what is no answer.
Attempt attempt_of(const FailedReply& reply);
/// How one went that had no whole reply.
Attempt attempt_of(server::CallFailure::Kind kind);

/// How long to wait before the same model is asked once more, which failed `attempts` times before and asks for
/// `wanted` itself: 50 ms, then four times as long each time.
std::chrono::milliseconds wait_before_retry(std::size_t attempts, std::chrono::milliseconds wanted);

/// The body of an error that nobody sees. It is read to its end, so that the connection can be used again, but for
/// a second and 64 KB at most.
class IgnoredBody {
 public:
  /// `enough` is called, in the loop, once that is over before `stop`.
  void begin(server::HttpServer& server, std::function<void()> enough);
  void piece(std::string_view bytes);
  /// The body, or its request, has ended.
  void stop() { enough_ = nullptr; }
  bool is_ignoring() const { return enough_ != nullptr; }

 private:
  std::shared_ptr<const std::function<void()>> enough_;
  std::size_t bytes_ = 0;
};

/// An attempt that has ended.
struct EndedAttempt {
  Attempt how = Attempt::ok;
  /// No connection was free for it: it is the gateway that has too much to do, which tells nothing of the model.
  bool busy = false;
  std::chrono::steady_clock::time_point began = {};
  std::chrono::milliseconds wait{0};  ///< That the model asks for.
  int status = 0;                     ///< Of the reply, if `how` is by a status.
};

/// What makes a model fail, in a few words.
std::string cause_of(const EndedAttempt& attempt);

/// What whoever serves is told, a sentence at a time; may be empty.
using Note = std::function<void(std::string_view)>;

/// Counts it, and tells the model's breaker. Notes, once a minute for each model at most, that it refuses its key
/// or its name (401 to 404) or that its circuit opens, and after that that it answers again: clients that are
/// answered by another model see nothing of it.
void count_attempt(Metrics& metrics, const Note& note, const Upstream& upstream, ServedModel& model,
                   const EndedAttempt& attempt);

}  // namespace assay::gateway
