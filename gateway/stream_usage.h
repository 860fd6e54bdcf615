#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/metrics.h"

namespace assay::gateway {

/// What the JSON of a reply says, whole or of an event.
struct ReplyFacts {
  bool is_object = false;
  bool is_error =
      false;  ///< It has an "error" that is not empty, looks like one, or all its choices have one and say nothing.
  bool has_answer = false;            ///< "choices" or "data", not empty; not all choices failed.
  std::optional<Tokens> tokens = {};  ///< "usage", if it is an object with numbers.
};

/// Reads replies one after the other.
class ReplyReader {
 public:
  ReplyReader();
  ~ReplyReader();
  ReplyReader(const ReplyReader&) = delete;
  ReplyReader& operator=(const ReplyReader&) = delete;

  /// Whatever the bytes are. What is no valid JSON for its numbers, its texts or a mark of byte order, but an
  /// object from the first brace to the last all the same, is looked at from outside: some servers write such
  /// answers, and clients may well read them.
  ReplyFacts read(std::string_view json);

 private:
  struct Parser;
  ReplyFacts read_from_outside(std::string_view json);
  std::unique_ptr<Parser> parser_;
};

/// Server-sent events of a streamed reply on their way to the client. Reads the usage that the upstream was asked
/// for, and takes it out again if the client did not ask: the event that holds nothing else, and the member of
/// other events. All other bytes go on as they came, event by event.
class StreamUsage {
 public:
  /// `reader` is shared with others of the same thread, and outlives it.
  StreamUsage(ReplyReader& reader, bool hide) : reader_(reader), hide_(hide) {}

  /// Appends to `out` what goes on now.
  void take(std::string_view bytes, std::string& out);
  /// Likewise of what is left: an event that did not end.
  void end(std::string& out);

  /// An event with data was there.
  bool began() const { return began_; }
  /// The first was no JSON, told an error, or was the end.
  bool bad_begin() const { return bad_begin_; }
  /// What came last.
  const std::optional<Tokens>& tokens() const { return tokens_; }

 private:
  void event(std::string_view bytes, std::string& out);

  ReplyReader& reader_;
  bool hide_;
  bool began_ = false;
  bool bad_begin_ = false;
  bool raw_ = false;  // an event was too long to be looked at
  std::optional<Tokens> tokens_;
  std::string rest_;  // the beginning of an event
};

/// Whether a body begins as server-sent events do, and no JSON does.
bool begins_as_stream(std::string_view body);

/// Where the value of the top-level member `name` of a JSON object stands with its name and one comma: what to cut
/// out to be without it. Of the last one of that name. Empty if there is none. The text must be a valid object.
struct MemberRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};
std::optional<MemberRange> member_range(std::string_view object, std::string_view name);

}  // namespace assay::gateway
