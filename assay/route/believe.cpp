#include "assay/route/believe.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "assay/route/accuracy.h"
#include "assay/route/stacking.h"

namespace assay {
namespace {

constexpr std::size_t kFewestTasks = 3;
using Told = std::array<const double*, kFeatures>;  // votes and ridge, m numbers each

// What predictors say above the accuracy, of one task or query, split into what all models share and the rest.
struct Shares {
  std::vector<double> own;  // kFeatures x m, each row less its mean
  double common = 0;        // mean over features and models
};

Shares split(std::span<const double> accuracy, const Told& told) {
  const std::size_t m = accuracy.size();
  Shares shares;
  shares.own.resize(kFeatures * m);
  for (std::size_t f = 0; f < kFeatures; ++f) {
    const std::span<double> row = std::span(shares.own).subspan(f * m, m);
    double sum = 0;
    for (std::size_t j = 0; j < m; ++j) {
      row[j] = told[f][j] - accuracy[j];
      sum += row[j];
    }
    const double mean = sum / static_cast<double>(m);
    for (double& value : row) value -= mean;
    shares.common += mean / static_cast<double>(kFeatures);
  }
  return shares;
}

// One task or query as rows of a regression: centred over the models whose truth is known.
struct Case {
  Stacking own{kFeatures};
  Stacking common{1};
  double known = 0;
  double without = 0;  // squared error of the accuracies alone

  Case(std::span<const double> accuracy, const Told& told, std::span<const double> truth) {
    const std::size_t m = accuracy.size();
    const Shares shares = split(accuracy, told);
    double sum = 0;
    for (std::size_t j = 0; j < m; ++j) {
      if (std::isnan(truth[j])) continue;
      sum += truth[j] - accuracy[j];
      ++known;
    }
    if (known == 0) return;
    const double mean = sum / known;
    std::array<double, kFeatures> row{};
    for (std::size_t j = 0; j < m; ++j) {
      if (std::isnan(truth[j])) continue;
      for (std::size_t f = 0; f < kFeatures; ++f) row[f] = shares.own[f * m + j];
      const double target = truth[j] - accuracy[j] - mean;
      own.add(row, target);
      without += target * target;
    }
    common.add(std::array{shares.common}, mean);
  }
};

// Leaves out case after case; what is left says how far it is believed.
struct Validation {
  double error = 0;         // squared, of the models' own parts
  double common_error = 0;  // squared, of the common parts
  double known = 0;
  double skill = 0;
};

Validation validate(const std::vector<Case>& cases, const Stacking& own, const Stacking& common, bool leave_out) {
  Validation result;
  double gain = 0;
  double squares = 0;
  std::vector<double> weights = own.weights();
  std::vector<double> common_weights = common.weights();
  for (const Case& one : cases) {
    if (leave_out) {
      Stacking others = own;
      others.add(one.own, -1);
      weights = others.weights();
      Stacking other_common = common;
      other_common.add(one.common, -1);
      common_weights = other_common.weights();
    }
    const double error = one.own.squared_error(weights);
    result.error += error;
    result.common_error += one.common.squared_error(common_weights);
    result.known += one.known;
    gain += one.without - error;
    squares += (one.without - error) * (one.without - error);
  }
  const auto n = static_cast<double>(cases.size());
  const double variance = std::max(0.0, squares / n - gain / n * (gain / n)) / std::max(1.0, n - 1);
  result.skill = variance > 0 ? gain / n / std::sqrt(variance) : 0;
  return result;
}

struct Learnt {
  Belief belief;
  double error = 0;
};

Learnt learn(const std::vector<Case>& cases, bool leave_out) {
  Stacking own(kFeatures);
  Stacking common(1);
  for (const Case& one : cases) {
    own.add(one.own);
    common.add(one.common);
  }
  const Validation validation = validate(cases, own, common, leave_out);
  Learnt learnt;
  const std::vector<double> weights = own.weights();
  std::copy(weights.begin(), weights.end(), learnt.belief.weights.begin());
  learnt.belief.common_weight = common.weights()[0];
  learnt.belief.variance = std::max(0.0, validation.error) / std::max(1.0, validation.known);
  learnt.belief.common_variance =
      std::max(0.0, validation.common_error) / std::max(1.0, static_cast<double>(cases.size()));
  learnt.belief.skill = validation.skill;
  learnt.error = validation.error;
  return learnt;
}

double value_of(Correctness cell) {
  if (cell == Correctness::unknown) return std::numeric_limits<double>::quiet_NaN();
  return cell == Correctness::right ? 1 : 0;
}

}  // namespace

Belief believe_tasks(std::span<const HeldOutTask> tasks, std::size_t models) {
  if (tasks.size() < kFewestTasks) return {};
  std::vector<Case> cases;
  for (const HeldOutTask& task : tasks) {
    cases.emplace_back(task.accuracy, Told{task.s1.data() + kTaskNeighbours * models, task.ridge.data()},
                       task.truth);
  }
  return learn(cases, true).belief;
}

QueryBelief believe_queries(const BenchmarkView& benchmark, std::span<const HeldOutQuery> queries) {
  const std::size_t m = benchmark.models;
  QueryBelief best;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t p = 0; p < kPenalties.size(); ++p) {
    for (std::size_t k = kNeighbours.size() / 2; k < kNeighbours.size(); ++k) {
      std::vector<Case> cases;
      cases.reserve(queries.size());
      std::vector<double> truth(m);
      for (const HeldOutQuery& query : queries) {
        const std::span<const Correctness> row = benchmark.row(query.query);
        std::transform(row.begin(), row.end(), truth.begin(), value_of);
        cases.emplace_back(query.accuracy, Told{query.votes.data() + k * m, query.ridge.data() + p * m}, truth);
      }
      // Two weights on thousands of queries: nothing to be gained from leaving one out.
      const Learnt learnt = learn(cases, false);
      if (!(learnt.error < least)) continue;
      least = learnt.error;
      best = {p, k, learnt.belief};
    }
  }
  return best;
}

void tell(const Belief& belief, std::span<const double> accuracy, std::span<const double> votes,
          std::span<const double> ridge, std::span<double> out) {
  const std::size_t m = accuracy.size();
  const Shares shares = split(accuracy, {votes.data(), ridge.data()});
  for (std::size_t j = 0; j < m; ++j) {
    double value = accuracy[j] + belief.common_weight * shares.common;
    for (std::size_t f = 0; f < kFeatures; ++f) value += belief.weights[f] * shares.own[f * m + j];
    out[j] = std::clamp(value, 0.0, 1.0);
  }
}

}  // namespace assay
