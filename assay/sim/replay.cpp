#include "assay/sim/replay.h"

#include <algorithm>
#include <cmath>

#include "assay/core/error.h"
#include "assay/core/parallel.h"
#include "assay/select/pool.h"
#include "assay/select/selection.h"

namespace assay::sim {
namespace {

// Win rates of pools are sums of halves divided by one number: what differs by less than this is equal.
constexpr double kSameRate = 1e-9;

// From `calls` answered calls on, the returned model has this gap.
struct Change {
  std::size_t calls;
  double gap;
};
using Trajectory = std::vector<Change>;

// Of a pool, as Problem::weights.
std::vector<double> weights_in(std::span<const QueryId> pool, std::span<const double> weights) {
  std::vector<double> result;
  if (weights.empty()) return result;
  double sum = 0;
  for (const QueryId query : pool) sum += weights[index(query)];
  const double scale = static_cast<double>(pool.size()) / sum;
  for (const QueryId query : pool) result.push_back(scale * weights[index(query)]);
  return result;
}

// How a run ended.
struct Stop {
  std::size_t calls = 0;
  double gap = 1;
  bool decided = false;
  double generating = 0;  // dollars, of the calls
  double judging = 0;
};

struct Run {
  Trajectory trajectory;
  Stop stop;
};

// Proposes and answers the next calls, `limit` at most; how many. Adds what they cost.
std::size_t step(const ReplaySetup& setup, select::Selection& selection, std::size_t limit, Stop& cost) {
  std::vector<Call> calls;
  selection.propose(limit, calls);
  std::vector<Verdict> verdicts;
  for (const Call& call : calls) verdicts.emplace_back(call, setup.rewards->at(call.query, call.model));
  selection.observe(verdicts);
  if (!setup.generating.empty()) {
    for (const Call& call : calls) {
      const std::size_t cell = index(call.query) * setup.rewards->models() + index(call.model);
      cost.generating += setup.generating[cell];
      cost.judging += setup.judging[cell];
    }
  }
  return calls.size();
}

// Budgets that a competitor is told in turn who must know it: each about 15 % above the one before.
std::vector<std::size_t> told_budgets(std::size_t most) {
  std::vector<std::size_t> budgets;
  for (std::size_t b = 1; b < most; b = std::max(b + 1, b * 115 / 100)) budgets.push_back(b);
  budgets.push_back(most);
  return budgets;
}

// A run for each of these budgets. Of each only the end counts.
Trajectory told_each_budget(const ReplaySetup& setup, const Competitor& competitor, select::Problem problem,
                            std::span<const double> gaps) {
  Trajectory trajectory;
  for (const std::size_t budget : told_budgets(setup.budget)) {
    problem.budget = budget * problem.models;
    select::Selection selection(*competitor.entry, problem, competitor.parameters, competitor.returns);
    const std::size_t batch = setup.batch > 0 ? setup.batch : 1;
    while (selection.calls() < problem.budget) {
      Stop not_told;
      if (step(setup, selection, std::min(batch, problem.budget - selection.calls()), not_told) == 0) break;
    }
    trajectory.push_back({problem.budget, gaps[index(selection.best())]});
  }
  return trajectory;
}

// Runs one competitor in one realization, until the budget is spent or the goal is reached.
Run run(const ReplaySetup& setup, const Competitor& competitor, const select::Problem& problem,
        std::span<const double> gaps) {
  select::Selection selection(*competitor.entry, problem, competitor.parameters, competitor.returns);
  const select::Decision* decision = selection.decision();
  const std::size_t budget = setup.budget * problem.models;
  const std::size_t rows = competitor.entry->whole_rows ? problem.models : 1;
  const std::size_t batch = setup.batch > 0 ? setup.batch : rows;
  const auto decided = [&] { return decision != nullptr && decision->risk() <= 1 - problem.goal.confidence; };
  Run run;
  while (selection.calls() < budget && !decided()) {
    if (step(setup, selection, std::min(batch, budget - selection.calls()), run.stop) == 0) break;
    const double gap = gaps[index(selection.best())];
    if (run.trajectory.empty() || run.trajectory.back().gap != gap) {
      run.trajectory.push_back({selection.calls(), gap});
    }
  }
  if (run.trajectory.empty()) run.trajectory.push_back({selection.calls(), gaps[index(selection.best())]});
  run.stop.calls = selection.calls();
  run.stop.gap = gaps[index(selection.best())];
  run.stop.decided = decided();
  return run;
}

double percentile95(std::vector<double>& values) {
  const auto rank = static_cast<std::size_t>(std::ceil(0.95 * static_cast<double>(values.size()))) - 1;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(rank), values.end());
  return values[rank];
}

// Entries b - 1 of the curves.
void fill_curves(std::span<const Trajectory> trajectories, std::size_t models, const ReplaySetup& setup,
                 ReplayResult& result) {
  const auto runs = static_cast<double>(trajectories.size());
  std::vector<std::size_t> at(trajectories.size(), 0);
  std::vector<double> gaps(trajectories.size(), 1.0);
  for (std::size_t b = 1; b <= setup.budget; ++b) {
    double identified = 0;
    double within = 0;
    double sum = 0;
    for (std::size_t r = 0; r < trajectories.size(); ++r) {
      const Trajectory& trajectory = trajectories[r];
      while (at[r] < trajectory.size() && trajectory[at[r]].calls <= b * models) ++at[r];
      gaps[r] = at[r] > 0 ? trajectory[at[r] - 1].gap : 1.0;
      identified += gaps[r] <= kSameRate ? 1 : 0;
      within += gaps[r] <= setup.within + kSameRate ? 1 : 0;
      sum += gaps[r];
    }
    result.identification.push_back(identified / runs);
    result.within.push_back(within / runs);
    result.gap_mean.push_back(sum / runs);
    std::vector<double> copy = gaps;
    result.gap95.push_back(percentile95(copy));
  }
}

std::optional<double> labels_to_reach(std::span<const Trajectory> trajectories, std::size_t models,
                                      std::size_t budget, double tolerance, double confidence) {
  // entered[c]: realizations that come within the tolerance with call c, less those that leave it.
  std::vector<long> entered(budget * models + 1, 0);
  for (const Trajectory& trajectory : trajectories) {
    bool within = false;
    for (const Change& change : trajectory) {
      const bool now = change.gap <= tolerance + kSameRate;
      if (now != within) entered[change.calls] += now ? 1 : -1;
      within = now;
    }
  }
  const double needed = std::max(1.0, confidence * static_cast<double>(trajectories.size()) - 1e-9);
  long within = 0;
  std::optional<std::size_t> since;
  for (std::size_t c = 0; c < entered.size(); ++c) {
    within += entered[c];
    if (static_cast<double>(within) < needed) {
      since.reset();
    } else if (!since) {
      since = c;
    }
  }
  if (!since) return std::nullopt;
  return static_cast<double>(*since) / static_cast<double>(models);
}

// What everything in a pool costs: generating, and judging.
struct PoolCost {
  double generating = 0;
  double judging = 0;
};

StopResult::Dollars dollars_of(std::span<const Stop> stops, std::span<const PoolCost> pools, bool lazy) {
  StopResult::Dollars dollars;
  std::vector<double> spent;
  std::vector<double> shares;
  for (std::size_t r = 0; r < stops.size(); ++r) {
    const double all = pools[r].generating + pools[r].judging;
    spent.push_back((lazy ? stops[r].generating : pools[r].generating) + stops[r].judging);
    shares.push_back(spent.back() / all);
    dollars.mean += spent.back();
    dollars.judging += stops[r].judging;
    dollars.all += all;
    dollars.all_generating += pools[r].generating;
    dollars.share += shares.back();
  }
  const auto runs = static_cast<double>(stops.size());
  for (double* sum : {&dollars.mean, &dollars.judging, &dollars.all, &dollars.all_generating, &dollars.share}) {
    *sum /= runs;
  }
  dollars.p95 = percentile95(spent);
  dollars.share_p95 = percentile95(shares);
  return dollars;
}

PoolCost cost_of(const ReplaySetup& setup, std::span<const QueryId> pool) {
  PoolCost cost;
  if (setup.generating.empty()) return cost;
  const std::size_t models = setup.rewards->models();
  for (const QueryId query : pool) {
    for (std::size_t j = 0; j < models; ++j) {
      cost.generating += setup.generating[index(query) * models + j];
      cost.judging += setup.judging[index(query) * models + j];
    }
  }
  return cost;
}

// Of each model 0 if it is the cheapest one that is good enough, else 1.
std::vector<double> misses(std::span<const double> gaps, std::span<const double> prices, double good_enough) {
  std::size_t answer = gaps.size();
  for (std::size_t j = 0; j < gaps.size(); ++j) {
    const bool good = gaps[j] <= good_enough + kSameRate;
    if (good && (answer == gaps.size() || prices[j] < prices[answer])) answer = j;
  }
  std::vector<double> result(gaps.size(), 1);
  result[answer] = 0;
  return result;
}

StopResult summary(std::span<const Stop> stops, const select::Goal& goal) {
  StopResult result{.confidence = goal.confidence, .epsilon = goal.epsilon};
  std::vector<double> calls;
  for (const Stop& stop : stops) {
    calls.push_back(static_cast<double>(stop.calls));
    result.calls_mean += calls.back();
    if (!stop.decided) result.undecided += 1;
    if (stop.decided && stop.gap > goal.epsilon + kSameRate) result.wrong += 1;
  }
  const auto runs = static_cast<double>(stops.size());
  result.calls_mean /= runs;
  result.wrong /= runs;
  result.undecided /= runs;
  result.calls_p95 = percentile95(calls);
  return result;
}

// What the realizations of one competitor left behind.
struct Runs {
  std::vector<Trajectory> trajectories;
  std::vector<Stop> stops;
  std::vector<PoolCost> pools;

