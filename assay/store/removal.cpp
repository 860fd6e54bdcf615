#include "assay/store/removal.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "assay/core/error.h"
#include "assay/store/judges.h"
#include "assay/store/name_list.h"

namespace assay::store {
namespace {

std::int64_t id_of(const std::vector<Named>& all, const std::string& name, std::string_view kind) {
  const auto found = std::ranges::find(all, name, &Named::name);
  if (found != all.end()) return found->id;
  throw InvalidArgument(
      fmt::format("expected a {} of the study ({}), came {}", kind, name_list(names_of(all)), quoted(name)));
}

// Deletes by a statement with one id; the number of rows.
std::size_t erase(const file::Database& database, file::Sql sql, std::int64_t id) {
  database.prepare(sql).with(id).run();
  return static_cast<std::size_t>(database.changes());
}

void remove_model(const file::Database& database, const Named& model, Study::RemovalCounts& counts) {
  counts.responses += erase(database, "DELETE FROM response WHERE model = ?1", model.id);
  counts.verdicts += erase(database, "DELETE FROM verdict WHERE model = ?1", model.id);
  const std::size_t against = erase(database, "DELETE FROM verdict WHERE opponent = ?1", model.id);
  counts.verdicts += against;
  counts.against += against;
  counts.scores += erase(database, "DELETE FROM score WHERE model = ?1", model.id);
  counts.labels += erase(database, "DELETE FROM label WHERE model = ?1", model.id);
  counts.kept_answers += erase(database, "DELETE FROM kept_answer WHERE model = ?1", model.id);
  erase(database, "DELETE FROM remark WHERE model = ?1", model.id);
  const std::size_t declared = erase(database, "DELETE FROM baseline WHERE model = ?1", model.id);
  if (against + declared > 0) counts.baselines.push_back(model.name);
  erase(database, "DELETE FROM model WHERE id = ?1", model.id);
}

}  // namespace

Study::RemovalCounts remove(const file::Database& database, const Study::Removal& removal) {
  file::Transaction transaction(database);
  file::Statement model_rows = database.prepare("SELECT id, name FROM model ORDER BY name");
  const std::vector<Named> models = named_rows(model_rows);
  const std::vector<Named> judges = recorded_judges(database);
  std::vector<Named> unwanted;
  for (const std::string& name : removal.models) {
    const Named model{id_of(models, name, "model"), name};
    if (std::ranges::find(unwanted, name, &Named::name) == unwanted.end()) unwanted.push_back(model);
  }
  std::vector<std::int64_t> silent;
  for (const std::string& name : removal.judges) silent.push_back(id_of(judges, name, "judge"));
  Study::RemovalCounts counts;
  for (const Named& model : unwanted) remove_model(database, model, counts);
  // A judge of whom nothing is left is none of the study's any more.
  const std::vector<Named> left = recorded_judges(database);
  for (const Named& judge : judges) {
    const bool named = std::ranges::find(silent, judge.id) != silent.end();
    if (named || std::ranges::find(left, judge.id, &Named::id) != left.end()) continue;
    erase(database, "DELETE FROM judge WHERE id = ?1", judge.id);
    counts.judges.push_back(judge.name);
  }
  for (const std::int64_t judge : silent) {
    counts.verdicts += erase(database, "DELETE FROM verdict WHERE judge = ?1", judge);
    counts.scores += erase(database, "DELETE FROM score WHERE judge = ?1", judge);
    erase(database, "DELETE FROM judge WHERE id = ?1", judge);
  }
  database.execute(
      "DELETE FROM text WHERE id NOT IN (SELECT text FROM prompt) AND id NOT IN (SELECT text FROM response) "
      "AND id NOT IN (SELECT text FROM reference) AND id NOT IN (SELECT text FROM chat)");
  database.execute("DELETE FROM derived; UPDATE meta SET value = value + 1 WHERE name = 'content'");
  transaction.commit();
  return counts;
}

}  // namespace assay::store
