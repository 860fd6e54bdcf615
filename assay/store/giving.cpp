#include <string>
#include <utility>
#include <vector>

#include "assay/store/study.h"
#include "assay/store/study_impl.h"

namespace assay::store {
namespace {

// Gives the records of one study. The order is that of names, so that the same content gives the same records
// whatever the order of import.
class Giver {
 public:
  Giver(const file::Database& database, std::string_view path, RecordSink& sink)
      : db_(database), where_{path}, sink_(sink) {}

  void give_facts() {
    file::Statement rows = db_.prepare(
        "SELECT name, parameters, price, provider FROM model WHERE parameters > 0 OR price IS NOT NULL "
        "OR provider <> '' ORDER BY name");
    while (rows.step()) {
      add(ModelRecord{rows.text(0), rows.real(1), whole_number(rows, 2), rows.text(3)});
    }
  }

  void give_judges() {
    file::Statement rows = db_.prepare(
        "SELECT name, lower_is_better, least, most FROM judge WHERE lower_is_better IS NOT NULL OR "
        "least IS NOT NULL OR most IS NOT NULL ORDER BY name");
    while (rows.step()) {
      JudgeRecord record{rows.text(0), std::nullopt, rows.real(2), rows.real(3)};
      if (!rows.is_null(1)) record.lower_is_better = rows.integer(1) != 0;
      add(record);
    }
  }

  void give_baselines() {
    file::Statement rows =
        db_.prepare("SELECT m.name FROM baseline b JOIN model m ON m.id = b.model ORDER BY m.name");
    while (rows.step()) sink_.baseline(rows.text(0), where_);
  }

  void give_queries() {
    file::Statement queries = db_.prepare(
        "SELECT q.id, q.name, q.task, q.options, coalesce(t.body, ''), coalesce(m.body, '') FROM query q "
        "LEFT JOIN reference r ON r.query = q.id LEFT JOIN text t ON t.id = r.text "
        "LEFT JOIN chat c ON c.query = q.id LEFT JOIN text m ON m.id = c.text ORDER BY q.name");
    file::Statement prompts = db_.prepare(
        "SELECT p.turn, t.body FROM prompt p JOIN text t ON t.id = p.text WHERE p.query = ?1 ORDER BY 1");
    file::Statement weights = db_.prepare("SELECT name, value FROM query_weight WHERE query = ?1 ORDER BY name");
    while (queries.step()) {
      std::vector<std::pair<std::string, double>> named;
      weights.with(queries.integer(0));
      while (weights.step()) named.emplace_back(weights.text(0), weights.real(1));
      std::vector<QueryWeight> all;
      for (const auto& [name, value] : named) all.push_back({name, value});
      QueryRecord record{.query = queries.text(1),
                         .text = {},
                         .task = queries.text(2),
                         .options = queries.integer_in(3, 0, 1 << 20),
                         .weights = all,
                         .reference = queries.text(4),
                         .messages = queries.text(5)};
      prompts.with(queries.integer(0));
      bool told = false;
      while (prompts.step()) {
        record.turn = turn(prompts, 0);
        record.text = prompts.text(1);
        add(record);
        record.weights = {};
        record.reference = {};
        told = true;
      }
      if (!told) add(record);
    }
  }

  void give_responses() {
    file::Statement rows = db_.prepare(
        "SELECT q.name, m.name, r.turn, t.body, r.tokens_in, r.tokens_out, r.cost, r.seconds FROM response r "
        "JOIN query q ON q.id = r.query JOIN model m ON m.id = r.model JOIN text t ON t.id = r.text ORDER BY 1, 2, "
        "3");
    while (rows.step()) {
      ResponseRecord record{rows.text(0), rows.text(1), turn(rows, 2), rows.text(3)};
      record.took = {whole_number(rows, 4), whole_number(rows, 5), whole_number(rows, 6), std::nullopt};
      if (!rows.is_null(7)) record.took.seconds = rows.real(7);
      add(record);
    }
  }

  void give_labels() {
    file::Statement rows = db_.prepare(
        "SELECT q.name, coalesce(m.name, ''), l.value FROM label l JOIN query q ON q.id = l.query "
        "LEFT JOIN model m ON m.id = l.model ORDER BY 1, 2");
    while (rows.step()) {
      LabelRecord record{rows.text(0), rows.text(1), std::nullopt};
      if (!rows.is_null(2)) record.label = rows.text(2);
      add(record);
    }
  }

  void give_verdicts() {
    file::Statement rows = db_.prepare(
        "SELECT q.name, m.name, o.name, j.name, v.turn, v.value FROM verdict v JOIN query q ON q.id = v.query "
        "JOIN model m ON m.id = v.model JOIN model o ON o.id = v.opponent JOIN judge j ON j.id = v.judge "
        "ORDER BY 1, 2, 3, 4, 5");
    while (rows.step()) {
      add(VerdictRecord{rows.text(0), rows.text(1), rows.text(2), rows.text(3), turn(rows, 4), rows.real(5)});
    }
  }

  void give_scores() {
    file::Statement rows = db_.prepare(
        "SELECT q.name, m.name, j.name, s.turn, s.repeat, s.value FROM score s JOIN query q ON q.id = s.query "
        "JOIN model m ON m.id = s.model JOIN judge j ON j.id = s.judge ORDER BY 1, 2, 3, 4, 5");
    while (rows.step()) {
      add(ScoreRecord{rows.text(0), rows.text(1), rows.text(2), turn(rows, 3), turn(rows, 4), rows.real(5)});
    }
  }

 private:
  template <typename Record>
  void add(const Record& record) {
    sink_.add(record, where_, OnConflict::fail);
  }
  static std::optional<std::int64_t> whole_number(const file::Statement& rows, int column) {
    return rows.is_null(column) ? std::nullopt : std::optional(rows.integer(column));
  }
  static int turn(const file::Statement& rows, int column) { return rows.integer_in(column, 1, 1 << 30); }

  const file::Database& db_;
  Location where_;
  RecordSink& sink_;
};

constexpr std::pair<Study::Records, void (Giver::*)()> kGives[] = {
    {Study::Records::models, &Giver::give_facts},        {Study::Records::judges, &Giver::give_judges},
    {Study::Records::baselines, &Giver::give_baselines}, {Study::Records::queries, &Giver::give_queries},
    {Study::Records::responses, &Giver::give_responses}, {Study::Records::labels, &Giver::give_labels},
    {Study::Records::verdicts, &Giver::give_verdicts},   {Study::Records::scores, &Giver::give_scores}};

}  // namespace

void Study::give_records(RecordSink& sink) const {
  const file::Snapshot snapshot(impl_->database);
  Giver giver(impl_->database, impl_->path, sink);
  for (const auto& [kind, give] : kGives) (giver.*give)();
}

void Study::give_records(RecordSink& sink, Records kind) const {
  const file::Snapshot snapshot(impl_->database);
  Giver giver(impl_->database, impl_->path, sink);
  for (const auto& [one, give] : kGives) {
    if (one == kind) (giver.*give)();
  }
}

}  // namespace assay::store
