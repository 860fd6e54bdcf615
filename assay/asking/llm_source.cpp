#include "assay/asking/llm_source.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "assay/allocate/allocation.h"
#include "assay/asking/llm_oracle.h"
#include "assay/asking/llm_scorer.h"

namespace assay::asking {
namespace {

std::size_t questions_a_call(const LlmOptions& options) {
  return (options.order == PairOrder::both ? 2 : 1) * static_cast<std::size_t>(options.repeats);
}

// Verdicts depend on which pairs share a budget.
std::string handed_out_by(const LlmOptions& options, std::size_t batch) {
  return options.repeat_by.empty() ? "" : options.repeat_by + " in batches of " + std::to_string(batch);
}

// The oracle with what it borrows.
class LlmVerdicts : public Oracle {
 public:
  LlmVerdicts(const VerdictTask& task, const OracleOptions& options)
      : prompts_(task.study.prompts(task.comparison.queries)),
        responses_(task.study.responses(task.comparison)),
        asking_{options.llm.order, options.llm.repeats, task.seed, handed_out_by(options.llm, task.batch)},
        allocator_(options.llm.repeat_by.empty() ? nullptr : &allocate::allocator(options.llm.repeat_by)),
        at_once_(std::max<std::size_t>(1, task.batch)),
        // All questions of one call go out together.
        run_(options.llm, judge::PromptKind::pair, task.study, std::max(task.batch, questions_a_call(options.llm)),
             options.timeout, options.waiting),
        oracle_(prompts_, responses_, run_.judge(), asking_, task.comparison.baseline, run_.calls()) {}

  std::string name() const override { return oracle_.name(); }
  void ask(std::span<const Call> calls, const std::function<void(const Verdict&)>& answered) override {
    if (allocator_ == nullptr) {
      oracle_.ask(calls, answered);
      return;
    }
    std::vector<Call> complete;
    for (const Call& call : calls) {
      if (oracle_.has_texts(call)) {
        complete.push_back(call);
      } else {
        oracle_.ask(std::span(&call, 1), answered);  // which knows what to say
      }
    }
    if (!complete.empty()) ask_allocated(complete, answered);
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
    const auto question = [&](std::size_t i, std::size_t variant, judge::ReplyKind reply) {
      return LlmRun::Question{oracle_.prompt(all[i], variant, reply), oracle_.repeat(variant)};
    };
    return run_.estimate(calls, all.size(), oracle_.questions_a_call(), question);
  }

 private:
  // The pairs of a batch are arms whose mean worth is wanted; the allocator spends `repeats` calls for each of them
  // where verdicts waver. A batch has one budget, so that queries and repeats come out of the same calls.
  void ask_allocated(std::span<const Call> pairs, const std::function<void(const Verdict&)>& answered) {
    const ParameterValues parameters(allocator_->parameters);
    const std::size_t budget = pairs.size() * asking_.repeats;
    allocate::check_budget(*allocator_, parameters, pairs.size(), budget);
    allocate::Allocation allocation(*allocator_, {pairs.size(), {}}, parameters);
    std::vector<PairRepeat> repeats;
    std::vector<double> worths;
    std::vector<ArmId> arms;  // of the repeats under way
    while (allocation.calls() < budget) {
      repeats.clear();
      arms.clear();
      for (std::size_t i = std::min(at_once_, budget - allocation.calls()); i > 0; --i) {
        const std::size_t arm = index(allocation.next());
        repeats.push_back({pairs[arm], static_cast<std::uint32_t>(allocation.arms()[arm].calls - 1)});
        arms.push_back(arm_id(arm));
      }
      worths.assign(repeats.size(), 0.0);
      oracle_.ask_repeats(repeats, [&](std::size_t which, double worth) { worths[which] = worth; });
      for (std::size_t i = 0; i < repeats.size(); ++i) allocation.observe(arms[i], worths[i]);
    }
    constexpr double kEqual = 1e-9;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const allocate::ArmTally& tally = allocation.arms()[i];
      const double lead = tally.scores > 0 ? tally.mean - 0.5 : 0.0;
      const Outcome outcome = tally.scores == 0 ? Outcome::none
                              : lead > kEqual   ? Outcome::win
                              : lead < -kEqual  ? Outcome::loss
                                                : Outcome::draw;
      answered({pairs[i], outcome});
    }
  }

  std::vector<std::string> prompts_;
  ResponseTable responses_;
  PairAsking asking_;
  const allocate::AllocatorEntry* allocator_;
  std::size_t at_once_;
  LlmRun run_;
  LlmOracle oracle_;
};

std::vector<LlmScorer::Text> views_of(const std::vector<store::ScoredText>& texts) {
  std::vector<LlmScorer::Text> views;
  views.reserve(texts.size());
  for (const store::ScoredText& text : texts) views.push_back({text.prompt, text.response});
  return views;
}

// Likewise.
class LlmScores : public ScoreOracle {
 public:
  LlmScores(const ScoreTask& task, const OracleOptions& options)
      : texts_(task.study.texts(task.scoring)),
        views_(views_of(texts_)),
        run_(options.llm, judge::PromptKind::score, task.study, std::max<std::size_t>(task.batch, 1),
             options.timeout, options.waiting),
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
    const auto question = [&](std::size_t i, std::size_t, judge::ReplyKind reply) {
      return LlmRun::Question{oracle_.prompt(i % arms, reply), static_cast<std::uint32_t>(i / arms)};
    };
    return run_.estimate(calls, calls, 1, question);
  }

 private:
  std::vector<store::ScoredText> texts_;
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

}  // namespace assay::asking
