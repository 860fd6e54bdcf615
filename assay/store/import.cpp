#include "assay/store/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/store/import_transaction.h"
#include "assay/store/told_rows.h"

namespace assay::store {
namespace {

void count_row(std::vector<ToldRows>& rows, std::string_view reason, const Location& where) {
  const auto known =
      std::find_if(rows.begin(), rows.end(), [&](const ToldRows& entry) { return entry.reason == reason; });
  if (known != rows.end()) {
    ++known->count;
  } else {
    rows.push_back({std::string(reason), 1, describe(where)});
  }
}

}  // namespace

bool ImportTransaction::replaces(std::string_view kind, const RecordLocations::Key& key, const Location& where,
                                 OnConflict conflict, const std::function<std::string()>& what) {
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

std::string ImportTransaction::title(std::int64_t query) {
  constexpr std::size_t kFirstWords = 40;
  file::Statement rows = db_.prepare(
      "SELECT t.body FROM prompt p JOIN text t ON t.id = p.text WHERE p.query = ?1 ORDER BY p.turn LIMIT 1");
  std::string text = quoted(use_->queries.name(query));
  if (rows.with(query).step()) text += fmt::format(" ({})", quoted(rows.text(0), kFirstWords));
  return text;
}

void ImportTransaction::drop(std::string_view reason, const Location& where) {
  settle();  // It may have rows to drop, which come first.
  count_row(counts_.dropped, reason, where);
}

void ImportTransaction::note(std::string_view what, const Location& where) {
  count_row(counts_.noted, what, where);
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

Study::ImportCounts ImportTransaction::commit() {
  if (!transaction_) throw InvalidArgument("this import is committed already");
  settle();
  counts_.queries = use_->queries.added();
  counts_.odd_model = score_kinds_.odd_model();
  changed_ = changed_ || counts_.queries > 0;
  counts_.changed = changed_;
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

std::unique_ptr<Study::Import> make_import(const file::Database& database, bool in_batches,
                                           std::function<void(bool committed)> ended) {
  return std::make_unique<ImportTransaction>(database, in_batches, std::move(ended));
}

}  // namespace assay::store
