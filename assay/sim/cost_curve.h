#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "assay/stats/mean_se.h"

namespace assay::sim {

/// What single queries come to at one cost weight.
struct CurvePoint {
  double cost_weight =
      0;  ///< Chance of a right answer that a dollar per million tokens is worth; infinite: cheapest.
  stats::MeanSe accuracy;
  double dollars = 0;  ///< Mean price of an answered query.
};

/// Accuracy against price of one way to choose models, over all cost weights. Errors are those of paired
/// differences over texts, by the delta method.
struct CostCurve {
  std::string name;
  /// The dearest first; the last one is the cheapest model alone. Each stands for the weights up to the next one's.
  std::vector<CurvePoint> points;
  /// Mean accuracy over the prices from that of the cheapest model to that of the dearest; between points queries
  /// are dealt out at random (AIQ of RouterBench, arXiv 2403.12031, without its hull, which would choose points by
  /// the outcomes).
  stats::MeanSe area;
  stats::MeanSe area_gain;  ///< Less that of the one model that is best at each price, the same for all queries.
  /// Accuracy at half the price of the best single model, as a share of that model's; NaN: no model is that cheap.
  stats::MeanSe at_half;
  stats::MeanSe at_half_gain;
  /// RouterArena's score at the cost weight that was asked for, and less that of the best single model.
  stats::MeanSe arena;
  stats::MeanSe arena_gain;
};

/// Scores and prices of n queries for several ways to choose, each over a grid of cost weights.
class CostCurves {
 public:
  /// Cost weights from 0 to infinity, `asked` among them, fit for models of these prices (NaN: unknown); empty if
  /// fewer than two differ.
  static std::vector<double> grid(std::span<const double> cost, double asked);

  /// @param names   Of the ways to choose. `single` is the index of the one that asks one model for all queries.
  /// @param weights A grid. `asked` is the weight that `arena` is told at, one of them.
  CostCurves(std::vector<std::string> names, std::size_t single, std::vector<double> weights, double asked,
             std::size_t queries);

  std::span<const double> weights() const { return weights_; }

  /// Adds an outcome of query `query` by way `way` at weight `at` of the grid. Different queries from different
  /// threads.
  void add(std::size_t query, std::size_t way, std::size_t at, double score, double dollars);
  /// Adds what the dearest model of a pool would have cost, once for each pool: then the sums are divided by it.
  void add_pool(std::size_t query, double dearest);

  /// @param group  n: queries of one group are of one text, and are no evidence of their own.
  std::vector<CostCurve> curves(std::span<const std::uint32_t> group) const;

 private:
  std::size_t column(std::size_t way, std::size_t at) const { return 2 * (way * weights_.size() + at); }
  std::size_t width() const { return 2 * names_.size() * weights_.size() + 1; }

  std::vector<std::string> names_;
  std::size_t single_;
  std::vector<double> weights_;
  std::size_t asked_;          // index into weights_
  std::vector<double> sums_;   // n x width: score and dollars of each way and weight, and the dearest
  std::vector<double> pools_;  // n
};

/// RouterArena's score of an accuracy and a price of 1,000 queries in dollars (arXiv 2510.00202):
/// 1.1 A C / (0.1 A + C), where C falls with the logarithm of the price from 1 at $0.0044 to 0 at $200.
double arena_score(double accuracy, double dollars_per_1000);

}  // namespace assay::sim
