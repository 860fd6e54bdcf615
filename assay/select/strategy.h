#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/parameters.h"
#include "assay/core/verdict.h"
#include "assay/stats/intervals.h"

// A strategy chooses which calls (query, model) the judge answers next. An example of use, without a Selection:
//
//   const StrategyEntry& entry = strategy("random");
//   const auto running = entry.make({.models = 3, .pool = pool}, ParameterValues(entry.parameters));
//   std::vector<Call> calls;
//   running->propose(1, calls);
//   for (const Call& call : calls) {
//     const Verdict verdict{call, judge(call)};
//     running->observe({&verdict, 1});
//   }

#pragma GCC visibility push(default)

namespace assay {
class RewardTable;
}

namespace assay::text {
class FeatureTable;
class SimilarityTable;
}  // namespace assay::text

namespace assay::select {

class WeakVerdicts;

/// What a run is to decide: a model whose mean reward over the pool is at most `epsilon` below the best one's. The
/// decision is wrong with probability 1 - `confidence` at most, whatever the rewards are.
struct Goal {
  double epsilon = 0;        ///< In [0, 1), of the mean reward.
  double confidence = 0.95;  ///< In (0, 1]; 1: only what is certain.
  /// About all queries of the source that the pool is a random sample of, not about the pool alone.
  bool population = false;
  /// In [0, 1), of the mean reward. The model to find is then the cheapest one, by Problem::prices, whose mean is
  /// at most this much below the best one's; without `epsilon` and `population`.
  std::optional<double> good_enough = {};
};

/// A query that was drawn for a model, what was staked on it, and what came: see assay.cpp. A later run on the same
/// queries goes on with the bets that were made on it.
struct Draw {
  double weight = 1;         ///< Of the query.
  double kept = 0;           ///< Of this query, > 0: what is kept back in any case.
  double all_kept = 0;       ///< Sum of the same over all queries that could be drawn.
  double chance = 1;         ///< In (0, 1], with which this query was drawn.
  double longest = 1;        ///< Largest ratio of weight to chance of all that could be drawn.
  double lost = 0;           ///< weight * (1 - reward).
  double gained_before = 0;  ///< Sum of the model's rewards, by weight, on what was known before.
  double left_before = 0;    ///< Weight of what was not.
};

/// The draws of one model on a pool of this weight, in their order. It may since have been joined by other queries.
struct EarlierDraws {
  ModelId model{};
  double pool = 0;
  std::vector<Draw> draws;
};

/// What the ids stand for, for strategies that ask elsewhere.
struct Names {
  std::vector<std::string> models = {};   ///< Of the candidates, by ModelId.
  std::string baseline = {};              ///< Empty: there is none.
  std::vector<std::string> queries = {};  ///< By QueryId.
};

/// What a strategy may look at before and besides the verdicts. A strategy shares the tables that it uses.
struct Problem {
  std::size_t models = 0;            ///< m >= 1
  std::vector<QueryId> pool;         ///< Queries that may be asked about. Ties are broken by this order.
  std::vector<double> weights = {};  ///< One for each query of the pool, positive, sum N. Empty: all 1.
  std::vector<EarlierDraws> earlier =
      {};  ///< Of the run that this one goes on from. For strategies that use `known`.
  /// The last model is the baseline that the others are compared with. Its reward is 1/2 everywhere; no call is
  /// made for it.
  bool baseline = false;
  double step = 0;                                     ///< All rewards are multiples of it; 0: they may be any.
  std::shared_ptr<const WeakVerdicts> weak = nullptr;  ///< Of all queries of the study, if the strategy needs them.
  std::shared_ptr<const text::SimilarityTable> similarity = nullptr;  ///< Likewise.
  std::shared_ptr<const text::FeatureTable> features = nullptr;       ///< Likewise, but never a must.
  std::shared_ptr<const Names> names = nullptr;                       ///< Likewise, of all queries of the study.
  /// What a cheaper judge says of the same, a row for each query of the study, a column for each model that is not
  /// the baseline. A hint of what the judge will say, never a verdict. Likewise never a must.
  std::shared_ptr<const RewardTable> assistant = nullptr;
  std::uint64_t seed = 0;  ///< For strategies that draw.
  std::size_t budget = 0;  ///< Calls that may be made; 0: not told.
  Goal goal = {};          ///< For strategies that stop by themselves.
  /// Of each model, what one of its answers costs in use (or its latency, or its size), positive: for
  /// Goal::good_enough. Of equal ones the first model is preferred.
  std::vector<double> prices = {};
  /// What is known before the first call; NaN: a call that failed and is not made again. Others than `uses_known`
  /// don't look.
  std::vector<Verdict> known = {};
  /// Probably no call will be made: what follows from what is known is wanted at once.
  bool looks_only = false;
};

/// What is known of a model.
struct Estimate {
  double win_rate = 0.5;  ///< Expected, over the whole pool. What was judged is exact.
  /// 95 %, of the same. It is valid although models and queries were chosen by what was seen.
  stats::Interval interval = {};
  double risk = 1;       ///< Level at which it is excluded as more than epsilon better; the leader's own is 0.
  bool possible = true;  ///< May still be the best, at the goal's confidence.
};

/// The state of a decision. Strategies that can stop by themselves have one.
class Decision {
 public:
  virtual ~Decision() = default;

