// Adds outcomes to a router without fitting it anew.
//
// What a fit takes longest for is to leave tasks out, to learn how far its predictors can be believed of new ones.
// That changes little with every outcome, and is kept. All else follows from the cells and vectors, which the
// router has.
//
// Forgetting: an outcome of age a stays with probability 2^(-a / half-life). Each prompt has a number u, uniform in
// (0, 1), which depends on its vector alone, and its outcomes are dropped when 2^(-a / half-life) is below u. So
// what is kept is a sample of the outcomes weighted by age, and no weight need stand beside any of them; and models
// that were asked the same prompt are compared on it until they are forgotten together. Prompts whose vector says
// nothing have the time in place of it.

#include "assay/route/update.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/route/accuracy.h"
#include "assay/route/held_out.h"
#include "assay/route/neighbour_vote.h"
#include "assay/route/query_effect.h"
#include "assay/route/query_spread.h"
#include "assay/route/ridge.h"
#include "assay/route/stacking_weights.h"

namespace assay::route {
namespace {

constexpr double kSecondsOfDay = 86'400;
constexpr std::size_t kProbesOfTask = 1024;
constexpr std::size_t kFewestHeldOut = 100;  // queries that tell more than the fit did

void check(const Router& before, const Outcomes& outcomes, const UpdateOptions& options) {
  const BenchmarkView& benchmark = before.benchmark;
  const std::size_t q = outcomes.task.size();
  bool fits = outcomes.models >= before.models() && outcomes.tasks >= benchmark.tasks &&
              outcomes.vectors.dimensions == benchmark.vectors.dimensions && outcomes.vectors.count() == q &&
              (before.times.empty() || before.times.size() == benchmark.cells.size());
  for (const std::uint32_t task : outcomes.task) fits = fits && (task == kTaskOfNearest || task < outcomes.tasks);
  for (const Outcomes::Outcome& one : outcomes.outcomes) {
    fits = fits && one.query < q && one.model < outcomes.models && one.score >= 0 && one.score <= 1;
  }
  if (!fits) throw InvalidArgument("the outcomes do not fit the router");
  if (options.half_life_days && !(*options.half_life_days > 0 && std::isfinite(*options.half_life_days))) {
    throw InvalidArgument(fmt::format("`half_life` must be above 0, came {:g}", *options.half_life_days));
  }
}

std::uint64_t hash_of(std::span<const float> vector) {
  return fnv1a({reinterpret_cast<const char*>(vector.data()), vector.size_bytes()});
}

// The queries of the router before, with room for new models.
void copy_benchmark(const Router& before, UpdatedRouter& after) {
  const BenchmarkView& benchmark = before.benchmark;
  const std::size_t n = benchmark.queries(), old = benchmark.models, m = after.models;
  after.task.assign(benchmark.task.begin(), benchmark.task.end());
  after.same_text.assign(benchmark.same_text.begin(), benchmark.same_text.end());
  after.vectors.assign(benchmark.vectors.values.begin(), benchmark.vectors.values.end());
  after.cells.assign(n * m, Correctness::kUnknown);
  const std::span<const Seconds> times = before.times;
  if (!times.empty()) after.times.assign(n * m, 0);
  for (std::size_t i = 0; i < n; ++i) {
    std::copy_n(benchmark.cells.begin() + static_cast<std::ptrdiff_t>(i * old), old,
                after.cells.begin() + static_cast<std::ptrdiff_t>(i * m));
    if (!times.empty()) {
      std::copy_n(times.begin() + static_cast<std::ptrdiff_t>(i * old), old,
                  after.times.begin() + static_cast<std::ptrdiff_t>(i * m));
    }
  }
}

// Tasks of prompts that nobody told: that of the nearest query of the router before.
std::vector<std::uint32_t> tasks_of(const Router& before, const Outcomes& outcomes) {
  std::vector<std::uint32_t> tasks(outcomes.task.begin(), outcomes.task.end());
  for (std::size_t q = 0; q < tasks.size(); ++q) {
    if (tasks[q] != kTaskOfNearest) continue;
    const std::vector<neighbours::Neighbour> nearest = before.neighbours(outcomes.vectors.at(q), 1);
    tasks[q] = before.benchmark.task[nearest.empty() ? 0 : nearest[0].index];
  }
  return tasks;
}

// The newest time among the outcomes; 0 if no time is told.
Seconds newest_of(const Outcomes& outcomes) {
  Seconds newest = 0;
  for (const Outcomes::Outcome& one : outcomes.outcomes) newest = std::max(newest, one.time);
  return newest;
}

// Puts outcomes into cells. A prompt is known by its vector, which several prompts may have: an outcome goes to the
// first query of that vector of which nothing is known of the model, and is another query where there is none. But
// one of a time that the router has already is the same told again. Prompts whose vector says nothing are not known
// again by it: each is another query, unless it is told again.
class OutcomeTaker {
 public:
  OutcomeTaker(const Router& before, const Outcomes& outcomes, UpdatedRouter& after)
      : outcomes_(outcomes), after_(after), before_(static_cast<std::uint32_t>(before.benchmark.queries())) {
    for (std::uint32_t i = 0; i < before_; ++i) groups_[hash_of(before.benchmark.vectors.at(i))].push_back(i);
    for (const std::uint32_t same : after.same_text) next_text_ = std::max(next_text_, same + 1);
    tasks_ = tasks_of(before, outcomes);
  }

