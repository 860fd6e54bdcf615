#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "assay/file/database.h"
#include "assay/store/name_table.h"
#include "assay/store/query_memo.h"
#include "assay/store/record_locations.h"
#include "assay/store/score_kinds.h"
#include "assay/store/study.h"
#include "assay/store/text_table.h"
#include "assay/store/waiting_rows.h"

namespace assay::store {

/// What a place is kept of: the first number of its RecordLocations::Key.
enum RecordKind : std::int64_t {
  kPrompt,
  kTask,
  kOptions,
  kWeight,
  kReference,
  kChat,
  kParameters,
  kPrice,
  kProvider,
  kJudge,
  kResponse,
  kVerdict,
  kScore,
  kLabel
};

/// All that is prepared for an import; gone before the study file may be closed.
struct ImportStatements {
  explicit ImportStatements(const file::Database& database) : db(database) {}

  const file::Database& db;
  NameTable queries{db, "SELECT name, id FROM query", "INSERT INTO query (name) VALUES (?1)"};
  NameTable models{db, "SELECT name, id FROM model", "INSERT INTO model (name) VALUES (?1)"};
  NameTable judges{db, "SELECT name, id FROM judge", "INSERT INTO judge (name) VALUES (?1)"};
  TextTable texts{db};

  file::Statement task = db.prepare("SELECT task FROM query WHERE id = ?1");
  file::Statement set_new_query = db.prepare("UPDATE query SET task = ?2, options = ?3 WHERE id = ?1");
  file::Statement set_task = db.prepare("UPDATE query SET task = ?2 WHERE id = ?1");
  file::Statement options = db.prepare("SELECT options FROM query WHERE id = ?1");
  file::Statement set_options = db.prepare("UPDATE query SET options = ?2 WHERE id = ?1");
  file::Statement add_weight = db.prepare("INSERT INTO query_weight VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING");
  file::Statement weight = db.prepare("SELECT value FROM query_weight WHERE name = ?1 AND query = ?2");
  file::Statement set_weight = db.prepare("UPDATE query_weight SET value = ?3 WHERE name = ?1 AND query = ?2");
  file::Statement facts = db.prepare("SELECT parameters, price, provider FROM model WHERE id = ?1");
  file::Statement set_parameters = db.prepare("UPDATE model SET parameters = ?2 WHERE id = ?1");
  file::Statement set_price = db.prepare("UPDATE model SET price = ?2 WHERE id = ?1");
  file::Statement set_provider = db.prepare("UPDATE model SET provider = ?2 WHERE id = ?1");
  file::Statement judge = db.prepare("SELECT lower_is_better, least, most FROM judge WHERE id = ?1");
  file::Statement set_judge =
      db.prepare("UPDATE judge SET lower_is_better = ?2, least = ?3, most = ?4 WHERE id = ?1");
  file::Statement add_prompt = db.prepare("INSERT INTO prompt VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING");
  file::Statement prompt = db.prepare("SELECT text FROM prompt WHERE query = ?1 AND turn = ?2");
  file::Statement set_prompt = db.prepare("UPDATE prompt SET text = ?3 WHERE query = ?1 AND turn = ?2");
  file::Statement add_reference = db.prepare("INSERT INTO reference VALUES (?1, ?2) ON CONFLICT DO NOTHING");
  file::Statement reference = db.prepare("SELECT text FROM reference WHERE query = ?1");
  file::Statement set_reference = db.prepare("UPDATE reference SET text = ?2 WHERE query = ?1");
  file::Statement add_chat = db.prepare("INSERT INTO chat VALUES (?1, ?2) ON CONFLICT DO NOTHING");
  file::Statement chat = db.prepare("SELECT text FROM chat WHERE query = ?1");
  file::Statement set_chat = db.prepare("UPDATE chat SET text = ?2 WHERE query = ?1");
  file::Statement drop_chat = db.prepare("DELETE FROM chat WHERE query = ?1");
  file::Statement later_turn = db.prepare("SELECT 1 FROM prompt WHERE query = ?1 AND turn > 1");
  // A candidate is who answered when it was asked: its settings are remembered.
  file::Statement candidate_answer = db.prepare(
      "SELECT m.name FROM remembered c JOIN model m ON c.name = 'candidate:' || m.name "
      "JOIN response r ON r.model = m.id AND r.query = ?1 WHERE c.name >= 'candidate:' AND c.name < 'candidate;'");
  file::Statement add_response =
      db.prepare("INSERT INTO response VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING");
  file::Statement response = db.prepare("SELECT text FROM response WHERE model = ?1 AND query = ?2 AND turn = ?3");
  file::Statement set_response = db.prepare(
      "UPDATE response SET text = ?4, tokens_in = ?5, tokens_out = ?6, cost = ?7, seconds = ?8 "
      "WHERE model = ?1 AND query = ?2 AND turn = ?3");
  file::Statement add_verdict =
      db.prepare("INSERT INTO verdict VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING");
  file::Statement verdict = db.prepare(
      "SELECT value FROM verdict WHERE judge = ?1 AND opponent = ?2 AND model = ?3 AND query = ?4 AND turn = ?5");
  file::Statement set_verdict = db.prepare(
      "UPDATE verdict SET value = ?6 WHERE judge = ?1 AND opponent = ?2 AND model = ?3 AND query = ?4 "
      "AND turn = ?5");
  file::Statement add_score =
      db.prepare("INSERT INTO score VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING");
  file::Statement score = db.prepare(
      "SELECT value FROM score WHERE judge = ?1 AND model = ?2 AND query = ?3 AND turn = ?4 AND repeat = ?5");
  file::Statement set_score = db.prepare(
      "UPDATE score SET value = ?6 WHERE judge = ?1 AND model = ?2 AND query = ?3 AND turn = ?4 AND repeat = ?5");
  file::Statement add_label = db.prepare("INSERT INTO label VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING");
  file::Statement label = db.prepare("SELECT value FROM label WHERE model = ?1 AND query = ?2");
  file::Statement set_label = db.prepare("UPDATE label SET value = ?3 WHERE model = ?1 AND query = ?2");
  file::Statement add_baseline = db.prepare("INSERT INTO baseline VALUES (?1) ON CONFLICT DO NOTHING");

