#include "assay/asking/expected_answers.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

namespace assay::asking {
namespace {

constexpr std::size_t kBytesPerToken = 4;

Money dollars(double amount) { return Money{static_cast<std::int64_t>(std::ceil(1e6 * amount))}; }

}  // namespace

ExpectedAnswers::ExpectedAnswers(const store::Study& study, std::span<const answering::Candidate> candidates,
                                 JudgeTask& task)
    : cells_(task.size()), models_(task.comparison().models.size()), candidates_(candidates.size()) {
  const store::Comparison& comparison = task.comparison();
  const std::vector<store::StudySummary::Answering> before = study.answering();
  of_models_.resize(models_);
  const auto fill = [&](const std::string& name, std::size_t column, Cost& cost) {
    const auto candidate = std::ranges::find(candidates, name, &answering::Candidate::name);
    if (candidate == candidates.end()) return;
    const auto told = std::ranges::find(before, name, &store::StudySummary::Answering::model);
    const bool seen = told != before.end() && told->with_tokens > 0;
    guessed_ = guessed_ || !seen;
    const std::size_t tokens = seen ? static_cast<std::size_t>(told->tokens_out / told->with_tokens)
                                    : std::min(kLikelyAnswer, candidate->max_tokens);
    priced_ = priced_ && candidate->price.has_value();
    for (std::size_t query = 0; query < comparison.queries.size(); ++query) {
      const std::size_t item = query * models_ + (column < models_ ? column : 0);
      if (column < models_ ? task.has_response(item) : task.has_baseline(query)) continue;
      const std::size_t prompt = task.texts(query * models_).prompt.size();
      ++cost.answers;
      if (candidate->price) {
        cost.likely += likely_cost(*candidate, prompt, tokens).value_or(0);
        const std::uint64_t in = judge::most_tokens(prompt + candidate->system.size());
        cost.most = std::max(cost.most, judge::most_cost(*candidate->price, in, candidate->max_tokens).dollars());
      }
      std::string text(kBytesPerToken * tokens, ' ');
      column < models_ ? task.set_response(item, std::move(text)) : task.set_baseline(query, std::move(text));
    }
  };
  for (std::size_t model = 0; model < models_; ++model) fill(comparison.models[model], model, of_models_[model]);
  if (!comparison.baseline.empty()) fill(comparison.baseline, models_, of_baseline_);
}

// A row needs the baseline's answer once, however many of its calls are asked.
double ExpectedAnswers::likely(double share) const {
  double sum = of_baseline_.likely * (1 - std::pow(1 - share, static_cast<double>(models_)));
  for (const Cost& cost : of_models_) sum += share * cost.likely;
  return sum;
}

AnsweringEstimate ExpectedAnswers::estimate(std::size_t calls, const select::CallRange& probable) const {
  AnsweringEstimate estimate;
  estimate.candidates = candidates_;
  estimate.guessed = guessed_;
  std::size_t missing = 0;
  double dearest = 0, most = 0;
  for (const Cost& cost : of_models_) {
    missing += cost.answers;
    most += static_cast<double>(cost.answers) * cost.most;
    dearest = std::max(dearest, cost.most);
  }
  estimate.answers = std::min(missing, calls) + std::min(of_baseline_.answers, calls);
  if (!priced_) return estimate;
  const auto share = [&](std::size_t of) {
    return static_cast<double>(of) / static_cast<double>(std::max<std::size_t>(1, cells_));
  };
  estimate.cost_from = dollars(likely(share(probable.least)));
  estimate.cost_to = dollars(likely(share(probable.most)));
  estimate.cost = dollars(likely(share(calls)));
  estimate.cost_most = dollars(std::min(most, static_cast<double>(calls) * dearest) +
                               static_cast<double>(std::min(of_baseline_.answers, calls)) * of_baseline_.most);
  return estimate;
}

}  // namespace assay::asking
