#include "assay/route/accuracy.h"

#include <cmath>
#include <limits>

namespace assay {

void AccuracySum::add(std::span<const Correctness> row) {
  for (std::size_t j = 0; j < row.size(); ++j) {
    right_[j] += row[j] == Correctness::right ? 1 : 0;
    known_[j] += row[j] == Correctness::right || row[j] == Correctness::wrong ? 1 : 0;
  }
}

void AccuracySum::add(const AccuracySum& other) {
  for (std::size_t j = 0; j < known_.size(); ++j) {
    right_[j] += other.right_[j];
    known_[j] += other.known_[j];
  }
}

void AccuracySum::subtract(const AccuracySum& other) {
  for (std::size_t j = 0; j < known_.size(); ++j) {
    right_[j] -= other.right_[j];
    known_[j] -= other.known_[j];
  }
}

std::vector<double> AccuracySum::shares(std::span<const double> otherwise) const {
  std::vector<double> result(otherwise.begin(), otherwise.end());
  for (std::size_t j = 0; j < known_.size(); ++j) {
    if (known_[j] > 0) result[j] = static_cast<double>(right_[j]) / static_cast<double>(known_[j]);
  }
  return result;
}

std::vector<double> AccuracySum::shares() const {
  return shares(std::vector<double>(known_.size(), std::numeric_limits<double>::quiet_NaN()));
}

std::vector<double> average_over_tasks(std::span<const double> of_tasks, std::span<const double> otherwise,
                                       std::size_t but) {
  const std::size_t m = otherwise.size();
  std::vector<double> sums(m, 0.0), tasks(m, 0.0);
  double level = 0, levels = 0;
  for (std::size_t t = 0; t < of_tasks.size() / m; ++t) {
    const std::span<const double> row = of_tasks.subspan(t * m, m);
    const double mean = mean_of_known(row);
    if (t == but || std::isnan(mean)) continue;
    level += mean;
    ++levels;
    for (std::size_t j = 0; j < m; ++j) {
      if (std::isnan(row[j])) continue;
      sums[j] += row[j] - mean;
      ++tasks[j];
    }
  }
  std::vector<double> result(otherwise.begin(), otherwise.end());
  for (std::size_t j = 0; j < m; ++j) {
    if (tasks[j] > 0) result[j] = level / levels + sums[j] / tasks[j];
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

}  // namespace assay
