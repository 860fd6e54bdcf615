#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/store/study.h"
#include "assay/store/study_impl.h"

namespace assay::store {
namespace {

std::optional<file::Digest> digest_in(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  file::Digest digest{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
  return digest;
}

std::optional<file::Blob> blob_of(const std::optional<file::Digest>& digest) {
  if (!digest) return std::nullopt;
  return file::Blob{file::bytes_of(*digest)};
}

}  // namespace

std::int64_t Study::Impl::oracle_id(std::string_view oracle) {
  database.prepare("INSERT INTO oracle (name) VALUES (?1) ON CONFLICT DO NOTHING").with(oracle).run();
  file::Statement statement = database.prepare("SELECT id FROM oracle WHERE name = ?1");
  statement.with(oracle).step();
  return statement.integer(0);
}

void Study::begin_answering() { impl_->begin_answering(); }

bool Study::being_answered() const { return file::LockFile::held(impl_->path + ".lock"); }

std::int64_t Study::change_mark() const { return impl_->database.integer("PRAGMA data_version"); }

std::vector<KeptAnswer> Study::kept_answers(std::string_view oracle) const {
  file::Statement rows = impl_->database.prepare(
      "SELECT q.name, m.name, a.turn, a.repeat, a.shown, a.value, a.seq FROM kept_answer a JOIN oracle o ON o.id = "
      "a.oracle "
      "JOIN query q ON q.id = a.query JOIN model m ON m.id = a.model WHERE o.name = ?1 ORDER BY a.seq");
  rows.with(oracle);
  std::vector<KeptAnswer> result;
  constexpr int kMost = std::numeric_limits<int>::max();
  while (rows.step()) {
    result.push_back({std::string(rows.text(0)), std::string(rows.text(1)), rows.integer_in(2, 0, kMost),
                      static_cast<std::uint32_t>(rows.integer_in(3, 0, kMost)), digest_in(rows.blob(4)),
                      rows.real(5), rows.integer(6)});
  }
  return result;
}

std::vector<std::string> Study::oracles() const {
  file::Statement rows = impl_->database.prepare(
      "SELECT name FROM oracle WHERE EXISTS (SELECT 1 FROM kept_answer WHERE oracle = oracle.id AND value IS NOT "
      "NULL) "
      "ORDER BY name");
  std::vector<std::string> names;
  while (rows.step()) names.emplace_back(rows.text(0));
  return names;
}

AnswerMark Study::answer_mark() const {
  return {impl_->database.integer("SELECT coalesce(max(seq), 0) FROM kept_answer"),
          impl_->database.integer("SELECT coalesce(max(seq), 0) FROM paid_call")};
}

void Study::keep_answer(std::string_view oracle, const KeptAnswer& answer, const Remark& remark) {
  impl_->require_writable();  // Also after the begin: not while an import is under way.
  impl_->begin_answering();
  std::optional<file::Transaction> both;
  if (!remark.empty() && !impl_->database.in_transaction()) both.emplace(impl_->database);
  if (!impl_->keep) {
    impl_->keep = impl_->database.prepare(
        "INSERT INTO kept_answer (oracle, query, model, turn, repeat, shown, value) "
        "SELECT o.id, q.id, m.id, ?4, ?5, ?6, ?7 FROM oracle o, query q, model m "
        "WHERE o.name = ?1 AND q.name = ?2 AND m.name = ?3 ON CONFLICT DO NOTHING");
  }
  const auto kept = [&] {
    impl_->keep
        ->with(oracle, answer.query, answer.model, answer.turn, static_cast<std::int64_t>(answer.repeat),
               blob_of(answer.shown), answer.value)
        .run();
    return impl_->database.changes() > 0;
  };
  const auto remarked = [&] {
    if (!remark.empty()) impl_->keep_remark(oracle, answer, remark);
    if (both) both->commit();
  };
  if (kept()) return remarked();
  impl_->oracle_id(oracle);  // The first answer of this oracle?
  if (kept()) return remarked();
  throw Error(fmt::format("{}: {} has answered query {}, model {} already (or they are not in the study)",
                          escaped(impl_->path), quoted(oracle), quoted(answer.query), quoted(answer.model)));
}

void Study::Impl::keep_remark(std::string_view oracle, const KeptAnswer& answer, const Remark& remark) {
  database
      .prepare(
          "INSERT OR REPLACE INTO remark (oracle, query, model, shown, note, seconds, model_first) "
          "SELECT o.id, q.id, m.id, ?4, ?5, ?6, ?7 FROM oracle o, query q, model m "
          "WHERE o.name = ?1 AND q.name = ?2 AND m.name = ?3")
      .with(oracle, answer.query, answer.model, file::Blob{answer.shown ? file::bytes_of(*answer.shown) : ""},
            std::string_view(remark.note), remark.seconds,
            remark.model_first ? std::optional<int>(*remark.model_first ? 1 : 0) : std::nullopt)
      .run();
}

std::vector<KeptRemark> Study::remarks(std::string_view oracle) const {
  file::Statement rows = impl_->database.prepare(
      "SELECT q.name, m.name, r.shown, r.note, r.seconds, r.model_first FROM remark r JOIN oracle o ON o.id = "
      "r.oracle "
      "JOIN query q ON q.id = r.query JOIN model m ON m.id = r.model WHERE o.name = ?1 ORDER BY q.name, m.name");
  rows.with(oracle);
  std::vector<KeptRemark> result;
  while (rows.step()) {
    KeptRemark one{std::string(rows.text(0)), std::string(rows.text(1)), digest_in(rows.blob(2)), {}};
    one.remark.note = rows.text(3);
    if (!rows.is_null(4)) one.remark.seconds = rows.real(4);
    if (!rows.is_null(5)) one.remark.model_first = rows.integer(5) != 0;
    result.push_back(std::move(one));
  }
  return result;
}

void Study::forget_answer(std::string_view oracle, const KeptAnswer& answer) {
  impl_->require_writable();
  impl_->begin_answering();
  std::optional<file::Transaction> both;
  if (!impl_->database.in_transaction()) both.emplace(impl_->database);
  impl_->database
      .prepare(
          "DELETE FROM remark WHERE oracle = (SELECT id FROM oracle WHERE name = ?1) "
          "AND query = (SELECT id FROM query WHERE name = ?2) AND model = (SELECT id FROM model WHERE name = ?3) "
          "AND shown = ?4")
      .with(oracle, answer.query, answer.model, file::Blob{answer.shown ? file::bytes_of(*answer.shown) : ""})
      .run();
  impl_->database
      .prepare(
          "DELETE FROM kept_answer WHERE oracle = (SELECT id FROM oracle WHERE name = ?1) "
          "AND query = (SELECT id FROM query WHERE name = ?2) AND model = (SELECT id FROM model WHERE name = ?3) "
          "AND turn = ?4 AND repeat = ?5 AND shown IS ?6")
      .with(oracle, answer.query, answer.model, answer.turn, static_cast<std::int64_t>(answer.repeat),
            blob_of(answer.shown))
      .run();
  if (both) both->commit();
}

void Study::set_shown(std::string_view oracle, const KeptAnswer& answer) {
  impl_->require_writable();
  impl_->begin_answering();
  impl_->database
      .prepare(
          "UPDATE kept_answer SET shown = ?6 WHERE oracle = (SELECT id FROM oracle WHERE name = ?1) "
          "AND query = (SELECT id FROM query WHERE name = ?2) AND model = (SELECT id FROM model WHERE name = ?3) "
          "AND turn = ?4 AND repeat = ?5 AND shown IS NULL")
      .with(oracle, answer.query, answer.model, answer.turn, static_cast<std::int64_t>(answer.repeat),
            blob_of(answer.shown))
      .run();
}

}  // namespace assay::store
