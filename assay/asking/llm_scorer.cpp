#include "assay/asking/llm_scorer.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <utility>

#include "assay/core/error.h"

namespace assay::asking {

LlmScorer::LlmScorer(const std::vector<Text>& texts, double low, double high, judge::LlmJudge judge,
                     judge::ChatCalls& calls)
    : texts_(texts), low_(low), high_(high), asker_(std::move(judge), calls) {
  if (!std::isfinite(high - low) || !(low < high)) {
    throw InvalidArgument(
        fmt::format("a scale must go from a lower to a higher score, came {:g} to {:g}", low, high));
  }
}

std::string LlmScorer::name() const {
  const std::string judge = judge::describe(asker_.judge());
  return fmt::format("llm-scores:{}:{}:{} to {}", judge.size(), judge, low_, high_);
}

judge::Prompt LlmScorer::prompt(std::size_t arm, judge::ReplyKind reply) const {
  return asker_.judge().prompt.render(judge::ScoreFields{texts_[arm].query, texts_[arm].response, low_, high_},
                                      reply);
}

void LlmScorer::ask(std::span<const ScoreCall> calls, const std::function<void(const Score&)>& answered) {
  for (const ScoreCall& call : calls) {
    if (index(call.arm) >= texts_.size()) {
      throw InvalidArgument(
          fmt::format("a call to arm {} is outside the responses, which are {}", index(call.arm), texts_.size()));
    }
  }
  std::vector<double> scores(calls.size(), std::numeric_limits<double>::quiet_NaN());
  judge::LlmAsker::Questions questions;
  questions.count = calls.size();
  questions.prompt = [&](std::size_t i, judge::ReplyKind reply) { return prompt(index(calls[i].arm), reply); };
  questions.repeat = [&](std::size_t i) { return calls[i].repeat; };
  questions.take = [&](std::size_t i, const std::string& content, judge::ReplyKind reply,
                       const std::string& marker) {
    const std::optional<double> score = judge::read_score(content, reply, marker, low_, high_);
    if (score) scores[i] = *score;
    return score.has_value();
  };
  questions.done = [&](std::size_t i, const judge::ChatOutcome& outcome) {
    if (outcome.failure != judge::CallFailure::none) ++failures_[static_cast<std::size_t>(outcome.failure)];
    answered({calls[i], scores[i]});
  };
  asker_.ask(questions);
}

}  // namespace assay::asking
