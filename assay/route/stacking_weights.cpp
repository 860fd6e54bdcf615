#include "assay/route/stacking_weights.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "assay/route/accuracy.h"
#include "assay/route/stacking.h"
#include "assay/stats/normal.h"

namespace assay::route {
namespace {

constexpr std::size_t kFewestTasks = 2;
constexpr std::array<double, kFeatures> kAverageAlone = {0, 0, 1};
constexpr std::array<double, kFeatures> kVotesAlone = {1, 0, 0};
// Tasks that what is believed beforehand is worth.
constexpr double kBelief = 4;
// Standard errors by which it must be told how hard left-out tasks are.
constexpr double kLeastLevelSkill = 1;
using Predictions = std::array<const double*, kFeatures>;  // of votes, ridge and average, m numbers each

// The features of model j: predictions less its accuracy.
using Features = std::array<double, kFeatures>;
Features features_of(std::span<const double> accuracy, const Predictions& predictions, std::size_t j) {
  Features row{};
  for (std::size_t f = 0; f < kFeatures; ++f) row[f] = predictions[f][j] - accuracy[j];
  return row;
}

// Their mean over those models that `counts` takes.
template <typename Counts>
Features mean_features(std::span<const double> accuracy, const Predictions& predictions, double models,
                       const Counts& counts) {
  Features mean{};
  for (std::size_t j = 0; j < accuracy.size(); ++j) {
    if (!counts(j)) continue;
    const Features row = features_of(accuracy, predictions, j);
    for (std::size_t f = 0; f < kFeatures; ++f) mean[f] += row[f];
  }
  for (double& value : mean) value /= models;
  return mean;
}

// The mean prediction for all models together.
double shared(const Features& mean) {
  return std::accumulate(mean.begin(), mean.begin() + kPredictors, 0.0) / kPredictors;
}

// One task or query as rows of a regression: centred over the models whose truth is known.
struct Case {
  Stacking own{kFeatures};
  Stacking common{1};
  double without = 0;  // squared error of the average alone

  Case(std::span<const double> accuracy, const Predictions& predictions, std::span<const double> truth) {
    const auto known = [&](std::size_t j) { return !std::isnan(truth[j]); };
    double models = 0, target = 0;
    for (std::size_t j = 0; j < truth.size(); ++j) {
      if (!known(j)) continue;
      target += truth[j] - accuracy[j];
      ++models;
    }
    if (models == 0) return;
    target /= models;
    const Features mean = mean_features(accuracy, predictions, models, known);
    for (std::size_t j = 0; j < truth.size(); ++j) {
      if (!known(j)) continue;
      Features row = features_of(accuracy, predictions, j);
      for (std::size_t f = 0; f < kFeatures; ++f) row[f] -= mean[f];
      own.add(row, truth[j] - accuracy[j] - target);
    }
    without = own.squared_error(kAverageAlone);
    common.add(std::array{shared(mean)}, target);
  }
};

struct Sums {
  Stacking own{kFeatures};
  Stacking common{1};

  void add(const Case& one, double sign = 1) {
    own.add(one.own, sign);
    common.add(one.common, sign);
  }
  StackingWeights fit() const {
    StackingWeights result;
    const std::vector<double> weights = own.weights();
    std::copy(weights.begin(), weights.end(), result.weights.begin());
    result.common_weight = common.weights()[0];
    return result;
  }
};

Sums sum_up(const std::vector<Case>& cases) {
  Sums sums;
  for (const Case& one : cases) sums.add(one);
  return sums;
}

// How much smaller the squared errors are than those of the average alone.
class Gain {
 public:
  void add(double gain) {
    sum_ += gain;
    squares_ += gain * gain;
    ++count_;
  }
  // Mean over its standard error.
  double skill() const {
    const double mean = sum_ / count_;
    const double variance = std::max(0.0, squares_ / count_ - mean * mean) / std::max(1.0, count_ - 1);
    return variance > 0 ? mean / std::sqrt(variance) : 0;
  }
  void add_all(std::span<const double> gains) {
    for (const double gain : gains) add(gain);
  }

