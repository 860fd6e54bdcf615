#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "gateway/metrics.h"

namespace assay::gateway {

/// What the JSON of a reply says, whole or of an event.
struct ReplyFacts {
  bool is_object = false;
  /// It has an "error" that is not empty, looks like one, or all its choices have one, whatever else they hold.
  bool is_error = false;
  bool has_answer = false;            ///< "choices" or "data", not empty, and no error.
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

/// The status of HTTP that an error says it is, 400 to 599: a whole number, also as a text, in "code", "status" or
/// "status_code" of its "error", of that of its first choice, or of itself. 0 if there is none.
int status_told(std::string_view json);

/// Without a mark of byte order before it.
std::string_view without_mark(std::string_view text);

}  // namespace assay::gateway
