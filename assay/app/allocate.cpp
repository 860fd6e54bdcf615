#include "assay/app/allocate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "assay/allocate/allocation.h"
#include "assay/allocate/variance_model.h"
#include "assay/allocate/worst_error.h"
#include "assay/core/error.h"
#include "assay/core/parallel.h"
#include "assay/sim/allocation_replay.h"
#include "assay/stats/betting.h"
#include "assay/stats/normal.h"

namespace assay::app {
namespace {

constexpr double kError = 0.05;  // of intervals and of the bound
constexpr std::size_t kVariances = 16;
constexpr std::size_t kMostCalls = 4'000'000'000;  // of an arm; tallies count in 32 bits
constexpr std::size_t kMostAtATime = 1'000'000;

// Scores that a study keeps of an oracle, and the oracle for the rest.
class Scores {
 public:
  Scores(store::Study& study, const store::Scoring& scoring, asking::ScoreOracle& oracle)
      : study_(study), scoring_(scoring), oracle_(oracle), name_(oracle.name()), known_(scoring.arms.size()) {
    for (const store::StoredScore& score : study.scores_given(name_, scoring)) {
      known_[score.arm].emplace(score.repeat, score.value);
    }
  }

  // One for each call, in their order: whoever answered first, sums come out the same to the last bit.
  void get(std::span<const ScoreCall> calls, std::vector<Score>& scores) {
    std::vector<ScoreCall> unknown;
    for (const ScoreCall& call : calls) {
      if (!known_[index(call.arm)].contains(call.repeat)) unknown.push_back(call);
    }
    if (!unknown.empty()) {
      oracle_.ask(unknown, [&](const Score& score) { keep(score); });
    }
    for (const ScoreCall& call : calls) {
      const auto found = known_[index(call.arm)].find(call.repeat);
      if (found == known_[index(call.arm)].end()) throw OracleError("the oracle left a call without an answer");
      scores.push_back({call, found->second});
    }
  }

  // Those that are known, in the order of the calls.
  void get_known(std::span<const ScoreCall> calls, std::vector<Score>& scores) const {
    for (const ScoreCall& call : calls) {
      const auto found = known_[index(call.arm)].find(call.repeat);
      if (found != known_[index(call.arm)].end()) scores.push_back({call, found->second});
    }
  }

  std::size_t asked() const { return asked_; }

 private:
  void keep(const Score& score) {
    const auto arm = static_cast<std::uint32_t>(index(score.call.arm));
    study_.keep_score(name_, scoring_, {arm, score.call.repeat, score.value});
    known_[arm].emplace(score.call.repeat, score.value);
    ++asked_;
  }

