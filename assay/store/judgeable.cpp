#include "assay/store/judgeable.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/store/averaging.h"
#include "assay/store/judges.h"
#include "assay/store/name_list.h"
#include "assay/store/study_impl.h"

namespace assay::store {
namespace {

std::vector<Named> answering_models(const file::Database& database) {
  file::Statement rows = database.prepare(
      "SELECT id, name FROM model WHERE EXISTS (SELECT 1 FROM response WHERE response.model = model.id) ORDER BY "
      "name");
  std::vector<Named> models = named_rows(rows);
  if (models.empty()) throw InvalidArgument("the study has no responses, which a live judge reads");
  return models;
}

const Named& find(const std::vector<Named>& models, const std::string& name, std::string_view what) {
  const auto found = std::find_if(models.begin(), models.end(), [&](const Named& m) { return m.name == name; });
  if (found != models.end()) return *found;
  throw InvalidArgument(fmt::format("expected a model with responses as {} ({}), came {}", what,
                                    name_list(names_of(models)), quoted(name)));
}

Named baseline_of(const file::Database& database, const std::vector<Named>& models, const std::string& wanted) {
  if (!wanted.empty()) return find(models, wanted, "baseline");
  file::Statement rows = database.prepare(
      "SELECT m.id, m.name FROM model m JOIN baseline b ON b.model = m.id WHERE EXISTS (SELECT 1 FROM response "
      "WHERE response.model = m.id) ORDER BY m.name");
  const std::vector<Named> declared = named_rows(rows);
  if (declared.size() == 1) return declared.front();
  throw InvalidArgument(fmt::format("name the baseline that responses are compared with, one of: {}",
                                    name_list(names_of(declared.empty() ? models : declared))));
}

// Of those that count; empty: all count.
using Counted = std::optional<std::set<std::int64_t>>;

std::vector<std::int64_t> queries_answered(const file::Database& database, std::int64_t model,
                                           const Counted& counted) {
  file::Statement rows = database.prepare("SELECT DISTINCT query FROM response WHERE model = ?1");
  rows.with(model);
  std::vector<std::int64_t> queries;
  while (rows.step()) {
    if (!counted || counted->contains(rows.integer(0))) queries.push_back(rows.integer(0));
  }
  return queries;
}

// How many of the baseline's queries each model has answered too.
using Answered = std::map<std::int64_t, std::set<std::int64_t>>;

Answered answered_too(const file::Database& database, const std::vector<Named>& models, const Named& baseline,
                      const Counted& counted) {
  const std::vector<std::int64_t> all = queries_answered(database, baseline.id, counted);
  const std::set<std::int64_t> of_baseline(all.begin(), all.end());
  Answered result;
  for (const Named& model : models) {
    if (model.id == baseline.id) continue;
    std::set<std::int64_t>& mine = result[model.id];
    for (const std::int64_t query : queries_answered(database, model.id, counted)) {
      if (of_baseline.contains(query)) mine.insert(query);
    }
  }
  return result;
}

std::vector<Named> named_candidates(const std::vector<Named>& models, const Named& baseline,
                                    const std::vector<std::string>& wanted, const Answered& answered) {
  std::map<std::string, std::int64_t> chosen;  // Sorted by name, each once.
  for (const std::string& name : wanted) {
    const Named& model = find(models, name, "candidate");
    if (model.id == baseline.id) {
      throw InvalidArgument(fmt::format("model {} can't be compared: it is the baseline", quoted(name)));
    }
    if (answered.at(model.id).empty()) {
      throw InvalidArgument(fmt::format("model {} can't be compared: it answered no query that {} did",
                                        quoted(name), quoted(baseline.name)));
    }
    chosen.emplace(name, model.id);
  }
  std::vector<Named> result;
  for (const auto& [name, id] : chosen) result.push_back({id, name});
  return result;
}

// Those that answered at least 90 % of the baseline's queries; the others are noted.
std::vector<Named> every_candidate(const std::vector<Named>& models, const Named& baseline,
                                   const Answered& answered, std::size_t queries, std::vector<std::string>& notes) {
  std::vector<Named> result;
  std::vector<std::string> thin;
  for (const Named& model : models) {
    if (model.id == baseline.id) continue;
    if (10 * answered.at(model.id).size() >= 9 * queries) {
      result.push_back(model);
    } else {
      thin.push_back(model.name);
    }
  }
  if (result.empty()) {
    throw InvalidArgument(fmt::format(
        "no model answered 90 % of the {} queries of baseline {}; name those to be compared by `models`", queries,
        quoted(baseline.name)));
  }
  if (!thin.empty()) {
    notes.push_back(
        fmt::format("left out, answered fewer than 90 % of the baseline's queries: {}; name those to "
                    "be compared by `models`",
                    name_list(thin)));
  }
  return result;
}

std::vector<std::string> names_of_queries(const file::Database& database, const std::set<std::int64_t>& wanted) {
  file::Statement rows = database.prepare("SELECT id, name FROM query ORDER BY name");
  std::vector<Named> queries = named_rows(rows);
  std::erase_if(queries, [&](const Named& query) { return !wanted.contains(query.id); });
  return names_of(queries);
}

}  // namespace

Comparison judgeable(const file::Database& database, const ComparisonChoice& choice) {
  const std::vector<Named> models = answering_models(database);
  const Named baseline = baseline_of(database, models, choice.baseline);
  Comparison result;
  const Counted counted = counted_queries(database, choice.averaging, result.notes);
  const Answered answered = answered_too(database, models, baseline, counted);
  result.baseline = baseline.name;
  const std::size_t most = queries_answered(database, baseline.id, counted).size();
  const std::vector<Named> candidates = choice.models.empty()
                                            ? every_candidate(models, baseline, answered, most, result.notes)
                                            : named_candidates(models, baseline, choice.models, answered);
  std::set<std::int64_t> queries;
  std::size_t pairs = 0;
  for (const Named& candidate : candidates) {
    const std::set<std::int64_t>& mine = answered.at(candidate.id);
    queries.insert(mine.begin(), mine.end());
    pairs += mine.size();
  }
  result.models = names_of(candidates);
  result.queries = names_of_queries(database, queries);
  result.averaging = choice.averaging;
  result.weights = weights_of(database, choice.averaging, result.queries);
  result.rewards = RewardTable(queries.size(), candidates.size());
  const std::size_t cells = queries.size() * candidates.size();
  if (pairs < cells) {
    result.notes.push_back(
        fmt::format("{} of {} responses are missing; such a pair gets no verdict", cells - pairs, cells));
  }
  return result;
}

Scoring scorable(const file::Database& database) {
  answering_models(database);
  Scoring scoring;
  file::Statement rows = database.prepare(
      "SELECT q.name, m.name, r.turn FROM response r JOIN query q ON q.id = r.query JOIN model m ON m.id = r.model "
      "ORDER BY q.name, m.name, r.turn");
  while (rows.step()) {
    const int turn = rows.integer_in(2, 1, std::numeric_limits<int>::max());
    scoring.arms.push_back({std::string(rows.text(0)), std::string(rows.text(1)), turn});
    scoring.scores.add_arm({});
  }
  return scoring;
}

Comparison Study::judgeable(const ComparisonChoice& choice) const {
  const file::Snapshot snapshot(impl_->database);
  impl_->note_content();
  return assay::store::judgeable(impl_->database, choice);
}

bool Study::has_responses(const std::string& model) const {
  const file::Snapshot snapshot(impl_->database);
  file::Statement rows =
      impl_->database.prepare("SELECT 1 FROM response r JOIN model m ON m.id = r.model WHERE m.name = ?1 LIMIT 1");
  return rows.with(model).step();
}

Scoring Study::scorable() const {
  const file::Snapshot snapshot(impl_->database);
  impl_->note_content();
  return assay::store::scorable(impl_->database);
}

}  // namespace assay::store
