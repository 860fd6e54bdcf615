#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "assay/judge/call_failure.h"
#include "assay/judge/prompt_template.h"
#include "assay/judge/usage.h"

namespace assay::judge {

/// What follows the address of an API.
inline constexpr std::string_view kChatPath = "chat/completions";

/// What is the same in all requests of a run.
struct ChatSettings {
  std::string model;                    ///< As the endpoint calls it; not empty.
  std::size_t max_tokens = 512;         ///< Of a reply, at least 1.
  std::optional<double> temperature{};  ///< Empty: the endpoint's own. In [0, 2].
  ReplyKind reply = ReplyKind::line;
  bool completion_tokens = false;  ///< The limit goes by max_completion_tokens, for models that refuse max_tokens.
};

/// Body of POST {url}/chat/completions: one user message, and for ReplyKind::json the schema of the reply as
/// `response_format` (json_schema, strict). The same arguments give the same bytes. Throws InvalidArgument for
/// settings out of range.
std::string chat_request(const ChatSettings& settings, PromptKind kind, std::string_view user_message);

/// What stands in such a body, as a server needs it.
struct ChatRequest {
  std::string model;
  std::string user_message;    ///< Content of the last message whose role is "user".
  std::size_t max_tokens = 0;  ///< 0: not given.
  bool stream = false;
  ReplyKind reply = ReplyKind::line;
};

/// Empty if the body is not such a request.
std::optional<ChatRequest> read_chat_request(std::string_view body);

/// What came back from the endpoint.
struct ChatReply {
  CallFailure failure = CallFailure::none;  ///< rate_limited to truncated
  std::string detail;                       ///< Of a failure: what was expected and what came, fit for a terminal.
  std::string content;                      ///< What the judge said, with thoughts that stand in it.
  std::string model;                        ///< As the endpoint calls who replied; empty: not told.
  bool thoughts = false;                    ///< There were some, in the content or beside it.
  std::optional<std::uint64_t> tokens_in;   ///< As billed; empty where the reply does not tell.
  std::optional<std::uint64_t> tokens_out;
  Usage usage;  ///< Where the two are from, and whether they are certain.
};

/// Reads a whole reply: one JSON object, or server-sent events with pieces of one ("text/event-stream"). Whatever
/// the bytes are, the answer is a ChatReply. `content_type` may be empty: unknown.
ChatReply read_chat_reply(int status, std::string_view content_type, std::string_view body);

}  // namespace assay::judge
