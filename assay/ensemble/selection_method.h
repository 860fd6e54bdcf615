#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "assay/ensemble/training.h"

// Chooses which models to ask together, on queries whose true labels are known. An example of use:
//
//   const Ensemble members = selection_method("assay").choose({.training = {table}, .size = 5});
//
// To make one answer of their votes, see vote_rule.h.

#pragma GCC visibility push(default)

namespace assay::ensemble {

/// What members are to be chosen.
struct SelectionProblem {
  Training training;
  std::size_t size = 0;                       ///< Members at most, 1 .. m.
  std::span<const std::int64_t> prices = {};  ///< m, >= 0, micro-dollars per million tokens; with a budget only.
  std::optional<std::int64_t> budget = {};    ///< The members' prices add up to no more.
  std::uint64_t seed = 1;                     ///< Of methods that draw.
  std::size_t threads = 1;                    ///< 0: one per core. The result does not depend on it.

  /// The same, but for what is learnt from.
  SelectionProblem with(const Training& other) const { return {other, size, prices, budget, seed, threads}; }
};

/// Members, the first to take first; fewer than asked for where the budget allows no more.
using Ensemble = std::vector<ModelId>;

/// A row of the table of methods.
struct SelectionMethodEntry {
  std::string_view name;
  std::string_view help;
  /// A smaller ensemble is the beginning of a larger one (without a budget).
  bool nested = true;
  /// It gains by queries of other tasks, as far as their weights say; the others are better off without.
  bool pools = false;
  Ensemble (*choose)(const SelectionProblem& problem) = nullptr;
};

/// All methods, ours first.
std::span<const SelectionMethodEntry> selection_methods();
/// Throws InvalidArgument that lists the names there are.
const SelectionMethodEntry& selection_method(std::string_view name);

/// Throws InvalidArgument unless the training passes its own check and the size is from 1 to the number of models.
/// With a budget each model must have a price, and one of them must be within the budget.
void check(const SelectionProblem& problem);

/// Members taken so far, and which models the size and the budget still allow.
class BudgetedSelection {
 public:
  explicit BudgetedSelection(const SelectionProblem& problem);

  bool full() const { return members_.size() >= problem_.size; }
  /// Not a member yet, and the rest of the budget pays for it.
  bool may_take(ModelId model) const;
  void take(ModelId model);
  const Ensemble& members() const { return members_; }

 private:
  const SelectionProblem& problem_;
  std::vector<bool> taken_;
  std::int64_t spent_ = 0;
  Ensemble members_;
};

}  // namespace assay::ensemble

#pragma GCC visibility pop