  explicit Runs(std::size_t realizations) : trajectories(realizations), stops(realizations), pools(realizations) {}
};

ReplayResult result_of(const ReplaySetup& setup, const Competitor& competitor, const Runs& runs) {
  ReplayResult result;
  const std::size_t models = setup.rewards->models();
  fill_curves(runs.trajectories, models, setup, result);
  for (std::size_t d = 0; d < kTolerances.size(); ++d) {
    result.labels_to_reach[d] =
        labels_to_reach(runs.trajectories, models, setup.budget, kTolerances[d], setup.confidence);
  }
  if (competitor.entry->stops) {
    result.stop = summary(runs.stops, {setup.epsilon, setup.confidence});
    if (!setup.generating.empty()) result.stop->dollars = dollars_of(runs.stops, runs.pools, competitor.lazy);
  }
  return result;
}

// Entry i of what is returned is of realization part.begin + i.
std::vector<Runs> replay_runs(const ReplaySetup& setup, std::span<const Competitor> competitors, const Part& part,
                              const Progress& progress) {
  std::vector<Runs> runs(competitors.size(), Runs(part.end - part.begin));
  parallel_for(
      part.end - part.begin, setup.threads,
      [&](std::size_t i) {
        const std::size_t r = part.begin + i;
        std::vector<QueryId> pool = select::draw_pool(setup.rewards->queries(), setup.pool, setup.seed, r);
        std::vector<double> weights = weights_in(pool, setup.weights);
        std::vector<double> gaps = setup.rewards->means(pool, weights);
        const double top = *std::max_element(gaps.begin(), gaps.end());
        for (double& gap : gaps) gap = top - gap;
        if (setup.good_enough) gaps = misses(gaps, setup.prices, *setup.good_enough);
        const PoolCost all = cost_of(setup, pool);
        select::Problem problem{.models = setup.rewards->models(),
                                .pool = std::move(pool),
                                .weights = std::move(weights),
                                .step = setup.step,
                                .weak = setup.weak,
                                .similarity = setup.similarity,
                                .features = setup.features,
                                .names = setup.names,
                                .seed = setup.seed * 0x9E3779B97F4A7C15ULL + r,
                                .budget = setup.budget * setup.rewards->models(),
                                .goal = {setup.epsilon, setup.confidence},
                                .prices = setup.prices};
        problem.goal.good_enough = setup.good_enough;
        for (std::size_t c = 0; c < competitors.size(); ++c) {
          problem.assistant = competitors[c].assistant;
          problem.features = competitors[c].lazy ? nullptr : setup.features;
          runs[c].pools[i] = all;
          if (competitors[c].entry->told_budget) {
            runs[c].trajectories[i] = told_each_budget(setup, competitors[c], problem, gaps);
            continue;
          }
          Run one = run(setup, competitors[c], problem, gaps);
          runs[c].trajectories[i] = std::move(one.trajectory);
          runs[c].stops[i] = one.stop;
        }
      },
      progress);
  return runs;
}

std::vector<ReplayResult> results_of(const ReplaySetup& setup, std::span<const Competitor> competitors,
                                     std::span<const Runs> runs) {
  std::vector<ReplayResult> results;
  for (std::size_t c = 0; c < competitors.size(); ++c) results.push_back(result_of(setup, competitors[c], runs[c]));
  return results;
}

// The numbers of a realization: how it ended, what its pool costs, and its changes, after how many there are.
void add_numbers(const Runs& runs, std::size_t i, std::vector<double>& numbers) {
  const Stop& stop = runs.stops[i];
  const PoolCost& pool = runs.pools[i];
  const Trajectory& trajectory = runs.trajectories[i];
  numbers.insert(numbers.end(),
                 {static_cast<double>(stop.calls), stop.gap, stop.decided ? 1.0 : 0.0, stop.generating,
                  stop.judging, pool.generating, pool.judging, static_cast<double>(trajectory.size())});
  for (const Change& change : trajectory) {
    numbers.push_back(static_cast<double>(change.calls));
    numbers.push_back(change.gap);
  }
}

// Takes them one by one; whoever wrote them, nothing is read beyond their end, or out of range.
class Numbers {
 public:
  explicit Numbers(std::span<const double> numbers) : numbers_(numbers) {}

