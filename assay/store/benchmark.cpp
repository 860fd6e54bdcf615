#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/store/content_rows.h"
#include "assay/store/judges.h"
#include "assay/store/label_reading.h"
#include "assay/store/labelling.h"
#include "assay/store/study.h"
#include "assay/store/study_impl.h"

namespace assay::store {
namespace {

std::vector<ModelRow> correctness_models(const file::Database& database, std::optional<std::int64_t> judge) {
  if (!judge) return labelled_models(database);
  std::set<std::int64_t> scored;
  file::Statement rows =
      database.prepare("SELECT DISTINCT model FROM score WHERE judge = ?1 AND value IS NOT NULL");
  rows.with(*judge);
  while (rows.step()) scored.insert(rows.integer(0));
  std::vector<ModelRow> models = model_rows(database);
  std::erase_if(models, [&](const ModelRow& model) { return !scored.contains(model.id); });
  return models;
}

std::optional<Named> correctness_judge(const file::Database& database, const std::string& wanted) {
  // Right answers alone tell nothing of the models.
  const bool by_labels =
      has_true_labels(database) && database.integer("SELECT EXISTS (SELECT 1 FROM label WHERE model <> 0)") != 0;
  if (wanted.empty() && by_labels) return std::nullopt;
  file::Statement rows =
      database.prepare("SELECT id, name FROM judge WHERE id IN (SELECT judge FROM score) ORDER BY name");
  const std::vector<Named> judges = named_rows(rows);
  if (judges.empty() && by_labels) {
    throw InvalidArgument("there is no judge " + quoted(wanted) +
                          ": the study has no scores; without a judge named, its true labels tell what is right");
  }
  if (judges.empty() && has_true_labels(database)) {
    throw InvalidArgument("the study has true labels, but no model's predictions");
  }
  if (judges.empty()) {
    throw InvalidArgument(
        "the study tells of no answer whether it is right: it has neither true labels nor scores");
  }
  return choose_judge(judges, wanted);
}

void check_right_from(const CorrectnessChoice& choice, bool by_scores) {
  if (!choice.right_from) return;
  if (!by_scores) throw InvalidArgument("`right_from` is about scores, and labels tell what is right");
  if (!(std::isfinite(*choice.right_from))) {
    throw InvalidArgument(
        fmt::format("expected a score from which on answers are right, came {}", *choice.right_from));
  }
}

using Column = std::vector<Correctness>;

Column correct_by_labels(const file::Database& database, const ModelRow& model, const LabelColumn& truths,
                         const RowsById& row_of, PredictionReader& reader) {
  Column column(truths.size());
  const LabelColumn labels = label_column(database, model.id, truths.size(), row_of);
  reader.begin_model(model.name);
  for (std::size_t q = 0; q < truths.size(); ++q) {
    if (!truths[q] || !labels[q]) continue;
    column[q] = *truths[q] == reader.read(*labels[q]) ? Correctness::kRight : Correctness::kWrong;
  }
  return column;
}

// Scores of several turns and repeats go by their mean.
class ScoreColumns {
 public:
  ScoreColumns(const file::Database& database, const Named& judge, const CorrectnessChoice& choice)
      : database_(database), judge_(judge), right_from_(choice.right_from) {
    const JudgeFacts facts = judge_facts(database, judge.id);
    lower_ = facts.lower_is_better.value_or(false);
    if (facts.least && facts.most && *facts.least < *facts.most) {
      least_ = *facts.least;
      most_ = *facts.most;
    }
  }

  Column of(const ModelRow& model, std::size_t count, const RowsById& row_of) {
    std::vector<std::pair<double, int>> sums(count);
    file::Statement rows =
        database_.prepare("SELECT query, value FROM score WHERE judge = ?1 AND model = ?2 AND value IS NOT NULL");
    rows.with(judge_.id, model.id);
    while (rows.step()) {
      const std::size_t row = row_of(rows.integer(0));
      if (row == kNowhere) continue;
      check(rows.real(1), model);
      sums[row].first += rows.real(1);
      ++sums[row].second;
    }
    Column column(count);
    for (std::size_t q = 0; q < count; ++q) {
      const auto [sum, scores] = sums[q];
      if (scores > 0) column[q] = correctness(sum, scores);
    }
    return column;
  }