  void take() {
    Seconds newest = newest_of(outcomes_);
    if (newest != 0 && after_.times.empty()) {
      // What was there before is taken to be as new as the newest of the outcomes, and ages from now on: one old
      // outcome among them must not make it old. A second later, as none of them is the same told again.
      const Seconds fitted = newest == std::numeric_limits<Seconds>::max() ? newest : newest + 1;
      after_.times.assign(after_.cells.size(), 0);
      for (std::size_t c = 0; c < after_.cells.size(); ++c) {
        if (after_.cells[c].known()) after_.times[c] = fitted;
      }
    }
    for (const Seconds time : after_.times) newest = std::max(newest, time);
    for (const Outcomes::Outcome& one : outcomes_.outcomes) {
      const std::size_t cell = row_of(one) * after_.models + one.model;
      ++(!after_.cells[cell].known() ? after_.filled : after_.changed);
      after_.cells[cell] = Correctness::of(one.score);
      if (!after_.times.empty()) after_.times[cell] = one.time == 0 ? newest : one.time;
    }
  }

 private:
  std::size_t row_of(const Outcomes::Outcome& one) {
    const std::span<const float> vector = outcomes_.vectors.at(one.query);
    const std::uint64_t hash = hash_of(vector);
    std::vector<std::uint32_t>& group = groups_[hash];
    const auto same = [&](std::uint32_t row) {
      const auto begin = after_.vectors.begin() + static_cast<std::ptrdiff_t>(row * after_.dimensions);
      return std::equal(vector.begin(), vector.end(), begin);
    };
    const std::uint32_t task = outcomes_.task[one.query];
    const auto fits = [&](std::uint32_t row) {
      return (task == kTaskOfNearest || after_.task[row] == task) && same(row);
    };
    if (one.time != 0) {
      for (const std::uint32_t row : group) {
        if (row >= before_) break;
        const std::size_t cell = std::size_t{row} * after_.models + one.model;
        if (!after_.cells[cell].known() || after_.times[cell] != one.time || !fits(row)) continue;
        // Several of the same time are as many when they are told again.
        if (told_again_.insert(cell).second) return row;
      }
    }
    if (neighbours::says_nothing(vector)) return new_row(one, next_text_++);
    // Those before were found full before, and stay so.
    std::size_t& next = next_[{hash, task, one.model}];
    for (; next < group.size(); ++next) {
      const std::uint32_t row = group[next];
      if (!after_.cells[std::size_t{row} * after_.models + one.model].known() && fits(row)) return row;
    }
    const auto twin = std::find_if(group.begin(), group.end(), same);
    const std::uint32_t text = twin == group.end() ? next_text_++ : after_.same_text[*twin];
    group.push_back(static_cast<std::uint32_t>(after_.task.size()));
    return new_row(one, text);
  }

