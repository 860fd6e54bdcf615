#include "assay/store/averaging.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "assay/core/error.h"
#include "assay/store/name_list.h"
#include "assay/store/summary.h"

namespace assay::store {
namespace {

constexpr double kLeastWeight = 1e-9;  // of a mean of 1

void check_tasks(const file::Database& database, const std::vector<std::string>& wanted) {
  if (wanted.empty()) return;
  const std::vector<std::string> tasks = task_names(database);
  for (const std::string& task : wanted) {
    if (std::ranges::find(tasks, task) != tasks.end()) continue;
    throw InvalidArgument(fmt::format("expected tasks of the study ({}), came {}", name_list(tasks), quoted(task)));
  }
}

void check_weights(const file::Database& database, const std::string& wanted) {
  if (wanted.empty()) return;
  const std::vector<std::string> names = weight_names(database);
  if (std::ranges::find(names, wanted) != names.end()) return;
  throw InvalidArgument(fmt::format("expected weights of the study ({}), came {}; an import brings them",
                                    name_list(names), quoted(wanted)));
}

// What is said of queries by their names. A query without a value is not in it.
template <typename Value, typename Read>
std::unordered_map<std::string, Value> by_query(file::Statement& rows, const Read& read) {
  std::unordered_map<std::string, Value> result;
  while (rows.step()) result.emplace(rows.text(0), read(rows));
  return result;
}

// One for each query, in order; the first that has none is told.
template <typename Value>
std::vector<Value> in_order(const std::unordered_map<std::string, Value>& all,
                            const std::vector<std::string>& queries, const std::string& what) {
  std::vector<Value> result;
  std::vector<std::string> without;
  for (const std::string& query : queries) {
    const auto found = all.find(query);
    if (found == all.end()) {
      without.push_back(query);
    } else {
      result.push_back(found->second);
    }
  }
  if (without.empty()) return result;
  throw InvalidArgument(fmt::format("expected {} for each of {} queries, {} came without: {}; import it for them",
                                    what, queries.size(), without.size(), name_list(without, 3)));
}

std::vector<double> given_weights(const file::Database& database, const std::string& name,
                                  const std::vector<std::string>& queries) {
  if (name.empty()) return std::vector<double>(queries.size(), 1.0);
  file::Statement rows = database.prepare(
      "SELECT q.name, w.value FROM query_weight w JOIN query q ON q.id = w.query WHERE w.name = ?1");
  const auto all = by_query<double>(rows.with(name), [](const file::Statement& row) { return row.real(1); });
  return in_order(all, queries, "a weight " + quoted(name));
}

// Each task's weights become shares of it.
void share_by_task(const file::Database& database, const std::vector<std::string>& queries,
                   std::vector<double>& weights) {
  file::Statement rows = database.prepare("SELECT name, task FROM query WHERE task <> ''");
  const auto all = by_query<std::string>(rows, [](const file::Statement& row) { return std::string(row.text(1)); });
  const std::vector<std::string> tasks = in_order(all, queries, "a task");
  std::unordered_map<std::string, double> sums;
  for (std::size_t q = 0; q < queries.size(); ++q) sums[tasks[q]] += weights[q];
  for (std::size_t q = 0; q < queries.size(); ++q) weights[q] /= sums[tasks[q]];
}

}  // namespace

std::string_view name(Average average) { return average == Average::tasks ? "tasks" : "queries"; }

std::optional<std::set<std::int64_t>> counted_queries(const file::Database& database, const Averaging& averaging,
                                                      std::vector<std::string>& notes) {
  check_tasks(database, averaging.tasks);
  check_weights(database, averaging.weights);
  if (averaging.tasks.empty() && averaging.weights.empty()) return std::nullopt;
  const std::set<std::string, std::less<>> tasks(averaging.tasks.begin(), averaging.tasks.end());
  std::set<std::int64_t> result;
  std::size_t weightless = 0;
  file::Statement rows = database.prepare(
      "SELECT q.id, q.task, coalesce(w.value, 1) FROM query q LEFT JOIN query_weight w "
      "ON w.query = q.id AND w.name = ?1");
  rows.with(averaging.weights);
  while (rows.step()) {
    if (!tasks.empty() && !tasks.contains(rows.text(1))) continue;
    if (rows.real(2) > 0) {
      result.insert(rows.integer(0));
    } else {
      ++weightless;
    }
  }
  if (weightless > 0) {
    notes.push_back(fmt::format("left out, of weight 0: {} {}", weightless, weightless == 1 ? "query" : "queries"));
  }
  return result;
}

std::vector<double> weights_of(const file::Database& database, const Averaging& averaging,
                               const std::vector<std::string>& queries) {
  if (averaging.weights.empty() && averaging.average == Average::queries) return {};
  std::vector<double> weights = given_weights(database, averaging.weights, queries);
  const double largest = weights.empty() ? 1 : *std::ranges::max_element(weights);
  for (double& weight : weights) weight /= largest;  // sums stay finite
  if (averaging.average == Average::tasks) share_by_task(database, queries, weights);
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  const double scale = static_cast<double>(queries.size()) / sum;
  for (double& weight : weights) weight *= scale;
  if (std::ranges::any_of(weights, [](double weight) { return !(weight > kLeastWeight); })) {
    throw InvalidArgument(fmt::format("weights {} differ by more than a factor of 10^9: leave the least out, as 0",
                                      quoted(averaging.weights)));
  }
  const bool alike = std::ranges::all_of(weights, [](double weight) { return std::abs(weight - 1) < 1e-12; });
  return alike ? std::vector<double>() : weights;
}

}  // namespace assay::store
