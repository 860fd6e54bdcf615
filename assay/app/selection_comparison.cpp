#include "assay/app/selection_comparison.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "assay/store/positions.h"

namespace assay::app {
namespace {

using Pair = SelectionComparison::Pair;

bool decided(const asking::SelectReport& report) {
  return !report.best.empty() &&
         (report.stop ? report.stop->decided : report.calls + report.known == report.calls_all);
}

bool has_tolerance(const asking::SelectReport& report) {
  return report.stop && (report.stop->goal.good_enough || report.stop->goal.epsilon > 0);
}

std::vector<std::vector<std::size_t>> same_models(const std::vector<ComparedSelection>& selections) {
  std::map<std::set<std::string>, std::vector<std::size_t>> by_models;
  for (std::size_t i = 0; i < selections.size(); ++i) {
    std::set<std::string> names;
    for (const asking::SelectReport::Model& model : selections[i].report->models) names.insert(model.name);
    by_models[std::move(names)].push_back(i);
  }
  std::vector<std::vector<std::size_t>> groups;
  for (auto& [names, group] : by_models) groups.push_back(std::move(group));
  std::ranges::sort(groups);
  return groups;
}

std::optional<bool> agreement_of(const SelectionComparison& comparison) {
  if (!comparison.decided) return std::nullopt;
  const std::string& best = comparison.selections.front().report->best;
  const bool same = std::ranges::all_of(comparison.selections,
                                        [&](const ComparedSelection& one) { return one.report->best == best; });
  if (!same && (comparison.tolerance || comparison.same_models.size() > 1)) return std::nullopt;
  return same;
}

std::vector<SelectionComparison::Model> models_of(const std::vector<ComparedSelection>& selections) {
  std::map<std::string, std::vector<const asking::SelectReport::Model*>> by_name;
  for (std::size_t i = 0; i < selections.size(); ++i) {
    for (const asking::SelectReport::Model& model : selections[i].report->models) {
      auto& in = by_name[model.name];
      in.resize(selections.size(), nullptr);
      in[i] = &model;
    }
  }
  std::vector<SelectionComparison::Model> models;
  for (auto& [name, in] : by_name) models.push_back({name, std::move(in)});
  const auto mean = [](const SelectionComparison::Model& model) {
    double sum = 0;
    double count = 0;
    for (const auto* one : model.in) {
      if (one == nullptr) continue;
      sum += one->win_rate;
      ++count;
    }
    return sum / count;
  };
  std::ranges::stable_sort(models, std::ranges::greater(), mean);
  return models;
}

std::size_t in_common(const std::vector<std::string>& first, const std::vector<std::string>& second) {
  const store::NamePositions at = store::positions(first);
  return static_cast<std::size_t>(
      std::ranges::count_if(second, [&](const auto& name) { return at.contains(name); }));
}

struct Differences {
  double sum = 0, squares = 0;
  std::size_t calls = 0;
};

// Of the calls that both have a reward of: in each selection a call is judged once.
void add_calls(const ComparedSelection& first, const ComparedSelection& second, Pair& pair) {
  const store::Comparison& a = first.calls->comparison();
  const store::Comparison& b = second.calls->comparison();
  std::map<std::pair<std::string_view, std::string_view>, double> rewards;
  for (const Verdict& verdict : first.calls->verdicts()) {
    if (std::isnan(verdict.reward)) continue;
    rewards[{a.queries[index(verdict.call.query)], a.models[index(verdict.call.model)]}] = verdict.reward;
  }
  std::map<std::string_view, Differences> by_model;
  for (const Verdict& verdict : second.calls->verdicts()) {
    if (std::isnan(verdict.reward)) continue;
    const std::string_view model = b.models[index(verdict.call.model)];
    const auto at = rewards.find({b.queries[index(verdict.call.query)], model});
    if (at == rewards.end()) continue;
    ++pair.calls;
    if (outcome_of(at->second) == verdict.outcome()) ++pair.same;
    const double difference = verdict.reward - at->second;
    Differences& differences = by_model[model];
    differences.sum += difference;
    differences.squares += difference * difference;
    ++differences.calls;
  }
  if (pair.calls > 0) {
    const auto calls = static_cast<double>(pair.calls);
    pair.agreement = stats::share_interval(static_cast<double>(pair.same) / calls, calls);
  }
  for (const asking::SelectReport::Model& model : first.report->models) {
    const auto at = by_model.find(model.name);
    if (at == by_model.end() || at->second.calls < 2) continue;
    const auto n = static_cast<double>(at->second.calls);
    const double mean = at->second.sum / n;
    const double variance = std::max(0.0, (at->second.squares - n * mean * mean) / (n - 1));
    const double half = stats::student95(n - 1) * std::sqrt(variance / n);
    pair.differences.push_back({model.name, mean, mean - half, mean + half, at->second.calls});
  }
}

}  // namespace

SelectionComparison compare_selections(std::vector<ComparedSelection> selections) {
  SelectionComparison comparison;
  comparison.selections = std::move(selections);
  const auto& all = comparison.selections;
  comparison.decided = std::ranges::all_of(all, [](const auto& one) { return decided(*one.report); });
  comparison.tolerance = std::ranges::any_of(all, [](const auto& one) { return has_tolerance(*one.report); });
  comparison.same_models = same_models(all);
  comparison.agree = agreement_of(comparison);
  comparison.models = models_of(comparison.selections);
  for (std::size_t i = 0; i < comparison.selections.size(); ++i) {
    for (std::size_t j = i + 1; j < comparison.selections.size(); ++j) {
      const ComparedSelection& first = comparison.selections[i];
      const ComparedSelection& second = comparison.selections[j];
      if (first.calls == nullptr || second.calls == nullptr) continue;
      Pair pair{i, j};
      pair.queries = in_common(first.calls->comparison().queries, second.calls->comparison().queries);
      pair.models = in_common(first.calls->comparison().models, second.calls->comparison().models);
      if (pair.queries == 0 || pair.models == 0) continue;
      add_calls(first, second, pair);
      comparison.pairs.push_back(std::move(pair));
    }
  }
  return comparison;
}

}  // namespace assay::app
