#pragma once

#include <memory>
#include <span>
#include <vector>

#include "assay/select/strategy.h"

namespace assay::select {

/// The part in which the published strategies differ: they judge whole rows, all m models of a query.
class RowRule {
 public:
  virtual ~RowRule() = default;
  /// Position in `open` (never empty) of the query to judge next.
  virtual std::size_t choose(std::span<const QueryId> open) = 0;
  /// The m outcomes of a query that was chosen, and what the query is worth.
  virtual void update(std::span<const Outcome> row, double weight) = 0;
  /// As Strategy::posterior.
  virtual std::vector<double> posterior() const = 0;
};

/// A strategy that asks for the rows that `rule` chooses. If more calls are wanted while verdicts are outstanding,
/// the next row is chosen on what is known.
std::unique_ptr<Strategy> make_row_strategy(const Problem& problem, std::unique_ptr<RowRule> rule);

}  // namespace assay::select
