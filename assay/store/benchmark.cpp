#include <fmt/format.h>

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/store/content_rows.h"
#include "assay/store/judges.h"
#include "assay/store/labelling.h"
#include "assay/store/study.h"
#include "assay/store/study_impl.h"

namespace assay::store {
namespace {

std::vector<ModelRow> correctness_models(const file::Database& database, std::optional<std::int64_t> judge) {
  if (!judge) return labelled_models(database);
  std::set<std::int64_t> scored;
  file::Statement rows = database.prepare("SELECT DISTINCT model FROM score WHERE judge = ?1");
  rows.with(*judge);
  while (rows.step()) scored.insert(rows.integer(0));
  std::vector<ModelRow> models = model_rows(database);
  std::erase_if(models, [&](const ModelRow& model) { return !scored.contains(model.id); });
  return models;
}

std::optional<Named> correctness_judge(const file::Database& database, const std::string& wanted) {
  if (wanted.empty() && has_true_labels(database)) return std::nullopt;
  file::Statement rows =
      database.prepare("SELECT id, name FROM judge WHERE id IN (SELECT judge FROM score) ORDER BY name");
  const std::vector<Named> judges = named_rows(rows);
  if (judges.empty()) {
    throw InvalidArgument(
        "the study tells of no answer whether it is right: it has neither true labels nor scores");
  }
  return choose_judge(judges, wanted);
}

using Column = std::vector<Correctness>;

Column correct_by_labels(const file::Database& database, std::int64_t model, const LabelColumn& truths,
                         const RowsById& row_of) {
  Column column(truths.size(), Correctness::unknown);
  const LabelColumn labels = label_column(database, model, truths.size(), row_of);
  for (std::size_t q = 0; q < truths.size(); ++q) {
    if (!truths[q] || !labels[q]) continue;
    column[q] = *truths[q] == *labels[q] ? Correctness::right : Correctness::wrong;
  }
  return column;
}

// Scores of several turns and repeats: right if their mean is above one half.
Column correct_by_scores(const file::Database& database, const Named& judge, const ModelRow& model,
                         std::size_t count, const RowsById& row_of) {
  std::vector<std::pair<double, int>> sums(count);
  file::Statement rows =
      database.prepare("SELECT query, value FROM score WHERE judge = ?1 AND model = ?2 AND value IS NOT NULL");
  rows.with(judge.id, model.id);
  while (rows.step()) {
    const std::size_t row = row_of(rows.integer(0));
    if (row == kNowhere) continue;
    const double value = rows.real(1);
    if (!(value >= 0 && value <= 1)) {
      throw InvalidArgument(
          fmt::format("expected scores from 0 (wrong) to 1 (right) of judge {}, came {} for model {}",
                      quoted(judge.name), value, quoted(model.name)));
    }
    sums[row].first += value;
    ++sums[row].second;
  }
  Column column(count, Correctness::unknown);
  for (std::size_t q = 0; q < count; ++q) {
    if (sums[q].second == 0) continue;
    column[q] = 2 * sums[q].first > sums[q].second ? Correctness::right : Correctness::wrong;
  }
  return column;
}

// Drops the rows (and cells) of which nothing is known.
void drop_unknown(std::vector<QueryRow>& queries, std::vector<Column>& columns, std::vector<std::string>& notes) {
  std::vector<char> known(queries.size(), 0);
  for (const Column& column : columns) {
    for (std::size_t q = 0; q < known.size(); ++q) {
      if (column[q] != Correctness::unknown) known[q] = 1;
    }
  }
  const auto keep = [&](auto& all) {
    std::size_t kept = 0;
    for (std::size_t q = 0; q < known.size(); ++q) {
      if (known[q] == 0) continue;
      if (kept != q) all[kept] = std::move(all[q]);
      ++kept;
    }
    all.resize(kept);
  };
  for (Column& column : columns) keep(column);
  keep(queries);
  const std::size_t dropped = known.size() - queries.size();
  if (dropped > 0)
    notes.push_back(fmt::format("{} of {} queries left out: of no model is it known whether its answer is right",
                                dropped, known.size()));
}

}  // namespace

Benchmark Study::benchmark(const CorrectnessChoice& choice) const {
  const file::Database& database = impl_->database;
  const file::Snapshot snapshot(database);
  impl_->note_content();
  const std::optional<Named> judge = correctness_judge(database, choice.judge);
  std::vector<ModelRow> models = correctness_models(database, judge ? std::optional(judge->id) : std::nullopt);
  if (models.empty()) throw InvalidArgument("the study has true labels, but no model's predictions");
  if (!choice.models.empty()) models = named_models(models, choice.models);

  Benchmark result;
  std::vector<QueryRow> queries = query_rows(database, choice.tasks);
  std::vector<Column> columns;
  {
    const RowsById row_of(queries);
    LabelColumn truths;
    if (!judge) truths = label_column(database, kTruth, queries.size(), row_of);
    for (const ModelRow& model : models) {
      columns.push_back(judge ? correct_by_scores(database, *judge, model, queries.size(), row_of)
                              : correct_by_labels(database, model.id, truths, row_of));
    }
  }
  drop_unknown(queries, columns, result.notes);
  if (queries.empty())
    throw InvalidArgument("of none of the chosen queries is it known whether an answer is right");
  result.queries = query_set(database, queries, RowsById(queries));
  result.models = names_of(models);
  result.facts = facts_of(models);
  result.table = CorrectnessTable(queries.size(), models.size());
  for (std::size_t q = 0; q < queries.size(); ++q) {
    result.table.set_task(query_id(q), result.queries.task[q]);
    for (std::size_t m = 0; m < models.size(); ++m) result.table.set(query_id(q), model_id(m), columns[m][q]);
  }
  return result;
}

}  // namespace assay::store
