#pragma once

#include <cstddef>
#include <vector>

namespace assay::route {

/// The posterior of m models' accuracies on a new task. The prior is an estimate of each. Its error has a part that
/// is the same for all models (how hard the task is) and a part of each model's own. Labelled queries say the rest;
/// their luck has the same two parts. All of it is normal, so the posterior is one system of equations. A model
/// without labelled queries learns from those of others how hard the task is, and nothing else.
class TaskPosterior {
 public:
  /// Variances of the errors.
  TaskPosterior(double own, double common) : own_(own), common_(common) {}

  /// `estimate` of the accuracy without labels.
  void add_model(double estimate);
  /// The share of right answers of model i among `known` labelled queries; nothing if `known` is 0. Models that
  /// have fewer are taken to have a part of those that others have.
  void add_labels(std::size_t i, double share, double known);

  /// Takes the labels into account, once, of which single queries vary by `own` and `common`. O(m^3).
  void update(double own, double common);

  double mean(std::size_t i) const { return mean_[i]; }
  double variance(std::size_t i) const { return variance_[i]; }

 private:
  struct Labels {
    std::size_t model;
    double share, known;
  };

  double own_, common_;
  std::vector<double> mean_, variance_;
  std::vector<Labels> labels_;
};

}  // namespace assay::route
