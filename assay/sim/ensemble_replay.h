#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/core/progress.h"
#include "assay/ensemble/selection_method.h"
#include "assay/ensemble/vote_rule.h"
#include "assay/stats/mean_se.h"

namespace assay::sim {

/// An experiment: in each split the queries fall into two parts at random; members are chosen and decisions learnt
/// on one, and the ensemble answers the other.
struct EnsembleSetup {
  const LabelTable* table = nullptr;     ///< No prediction is kNotRun.
  std::span<const std::uint32_t> group;  ///< n: queries of one number fall on one side; empty: each is its own.
  std::span<const std::uint32_t> task;   ///< n, numbers of tasks; empty: one.
  /// Members are chosen and decisions learnt for each task anew; accuracy is the mean over the tasks.
  bool by_task = false;
  std::size_t size = 0;                  ///< K: ensembles of 1 .. K members.
  std::span<const std::int64_t> prices;  ///< m, with a budget only.
  std::optional<std::int64_t> budget = {};
  std::size_t splits = 20;
  /// Training queries, of each task if `by_task`; empty: half of them.
  std::optional<std::size_t> train = {};
  std::vector<const ensemble::SelectionMethodEntry*> methods;  ///< The first is the reference,
  std::vector<const ensemble::VoteRuleEntry*> rules;           ///< ... with the first of these.
  /// Chances that an answer stays at which the reference, asked member by member, stops (sequential_vote.h).
  std::vector<double> sure = {};
  std::uint64_t seed = 1;
  std::size_t threads = 0;  ///< 0: one per core. The result does not depend on it.
};

/// One method with one rule; a vector has an entry for each of the sizes 1 .. K, fewer where the budget or the
/// method
/// (`EnsembleReplay::refused`) allows no more.
struct HeldOutAccuracy {
  std::vector<double> accuracy;
  /// Standard error of the difference to the reference at the same size, over questions; for the reference itself,
  /// of the difference to `top-accuracy` with `majority`, or of its accuracy if those do not take part.
  std::vector<double> se;
};

/// The reference at its full size, asked member by member, on held-out queries.
struct SequentialReplay {
  double sure = 0;      ///< As in the setup.
  double asked = 0;     ///< Mean number of members that are asked.
  double share = 0;     ///< Of all members.
  double accuracy = 0;  ///< Of what it answers.
  /// Accuracy less than that of all members, paired; its standard error is over questions.
  stats::MeanSe lost;
  double lost_spread = 0;  ///< Standard deviation of what is lost over the splits; 0 of a single one.
  double stays = 0;        ///< Share of the queries on which all members would have answered the same.
  double stated = 0;       ///< The chance of that which it stated, on average.
};

struct EnsembleReplay {
  std::vector<std::vector<HeldOutAccuracy>> held_out;  ///< By method and rule, as in the setup.
  std::vector<std::string> refused;                    ///< By method: why it did not reach the full size.
  /// What the reference's members say of the true labels of held-out queries, by size: mean log P(true label |
  /// votes) / P(true label) in nats, a lower bound of I(Y; X_S). By logit or pattern, whichever is more. All
  /// standard errors here are over questions.
  std::vector<stats::MeanSe> information;
  std::vector<stats::MeanSe> gained;           ///< What the last member adds, paired.
  std::vector<stats::MeanSe> accuracy_gained;  ///< Likewise, of the accuracy.
  std::vector<SequentialReplay> sequential;    ///< By EnsembleSetup::sure.
  std::vector<double> accuracy_se;             ///< Of the reference's accuracy itself, over questions.
  /// Answers of the reference at its full size, over all splits.
  struct Calibration {
    double stated = 0;  ///< Mean probability that it gave.
    double right = 0;   ///< Share that was right.
    std::size_t answers = 0;
  };
  std::vector<Calibration> calibration;  ///< By tenths of the probability.
  double ties = 0;                       ///< Share of the questions where a tie was broken.
  double unanswered = 0;                 ///< Share where no member answered.
  double queries = 0;                    ///< Mean number that were answered in a split.
  double trained = 0;                    ///< Mean number that were learnt from.
};

/// How much a query of another task counts when members are chosen for one; see ensemble_replay.cpp.
inline constexpr double kOtherTask = 0.03;

/// Throws InvalidArgument if the setup can't be run, or its first method refuses.
EnsembleReplay replay(const EnsembleSetup& setup, const Progress& progress = {});

}  // namespace assay::sim
