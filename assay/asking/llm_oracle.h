#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "assay/asking/oracle.h"
#include "assay/core/responses.h"
#include "assay/judge/llm_judge.h"

namespace assay::asking {

/// Which response stands first. `both`: each pair is asked in both orders; `random`: in one, drawn from the seed
/// for each pair and repeat; `fixed`: the model's response is A.
enum class PairOrder : std::uint8_t { both, random, fixed };

/// "both", "random" or "fixed".
std::string_view name(PairOrder order);

struct PairAsking {
  PairOrder order = PairOrder::both;
  std::uint32_t repeats = 1;  ///< How often a pair is asked in each order, at most; 1 to 1000.
  std::uint64_t seed = 1;     ///< Of PairOrder::random.
  std::string by = {};        ///< Who hands out repeats, if not all pairs get the same: part of the oracle's name.
};

/// A pair that is asked for the `repeat`-th time, from 0.
struct PairRepeat {
  Call call;
  std::uint32_t repeat = 0;
};

/// What was seen of a judge of pairs.
struct PairTally {
  std::size_t calls = 0;        ///< Pairs that were put to it, those answered from the study included.
  std::size_t no_verdict = 0;   ///< Of these, without one.
  std::size_t no_response = 0;  ///< Of these, a response is missing: nothing was asked.
  std::size_t both_orders = 0;  ///< Times that a pair was read in both orders.
  std::size_t flips = 0;        ///< Of these, each order said the opposite of the other.
  std::size_t half_flips = 0;   ///< Of these, one order said tie and the other did not.
  std::size_t first = 0, second = 0, ties = 0;  ///< Single verdicts: for A, for B, for neither.
  std::vector<std::size_t> failures =
      std::vector<std::size_t>(judge::kCallFailures);  ///< Questions without a verdict by why.
};

/// An LLM compares each model's response with the baseline's. A verdict is the sign of the sum over repeats and
/// orders of +1 (the model is better), 0, -1, so that two orders that contradict each other are a draw. A repeat
/// counts only if each of its orders was read; no verdict without one. Repeats are asked one after the other, and
/// no more once the verdict is settled whatever the rest would say.
class LlmOracle : public Oracle {
 public:
  /// `prompts` (n) and `responses` (n x m) must outlive it, as must `calls`.
  LlmOracle(const std::vector<std::string>& prompts, const ResponseTable& responses, judge::LlmJudge judge,
            PairAsking asking, std::string baseline, judge::ChatCalls& calls);

  std::string name() const override;
  /// Throws BudgetEnded besides.
  void ask(std::span<const Call> calls, const std::function<void(const Verdict&)>& answered) override;

  const PairTally& tally() const { return tally_; }
  /// Asks pairs once more, all of whose texts are there (`has_texts`): `worth` of the model's response in that
  /// repeat, 1 better, 0 worse, 1/2 a tie or a contradiction; NaN: it failed. Each once, in any order.
  void ask_repeats(std::span<const PairRepeat> repeats,
                   const std::function<void(std::size_t which, double worth)>& answered);

  /// Counts a call that was answered by an earlier run, as far as the ledger has its replies.
  void review(const Call& call);

  std::size_t questions_a_call() const { return orders() * asking_.repeats; }
  bool has_texts(const Call& call) const;
  /// Of the `variant`-th question of a call.
  std::uint32_t repeat(std::size_t variant) const { return static_cast<std::uint32_t>(variant / orders()); }
  /// What is asked at the `variant`-th question of a call, as it would be sent.
  judge::Prompt prompt(const Call& call, std::size_t variant, judge::ReplyKind reply) const;

 private:
  struct Pair;

  std::size_t orders() const { return asking_.order == PairOrder::both ? 2 : 1; }
  bool model_first(const Call& call, std::size_t variant) const;
  bool settled(const Pair& pair, std::uint32_t rounds) const;
  void ask_round(const std::vector<Pair*>& pairs, std::uint32_t round,
                 const std::function<void(const Verdict&)>& answered);
  int note(const Call& call, std::size_t variant, judge::PairVerdict verdict);
  std::optional<int> sum_of(const Pair& pair);
  Outcome conclude(const Pair& pair);

  const std::vector<std::string>& prompts_;
  const ResponseTable& responses_;
  PairAsking asking_;
  std::string baseline_;
  judge::LlmAsker asker_;
  PairTally tally_;
};

}  // namespace assay::asking
