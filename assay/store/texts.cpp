#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "assay/core/money.h"
#include "assay/store/positions.h"
#include "assay/store/study.h"
#include "assay/store/study_impl.h"

namespace assay::store {
namespace {

using Positions = std::unordered_map<std::int64_t, std::size_t>;

// Of the numbers of `names` in the file; a name that is not there stands at 0, which no row has.
Positions positions_by_id(const file::Database& database, file::Sql id_of, const std::vector<std::string>& names) {
  file::Statement rows = database.prepare(id_of);
  return positions(names, [&](const std::string& name) { return rows.with(name).step() ? rows.integer(0) : 0; });
}

constexpr file::Sql kQueryId = "SELECT id FROM query WHERE name = ?1";
constexpr file::Sql kModelId = "SELECT id FROM model WHERE name = ?1";

// Reads the responses of one model: turns stand next to each other and in order. `put` takes (query, text).
template <typename Put>
void read_model(file::Statement& rows, const Positions& queries, std::int64_t model, const Put& put) {
  std::int64_t last = -1;
  std::string joined;
  const auto flush = [&] {
    const auto at = queries.find(last);
    if (at != queries.end()) put(query_id(at->second), std::move(joined));
    joined.clear();
  };
  rows.with(model);
  while (rows.step()) {
    const std::int64_t query = rows.integer(0);
    if (query != last) {
      flush();
      last = query;
    } else {
      joined += "\n\n";
    }
    joined += rows.text(1);
  }
  flush();
}

}  // namespace

ResponseTable Study::responses(const Comparison& comparison) const {
  const file::Database& database = impl_->database;
  const file::Snapshot snapshot(database);
  impl_->note_content();
  ResponseTable table(comparison.queries.size(), comparison.models.size());
  const auto queries = positions_by_id(database, kQueryId, comparison.queries);
  const auto models = positions_by_id(database, kModelId, comparison.models);
  file::Statement rows = database.prepare(
      "SELECT r.query, t.body FROM response r JOIN text t ON t.id = r.text WHERE r.model = ?1 ORDER BY r.query, "
      "r.turn");
  for (const auto& [id, at] : models) {
    const ModelId model = model_id(at);
    read_model(rows, queries, id,
               [&](QueryId query, std::string text) { table.set(query, model, std::move(text)); });
  }
  for (const auto& [id, at] : positions_by_id(database, kModelId, {comparison.baseline})) {
    read_model(rows, queries, id,
               [&](QueryId query, std::string text) { table.set_baseline(query, std::move(text)); });
  }
  return table;
}

std::vector<CallTexts> Study::texts(const Comparison& comparison, std::span<const Call> calls) const {
  const file::Snapshot snapshot(impl_->database);
  impl_->note_content();
  file::Statement prompts = impl_->database.prepare(
      "SELECT t.body FROM query q JOIN prompt p ON p.query = q.id JOIN text t ON t.id = p.text WHERE q.name = ?1 "
      "ORDER BY p.turn");
  file::Statement responses = impl_->database.prepare(
      "SELECT t.body FROM response r JOIN text t ON t.id = r.text WHERE r.model = (SELECT id FROM model WHERE name "
      "= "
      "?2) AND r.query = (SELECT id FROM query WHERE name = ?1) ORDER BY r.turn");
  const auto joined = [](file::Statement& rows) {
    std::optional<std::string> text;
    for (; rows.step(); text->append(rows.text(0))) text ? text->append("\n\n") : text.emplace();
    return text;
  };
  std::vector<CallTexts> result;
  result.reserve(calls.size());
  for (const Call& call : calls) {
    const std::string& query = comparison.queries[index(call.query)];
    CallTexts& texts = result.emplace_back();
    texts.prompt = joined(prompts.with(query)).value_or("");
    texts.response = joined(responses.with(query, comparison.models[index(call.model)]));
    if (!comparison.baseline.empty()) texts.baseline = joined(responses.with(query, comparison.baseline));
  }
  return result;
}

std::vector<AnswerUse> Study::answer_uses(const Comparison& comparison) const {
  const file::Snapshot snapshot(impl_->database);
  impl_->note_content();
  const std::size_t columns = comparison.models.size() + 1;
  std::vector<AnswerUse> uses(comparison.queries.size() * columns);
  const auto queries = positions_by_id(impl_->database, kQueryId, comparison.queries);
  std::vector<std::string> names = comparison.models;
  names.push_back(comparison.baseline);
  // A sum is known where each turn's number is.
  file::Statement rows = impl_->database.prepare(
      "SELECT r.query, SUM(LENGTH(CAST(t.body AS BLOB))), COUNT(*), COUNT(r.tokens_in), SUM(r.tokens_in), "
      "COUNT(r.tokens_out), SUM(r.tokens_out), COUNT(r.seconds), SUM(r.seconds), COUNT(r.cost), SUM(r.cost) FROM "
      "response r JOIN text t ON "
      "t.id = r.text WHERE r.model = ?1 GROUP BY r.query");
  for (const auto& [id, column] : positions_by_id(impl_->database, kModelId, names)) {
    rows.with(id);
    while (rows.step()) {
      const auto query = queries.find(rows.integer(0));
      if (query == queries.end()) continue;
      AnswerUse& use = uses[query->second * columns + column];
      use.answered = true;
      use.bytes = static_cast<std::size_t>(rows.integer(1));
      const std::int64_t turns = rows.integer(2);
      if (rows.integer(3) == turns) use.tokens_in = static_cast<std::uint64_t>(rows.integer(4));
      if (rows.integer(5) == turns) use.tokens_out = static_cast<std::uint64_t>(rows.integer(6));
      if (rows.integer(7) == turns) use.seconds = rows.real(8);
      if (rows.integer(9) == turns) use.dollars = Money{rows.integer(10)}.dollars();
    }
  }
  return uses;
}

std::vector<ModelFacts> Study::facts(const std::vector<std::string>& models) const {
  std::vector<ModelFacts> facts(models.size());
  file::Statement rows = impl_->database.prepare("SELECT parameters, price FROM model WHERE name = ?1");
  for (std::size_t j = 0; j < models.size(); ++j) {
    if (!rows.with(models[j]).step()) continue;
    facts[j].parameters = rows.real(0);
    if (!rows.is_null(1)) facts[j].price = rows.integer(1);
  }
  return facts;
}

std::vector<std::string> Study::references(const std::vector<std::string>& queries) const {
  const file::Snapshot snapshot(impl_->database);
  impl_->note_content();
  std::vector<std::string> result(queries.size());
  file::Statement rows = impl_->database.prepare(
      "SELECT coalesce(t.body, l.value, '') FROM query q LEFT JOIN reference r ON r.query = q.id "
      "LEFT JOIN text t ON t.id = r.text LEFT JOIN label l ON l.query = q.id AND l.model = 0 WHERE q.name = ?1");
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (rows.with(queries[i]).step()) result[i] = rows.text(0);
  }
  return result;
}