  std::optional<BatchStatements> batches;
};

/// An import while it goes on: what each kind of record does stands in import_queries.cpp, import_models.cpp and
/// import_judgements.cpp.
class ImportTransaction : public Study::Import {
 public:
  ImportTransaction(const file::Database& database, bool in_batches, std::function<void(bool)> ended)
      : ended_(std::move(ended)), db_(database), transaction_(database) {
    counts_.new_study =
        db_.integer("SELECT NOT EXISTS (SELECT 1 FROM query) AND NOT EXISTS (SELECT 1 FROM model)") != 0;
    // Digests come in no order: sorting them once, at the end, is far less work than a place for each. Files of an
    // older Assay have no index of this name.
    index_texts_ =
        counts_.new_study && db_.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'text_hash'") > 0;
    if (index_texts_) db_.execute("DROP INDEX text_hash");
    use_.emplace(db_);
    if (in_batches) use_->batches.emplace(db_, waiting_);
  }

  ~ImportTransaction() override {
    if (!transaction_) return;  // Committed.
    use_.reset();
    transaction_.reset();
    ended_(false);
  }

  void add(const QueryRecord& record, const Location& where, OnConflict conflict) override {
    in_order([&] { take(record, where, conflict); });
  }
  void add(const ModelRecord& record, const Location& where, OnConflict conflict) override {
    in_order([&] { take(record, where, conflict); });
  }
  void add(const ResponseRecord& record, const Location& where, OnConflict conflict) override {
    in_order([&] { take(record, where, conflict); });
  }
  void add(const JudgeRecord& record, const Location& where, OnConflict conflict) override {
    in_order([&] { take(record, where, conflict); });
  }
  void add(const VerdictRecord& record, const Location& where, OnConflict conflict) override {
    in_order([&] { take(record, where, conflict); });
  }
  void add(const ScoreRecord& record, const Location& where, OnConflict conflict) override {
    in_order([&] { take(record, where, conflict); });
  }
  void add(const LabelRecord& record, const Location& where, OnConflict conflict) override {
    in_order([&] { take(record, where, conflict); });
  }
  void baseline(std::string_view model, const Location& where) override {
    in_order([&] { take_baseline(model, where); });
  }
  void drop(std::string_view reason, const Location& where) override;
  void note(std::string_view what, const Location& where) override;
  Study::ImportCounts commit() override;

