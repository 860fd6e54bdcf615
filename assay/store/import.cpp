#include "assay/store/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "assay/core/error.h"
#include "assay/store/name_table.h"
#include "assay/store/query_memo.h"
#include "assay/store/record_locations.h"
#include "assay/store/score_kinds.h"
#include "assay/store/text_table.h"
#include "assay/store/told_rows.h"
#include "assay/store/waiting_rows.h"

namespace assay::store {
namespace {

constexpr std::size_t kLongestText = 500'000'000;  // SQLite takes rows of less than 10^9 bytes.
constexpr std::int64_t kGold = 0;                  // Stands for the model of a true label.

enum Kind : std::int64_t {
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

void check_name(std::string_view name, std::string_view what, const Location& where) {
  if (name.empty()) throw DataError(where, fmt::format("expected {}, came an empty name", what));
}

void check_count(int count, std::string_view what, const Location& where) {
  if (count < 1) throw DataError(where, fmt::format("expected a {} from 1 on, came {}", what, count));
}

void check_text(std::string_view text, const Location& where) {
  if (text.size() <= kLongestText) return;
  throw DataError(where, fmt::format("expected a text of at most {} bytes, came {}", kLongestText, text.size()));
}

void check_took(const AnswerCost& took, const Location& where) {
  if (took.tokens_in.value_or(0) < 0 || took.tokens_out.value_or(0) < 0 || took.cost.value_or(0) < 0) {
    throw DataError(where, "expected tokens and a cost from 0 on, came a negative number");
  }
  if (took.seconds && !(*took.seconds >= 0 && std::isfinite(*took.seconds))) {
    throw DataError(where, fmt::format("expected seconds from 0 on, came {}", *took.seconds));
  }
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

void count_row(std::vector<ToldRows>& rows, std::string_view reason, const Location& where) {
  const auto known =
      std::find_if(rows.begin(), rows.end(), [&](const ToldRows& entry) { return entry.reason == reason; });
  if (known != rows.end()) {
    ++known->count;
  } else {
    rows.push_back({std::string(reason), 1, describe(where)});
  }
}

std::string shown(double value) { return std::isnan(value) ? "none" : fmt::format("{}", value); }

RecordLocations::Key key_of(const ResponseRow& row) { return {kResponse, row.model, row.query, row.turn}; }
RecordLocations::Key key_of(const ScoreRow& row) {
  return {kScore, row.judge, row.model, row.query, row.turn, row.repeat};
}
RecordLocations::Key key_of(const LabelRow& row) { return {kLabel, row.model, row.query}; }

// All that is prepared for an import; gone before the study file may be closed.
struct Statements {
  explicit Statements(const file::Database& database) : db(database) {}

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
  void put_or_keep(Row row, const Location& where, OnConflict conflict);
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
  template <typename What>
  bool replaces(std::string_view kind, const RecordLocations::Key& key, const Location& where, OnConflict conflict,
                const What& what) {
    settle();  // What came before comes first.
    if (conflict == OnConflict::fail) {
      throw DataError(where, fmt::format("{}, which contradicts {}", what(), locations_.describe(key)));
    }
    ++contradictions_;
    const bool last = conflict == OnConflict::keep_last;
    drop(fmt::format("contradicts an earlier {}; the {} was kept", kind, last ? "last" : "first"), where);
    if (last) {
      locations_.remember(key, where);
      changed_ = true;
    }
    return last;
  }

  // A query for people: its name, and how its first prompt begins, as names may be hashes.
  std::string title(std::int64_t query) {
    constexpr std::size_t kFirstWords = 40;
    file::Statement rows = db_.prepare(
        "SELECT t.body FROM prompt p JOIN text t ON t.id = p.text WHERE p.query = ?1 ORDER BY p.turn LIMIT 1");
    std::string text = quoted(use_->queries.name(query));
    if (rows.with(query).step()) text += fmt::format(" ({})", quoted(rows.text(0), kFirstWords));
    return text;
  }

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
  std::optional<Statements> use_;
  RecordLocations locations_;
  QueryMemo memo_;
  Study::ImportCounts counts_;
  WaitingRows waiting_;
  bool settling_ = false;
  bool index_texts_ = false;
  bool changed_ = false;
  std::size_t contradictions_ = 0;
};

void ImportTransaction::fill_new(std::int64_t query, const QueryRecord& record, const Location& where) {
  if (record.task.empty() && record.options == 0) return;
  use_->set_new_query.with(query, record.task, record.options).run();
  if (!record.task.empty()) locations_.remember({kTask, query}, where);
  if (record.options != 0) locations_.remember({kOptions, query}, where);
  changed_ = true;
}

bool ImportTransaction::set_task(std::int64_t query, const QueryRecord& record, const Location& where,
                                 OnConflict conflict) {
  if (record.task.empty()) return false;
  const RecordLocations::Key key{kTask, query};
  use_->task.with(query).step();
  const std::string old(use_->task.text(0));
  if (old == record.task) return false;
  const auto what = [&] { return fmt::format("task {} of query {}", quoted(record.task), quoted(record.query)); };
  if (!old.empty() && !replaces("task", key, where, conflict, what)) return true;
  use_->set_task.with(query, record.task).run();
  locations_.remember(key, where);
  changed_ = true;
  return true;
}

bool ImportTransaction::set_options(std::int64_t query, const QueryRecord& record, const Location& where,
                                    OnConflict conflict) {
  if (record.options == 0) return false;
  const RecordLocations::Key key{kOptions, query};
  use_->options.with(query).step();
  const std::int64_t old = use_->options.integer(0);
  if (old == record.options) return false;
  const auto what = [&] {
    return fmt::format("{} options (before: {}) of query {}", record.options, old, quoted(record.query));
  };
  if (old != 0 && !replaces("number of options", key, where, conflict, what)) return true;
  use_->set_options.with(query, record.options).run();
  locations_.remember(key, where);
  changed_ = true;
  return true;
}

bool ImportTransaction::set_weights(std::int64_t query, const QueryRecord& record, const Location& where,
                                    OnConflict conflict) {
  bool news = false;
  for (const QueryWeight& one : record.weights) {
    check_name(one.name, "a name of the weight", where);
    if (!std::isfinite(one.value) || one.value < 0) {
      throw DataError(where, fmt::format("expected a weight from 0 on, came {}", one.value));
    }
    const RecordLocations::Key key{kWeight, query, weight_number(one.name)};
    use_->add_weight.with(one.name, query, one.value).run();
    if (is_new(key, where)) {
      ++counts_.weights;
      news = true;
      continue;
    }
    use_->weight.with(one.name, query).step();
    const double old = use_->weight.real(0);
    if (old == one.value) continue;
    const auto what = [&] {
      return fmt::format("weight {} {} (before: {}) of query {}", quoted(one.name), one.value, old,
                         quoted(record.query));
    };
    if (conflict == OnConflict::fail) {
      throw DataError(where, fmt::format("{}, which contradicts {}; other weights go beside it under another name, "
                                         "for instance {}",
                                         what(), locations_.describe(key), quoted(std::string(one.name) + "-2")));
    }
    news = true;
    if (replaces("weight", key, where, conflict, what)) use_->set_weight.with(one.name, query, one.value).run();
  }
  return news;
}

bool ImportTransaction::set_reference(std::int64_t query, const QueryRecord& record, const Location& where,
                                      OnConflict conflict) {
  if (record.reference.empty() || memo_.has_reference(query, record.reference)) return false;
  check_text(record.reference, where);
  const RecordLocations::Key key{kReference, query};
  const std::int64_t text = use_->texts.id(record.reference);
  use_->add_reference.with(query, text).run();
  const bool added = is_new(key, where);
  if (!added) use_->reference.with(query).step();
  if (added || use_->reference.integer(0) == text) {
    memo_.keep_reference(query, record.reference);
    return added;
  }
  const auto what = [&] { return fmt::format("another reference answer of query {}", title(query)); };
  if (replaces("reference answer", key, where, conflict, what)) use_->set_reference.with(query, text).run();
  return true;
}

// A prompt that is known as a text becomes a chat, unless that would make answers that are there those of another
// prompt. Each turn of a query is a prompt of its own, so that a chat has all its turns in itself.
bool ImportTransaction::set_messages(std::int64_t query, const QueryRecord& record, const Location& where,
                                     OnConflict conflict) {
  if (record.turn > 1 && (!record.messages.empty() || use_->chat.with(query).step())) {
    throw DataError(where, fmt::format("expected all messages of chat {} in its first turn, came turn {}",
                                       quoted(record.query), record.turn));
  }
  if (record.messages.empty()) return false;
  check_text(record.messages, where);
  if (use_->later_turn.with(query).step()) {
    throw DataError(
        where, fmt::format("expected one turn of a query that is a chat, came more of {}", quoted(record.query)));
  }
  const RecordLocations::Key key{kChat, query};
  const std::int64_t text = use_->texts.id(record.messages);
  const bool known = use_->chat.with(query).step();
  if (known && use_->chat.integer(0) == text) return false;
  if (use_->candidate_answer.with(query).step()) {
    throw DataError(where, fmt::format("expected the prompt of query {} as candidate {} was sent it, came other "
                                       "messages: begin another study, or take its answers out by assay remove",
                                       title(query), quoted(use_->candidate_answer.text(0))));
  }
  if (!known) {
    use_->add_chat.with(query, text).run();
    return is_new(key, where);
  }
  const auto what = [&] { return fmt::format("other messages of query {}", title(query)); };
  if (replaces("chat", key, where, conflict, what)) use_->set_chat.with(query, text).run();
  return true;
}

void ImportTransaction::take(const ModelRecord& record, const Location& where, OnConflict conflict) {
  check_name(record.model, "a model", where);
  if (record.parameters < 0 || !std::isfinite(record.parameters)) {
    throw DataError(where, fmt::format("expected a positive number of parameters, came {}", record.parameters));
  }
  if (record.price && *record.price < 0) throw DataError(where, "expected a price from 0 on, came a negative one");
  const std::int64_t model = use_->models.id(record.model);
  use_->facts.with(model).step();
  const double parameters = use_->facts.real(0);
  const auto price = use_->facts.is_null(1) ? std::nullopt : std::optional(use_->facts.integer(1));
  const std::string provider(use_->facts.text(2));
  bool news = false;
  const auto take = [&](Kind kind, bool known, std::string_view what, const auto& set) {
    const RecordLocations::Key key{kind, model};
    const auto message = [&] { return fmt::format("another {} of model {}", what, quoted(record.model)); };
    news = true;
    if (known && !replaces(what, key, where, conflict, message)) return;
    set();
    locations_.remember(key, where);
    changed_ = true;
  };
  if (record.parameters > 0 && record.parameters != parameters) {
    take(kParameters, parameters > 0, "number of parameters",
         [&] { use_->set_parameters.with(model, record.parameters).run(); });
  }
  if (record.price && record.price != price) {
    take(kPrice, price.has_value(), "price", [&] { use_->set_price.with(model, *record.price).run(); });
  }
  if (!record.provider.empty() && record.provider != provider) {
    take(kProvider, !provider.empty(), "provider", [&] { use_->set_provider.with(model, record.provider).run(); });
  }
  if (news) {
    ++counts_.facts;
  } else {
    ++counts_.repeated;
  }
}

void ImportTransaction::take(const QueryRecord& record, const Location& where, OnConflict conflict) {
  check_name(record.query, "a query", where);
  if (record.options < 0) throw DataError(where, "expected a number of options from 0 on, came a negative one");
  check_count(record.turn, "turn", where);
  check_text(record.text, where);
  const std::size_t before = use_->queries.added();
  const std::int64_t query = use_->queries.id(record.query);
  bool news = use_->queries.added() > before;
  const file::Digest digest = file::digest(record.text);
  // Of all that is said of the prompt.
  const file::Digest said =
      record.messages.empty() ? digest : file::digest(std::array{record.text, record.messages});
  if (!news && memo_.has(query, record, said)) {
    ++counts_.repeated;
    return;
  }
  const std::size_t contradictions = contradictions_;
  if (news) {
    fill_new(query, record, where);
  } else {
    news = set_task(query, record, where, conflict) || news;
    news = set_options(query, record, where, conflict) || news;
  }
  news = set_weights(query, record, where, conflict) || news;
  news = set_reference(query, record, where, conflict) || news;
  bool stands = true;
  if (!record.text.empty()) {
    const RecordLocations::Key key{kPrompt, query, record.turn};
    const std::int64_t text = use_->texts.id(record.text, digest);
    use_->add_prompt.with(query, record.turn, text).run();
    if (is_new(key, where)) {
      news = true;
    } else if (use_->prompt.with(query, record.turn).step(); use_->prompt.integer(0) != text) {
      news = true;
      const auto what = [&] {
        return fmt::format("another prompt of query {} (turn {})", title(query), record.turn);
      };
      stands = replaces("prompt", key, where, conflict, what);
      if (stands) {
        use_->set_prompt.with(query, record.turn, text).run();
        use_->drop_chat.with(query).run();  // of the prompt that gave way
      }
    }
  }
  if (stands) news = set_messages(query, record, where, conflict) || news;
  if (contradictions == contradictions_) {
    memo_.keep(query, record, said);
  } else {
    memo_.forget(query);
  }
  if (!news) ++counts_.repeated;
}

void ImportTransaction::take(const ResponseRecord& record, const Location& where, OnConflict conflict) {
  check_name(record.query, "a query", where);
  check_name(record.model, "a model", where);
  check_count(record.turn, "turn", where);
  check_text(record.text, where);
  const std::int64_t model = model_of_files(record.model);
  const std::int64_t query = use_->queries.id(record.query);
  const std::int64_t text = use_->texts.id(record.text);
  check_took(record.took, where);
  put_or_keep(ResponseRow{model, query, record.turn, text, record.took}, where, conflict);
}

void ImportTransaction::count(const ResponseRow& row, const Location& where) {
  remember_new(key_of(row), where);
  ++counts_.responses;
}

void ImportTransaction::put(const ResponseRow& row, const Location& where, OnConflict conflict) {
  const AnswerCost& took = row.took;
  use_->add_response
      .with(row.model, row.query, row.turn, row.text, took.tokens_in, took.tokens_out, took.cost, took.seconds)
      .run();
  if (db_.changes() > 0) return count(row, where);
  use_->response.with(row.model, row.query, row.turn).step();
  if (use_->response.integer(0) == row.text) {
    ++counts_.repeated;
    return;
  }
  const auto what = [&] {
    return fmt::format("another response of model {} to query {} (turn {})", quoted(use_->models.name(row.model)),
                       title(row.query), row.turn);
  };
  if (replaces("response", key_of(row), where, conflict, what)) {
    use_->set_response
        .with(row.model, row.query, row.turn, row.text, took.tokens_in, took.tokens_out, took.cost, took.seconds)
        .run();
  }
}

void ImportTransaction::take(const JudgeRecord& record, const Location& where, OnConflict conflict) {
  check_name(record.judge, "a judge", where);
  if (record.least >= record.most) {
    throw DataError(where, fmt::format("expected a scale whose least score is below its most, came {} and {}",
                                       record.least, record.most));
  }
  const std::int64_t judge = use_->judges.id(record.judge);
  use_->judge.with(judge).step();
  const auto real = [&](int column) {
    return use_->judge.is_null(column) ? std::numeric_limits<double>::quiet_NaN() : use_->judge.real(column);
  };
  std::optional<bool> lower;
  if (!use_->judge.is_null(0)) lower = use_->judge.integer(0) != 0;
  const JudgeRecord old{record.judge, lower, real(1), real(2)};
  // What is not known stays as it was.
  JudgeRecord now = record;
  if (!now.lower_is_better) now.lower_is_better = old.lower_is_better;
  if (std::isnan(now.least)) now.least = old.least;
  if (std::isnan(now.most)) now.most = old.most;
  const auto agree = [](double a, double b) { return std::isnan(a) || a == b; };
  if (now.lower_is_better == old.lower_is_better && same(now.least, old.least) && same(now.most, old.most)) {
    ++counts_.repeated;
    return;
  }
  const RecordLocations::Key key{kJudge, judge};
  const bool contradicts = (old.lower_is_better && old.lower_is_better != now.lower_is_better) ||
                           !agree(old.least, now.least) || !agree(old.most, now.most);
  const auto what = [&] { return fmt::format("another scale or direction of judge {}", quoted(record.judge)); };
  if (contradicts && !replaces("scale", key, where, conflict, what)) return;
  std::optional<std::int64_t> direction;
  if (now.lower_is_better) direction = *now.lower_is_better ? 1 : 0;
  use_->set_judge.with(judge, direction, now.least, now.most).run();
  locations_.remember(key, where);
  changed_ = true;
}

void ImportTransaction::take(const VerdictRecord& record, const Location& where, OnConflict conflict) {
  check_name(record.query, "a query", where);
  check_name(record.model, "a model", where);
  check_name(record.opponent, "an opponent", where);
  check_name(record.judge, "a judge", where);
  check_count(record.turn, "turn", where);
  if (!std::isnan(record.value) && !(record.value >= 0 && record.value <= 1)) {
    throw DataError(where, fmt::format("expected a verdict from 0 to 1, came {}", record.value));
  }
  const std::int64_t judge = use_->judges.id(record.judge);
  const std::int64_t model = model_of_files(record.model);
  const std::int64_t opponent = model_of_files(record.opponent);
  const std::int64_t query = use_->queries.id(record.query);
  const RecordLocations::Key key{kVerdict, judge, opponent, model, query, record.turn};
  use_->add_verdict.with(judge, opponent, model, query, record.turn, record.value).run();
  if (is_new(key, where)) {
    ++counts_.verdicts;
    counts_.no_verdict += std::isnan(record.value) ? 1 : 0;
    return;
  }
  use_->verdict.with(judge, opponent, model, query, record.turn).step();
  const double old = use_->verdict.real(0);
  if (same(old, record.value)) {
    ++counts_.repeated;
    return;
  }
  const auto what = [&] {
    return fmt::format("verdict {} (before: {}) of judge {} on {} against {}, query {}, turn {}",
                       shown(record.value), shown(old), quoted(record.judge), quoted(record.model),
                       quoted(record.opponent), title(query), record.turn);
  };
  if (replaces("verdict", key, where, conflict, what)) {
    use_->set_verdict.with(judge, opponent, model, query, record.turn, record.value).run();
  }
}

void ImportTransaction::take(const ScoreRecord& record, const Location& where, OnConflict conflict) {
  check_name(record.query, "a query", where);
  check_name(record.model, "a model", where);
  check_name(record.judge, "a judge", where);
  check_count(record.turn, "turn", where);
  check_count(record.repeat, "repeat", where);
  if (std::isinf(record.value)) throw DataError(where, "expected a finite score, came an infinite one");
  const std::int64_t judge = use_->judges.id(record.judge);
  const std::int64_t model = model_of_files(record.model);
  score_kinds_.add(record.model, record.value);
  const std::int64_t query = use_->queries.id(record.query);
  put_or_keep(ScoreRow{judge, model, query, record.turn, record.repeat, record.value}, where, conflict);
}

void ImportTransaction::count(const ScoreRow& row, const Location& where) {
  remember_new(key_of(row), where);
  ++counts_.scores;
  counts_.no_score += std::isnan(row.value) ? 1 : 0;
}

void ImportTransaction::put(const ScoreRow& row, const Location& where, OnConflict conflict) {
  use_->add_score.with(row.judge, row.model, row.query, row.turn, row.repeat, row.value).run();
  if (db_.changes() > 0) return count(row, where);
  use_->score.with(row.judge, row.model, row.query, row.turn, row.repeat).step();
  const double old = use_->score.real(0);
  if (same(old, row.value)) {
    ++counts_.repeated;
    return;
  }
  const auto what = [&] {
    return fmt::format("score {} (before: {}) of judge {} for {}, query {}, turn {}, repeat {}", shown(row.value),
                       shown(old), quoted(use_->judges.name(row.judge)), quoted(use_->models.name(row.model)),
                       quoted(use_->queries.name(row.query)), row.turn, row.repeat);
  };
  if (replaces("score", key_of(row), where, conflict, what)) {
    use_->set_score.with(row.judge, row.model, row.query, row.turn, row.repeat, row.value).run();
  }
}

void ImportTransaction::take(const LabelRecord& record, const Location& where, OnConflict conflict) {
  check_name(record.query, "a query", where);
  const std::int64_t model = record.model.empty() ? kGold : model_of_files(record.model);
  const std::int64_t query = use_->queries.id(record.query);
  LabelRow row{model, query, std::nullopt};
  if (record.label) row.label.emplace(*record.label);
  // True labels come again with each model, so that most of them are not even a row.
  if (model == kGold) return put(row, where, conflict);
  put_or_keep(std::move(row), where, conflict);
}

void ImportTransaction::count(const LabelRow& row, const Location& where) {
  remember_new(key_of(row), where);
  ++counts_.labels;
}

void ImportTransaction::put(const LabelRow& row, const Location& where, OnConflict conflict) {
  const bool gold = row.model == kGold && row.label;
  if (gold && memo_.has_gold(row.query, *row.label)) {
    ++counts_.repeated;
    return;
  }
  use_->add_label.with(row.model, row.query, row.label).run();
  if (db_.changes() > 0) {
    if (gold) memo_.keep_gold(row.query, *row.label);
    return count(row, where);
  }
  use_->label.with(row.model, row.query).step();
  const bool absent = use_->label.is_null(0);
  if (absent ? !row.label : row.label && *row.label == use_->label.text(0)) {
    ++counts_.repeated;
    if (gold) memo_.keep_gold(row.query, *row.label);
    return;
  }
  if (row.model == kGold) memo_.forget(row.query);
  const std::string old = absent ? "none" : quoted(use_->label.text(0));
  const auto what = [&] {
    return fmt::format("label {} (before: {}) of {} for query {}", row.label ? quoted(*row.label) : "none", old,
                       row.model == kGold ? "the truth" : "model " + quoted(use_->models.name(row.model)),
                       quoted(use_->queries.name(row.query)));
  };
  if (replaces("label", key_of(row), where, conflict, what)) {
    use_->set_label.with(row.model, row.query, row.label).run();
  }
}

void ImportTransaction::take_baseline(std::string_view model, const Location& where) {
  check_name(model, "a baseline", where);
  use_->add_baseline.with(use_->models.id(model)).run();
  if (db_.changes() > 0) changed_ = true;
}

void ImportTransaction::drop(std::string_view reason, const Location& where) {
  settle();  // It may have rows to drop, which come first.
  count_row(counts_.dropped, reason, where);
}

template <typename Row>
void ImportTransaction::put_or_keep(Row row, const Location& where, OnConflict conflict) {
  if (!use_->batches) return put(row, where, conflict);
  waiting_.add(std::move(row), where, conflict);
  if (waiting_.full()) settle();
}

// A batch in which no row has a key that is there, as in nearly all, is three statements. Else the rows of that
// kind go one by one, and all in the order in which they came, so that the first contradiction is told.
void ImportTransaction::settle() {
  if (settling_ || waiting_.size() == 0) return;
  settling_ = true;
  BatchStatements& batches = *use_->batches;
  const bool responses = waiting_.responses.empty() || batches.add_responses.run_if_allowed();
  const bool scores = waiting_.scores.empty() || batches.add_scores.run_if_allowed();
  const bool labels = waiting_.labels.empty() || batches.add_labels.run_if_allowed();
  const auto settle_row = [&](const auto& waiting, bool added) {
    const Location where{waiting_.paths[waiting.path], waiting.line};
    if (added) {
      count(waiting.row, where);
    } else {
      put(waiting.row, where, waiting.conflict);
    }
  };
  waiting_.for_each_in_order([&](const Waiting<ResponseRow>& row) { settle_row(row, responses); },
                             [&](const Waiting<ScoreRow>& row) { settle_row(row, scores); },
                             [&](const Waiting<LabelRow>& row) { settle_row(row, labels); });
  waiting_.clear();
  settling_ = false;
}

void ImportTransaction::note(std::string_view what, const Location& where) {
  count_row(counts_.noted, what, where);
}

Study::ImportCounts ImportTransaction::commit() {
  if (!transaction_) throw InvalidArgument("this import is committed already");
  settle();
  counts_.queries = use_->queries.added();
  counts_.odd_model = score_kinds_.odd_model();
  changed_ = changed_ || counts_.queries > 0;
  if (contradictions_ > 0) {
    // The texts of records that gave way.
    db_.execute(
        "DELETE FROM text WHERE id NOT IN (SELECT text FROM prompt) AND id NOT IN (SELECT text FROM response) "
        "AND id NOT IN (SELECT text FROM reference) AND id NOT IN (SELECT text FROM chat)");
  }
  keep_told_rows(db_, counts_.dropped);
  keep_told_rows(db_, counts_.noted);
  if (changed_) db_.execute("DELETE FROM derived; UPDATE meta SET value = value + 1 WHERE name = 'content'");
  use_.reset();
  if (index_texts_) db_.execute("CREATE UNIQUE INDEX text_hash ON text (hash)");
  transaction_->commit();
  transaction_.reset();
  ended_(true);
  return counts_;
}

}  // namespace

std::unique_ptr<Study::Import> make_import(const file::Database& database, bool in_batches,
                                           std::function<void(bool committed)> ended) {
  return std::make_unique<ImportTransaction>(database, in_batches, std::move(ended));
}

}  // namespace assay::store
