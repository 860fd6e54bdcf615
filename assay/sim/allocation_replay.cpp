#include "assay/sim/allocation_replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "assay/allocate/allocation.h"
#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/core/parallel.h"
#include "assay/stats/correlation.h"

namespace assay::sim {
namespace {

constexpr std::size_t kCurvePoints = 200;

/// Sum and count of the scores of an arm that did not fail.
struct Sum {
  double sum = 0;
  double count = 0;
  double mean() const { return count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN(); }
};

template <typename Value>
Sum sum_over(std::span<const double> scores, Value value) {
  Sum sum;
  for (const double score : scores) {
    if (std::isnan(score)) continue;
    sum.sum += value(score);
    ++sum.count;
  }
  return sum;
}

/// What all runs share.
struct Truth {
  std::vector<double> means;
  std::vector<double> variances;
};

/// One competitor in one run; entries as in AllocationResult.
struct RunResult {
  std::vector<double> wce, mae, curve;
  std::vector<std::optional<double>> pearson, spearman, kendall;
};

void fill_unknown(std::vector<double>& values) {
  const Sum known = sum_over(values, [](double value) { return value; });
  for (double& value : values) {
    if (std::isnan(value)) value = known.count > 0 ? known.mean() : 0.0;
  }
}

double worst_error(std::span<const double> estimates, std::span<const double> means) {
  double worst = 0;
  for (std::size_t i = 0; i < means.size(); ++i) worst = std::max(worst, std::abs(estimates[i] - means[i]));
  return worst;
}

double mean_error(std::span<const double> estimates, std::span<const double> means) {
  double sum = 0;
  for (std::size_t i = 0; i < means.size(); ++i) sum += std::abs(estimates[i] - means[i]);
  return sum / static_cast<double>(means.size());
}

void agree(std::span<const double> estimates, std::span<const double> reference, RunResult& result) {
  if (reference.empty()) return;
  std::vector<double> x, y;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (std::isnan(reference[i])) continue;
    x.push_back(estimates[i]);
    y.push_back(reference[i]);
  }
  result.pearson.push_back(stats::pearson(x, y));
  result.spearman.push_back(stats::spearman(x, y));
  result.kendall.push_back(stats::kendall(x, y));
}

RunResult run(const AllocationSetup& setup, const AllocationCompetitor& competitor, const Truth& truth,
              std::size_t number) {
  const std::uint64_t seed = mix64(setup.seed * kGoldenGamma + number);
  const std::size_t budget = setup.budgets.back();
  allocate::Allocation allocation(*competitor.entry, {truth.means.size(), truth.variances}, competitor.parameters);
  RunResult result;
  std::size_t next_budget = 0;
  std::size_t next_point = 1;
  while (allocation.calls() < budget) {
    const ArmId arm = allocation.next();
    const std::uint32_t repeat = allocation.arms()[index(arm)].calls - 1;
    allocation.observe(arm, recorded_score(*setup.scores, seed, {arm, repeat}));
    const bool at_budget = allocation.calls() == setup.budgets[next_budget];
    const bool point = allocation.calls() * kCurvePoints >= next_point * budget;
    if (!at_budget && !point) continue;
    std::vector<double> values = allocate::estimates(competitor.estimate, allocation.arms());
    fill_unknown(values);
    const double worst = worst_error(values, truth.means);
    for (; next_point <= kCurvePoints && allocation.calls() * kCurvePoints >= next_point * budget; ++next_point) {
      result.curve.push_back(worst);
    }
    if (!at_budget) continue;
    ++next_budget;
    result.wce.push_back(worst);
    result.mae.push_back(mean_error(values, truth.means));
    agree(values, setup.reference, result);
  }
  return result;
}

template <typename Value>
stats::MeanSe measure(std::size_t runs, Value value) {
  double sum = 0, squares = 0;
  for (std::size_t r = 0; r < runs; ++r) sum += value(r);
  const double mean = sum / static_cast<double>(runs);
  for (std::size_t r = 0; r < runs; ++r) squares += (value(r) - mean) * (value(r) - mean);
  const double count = static_cast<double>(runs);
  return {mean, runs > 1 ? std::sqrt(squares / (count - 1) / count) : 0.0};
}

// Over the runs in which it is defined.
template <typename Value>
std::optional<double> mean_where_defined(std::size_t runs, Value value) {
  Sum sum;
  for (std::size_t r = 0; r < runs; ++r) {
    const std::optional<double> one = value(r);
    if (!one) continue;
    sum.sum += *one;
    ++sum.count;
  }
  return sum.count > 0 ? std::optional(sum.mean()) : std::nullopt;
}

AllocationResult summary(std::span<const RunResult> runs, std::span<const RunResult> uniform) {
  AllocationResult result;
  const std::size_t count = runs.size();
  for (std::size_t b = 0; b < runs.front().wce.size(); ++b) {
    result.wce.push_back(measure(count, [&](std::size_t r) { return runs[r].wce[b]; }));
    result.mae.push_back(measure(count, [&](std::size_t r) { return runs[r].mae[b]; }));
    result.wce_less_uniform.push_back(
        measure(count, [&](std::size_t r) { return runs[r].wce[b] - uniform[r].wce[b]; }));
  }
  for (std::size_t b = 0; b < runs.front().pearson.size(); ++b) {
    result.pearson.push_back(mean_where_defined(count, [&](std::size_t r) { return runs[r].pearson[b]; }));
    result.spearman.push_back(mean_where_defined(count, [&](std::size_t r) { return runs[r].spearman[b]; }));
    result.kendall.push_back(mean_where_defined(count, [&](std::size_t r) { return runs[r].kendall[b]; }));
  }
  for (std::size_t p = 0; p < kCurvePoints; ++p) {
    result.curve.push_back(measure(count, [&](std::size_t r) { return runs[r].curve[p]; }).mean);
    result.uniform_curve.push_back(measure(count, [&](std::size_t r) { return uniform[r].curve[p]; }).mean);
  }
  result.calls_to_match_uniform = share_to_reach(result.curve, result.uniform_curve.back());
  return result;
}

void check_budgets(std::span<const std::size_t> budgets) {
  if (budgets.empty() || budgets.front() == 0) throw InvalidArgument("a budget must be a positive number of calls");
  for (std::size_t i = 1; i < budgets.size(); ++i) {
    if (budgets[i] <= budgets[i - 1]) throw InvalidArgument("the budgets must increase");
  }
}

}  // namespace

