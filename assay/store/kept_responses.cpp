#include <fmt/format.h>

#include <optional>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/file/digest.h"
#include "assay/store/study.h"
#include "assay/store/study_impl.h"

namespace assay::store {
namespace {

// Of a text that may be there already.
std::int64_t id_of_text(const file::Database& database, std::string_view text) {
  const file::Digest hash = file::digest(text);
  const file::Blob key{file::bytes_of(hash)};
  database.prepare("INSERT INTO text (hash, body) VALUES (?1, ?2) ON CONFLICT DO NOTHING").with(key, text).run();
  file::Statement row = database.prepare("SELECT id FROM text WHERE hash = ?1");
  row.with(key).step();
  return row.integer(0);
}

}  // namespace

void Study::keep_response(const ResponseRecord& record) {
  impl_->require_writable();
  impl_->begin_answering();
  const file::Database& database = impl_->database;
  std::optional<file::Transaction> alone;
  if (!database.in_transaction()) alone.emplace(database);
  database.prepare("INSERT INTO model (name) VALUES (?1) ON CONFLICT DO NOTHING").with(record.model).run();
  const AnswerCost& took = record.took;
  database
      .prepare(
          "INSERT INTO response (model, query, turn, text, tokens_in, tokens_out, cost, seconds) "
          "SELECT m.id, q.id, ?3, ?4, ?5, ?6, ?7, ?8 FROM model m, query q WHERE m.name = ?1 AND q.name = ?2 "
          "ON CONFLICT DO NOTHING")
      .with(record.model, record.query, record.turn, id_of_text(database, record.text), took.tokens_in,
            took.tokens_out, took.cost, took.seconds)
      .run();
  if (database.changes() == 0) {
    throw Error(fmt::format("{}: {} has answered query {} already (or that is not in the study)",
                            escaped(impl_->path), quoted(record.model), quoted(record.query)));
  }
  database.execute("DELETE FROM derived; UPDATE meta SET value = value + 1 WHERE name = 'content'");
  if (alone) alone->commit();
}

}  // namespace assay::store
