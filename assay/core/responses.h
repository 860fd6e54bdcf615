#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/ids.h"

// What models answer, and what the baseline does. An example of use:
//
//   ResponseTable table(2, 3);  // two queries, three models
//   table.set(query_id(0), model_id(1), "Jupiter");
//   table.set_baseline(query_id(0), "Saturn");
//   const std::string_view text = table.at(query_id(0), model_id(1));  // "Jupiter"
//   const bool answered = table.has(query_id(0), model_id(2));         // false

#pragma GCC visibility push(default)

namespace assay {

/// Response texts of m models and of the baseline to n queries; UTF-8, a row per query.
/// A response that is missing is told apart from one that is empty.
class ResponseTable {
 public:
  ResponseTable() = default;
  ResponseTable(std::size_t queries, std::size_t models)
      : queries_(queries), models_(models), cells_(queries * (models + 1)), present_(queries * (models + 1), 0) {}

  std::size_t queries() const { return queries_; }
  std::size_t models() const { return models_; }

  /// Empty if missing.
  std::string_view at(QueryId query, ModelId model) const { return cells_[cell(query, index(model))]; }
  std::string_view baseline(QueryId query) const { return cells_[cell(query, models_)]; }
  bool has(QueryId query, ModelId model) const { return present_[cell(query, index(model))] != 0; }
  bool has_baseline(QueryId query) const { return present_[cell(query, models_)] != 0; }

  void set(QueryId query, ModelId model, std::string text) { put(cell(query, index(model)), std::move(text)); }
  void set_baseline(QueryId query, std::string text) { put(cell(query, models_), std::move(text)); }

 private:
  std::size_t cell(QueryId query, std::size_t column) const { return index(query) * (models_ + 1) + column; }
  void put(std::size_t at, std::string text) {
    cells_[at] = std::move(text);
    present_[at] = 1;
  }

  std::size_t queries_ = 0;
  std::size_t models_ = 0;
  std::vector<std::string> cells_;
  std::vector<char> present_;
};

}  // namespace assay

#pragma GCC visibility pop
