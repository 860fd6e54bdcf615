#include "assay/route/model_standing.h"

#include <algorithm>
#include <cmath>

namespace assay::route {
namespace {

constexpr double kHardlyKnown = 0.1;  // of the cells of the best known model, as shrinkage_weights has it

// m: ModelStanding::compared.
std::vector<double> cells_beside_others(const BenchmarkView& benchmark) {
  std::vector<double> cells(benchmark.models, 0.0);
  for (std::size_t i = 0; i < benchmark.queries(); ++i) {
    const std::span<const Correctness> row = benchmark.row(i);
    if (std::ranges::count_if(row, [](Correctness cell) { return cell.known(); }) < 2) continue;
    for (std::size_t j = 0; j < row.size(); ++j) cells[j] += row[j].known() ? 1 : 0;
  }
  return cells;
}

// Of the accuracy of one more model like `count` others, whose accuracies have this sum of squares about their
// mean. Their mean and variance are estimates themselves, so it is that of a Student t distribution (Gelman et al.
// 2013, 3.2), or that of any accuracy, where they are so few that it has none.
double predictive_variance(double squares, std::size_t count) {
  constexpr double kOfAny = 1.0 / 12;
  if (count < 4) return kOfAny;
  const double n = static_cast<double>(count);
  const double spread = squares / (n - 1);
  const double predictive = spread * (1 + 1 / n) * (n - 1) / (n - 3);
  // Nothing but chance between the others: as in a wide choice of models.
  constexpr double kUsual = 0.02;
  return spread > 0 ? std::min(predictive, kOfAny) : kUsual;
}

}  // namespace

std::vector<ModelStanding> model_standings(const BenchmarkView& benchmark, const AccuracySum& sum) {
  const std::vector<double> scores = sum.scores(), known = sum.known();
  const std::vector<double> measured = shrunken_accuracies(scores, known), shrinkage = shrinkage_weights(known);
  const std::vector<double> compared = cells_beside_others(benchmark);
  std::vector<ModelStanding> standings;
  for (std::size_t j = 0; j < benchmark.models; ++j) {
    // One right and one wrong more, so that a handful that are all right is not certain (Agresti and Coull 1998).
    const double share = (scores[j] + 1) / (known[j] + 2);
    ModelStanding standing{known[j], measured[j], std::sqrt(share * (1 - share) / (known[j] + 2)), 0};
    if (shrinkage[j] < 1) standing = placed_accuracy(benchmark, j, measured, known);
    standing.compared = compared[j];
    standings.push_back(standing);
  }
  return standings;
}

ModelStanding placed_accuracy(const BenchmarkView& benchmark, std::size_t model, std::span<const double> accuracy,
                              std::span<const double> known) {
  const std::size_t m = benchmark.models;
  const double enough = kHardlyKnown * *std::max_element(known.begin(), known.end());
  std::vector<std::size_t> others;
  for (std::size_t j = 0; j < m; ++j) {
    if (j != model && known[j] >= enough) others.push_back(j);
  }
  double mean = 0, spread = 0;
  for (const std::size_t j : others) mean += accuracy[j] / static_cast<double>(others.size());
  for (const std::size_t j : others) spread += (accuracy[j] - mean) * (accuracy[j] - mean);
  spread = predictive_variance(spread, others.size());
  double count = 0, sum = 0, squares = 0;
  for (std::size_t i = 0; i < benchmark.queries(); ++i) {
    const std::span<const Correctness> row = benchmark.row(i);
    if (!row[model].known()) continue;
    // How hard it was for the others, each against its own accuracy.
    double above = 0, told = 0;
    for (const std::size_t j : others) {
      if (!row[j].known()) continue;
      above += row[j].score() - accuracy[j];
      ++told;
    }
    const double value = row[model].score() - (told > 0 ? above / told : 0);
    ++count;
    sum += value;
    squares += value * value;
  }
  ModelStanding standing{count, others.empty() ? accuracy[model] : mean, std::sqrt(spread), 0};
  if (count == 0) return standing;
  const double own = sum / count;
  // A handful of outcomes may differ by less than they would: not less than one right or wrong more makes.
  const double variance = std::max(squares / count - own * own, 1 / (count + 2)) / count;
  const double weight = others.empty() ? 1 : spread / (spread + variance);
  standing.accuracy = std::clamp(standing.accuracy + weight * (own - standing.accuracy), 0.0, 1.0);
  standing.error = std::sqrt(weight * variance);
  return standing;
}

}  // namespace assay::route
