#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "assay/data/json_value.h"

namespace assay::data {

/// The text of chat messages, {"role": "user", "content": "..."} each: what the user says, if there is one message
/// alone and it is the user's; else "role: content" of each, with empty lines between them.
class ChatTranscript {
 public:
  /// Throws DataError for what is no message.
  void add(const JsonValue& message);
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

/// A conversation as a text to read.
struct ChatText {
  std::string prompt;                 ///< As ChatTranscript has it.
  std::optional<std::string> answer;  ///< What the assistant says at the end.
};

/// `messages`: a list of {"role": ..., "content": ...}. Throws DataError, also for a part without a text: pictures
/// and sounds can't be judged.
ChatText chat_text(const JsonValue& messages);

}  // namespace assay::data
