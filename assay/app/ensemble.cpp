#include "assay/app/ensemble.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/ensemble/rule_choice.h"
#include "assay/ensemble/vote_counts.h"
#include "assay/store/name_list.h"
#include "assay/store/study.h"

namespace assay::app {
namespace {

constexpr std::size_t kUsualSize = 5;
constexpr double kSure = 0.05;        // relative error within which information is told
constexpr double kNormal99 = 2.5758;  // two-sided

// The labelling without what can't be learnt from.
struct Rows {
  LabelTable table;
  std::vector<std::uint32_t> group;  // first row with the same text
  std::vector<std::uint32_t> task;   // numbers without gaps
  std::vector<std::string> tasks;
};

// Rows on which every model was run, and what belongs together among them.
Rows usable_rows(const store::Labelling& labels, std::vector<std::string>& notes) {
  const std::size_t n = labels.table.queries(), m = labels.table.models();
  std::vector<QueryId> rows;
  for (std::size_t q = 0; q < n; ++q) {
    bool run = true;
    for (std::size_t j = 0; j < m && run; ++j) {
      run = labels.table.prediction(query_id(q), model_id(j)) != kNotRun;
    }
    if (run) rows.push_back(query_id(q));
  }
  if (rows.empty()) throw InvalidArgument(fmt::format("none of the {} queries was put to all {} models", n, m));
  if (rows.size() < n) {
    notes.push_back(fmt::format("{} of {} queries left out: not every model was run on them", n - rows.size(), n));
  }
  Rows result{labels.table.rows(rows), {}, {}, {}};
  std::map<std::uint32_t, std::uint32_t> first, number;
  for (const QueryId row : rows) number.emplace(labels.queries.task[index(row)], 0);
  for (auto& [task, position] : number) {
    position = static_cast<std::uint32_t>(result.tasks.size());
    result.tasks.push_back(labels.queries.tasks[task]);
  }
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    result.group.push_back(first.try_emplace(labels.queries.same_text[index(rows[i])], i).first->second);
    result.task.push_back(number.at(labels.queries.task[index(rows[i])]));
  }
  std::size_t repeated = 0;
  for (std::uint32_t i = 0; i < rows.size(); ++i) repeated += result.group[i] != i ? 1 : 0;
  if (repeated > 0) {
    notes.push_back(fmt::format("{} queries repeat another one's text: kept on one side of every split", repeated));
  }
  return result;
}

// Of models that answer alike one is enough: the cheaper one.
bool costs_less(const store::ModelFacts& a, const store::ModelFacts& b) {
  return a.price && b.price && *a.price < *b.price;
}

// A model that says always the same tells nothing; one that says what another says adds nothing.
struct Telling {
  std::vector<std::string> models;  // the others
  std::vector<std::string> constant;
  std::vector<std::pair<std::string, std::string>> alike;  // left out, and like whom
};

Telling telling_models(const store::Labelling& labels, const LabelTable& table) {
  Telling result;
  std::map<std::uint64_t, std::size_t> seen;  // hash of the answers, to the model that is kept
  std::vector<char> kept(table.models(), 0);
  for (std::size_t j = 0; j < table.models(); ++j) {
    const std::span<const Label> column = table.column(model_id(j));
    if (std::all_of(column.begin(), column.end(), [&](Label label) { return label == column[0]; })) {
      result.constant.push_back(labels.models[j]);
      continue;
    }
    kept[j] = 1;
    const std::uint64_t hash = fnv1a({reinterpret_cast<const char*>(column.data()), column.size() * sizeof(Label)});
    const auto [found, fresh] = seen.try_emplace(hash, j);
    if (fresh || !std::ranges::equal(column, table.column(model_id(found->second)))) continue;
    const std::size_t out = costs_less(labels.facts[j], labels.facts[found->second]) ? found->second : j;
    const std::size_t in = out == j ? found->second : j;
    kept[out] = 0;
    found->second = in;
    result.alike.emplace_back(labels.models[out], labels.models[in]);
  }
  for (std::size_t j = 0; j < kept.size(); ++j) {
    if (kept[j] != 0) result.models.push_back(labels.models[j]);
  }
  return result;
}

void note_left_out(const Telling& telling, std::size_t queries, std::vector<std::string>& notes) {
  if (!telling.constant.empty()) {
    notes.push_back(fmt::format("left out, one answer to all {} queries, which tells nothing: {}", queries,
                                store::name_list(telling.constant)));
  }
  for (const auto& [out, in] : telling.alike) {
    notes.push_back(
        fmt::format("left out, the same answers to all {} queries as {}: {}", queries, quoted(in), quoted(out)));
  }
}

void add_new(const std::vector<std::string>& more, std::vector<std::string>& notes) {
  for (const std::string& note : more) {
    if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
  }
}

// The labels of models that tell something, on the rows on which all of them were run.
struct Usable {
  store::Labelling labels;
  Rows rows;
};

Usable usable_labels(const store::Study& study, store::LabelChoice choice, std::vector<std::string>& notes) {
  while (true) {
    store::Labelling labels = study.labelling(choice);
    std::vector<std::string> about = labels.notes;
    Rows rows = usable_rows(labels, about);
    const Telling telling = telling_models(labels, rows.table);
    if (telling.models.size() == labels.models.size()) {
      add_new(about, notes);
      return {std::move(labels), std::move(rows)};
    }
    if (telling.models.empty()) {
      throw InvalidArgument(
          fmt::format("every model gives one answer to all {} queries, which tells nothing", rows.table.queries()));
    }
    add_new(labels.notes, notes);
    note_left_out(telling, rows.table.queries(), notes);
    choice.models = telling.models;
  }
}

// Without the tasks that no vote can tell anything about: all their queries have the same true label.
Rows without_single_labels(Rows rows, std::vector<std::string>& notes) {
  if (rows.table.kind() == LabelKind::options) return rows;
  std::vector<std::set<Label>> truths(rows.tasks.size());
  for (std::size_t q = 0; q < rows.task.size(); ++q) {
    truths[rows.task[q]].insert(rows.table.truth(query_id(q)));
  }
  std::vector<std::uint32_t> number(rows.tasks.size());
  std::vector<std::string> tasks, left_out;
  for (std::size_t t = 0; t < rows.tasks.size(); ++t) {
    number[t] = static_cast<std::uint32_t>(tasks.size());
    (truths[t].size() > 1 ? tasks : left_out).push_back(rows.tasks[t]);
  }
  if (left_out.empty()) return rows;
  notes.push_back(
      fmt::format("tasks left out, one true label on all their queries: {}", store::name_list(left_out)));
  std::vector<QueryId> kept;
  Rows result{{}, {}, {}, tasks};
  std::map<std::uint32_t, std::uint32_t> first;
  for (std::size_t q = 0; q < rows.task.size(); ++q) {
    if (truths[rows.task[q]].size() < 2) continue;
    const auto position = static_cast<std::uint32_t>(kept.size());
    kept.push_back(query_id(q));
    result.group.push_back(first.try_emplace(rows.group[q], position).first->second);
    result.task.push_back(number[rows.task[q]]);
  }
  result.table = rows.table.rows(kept);
  return result;
}

std::vector<std::int64_t> prices_of(const store::Labelling& labels, bool needed) {
  std::vector<std::int64_t> prices;
  for (std::size_t j = 0; j < labels.models.size(); ++j) {
    if (labels.facts[j].price) {
      prices.push_back(*labels.facts[j].price);
    } else if (needed) {
      throw InvalidArgument("a budget needs the price of every model; the study does not tell that of " +
                            quoted(labels.models[j]));
    }
  }
  return prices;
}

// As many of the cheapest models as the budget buys.
std::size_t most_members(std::vector<std::int64_t> prices, std::int64_t budget) {
  std::sort(prices.begin(), prices.end());
  std::size_t count = 0;
  for (std::int64_t left = budget; count < prices.size() && prices[count] <= left; ++count) left -= prices[count];
  return std::max<std::size_t>(1, count);
}

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

void fill_tasks(const Rows& rows, const store::Labelling& labels, const ensemble::SelectionProblem& all,
                const Progress& progress, EnsembleReport& report) {
  for (std::uint32_t t = 0; t < rows.tasks.size(); ++t) {
    if (progress) progress(t, rows.tasks.size());
    std::vector<double> weights;
    std::vector<QueryId> own;
    for (std::size_t q = 0; q < rows.task.size(); ++q) {
      weights.push_back(rows.task[q] == t ? 1 : sim::kOtherTask);
      if (rows.task[q] == t) own.push_back(query_id(q));
    }
    const ensemble::SelectionMethodEntry& method = ensemble::selection_method(report.method);
    const LabelTable alone = rows.table.rows(own);
    ensemble::SelectionProblem problem{
        .training = method.pools ? ensemble::Training{rows.table, weights} : ensemble::Training{alone},
        .size = all.size,
        .prices = all.prices,
        .budget = all.budget,
        .seed = all.seed,
        .threads = all.threads};
    EnsembleReport::Task task{rows.tasks[t], own.size(), {}};
    for (const ModelId member : method.choose(problem)) task.members.push_back(labels.models[index(member)]);
    report.tasks.push_back(std::move(task));
  }
}

void check_request(const EnsembleRequest& request) {
  if (request.size && request.budget) throw InvalidArgument("expected a size or a budget, came both");
  if (request.budget && *request.budget < 0) {
    throw InvalidArgument(fmt::format("the budget must not be negative, came {}", *request.budget));
  }
  ensemble::selection_method(request.method);
  if (request.decision != "auto") ensemble::vote_rule(request.decision);
}

// With a smaller part the labels that occur in it may be fewer than the study's.
sim::EnsembleSetup setup_of(const EnsembleRequest& request, const Rows& rows,
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
  setup.seed = request.seed;
  setup.threads = request.threads;
  return setup;
}

}  // namespace

EnsembleReport run_ensemble(const EnsembleRequest& request, const StartProgress& start) {
  check_request(request);
  const store::Study study(request.study, store::Study::Mode::read);
  EnsembleReport report;
  report.study = request.study;
  Usable usable = usable_labels(study, request.choice, report.notes);
  const store::Labelling& labels = usable.labels;
  const std::size_t all_tasks = usable.rows.tasks.size();
  if (request.by_task) usable.rows = without_single_labels(std::move(usable.rows), report.notes);
  const Rows& rows = usable.rows;
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
