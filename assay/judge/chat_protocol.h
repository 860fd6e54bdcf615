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
  std::string content;                      ///< What the judge said.
  std::optional<std::uint64_t> tokens_in;   ///< As billed; empty where the reply does not tell.
  std::optional<std::uint64_t> tokens_out;
  Usage usage;  ///< Where the two are from, and whether they are certain.
};

/// Reads a whole reply: one JSON object, or server-sent events with pieces of one ("text/event-stream"). Whatever
/// the bytes are, the answer is a ChatReply. `content_type` may be empty: unknown.
ChatReply read_chat_reply(int status, std::string_view content_type, std::string_view body);

/// Which of the two responses is better, as they stand in the prompt.
enum class PairVerdict : std::uint8_t { a, b, tie };

/// The verdict that a judge's reply bears. `line`: the last line that is not empty is "VERDICT marker: A" (B, TIE),
/// and no other line with the marker says otherwise; stars and backquotes around it don't matter. `json`: the whole
/// reply is one object whose "marker" is this one and whose "verdict" is A, B or TIE. Empty where that is not so: a
/// verdict without the marker was written by somebody else.
std::optional<PairVerdict> read_verdict(std::string_view content, ReplyKind reply, std::string_view marker);

/// Likewise the score: a decimal number from `low` to `high` after "SCORE marker:", or the member "score".
std::optional<double> read_score(std::string_view content, ReplyKind reply, std::string_view marker, double low,
                                 double high);

/// What a judge that does as it was told replies: for servers and tests.
std::string verdict_reply(PairVerdict verdict, ReplyKind reply, std::string_view marker);
std::string score_reply(double score, ReplyKind reply, std::string_view marker);

}  // namespace assay::judge
