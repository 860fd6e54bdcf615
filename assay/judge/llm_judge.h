#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "assay/judge/chat_calls.h"
#include "assay/judge/chat_protocol.h"
#include "assay/judge/prompt_template.h"

namespace assay::judge {

/// How the judge is told to reply. `automatic`: with a JSON object, and with a marked line if the endpoint rejects
/// the first request for it, or takes it and does not keep to it.
enum class ReplyChoice : std::uint8_t { automatic, json, line };

/// An LLM as judge. What is in here makes its answers what they are.
struct LlmJudge {
  std::string url;  ///< Of the API, up to and including its version: http://localhost:8080/v1
  std::string model;
  PromptTemplate prompt = PromptTemplate::standard(PromptKind::pair);
  ReplyChoice reply = ReplyChoice::automatic;
  std::size_t max_tokens = 512;
  std::optional<double> temperature = 0.0;
  bool completion_tokens = false;  ///< As in ChatSettings.

  ChatSettings settings(ReplyKind kind) const { return {model, max_tokens, temperature, kind, completion_tokens}; }
};

/// The kinds of reply that the choice may come to, the likelier one first.
std::span<const ReplyKind> reply_kinds(ReplyChoice choice);
/// All of it in one line, for the key of an oracle: "MODEL at URL, template 0123.., reply json, ...". A URL has no
/// blanks, so that no two judges share a line.
std::string describe(const LlmJudge& judge);
/// What is to be expected of a reply, in tokens, as long as none has come. A model that thinks before it replies
/// may be billed for much more.
std::uint64_t likely_reply_tokens(ReplyKind reply, std::size_t max_tokens);

/// Questions to an LLM judge: renders and sends prompts, and finds out how the endpoint can reply.
class LlmAsker {
 public:
  /// `calls` must outlive it. Throws InvalidArgument for settings out of range.
  LlmAsker(LlmJudge judge, ChatCalls& calls);

  struct Questions {
    std::size_t count = 0;
    std::function<Prompt(std::size_t question, ReplyKind reply)> prompt;
    std::function<std::uint32_t(std::size_t question)> repeat;
    /// Takes what the judge said; false if it can't be read. Called again for the same question only after false.
    std::function<bool(std::size_t question, const std::string& content, const std::string& marker)> take;
    std::function<void(std::size_t question, const ChatOutcome& outcome)> done;
    std::function<void(std::size_t question, Money cost)> billed = {};  ///< As ChatCalls::Tasks.
  };
  /// As ChatCalls::run.
  void ask(const Questions& questions);

  const LlmJudge& judge() const { return judge_; }

 private:
  std::string body(const Questions& questions, std::size_t question, ReplyKind reply) const;
  std::optional<ReplyKind> kept_kind(const Questions& questions) const;
  bool probe(const Questions& questions, std::size_t question);
  void ask_range(const Questions& questions, std::size_t first, std::size_t last, ReplyKind reply);

  LlmJudge judge_;
  ChatCalls& calls_;
  std::optional<ReplyKind> reply_;  // empty: not known yet
};

}  // namespace assay::judge
