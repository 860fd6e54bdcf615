#include "assay/store/content_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "assay/core/error.h"
#include "assay/store/name_list.h"

namespace assay::store {
namespace {

bool is_number(std::string_view name) {
  return !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos;
}

// Numbers by value before other names.
bool before(std::string_view a, std::string_view b) {
  const auto key = [](std::string_view name) {
    const bool number = is_number(name);
    return std::tuple(!number, number ? name.size() : 0, name);
  };
  return key(a) < key(b);
}

std::vector<std::uint32_t> same_texts(const file::Database& database, const std::vector<QueryRow>& queries,
                                      const RowsById& row_of) {
  std::vector<std::vector<std::int64_t>> texts(queries.size());
  file::Statement rows = database.prepare("SELECT query, text FROM prompt ORDER BY query, turn");
  while (rows.step()) {
    const std::size_t row = row_of(rows.integer(0));
    if (row != kNowhere) texts[row].push_back(rows.integer(1));
  }
  std::map<std::vector<std::int64_t>, std::uint32_t> first;
  std::vector<std::uint32_t> result(queries.size());
  for (std::uint32_t i = 0; i < queries.size(); ++i) {
    result[i] = texts[i].empty() ? i : first.emplace(std::move(texts[i]), i).first->second;
  }
  return result;
}

}  // namespace

RowsById::RowsById(const std::vector<QueryRow>& queries) {
  for (std::size_t i = 0; i < queries.size(); ++i) rows_.emplace(queries[i].id, i);
}

std::size_t RowsById::operator()(std::int64_t id) const {
  const auto found = rows_.find(id);
  return found == rows_.end() ? kNowhere : found->second;
}

std::vector<QueryRow> query_rows(const file::Database& database, const std::vector<std::string>& tasks) {
  const std::set<std::string_view> wanted(tasks.begin(), tasks.end());
  std::set<std::string> known;
  std::vector<QueryRow> result;
  file::Statement rows = database.prepare("SELECT id, name, task, options FROM query");
  while (rows.step()) {
    known.emplace(rows.text(2));
    if (!wanted.empty() && !wanted.contains(rows.text(2))) continue;
    result.push_back({rows.integer(0), std::string(rows.text(1)), std::string(rows.text(2)),
                      rows.integer_in(3, 0, std::numeric_limits<int>::max())});
  }
  for (const std::string& task : tasks) {
    if (known.contains(task)) continue;
    known.erase("");
    const std::vector<std::string> names(known.begin(), known.end());
    throw InvalidArgument(
        fmt::format("expected tasks of the study ({}), came {}", name_list(names, 40), quoted(task)));
  }
  std::sort(result.begin(), result.end(),
            [](const QueryRow& a, const QueryRow& b) { return before(a.name, b.name); });
  return result;
}

std::vector<ModelRow> model_rows(const file::Database& database) {
  std::vector<ModelRow> result;
  file::Statement rows = database.prepare("SELECT id, name, parameters, price FROM model ORDER BY name");
  while (rows.step()) {
    ModelFacts facts{rows.real(2), std::nullopt};
    if (!rows.is_null(3)) facts.price = rows.integer(3);
    result.push_back({rows.integer(0), std::string(rows.text(1)), facts});
  }
  return result;
}

std::vector<ModelRow> named_models(const std::vector<ModelRow>& all, const std::vector<std::string>& wanted) {
  std::set<std::string_view> names(wanted.begin(), wanted.end());
  std::vector<ModelRow> result;
  for (const ModelRow& model : all) {
    if (names.erase(model.name) > 0) result.push_back(model);
  }
  if (names.empty()) return result;
  std::vector<std::string> known;
  for (const ModelRow& model : all) known.push_back(model.name);
  throw InvalidArgument(
      fmt::format("expected models of the study ({}), came {}", name_list(known, 40), quoted(*names.begin())));
}

QuerySet query_set(const file::Database& database, const std::vector<QueryRow>& queries, const RowsById& row_of) {
  QuerySet set;
  std::set<std::string> tasks;
  for (const QueryRow& query : queries) tasks.insert(query.task);
  set.tasks.assign(tasks.begin(), tasks.end());
  for (const QueryRow& query : queries) {
    set.names.push_back(query.name);
    const auto at = std::lower_bound(set.tasks.begin(), set.tasks.end(), query.task);
    set.task.push_back(static_cast<std::uint32_t>(at - set.tasks.begin()));
  }
  set.same_text = same_texts(database, queries, row_of);
  return set;
}

LabelColumn label_column(const file::Database& database, std::int64_t model, std::size_t count,
                         const RowsById& row_of) {
  LabelColumn column(count);
  file::Statement rows = database.prepare("SELECT query, value FROM label WHERE model = ?1");
  rows.with(model);
  while (rows.step()) {
    const std::size_t row = row_of(rows.integer(0));
    if (row != kNowhere && !rows.is_null(1)) column[row] = std::string(rows.text(1));
  }
  return column;
}

std::vector<ModelRow> labelled_models(const file::Database& database) {
  std::set<std::int64_t> with_labels;
  file::Statement rows = database.prepare("SELECT DISTINCT model FROM label WHERE model <> 0");
  while (rows.step()) with_labels.insert(rows.integer(0));
  std::vector<ModelRow> models = model_rows(database);
  std::erase_if(models, [&](const ModelRow& model) { return !with_labels.contains(model.id); });
  return models;
}

std::vector<ModelFacts> facts_of(const std::vector<ModelRow>& models) {
  std::vector<ModelFacts> facts;
  for (const ModelRow& model : models) facts.push_back(model.facts);
  return facts;
}

std::vector<std::string> names_of(const std::vector<ModelRow>& models) {
  std::vector<std::string> names;
  for (const ModelRow& model : models) names.push_back(model.name);
  return names;
}

bool has_true_labels(const file::Database& database) {
  return database.integer("SELECT EXISTS (SELECT 1 FROM label WHERE model = 0 AND value IS NOT NULL)") != 0;
}

}  // namespace assay::store
