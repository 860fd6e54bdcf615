#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/outcomes.h"

// Verdicts of several weak judges. An example of use:
//
//   const std::vector<OutcomeTable> judges = {first, second};
//   const WeakVerdicts verdicts(judges);
//   const auto votes = verdicts.votes(query_id(0), model_id(1));
//   const std::uint32_t wins = votes[static_cast<std::size_t>(Outcome::win)];  // 0, 1 or 2

#pragma GCC visibility push(default)

namespace assay::select {

/// Verdicts of z weak judges on m models and n queries, as bit sets. For each query, judge and outcome there is
/// the set of the models that have this outcome. A query's sets stand together. n * z * 4 * ceil(m / 64) words.
class WeakVerdicts {
 public:
  WeakVerdicts() = default;
  /// `judges`: z tables of one shape; throws InvalidArgument if there is none or shapes differ.
  explicit WeakVerdicts(std::span<const OutcomeTable> judges);
  /// From z x n x m cells: judge by judge, in these query by query. Throws InvalidArgument if there is no judge, if
  /// the size is another one, or if a cell is no outcome.
  static WeakVerdicts from(std::span<const Outcome> cells, std::size_t judges, std::size_t queries,
                           std::size_t models);

  std::size_t judges() const { return judges_; }
  std::size_t queries() const { return queries_; }
  std::size_t models() const { return models_; }
  std::size_t words() const { return words_; }  ///< 64-bit words of a set.
  bool complete() const { return complete_; }   ///< No outcome is `none`.

  /// Set of the models with this outcome; `words()` words, bit j % 64 of word j / 64 is model j.
  const std::uint64_t* models_with(QueryId query, std::size_t judge, Outcome outcome) const {
    return sets_.data() + offset(query, judge, outcome);
  }
  Outcome at(std::size_t judge, QueryId query, ModelId model) const;
  /// z x n x m, as `from` takes them; made anew, as they are kept as bits.
  std::vector<Outcome> cells() const;

  /// How many of the judges give each outcome.
  std::array<std::uint32_t, kOutcomes> votes(QueryId query, ModelId model) const;

  /// As bytes for the study file, and back; throws Error if `bytes` are not such.
  std::string to_bytes() const;
  static WeakVerdicts from_bytes(std::string_view bytes);

 private:
  WeakVerdicts(std::size_t judges, std::size_t queries, std::size_t models);
  std::size_t offset(QueryId query, std::size_t judge, Outcome outcome) const {
    return ((index(query) * judges_ + judge) * kOutcomes + static_cast<std::size_t>(outcome)) * words_;
  }
  bool partitioned() const;  // every model has one outcome
  void find_gaps();

  std::size_t judges_ = 0;
  std::size_t queries_ = 0;
  std::size_t models_ = 0;
  std::size_t words_ = 0;
  bool complete_ = true;
  std::vector<std::uint64_t> sets_;
};

}  // namespace assay::select

#pragma GCC visibility pop