  std::size_t new_row(const Outcomes::Outcome& one, std::uint32_t text) {
    const std::span<const float> vector = outcomes_.vectors.at(one.query);
    after_.same_text.push_back(text);
    after_.task.push_back(tasks_[one.query]);
    after_.vectors.insert(after_.vectors.end(), vector.begin(), vector.end());
    after_.cells.resize(after_.task.size() * after_.models, Correctness::kUnknown);
    if (!after_.times.empty()) after_.times.resize(after_.cells.size(), 0);
    ++after_.new_queries;
    return after_.task.size() - 1;
  }

  const Outcomes& outcomes_;
  UpdatedRouter& after_;
  std::uint32_t before_;  // queries of the router before
  std::uint32_t next_text_ = 0;
  std::vector<std::uint32_t> tasks_;
  std::unordered_set<std::size_t> told_again_;                            // cells of the router before
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> groups_;  // queries by the hash of their vector
  std::map<std::tuple<std::uint64_t, std::uint32_t, std::uint32_t>, std::size_t> next_;
};

// A row that keeps nothing is dropped, but the last one of a task.
void drop_empty_rows(UpdatedRouter& after) {
  const std::size_t n = after.task.size(), m = after.models, d = after.dimensions;
  std::vector<std::size_t> left(after.tasks, 0);
  for (const std::uint32_t task : after.task) ++left[task];
  std::size_t kept = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const auto row = std::span(after.cells).subspan(i * m, m);
    const bool empty =
        std::all_of(row.begin(), row.end(), [](Correctness cell) { return cell == Correctness::kUnknown; });
    if (empty && left[after.task[i]] > 1) {
      --left[after.task[i]];
      continue;
    }
    std::copy_n(after.cells.begin() + static_cast<std::ptrdiff_t>(i * m), m,
                after.cells.begin() + static_cast<std::ptrdiff_t>(kept * m));
    std::copy_n(after.times.begin() + static_cast<std::ptrdiff_t>(i * m), m,
                after.times.begin() + static_cast<std::ptrdiff_t>(kept * m));
    std::copy_n(after.vectors.begin() + static_cast<std::ptrdiff_t>(i * d), d,
                after.vectors.begin() + static_cast<std::ptrdiff_t>(kept * d));
    after.task[kept] = after.task[i];
    after.same_text[kept] = after.same_text[i];
    ++kept;
  }
  after.cells.resize(kept * m);
  after.times.resize(kept * m);
  after.vectors.resize(kept * d);
  after.task.resize(kept);
  after.same_text.resize(kept);
}

void forget(const BenchmarkView& before, double half_life, UpdatedRouter& after) {
  if (after.times.empty()) throw InvalidArgument("`half_life` needs outcomes with a time, came none");
  const Seconds newest = *std::max_element(after.times.begin(), after.times.end());
  const std::size_t m = after.models, d = after.dimensions;
  for (std::size_t i = 0; i < after.task.size(); ++i) {
    const std::span<const float> vector = std::span(after.vectors).subspan(i * d, d);
    const std::uint64_t row = hash_of(vector);
    const bool nameless = neighbours::says_nothing(vector);
    for (std::size_t j = 0; j < m; ++j) {
      const std::size_t cell = i * m + j;
      if (!after.cells[cell].known()) continue;
      const std::uint64_t of_prompt = row + kGoldenGamma + (nameless ? after.times[cell] : 0);
      const double u = static_cast<double>(mix64(of_prompt) >> 11U) * 0x1p-53;
      const double age = static_cast<double>(newest - after.times[cell]) / kSecondsOfDay;
      if (std::exp2(-age / half_life) >= u) continue;
      after.cells[cell] = Correctness::kUnknown;
      after.times[cell] = 0;
      ++after.forgotten;
      if (i < before.queries() && j < before.models && before.row(i)[j].known()) ++after.forgotten_before;
    }
  }
  drop_empty_rows(after);
}

// T x m again, where nothing is known of what is new.
std::vector<double> widened(std::span<const double> values, std::size_t blocks, std::size_t tasks,
                            std::size_t models, std::size_t new_tasks, std::size_t new_models) {
  std::vector<double> result(blocks * new_tasks * new_models, std::numeric_limits<double>::quiet_NaN());
  for (std::size_t b = 0; b < blocks; ++b) {
    for (std::size_t t = 0; t < tasks; ++t) {
      std::copy_n(values.begin() + static_cast<std::ptrdiff_t>((b * tasks + t) * models), models,
                  result.begin() + static_cast<std::ptrdiff_t>((b * new_tasks + t) * new_models));
    }
  }
  return result;
}

// The descriptor u of new tasks, as leave_out has it.
void take_distances(const Router& before, UpdatedRouter& after, std::size_t threads) {
  const std::size_t old = before.benchmark.tasks, tasks = after.tasks, d = after.dimensions;
  after.fit.distance.assign(kVotes * tasks, 1.0);
  for (std::size_t k = 0; k < kVotes; ++k) {
    std::copy_n(before.distance.begin() + static_cast<std::ptrdiff_t>(k * old), old,
                after.fit.distance.begin() + static_cast<std::ptrdiff_t>(k * tasks));
  }
  const BenchmarkView benchmark = after.benchmark();
  for (std::uint32_t t = static_cast<std::uint32_t>(old); t < tasks; ++t) {
    std::vector<float> probes;
    std::vector<std::uint32_t> texts;
    for (std::size_t i = 0; i < after.task.size() && texts.size() < kProbesOfTask; ++i) {
      if (after.task[i] != t) continue;
      probes.insert(probes.end(), after.vectors.begin() + static_cast<std::ptrdiff_t>(i * d),
                    after.vectors.begin() + static_cast<std::ptrdiff_t>((i + 1) * d));
      texts.push_back(after.same_text[i]);
    }
    if (texts.empty()) continue;
    const auto lists = neighbour_lists(
        benchmark.vectors, {probes, d}, 1,
        [&](std::size_t, std::size_t position, std::size_t index) {
          return after.task[index] != t && after.same_text[index] != texts[position];
        },
        threads);
    for (std::size_t k = 0; k < kVotes; ++k) {
      double sum = 0;
      for (const auto& list : lists[0]) sum += mean_distance(list, kNeighbours[k]);
      after.fit.distance[k * tasks + t] = sum / static_cast<double>(texts.size());
    }
  }
}

// What single queries are routed by: learnt again from left-out queries, as a fit does. The weight of the ridge
// suits one penalty and one number of queries: with more queries the same penalty shrinks less, and a weight that
// made up for it makes too much of the ridge. Where too few queries tell models apart, weights stay, and the
// penalty grows with the queries, which leaves the ridge as shrunken as it was.
void take_query_numbers(const Router& before, std::size_t threads, const BenchmarkView& benchmark,
                        RoutingNumbers& numbers) {
  const std::vector<HeldOutQuery> queries = leave_out_queries(benchmark, kFewestHeldOut, threads);
  if (!queries.empty()) {
    const QueryStacking stacking = fit_query_stacking(benchmark, queries);
    numbers.query = stacking.fitted;
    numbers.query_neighbours = static_cast<std::uint32_t>(stacking.neighbours);
    numbers.query_penalty = kPenalties[stacking.penalty];
    return;
  }
  const double growth = static_cast<double>(benchmark.queries()) / static_cast<double>(before.benchmark.queries());
  numbers.query_penalty = (numbers.query_penalty > 0 ? numbers.query_penalty : kPenalties[0]) * growth;
}

// What is known of the tasks; of what is new, nothing that is learnt by leaving a task out. All tasks together are
// returned.
AccuracySum take_tasks(const Router& before, std::size_t threads, UpdatedRouter& after) {
  const BenchmarkView benchmark = after.benchmark();
  const std::size_t m = after.models, tasks = after.tasks, old_tasks = before.benchmark.tasks;
  RouterFit& fit = after.fit;
  AccuracySum of_all(m);
  for (const AccuracySum& sum : accuracy_sums(benchmark, benchmark.task, tasks)) {
    of_all.add(sum);
    const std::vector<double> shares = sum.shares(), known = sum.known();
    fit.task_accuracy.insert(fit.task_accuracy.end(), shares.begin(), shares.end());
    fit.task_known.insert(fit.task_known.end(), known.begin(), known.end());
  }
  fit.reliability = widened(before.reliability, kVotes, old_tasks, before.models(), tasks, m);
  if (!before.task_error.empty())
    fit.task_error = widened(before.task_error, 1, old_tasks, before.models(), tasks, m);
  take_distances(before, after, threads);
  return of_all;
}

// The accuracies of models, those of hardly known ones as the others on the same prompts tell them.
void take_accuracies(const AccuracySum& sum, UpdatedRouter& after) {
  const std::vector<double> known = sum.known();
  if (std::accumulate(known.begin(), known.end(), 0.0) == 0) {
    throw InvalidArgument("no outcome would be left: expected a longer `half_life`");
  }
  after.standing = model_standings(after.benchmark(), sum);
  for (const ModelStanding& standing : after.standing) after.fit.accuracy.push_back(standing.accuracy);
}

void refit(const Router& before, const UpdateOptions& options, UpdatedRouter& after) {
  RouterFit& fit = after.fit;
  fit.numbers = before.numbers;
  take_accuracies(take_tasks(before, options.threads, after), after);
  fit.query_effect = query_effects(after.benchmark(), fit.accuracy);
  const BenchmarkView benchmark = after.benchmark();
  take_query_numbers(before, options.threads, benchmark, fit.numbers);
  std::vector<double> penalties(kPenalties.begin(), kPenalties.begin() + kTaskPenalties);
  penalties.push_back(fit.numbers.query_penalty);
  std::vector<std::size_t> all(benchmark.queries());
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::vector<RidgeFit> ridges = fit_ridge(ridge_sums(benchmark, all, options.threads), penalties, fit.accuracy);
  fit.query_ridge = std::move(ridges.back());
  ridges.pop_back();
  fit.task_ridge = mean_fit(ridges);
  take_spread(benchmark, fit.accuracy, fit.numbers);
}

}  // namespace

