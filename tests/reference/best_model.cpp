#include "tests/reference/best_model.h"

#include <cmath>

namespace assay {
namespace {

long double chance(Outcome outcome, const select::OutcomeChances& chances) {
  if (outcome == Outcome::loss) return chances.loss;
  if (outcome == Outcome::draw) return chances.draw;
  if (outcome == Outcome::win) return 1.0L - chances.loss - chances.draw;
  return 1.0L / 3.0L;
}

}  // namespace

std::vector<double> reference_posterior(const std::vector<OutcomeRow>& judged, std::size_t models,
                                        const select::OutcomeChances& chances) {
  std::vector<long double> products(models, 1.0L);
  long double sum = 0;
  for (std::size_t j = 0; j < models; ++j) {
    for (const OutcomeRow& row : judged) products[j] *= chance(row[j], chances);
    sum += products[j];
  }
  std::vector<double> posterior;
  for (const long double product : products) posterior.push_back(static_cast<double>(product / sum));
  return posterior;
}

double reference_expected_entropy(const std::vector<OutcomeRow>& judged, const std::vector<OutcomeRow>& weak_rows,
                                  std::size_t models, const select::OutcomeChances& chances) {
  double sum = 0;
  for (const OutcomeRow& row : weak_rows) {
    std::vector<OutcomeRow> extended = judged;
    extended.push_back(row);
    for (const double p : reference_posterior(extended, models, chances)) {
      if (p > 0) sum -= p * std::log(p);
    }
  }
  return sum / static_cast<double>(weak_rows.size());
}

}  // namespace assay