  double next() {
    if (at_ == numbers_.size()) throw wrong();
    return numbers_[at_++];
  }
  std::size_t next_whole(std::size_t most) {
    const double value = next();
    if (!(value >= 0 && value <= static_cast<double>(most) && value == std::floor(value))) throw wrong();
    return static_cast<std::size_t>(value);
  }
  std::size_t left() const { return numbers_.size() - at_; }
  static DataError wrong() { return DataError("expected what a part of this experiment left behind, came others"); }

 private:
  std::span<const double> numbers_;
  std::size_t at_ = 0;
};

void take_numbers(Numbers& numbers, std::size_t most_calls, std::size_t r, Runs& runs) {
  Stop& stop = runs.stops[r];
  stop.calls = numbers.next_whole(most_calls);
  stop.gap = numbers.next();
  stop.decided = numbers.next_whole(1) == 1;
  stop.generating = numbers.next();
  stop.judging = numbers.next();
  runs.pools[r].generating = numbers.next();
  runs.pools[r].judging = numbers.next();
  for (std::size_t changes = numbers.next_whole(numbers.left() / 2); changes > 0; --changes) {
    const std::size_t calls = numbers.next_whole(most_calls);
    runs.trajectories[r].push_back({calls, numbers.next()});
  }
}

void check_parts(std::size_t realizations, std::span<const PlayedPart> parts) {
  std::vector<Part> ordered;
  for (const PlayedPart& one : parts) {
    if (one.part.begin < one.part.end) ordered.push_back(one.part);
  }
  std::ranges::sort(ordered, {}, &Part::begin);
  std::size_t end = 0;
  for (const Part& part : ordered) {
    if (part.begin != end) {
      throw InvalidArgument("expected parts that have each of " + std::to_string(realizations) +
                            " realizations once; realization " + std::to_string(std::min(end, part.begin)) +
                            (part.begin > end ? " is missing" : " came twice"));
    }
    end = part.end;
  }
  if (end == realizations) return;
  throw InvalidArgument("expected parts that have each of " + std::to_string(realizations) +
                        " realizations once, they end with " + std::to_string(end));
}

}  // namespace

