#include "assay/route/accuracy.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace assay::route {

void AccuracySum::add(std::span<const Correctness> row) {
  for (std::size_t j = 0; j < row.size(); ++j) {
    steps_[j] += row[j].steps();
    known_[j] += row[j].known() ? 1 : 0;
  }
}

void AccuracySum::add(const AccuracySum& other) {
  for (std::size_t j = 0; j < known_.size(); ++j) {
    steps_[j] += other.steps_[j];
    known_[j] += other.known_[j];
  }
}

void AccuracySum::subtract(const AccuracySum& other) {
  for (std::size_t j = 0; j < known_.size(); ++j) {
    steps_[j] -= other.steps_[j];
    known_[j] -= other.known_[j];
  }
}

std::vector<double> AccuracySum::shares(std::span<const double> otherwise) const {
  std::vector<double> result(otherwise.begin(), otherwise.end());
  for (std::size_t j = 0; j < known_.size(); ++j) {
    if (known_[j] > 0) {
      result[j] = static_cast<double>(steps_[j]) / static_cast<double>(Correctness::kSteps * known_[j]);
    }
  }
  return result;
}

std::vector<double> AccuracySum::shares() const {
  return shares(std::vector<double>(known_.size(), std::numeric_limits<double>::quiet_NaN()));
}

std::vector<double> AccuracySum::scores() const {
  std::vector<double> result;
  for (const std::size_t steps : steps_) result.push_back(static_cast<double>(steps) / Correctness::kSteps);
  return result;
}

std::vector<AccuracySum> accuracy_sums(const BenchmarkView& benchmark, std::span<const std::uint32_t> group,
                                       std::size_t groups) {
  std::vector<AccuracySum> sums(groups, AccuracySum(benchmark.models));
  for (std::size_t i = 0; i < benchmark.queries(); ++i) sums[group[i]].add(benchmark.row(i));
  return sums;
}

std::vector<double> shrinkage_weights(std::span<const double> known) {
  constexpr double kEnough = 0.1;  // of what is known of the best known model
  const double enough = kEnough * *std::max_element(known.begin(), known.end());
  std::vector<double> weights;
  for (const double cells : known) weights.push_back(enough > 0 ? std::min(1.0, cells / enough) : 0);
  return weights;
}

std::vector<double> shrunken_accuracies(std::span<const double> scores, std::span<const double> known) {
  const double right = std::accumulate(scores.begin(), scores.end(), 0.0);
  const double all = right / std::max(1.0, std::accumulate(known.begin(), known.end(), 0.0));
  const std::vector<double> weight = shrinkage_weights(known);
  std::vector<double> accuracies(known.size());
  for (std::size_t j = 0; j < known.size(); ++j) {
    const double own = known[j] > 0.5 ? scores[j] / known[j] : all;
    accuracies[j] = all + weight[j] * (own - all);
  }
  return accuracies;
}

std::vector<double> average_over_tasks(std::span<const double> of_tasks, std::span<const double> known,
                                       std::size_t models, std::size_t but) {
  std::vector<double> above(models, 0.0), tasks(models, 0.0), cells(models, 0.0), means;
  std::vector<std::size_t> used;
  for (std::size_t t = 0; t < of_tasks.size() / models; ++t) {
    const std::span<const double> row = of_tasks.subspan(t * models, models);
    const double mean = mean_of_known(row);
    if (t == but || std::isnan(mean)) continue;
    used.push_back(t);
    means.push_back(mean);
    for (std::size_t j = 0; j < models; ++j) {
      if (std::isnan(row[j])) continue;
      above[j] += row[j] - mean;
      cells[j] += known[t * models + j];
      ++tasks[j];
    }
  }
  const std::vector<double> shrinkage = shrinkage_weights(cells);
  std::vector<double> result(models, 0.0);
  for (std::size_t j = 0; j < models; ++j) {
    const double elsewhere = tasks[j] > 0 ? above[j] / tasks[j] : 0;
    for (std::size_t i = 0; i < used.size(); ++i) {
      const double value = of_tasks[used[i] * models + j];
      const double here = std::isnan(value) ? elsewhere : value - means[i];
      result[j] += std::clamp(means[i] + shrinkage[j] * here, 0.0, 1.0) / static_cast<double>(used.size());
    }
  }
  return result;
}

double mean_of_known(std::span<const double> values) {
  double sum = 0;
  double count = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    sum += value;
    ++count;
  }
  return count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
}

std::vector<double> centred(std::span<const double> values) {
  const double mean = mean_of_known(values);
  std::vector<double> result(values.begin(), values.end());
  for (double& value : result) value -= mean;
  return result;
}

}  // namespace assay::route
