#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/metrics.h"
#include "gateway/reply_reader.h"

namespace assay::gateway {

/// A reply that is no answer, whatever its status: an error, nothing at all, or something else.
struct FailedReply {
  int status = 0;         ///< What it says itself, 400 to 599, as `status_told`; 0: nothing.
  std::string data = {};  ///< What it says, of a stream the data of the event.
};

/// Server-sent events of a streamed reply on their way to the client. Reads the usage that the upstream was asked
/// for, and takes it out again if the client did not ask: the event that holds nothing else, and the member of
/// other events. All other bytes go on as they came, event by event.
class ReplyStream {
 public:
  /// `reader` is shared with others of the same thread, and outlives it.
  ReplyStream(ReplyReader& reader, bool hide) : reader_(reader), hide_(hide) {}

  /// Appends to `out` what goes on now.
  void take(std::string_view bytes, std::string& out);
  /// Likewise of what is left: an event that did not end.
  void end(std::string& out);

  /// An event with an answer was there, or one that is too long to be looked at.
  bool answers() const { return answers_; }
  /// The first event that tells an error; before an answer also one that is no JSON, or says that this is the end.
  const std::optional<FailedReply>& failure() const { return failure_; }
  /// It came before any answer, however the bytes came.
  bool fails_at_once() const { return fails_at_once_; }
  /// What came last.
  const std::optional<Tokens>& tokens() const { return tokens_; }

 private:
  void event(std::string_view bytes, std::string& out);

  ReplyReader& reader_;
  bool hide_;
  bool answers_ = false;
  bool raw_ = false;  // an event was too long to be looked at
  bool fails_at_once_ = false;
  std::optional<FailedReply> failure_;
  std::optional<Tokens> tokens_;
  std::string rest_;        // the beginning of an event
  std::size_t looked_ = 0;  // where to look for its end from
};

/// Whether a body begins as server-sent events do, and no JSON does.
bool begins_as_stream(std::string_view body);

/// What is wrong with the whole body of a reply, JSON or events; empty if it is an answer.
std::optional<FailedReply> failure_in(ReplyReader& reader, std::string_view body);

}  // namespace assay::gateway
