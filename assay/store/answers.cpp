#include <fmt/format.h>

#include <string>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/store/positions.h"
#include "assay/store/study.h"
#include "assay/store/study_impl.h"

namespace assay::store {
namespace {

const std::string& name_at(const std::vector<std::string>& names, std::uint32_t i, std::string_view what) {
  if (i < names.size()) return names[i];
  throw InvalidArgument(fmt::format("expected a {} below {}, came {}", what, names.size(), i));
}

}  // namespace

std::int64_t Study::Impl::oracle_id(std::string_view oracle) {
  database.prepare("INSERT INTO oracle (name) VALUES (?1) ON CONFLICT DO NOTHING").with(oracle).run();
  file::Statement statement = database.prepare("SELECT id FROM oracle WHERE name = ?1");
  statement.with(oracle).step();
  return statement.integer(0);
}

void Study::begin_answering() { impl_->begin_answering(); }

std::vector<StoredAnswer> Study::answers(std::string_view oracle, const Comparison& comparison) const {
  const auto by_name = [](const std::string& name) { return std::string_view(name); };
  const auto queries = positions(comparison.queries, by_name);
  const auto models = positions(comparison.models, by_name);
  file::Statement rows = impl_->database.prepare(
      "SELECT q.name, m.name, a.outcome FROM answer a JOIN oracle o ON o.id = a.oracle JOIN query q ON q.id = "
      "a.query "
      "JOIN model m ON m.id = a.model WHERE o.name = ?1 ORDER BY a.seq");
  rows.with(oracle);
  std::vector<StoredAnswer> result;
  while (rows.step()) {
    const auto query = queries.find(rows.text(0));
    const auto model = models.find(rows.text(1));
    if (query == queries.end() || model == models.end()) continue;  // Of another choice of candidates.
    const int outcome = rows.is_null(2) ? 0 : rows.integer_in(2, 1, kOutcomes - 1);
    result.push_back({static_cast<std::uint32_t>(query->second), static_cast<std::uint32_t>(model->second),
                      static_cast<Outcome>(outcome)});
  }
  return result;
}

void Study::keep_answer(std::string_view oracle, const Comparison& comparison, const StoredAnswer& answer) {
  const std::string& query = name_at(comparison.queries, answer.query, "query");
  const std::string& model = name_at(comparison.models, answer.model, "model");
  impl_->require_writable();  // Also after the begin: not while an import is under way.
  impl_->begin_answering();
  if (!impl_->keep) {
    impl_->keep = impl_->database.prepare(
        "INSERT INTO answer (oracle, query, model, outcome) SELECT o.id, q.id, m.id, ?4 FROM oracle o, query q, "
        "model m "
        "WHERE o.name = ?1 AND q.name = ?2 AND m.name = ?3 ON CONFLICT DO NOTHING");
  }
  std::optional<int> outcome;
  if (answer.outcome != Outcome::none) outcome = static_cast<int>(answer.outcome);
  file::Statement& keep = *impl_->keep;
  keep.with(oracle, query, model, outcome).run();
  if (impl_->database.changes() > 0) return;
  impl_->oracle_id(oracle);  // The first answer of this oracle?
  keep.with(oracle, query, model, outcome).run();
  if (impl_->database.changes() > 0) return;
  throw Error(fmt::format("{}: {} has answered query {}, model {} already (or they are not in the study)",
                          escaped(impl_->path), quoted(oracle), quoted(query), quoted(model)));
}

}  // namespace assay::store
