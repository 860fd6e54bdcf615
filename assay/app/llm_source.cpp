#include "assay/app/llm_source.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "assay/judge/llm_oracle.h"
#include "assay/judge/llm_scorer.h"

namespace assay {
namespace {

std::size_t questions_a_call(const LlmOptions& options) {
  return (options.order == PairOrder::both ? 2 : 1) * static_cast<std::size_t>(options.repeats);
}

// The oracle with what it borrows.
class LlmVerdicts : public Oracle {
 public:
  LlmVerdicts(const VerdictTask& task, const OracleOptions& options)
      : prompts_(task.study.prompts(task.comparison.queries)),
        responses_(task.study.responses(task.comparison)),
        asking_{options.llm.order, options.llm.repeats, task.seed},
        // All questions of one call go out together.
        run_(options.llm, PromptKind::pair, task.study, std::max(task.batch, questions_a_call(options.llm)),
             options.timeout, options.waiting),
        oracle_(prompts_, responses_, run_.judge(), asking_, task.comparison.baseline, run_.calls()) {}

  std::string name() const override { return oracle_.name(); }
  void ask(std::span<const Call> calls, const std::function<void(const Verdict&)>& answered) override {
    oracle_.ask(calls, answered);
  }
  void review(const Call& call) { oracle_.review(call); }

  JudgeBill bill() const {
    JudgeBill bill = run_.bill();
    bill.asking = asking_;
    bill.pairs = oracle_.tally();
    bill.failures = oracle_.tally().failures;
    return bill;
  }

  JudgeEstimate estimate(std::size_t calls) {
    std::vector<Call> all;
    for (std::size_t q = 0; q < responses_.queries(); ++q) {
      for (std::size_t j = 0; j < responses_.models(); ++j) {
        const Call call{query_id(q), model_id(j)};
        if (oracle_.has_texts(call)) all.push_back(call);
      }
    }
    const auto question = [&](std::size_t i, std::size_t variant, ReplyKind reply) {
      return LlmRun::Question{oracle_.prompt(all[i], variant, reply), oracle_.repeat(variant)};
    };
    return run_.estimate(calls, all.size(), oracle_.questions_a_call(), question);
  }

 private:
  std::vector<std::string> prompts_;
  ResponseTable responses_;
  PairAsking asking_;
  LlmRun run_;
  LlmOracle oracle_;
};

std::vector<LlmScorer::Text> views_of(const std::vector<ScoredText>& texts) {
  std::vector<LlmScorer::Text> views;
  views.reserve(texts.size());
  for (const ScoredText& text : texts) views.push_back({text.prompt, text.response});
  return views;
}

// Likewise.
class LlmScores : public ScoreOracle {
 public:
  LlmScores(const ScoreTask& task, const OracleOptions& options)
      : texts_(task.study.texts(task.scoring)),
        views_(views_of(texts_)),
        run_(options.llm, PromptKind::score, task.study, std::max<std::size_t>(task.batch, 1), options.timeout,
             options.waiting),
        oracle_(views_, task.scale.low, task.scale.high, run_.judge(), run_.calls()) {}

  std::string name() const override { return oracle_.name(); }
  void ask(std::span<const ScoreCall> calls, const std::function<void(const Score&)>& answered) override {
    oracle_.ask(calls, answered);
  }

  JudgeBill bill() const {
    JudgeBill bill = run_.bill();
    bill.failures = oracle_.failures();
    return bill;
  }

  // As if all responses were asked equally often.
  JudgeEstimate estimate(std::size_t calls) {
    const std::size_t arms = views_.size();
    const auto question = [&](std::size_t i, std::size_t, ReplyKind reply) {
      return LlmRun::Question{oracle_.prompt(i % arms, reply), static_cast<std::uint32_t>(i / arms)};
    };
    return run_.estimate(calls, calls, 1, question);
  }

 private:
  std::vector<ScoredText> texts_;
  std::vector<LlmScorer::Text> views_;
  LlmRun run_;
  LlmScorer oracle_;
};

}  // namespace

VerdictSource llm_verdicts(const VerdictTask& task, const OracleOptions& options) {
  auto oracle = std::make_unique<LlmVerdicts>(task, options);
  LlmVerdicts& llm = *oracle;
  VerdictSource source;
  source.oracle = std::move(oracle);
  source.bill = [&llm] { return llm.bill(); };
  source.review = [&llm](const Call& call) { llm.review(call); };
  source.estimate = [&llm](std::size_t calls) { return llm.estimate(calls); };
  return source;
}

ScoreSource llm_scores(const ScoreTask& task, const OracleOptions& options) {
  auto oracle = std::make_unique<LlmScores>(task, options);
  LlmScores& llm = *oracle;
  ScoreSource source;
  source.oracle = std::move(oracle);
  source.bill = [&llm] { return llm.bill(); };
  source.estimate = [&llm](std::size_t calls) { return llm.estimate(calls); };
  return source;
}

}  // namespace assay
