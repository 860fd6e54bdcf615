#include "assay/app/ensemble.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "assay/app/ensemble_rows.h"
#include "assay/core/error.h"
#include "assay/ensemble/rule_choice.h"
#include "assay/ensemble/vote_counts.h"
#include "assay/store/study.h"

namespace assay::app {
namespace {

constexpr double kSure = 0.05;        // relative error within which information is told
constexpr double kNormal99 = 2.5758;  // two-sided

// Chances at which stopping is shown, beside the one that is asked for.
constexpr std::array kShownSureness = {0.9, 0.93, 0.95, 0.97, 0.99, 1.0};

std::vector<const ensemble::SelectionMethodEntry*> methods_of(const EnsembleRequest& request) {
  std::vector<const ensemble::SelectionMethodEntry*> methods = {&ensemble::selection_method(request.method)};
  const auto add = [&](const ensemble::SelectionMethodEntry& entry) {
    if (std::find(methods.begin(), methods.end(), &entry) == methods.end()) methods.push_back(&entry);
  };
  for (const std::string& name : request.compare) add(ensemble::selection_method(name));
  if (request.compare.empty()) {
    for (const ensemble::SelectionMethodEntry& entry : ensemble::selection_methods()) add(entry);
  }
  return methods;
}

void fill_members(const store::Labelling& labels, const LabelTable& table, const ensemble::Ensemble& members,
                  EnsembleReport& report) {
  const std::vector<double> accuracy = ensemble::accuracies({table});
  ensemble::VoteCounts counts(table);
  std::int64_t cost = 0;
  bool known = true;
  for (std::size_t k = 0; k < members.size(); ++k) {
    const std::size_t j = index(members[k]);
    EnsembleReport::Member member{.name = labels.models[j], .accuracy = accuracy[j], .cost = labels.facts[j].price};
    known = known && member.cost.has_value();
    cost += member.cost.value_or(0);
    if (k < report.replay.information.size()) {
      member.information = report.replay.information[k];
      // Counts see what no weighing of votes sees; where they can be trusted they must not see much more.
      const ensemble::CountedInformation counted = counts.with(members[k]);
      const bool missed = counted.reliable() && counted.nats * (1 - kSure) > member.information.mean;
      member.sure = !missed && kNormal99 * member.information.se <= kSure * member.information.mean;
      counts.add(members[k]);
      member.information_gained = report.replay.gained[k];
      member.heldout_accuracy = report.replay.held_out[0][0].accuracy[k];
      member.heldout_se = report.replay.accuracy_se[k];
      member.accuracy_gained = report.replay.accuracy_gained[k];
    }
    report.members.push_back(std::move(member));
  }
  if (known) report.cost = cost;
}

void fill_copula(const LabelTable& table, const ensemble::Ensemble& members, std::uint64_t seed,
                 EnsembleReport& report) {
  report.copula = ensemble::fit_error_copula(table, members);
  report.majority_seen = ensemble::observed_majority_errors(table, members);
  report.majority_copula = ensemble::majority_errors(report.copula, seed);
  report.majority_independent = ensemble::independent_majority_errors(report.copula.error);
  report.floor = ensemble::majority_floor(report.copula);
  const double missed = report.majority_seen.back() - report.majority_independent.back();
  // Nothing to explain within what chance does to the share that was seen.
  const double seen = report.majority_seen.back();
  const double se = std::sqrt(seen * (1 - seen) / static_cast<double>(table.queries()));
  if (members.size() > 2 && std::abs(missed) > 3 * se) {
    report.explained = (report.majority_copula.back() - report.majority_independent.back()) / missed;
  }
}

void fill_tasks(const LabelledRows& rows, const store::Labelling& labels, const ensemble::SelectionProblem& all,
                const Progress& progress, EnsembleReport& report) {
  for (std::uint32_t t = 0; t < rows.tasks.size(); ++t) {
    if (progress) progress(t, rows.tasks.size());
    const TaskQueries queries = queries_of_task(rows, t);
    const ensemble::SelectionMethodEntry& method = ensemble::selection_method(report.method);
    const LabelTable alone = rows.table.rows(queries.own);
    const ensemble::SelectionProblem problem =
        all.with(method.pools ? ensemble::Training{rows.table, queries.weights} : ensemble::Training{alone});
    EnsembleReport::Task task{rows.tasks[t], queries.own.size(), {}};
    for (const ModelId member : method.choose(problem)) task.members.push_back(labels.models[index(member)]);
    report.tasks.push_back(std::move(task));
  }
}

// With a smaller part the labels that occur in it may be fewer than the study's.
sim::EnsembleSetup setup_of(const EnsembleRequest& request, const LabelledRows& rows,
                            const ensemble::SelectionProblem& problem) {
  sim::EnsembleSetup setup;
  setup.table = &rows.table;
  setup.group = rows.group;
  setup.task = rows.task;
  setup.by_task = request.by_task;
  setup.size = problem.size;
  setup.prices = problem.prices;
  setup.budget = problem.budget;
  setup.splits = request.splits;
  setup.train = request.train;
  setup.methods = methods_of(request);
  setup.sure.assign(kShownSureness.begin(), kShownSureness.end());
  setup.sure.push_back(request.sure);
  std::sort(setup.sure.begin(), setup.sure.end());
  setup.sure.erase(std::unique(setup.sure.begin(), setup.sure.end()), setup.sure.end());
  setup.seed = request.seed;
  setup.threads = request.threads;
  return setup;
}

}  // namespace

EnsembleReport run_ensemble(const EnsembleRequest& request, const StartProgress& start) {
  check_choice({request.size, request.budget, request.method, request.decision, request.sure});
  const store::Study study(request.study, store::Study::Mode::read);
  EnsembleReport report;
  report.study = request.study;
  UsableLabels usable = usable_labels(study, request.choice, report.notes);
  const store::Labelling& labels = usable.labels;
  const std::size_t all_tasks = usable.rows.tasks.size();
  if (request.by_task) usable.rows = without_single_labels(std::move(usable.rows), report.notes);
  const LabelledRows& rows = usable.rows;
  if (request.by_task && rows.tasks.size() < 2) {
    throw InvalidArgument(fmt::format("expected queries of two tasks or more{}, came {}",
                                      all_tasks == rows.tasks.size() ? "" : " with different true labels",
                                      rows.tasks.empty() ? "none" : "one task"));
  }
  const std::vector<std::int64_t> prices = prices_of(labels, request.budget.has_value());
  ensemble::SelectionProblem problem{.training = {rows.table}, .seed = request.seed, .threads = request.threads};
  problem.size = request.size.value_or(std::min(kUsualSize, labels.models.size()));
  if (request.budget) {
    problem.prices = prices;
    problem.budget = request.budget;
    problem.size = most_members(prices, *request.budget);
  }
  ensemble::check(problem);

  report.models = labels.models.size();
  report.queries = rows.table.queries();
  report.labels = rows.table.labels();
  report.kind = rows.table.kind();
  report.method = request.method;
  report.budget = request.budget;
  report.sure = request.sure;
  report.by_task = request.by_task;
  report.splits = request.splits;
  report.seed = request.seed;
  if (start) start("members")(0, 1);
  const ensemble::Ensemble members = ensemble::selection_method(request.method).choose(problem);
  report.size = members.size();
  problem.size = members.size();
  report.decision_chosen = request.decision == "auto";
  const ensemble::VoteRuleEntry& decision = report.decision_chosen
                                                ? ensemble::choose_rule(problem.training, members, request.seed)
                                                : ensemble::vote_rule(request.decision);
  report.decision = decision.name;

  sim::EnsembleSetup setup = setup_of(request, rows, problem);
  setup.rules = {&decision};
  for (const ensemble::VoteRuleEntry& entry : ensemble::vote_rules()) {
    if (&entry != &decision) setup.rules.push_back(&entry);
  }
  for (const ensemble::SelectionMethodEntry* entry : setup.methods) report.methods.emplace_back(entry->name);
  for (const ensemble::VoteRuleEntry* entry : setup.rules) report.rules.emplace_back(entry->name);
  report.replay = sim::replay(setup, start ? start("splits") : Progress{});
  for (std::size_t m = 0; m < report.methods.size(); ++m) {
    if (!report.replay.refused[m].empty()) {
      const std::size_t reached = report.replay.held_out[m][0].accuracy.size();
      report.notes.push_back(fmt::format("{} {}: {}", report.methods[m],
                                         reached == 0 ? "took no part" : fmt::format("ends at {}", reached),
                                         report.replay.refused[m]));
    }
  }
  fill_members(labels, rows.table, members, report);
  fill_copula(rows.table, members, request.seed, report);
  if (request.by_task) fill_tasks(rows, labels, problem, start ? start("tasks") : Progress{}, report);
  return report;
}

}  // namespace assay::app
