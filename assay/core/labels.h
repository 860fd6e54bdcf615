#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "assay/core/ids.h"

// True labels of queries, and what models predict. An example of use:
//
//   LabelTable table(2, 3, 4, LabelKind::options);  // two queries, three models, labels 1 .. 4
//   table.set_query(query_id(0), 2, 3);             // offers 1 .. 3, and 2 is true
//   table.set_prediction(query_id(0), model_id(1), 2);
//   const bool right = table.right(query_id(0), model_id(1));  // true

#pragma GCC visibility push(default)

namespace assay {

/// A label of a query. 0: a missing answer of a model, which is a label of its own. 1 .. L: the labels of the
/// study.
using Label = std::uint16_t;

inline constexpr Label kUnanswered = 0;       ///< The model was asked and gave no answer that could be read.
inline constexpr Label kNotRun = 0xFFFF;      ///< The model was not asked.
inline constexpr Label kMostLabels = 0xFFFE;  ///< The largest number L of labels.

/// What labels mean.
enum class LabelKind : std::uint8_t {
  classes,  ///< The same on every query (positive, negative): a model may prefer some, or mix up two.
  options,  ///< Letters of answers that each query has anew: B here has nothing to do with B there.
};

/// True labels of n queries and those that m models predict; contiguous, a column per model.
/// n * (m + 2) * 2 bytes.
class LabelTable {
 public:
  LabelTable() = default;
  /// All predictions `kNotRun`, all true labels 1, all `labels` offered everywhere. Throws InvalidArgument unless
  /// 1 <= labels <= kMostLabels.
  LabelTable(std::size_t queries, std::size_t models, std::size_t labels, LabelKind kind);
  /// A copy of `predictions`, m x n, a row per model (as this table lies in memory). `truths`: n. `offered`: n, or
  /// empty if all labels are offered everywhere. Throws InvalidArgument if a size is another one, or where
  /// set_query and set_prediction do.
  static LabelTable from(std::span<const Label> predictions, std::size_t queries, std::size_t models,
                         std::span<const Label> truths, std::span<const Label> offered, std::size_t labels,
                         LabelKind kind);

  std::size_t queries() const { return truths_.size(); }
  std::size_t models() const { return models_; }
  std::size_t labels() const { return labels_; }  ///< L.
  LabelKind kind() const { return kind_; }

  /// In 1 .. offered(query).
  Label truth(QueryId query) const { return truths_[index(query)]; }
  /// 0 .. L, or kNotRun.
  Label prediction(QueryId query, ModelId model) const { return column(model)[index(query)]; }
  /// Labels 1 .. offered(query) can be the true one; L where the labels are classes.
  Label offered(QueryId query) const { return offered_[index(query)]; }
  bool right(QueryId query, ModelId model) const { return prediction(query, model) == truth(query); }

  /// m x n, a row per model, as `from` takes them.
  std::span<const Label> cells() const { return predictions_; }
  std::span<const Label> truths() const { return truths_; }    ///< n.
  std::span<const Label> offered() const { return offered_; }  ///< n.
  /// The n predictions of a model.
  std::span<const Label> column(ModelId model) const {
    return {predictions_.data() + index(model) * queries(), queries()};
  }

  /// Throws InvalidArgument unless 1 <= truth <= offered <= L.
  void set_query(QueryId query, Label truth, Label offered);
  /// Throws InvalidArgument unless the label is kNotRun or at most L.
  void set_prediction(QueryId query, ModelId model, Label label);

  /// The same models on some of the queries, in that order.
  LabelTable rows(std::span<const QueryId> queries) const;

  bool operator==(const LabelTable&) const = default;

 private:
  std::size_t models_ = 0;
  std::size_t labels_ = 0;
  LabelKind kind_ = LabelKind::classes;
  std::vector<Label> truths_;
  std::vector<Label> offered_;
  std::vector<Label> predictions_;
};

}  // namespace assay

#pragma GCC visibility pop
