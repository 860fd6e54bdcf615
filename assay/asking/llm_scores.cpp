#include "assay/asking/llm_scores.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "assay/core/error.h"
#include "assay/judge/verdict_reader.h"

namespace assay::asking {

LlmScores::LlmScores(const JudgeTask& task, std::unique_ptr<LlmRun> run)
    : task_(task), run_(std::move(run)), asker_(run_->judge(), run_->calls()) {
  check(task.scale());
}

std::string LlmScores::name() const {
  const std::string judge = describe(asker_.judge());
  return fmt::format("llm-scores:{}:{}:{} to {}", judge.size(), judge, task_.scale().low, task_.scale().high);
}

judge::Prompt LlmScores::prompt(std::size_t item, judge::ReplyKind reply) const {
  const JudgeTask::Texts texts = task_.texts(item);
  return asker_.judge().prompt.render(
      judge::ScoreFields{texts.prompt, texts.response, task_.scale().low, task_.scale().high}, reply);
}

std::optional<double> LlmScores::kept_score(const Ask& ask, std::int64_t last) const {
  for (const judge::ReplyKind reply : reply_kinds(asker_.judge().reply)) {
    const judge::Prompt asked = prompt(ask.item, reply);
    const std::optional<std::string> content = run_->kept({asked, ask.repeat}, reply, last);
    if (!content) continue;
    return judge::read_score(*content, asked.marker, task_.scale().low, task_.scale().high);
  }
  return std::nullopt;
}

std::vector<Answer> LlmScores::known(const store::AnswerMark& until) const {
  std::vector<Answer> answers;
  if (!run_->has_replies()) return answers;
  for (std::uint32_t item = 0; item < task_.size(); ++item) {
    if (!task_.complete(item)) continue;
    for (Ask ask{item};; ++ask.repeat) {
      const std::optional<double> score = kept_score(ask, until.paid);
      if (!score) break;
      answers.push_back({ask, *score, true, true});
      if (task_.pairs()) break;
    }
  }
  return answers;
}

std::vector<JudgeReply> LlmScores::replies(std::size_t item) const {
  std::vector<JudgeReply> replies;
  if (!task_.complete(item)) return replies;
  for (const judge::ReplyKind kind : reply_kinds(asker_.judge().reply)) {
    for (std::uint32_t repeat = 0;; ++repeat) {
      const judge::Prompt asked = prompt(item, kind);
      std::optional<std::string> content =
          run_->kept({asked, repeat}, kind, std::numeric_limits<std::int64_t>::max());
      if (!content) break;
      const Scale& scale = task_.scale();
      const std::optional<double> score = judge::read_score(*content, asked.marker, scale.low, scale.high);
      replies.push_back({JudgeReply::Order::alone, repeat, std::move(*content), score});
    }
    if (!replies.empty()) break;
  }
  return replies;
}

void LlmScores::put(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) {
  const Scale& scale = task_.scale();
  std::vector<double> scores(asks.size(), std::numeric_limits<double>::quiet_NaN());
  judge::LlmAsker::Questions questions;
  questions.count = asks.size();
  questions.prompt = [&](std::size_t i, judge::ReplyKind reply) { return prompt(asks[i].item, reply); };
  questions.repeat = [&](std::size_t i) { return asks[i].repeat; };
  questions.take = [&](std::size_t i, const std::string& content, const std::string& marker) {
    const std::optional<double> score = judge::read_score(content, marker, scale.low, scale.high);
    if (score) scores[i] = *score;
    return score.has_value();
  };
  questions.done = [&](std::size_t i, const judge::ChatOutcome& outcome) {
    if (outcome.failure != judge::CallFailure::none) ++failures_[static_cast<std::size_t>(outcome.failure)];
    answered({asks[i], scores[i], outcome.known, outcome.failure == judge::CallFailure::none});
  };
  questions.billed = [&](std::size_t i, Money cost) { run_->charge(task_.names(asks[i].item).model, cost); };
  asker_.ask(questions);
}

AskEnd LlmScores::ask(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) {
  const std::vector<Ask> complete = complete_asks(task_, asks, answered);
  try {
    put(complete, answered);
  } catch (const http::BatchAwaited& awaited) {
    return {AskEnd::Kind::left, awaited.what()};
  } catch (const judge::BudgetEnded& ended) {
    return {AskEnd::Kind::money, ended.what()};
  } catch (const judge::EndpointEnded& ended) {
    return {AskEnd::Kind::trouble, ended.what()};
  }
  return {};
}

std::optional<JudgeBill> LlmScores::bill() const {
  JudgeBill bill = run_->bill();
  bill.failures = failures_;
  return bill;
}

std::optional<JudgeEstimate> LlmScores::estimate(std::size_t calls) {
  std::vector<std::size_t> items;
  for (std::size_t item = 0; item < task_.size(); ++item) {
    if (!task_.pairs() || task_.complete(item)) items.push_back(item);
  }
  const std::size_t all = task_.pairs() ? items.size() : calls;
  return run_->estimate(calls, all, 1, [&](std::size_t i, std::size_t, judge::ReplyKind reply) {
    return LlmRun::Question{prompt(items[i % items.size()], reply), static_cast<std::uint32_t>(i / items.size())};
  });
}

}  // namespace assay::asking
