#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "assay/core/ids.h"

// Outcomes of comparisons with a baseline. An example of use:
//
//   OutcomeTable table(2, 3);  // two queries, three models
//   table.set(query_id(0), model_id(2), Outcome::win);
//   const std::vector<double> rates = table.win_rates();  // 1/2, 1/2, 3/4: what is not judged counts 1/2

#pragma GCC visibility push(default)

namespace assay {

/// What a judge says of a model's response against the baseline's. `none`: there is no verdict (the call
/// failed, or nobody judged the pair); it is kept apart from a draw.
enum class Outcome : std::uint8_t { none = 0, loss = 1, draw = 2, win = 3 };

constexpr int kOutcomes = 4;  ///< Number of values of `Outcome`, for tables indexed by it.

std::string_view name(Outcome outcome);

/// Worth of an outcome in a win rate: win 1, draw 1/2, loss 0. No verdict counts 1/2, as in AlpacaEval's
/// published win rates: it favours neither side.
constexpr double worth(Outcome outcome) {
  return outcome == Outcome::win ? 1.0 : outcome == Outcome::loss ? 0.0 : 0.5;
}

/// The same as a reward: NaN for no verdict.
constexpr double reward_of(Outcome outcome) {
  return outcome == Outcome::none ? std::numeric_limits<double>::quiet_NaN() : worth(outcome);
}

/// Outcome for the model of a verdict in [0, 1]: above 1/2 win, 1/2 draw, below loss, NaN none.
Outcome outcome_of(double value);

/// Outcomes of m models against one baseline on n queries; contiguous, a row per query. n * m bytes.
class OutcomeTable {
 public:
  OutcomeTable() = default;
  /// All `none`.
  OutcomeTable(std::size_t queries, std::size_t models);
  /// A copy of `cells`, n x m, a row per query. Throws InvalidArgument if the size is another one, or if a cell is
  /// no outcome.
  static OutcomeTable from(std::span<const Outcome> cells, std::size_t queries, std::size_t models);

  std::size_t queries() const { return queries_; }
  std::size_t models() const { return models_; }

  Outcome at(QueryId query, ModelId model) const { return cells_[index(query) * models_ + index(model)]; }
  void set(QueryId query, ModelId model, Outcome outcome) {
    cells_[index(query) * models_ + index(model)] = outcome;
  }
  /// n x m, a row per query, as `from` takes them.
  std::span<const Outcome> cells() const { return cells_; }
  /// The m outcomes of a query.
  std::span<const Outcome> row(QueryId query) const { return {cells_.data() + index(query) * models_, models_}; }
  std::span<Outcome> row(QueryId query) { return {cells_.data() + index(query) * models_, models_}; }

  /// Win rates of the m models over `pool`, each in [0, 1]: mean of `worth`. `pool` must not be empty.
  std::vector<double> win_rates(std::span<const QueryId> pool) const;
  /// Win rates over all queries; all 0 if there is none.
  std::vector<double> win_rates() const;

  bool operator==(const OutcomeTable&) const = default;

 private:
  std::size_t queries_ = 0;
  std::size_t models_ = 0;
  std::vector<Outcome> cells_;
};

}  // namespace assay

#pragma GCC visibility pop
