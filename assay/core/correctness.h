#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "assay/core/ids.h"

// How right the answers of models are. An example of use:
//
//   CorrectnessTable table(2, 3);  // two queries, three models
//   table.set(query_id(0), model_id(2), Correctness::kRight);
//   table.set(query_id(0), model_id(1), Correctness::of(0.5));  // half of the credit
//   table.set_task(query_id(1), 1);
//   const Correctness cell = table.at(query_id(1), model_id(2));  // unknown: nobody has set it

#pragma GCC visibility push(default)

namespace assay {

/// How right a model's answer to a query is: a score from 0 (wrong) to 1 (right), or unknown. One byte: scores are
/// kept to the nearest of 200 steps, so hundredths, quarters and eighths are exact, others off by 0.0025 at most.
/// Sums of steps are exact.
class Correctness {
 public:
  static constexpr std::uint8_t kSteps = 200;  ///< Of a right answer.

  static const Correctness kWrong;
  static const Correctness kRight;
  static const Correctness kUnknown;

  /// Unknown.
  constexpr Correctness() = default;
  /// The nearest to `score`, which is in [0, 1]; NaN: unknown. Throws InvalidArgument for others.
  static Correctness of(double score);

  constexpr bool known() const { return steps_ <= kSteps; }
  /// In [0, 1]; NaN if unknown.
  constexpr double score() const {
    return known() ? static_cast<double>(steps_) / kSteps : std::numeric_limits<double>::quiet_NaN();
  }
  /// The score in steps of 1 / kSteps; 0 if unknown.
  constexpr std::uint8_t steps() const { return known() ? steps_ : std::uint8_t{0}; }
  /// What a byte of a file may be.
  constexpr bool is_valid() const { return known() || steps_ == kUnknownByte; }

  constexpr bool operator==(const Correctness&) const = default;

 private:
  static constexpr std::uint8_t kUnknownByte = 255;
  explicit constexpr Correctness(std::uint8_t steps) : steps_(steps) {}

  std::uint8_t steps_ = kUnknownByte;
};

inline constexpr Correctness Correctness::kWrong{std::uint8_t{0}};
inline constexpr Correctness Correctness::kRight{Correctness::kSteps};
inline constexpr Correctness Correctness::kUnknown{};
static_assert(sizeof(Correctness) == 1);

/// Correctness of m models on n queries that belong to tasks; contiguous, a row per query. n * (m + 4) bytes.
class CorrectnessTable {
 public:
  CorrectnessTable() = default;
  /// All unknown, all queries of task 0.
  CorrectnessTable(std::size_t queries, std::size_t models)
      : models_(models), tasks_(queries, 0), cells_(queries * models) {}

  /// A copy of `cells`, n x m, a row per query; `tasks`: n, or empty if all queries are of task 0. Throws
  /// InvalidArgument if a size is another one, or if a cell is no correctness.
  static CorrectnessTable from(std::span<const Correctness> cells, std::size_t queries, std::size_t models,
                               std::span<const std::uint32_t> tasks = {});

  std::size_t queries() const { return tasks_.size(); }
  std::size_t models() const { return models_; }

  Correctness at(QueryId query, ModelId model) const { return cells_[index(query) * models_ + index(model)]; }
  /// n x m, a row per query, as `from` takes them.
  std::span<const Correctness> cells() const { return cells_; }
  /// The m cells of a query.
  std::span<const Correctness> row(QueryId query) const {
    return {cells_.data() + index(query) * models_, models_};
  }
  std::uint32_t task(QueryId query) const { return tasks_[index(query)]; }
  std::span<const std::uint32_t> tasks() const { return tasks_; }  ///< n, each an index into a list of names.

  void set(QueryId query, ModelId model, Correctness value) {
    cells_[index(query) * models_ + index(model)] = value;
  }
  void set_task(QueryId query, std::uint32_t task) { tasks_[index(query)] = task; }

  bool operator==(const CorrectnessTable&) const = default;

 private:
  std::size_t models_ = 0;
  std::vector<std::uint32_t> tasks_;
  std::vector<Correctness> cells_;
};

}  // namespace assay

#pragma GCC visibility pop
