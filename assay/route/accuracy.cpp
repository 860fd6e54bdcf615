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
