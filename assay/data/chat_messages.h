#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/records.h"
#include "assay/data/chat_text.h"
#include "assay/data/json_value.h"

namespace assay::data {

/// \file
/// Chats that are sent to a model message by message. In a study they are a text of JSON, QueryRecord::messages:
///
///     [{"role":"system","content":"Be brief."},{"role":"user","content":"6 x 7?"}]

struct ChatMessage {
  std::string role;  ///< "system", "developer", "user" or "assistant".
  std::string content;

  bool operator==(const ChatMessage&) const = default;
};

/// Whether it tells the model how to answer: newer models take such a message by the role "developer".
bool is_system(const ChatMessage& message);

/// A message of a file. A content of several parts is their texts, with line ends between them. Throws DataError
/// for what can't be sent as a text: another role, a call of a tool, a picture, a sound.
ChatMessage sent_message(const JsonValue& message);

/// A chat of a file.
struct SentChat {
  std::vector<ChatMessage> messages;  ///< The last is the user's: it is what an answer answers.
  std::optional<std::string> answer;  ///< What the assistant says after it.

  std::string text() const;  ///< The messages, as ChatTranscript has them.
};

/// Of a list of messages. Throws DataError likewise.
SentChat sent_chat(const JsonValue& list);

/// As QueryRecord has them; empty where one message of the user says `text` and there is nothing else to keep.
std::string messages_json(std::span<const ChatMessage> messages, std::string_view text);

/// What messages_json wrote; never none. Throws DataError for anything else.
std::vector<ChatMessage> read_messages(std::string_view json);

/// A chat of a log, which was sent elsewhere and may hold what can't be sent here.
class LoggedChat {
 public:
  void add(const JsonValue& message);
  void add(std::string_view role, std::string_view content) {
    messages_.push_back({std::string(role), std::string(content)});
  }
  /// None, with a note, if not all of it can be sent as it is.
  std::vector<ChatMessage> messages(RecordSink& notes, const Location& where) const;

 private:
  std::vector<ChatMessage> messages_;
  bool fits_ = true;
};

/// A chat that is written in a text as JSON, as tools log what they sent.
struct WrittenChat {
  std::string text;  ///< Of all messages, as ChatTranscript has it.
  LoggedChat chat;
};

/// Nothing if `text` is no list of messages, or only begins like one.
std::optional<WrittenChat> written_chat(std::string_view text);

}  // namespace assay::data
