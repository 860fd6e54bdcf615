#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/data/chat_messages.h"

namespace assay::server {

/// What a server wants of a chat request.
struct ChatBody {
  std::string model;
  std::string user_message;  ///< Of the last message of a user.
  std::vector<data::ChatMessage> messages;
  bool stream = false;
};

/// What it wants of a request for embeddings.
struct EmbeddingsBody {
  std::string model;
  std::vector<std::string> inputs;
};

/// Reads bodies of requests, some microseconds each: as read_chat_request, without a tree.
class BodyReader {
 public:
  BodyReader();
  ~BodyReader();
  BodyReader(const BodyReader&) = delete;
  BodyReader& operator=(const BodyReader&) = delete;

  /// Empty if the body is not such a request.
  std::optional<ChatBody> chat(std::string_view body);
  std::optional<EmbeddingsBody> embeddings(std::string_view body);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace assay::server