void check(const ReplaySetup& setup) {
  const auto require = [](bool holds, const std::string& what, std::size_t came) {
    if (!holds) throw InvalidArgument(what + ", came " + std::to_string(came));
  };
  require(setup.rewards != nullptr, "expected recorded rewards to replay", 0);
  const std::size_t n = setup.rewards->queries();
  const std::size_t models = setup.rewards->models();
  require(models >= 1, "expected at least one model", models);
  require(setup.realizations >= 1, "realizations must be at least 1", setup.realizations);
  require(setup.pool >= 1 && setup.pool <= n, "the pool must hold 1 to " + std::to_string(n) + " queries",
          setup.pool);
  require(setup.budget >= 1 && setup.budget <= setup.pool,
          "the budget must be 1 to " + std::to_string(setup.pool) + " query equivalents, the size of the pool",
          setup.budget);
  if (!(setup.within >= 0 && setup.within < 1)) {
    throw InvalidArgument("the tolerance of the plot must be at least 0 and below 1, came " +
                          std::to_string(setup.within));
  }
  select::check(
      select::Goal{.epsilon = setup.epsilon, .confidence = setup.confidence, .good_enough = setup.good_enough});
  const auto expect_size = [&](std::size_t came, std::size_t expected, const char* what) {
    if (came == expected) return;
    throw InvalidArgument("expected " + std::to_string(expected) + " " + what + ", came " + std::to_string(came));
  };
  if (setup.good_enough) expect_size(setup.prices.size(), models, "prices, of each model one");
  if (setup.generating.empty() && setup.judging.empty()) return;
  expect_size(setup.generating.size(), n * models, "prices of answers");
  expect_size(setup.judging.size(), n * models, "prices of judgements");
}

