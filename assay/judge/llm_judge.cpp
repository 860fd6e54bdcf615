#include "assay/judge/llm_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "assay/core/error.h"

namespace assay::judge {
namespace {

std::optional<ReplyKind> fixed_reply(ReplyChoice choice) {
  switch (choice) {
    case ReplyChoice::automatic: return std::nullopt;
    case ReplyChoice::json: return ReplyKind::json;
    case ReplyChoice::line: return ReplyKind::line;
  }
  return std::nullopt;
}

std::string_view name(ReplyChoice choice) {
  const auto kind = fixed_reply(choice);
  return !kind ? "auto" : *kind == ReplyKind::json ? "json" : "line";
}

}  // namespace

std::span<const ReplyKind> reply_kinds(ReplyChoice choice) {
  static constexpr std::array kKinds{ReplyKind::json, ReplyKind::line};
  const std::span<const ReplyKind> all(kKinds);
  const std::optional<ReplyKind> fixed = fixed_reply(choice);
  return !fixed ? all : *fixed == ReplyKind::json ? all.first(1) : all.last(1);
}

std::string describe(const LlmJudge& judge) {
  const std::string temperature = judge.temperature ? fmt::format("{}", *judge.temperature) : "its own";
  return fmt::format("{} at {}, template {:016x}, reply {}, max tokens {}, temperature {}", judge.model, judge.url,
                     judge.prompt.digest(), name(judge.reply), judge.max_tokens, temperature);
}

std::string chat_url(const LlmJudge& judge) {
  return judge.url + (judge.url.ends_with('/') ? "" : "/") + "chat/completions";
}

std::uint64_t likely_reply_tokens(ReplyKind reply, std::size_t max_tokens) {
  constexpr std::uint64_t kObject = 25;      // {"marker": "k7d2m9q4", "verdict": "A"}
  constexpr std::uint64_t kSentences = 150;  // a short explanation, and the marked line
  return std::min<std::uint64_t>(max_tokens, reply == ReplyKind::json ? kObject : kSentences);
}

LlmAsker::LlmAsker(LlmJudge judge, ChatCalls& calls)
    : judge_(std::move(judge)), calls_(calls), reply_(fixed_reply(judge_.reply)) {
  chat_request(judge_.settings(ReplyKind::line), judge_.prompt.kind(), "");  // throws
}

// How an earlier run got a reply to the first question.
std::optional<ReplyKind> LlmAsker::kept_kind(const Questions& questions) const {
  for (const ReplyKind reply : {ReplyKind::json, ReplyKind::line}) {
    const std::string body =
        chat_request(judge_.settings(reply), judge_.prompt.kind(), questions.prompt(0, reply).text);
    if (calls_.kept(body, questions.repeat(0))) return reply;
  }
  return std::nullopt;
}

// One question finds out whether the endpoint knows response_format, before many fail for it.
void LlmAsker::probe(const Questions& questions) {
  bool rejected = false;
  Questions first = questions;
  first.done = [&](std::size_t question, const ChatOutcome& outcome) {
    rejected = outcome.failure == CallFailure::rejected && (outcome.status == 400 || outcome.status == 422);
    if (!rejected) questions.done(question, outcome);
  };
  reply_ = ReplyKind::json;
  try {
    ask_range(first, 0, 1);
  } catch (...) {
    reply_.reset();
    throw;
  }
  if (rejected) reply_ = ReplyKind::line;
  ask_range(questions, rejected ? 0 : 1, questions.count);
}

void LlmAsker::ask(const Questions& questions) {
  if (questions.count == 0) return;
  if (!reply_) reply_ = kept_kind(questions);
  if (reply_) {
    ask_range(questions, 0, questions.count);
  } else {
    probe(questions);
  }
}

void LlmAsker::ask_range(const Questions& questions, std::size_t first, std::size_t last) {
  const ReplyKind reply = *reply_;
  const ChatSettings settings = judge_.settings(reply);
  ChatCalls::Tasks tasks;
  tasks.count = last - first;
  tasks.request = [&](std::size_t task) {
    const Prompt prompt = questions.prompt(first + task, reply);
    return ChatCalls::Request{chat_request(settings, judge_.prompt.kind(), prompt.text),
                              questions.repeat(first + task), prompt.text.size(), prompt.marker};
  };
  tasks.readable = [&](std::size_t task, const ChatCalls::Request& request, const std::string& content) {
    return questions.take(first + task, content, reply, request.marker);
  };
  tasks.done = [&](std::size_t task, const ChatOutcome& outcome) { questions.done(first + task, outcome); };
  calls_.run(tasks);
}

}  // namespace assay::judge
