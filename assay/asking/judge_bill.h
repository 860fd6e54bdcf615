#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/money.h"
#include "assay/judge/call_counts.h"
#include "assay/select/probable_calls.h"

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

/// What a run asked of a paid judge.
struct JudgeBill {
  std::string url;
  std::string model;
  std::optional<PairAsking> asking;   ///< Of verdicts.
  std::optional<PairTally> pairs;     ///< Likewise.
  std::vector<std::size_t> failures;  ///< Questions without verdict or score, by CallFailure.
  judge::CallCounts counts;
  std::optional<Money> cost;  ///< Of the replies of this run, at most; empty: no price is known.
  /// Of `cost`, what judging the answers of each model took. Replies of batches are not among it.
  std::map<std::string, Money, std::less<>> cost_of_models = {};
  Money possibly_more;  ///< At most: of requests that got no reply and may have been billed all the same.
  Money spent;          ///< Of all runs on this study, at most.
  Money lost;           ///< Of that, at most, what calls may have cost that were under way when runs were killed.
  std::optional<Money> most_cost;
};

/// What answers would be made for a run, before anything is sent.
struct AnsweringEstimate {
  std::size_t candidates = 0;
  std::size_t answers = 0;  ///< At most.
  /// For the calls that will probably be asked, and for all that may be; empty: a candidate has no price.
  std::optional<Money> cost_from = {}, cost_to = {}, cost = {};
  std::optional<Money> cost_most = {};
  bool guessed = false;  ///< The length of some candidate's answers: it has made none yet.
};

/// What a run would ask, before anything is sent.
struct JudgeEstimate {
  std::optional<AnsweringEstimate> answering = {};  ///< Where candidates answer when they are asked.
  std::string url;
  std::string model;
  std::size_t calls = 0;      ///< Pairs or scores, at most.
  std::size_t questions = 0;  ///< Requests for these; those that the study can answer are not among them.
  std::size_t from_study = 0;
  std::size_t calls_all = 0;    ///< Pairs that could be asked, whatever the budget.
  std::size_t known = 0;        ///< Of these, those that the study answers whole.
  std::uint64_t tokens_in = 0;  ///< Likely.
  std::uint64_t tokens_in_most = 0;
  std::uint64_t tokens_out = 0;       ///< Likely.
  std::uint64_t tokens_out_most = 0;  ///< By the limit of tokens.
  std::size_t replies_seen = 0;       ///< Of this judge, whose lengths the likely tokens are from; 0: guessed.
  std::optional<Money> cost;          ///< With likely tokens; empty: no price is known.
  std::optional<Money> cost_most;
  double cost_of_new = 0;          ///< Micro-dollars of a call that the study does not answer whole, likely.
  select::CallRange probable;      ///< Calls that will be asked, within `calls`; by `expect`.
  std::optional<Money> cost_from;  ///< Of these, likely.
  std::optional<Money> cost_to;
  Money spent;  ///< Of all runs on this study so far, at most.
  std::optional<Money> most_cost;
};

/// What an earlier part of the same run cost comes on top.
void add(JudgeBill& bill, const JudgeBill& earlier);

/// The strategy will probably put so many calls to the judge that the study does not answer. No more than `calls`.
void expect(JudgeEstimate& estimate, const select::CallRange& probable);

}  // namespace assay::asking
