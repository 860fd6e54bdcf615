#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "assay/judge/chat_protocol.h"
#include "assay/judge/verdict_reader.h"
#include "tests/http/memory_http.h"

namespace assay {

/// The text of a fenced part of a prompt: "Request", "Answer A", "Answer B", "Answer".
inline std::string part_of(const std::string& message, const std::string& what) {
  const std::size_t line = message.find("[" + what + " ");
  const std::size_t begin = message.find('\n', line) + 1;
  return message.substr(begin, message.find("\n[" + what + " ", begin) - begin);
}

/// The marker of a prompt.
inline std::string marker_in(const std::string& message) {
  const std::size_t end = message.find(" begins]");
  return message.substr(message.rfind(' ', end - 1) + 1, end - message.rfind(' ', end - 1) - 1);
}

/// A chat completion that says `content`.
inline std::string completion_of(const std::string& content) {
  const nlohmann::json message = {{"role", "assistant"}, {"content", content}};
  return nlohmann::json{{"choices", {{{"message", message}, {"finish_reason", "stop"}}}},
                        {"usage", {{"prompt_tokens", 100}, {"completion_tokens", 10}}}}
      .dump();
}

/// What a judge makes of the two answers: the verdict, or the score of the one.
using PairJudge = std::function<judge::PairVerdict(const std::string& a, const std::string& b)>;
using ScoreJudge = std::function<double(const std::string& answer)>;

/// An endpoint that judges pairs so.
inline MemoryHttp::Script judging(PairJudge judge) {
  return [judge](std::size_t, const std::string& body) {
    const auto request = judge::read_chat_request(body);
    const std::string& message = request->user_message;
    const judge::PairVerdict verdict = judge(part_of(message, "Answer A"), part_of(message, "Answer B"));
    return http_answer(200, completion_of(judge::verdict_reply(verdict, request->reply, marker_in(message))));
  };
}

inline MemoryHttp::Script scoring(ScoreJudge judge) {
  return [judge](std::size_t, const std::string& body) {
    const auto request = judge::read_chat_request(body);
    const std::string& message = request->user_message;
    return http_answer(200, completion_of(judge::score_reply(judge(part_of(message, "Answer")), request->reply,
                                                             marker_in(message))));
  };
}

}  // namespace assay
