#include "assay/asking/allocate_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "assay/allocate/variance_model.h"
#include "assay/allocate/worst_error.h"
#include "assay/core/error.h"
#include "assay/core/parallel.h"
#include "assay/stats/betting.h"
#include "assay/stats/normal.h"

namespace assay::asking {
namespace {

constexpr double kError = 0.05;  // of intervals and of the bound
constexpr std::size_t kVariances = 16;
constexpr std::size_t kMostCalls = 4'000'000'000;  // of an arm; tallies count in 32 bits

stats::Interval interval_of(std::span<const double> scores, const Scale& scale, double error) {
  const double width = scale.high - scale.low;
  if (!(width > 0)) return {scale.low, scale.low};
  std::vector<double> shares;
  shares.reserve(scores.size());
  for (const double score : scores) shares.push_back(std::clamp((score - scale.low) / width, 0.0, 1.0));
  const stats::Interval share = stats::drawn_mean_interval(shares, error);
  return {scale.low + width * share.low, scale.low + width * share.high};
}

// What an arm's variance may be, as equally likely values: the rare score that it has not shown yet is among them.
void add_variances(const allocate::VarianceModel& model, const allocate::ArmTally& tally,
                   std::vector<double>& variances) {
  for (std::size_t i = 0; i < kVariances; ++i) {
    const double share = (static_cast<double>(i) + 0.5) / static_cast<double>(kVariances);
    variances.push_back(model.at(tally, stats::normal_quantile(share)));
  }
}

void fill_likely_error(std::span<const allocate::ArmTally> tallies, AllocateReport& report) {
  allocate::VarianceModel model(tallies.size());
  model.fit(tallies);
  std::vector<double> variances, of_means;
  double scores = 0;
  for (const allocate::ArmTally& tally : tallies) {
    if (tally.scores == 0) continue;
    report.varies = report.varies || tally.m2 > 0;
    scores += tally.scores;
    add_variances(model, tally, variances);
    for (std::size_t i = variances.size() - kVariances; i < variances.size(); ++i) {
      of_means.push_back(variances[i] / static_cast<double>(tally.scores));
    }
  }
  if (!report.varies) return;
  report.worst_error_likely = allocate::likely_worst_error(of_means, kVariances);
  const double calls_a_score = static_cast<double>(report.calls) / scores;
  report.uniform_calls = calls_a_score * allocate::uniform_calls(variances, report.worst_error_likely, kVariances);
}

}  // namespace

void check_budget(std::size_t calls) {
  if (calls >= 1 && calls <= kMostCalls) return;
  throw InvalidArgument(
      fmt::format("the budget must be a positive number of calls, {} at most, came {}", kMostCalls, calls));
}

AllocateRun::AllocateRun(AllocateSetup setup) : setup_(std::move(setup)) {
  restart();
  allocate::check_budget(*setup_.allocator, setup_.parameters, setup_.arms.size(), setup_.budget);
}

void AllocateRun::restart() {
  allocation_.emplace(*setup_.allocator, allocate::AllocationProblem{setup_.arms.size(), setup_.variances},
                      setup_.parameters);
  given_.assign(setup_.arms.size(), {});
  waiting_.assign(setup_.arms.size(), 0);
  answered_ = 0;
}

std::vector<Ask> AllocateRun::propose(std::size_t limit) {
  std::vector<Ask> asks;
  for (std::size_t i = 0; i < limit; ++i) {
    const ArmId arm = allocation_->next();
    const std::size_t at = index(arm);
    asks.push_back({static_cast<std::uint32_t>(at), allocation_->arms()[at].calls - 1});
    ++waiting_[at];
  }
  return asks;
}

void AllocateRun::observe(std::span<const Answer> answers) {
  for (const Answer& answer : answers) {
    allocation_->observe(arm_id(answer.ask.item), answer.value);
    --waiting_[answer.ask.item];
    ++answered_;
    if (!answer.failed()) given_[answer.ask.item].push_back(answer.value);
  }
}

// Without the calls that have no answer yet.
std::vector<allocate::ArmTally> AllocateRun::tallies() const {
  std::vector<allocate::ArmTally> tallies(allocation_->arms().begin(), allocation_->arms().end());
  for (std::size_t i = 0; i < tallies.size(); ++i) tallies[i].calls -= waiting_[i];
  return tallies;
}

void AllocateRun::fill_arms(std::span<const allocate::ArmTally> tallies, AllocateReport& report) const {
  const std::vector<double> estimate = allocate::estimates(report.estimate, tallies);
  const bool known = !setup_.means.empty();
  if (!known) report.worst_error_true = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    const allocate::ArmTally& tally = tallies[i];
    const store::Scoring::Arm& arm = setup_.arms[i];
    const double mean = tally.scores > 0 ? tally.mean : std::numeric_limits<double>::quiet_NaN();
    report.arms.push_back({arm.query, arm.model, arm.turn, tally.calls, tally.failed, mean, estimate[i], {}});
    report.calls_failed += tally.failed;
    report.unscored += tally.scores == 0 ? 1 : 0;
    if (tally.scores > 0 && known) {
      report.worst_error_true = std::max(report.worst_error_true, std::abs(estimate[i] - setup_.means[i]));
    }
  }
}

// The intervals, and the bound: with 95 % all of K wider intervals hold together.
void AllocateRun::fill_intervals(AllocateReport& report) const {
  const double error_of_one = kError / static_cast<double>(report.arms.size());
  std::vector<double> furthest(report.arms.size(), 0.0);
  parallel_for(report.arms.size(), setup_.threads, [&](std::size_t i) {
    AllocateReport::Arm& arm = report.arms[i];
    arm.interval = interval_of(given_[i], report.scale, kError);
    if (std::isnan(arm.estimate)) return;
    const stats::Interval wide = interval_of(given_[i], report.scale, error_of_one);
    furthest[i] = std::max(arm.estimate - wide.low, wide.high - arm.estimate);
  });
  report.worst_error_bound = *std::max_element(furthest.begin(), furthest.end());
}

AllocateReport AllocateRun::report() const {
  AllocateReport report;
  report.allocator = setup_.allocator->name;
  report.estimate = setup_.estimate;
  report.parameters = setup_.parameters;
  report.scale = setup_.scale;
  report.budget = setup_.budget;
  report.calls = answered_;
  const std::vector<allocate::ArmTally> now = tallies();
  fill_arms(now, report);
  fill_intervals(report);
  fill_likely_error(now, report);
  return report;
}

}  // namespace assay::asking
