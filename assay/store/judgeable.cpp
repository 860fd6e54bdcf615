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

// What is to be judged of each model.
using Answered = std::map<std::int64_t, std::set<std::int64_t>>;

// The field from which candidates are taken.
struct Candidates {
  std::optional<Named> baseline;  // else each response is judged alone
  Answered answered;              // of those that can be candidates; only what the baseline answered, too
  std::size_t most = 0;           // queries that one of them could have answered

  bool is_baseline(const Named& model) const { return baseline && baseline->id == model.id; }
};

std::set<std::int64_t> set_of(const std::vector<std::int64_t>& ids) { return {ids.begin(), ids.end()}; }

Candidates candidates_of(const file::Database& database, const std::vector<Named>& models,
                         std::optional<Named> baseline, const Counted& counted) {
  Candidates field{std::move(baseline), {}, 0};
  std::set<std::int64_t> all;
  if (field.baseline) all = set_of(queries_answered(database, field.baseline->id, counted));
  for (const Named& model : models) {
    if (field.is_baseline(model)) continue;
    std::set<std::int64_t> mine = set_of(queries_answered(database, model.id, counted));
    if (field.baseline) {
      std::erase_if(mine, [&](std::int64_t query) { return !all.contains(query); });
    } else {
      all.insert(mine.begin(), mine.end());
    }
    field.answered[model.id] = std::move(mine);
  }
  field.most = all.size();
  return field;
}

std::vector<Named> named_candidates(const std::vector<Named>& models, const Candidates& field,
                                    const std::vector<std::string>& wanted) {
  std::map<std::string, std::int64_t> chosen;  // Sorted by name, each once.
  for (const std::string& name : wanted) {
    const Named& model = find(models, name, "candidate");
    if (field.is_baseline(model)) {
      throw InvalidArgument(fmt::format("model {} can't be compared: it is the baseline", quoted(name)));
    }
    if (field.answered.at(model.id).empty()) {
      throw InvalidArgument(fmt::format("model {} can't be compared: it answered no query that {}", quoted(name),
                                        field.baseline ? quoted(field.baseline->name) + " did" : "counts"));
    }
    chosen.emplace(name, model.id);
  }
  std::vector<Named> result;
  for (const auto& [name, id] : chosen) result.push_back({id, name});
  return result;
}

// Those that answered at least 90 % of the baseline's queries, or of all; the others are noted.
std::vector<Named> every_candidate(const std::vector<Named>& models, const Candidates& field,
                                   std::vector<std::string>& notes) {
  std::vector<Named> result;
  std::vector<std::string> thin;
  for (const Named& model : models) {
    if (field.is_baseline(model)) continue;
    if (10 * field.answered.at(model.id).size() >= 9 * field.most) {
      result.push_back(model);
    } else {
      thin.push_back(model.name);
    }
  }
  if (result.empty()) {
    throw InvalidArgument(
        fmt::format("no model answered 90 % of the {} queries{}; name those to be compared by `models`", field.most,
                    field.baseline ? " of baseline " + quoted(field.baseline->name) : std::string()));
  }
  if (!thin.empty()) {
    notes.push_back(
        fmt::format("left out, answered fewer than 90 % of {} queries: {}; name those to be compared by "
                    "`models`",
                    field.baseline ? "the baseline's" : "the", name_list(thin)));
  }
  return result;
}

std::vector<std::string> names_of_queries(const file::Database& database, const std::set<std::int64_t>& wanted) {
  file::Statement rows = database.prepare("SELECT id, name FROM query ORDER BY name");
  std::vector<Named> queries = named_rows(rows);
  std::erase_if(queries, [&](const Named& query) { return !wanted.contains(query.id); });
  return names_of(queries);
}

bool is_alone(const ComparisonChoice& choice) {
  return choice.measure == Measure::score || choice.measure == Measure::accuracy;
}

void set_alone(const ComparisonChoice& choice, Comparison& result) {
  const bool scores = *choice.measure == Measure::score;
  result.measure = *choice.measure;
  result.scale = choice.scale.value_or(scores ? Scale{} : Scale{0, 1});
  result.lower_is_better = choice.lower_is_better.value_or(false);
  result.step = scores ? 0 : 1;  // a judge may say 7.5
}