  void tell(std::vector<std::string>& notes) const {
    if (lower_) {
      notes.push_back(
          fmt::format("lower scores of {} are better, as the import told: {} is right", quoted(judge_.name),
                      right_from_ ? fmt::format("{:g} and less", *right_from_) : fmt::format("{:g}", least_)));
    }
    if (!right_from_ && (least_ != 0 || most_ != 1)) {
      notes.push_back(
          fmt::format("scores of judge {} go from {:g} to {:g}, as the import told, and are taken as shares "
                      "of that",
                      quoted(judge_.name), least_, most_));
    }
    if (between_ == 0) return;
    notes.push_back(
        fmt::format("{} of judge {} lie between wrong and right, and count as so much of a right answer; "
                    "`right_from` says from "
                    "which score on an answer is right",
                    between_ == 1 ? "the scores of 1 answer" : fmt::format("the scores of {} answers", between_),
                    quoted(judge_.name)));
  }

 private:
  Correctness correctness(double sum, int scores) {
    if (right_from_) {
      const double bar = *right_from_ * scores;
      return sum == bar || (lower_ ? sum < bar : sum > bar) ? Correctness::kRight : Correctness::kWrong;
    }
    const double share = std::clamp((sum / scores - least_) / (most_ - least_), 0.0, 1.0);
    if (share > 0 && share < 1) ++between_;
    return Correctness::of(lower_ ? 1 - share : share);
  }

  void check(double value, const ModelRow& model) const {
    if (right_from_ || (value >= least_ && value <= most_)) return;
    throw InvalidArgument(
        fmt::format("expected scores from {:g} to {:g} of judge {}, came {} for model {}; `right_from` says from "
                    "which score on an "
                    "answer is right",
                    least_, most_, quoted(judge_.name), value, quoted(model.name)));
  }

  const file::Database& database_;
  const Named& judge_;
  std::optional<double> right_from_;
  bool lower_ = false;
  double least_ = 0;  // of the scale
  double most_ = 1;
  std::size_t between_ = 0;  // answers that are neither right nor wrong
};

// Whoever chooses among models by what is right needs something right.
void check_any_right(const std::vector<Column>& columns, const std::vector<std::string>& notes) {
  for (const Column& column : columns) {
    if (std::ranges::any_of(column, [](Correctness cell) { return cell.steps() > 0; })) return;
  }
  throw InvalidArgument("no answer of any model is right, so that nothing can be learnt" +
                        (notes.empty() ? std::string() : ": " + notes.front()));
}

// Drops the rows (and cells) of which nothing is known.
void drop_unknown(std::vector<QueryRow>& queries, std::vector<Column>& columns, std::vector<std::string>& notes) {
  std::vector<char> known(queries.size(), 0);
  for (const Column& column : columns) {
    for (std::size_t q = 0; q < known.size(); ++q) {
      if (column[q].known()) known[q] = 1;
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
  check_right_from(choice, judge.has_value());
  std::vector<ModelRow> models = correctness_models(database, judge ? std::optional(judge->id) : std::nullopt);
  if (!choice.models.empty()) models = named_models(models, choice.models);

  Benchmark result;
  std::vector<QueryRow> queries = query_rows(database, choice.tasks);
  std::vector<Column> columns;
  {
    const RowsById row_of(queries);
    if (judge) {
      ScoreColumns scores(database, *judge, choice);
      for (const ModelRow& model : models) columns.push_back(scores.of(model, queries.size(), row_of));
      scores.tell(result.notes);
    } else {
      const LabelColumn truths = label_column(database, kTruth, queries.size(), row_of);
      const LabelReading reading(database);
      PredictionReader reader(reading);
      for (const ModelRow& model : models) {
        columns.push_back(correct_by_labels(database, model, truths, row_of, reader));
      }
      result.notes = reader.notes();
    }
  }
  const std::vector<std::string> about_labels = judge ? std::vector<std::string>() : result.notes;
  drop_unknown(queries, columns, result.notes);
  if (queries.empty())
    throw InvalidArgument("of none of the chosen queries is it known whether an answer is right");
  check_any_right(columns, about_labels);
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
