#include "assay/store/labelling.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "assay/core/error.h"
#include "assay/store/content_rows.h"
#include "assay/store/label_reading.h"
#include "assay/store/name_list.h"
#include "assay/store/study.h"
#include "assay/store/study_impl.h"
#include "assay/store/told_rows.h"

namespace assay::store {
namespace {

bool is_letter(std::string_view label) { return label.size() == 1 && label[0] >= 'A' && label[0] <= 'Z'; }
Label number_of(std::string_view letter) { return static_cast<Label>(letter[0] - 'A' + 1); }

LabelKind kind_of(const std::vector<QueryRow>& queries, const LabelColumn& truths,
                  const std::optional<LabelKind>& wanted) {
  const bool letters = std::all_of(truths.begin(), truths.end(),
                                   [](const LabelColumn::value_type& cell) { return is_letter(*cell); });
  if (wanted == LabelKind::options && !letters) {
    const auto other = std::find_if(truths.begin(), truths.end(),
                                    [](const LabelColumn::value_type& cell) { return !is_letter(*cell); });
    throw InvalidArgument("expected options, true labels from A to Z, came " + quoted(**other));
  }
  if (wanted) return *wanted;
  const bool counted = std::any_of(queries.begin(), queries.end(), [](const QueryRow& q) { return q.options > 0; });
  return letters && counted ? LabelKind::options : LabelKind::classes;
}

/// The numbers of labels: of classes as they occur, of options by their letters.
class Numbering {
 public:
  Numbering(LabelKind kind, const std::vector<QueryRow>& queries, const LabelColumn& truths,
            const std::vector<LabelColumn>& columns)
      : kind_(kind) {
    if (kind == LabelKind::options) {
      Label most = 0;
      for (const QueryRow& query : queries)
        most = std::max<Label>(most, static_cast<Label>(std::min(query.options, 26)));
      const auto see = [&](const LabelColumn::value_type& cell) {
        if (cell && is_letter(*cell)) most = std::max(most, number_of(*cell));
      };
      std::for_each(truths.begin(), truths.end(), see);
      for (const auto& column : columns) std::for_each(column.begin(), column.end(), see);
      for (Label label = 1; label <= most; ++label) names_.emplace_back(1, static_cast<char>('A' + label - 1));
      return;
    }
    std::set<std::pair<std::size_t, std::string>> all;
    const auto see = [&](const LabelColumn::value_type& cell) {
      if (cell && !cell->empty()) all.emplace(cell->size(), *cell);
    };
    std::for_each(truths.begin(), truths.end(), see);
    for (const auto& column : columns) std::for_each(column.begin(), column.end(), see);
    if (all.size() > kMostLabels) {
      throw InvalidArgument(fmt::format("expected at most {} labels, came {}", kMostLabels, all.size()));
    }
    for (const auto& [size, label] : all) {
      names_.push_back(label);
      numbers_.emplace(label, static_cast<Label>(names_.size()));
    }
  }

  const std::vector<std::string>& names() const { return names_; }
  /// kUnanswered for an option that is none.
  Label of(const std::string& label) const {
    if (label.empty()) return kUnanswered;
    if (kind_ == LabelKind::options) return is_letter(label) ? number_of(label) : kUnanswered;
    return numbers_.at(label);
  }