std::vector<ReplayResult> replay(const ReplaySetup& setup, std::span<const Competitor> competitors,
                                 const Progress& progress) {
  check(setup);
  return results_of(setup, competitors, replay_runs(setup, competitors, {0, setup.realizations}, progress));
}

std::vector<double> replay_part(const ReplaySetup& setup, std::span<const Competitor> competitors, const Part& part,
                                const Progress& progress) {
  check(setup);
  if (part.begin > part.end || part.end > setup.realizations) {
    throw InvalidArgument("expected a part of realizations 0 to " + std::to_string(setup.realizations) + ", came " +
                          std::to_string(part.begin) + ":" + std::to_string(part.end));
  }
  const std::vector<Runs> runs = replay_runs(setup, competitors, part, progress);
  std::vector<double> numbers;
  for (const Runs& of_competitor : runs) {
    for (std::size_t i = 0; i < part.end - part.begin; ++i) add_numbers(of_competitor, i, numbers);
  }
  return numbers;
}

std::vector<ReplayResult> replay_of_parts(const ReplaySetup& setup, std::span<const Competitor> competitors,
                                          std::span<const PlayedPart> parts) {
  check(setup);
  check_parts(setup.realizations, parts);
  std::vector<Runs> runs(competitors.size(), Runs(setup.realizations));
  for (const PlayedPart& one : parts) {
    Numbers numbers(one.numbers);
    for (Runs& of_competitor : runs) {
      for (std::size_t r = one.part.begin; r < one.part.end; ++r) {
        take_numbers(numbers, setup.budget * setup.rewards->models(), r, of_competitor);
      }
    }
    if (numbers.left() > 0) throw Numbers::wrong();
  }
  return results_of(setup, competitors, runs);
}

std::array<std::optional<double>, kTolerances.size()> efficiency(const ReplayResult& result,
                                                                 std::span<const ReplayResult* const> baselines) {
  std::array<std::optional<double>, kTolerances.size()> shares;
  for (std::size_t d = 0; d < kTolerances.size(); ++d) {
    std::optional<double> fewest;
    for (const ReplayResult* baseline : baselines) {
      const std::optional<double>& labels = baseline->labels_to_reach[d];
      if (labels && (!fewest || *labels < *fewest)) fewest = labels;
    }
    if (fewest && result.labels_to_reach[d]) shares[d] = 1.0 - *result.labels_to_reach[d] / *fewest;
  }
  return shares;
}

}  // namespace assay::sim