// Of the queries that count, those with a reference answer where these are wanted.
Counted counted_for(const file::Database& database, const ComparisonChoice& choice,
                    std::vector<std::string>& notes) {
  Counted counted = counted_queries(database, choice.averaging, notes);
  if (!choice.referenced) return counted;
  file::Statement rows =
      database.prepare("SELECT query FROM reference UNION SELECT query FROM label WHERE model = 0 AND value <> ''");
  std::set<std::int64_t> referenced;
  while (rows.step()) {
    if (!counted || counted->contains(rows.integer(0))) referenced.insert(rows.integer(0));
  }
  if (referenced.empty()) {
    throw InvalidArgument(
        "the study has no reference answers to compare with; import prompts with a key or column \"reference\"");
  }
  return referenced;
}

// How many queries count that nobody can be compared on.
void note_unreferenced(const file::Database& database, const ComparisonChoice& choice, std::size_t kept,
                       std::vector<std::string>& notes) {
  if (!choice.referenced) return;
  std::vector<std::string> told;
  const Counted counted = counted_queries(database, choice.averaging, told);
  const std::size_t all =
      counted ? counted->size() : static_cast<std::size_t>(database.integer("SELECT count(*) FROM query"));
  if (kept < all) notes.push_back(fmt::format("left out, no reference answer: {} of {} queries", all - kept, all));
}

void check_no_baseline(const ComparisonChoice& choice) {
  if (choice.baseline.empty()) return;
  throw InvalidArgument(
      fmt::format("measure {} needs no baseline, came {}", name(*choice.measure), quoted(choice.baseline)));
}

// Candidates and a baseline that are yet to answer.
Comparison answerable(const file::Database& database, const ComparisonChoice& choice) {
  Comparison result;
  if (is_alone(choice)) {
    check_no_baseline(choice);
    set_alone(choice, result);
  } else {
    result.baseline = choice.baseline;
  }
  const std::set<std::string> candidates(choice.models.begin(), choice.models.end());
  result.models.assign(candidates.begin(), candidates.end());
  if (result.models.empty()) throw InvalidArgument("there is nobody to compare: no candidate is left");
  const Counted counted = counted_for(database, choice, result.notes);
  file::Statement rows = database.prepare(
      "SELECT id, name FROM query WHERE EXISTS (SELECT 1 FROM prompt WHERE prompt.query = query.id) ORDER BY name");
  for (const Named& query : named_rows(rows)) {
    if (!counted || counted->contains(query.id)) result.queries.push_back(query.name);
  }
  if (result.queries.empty()) throw InvalidArgument("the study has no prompts that candidates could answer");
  if (counted) note_unreferenced(database, choice, counted->size(), result.notes);
  result.averaging = choice.averaging;
  result.weights = weights_of(database, choice.averaging, result.queries);
  result.rewards = RewardTable(result.queries.size(), result.models.size());
  return result;
}

}  // namespace

Comparison judgeable(const file::Database& database, const ComparisonChoice& choice) {
  if (choice.to_be_answered) return answerable(database, choice);
  const bool alone = is_alone(choice);
  if (alone) check_no_baseline(choice);
  const std::vector<Named> models = answering_models(database);
  Comparison result;
  std::optional<Named> baseline;
  if (!alone) baseline = baseline_of(database, models, choice.baseline);
  if (baseline) result.baseline = baseline->name;
  const Counted counted = counted_for(database, choice, result.notes);
  const Candidates field = candidates_of(database, models, baseline, counted);
  const std::vector<Named> candidates = choice.models.empty() ? every_candidate(models, field, result.notes)
                                                              : named_candidates(models, field, choice.models);
  std::set<std::int64_t> queries;
  std::size_t responses = 0;
  for (const Named& candidate : candidates) {
    const std::set<std::int64_t>& mine = field.answered.at(candidate.id);
    queries.insert(mine.begin(), mine.end());
    responses += mine.size();
  }
  result.models = names_of(candidates);
  result.queries = names_of_queries(database, queries);
  result.averaging = choice.averaging;
  result.weights = weights_of(database, choice.averaging, result.queries);
  result.rewards = RewardTable(queries.size(), candidates.size());
  if (alone) set_alone(choice, result);
  if (counted) note_unreferenced(database, choice, counted->size(), result.notes);
  const std::size_t cells = queries.size() * candidates.size();
  if (responses < cells) {
    result.notes.push_back(fmt::format("{} of {} responses are missing; such a pair gets no {}", cells - responses,
                                       cells, alone ? "score" : "verdict"));
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
