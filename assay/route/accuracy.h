#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "assay/core/correctness.h"

namespace assay {

/// Right answers and known cells of m models.
class AccuracySum {
 public:
  AccuracySum() = default;
  explicit AccuracySum(std::size_t models) : right_(models, 0), known_(models, 0) {}

  void add(std::span<const Correctness> row);
  void add(const AccuracySum& other);
  void subtract(const AccuracySum& other);

  std::size_t known(std::size_t model) const { return known_[model]; }
  /// m shares of right answers among the known cells; `otherwise[model]` where there is none.
  std::vector<double> shares(std::span<const double> otherwise) const;
  /// NaN where there is none.
  std::vector<double> shares() const;

 private:
  std::vector<std::size_t> right_;
  std::vector<std::size_t> known_;
};

/// Mean of the values that are not NaN; NaN if there is none.
double mean_of_known(std::span<const double> values);

/// The values less their mean: what is left of accuracies when a task is hard for everybody. NaN stays NaN.
std::vector<double> centred(std::span<const double> values);

}  // namespace assay
