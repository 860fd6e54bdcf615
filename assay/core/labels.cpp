#include "assay/core/labels.h"

#include <algorithm>
#include <string>

#include "assay/core/cells.h"
#include "assay/core/error.h"

namespace assay {

LabelTable::LabelTable(std::size_t queries, std::size_t models, std::size_t labels, LabelKind kind)
    : models_(models),
      labels_(labels),
      kind_(kind),
      truths_(queries, 1),
      offered_(queries, static_cast<Label>(labels)),
      predictions_(queries * models, kNotRun) {
  if (labels < 1 || labels > kMostLabels) {
    throw InvalidArgument("expected 1 to " + std::to_string(kMostLabels) + " labels, came " +
                          std::to_string(labels));
  }
}

LabelTable LabelTable::from(std::span<const Label> predictions, std::size_t queries, std::size_t models,
                            std::span<const Label> truths, std::span<const Label> offered, std::size_t labels,
                            LabelKind kind) {
  check_cells(predictions.size(), {models, queries});
  check_cells(truths.size(), {queries});
  if (!offered.empty()) check_cells(offered.size(), {queries});
  check_values(predictions, "a label from 0 to " + std::to_string(labels) + " or 65535",
               [&](Label label) { return label <= labels || label == kNotRun; });
  LabelTable table(queries, models, labels, kind);
  for (std::size_t q = 0; q < queries; ++q) {
    table.set_query(query_id(q), truths[q], offered.empty() ? static_cast<Label>(labels) : offered[q]);
  }
  std::ranges::copy(predictions, table.predictions_.begin());
  return table;
}

void LabelTable::set_query(QueryId query, Label truth, Label offered) {
  if (truth < 1 || truth > offered || offered > labels_) {
    throw InvalidArgument("expected a true label from 1 to the number offered, at most " + std::to_string(labels_) +
                          ", came " + std::to_string(truth) + " of " + std::to_string(offered));
  }
  truths_[index(query)] = truth;
  offered_[index(query)] = offered;
}

void LabelTable::set_prediction(QueryId query, ModelId model, Label label) {
  if (label > labels_ && label != kNotRun) {
    throw InvalidArgument("expected a label from 0 to " + std::to_string(labels_) + ", came " +
                          std::to_string(label));
  }
  predictions_[index(model) * queries() + index(query)] = label;
}

LabelTable LabelTable::rows(std::span<const QueryId> queries) const {
  LabelTable result(queries.size(), models_, labels_, kind_);
  for (std::size_t i = 0; i < queries.size(); ++i) {
    result.truths_[i] = truth(queries[i]);
    result.offered_[i] = offered(queries[i]);
  }
  for (std::size_t m = 0; m < models_; ++m) {
    const std::span<const Label> from = column(model_id(m));
    Label* to = result.predictions_.data() + m * queries.size();
    for (std::size_t i = 0; i < queries.size(); ++i) to[i] = from[index(queries[i])];
  }
  return result;
}

}  // namespace assay
