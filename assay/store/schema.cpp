#include "assay/store/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "assay/core/error.h"
#include "assay/core/utf8.h"

namespace assay::store {
namespace {

constexpr std::int64_t kApplicationId = 0x41534159;  // "ASAY", as in mark_complete

// Names and texts are stored once and referred to by number. A judgement's key begins with what a comparison
// selects by (judge, opponent), so that one range of the tree is read. A NULL value is a call that failed.
constexpr file::Sql kSchema = R"sql(
CREATE TABLE text (id INTEGER PRIMARY KEY, hash BLOB NOT NULL, body TEXT NOT NULL) STRICT;
CREATE UNIQUE INDEX text_hash ON text (hash);
-- parameters 0: not known. price: micro-dollars per million tokens, NULL: not known.
CREATE TABLE model (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, parameters REAL NOT NULL DEFAULT 0,
  price INTEGER, provider TEXT NOT NULL DEFAULT '') STRICT;
-- least, most: of the scores that there can be. NULL: not known, as lower_is_better.
CREATE TABLE judge (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, lower_is_better INTEGER, least REAL,
  most REAL) STRICT;
CREATE TABLE oracle (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE query (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, task TEXT NOT NULL DEFAULT '',
  options INTEGER NOT NULL DEFAULT 0) STRICT;
-- How much a query counts in a mean, by the name of the column that says so.
CREATE TABLE query_weight (name TEXT NOT NULL, query INTEGER NOT NULL REFERENCES query, value REAL NOT NULL,
  PRIMARY KEY (name, query)) STRICT, WITHOUT ROWID;
CREATE TABLE prompt (query INTEGER NOT NULL REFERENCES query, turn INTEGER NOT NULL,
  text INTEGER NOT NULL REFERENCES text, PRIMARY KEY (query, turn)) STRICT, WITHOUT ROWID;
-- Right answers that are no labels.
CREATE TABLE reference (query INTEGER PRIMARY KEY REFERENCES query, text INTEGER NOT NULL REFERENCES text) STRICT;
-- Chats, as QueryRecord::messages. Without a row here, the prompt is one message of the user.
CREATE TABLE chat (query INTEGER PRIMARY KEY REFERENCES query, text INTEGER NOT NULL REFERENCES text) STRICT;
CREATE TABLE response (model INTEGER NOT NULL REFERENCES model, query INTEGER NOT NULL REFERENCES query,
  turn INTEGER NOT NULL, text INTEGER NOT NULL REFERENCES text, tokens_in INTEGER, tokens_out INTEGER, cost INTEGER,
  seconds REAL, PRIMARY KEY (model, query, turn)) STRICT, WITHOUT ROWID;
CREATE TABLE verdict (judge INTEGER NOT NULL REFERENCES judge, opponent INTEGER NOT NULL REFERENCES model,
  model INTEGER NOT NULL REFERENCES model, query INTEGER NOT NULL REFERENCES query, turn INTEGER NOT NULL,
  value REAL, PRIMARY KEY (judge, opponent, model, query, turn)) STRICT, WITHOUT ROWID;
CREATE TABLE score (judge INTEGER NOT NULL REFERENCES judge, model INTEGER NOT NULL REFERENCES model,
  query INTEGER NOT NULL REFERENCES query, turn INTEGER NOT NULL, repeat INTEGER NOT NULL,
  value REAL, PRIMARY KEY (judge, model, query, turn, repeat)) STRICT, WITHOUT ROWID;
-- model 0: the true label. value NULL: not run.
CREATE TABLE label (model INTEGER NOT NULL, query INTEGER NOT NULL REFERENCES query, value TEXT,
  PRIMARY KEY (model, query)) STRICT, WITHOUT ROWID;
CREATE TABLE baseline (model INTEGER PRIMARY KEY REFERENCES model) STRICT;
-- What programs, people and LLMs answered. turn 0: a pair with the baseline. repeat: the how-manieth call for this response, from
-- 0. shown: digest of the texts that were judged; NULL: kept by an older Assay. value: a score, or 1 win, 1/2 draw, 0 loss;
-- NULL: the call failed.
CREATE TABLE kept_answer (seq INTEGER PRIMARY KEY, oracle INTEGER NOT NULL REFERENCES oracle,
  query INTEGER NOT NULL REFERENCES query, model INTEGER NOT NULL REFERENCES model, turn INTEGER NOT NULL,
  repeat INTEGER NOT NULL, shown BLOB, value REAL) STRICT;
CREATE UNIQUE INDEX kept_answer_once ON kept_answer (oracle, query, model, turn, repeat, shown) WHERE value IS NOT NULL;
-- What people said beside a verdict in kept_answer. seconds: that they took; model_first: the model's response was shown
-- first. NULL: not known.
CREATE TABLE remark (oracle INTEGER NOT NULL REFERENCES oracle, query INTEGER NOT NULL REFERENCES query,
  model INTEGER NOT NULL REFERENCES model, shown BLOB NOT NULL, note TEXT NOT NULL, seconds REAL, model_first INTEGER,
  PRIMARY KEY (oracle, query, model, shown)) STRICT, WITHOUT ROWID;
-- Requests to paid judges, failed ones too; never deleted. request: hash of the body. failure 0: none, and content is what
-- the judge said. cost: micro-dollars, an upper bound where certain is 0; NULL: no price known.
CREATE TABLE endpoint (id INTEGER PRIMARY KEY, url TEXT NOT NULL, model TEXT NOT NULL, UNIQUE (url, model)) STRICT;
CREATE TABLE paid_call (seq INTEGER PRIMARY KEY, endpoint INTEGER NOT NULL REFERENCES endpoint, request BLOB NOT NULL,
  repeat INTEGER NOT NULL, failure INTEGER NOT NULL, content TEXT NOT NULL, tokens_in INTEGER, tokens_out INTEGER,
  cost INTEGER, certain INTEGER NOT NULL) STRICT;
CREATE UNIQUE INDEX paid_call_once ON paid_call (endpoint, request, repeat) WHERE failure = 0;
-- What runs remember, as JSON: judges and how they are asked, never a key to an endpoint; where runs began.
CREATE TABLE remembered (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE derived (key TEXT NOT NULL PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
-- content: how many imports have changed something. in_flight, lost: micro-dollars, see CallLedger.
CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('content', 0);
)sql";

// A file that lost its end (a copy that broke off) is told at once, not at the first page that is missing.
bool cut_off(const file::Database& database, const std::string& path) {
  std::error_code failure;
  if (std::filesystem::exists(path + "-wal", failure)) return false;  // The rest may stand there.
  const std::uintmax_t size = std::filesystem::file_size(path, failure);
  if (failure) return false;
  const std::int64_t wanted = database.integer("PRAGMA page_count") * database.integer("PRAGMA page_size");
  return size < static_cast<std::uintmax_t>(wanted);
}

constexpr Migration kMigrations[] = {{1, R"sql(
CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('content', 0);
)sql"},
                                     {2, R"sql(
CREATE TABLE score_answer (seq INTEGER PRIMARY KEY, oracle INTEGER NOT NULL REFERENCES oracle,
  query INTEGER NOT NULL REFERENCES query, model INTEGER NOT NULL REFERENCES model, turn INTEGER NOT NULL,
  repeat INTEGER NOT NULL, value REAL) STRICT;
CREATE UNIQUE INDEX score_answer_once ON score_answer (oracle, query, model, turn, repeat);
)sql"},
                                     {3, R"sql(
ALTER TABLE query ADD COLUMN options INTEGER NOT NULL DEFAULT 0;
ALTER TABLE model ADD COLUMN parameters REAL NOT NULL DEFAULT 0;
ALTER TABLE model ADD COLUMN price INTEGER;
)sql"},
                                     {4, R"sql(
CREATE TABLE endpoint (id INTEGER PRIMARY KEY, url TEXT NOT NULL, model TEXT NOT NULL, UNIQUE (url, model)) STRICT;
CREATE TABLE paid_call (seq INTEGER PRIMARY KEY, endpoint INTEGER NOT NULL REFERENCES endpoint, request BLOB NOT NULL,
  repeat INTEGER NOT NULL, failure INTEGER NOT NULL, content TEXT NOT NULL, tokens_in INTEGER, tokens_out INTEGER,
  cost INTEGER, certain INTEGER NOT NULL) STRICT;
CREATE UNIQUE INDEX paid_call_once ON paid_call (endpoint, request, repeat) WHERE failure = 0;
)sql"},
                                     // Recorded judgements stand in the study anyway.
                                     {5, R"sql(
-- What programs, people and LLMs answered. turn 0: a pair with the baseline. repeat: the how-manieth call for this response, from
-- 0. shown: digest of the texts that were judged; NULL: kept by an older Assay. value: a score, or 1 win, 1/2 draw, 0 loss;
-- NULL: the call failed.
CREATE TABLE kept_answer (seq INTEGER PRIMARY KEY, oracle INTEGER NOT NULL REFERENCES oracle,
  query INTEGER NOT NULL REFERENCES query, model INTEGER NOT NULL REFERENCES model, turn INTEGER NOT NULL,
  repeat INTEGER NOT NULL, shown BLOB, value REAL) STRICT;
CREATE UNIQUE INDEX kept_answer_once ON kept_answer (oracle, query, model, turn, repeat, shown) WHERE value IS NOT NULL;
INSERT INTO kept_answer (oracle, query, model, turn, repeat, value)
  SELECT a.oracle, a.query, a.model, 0, 0, (a.outcome - 1) / 2.0 FROM answer a JOIN oracle o ON o.id = a.oracle
  WHERE o.name NOT LIKE 'recorded:%' ORDER BY a.seq;
INSERT INTO kept_answer (oracle, query, model, turn, repeat, value)
  SELECT a.oracle, a.query, a.model, a.turn, a.repeat, a.value FROM score_answer a JOIN oracle o ON o.id = a.oracle
  WHERE o.name NOT LIKE 'recorded-scores:%' ORDER BY a.seq;
DROP TABLE answer;
DROP TABLE score_answer;
DELETE FROM oracle WHERE id NOT IN (SELECT oracle FROM kept_answer);
)sql"},
                                     {6, R"sql(
CREATE TABLE remembered (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
)sql"},
                                     {7, R"sql(
CREATE TABLE query_weight (name TEXT NOT NULL, query INTEGER NOT NULL REFERENCES query, value REAL NOT NULL,
  PRIMARY KEY (name, query)) STRICT, WITHOUT ROWID;
)sql"},
                                     {8, R"sql(
ALTER TABLE model ADD COLUMN provider TEXT NOT NULL DEFAULT '';
ALTER TABLE judge ADD COLUMN lower_is_better INTEGER;
ALTER TABLE judge ADD COLUMN least REAL;
ALTER TABLE judge ADD COLUMN most REAL;
ALTER TABLE response ADD COLUMN tokens_in INTEGER;
ALTER TABLE response ADD COLUMN tokens_out INTEGER;
ALTER TABLE response ADD COLUMN cost INTEGER;
ALTER TABLE response ADD COLUMN seconds REAL;
)sql"},
                                     {9, R"sql(
CREATE TABLE reference (query INTEGER PRIMARY KEY REFERENCES query, text INTEGER NOT NULL REFERENCES text) STRICT;
)sql"},
                                     {10, R"sql(
CREATE TABLE chat (query INTEGER PRIMARY KEY REFERENCES query, text INTEGER NOT NULL REFERENCES text) STRICT;
)sql"},
                                     {11, R"sql(
CREATE TABLE remark (oracle INTEGER NOT NULL REFERENCES oracle, query INTEGER NOT NULL REFERENCES query,
  model INTEGER NOT NULL REFERENCES model, shown BLOB NOT NULL, note TEXT NOT NULL, seconds REAL, model_first INTEGER,
  PRIMARY KEY (oracle, query, model, shown)) STRICT, WITHOUT ROWID;
)sql"}};

}  // namespace

// For the next version: add {12, "ALTER TABLE ..."} above, set kSchemaVersion to 13 and change kSchema to match.
std::span<const Migration> migrations() { return kMigrations; }

void create_schema(const file::Database& database) {
  file::Transaction transaction(database);
  database.execute(kSchema);
  database.set_user_version(kSchemaVersion);
  transaction.commit();
}

void mark_complete(const file::Database& database) { database.execute("PRAGMA application_id = 0x41534159"); }

int check_schema(const file::Database& database, const std::string& path, int newest) {
  const std::string name = escaped(path);
  const auto application = database.integer("PRAGMA application_id");
  const auto version = database.integer("PRAGMA user_version");
  if (database.integer("SELECT count(*) FROM sqlite_schema") == 0) {
    throw Error(name + ": expected a study, came an empty file");
  }
  if (application != kApplicationId) {
    throw Error(name + ": expected a study, came an SQLite database of another program");
  }
  if (version > newest) {
    throw Error(fmt::format("{}: made by a newer Assay (schema {}, this one knows {})", name, version, newest));
  }
  if (version < 1) throw Error(fmt::format("{}: the file is damaged (schema {})", name, version));
  if (cut_off(database, path)) throw Error(name + ": the file is damaged (its end is missing)");
  return static_cast<int>(version);
}

void migrate(const file::Database& database, int version, int newest, std::span<const Migration> steps) {
  if (version == newest) return;
  file::Transaction transaction(database);
  for (; version < newest; ++version) {
    const auto step =
        std::find_if(steps.begin(), steps.end(), [&](const Migration& m) { return m.from == version; });
    if (step == steps.end()) {
      throw Error(fmt::format("schema {} is too old for this Assay, which knows {}", version, newest));
    }
    database.execute(step->sql);
  }
  database.set_user_version(newest);
  transaction.commit();
}

}  // namespace assay::store
