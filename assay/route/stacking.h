#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace assay::route {

/// Weights w >= 0 that minimise sum_i (y_i - sum_f w_f x_if)^2: the weights of several predictors, stacked.
/// Summed up as rows come, so that the rows of one group can be left out.
class Stacking {
 public:
  explicit Stacking(std::size_t features);

  /// A row: the features and what came of them.
  void add(std::span<const double> features, double target);
  void add(const Stacking& other, double sign = 1);

  /// Exact, by trying all sets of features that are not 0: for a handful of them.
  std::vector<double> weights() const;
  /// sum_i (y_i - sum_f w_f x_if)^2.
  double squared_error(std::span<const double> weights) const;

 private:
  std::size_t features_;
  std::vector<double> gram_;     // f x f
  std::vector<double> product_;  // f
  double squares_ = 0;           // of the targets
};

}  // namespace assay::route
