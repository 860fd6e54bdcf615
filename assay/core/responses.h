#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/ids.h"

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
