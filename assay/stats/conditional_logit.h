#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace assay::stats {

/// Observed choices between alternatives with p features each (McFadden 1974): alternative a of a row has the
/// score w . x_a and the probability exp(score) / sum of exp(scores). Besides those that are listed a row may have
/// `others`, alternatives whose features are all 0. Row by row, contiguous.
class Choices {
 public:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  explicit Choices(std::size_t features) : features_(features) {}

  /// A row: `alternatives` has p features for each listed alternative. `chosen` is the number of the right one;
  /// kNone: one of the others. `weight` >= 0.
  void add(std::span<const double> alternatives, double others, std::size_t chosen, double weight = 1);
  /// New weights of the rows.
  void weigh(std::span<const double> weights) { weights_.assign(weights.begin(), weights.end()); }
  void reserve(std::size_t rows, std::size_t alternatives);

  std::size_t rows() const { return chosen_.size(); }
  std::size_t features() const { return features_; }
  std::size_t alternatives(std::size_t row) const { return first_[row + 1] - first_[row]; }
  /// p features of each alternative of a row, one after the other.
  std::span<const double> values(std::size_t row) const {
    return {values_.data() + first_[row] * features_, alternatives(row) * features_};
  }
  double others(std::size_t row) const { return others_[row]; }
  std::size_t chosen(std::size_t row) const { return chosen_[row]; }
  double weight(std::size_t row) const { return weights_[row]; }

  /// The same rows with q features, sums of the old ones: `directions` has q times p factors.
  Choices projected(std::span<const double> directions) const;

 private:
  std::size_t features_;
  std::vector<std::size_t> first_ = {0};  // rows + 1
  std::vector<double> values_;
  std::vector<double> others_;
  std::vector<std::size_t> chosen_;
  std::vector<double> weights_;
};

/// A normal prior of the p weights, independent: what they are shrunk towards and how much.
struct LogitPrior {
  std::vector<double> mean;
  std::vector<double> precision;  ///< >= 0
};

/// Log likelihood of the choices in nats, rows counted by their weights. O(alternatives * p).
double log_likelihood(const Choices& choices, std::span<const double> weights);
/// That of each row, unweighted.
std::vector<double> row_log_likelihoods(const Choices& choices, std::span<const double> weights);

/// Minus the second derivatives of the log likelihood, p x p, of which the lower triangle is filled: the inverse is
/// about the covariance of fitted weights.
std::vector<double> information_matrix(const Choices& choices, std::span<const double> weights);

/// The weights that maximise likelihood times prior. Newton's method from `start`; a step that overshoots is
/// halved. The problem is concave, with one maximum if the prior has a precision. O(alternatives * p^2) a step,
/// about five steps.
std::vector<double> fit_logit(const Choices& choices, const LogitPrior& prior, std::vector<double> start);

}  // namespace assay::stats