std::vector<double> means_of(const ScoreTable& scores) {
  std::vector<double> means;
  for (std::size_t i = 0; i < scores.arms(); ++i) {
    means.push_back(sum_over(scores.scores(arm_id(i)), [](double score) { return score; }).mean());
  }
  return means;
}

std::vector<double> variances_of(const ScoreTable& scores) {
  const std::vector<double> means = means_of(scores);
  std::vector<double> variances;
  for (std::size_t i = 0; i < scores.arms(); ++i) {
    variances.push_back(sum_over(scores.scores(arm_id(i)), [&](double score) {
                          return (score - means[i]) * (score - means[i]);
                        }).mean());
  }
  return variances;
}

std::optional<double> share_to_reach(std::span<const double> curve, double target) {
  std::size_t above = curve.size();  // how many points are left once the last one above the target is cut off
  while (above > 0 && curve[above - 1] <= target) --above;
  if (above == curve.size()) return std::nullopt;
  const auto parts = static_cast<double>(curve.size());
  if (above == 0) return 1 / parts;
  const double fall = curve[above - 1] - curve[above];
  return (static_cast<double>(above) + (curve[above - 1] - target) / fall) / parts;
}

void check(const AllocationSetup& setup, std::span<const AllocationCompetitor> competitors) {
  check_budgets(setup.budgets);
  if (setup.runs == 0) throw InvalidArgument("expected at least one run, came 0");
  const std::size_t arms = setup.scores->arms();
  for (std::size_t i = 0; i < arms; ++i) {
    if (sum_over(setup.scores->scores(arm_id(i)), [](double) { return 0.0; }).count == 0) {
      throw InvalidArgument(fmt::format("arm {} has no score", i));
    }
  }
  for (const AllocationCompetitor& competitor : competitors) {
    allocate::check_budget(*competitor.entry, competitor.parameters, arms, setup.budgets.back());
  }
}

std::vector<AllocationResult> replay(const AllocationSetup& setup,
                                     std::span<const AllocationCompetitor> competitors, const Progress& progress) {
  check(setup, competitors);
  const Truth truth{means_of(*setup.scores), variances_of(*setup.scores)};
  std::vector<AllocationCompetitor> all(competitors.begin(), competitors.end());
  all.push_back({&allocate::allocator("uniform"), {}, allocate::EstimateRule::mean});
  std::vector<RunResult> runs(all.size() * setup.runs);
  parallel_for(
      runs.size(), setup.threads,
      [&](std::size_t i) { runs[i] = run(setup, all[i / setup.runs], truth, i % setup.runs); }, progress);
  const auto of = [&](std::size_t competitor) {
    return std::span<const RunResult>(runs).subspan(competitor * setup.runs, setup.runs);
  };
  const std::span<const RunResult> uniform = of(competitors.size());
  std::vector<AllocationResult> results;
  for (std::size_t c = 0; c < competitors.size(); ++c) results.push_back(summary(of(c), uniform));
  return results;
}

}  // namespace assay::sim
