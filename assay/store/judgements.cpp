#include "assay/store/judgements.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <unordered_map>

#include "assay/store/label_reading.h"

namespace assay::store {
namespace {

constexpr double kNoReward = std::numeric_limits<double>::quiet_NaN();
constexpr double kEqual = 1e-9;  // Sums and means of equal values may differ in their last bits.

// All turns of a model's answer to a query.
struct Turns {
  std::int64_t model = 0;
  std::int64_t query = 0;
  std::size_t count = 0;
  double sum = 0;  // NaN if a turn failed.
  double mean() const { return sum / static_cast<double>(count); }
};

struct Answers {
  std::vector<Turns> all;                                  // Sorted by model and query.
  std::unordered_map<std::int64_t, std::size_t> expected;  // Turns of a query that anybody was judged in.
};

// Rows (model, query, turn, value), sorted.
Answers gather(file::Statement& rows) {
  Answers answers;
  std::set<std::pair<std::int64_t, std::int64_t>> turns;
  while (rows.step()) {
    const std::int64_t model = rows.integer(0);
    const std::int64_t query = rows.integer(1);
    if (answers.all.empty() || answers.all.back().model != model || answers.all.back().query != query) {
      answers.all.push_back({model, query, 0, 0.0});
    }
    ++answers.all.back().count;
    answers.all.back().sum += rows.real(3);
    if (turns.emplace(query, rows.integer(2)).second) ++answers.expected[query];
  }
  return answers;
}

Outcome sign(double difference, double scale) {
  if (std::isnan(difference)) return Outcome::none;
  if (std::abs(difference) <= kEqual * scale) return Outcome::draw;
  return difference > 0 ? Outcome::win : Outcome::loss;
}

}  // namespace

std::vector<Judgement> judged_by_verdicts(const file::Database& database, std::int64_t judge, std::int64_t baseline,
                                          bool by_degree) {
  file::Statement rows = database.prepare(R"sql(
    SELECT model, query, turn, value FROM verdict WHERE judge = ?1 AND opponent = ?2
    UNION ALL
    SELECT v.opponent, v.query, v.turn, 1.0 - v.value FROM verdict v
    WHERE v.judge = ?1 AND v.model = ?2 AND v.opponent <> ?2 AND NOT EXISTS (SELECT 1 FROM verdict d
      WHERE d.judge = ?1 AND d.opponent = ?2 AND d.model = v.opponent AND d.query = v.query AND d.turn = v.turn)
    ORDER BY 1, 2, 3)sql");
  const Answers answers = gather(rows.with(judge, baseline));
  std::vector<Judgement> result;
  result.reserve(answers.all.size());
  for (const Turns& turns : answers.all) {
    const bool complete = turns.count == answers.expected.at(turns.query);
    const double sum = turns.sum - 0.5 * static_cast<double>(turns.count);
    const double scale = turns.count > 1 ? 1.0 : 0.0;  // A single verdict is exact.
    const double reward = by_degree ? turns.mean() : reward_of(sign(sum, scale));
    result.push_back({turns.model, turns.query, complete, complete ? reward : kNoReward});
  }
  return result;
}

std::vector<Judgement> scored_alone(const file::Database& database, std::int64_t judge) {
  file::Statement rows = database.prepare(
      "SELECT model, query, turn, avg(value) FROM score WHERE judge = ?1 GROUP BY model, query, turn "
      "ORDER BY model, query, turn");
  const Answers answers = gather(rows.with(judge));
  std::vector<Judgement> result;
  for (const Turns& turns : answers.all) {
    const bool complete = turns.count == answers.expected.at(turns.query);
    result.push_back({turns.model, turns.query, complete, complete ? turns.mean() : kNoReward});
  }
  return result;
}

std::vector<Judgement> judged_by_labels(const file::Database& database, std::vector<std::string>& notes) {
  std::vector<Judgement> result;
  notes = read_predictions(database, [&](const Prediction& one) {
    result.push_back({one.model, one.query, true, one.right ? 1.0 : 0.0});
  });
  return result;
}

std::vector<Judgement> judged_by_scores(const file::Database& database, std::int64_t judge, std::int64_t baseline) {
  file::Statement rows = database.prepare(
      "SELECT model, query, turn, avg(value) FROM score WHERE judge = ?1 GROUP BY model, query, turn "
      "ORDER BY model, query, turn");
  const Answers answers = gather(rows.with(judge));
  const auto is_complete = [&](const Turns& turns) { return turns.count == answers.expected.at(turns.query); };
  std::unordered_map<std::int64_t, double> of_baseline;  // Means; NaN if a turn failed or is missing.
  for (const Turns& turns : answers.all) {
    if (turns.model == baseline) of_baseline.emplace(turns.query, is_complete(turns) ? turns.mean() : std::nan(""));
  }
  std::vector<Judgement> result;
  for (const Turns& turns : answers.all) {
    const auto other = of_baseline.find(turns.query);
    if (turns.model == baseline || other == of_baseline.end()) continue;
    const bool complete = is_complete(turns);
    const double scale = std::max({1.0, std::abs(turns.mean()), std::abs(other->second)});
    result.push_back({turns.model, turns.query, complete,
                      complete ? reward_of(sign(turns.mean() - other->second, scale)) : kNoReward});
  }
  return result;
}

}  // namespace assay::store
