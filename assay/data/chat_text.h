#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "assay/data/json_value.h"

namespace assay::data {

/// The text of chat messages, {"role": "user", "content": "..."} each: what the user says, if there is one message
/// alone and it is the user's; else "role: content" of each, with empty lines between them.
class ChatTranscript {
 public:
  /// Throws DataError for what is no message.
  void add(const JsonValue& message);
  void add(std::string_view role, std::string_view said);
  bool empty() const { return count_ == 0; }
  /// Of all messages so far.
  std::string text() const { return alone_ ? only_ : all_; }

 private:
  std::string all_;
  std::string only_;
  bool alone_ = false;
  std::size_t count_ = 0;
};

/// The text of a message's content: a string, or a list of parts, of which the texts count; empty for null.
std::string message_text(const JsonValue& content);

}  // namespace assay::data