 private:
  void take(const QueryRecord& record, const Location& where, OnConflict conflict);
  void take(const ModelRecord& record, const Location& where, OnConflict conflict);
  void take(const ResponseRecord& record, const Location& where, OnConflict conflict);
  void take(const JudgeRecord& record, const Location& where, OnConflict conflict);
  void take(const VerdictRecord& record, const Location& where, OnConflict conflict);
  void take(const ScoreRecord& record, const Location& where, OnConflict conflict);
  void take(const LabelRecord& record, const Location& where, OnConflict conflict);
  void take_baseline(std::string_view model, const Location& where);

  // What fails is told after what failed before it.
  template <typename Body>
  void in_order(const Body& body) {
    try {
      body();
    } catch (...) {
      settle();
      throw;
    }
  }

  /// Adds a row at once, or with others in a batch.
  template <typename Row>
  void put_or_keep(Row row, const Location& where, OnConflict conflict) {
    if (!use_->batches) return put(row, where, conflict);
    waiting_.add(std::move(row), where, conflict);
    if (waiting_.full()) settle();
  }
  /// Adds all rows that wait.
  void settle();
  /// Adds a row, or finds out what is there instead.
  void put(const ResponseRow& row, const Location& where, OnConflict conflict);
  void put(const ScoreRow& row, const Location& where, OnConflict conflict);
  void put(const LabelRow& row, const Location& where, OnConflict conflict);
  /// After a row was added.
  void count(const ResponseRow& row, const Location& where);
  void count(const ScoreRow& row, const Location& where);
  void count(const LabelRow& row, const Location& where);

  // After an INSERT: true if it added the record of `key`, whose place is then kept.
  bool is_new(const RecordLocations::Key& key, const Location& where) {
    if (db_.changes() == 0) return false;
    remember_new(key, where);
    return true;
  }
  void remember_new(const RecordLocations::Key& key, const Location& where) {
    locations_.remember(key, where);
    changed_ = true;
  }

  // What to do with a record that contradicts one that is there: true if it is to take its place. `what` gives
  // the message's begin.
  bool replaces(std::string_view kind, const RecordLocations::Key& key, const Location& where, OnConflict conflict,
                const std::function<std::string()>& what);

  // A query for people: its name, and how its first prompt begins, as names may be hashes.
  std::string title(std::int64_t query);

  // Task and options of a query that was not there.
  void fill_new(std::int64_t query, const QueryRecord& record, const Location& where);
  // Both: true if it is news.
  bool set_task(std::int64_t query, const QueryRecord& record, const Location& where, OnConflict conflict);
  bool set_options(std::int64_t query, const QueryRecord& record, const Location& where, OnConflict conflict);
  bool set_weights(std::int64_t query, const QueryRecord& record, const Location& where, OnConflict conflict);
  bool set_reference(std::int64_t query, const QueryRecord& record, const Location& where, OnConflict conflict);
  bool set_messages(std::int64_t query, const QueryRecord& record, const Location& where, OnConflict conflict);

  // In keys alone.
  std::int64_t weight_number(std::string_view name) {
    return weight_numbers_.try_emplace(std::string(name), static_cast<std::int64_t>(weight_numbers_.size()))
        .first->second;
  }

  // A model of the files; its id.
  std::int64_t model_of_files(std::string_view name) {
    const std::int64_t id = use_->models.id(name);
    if (files_models_.insert(id).second) counts_.models.emplace_back(name);
    return id;
  }

  std::map<std::string, std::int64_t> weight_numbers_;
  std::set<std::int64_t> files_models_;
  ScoreKinds score_kinds_;
  std::function<void(bool)> ended_;
  const file::Database& db_;
  std::optional<file::Transaction> transaction_;
  std::optional<ImportStatements> use_;
  RecordLocations locations_;
  QueryMemo memo_;
  Study::ImportCounts counts_;
  WaitingRows waiting_;
  bool settling_ = false;
  bool index_texts_ = false;
  bool changed_ = false;
  std::size_t contradictions_ = 0;
};

}  // namespace assay::store
