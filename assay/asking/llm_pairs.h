#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/allocate/allocator.h"
#include "assay/asking/judge_task.h"
#include "assay/asking/llm_run.h"
#include "assay/asking/oracle.h"
#include "assay/judge/llm_judge.h"
#include "assay/judge/verdict_reader.h"

namespace assay::asking {

/// An LLM compares each response with the baseline's: win, draw or loss by the sum of its verdicts over orders and
/// repeats. Further repeats are asked only while they can change that. An answer is concluded anew from the replies
/// that the ledger has, so that it always belongs to the texts of the study as they are now; only an answer with a
/// question that failed is kept, as the ledger can't give it again.
class LlmPairs : public Oracle {
 public:
  /// `task` must have its texts and outlive the oracle. `at_once`: repeats that an allocator hands out at a time.
  /// Throws InvalidArgument for repeats out of range or an unknown allocator.
  LlmPairs(const JudgeTask& task, std::unique_ptr<LlmRun> run, PairAsking asking, std::size_t at_once);

  /// Of the judge, how it is asked, and the baseline.
  std::string name() const override;
  std::optional<file::Digest> fingerprint(std::size_t item) const override { return task_.fingerprint(item); }
  /// Ends as `money` at the limit of cost.
  AskEnd ask(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) override;
  /// Not with an allocator, nor in batches, of which each is a file.
  bool divisible() const override { return allocator_ == nullptr && !run_->calls().collects(); }
  /// Without those of an allocator: they depend on what is asked together.
  std::vector<Answer> known(const store::AnswerMark& until) const override;
  std::vector<JudgeReply> replies(std::size_t item) const override;
  std::optional<JudgeBill> bill() const override;
  std::optional<JudgeEstimate> estimate(std::size_t calls) override;

  const PairTally& tally() const { return tally_; }

 private:
  /// A pair that is asked once more, in each order.
  struct Once {
    std::size_t item = 0;
    std::uint32_t repeat = 0;
  };
  /// What that gave: +1 or -1 for the model in each order, added up; empty unless each order was read.
  struct Reading {
    std::optional<int> sum;
    bool known = true;  // by the ledger
    bool whole = true;  // every question has its reply
  };
  struct Pair;

  int orders() const { return asking_.order == PairOrder::both ? 2 : 1; }
  bool model_first(std::size_t item, std::size_t variant) const;
  judge::Prompt prompt(std::size_t item, std::size_t variant, judge::ReplyKind reply) const;
  int worth_of(std::size_t item, std::size_t variant, judge::PairVerdict verdict) const;
  std::optional<int> kept_sum(std::size_t item, std::uint32_t repeat, judge::ReplyKind reply,
                              std::int64_t last) const;
  std::optional<double> kept_value(std::size_t item, judge::ReplyKind reply, std::int64_t last) const;
  int note(std::size_t item, std::size_t variant, judge::PairVerdict verdict);
  Reading conclude(const std::vector<std::optional<int>>& verdicts, bool known, bool whole);
  void ask_once(std::span<const Once> onces, const std::function<void(std::size_t, const Reading&)>& read);
  void ask_in_rounds(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered);
  void ask_allocated(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered);
  void hand_over(const Answer& answer, const std::function<void(const Answer&)>& answered);

  const JudgeTask& task_;
  std::unique_ptr<LlmRun> run_;
  PairAsking asking_;
  const allocate::AllocatorEntry* allocator_;
  std::size_t at_once_;
  judge::LlmAsker asker_;
  PairTally tally_;
};

}  // namespace assay::asking