BenchmarkView UpdatedRouter::benchmark() const {
  return {cells, task, same_text, models, tasks, {vectors, dimensions}, fit.query_effect};
}

Router UpdatedRouter::router() const {
  Router router = fit.router(benchmark());
  router.guard = guard;
  router.times = times;
  return router;
}

UpdatedRouter update_router(const Router& before, const Outcomes& outcomes, const UpdateOptions& options) {
  check(before, outcomes, options);
  UpdatedRouter after;
  after.models = outcomes.models;
  after.tasks = outcomes.tasks;
  after.dimensions = before.benchmark.vectors.dimensions;
  copy_benchmark(before, after);
  OutcomeTaker(before, outcomes, after).take();
  if (options.half_life_days) forget(before.benchmark, *options.half_life_days, after);
  std::vector<std::size_t> of_task(after.tasks, 0);
  for (const std::uint32_t task : after.task) ++of_task[task];
  if (std::ranges::find(of_task, 0U) != of_task.end()) {
    throw InvalidArgument("expected outcomes of every task, came a task without any");
  }
  refit(before, options, after);
  if (before.guard) {
    // It was shown of the queries that it was made of, and of another router.
    after.guard = before.guard;
    after.guard->routes = false;
  }
  return after;
}

}  // namespace assay::route