  /// The model to return now.
  virtual ModelId leader() const = 0;

  /// Level at which it is excluded that the leader is more than epsilon below the best, in [0, 1]. The goal is
  /// reached when it is at most 1 - confidence.
  virtual double risk() const = 0;

  /// About the chance that the leader is more than epsilon below the best on other queries from the same source,
  /// the pool being a random sample. An estimate, in [0, 1]; not less than what chance did to the pool.
  virtual double population_risk() const = 0;

  /// One for each of the m models.
  virtual std::vector<Estimate> estimates() const = 0;

  /// Calls that the decision will probably still take, if the models are as far apart as they now seem. 0 if it is
  /// made. All calls that are left if these would not be enough.
  virtual std::size_t calls_to_decide() const = 0;
};

/// Chooses which calls to make next. A strategy sees only the verdicts passed to `observe`; it knows no oracle.
class Strategy {
 public:
  virtual ~Strategy() = default;

  /// Appends up to `limit` >= 1 calls, none of them proposed before. Appends none only when every call that the
  /// strategy will ever want was proposed. Verdicts of earlier calls may still be outstanding.
  virtual void propose(std::size_t limit, std::vector<Call>& calls) = 0;

  /// Verdicts of proposed calls, each once, in any order.
  virtual void observe(std::span<const Verdict> verdicts) = 0;

  /// Probability of each model to be the best, given the verdicts so far; m values that sum to one.
  virtual std::vector<double> posterior() const = 0;

  /// For a later run with other candidates or more queries, which goes on from this one.
  virtual std::vector<EarlierDraws> draws() const { return {}; }

  /// nullptr: this strategy never stops by itself. Lives as long as the strategy and moves with it.
  virtual const Decision* decision() const { return nullptr; }
};

/// Which model to return at the end. `estimate`: the leader of the strategy's Decision.
enum class ReturnRule : std::uint8_t { posterior, win_rate, estimate };

/// "posterior", "win-rate" or "estimate".
std::string_view name(ReturnRule rule);

/// A condition that the parameters of a strategy must meet together.
struct ParameterCondition {
  std::string_view text = {};                               ///< What is expected, as an error message says it.
  bool (*holds)(std::span<const double> values) = nullptr;  ///< Values in the order of the row; nullptr: always.
};

/// A row of the table of strategies.
struct StrategyEntry {
  std::string_view name;          ///< As typed: `--strategy NAME`.
  std::string_view help;          ///< One line.
  bool baseline = false;          ///< One of the five that LLM SELECTOR is compared with.
  bool whole_rows = false;        ///< Asks for all m models of a query; propose it m calls at a time.
  bool random_queries = false;    ///< The queries are a random sample, as intervals of win rates assume.
  bool needs_weak = false;        ///< Needs Problem::weak.
  bool needs_similarity = false;  ///< Needs Problem::similarity.
  bool uses_features = false;     ///< Looks at Problem::features if they are there.
  bool uses_assistant = false;    ///< Looks at Problem::assistant if it is there.
  bool uses_known = false;        ///< Looks at Problem::known, and never asks for what stands there.
  bool told_names = false;        ///< Looks at Problem::names.
  bool told_budget = false;       ///< Needs Problem::budget: what it asks first depends on what it may ask at all.
  bool stops = false;             ///< Has a Decision.
  ReturnRule returns = ReturnRule::win_rate;   ///< By which the model is returned unless asked otherwise.
  std::span<const Parameter> parameters = {};  ///< What its user may choose.
  ParameterCondition condition = {};           ///< Beside the range of each parameter.
  /// Points that a grid search tries, each with a value for each parameter; nullptr: the defaults alone.
  std::vector<std::vector<double>> (*grid)() = nullptr;
  /// `parameters`: values for this row. Throws InvalidArgument if one that it uses is missing.
  std::function<std::unique_ptr<Strategy>(const Problem& problem, const ParameterValues& parameters)> make =
      nullptr;
};

/// All strategies, in the order of `--help`.
std::span<const StrategyEntry> strategies();

/// The strategy called `name`; throws InvalidArgument that lists all names.
const StrategyEntry& strategy(std::string_view name);

/// The points of a strategy's grid, or the defaults alone. Never empty.
std::vector<ParameterValues> parameter_grid(const StrategyEntry& entry);

/// `parameters`, or the row's defaults if they are empty. Throws InvalidArgument if they are those of another row,
/// if one is out of its range, or if they do not meet the row's condition together.
ParameterValues checked(const StrategyEntry& entry, const ParameterValues& parameters);

/// Throws InvalidArgument if something is out of its range.
void check(const Goal& goal);

}  // namespace assay::select

#pragma GCC visibility pop
