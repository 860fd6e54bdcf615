#include "assay/app/simulate_allocators.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/sim/mean_allocation.h"

namespace assay::app {
namespace {

using Setting = SimulateAllocatorsReport::Setting;

constexpr std::size_t kParts = 10;
constexpr std::size_t kCallsPerArm = 100;
constexpr std::size_t kMostCallsPerArm = 1'000'000;

std::vector<sim::AllocationCompetitor> competitors_of(const SimulateAllocatorsRequest& request) {
  std::vector<sim::AllocationCompetitor> competitors;
  const auto add = [&](const allocate::AllocatorEntry& entry) {
    sim::AllocationCompetitor competitor{&entry, ParameterValues(entry.parameters),
                                         request.estimate.value_or(entry.estimate)};
    competitor.parameters.take(request.parameters);
    check(competitor.parameters);
    competitors.push_back(std::move(competitor));
  };
  for (const std::string& name : request.allocators) {
    const allocate::AllocatorEntry& entry = allocate::allocator(name);
    for (const sim::AllocationCompetitor& other : competitors) {
      if (other.entry == &entry) throw InvalidArgument("allocator " + quoted(name) + " is named twice");
    }
    add(entry);
  }
  if (competitors.empty()) {
    for (const allocate::AllocatorEntry& entry : allocate::allocators()) add(entry);
  }
  for (const auto& parameter : request.parameters) {
    const std::string& name = parameter.first;
    const auto uses = [&](const auto& one) { return has_parameter(one.entry->parameters, name); };
    if (std::any_of(competitors.begin(), competitors.end(), uses)) continue;
    throw InvalidArgument("none of these allocators uses " + field_of(name) + ", which goes with " +
                          rows_with(allocate::allocators(), name));
  }
  return competitors;
}

void check_request(const SimulateAllocatorsRequest& request) {
  if (request.budget && request.calls_per_arm)
    throw InvalidArgument("expected a budget or calls per arm, came both");
  if (request.budget && !request.at.empty()) throw InvalidArgument("expected a budget or calls an arm, came both");
  if (request.budget) asking::check_budget(*request.budget);
  const auto check_calls = [](std::size_t calls) {
    if (calls >= 1 && calls <= kMostCallsPerArm) return;
    throw InvalidArgument(fmt::format("calls per arm must be 1 to {}, came {}", kMostCallsPerArm, calls));
  };
  if (request.calls_per_arm) check_calls(*request.calls_per_arm);
  for (const std::size_t calls : request.at) check_calls(calls);
  if (request.calls_per_arm && !request.at.empty() && request.at.back() > *request.calls_per_arm) {
    throw InvalidArgument(fmt::format("expected errors to be told at {} calls an arm at most, came {}",
                                      *request.calls_per_arm, request.at.back()));
  }
  if (request.each_judge && !request.choice.judge.empty()) {
    throw InvalidArgument("expected one judge or each judge, came both");
  }
  if (request.each_judge && request.budget) {
    throw InvalidArgument(
        "each judge has scored another number of responses: expected calls per arm, came a budget");
  }
  if (request.scale) check(*request.scale);
}

std::vector<std::size_t> budgets_of(const SimulateAllocatorsRequest& request, std::size_t arms) {
  asking::check_budget(
      std::max(request.calls_per_arm.value_or(kCallsPerArm), request.at.empty() ? 0 : request.at.back()) * arms);
  std::vector<std::size_t> budgets;
  for (const std::size_t calls : request.at) budgets.push_back(calls * arms);
  if (!budgets.empty()) {
    if (request.calls_per_arm && *request.calls_per_arm > request.at.back()) {
      budgets.push_back(*request.calls_per_arm * arms);
    }
    return budgets;
  }
  const std::size_t all = request.budget.value_or(request.calls_per_arm.value_or(kCallsPerArm) * arms);
  for (std::size_t part = 1; part <= kParts; ++part) {
    const std::size_t calls = all / kParts * part + all % kParts * part / kParts;
    if (calls > 0 && (budgets.empty() || calls > budgets.back())) budgets.push_back(calls);
  }
  return budgets;
}

Setting simulate(const SimulateAllocatorsRequest& request, std::span<const sim::AllocationCompetitor> competitors,
                 const store::Scoring& scoring, const Progress& progress) {
  store::check_scores(request.scale, scoring);
  Setting setting;
  setting.judge = scoring.judge;
  setting.reference = scoring.reference;
  setting.arms = scoring.arms.size();
  setting.budgets = budgets_of(request, setting.arms);
  setting.notes = scoring.notes;
  const std::vector<double> variances = sim::variances_of(scoring.scores);
  const double sum = std::accumulate(variances.begin(), variances.end(), 0.0);
  for (const std::size_t calls : setting.budgets) {
    setting.lower_limit.push_back(std::sqrt(sum / static_cast<double>(calls)));
  }
  sim::AllocationSetup setup;
  setup.scores = &scoring.scores;
  setup.reference = scoring.reference_means;
  setup.runs = request.runs;
  setup.budgets = setting.budgets;
  setup.seed = mix64(request.seed ^ fnv1a(scoring.judge));  // each judge wavers in its own way
  setup.threads = request.threads;
  std::vector<sim::AllocationResult> results = sim::replay(setup, competitors, progress);
  for (std::size_t c = 0; c < competitors.size(); ++c) {
    setting.allocators.push_back(
        {competitors[c].entry, competitors[c].estimate, competitors[c].parameters, std::move(results[c])});
  }
  return setting;
}

Setting mean_of(std::span<const Setting> settings) {
  const Setting& first = settings.front();
  Setting mean;
  mean.judge = fmt::format("mean over {} judges", settings.size());
  mean.budgets.resize(first.budgets.size());
  for (const Setting& setting : settings) {
    mean.arms += setting.arms;
    for (std::size_t b = 0; b < mean.budgets.size(); ++b) mean.budgets[b] += setting.budgets[b];
    mean.lower_limit.resize(mean.budgets.size());
    for (std::size_t b = 0; b < mean.budgets.size(); ++b) {
      mean.lower_limit[b] += 1 / static_cast<double>(settings.size()) * setting.lower_limit[b];
    }
    if (!setting.reference.empty()) mean.reference = "of each judge";
    for (const std::string& note : setting.notes) mean.notes.push_back(setting.judge + ": " + note);
  }
  for (std::size_t c = 0; c < first.allocators.size(); ++c) {
    std::vector<const sim::AllocationResult*> results;
    for (const Setting& setting : settings) results.push_back(&setting.allocators[c].result);
    mean.allocators.push_back({first.allocators[c].entry, first.allocators[c].estimate,
                               first.allocators[c].parameters, sim::mean_of(results)});
  }
  return mean;
}

}  // namespace

SimulateAllocatorsReport run_simulate_allocators(const SimulateAllocatorsRequest& request,
                                                 const StartProgress& start) {
  check_request(request);
  const std::vector<sim::AllocationCompetitor> competitors = competitors_of(request);
  const store::Study study(request.study, store::Study::Mode::read);
  SimulateAllocatorsReport report;
  report.study = request.study;
  report.runs = request.runs;
  report.seed = request.seed;
  const auto simulate_one = [&](const store::ScoringChoice& choice) {
    const store::Scoring scoring = study.scoring(choice);
    return simulate(request, competitors, scoring,
                    start ? start(request.each_judge ? scoring.judge : "replay") : Progress{});
  };
  if (!request.each_judge) {
    report.all = simulate_one(request.choice);
    return report;
  }
  for (const std::string& judge : study.score_judges()) {
    store::ScoringChoice choice = request.choice;
    choice.judge = judge;
    report.settings.push_back(simulate_one(choice));
    if (report.settings.back().budgets.size() != report.settings.front().budgets.size()) {
      throw InvalidArgument("the judges scored too different numbers of responses to be averaged; name one");
    }
  }
  if (report.settings.empty()) throw InvalidArgument("the study has no scores");
  report.all = mean_of(report.settings);
  return report;
}

}  // namespace assay::app
