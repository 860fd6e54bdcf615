#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "assay/core/ids.h"
#include "assay/core/outcomes.h"

// How well each model did on each query. An example of use:
//
//   RewardTable table(2, 3);  // two queries, three models
//   table.set(query_id(0), model_id(2), 0.9);
//   const Outcome outcome = table.outcome(query_id(0), model_id(2));  // win: more than 1/2
//   const std::vector<double> means = table.means();                  // 0.5, 0.5, 0.7: what is not known counts
//   1/2

#pragma GCC visibility push(default)

namespace assay {

/// A reward, 1/2 where there is none (NaN): it favours neither side.
inline double worth(double reward) { return std::isnan(reward) ? 0.5 : reward; }

/// Rewards in [0, 1], or none, of m models on n queries; contiguous, a row per query. 2 n m bytes. Steps of
/// 1/65520: halves, thirds, quarters, fifths, ninths, tenths and sixteenths are exact.
class RewardTable {
 public:
  static constexpr std::uint16_t kOne = 65520;   ///< Code of the reward 1.
  static constexpr std::uint16_t kNone = 65535;  ///< Code of no reward.

  RewardTable() = default;
  /// All none.
  RewardTable(std::size_t queries, std::size_t models)
      : queries_(queries), models_(models), codes_(queries * models, kNone) {}
  /// Win 1, draw 1/2, loss 0.
  explicit RewardTable(const OutcomeTable& outcomes);

  std::size_t queries() const { return queries_; }
  std::size_t models() const { return models_; }

  /// The nearest code of a reward in [0, 1]; NaN: `kNone`.
  static std::uint16_t encoded(double reward) {
    return std::isnan(reward) ? kNone : static_cast<std::uint16_t>(std::lround(reward * kOne));
  }
  /// The reward of a code; NaN: none.
  static double decoded(std::uint16_t code) {
    return code == kNone ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(code) / kOne;
  }

  /// NaN: none.
  double at(QueryId query, ModelId model) const { return decoded(codes_[cell(query, model)]); }
  Outcome outcome(QueryId query, ModelId model) const { return outcome_of(at(query, model)); }
  bool known(QueryId query, ModelId model) const { return codes_[cell(query, model)] != kNone; }
  /// Of all cells, those with a reward.
  std::size_t known() const {
    return codes_.size() - static_cast<std::size_t>(std::count(codes_.begin(), codes_.end(), kNone));
  }
  /// `reward` in [0, 1], or NaN.
  void set(QueryId query, ModelId model, double reward) { codes_[cell(query, model)] = encoded(reward); }
  void set(QueryId query, ModelId model, Outcome outcome) { set(query, model, reward_of(outcome)); }
  /// The m codes of a query.
  std::span<const std::uint16_t> row(QueryId query) const {
    return {codes_.data() + index(query) * models_, models_};
  }

  /// Mean rewards of the m models over `pool`, each in [0, 1]: win rates, accuracies or scores. What is not known
  /// counts 1/2. All 0 if the pool is empty.
  std::vector<double> means(std::span<const QueryId> pool) const;
  /// The same, each query with its weight: positive, one for each of the pool. Empty: all weigh the same.
  std::vector<double> means(std::span<const QueryId> pool, std::span<const double> weights) const;
  /// Over all queries.
  std::vector<double> means(std::span<const double> weights = {}) const;

  bool operator==(const RewardTable&) const = default;

 private:
  std::size_t cell(QueryId query, ModelId model) const { return index(query) * models_ + index(model); }

  std::size_t queries_ = 0;
  std::size_t models_ = 0;
  std::vector<std::uint16_t> codes_;
};

}  // namespace assay

#pragma GCC visibility pop