std::vector<std::string> Study::prompts(const std::vector<std::string>& queries) const {
  const file::Snapshot snapshot(impl_->database);
  impl_->note_content();
  std::vector<std::string> result(queries.size());
  file::Statement rows = impl_->database.prepare(
      "SELECT t.body FROM query q JOIN prompt p ON p.query = q.id JOIN text t ON t.id = p.text WHERE q.name = ?1 "
      "ORDER BY p.turn");
  for (std::size_t i = 0; i < result.size(); ++i) {
    rows.with(queries[i]);
    for (bool first = true; rows.step(); first = false) {
      if (!first) result[i] += "\n\n";
      result[i] += rows.text(0);
    }
  }
  return result;
}

std::vector<std::string> Study::chats(const std::vector<std::string>& queries) const {
  const file::Snapshot snapshot(impl_->database);
  impl_->note_content();
  std::vector<std::string> result(queries.size());
  file::Statement rows = impl_->database.prepare(
      "SELECT t.body FROM query q JOIN chat c ON c.query = q.id JOIN text t ON t.id = c.text WHERE q.name = ?1");
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (rows.with(queries[i]).step()) result[i] = rows.text(0);
  }
  return result;
}

std::vector<ScoredText> Study::texts(const Scoring& scoring) const {
  const file::Snapshot snapshot(impl_->database);
  impl_->note_content();
  file::Statement prompts = impl_->database.prepare(
      "SELECT t.body, p.turn FROM query q JOIN prompt p ON p.query = q.id JOIN text t ON t.id = p.text WHERE "
      "q.name "
      "= ?1 AND p.turn <= ?2 ORDER BY p.turn");
  file::Statement responses = impl_->database.prepare(
      "SELECT t.body, r.turn FROM query q JOIN response r ON r.query = q.id JOIN model m ON m.id = r.model JOIN "
      "text "
      "t ON t.id = r.text WHERE q.name = ?1 AND m.name = ?2 AND r.turn <= ?3 ORDER BY r.turn");
  std::vector<ScoredText> result;
  result.reserve(scoring.arms.size());
  for (const Scoring::Arm& arm : scoring.arms) {
    ScoredText text;
    text.missing = true;
    responses.with(arm.query, arm.model, arm.turn);
    bool more = responses.step();
    // Responses of the turns before `turn`.
    const auto add_earlier = [&](std::int64_t turn) {
      for (; more && responses.integer(1) < turn; more = responses.step()) {
        text.prompt.append(text.prompt.empty() ? "" : "\n\n").append(responses.text(0));
      }
    };
    prompts.with(arm.query, arm.turn);
    while (prompts.step()) {
      add_earlier(prompts.integer(1));
      text.prompt.append(text.prompt.empty() ? "" : "\n\n").append(prompts.text(0));
    }
    add_earlier(arm.turn);
    if (more) {
      text.response = responses.text(0);
      text.missing = false;
    }
    result.push_back(std::move(text));
  }
  return result;
}

}  // namespace assay::store
