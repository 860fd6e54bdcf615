#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "assay/core/verdict.h"
#include "assay/stats/intervals.h"

namespace assay::text {
class FeatureTable;
class SimilarityTable;
}  // namespace assay::text

namespace assay::select {

class WeakVerdicts;

/// Who says that a run may stop. `model`: the posterior of the outcome model, which holds as far as that model
/// does. `guaranteed`: a test by betting, which holds for any outcomes whatever, as long as the queries are judged
/// in random order.
enum class StopRule : std::uint8_t { model, guaranteed };

/// "model" or "guaranteed".
std::string_view name(StopRule rule);

/// What a run is to decide: a model whose win rate over the pool is at most `epsilon` below the best one's. It is
/// wrong with probability 1 - `confidence` at most.
struct Goal {
  double epsilon = 0;        ///< In [0, 1), in win rate.
  double confidence = 0.95;  ///< In (0, 1]; 1: only what is certain.
  StopRule rule = StopRule::model;
};

/// What a strategy may look at before and besides the verdicts. Everything here outlives the strategy.
struct Problem {
  std::size_t models = 0;              ///< m >= 1
  std::span<const QueryId> pool;       ///< Queries that may be asked about; ties are broken by this order.
  const WeakVerdicts* weak = nullptr;  ///< Over all queries of the study, if the strategy needs them.
  const text::SimilarityTable* similarity = nullptr;  ///< Likewise.
  const text::FeatureTable* features = nullptr;  ///< Likewise, but a strategy that uses them does without, too.
  std::uint64_t seed = 0;                        ///< For strategies that draw.
  Goal goal = {};                                ///< For strategies that stop by themselves.
};

/// Parameters of the published strategies. Each uses what it needs.
struct Parameters {
  double loss = 0.2;         ///< e_loss: chance that the best model loses, LLM SELECTOR section 3.
  double draw = 0.4;         ///< e_draw: chance that it draws. loss, draw > 0, loss + draw < 1.
  double temperature = 1.0;  ///< t of SELECT-LLM, > 0, in units of wins.
};

/// What is known of a model.
struct Estimate {
  double win_rate = 0.5;  ///< Expected, over the whole pool: what was judged is exact.
  stats::Interval interval =
      {};                ///< 95 %, of the same; valid although models and queries were chosen by what was seen.
  double risk = 1;       ///< That it is more than epsilon better than the leader; the leader's own is 0.
  bool possible = true;  ///< May still be the best, at the goal's confidence.
};

/// The state of a decision. Strategies that can stop by themselves have one.
class Decision {
 public:
  virtual ~Decision() = default;

  /// The model to return now.
  virtual ModelId leader() const = 0;

  /// Chance that the leader is more than epsilon below the best: of the posterior, or the level at which the test
  /// excludes it. In [0, 1]. The goal is reached when it is at most 1 - confidence.
  virtual double risk() const = 0;

  /// One for each of the m models.
  virtual std::vector<Estimate> estimates() const = 0;

  /// Calls that the decision will probably take from here on, if the models are as far apart as they now seem; 0 if
  /// it is made, and all that are left if these would not be enough.
  virtual std::size_t calls_to_decide() const = 0;
};

/// Chooses which calls to make next. A strategy sees only the verdicts that it is told; it knows no oracle.
class Strategy {
 public:
  virtual ~Strategy() = default;

  /// Appends up to `limit` >= 1 calls, none of them proposed before; none at all only when every call that the
  /// strategy will ever want was proposed. Verdicts of earlier calls may still be outstanding.
  virtual void propose(std::size_t limit, std::vector<Call>& calls) = 0;

  /// Verdicts of proposed calls, each once, in any order.
  virtual void observe(std::span<const Verdict> verdicts) = 0;

  /// Probability of each model to be the best, given the verdicts so far; m values that sum to one.
  virtual std::vector<double> posterior() const = 0;

  /// nullptr: this strategy can't tell when to stop. Lives as long as the strategy and moves with it.
  virtual const Decision* decision() const { return nullptr; }
};

/// Which model to return at the end. `estimate`: the leader of the strategy's Decision.
enum class ReturnRule : std::uint8_t { posterior, win_rate, estimate };

/// "posterior", "win-rate" or "estimate".
std::string_view name(ReturnRule rule);

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
  bool stops = false;             ///< Has a Decision.
  bool uses_loss_draw = false;    ///< Chooses or returns by e_loss and e_draw.
  bool uses_temperature = false;  ///< Chooses or returns by the temperature.
  ReturnRule returns = ReturnRule::win_rate;  ///< By which the model is returned unless asked otherwise.
  std::unique_ptr<Strategy> (*make)(const Problem& problem, const Parameters& parameters) = nullptr;
};

/// All strategies, in the order of `--help`.
std::span<const StrategyEntry> strategies();

/// The strategy called `name`; throws InvalidArgument that lists all names.
const StrategyEntry& strategy(std::string_view name);

/// Parameters that a grid search tries for a strategy: pairs e_loss, e_draw in steps of 1/20 where a better outcome
/// never speaks against a model, e_loss <= e_draw <= 1 - e_loss - e_draw; temperatures 1/4, 1/2, ... 64; or, for a
/// strategy that has no parameters, the defaults alone.
std::vector<Parameters> parameter_grid(const StrategyEntry& entry);

/// Throws InvalidArgument if a parameter is out of its range.
void check(const Parameters& parameters);
void check(const Goal& goal);

}  // namespace assay::select
