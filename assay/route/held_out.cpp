#include "assay/route/held_out.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <unordered_map>
#include <utility>

#include "assay/core/hash.h"
#include "assay/core/parallel.h"
#include "assay/route/accuracy.h"
#include "assay/route/neighbour_vote.h"
#include "assay/route/ridge.h"

namespace assay::route {
namespace {

constexpr std::size_t kProbes = 4096;
constexpr std::size_t kFolds = 5;

enum List : std::size_t { of_other_tasks, of_other_texts };

// Queries of all tasks in proportion, in the order of the tasks: of those that `counts` takes.
template <typename Counts>
std::vector<std::size_t> choose_probes(const BenchmarkView& benchmark, const Counts& counts) {
  std::vector<std::vector<std::size_t>> members(benchmark.tasks);
  std::size_t count = 0;
  for (std::size_t i = 0; i < benchmark.queries(); ++i) {
    if (!counts(i)) continue;
    members[benchmark.task[i]].push_back(i);
    ++count;
  }
  const std::size_t step = std::max<std::size_t>(1, (count + kProbes - 1) / kProbes);
  std::vector<std::size_t> probes;
  for (const std::vector<std::size_t>& queries : members) {
    for (std::size_t i = 0; i < queries.size(); i += step) probes.push_back(queries[i]);
  }
  return probes;
}

// Sums of all groups but one, for each group.
std::vector<RidgeSums> sums_of_others(const std::vector<RidgeSums>& sums) {
  RidgeSums all;
  for (const RidgeSums& of_group : sums) all.add(of_group);
  std::vector<RidgeSums> others;
  for (const RidgeSums& of_group : sums) {
    others.push_back(all);
    others.back().add(of_group, -1);
  }
  return others;
}

// For each task the queries of other tasks that have a text of its own.
std::vector<std::vector<std::size_t>> twins_of_tasks(const BenchmarkView& benchmark) {
  std::unordered_map<std::uint32_t, std::vector<std::size_t>> with_text;
  for (std::size_t i = 0; i < benchmark.queries(); ++i) with_text[benchmark.same_text[i]].push_back(i);
  std::vector<std::vector<std::size_t>> twins(benchmark.tasks);
  for (const auto& [text, queries] : with_text) {
    std::set<std::uint32_t> tasks;
    for (const std::size_t query : queries) tasks.insert(benchmark.task[query]);
    if (tasks.size() == 1) continue;
    for (const std::uint32_t task : tasks) {
      for (const std::size_t query : queries) {
        if (benchmark.task[query] != task) twins[task].push_back(query);
      }
    }
  }
  for (std::vector<std::size_t>& queries : twins) std::sort(queries.begin(), queries.end());
  return twins;
}

// Of all queries but those of a group and what else goes with it, `along`; empty: nothing.
std::vector<std::vector<RidgeFit>> fits_without(const BenchmarkView& benchmark,
                                                std::span<const std::uint32_t> group, std::size_t groups,
                                                std::span<const std::vector<std::size_t>> along,
                                                std::size_t threads, std::vector<RidgeSums>& sums) {
  sums = ridge_sums(benchmark, group, groups, threads);
  std::vector<RidgeSums> others = sums_of_others(sums);
  for (std::size_t g = 0; g < along.size(); ++g) {
    if (!along[g].empty()) others[g].add(ridge_sums(benchmark, along[g], threads), -1);
  }
  std::vector<std::vector<RidgeFit>> fits(groups);
  parallel_for(groups, threads, [&](std::size_t g) { fits[g] = fit_ridge(others[g], kPenalties); });
  return fits;
}

std::vector<double> predictions(const std::vector<RidgeFit>& fits, std::span<const float> vector,
                                std::size_t models) {
  std::vector<double> result(fits.size() * models);
  for (std::size_t p = 0; p < fits.size(); ++p) {
    fits[p].view().predict(vector, std::span(result).subspan(p * models, models));
  }
  return result;
}

// Rows of m values, each less the mean of its row; then each less the mean of its column: what is left is which
// model suits which row. What is NaN stays so.
void centre_twice(std::vector<double>& values, std::size_t m) {
  std::vector<double> sums(m, 0.0), known(m, 0.0);
  for (std::size_t begin = 0; begin < values.size(); begin += m) {
    const std::vector<double> row = centred(std::span(values).subspan(begin, m));
    for (std::size_t j = 0; j < m; ++j) {
      values[begin + j] = row[j];
      if (std::isnan(row[j])) continue;
      sums[j] += row[j];
      ++known[j];
    }
  }
  for (std::size_t begin = 0; begin < values.size(); begin += m) {
    for (std::size_t j = 0; j < m; ++j) values[begin + j] -= sums[j] / std::max(1.0, known[j]);
  }
}

// HeldOutTask::agreement, of votes and truths (probes x m, both NaN where a cell is unknown).
std::vector<double> agreement_of(std::vector<double> votes, std::vector<double> truth, std::size_t m) {
  centre_twice(votes, m);
  centre_twice(truth, m);
  std::vector<double> result;
  for (std::size_t begin = 0; begin < votes.size(); begin += m) {
    std::vector<double> products(m);
    for (std::size_t j = 0; j < m; ++j) products[j] = votes[begin + j] * truth[begin + j];
    const double mean = mean_of_known(products);
    if (!std::isnan(mean)) result.push_back(mean);
  }
  return result;
}

// S1, S2, p, u and the agreement of a task from the votes on its probes.
void summarize(const BenchmarkView& benchmark, std::span<const std::size_t> probes,
               std::span<const std::vector<neighbours::Neighbour>> lists, HeldOutTask& task) {
  const std::size_t m = benchmark.models;
  task.s1.assign(kVotes * m, 0.0);
  task.s2.assign(kVotes * m, 0.0);
  task.right.assign(kVotes * m, 0.0);
  task.distance.assign(kVotes, 0.0);
  std::vector<double> known(m, 0.0), votes(kVotes * m), mean_votes, truth;
  for (std::size_t i = 0; i < probes.size(); ++i) {
    vote(benchmark, {}, lists[i], task.accuracy, votes);
    const std::span<const Correctness> row = benchmark.row(probes[i]);
    for (std::size_t j = 0; j < m; ++j) known[j] += row[j].known() ? 1 : 0;
    for (std::size_t c = 0; c < kVotes * m; ++c) {
      const bool binary = votes[c] > 0.5;
      const Correctness cell = row[c % m];
      task.s1[c] += votes[c];
      task.s2[c] += binary ? 1 : 0;
      if (cell.known()) task.right[c] += binary ? cell.score() : 1 - cell.score();
    }
    for (std::size_t k = 0; k < kVotes; ++k) task.distance[k] += mean_distance(lists[i], kNeighbours[k]);
    const std::vector<double> mean = mean_vote(votes, m);
    for (std::size_t j = 0; j < m; ++j) {
      mean_votes.push_back(row[j].known() ? mean[j] : std::numeric_limits<double>::quiet_NaN());
      truth.push_back(row[j].score());
    }
  }
  task.agreement = agreement_of(std::move(mean_votes), std::move(truth), m);
  const auto count = static_cast<double>(probes.size());
  for (std::size_t c = 0; c < kVotes * m; ++c) {
    task.s1[c] /= count;
    task.s2[c] /= count;
    task.right[c] = known[c % m] > 0 ? task.right[c] / known[c % m] : std::numeric_limits<double>::quiet_NaN();
  }
  for (double& distance : task.distance) distance /= count;
}

// The average over the tasks without one of them, and without the queries that have texts of it.
std::vector<double> average_of_others(const BenchmarkView& benchmark, std::vector<AccuracySum> of_tasks,
                                      std::size_t task, std::span<const std::size_t> twins) {
  for (const std::size_t query : twins) {
    AccuracySum one(benchmark.models);
    one.add(benchmark.row(query));
    of_tasks[benchmark.task[query]].subtract(one);
  }
  std::vector<double> shares, known;
  for (const AccuracySum& sum : of_tasks) {
    const std::vector<double> row = sum.shares();
    shares.insert(shares.end(), row.begin(), row.end());
    const std::vector<double> cells = sum.known();
    known.insert(known.end(), cells.begin(), cells.end());
  }
  return average_over_tasks(shares, known, benchmark.models, task);
}

std::vector<std::uint32_t> folds_of(const BenchmarkView& benchmark) {
  std::vector<std::uint32_t> folds(benchmark.queries());
  for (std::size_t i = 0; i < folds.size(); ++i) {
    folds[i] = static_cast<std::uint32_t>(mix64(benchmark.same_text[i] + kGoldenGamma) % kFolds);
  }
  return folds;
}

std::vector<float> vectors_of(const BenchmarkView& benchmark, std::span<const std::size_t> queries) {
  std::vector<float> vectors;
  vectors.reserve(queries.size() * benchmark.vectors.dimensions);
  for (const std::size_t query : queries) {
    const std::span<const float> vector = benchmark.vectors.at(query);
    vectors.insert(vectors.end(), vector.begin(), vector.end());
  }
  return vectors;
}

// Of the probes, whose neighbours of other texts are in `lists`.
std::vector<HeldOutQuery> without_folds(const BenchmarkView& benchmark, std::span<const std::size_t> probes,
                                        std::span<const std::vector<neighbours::Neighbour>> lists,
                                        std::size_t threads) {
  const std::size_t m = benchmark.models;
  const std::vector<std::uint32_t> folds = folds_of(benchmark);
  std::vector<RidgeSums> sums;
  const auto fits = fits_without(benchmark, folds, kFolds, {}, threads, sums);
  std::vector<HeldOutQuery> queries(probes.size());
  parallel_for(probes.size(), threads, [&](std::size_t i) {
    HeldOutQuery& query = queries[i];
    const std::vector<RidgeFit>& of_fold = fits[folds[probes[i]]];
    query.query = probes[i];
    query.accuracy = of_fold[0].accuracy;
    query.votes.resize(kVotes * m);
    for (std::size_t k = 0; k < kVotes; ++k) {
      cautious_vote(benchmark, lists[i], kNeighbours[k], query.accuracy, std::span(query.votes).subspan(k * m, m));
    }
    query.ridge = predictions(of_fold, benchmark.vectors.at(probes[i]), m);
  });
  return queries;
}

}  // namespace

std::vector<HeldOutQuery> leave_out_queries(const BenchmarkView& benchmark, std::size_t fewest,
                                            std::size_t threads) {
  const std::vector<std::size_t> probes = choose_probes(benchmark, [&](std::size_t i) {
    return std::ranges::count_if(benchmark.row(i), [](Correctness cell) { return cell.known(); }) > 1;
  });
  if (probes.size() < fewest) return {};
  const std::vector<float> vectors = vectors_of(benchmark, probes);
  const auto lists = neighbour_lists(
      benchmark.vectors, {vectors, benchmark.vectors.dimensions}, 1,
      [&](std::size_t, std::size_t position, std::size_t index) {
        return benchmark.same_text[index] != benchmark.same_text[probes[position]];
      },
      threads);
  return without_folds(benchmark, probes, lists[0], threads);
}

HeldOut leave_out(const BenchmarkView& benchmark, std::size_t threads, const Progress& progress) {
  const std::size_t m = benchmark.models;
  const std::size_t d = benchmark.vectors.dimensions;
  const std::vector<std::size_t> probes = choose_probes(benchmark, [](std::size_t) { return true; });
  const std::vector<float> vectors = vectors_of(benchmark, probes);
  const std::vector<std::vector<std::size_t>> twins = twins_of_tasks(benchmark);
  const auto lists = neighbour_lists(
      benchmark.vectors, {vectors, d}, 2,
      [&](std::size_t list, std::size_t position, std::size_t index) {
        const std::size_t probe = probes[position];
        if (benchmark.same_text[index] == benchmark.same_text[probe]) return false;
        if (list == of_other_texts) return true;
        const std::vector<std::size_t>& along = twins[benchmark.task[probe]];
        return benchmark.task[index] != benchmark.task[probe] &&
               !std::binary_search(along.begin(), along.end(), index);
      },
      threads, progress);

  HeldOut result;
  result.tasks.resize(benchmark.tasks);
  std::vector<RidgeSums> sums;
  const auto task_fits = fits_without(benchmark, benchmark.task, benchmark.tasks, twins, threads, sums);
  const std::vector<AccuracySum> of_tasks = accuracy_sums(benchmark, benchmark.task, benchmark.tasks);
  for (std::size_t t = 0; t < benchmark.tasks; ++t) {
    HeldOutTask& task = result.tasks[t];
    task.truth = of_tasks[t].shares();
    task.known = of_tasks[t].known();
    task.accuracy = task_fits[t][0].accuracy;
    task.average = average_of_others(benchmark, of_tasks, t, twins[t]);
    std::vector<double> mean = sums[t].vector_sum;
    for (double& value : mean) value /= std::max(1.0, sums[t].queries);
    task.ridge.resize(m);
    const RidgeFit fit = mean_fit(std::span(task_fits[t]).first(kTaskPenalties));
    fit.view().predict(mean, task.ridge);
  }
  for (std::size_t begin = 0, end = 0; begin < probes.size(); begin = end) {
    const std::uint32_t task = benchmark.task[probes[begin]];
    while (end < probes.size() && benchmark.task[probes[end]] == task) ++end;
    summarize(benchmark, std::span(probes).subspan(begin, end - begin),
              std::span(lists[of_other_tasks]).subspan(begin, end - begin), result.tasks[task]);
  }

  result.queries = without_folds(benchmark, probes, lists[of_other_texts], threads);
  return result;
}

}  // namespace assay::route