 private:
  LabelKind kind_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, Label> numbers_;
};

// Queries with a true label, and these.
void drop_unlabelled(std::vector<QueryRow>& queries, LabelColumn& truths, const std::string& imported,
                     std::vector<std::string>& notes) {
  const std::size_t all = queries.size();
  std::size_t kept = 0;
  for (std::size_t q = 0; q < all; ++q) {
    if (!truths[q] || truths[q]->empty()) continue;
    if (kept != q) {
      queries[kept] = std::move(queries[q]);
      truths[kept] = std::move(truths[q]);
    }
    ++kept;
  }
  if (kept == 0) throw InvalidArgument("none of the chosen queries has a true label");
  if (kept < all) {
    notes.push_back(fmt::format("{} of {} queries left out: no true label{}", all - kept, all, imported));
  }
  queries.resize(kept);
  truths.resize(kept);
}

// Those that were run on enough queries, with their columns.
void drop_thin(std::vector<ModelRow>& models, std::vector<LabelColumn>& columns, std::size_t queries,
               const std::string& imported, std::vector<std::string>& notes) {
  std::vector<std::string> thin;
  std::size_t kept = 0;
  for (std::size_t m = 0; m < models.size(); ++m) {
    const auto missing = static_cast<std::size_t>(std::count(columns[m].begin(), columns[m].end(), std::nullopt));
    if (10 * missing > queries) {
      thin.push_back(models[m].name);
      continue;
    }
    if (kept != m) {
      models[kept] = std::move(models[m]);
      columns[kept] = std::move(columns[m]);
    }
    ++kept;
  }
  models.resize(kept);
  columns.resize(kept);
  if (thin.empty()) return;
  const std::string all = name_list(thin);
  if (kept == 0) {
    throw InvalidArgument(
        fmt::format("every model was run on fewer than 90 % of the {} queries ({}); name those to "
                    "take by `models`{}",
                    queries, all, imported));
  }
  notes.push_back(
      fmt::format("{} of {} models left out, run on fewer than 90 % of the queries: {}; name those to "
                  "take by `models`{}",
                  thin.size(), thin.size() + kept, all, imported));
}

void fill(LabelTable& table, const Numbering& numbering, const std::vector<QueryRow>& queries,
          const LabelColumn& truths, const std::vector<LabelColumn>& columns, std::vector<std::string>& notes) {
  const bool options = table.kind() == LabelKind::options;
  for (std::size_t q = 0; q < queries.size(); ++q) {
    const Label truth = numbering.of(*truths[q]);
    const int count = options ? std::min(queries[q].options, 26) : 0;
    const Label offered = count > 0 ? static_cast<Label>(count) : static_cast<Label>(table.labels());
    if (truth > offered) {
      throw InvalidArgument(fmt::format("the true label of query {} is {}, but it offers {} options",
                                        quoted(queries[q].name), quoted(*truths[q]), offered));
    }
    table.set_query(query_id(q), truth, offered);
  }
  std::size_t not_offered = 0;
  for (std::size_t m = 0; m < columns.size(); ++m) {
    for (std::size_t q = 0; q < queries.size(); ++q) {
      if (!columns[m][q]) continue;
      Label label = numbering.of(*columns[m][q]);
      if (label > table.offered(query_id(q)) || (label == kUnanswered && !columns[m][q]->empty())) {
        label = kUnanswered;
        ++not_offered;
      }
      table.set_prediction(query_id(q), model_id(m), label);
    }
  }
  if (not_offered > 0) {
    notes.push_back(fmt::format("{} predictions are options that their query does not offer: taken for no answer",
                                not_offered));
  }
}

}  // namespace

Labelling Study::labelling(const LabelChoice& choice) const {
  const file::Database& database = impl_->database;
  const file::Snapshot snapshot(database);
  impl_->note_content();
  if (!has_true_labels(database)) throw InvalidArgument("the study has no true labels");
  std::vector<ModelRow> models = labelled_models(database);
  if (models.empty()) throw InvalidArgument("the study has true labels, but no model's predictions");
  if (!choice.models.empty()) models = named_models(models, choice.models);

  Labelling result;
  std::vector<QueryRow> queries = query_rows(database, choice.tasks);
  LabelColumn truths = label_column(database, kTruth, queries.size(), RowsById(queries));
  drop_unlabelled(queries, truths, as_imported(database, ": no true label"), result.notes);
  const RowsById row_of(queries);
  std::vector<LabelColumn> columns;
  columns.reserve(models.size());
  const LabelReading reading(database);
  PredictionReader reader(reading);
  for (const ModelRow& model : models) {
    columns.push_back(label_column(database, model.id, queries.size(), row_of));
    reader.begin_model(model.name);
    for (LabelColumn::value_type& cell : columns.back()) {
      if (cell) cell = std::string(reader.read(*cell));
    }
  }
  for (std::string& note : reader.notes()) result.notes.push_back(std::move(note));
  if (choice.models.empty()) {
    drop_thin(models, columns, queries.size(), as_imported(database, ": not run"), result.notes);
  }

  const LabelKind kind = kind_of(queries, truths, choice.kind);
  const Numbering numbering(kind, queries, truths, columns);
  result.queries = query_set(database, queries, row_of);
  result.models = names_of(models);
  result.facts = facts_of(models);
  result.labels = numbering.names();
  result.table = LabelTable(queries.size(), models.size(), numbering.names().size(), kind);
  fill(result.table, numbering, queries, truths, columns, result.notes);
  return result;
}

}  // namespace assay::store
