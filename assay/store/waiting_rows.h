#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "assay/core/records.h"
#include "assay/file/row_table.h"

namespace assay::store {

// What an import brings most of, with numbers for names.

struct ResponseRow {
  std::int64_t model, query;
  int turn;
  std::int64_t text;
  AnswerCost took;
};
struct ScoreRow {
  std::int64_t judge, model, query;
  int turn, repeat;
  double value;
};
struct LabelRow {
  std::int64_t model, query;
  std::optional<std::string> label;
};

/// A row, and what to do if its key is there.
template <typename Row>
struct Waiting {
  std::size_t number;  ///< Among all that wait.
  Row row;
  std::size_t path;
  std::size_t line;
  OnConflict conflict;
};

/// Rows that will be added together, some thousand of them.
struct WaitingRows {
  static constexpr std::size_t kBatch = 8192;

  std::vector<Waiting<ResponseRow>> responses;
  std::vector<Waiting<ScoreRow>> scores;
  std::vector<Waiting<LabelRow>> labels;
  std::vector<std::string> paths;

  std::size_t size() const { return responses.size() + scores.size() + labels.size(); }
  bool full() const { return size() >= kBatch; }

  template <typename Row>
  void add(Row row, const Location& where, OnConflict conflict) {
    if (paths.empty() || paths.back() != where.path) paths.emplace_back(where.path);
    auto& rows = rows_like(row);
    rows.push_back({size(), std::move(row), paths.size() - 1, where.line, conflict});
  }

  void clear() {
    responses.clear();
    scores.clear();
    labels.clear();
    paths.clear();
  }

  /// Calls the one for its kind with each row, in the order of `add`.
  template <typename OnResponse, typename OnScore, typename OnLabel>
  void for_each_in_order(const OnResponse& on_response, const OnScore& on_score, const OnLabel& on_label) const {
    auto response = responses.begin();
    auto score = scores.begin();
    auto label = labels.begin();
    const std::size_t end = size();
    for (std::size_t i = 0; i < end; ++i) {
      if (response != responses.end() && response->number == i) {
        on_response(*response++);
      } else if (score != scores.end() && score->number == i) {
        on_score(*score++);
      } else {
        on_label(*label++);
      }
    }
  }

 private:
  std::vector<Waiting<ResponseRow>>& rows_like(const ResponseRow& /*row*/) { return responses; }
  std::vector<Waiting<ScoreRow>>& rows_like(const ScoreRow& /*row*/) { return scores; }
  std::vector<Waiting<LabelRow>>& rows_like(const LabelRow& /*row*/) { return labels; }
};

/// Statements that add all rows of a kind that wait; none of them if the key of one is there.
struct BatchStatements {
  BatchStatements(const file::Database& database, const WaitingRows& rows);

  file::RowTable responses;
  file::RowTable scores;
  file::RowTable labels;
  file::Statement add_responses;
  file::Statement add_scores;
  file::Statement add_labels;
};

}  // namespace assay::store