  store::Study& study_;
  const store::Scoring& scoring_;
  asking::ScoreOracle& oracle_;
  std::string name_;
  std::vector<std::unordered_map<std::uint32_t, double>> known_;  // an arm each, by repeat
  std::size_t asked_ = 0;
};

stats::Interval interval_of(std::span<const double> scores, const Scale& scale, double error) {
  const double width = scale.high - scale.low;
  if (!(width > 0)) return {scale.low, scale.low};
  std::vector<double> shares;
  shares.reserve(scores.size());
  for (const double score : scores) shares.push_back(std::clamp((score - scale.low) / width, 0.0, 1.0));
  const stats::Interval share = stats::drawn_mean_interval(shares, error);
  return {scale.low + width * share.low, scale.low + width * share.high};
}

// The intervals, and the bound: with 95 % all of K wider intervals hold together.
void fill_intervals(const std::vector<std::vector<double>>& scores, std::size_t threads, AllocateReport& report) {
  const double error_of_one = kError / static_cast<double>(report.arms.size());
  std::vector<double> furthest(report.arms.size(), 0.0);
  parallel_for(report.arms.size(), threads, [&](std::size_t i) {
    AllocateReport::Arm& arm = report.arms[i];
    arm.interval = interval_of(scores[i], report.scale, kError);
    if (std::isnan(arm.estimate)) return;
    const stats::Interval wide = interval_of(scores[i], report.scale, error_of_one);
    furthest[i] = std::max(arm.estimate - wide.low, wide.high - arm.estimate);
  });
  report.worst_error_bound = *std::max_element(furthest.begin(), furthest.end());
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

void fill_arms(const AllocateRequest& request, const store::Scoring& scoring,
               std::span<const allocate::ArmTally> tallies, AllocateReport& report) {
  const std::vector<double> estimate = allocate::estimates(report.estimate, tallies);
  const bool known = !asking::oracle(request.oracle).live;
  const std::vector<double> truth = sim::means_of(scoring.scores);
  if (!known) report.worst_error_true = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    const allocate::ArmTally& tally = tallies[i];
    const store::Scoring::Arm& arm = scoring.arms[i];
    const double mean = tally.scores > 0 ? tally.mean : std::numeric_limits<double>::quiet_NaN();
    report.arms.push_back({arm.query, arm.model, arm.turn, tally.calls, tally.failed, mean, estimate[i], {}});
    report.calls_failed += tally.failed;
    report.unscored += tally.scores == 0 ? 1 : 0;
    if (tally.scores > 0 && known) {
      report.worst_error_true = std::max(report.worst_error_true, std::abs(estimate[i] - truth[i]));
    }
  }
}

// False: the money ended; `answers` are then those that came before.
bool ask(Scores& scores, std::span<const ScoreCall> calls, std::vector<Score>& answers, AllocateReport& report) {
  try {
    scores.get(calls, answers);
    return true;
  } catch (const judge::BudgetEnded& ended) {
    scores.get_known(calls, answers);
    report.money_ended = true;
    report.notes.push_back("the limit of cost ended the run: " + std::string(ended.what()));
    return false;
  }
}

// The tallies without the calls of `last`, a batch, that got no answer.
std::vector<allocate::ArmTally> answered(std::span<const allocate::ArmTally> arms, std::span<const ScoreCall> last,
                                         std::span<const Score> answers) {
  std::vector<allocate::ArmTally> tallies(arms.begin(), arms.end());
  for (const ScoreCall& call : last) --tallies[index(call.arm)].calls;
  if (last.empty()) return tallies;
  for (const Score& score : answers) ++tallies[index(score.call.arm)].calls;
  return tallies;
}

AllocateReport describe_run(const AllocateRequest& request, const store::Scoring& scoring) {
  AllocateReport report;
  report.study = request.study;
  report.judge = scoring.judge;
  report.oracle = request.oracle.name;
  report.allocator = request.allocator;
  report.seed = request.seed;
  report.budget = request.budget;
  report.notes = scoring.notes;
  report.scale_declared = request.scale.has_value();
  report.scale = request.scale ? *request.scale : store::scale_of(scoring);
  return report;
}

void check_request(const AllocateRequest& request, const allocate::AllocatorEntry& entry) {
  if (asking::oracle(request.oracle).live) {
    if (entry.needs_variances) {
      throw InvalidArgument(
          "allocator " + std::string(entry.name) +
          " must know the variances, which only recorded scores tell; it goes with oracle recorded");
    }
    if (!request.scale) {
      throw InvalidArgument("oracle " + quoted(request.oracle.name) +
                            " must be told the scale: --scale LOW,HIGH, the lowest and the highest score");
    }
  }
  for (const auto& [name, value] : request.parameters) {
    if (has_parameter(entry.parameters, name)) continue;
    throw InvalidArgument("allocator " + std::string(entry.name) + " does not use " + name + ", which goes with " +
                          rows_with(allocate::allocators(), name));
  }
  check_budget(request.budget);
  if (request.batch < 1 || request.batch > kMostAtATime) {
    throw InvalidArgument(fmt::format("calls at a time must be 1 to {}, came {}", kMostAtATime, request.batch));
  }
  if (request.scale) check(*request.scale);
}

}  // namespace

void check_budget(std::size_t calls) {
  if (calls >= 1 && calls <= kMostCalls) return;
  throw InvalidArgument(
      fmt::format("the budget must be a positive number of calls, {} at most, came {}", kMostCalls, calls));
}

AllocateReport run_allocate(const AllocateRequest& request, const StartProgress& start) {
  const allocate::AllocatorEntry& entry = allocate::allocator(request.allocator);
  check_request(request, entry);
  store::Study study(request.study, store::Study::Mode::write);
  study.begin_answering();
  const store::Scoring scoring = asking::scoring_for(request.oracle, study, request.choice);
  store::check_scores(request.scale, scoring);
  AllocateReport report = describe_run(request, scoring);
  report.estimate = request.estimate.value_or(entry.estimate);
  report.parameters = ParameterValues(entry.parameters);
  report.parameters.take(request.parameters);
  const std::vector<double> variances =
      entry.needs_variances ? sim::variances_of(scoring.scores) : std::vector<double>{};
  allocate::Allocation allocation(entry, {scoring.arms.size(), variances}, report.parameters);
  allocate::check_budget(entry, report.parameters, scoring.arms.size(), request.budget);

  const asking::ScoreSource source =
      asking::make_scores(request.oracle, {study, scoring, report.scale, request.seed, request.batch});
  Scores scores(study, scoring, *source.oracle);
  const Progress progress = start ? start("score") : Progress{};
  std::vector<std::vector<double>> given(scoring.arms.size());
  std::vector<ScoreCall> calls;
  std::vector<Score> answers;
  while (allocation.calls() < request.budget) {
    calls.clear();
    answers.clear();
    const std::size_t count = std::min(request.batch, request.budget - allocation.calls());
    for (std::size_t i = 0; i < count; ++i) {
      const ArmId arm = allocation.next();
      calls.push_back({arm, allocation.arms()[index(arm)].calls - 1});
    }
    const bool paid = ask(scores, calls, answers, report);
    for (const Score& score : answers) {
      allocation.observe(score.call.arm, score.value);
      if (!std::isnan(score.value)) given[index(score.call.arm)].push_back(score.value);
    }
    report.calls += answers.size();
    if (!paid) break;
    if (progress) progress(allocation.calls(), request.budget);
  }
  report.calls_new = scores.asked();
  asking::add_notes(source.notes, report.notes);
  if (source.bill) report.bill = source.bill();
  const std::vector<allocate::ArmTally> tallies =
      answered(allocation.arms(), report.money_ended ? calls : std::vector<ScoreCall>{}, answers);
  fill_arms(request, scoring, tallies, report);
  fill_intervals(given, request.threads, report);
  fill_likely_error(tallies, report);
  return report;
}

asking::JudgeEstimate estimate_allocate(const AllocateRequest& request) {
  check_request(request, allocate::allocator(request.allocator));
  store::Study study(request.study, store::Study::Mode::read);
  const store::Scoring scoring = asking::scoring_for(request.oracle, study, request.choice);
  const Scale scale = describe_run(request, scoring).scale;
  const asking::ScoreSource source =
      asking::make_scores(request.oracle, {study, scoring, scale, request.seed, request.batch});
  if (!source.estimate) throw InvalidArgument("--dry-run goes with an oracle that is paid, --oracle llm");
  return source.estimate(request.budget);
}

}  // namespace assay::app
