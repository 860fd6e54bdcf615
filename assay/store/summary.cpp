#include "assay/store/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "assay/store/label_reading.h"
#include "assay/store/told_rows.h"

namespace assay::store {
namespace {

std::size_t count(const file::Database& database, file::Sql sql) {
  return static_cast<std::size_t>(database.integer(sql));
}

std::vector<std::string> names(const file::Database& database, file::Sql sql) {
  std::vector<std::string> result;
  file::Statement rows = database.prepare(sql);
  while (rows.step()) result.emplace_back(rows.text(0));
  return result;
}

// Models with a score of `judge`, but not on all of its `queries`.
std::vector<StudySummary::Judge::Lacking> lacking(const file::Database& database, std::int64_t judge,
                                                  std::size_t queries) {
  file::Statement rows = database.prepare(
      "SELECT m.name, n FROM (SELECT model, count(DISTINCT query) FILTER (WHERE value IS NOT NULL) AS n FROM score "
      "WHERE judge = ?1 GROUP BY model) JOIN model m ON m.id = model WHERE n < ?2 ORDER BY n, m.name");
  rows.with(judge, static_cast<std::int64_t>(queries));
  std::vector<StudySummary::Judge::Lacking> result;
  while (rows.step()) {
    result.push_back({std::string(rows.text(0)), queries - static_cast<std::size_t>(rows.integer(1))});
  }
  return result;
}

std::vector<StudySummary::Judge> judges(const file::Database& database) {
  std::vector<StudySummary::Judge> result;
  file::Statement rows = database.prepare(R"sql(
    SELECT j.name, coalesce(v.given, 0), coalesce(v.failed, 0), coalesce(s.given, 0), coalesce(s.failed, 0),
      (SELECT count(*) FROM (SELECT model FROM verdict WHERE judge = j.id UNION SELECT model FROM score WHERE judge = j.id)),
      (SELECT count(*) FROM (SELECT query FROM verdict WHERE judge = j.id UNION SELECT query FROM score WHERE judge = j.id)),
      j.lower_is_better, j.least, j.most, j.id
    FROM judge j
    LEFT JOIN (SELECT judge, count(value) AS given, count(*) - count(value) AS failed FROM verdict GROUP BY judge) v
      ON v.judge = j.id
    LEFT JOIN (SELECT judge, count(value) AS given, count(*) - count(value) AS failed FROM score GROUP BY judge) s
      ON s.judge = j.id
    ORDER BY j.name)sql");
  while (rows.step()) {
    const auto at = [&](int column) { return static_cast<std::size_t>(rows.integer(column)); };
    result.push_back({std::string(rows.text(0)), at(1), at(2), at(3), at(4), at(5), at(6)});
    StudySummary::Judge& judge = result.back();
    if (!rows.is_null(7)) judge.lower_is_better = rows.integer(7) != 0;
    if (!rows.is_null(8)) judge.least = rows.real(8);
    if (!rows.is_null(9)) judge.most = rows.real(9);
    if (judge.scores > 0) judge.lacking = lacking(database, rows.integer(10), judge.queries);
  }
  return result;
}

bool tells_something(const StudySummary::Answering& one) {
  return !one.provider.empty() || one.with_tokens + one.with_cost + one.with_seconds > 0;
}

std::vector<StudySummary::Oracle> oracles(const file::Database& database) {
  std::vector<StudySummary::Oracle> result;
  file::Statement rows = database.prepare(
      "SELECT o.name, count(a.value), count(a.oracle) - count(a.value) FROM oracle o "
      "LEFT JOIN kept_answer a ON a.oracle = o.id GROUP BY o.id ORDER BY o.name");
  while (rows.step()) {
    result.push_back({std::string(rows.text(0)), static_cast<std::size_t>(rows.integer(1)),
                      static_cast<std::size_t>(rows.integer(2))});
  }
  return result;
}

std::vector<StudySummary::Spending> spending(const file::Database& database) {
  std::vector<StudySummary::Spending> result;
  file::Statement rows = database.prepare(
      "SELECT e.url, e.model, p.failure, count(*), coalesce(sum(p.tokens_in), 0), coalesce(sum(p.tokens_out), 0), "
      "coalesce(sum(p.cost) FILTER (WHERE p.certain), 0), coalesce(sum(p.cost) FILTER (WHERE NOT p.certain), 0), "
      "count(*) FILTER (WHERE p.cost IS NULL) FROM paid_call p JOIN endpoint e ON e.id = p.endpoint "
      "GROUP BY e.id, p.failure ORDER BY e.url, e.model, p.failure");
  while (rows.step()) {
    if (result.empty() || result.back().url != rows.text(0) || result.back().model != rows.text(1)) {
      result.emplace_back();
      result.back().url = rows.text(0);
      result.back().model = rows.text(1);
    }
    StudySummary::Spending& one = result.back();
    const auto failure = static_cast<std::size_t>(rows.integer_in(2, 0, 255));
    const auto calls = static_cast<std::size_t>(rows.integer(3));
    one.calls += calls;
    if (one.by_failure.size() <= failure) one.by_failure.resize(failure + 1);
    one.by_failure[failure] += calls;
    one.tokens_in += static_cast<std::uint64_t>(rows.integer(4));
    one.tokens_out += static_cast<std::uint64_t>(rows.integer(5));
    one.certain += {rows.integer(6)};
    one.possible += {rows.integer(7)};
    one.without_price += static_cast<std::size_t>(rows.integer(8));
  }
  return result;
}

// A live judge reads the prompt beside the answers.
std::optional<std::string> prompts_note(const file::Database& database) {
  const std::size_t answered = count(database, "SELECT count(DISTINCT query) FROM response");
  const std::size_t without = count(database,
                                    "SELECT count(DISTINCT query) FROM response r WHERE NOT EXISTS (SELECT 1 FROM "
                                    "prompt p WHERE p.query = r.query)");
  if (without == 0) return std::nullopt;
  return fmt::format("{} of {} queries with responses have no prompt text: a live judge would see answers alone",
                     without, answered);
}

}  // namespace

std::vector<StudySummary::Answering> answering(const file::Database& database) {
  std::vector<StudySummary::Answering> result;
  file::Statement rows = database.prepare(
      "SELECT m.name, m.provider, count(*), count(r.tokens_out), count(r.cost), count(r.seconds), "
      "coalesce(sum(r.tokens_in), 0), coalesce(sum(r.tokens_out), 0), coalesce(sum(r.cost), 0), "
      "coalesce(sum(r.seconds), 0.0) FROM response r JOIN model m ON m.id = r.model GROUP BY m.id "
      "ORDER BY m.name");
  while (rows.step()) {
    const auto at = [&](int column) { return static_cast<std::size_t>(rows.integer(column)); };
    result.push_back({std::string(rows.text(0)), std::string(rows.text(1)), at(2), at(3), at(4), at(5), at(6),
                      at(7), Money{rows.integer(8)}, rows.real(9)});
  }
  return result;
}

std::vector<std::string> task_names(const file::Database& database) {
  return names(database, "SELECT DISTINCT task FROM query WHERE task <> '' ORDER BY task");
}

std::vector<std::string> weight_names(const file::Database& database) {
  return names(database, "SELECT DISTINCT name FROM query_weight ORDER BY name");
}

StudySummary summarize(const file::Database& database) {
  StudySummary result;
  result.schema_version = count(database, "PRAGMA user_version");
  result.queries = count(database, "SELECT count(*) FROM query");
  result.models = count(database, "SELECT count(*) FROM model");
  result.responses = count(database, "SELECT count(*) FROM response");
  result.labels = count(database, "SELECT count(*) FROM label");
  result.text_bytes = count(database, "SELECT coalesce(sum(length(CAST(body AS BLOB))), 0) FROM text");
  result.model_names = names(database, "SELECT name FROM model ORDER BY name");
  result.tasks = task_names(database);
  result.weights = weight_names(database);
  result.baselines = names(database, R"sql(
    SELECT m.name FROM model m
    LEFT JOIN (SELECT opponent, count(*) AS n FROM verdict GROUP BY opponent) v ON v.opponent = m.id
    LEFT JOIN baseline b ON b.model = m.id
    WHERE v.n IS NOT NULL OR b.model IS NOT NULL
    ORDER BY coalesce(v.n, 0) DESC, m.name)sql");
  result.imported = told_rows(database);
  result.warnings = read_predictions(database, [](const Prediction&) {});
  if (std::optional<std::string> note = prompts_note(database)) result.warnings.push_back(std::move(*note));
  result.judges = judges(database);
  result.answering = answering(database);
  std::erase_if(result.answering, [](const auto& one) { return !tells_something(one); });
  result.oracles = oracles(database);
  result.spending = spending(database);
  result.lost = {database.integer("SELECT coalesce(sum(value), 0) FROM meta WHERE name IN ('lost', 'in_flight')")};
  return result;
}

}  // namespace assay::store
