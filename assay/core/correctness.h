#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "assay/core/ids.h"

// Which models answer which queries rightly. An example of use:
//
//   CorrectnessTable table(2, 3);  // two queries, three models
//   table.set(query_id(0), model_id(2), Correctness::right);
//   table.set_task(query_id(1), 1);
//   const Correctness cell = table.at(query_id(1), model_id(2));  // unknown: nobody has set it

#pragma GCC visibility push(default)

namespace assay {

/// Whether a model's answer to a query is right.
enum class Correctness : std::uint8_t { wrong = 0, right = 1, unknown = 2 };

/// Correctness of m models on n queries that belong to tasks; contiguous, a row per query. n * (m + 4) bytes.
class CorrectnessTable {
 public:
  CorrectnessTable() = default;
  /// All unknown, all queries of task 0.
  CorrectnessTable(std::size_t queries, std::size_t models)
      : models_(models), tasks_(queries, 0), cells_(queries * models, Correctness::unknown) {}

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