 private:
  double sum_ = 0, squares_ = 0, count_ = 0;
};

// The weights that fit `tasks` tasks best, drawn to what is believed beforehand. That is S1, the votes as they are,
// as far as single queries show that they say something, else the average over the tasks.
// @param chance  That they say something.
StackingWeights believing(StackingWeights fitted, std::size_t tasks, double chance) {
  const double share = kBelief / (kBelief + static_cast<double>(tasks));
  for (std::size_t f = 0; f < kFeatures; ++f) {
    const double belief = chance * kVotesAlone[f] + (1 - chance) * kAverageAlone[f];
    fitted.weights[f] += share * (belief - fitted.weights[f]);
  }
  return fitted;
}

}  // namespace

TaskStacking fit_task_stacking(std::span<const HeldOutTask> tasks, std::size_t models) {
  TaskStacking result;
  result.fitted.weights = kAverageAlone;
  if (tasks.size() < kFewestTasks) return result;
  std::vector<std::vector<double>> votes;
  std::vector<Case> cases;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    votes.push_back(mean_vote(tasks[t].s1, models));
    cases.emplace_back(tasks[t].accuracy,
                       Predictions{votes[t].data(), tasks[t].ridge.data(), tasks[t].average.data()},
                       tasks[t].truth);
  }
  const Sums all = sum_up(cases);
  Gain agreement;
  for (const HeldOutTask& task : tasks) agreement.add_all(task.agreement);
  const double of_queries = agreement.skill();
  const double chance = stats::normal_cdf(of_queries);
  std::vector<StackingWeights> without(tasks.size());  // each task
  Gain ranking, level;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    Sums others = all;
    others.add(cases[t], -1);
    without[t] = others.fit();
    ranking.add(cases[t].without - cases[t].own.squared_error(without[t].weights));
    level.add(cases[t].common.squared_error(std::array{0.0}) -
              cases[t].common.squared_error(std::array{without[t].common_weight}));
  }
  const bool can_tell = tasks.size() >= kFewestTasksToTell;
  const double skill = can_tell ? (ranking.skill() + of_queries) / std::numbers::sqrt2 : of_queries;
  // How hard a task is may be known where nothing is known of which model suits it, and the other way round.
  const auto settle = [&](const StackingWeights& fitted, std::size_t count) {
    // Of two tasks no weights can be learnt.
    StackingWeights weights = believing(fitted, can_tell ? count : 0, chance);
    if (skill < kLeastTaskSkill) weights.weights = kAverageAlone;
    if (!can_tell || level.skill() < kLeastLevelSkill) weights.common_weight = 0;
    return weights;
  };
  result.fitted = settle(all.fit(), tasks.size());
  result.fitted.skill = skill;
  std::vector<double> estimates(models);
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    predict(settle(without[t], tasks.size() - 1), tasks[t].accuracy, votes[t], tasks[t].ridge, tasks[t].average,
            estimates);
    for (std::size_t j = 0; j < models; ++j) result.error.push_back(tasks[t].truth[j] - estimates[j]);
  }
  return result;
}

QueryStacking fit_query_stacking(const BenchmarkView& benchmark, std::span<const HeldOutQuery> queries,
                                 std::optional<std::size_t> neighbours) {
  const std::size_t m = benchmark.models;
  const std::size_t first = neighbours.value_or(kNeighbours.size() / 2);
  const std::size_t end = neighbours ? first + 1 : kNeighbours.size();
  QueryStacking best;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t p = 0; p < kPenalties.size(); ++p) {
    for (std::size_t k = first; k < end; ++k) {
      std::vector<Case> cases;
      cases.reserve(queries.size());
      std::vector<double> truth(m);
      for (const HeldOutQuery& query : queries) {
        const std::span<const Correctness> row = benchmark.row(query.query);
        std::transform(row.begin(), row.end(), truth.begin(), [](Correctness cell) { return cell.score(); });
        cases.emplace_back(
            query.accuracy,
            Predictions{query.votes.data() + k * m, query.ridge.data() + p * m, query.accuracy.data()}, truth);
      }
      // Two weights on thousands of queries: nothing to be gained from leaving one out.
      StackingWeights fitted = sum_up(cases).fit();
      Gain gain;
      double error = 0;
      for (const Case& one : cases) {
        const double of_case = one.own.squared_error(fitted.weights);
        gain.add(one.without - of_case);
        error += of_case;
      }
      if (!(error < least)) continue;
      least = error;
      fitted.skill = gain.skill();
      best = {p, k, fitted};
    }
  }
  return best;
}

void predict(const StackingWeights& stacking, std::span<const double> accuracy, std::span<const double> votes,
             std::span<const double> ridge, std::span<const double> average, std::span<double> out) {
  const Predictions predictions{votes.data(), ridge.data(), average.data()};
  const Features mean =
      mean_features(accuracy, predictions, static_cast<double>(accuracy.size()), [](std::size_t) { return true; });
  for (std::size_t j = 0; j < accuracy.size(); ++j) {
    double value = accuracy[j] + stacking.common_weight * shared(mean);
    const Features row = features_of(accuracy, predictions, j);
    for (std::size_t f = 0; f < kFeatures; ++f) value += stacking.weights[f] * (row[f] - mean[f]);
    out[j] = std::clamp(value, 0.0, 1.0);
  }
}

}  // namespace assay::route
