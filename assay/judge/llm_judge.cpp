#include "assay/judge/llm_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "assay/core/error.h"
#include "assay/judge/verdict_reader.h"

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

std::uint64_t likely_reply_tokens(ReplyKind reply, std::size_t max_tokens) {
  constexpr std::uint64_t kObject = 25;      // {"marker": "k7d2m9q4", "verdict": "A"}
  constexpr std::uint64_t kSentences = 150;  // a short explanation, and the marked line
  return std::min<std::uint64_t>(max_tokens, reply == ReplyKind::json ? kObject : kSentences);
}

LlmAsker::LlmAsker(LlmJudge judge, ChatCalls& calls)
    : judge_(std::move(judge)), calls_(calls), reply_(fixed_reply(judge_.reply)) {
  chat_request(judge_.settings(ReplyKind::line), judge_.prompt.kind(), "");  // throws
}

std::string LlmAsker::body(const Questions& questions, std::size_t question, ReplyKind reply) const {
  return chat_request(judge_.settings(reply), judge_.prompt.kind(), questions.prompt(question, reply).text);
}

// How an earlier run got a reply to the first question.
std::optional<ReplyKind> LlmAsker::kept_kind(const Questions& questions) const {
  const std::uint32_t repeat = questions.repeat(0);
  if (const auto object = calls_.kept(body(questions, 0, ReplyKind::json), repeat)) {
    return keeps_to_json(*object) ? ReplyKind::json : ReplyKind::line;
  }
  if (calls_.kept(body(questions, 0, ReplyKind::line), repeat)) return ReplyKind::line;
  return std::nullopt;
}

// Finds out by one question what the endpoint does with response_format, before many fail for it: some refuse it,
// others take it and pass the model's words on. False: the question is to be put again.
bool LlmAsker::probe(const Questions& questions, std::size_t question) {
  std::optional<bool> kept;  // to the format, if something was said
  bool answered = true;
  Questions one = questions;
  one.take = [&](std::size_t asked, const std::string& content, const std::string& marker) {
    kept = keeps_to_json(content);
    return questions.take(asked, content, marker);
  };
  one.done = [&](std::size_t asked, const ChatOutcome& outcome) {
    const bool rejected = outcome.failure == CallFailure::rejected && !outcome.of_content &&
                          (outcome.status == 400 || outcome.status == 422);
    const bool ignored = outcome.failure == CallFailure::unreadable && kept == false;
    answered = !rejected && !ignored;
    if (!answered || (outcome.failure == CallFailure::none && kept == false)) {
      reply_ = ReplyKind::line;
    } else if (outcome.failure == CallFailure::none || kept == true) {
      reply_ = ReplyKind::json;
    }
    if (answered) questions.done(asked, outcome);
  };
  ask_range(one, question, question + 1, ReplyKind::json);
  return answered;
}

void LlmAsker::ask(const Questions& questions) {
  constexpr std::size_t kMostProbes = 3;  // one by one, where they fail for other reasons
  if (questions.count == 0) return;
  if (!reply_) reply_ = kept_kind(questions);
  if (!reply_ && calls_.collects()) reply_ = ReplyKind::json;  // a batch for a single question would take a day
  std::size_t next = 0;
  while (!reply_ && next < std::min(questions.count, kMostProbes)) {
    if (probe(questions, next)) ++next;
  }
  if (next < questions.count) ask_range(questions, next, questions.count, reply_.value_or(ReplyKind::json));
}

void LlmAsker::ask_range(const Questions& questions, std::size_t first, std::size_t last, ReplyKind reply) {
  // What a question was asked by in an earlier run, as a probe, it is not asked by again in another way.
  const bool may_have_object = judge_.reply == ReplyChoice::automatic && reply == ReplyKind::line;
  ChatCalls::Tasks tasks;
  tasks.count = last - first;
  tasks.request = [&](std::size_t task) {
    const std::size_t question = first + task;
    const std::uint32_t repeat = questions.repeat(question);
    const auto request = [&](ReplyKind kind) {
      Prompt prompt = questions.prompt(question, kind);
      return ChatCalls::Request{chat_request(judge_.settings(kind), judge_.prompt.kind(), prompt.text), repeat,
                                prompt.text.size(), std::move(prompt.marker), kind};
    };
    if (may_have_object) {
      ChatCalls::Request object = request(ReplyKind::json);
      if (calls_.kept(object.body, repeat)) return object;
    }
    return request(reply);
  };
  tasks.readable = [&](std::size_t task, const ChatCalls::Request& asked, const std::string& content) {
    return questions.take(first + task, content, asked.marker);
  };
  tasks.done = [&](std::size_t task, const ChatOutcome& outcome) { questions.done(first + task, outcome); };
  if (questions.billed) {
    tasks.billed = [&](std::size_t task, Money cost) { questions.billed(first + task, cost); };
  }
  calls_.run(tasks);
}

}  // namespace assay::judge
