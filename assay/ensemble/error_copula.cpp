#include "assay/ensemble/error_copula.h"

#include <algorithm>
#include <cmath>

#include "assay/core/rng.h"
#include "assay/stats/bivariate_normal.h"
#include "assay/stats/normal.h"

namespace assay::ensemble {
namespace {

constexpr double kMostLoading = 0.999;

std::vector<std::uint8_t> wrongs(const LabelTable& table, ModelId model) {
  const std::span<const Label> column = table.column(model);
  std::vector<std::uint8_t> wrong(column.size());
  for (std::size_t i = 0; i < wrong.size(); ++i) wrong[i] = column[i] != table.truths()[i] ? 1 : 0;
  return wrong;
}

constexpr double kCommon = 0.5;  // as much as a loading of 0.7 on one more model

// Loadings of one factor, so that a_i a_j is as near as possible to the correlation of i and j: each in turn by
// least squares, with a pull to what is common to all, as few correlations leave some of them open.
std::vector<double> loadings(const stats::CorrelationMatrix& correlation) {
  const std::size_t k = correlation.size;
  double mean = 0;
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < i; ++j) mean += correlation.at(i, j);
  }
  if (k > 1) mean /= static_cast<double>(k * (k - 1)) / 2;
  const double common = std::sqrt(std::max(0.0, mean));
  std::vector<double> a(k, common);
  for (int round = 0; round < 500; ++round) {
    double moved = 0;
    for (std::size_t i = 0; i < k; ++i) {
      double product = kCommon * common, square = kCommon;
      for (std::size_t j = 0; j < k; ++j) {
        if (j == i) continue;
        product += correlation.at(i, j) * a[j];
        square += a[j] * a[j];
      }
      const double next = std::clamp(product / square, -kMostLoading, kMostLoading);
      moved = std::max(moved, std::abs(next - a[i]));
      a[i] = next;
    }
    if (moved < 1e-10) break;
  }
  return a;
}

}  // namespace

ErrorCopula fit_error_copula(const LabelTable& table, std::span<const ModelId> members) {
  const std::size_t k = members.size(), n = table.queries();
  // Half a query more for each of the four cells of a pair: no correlation is exactly one, no error exactly none.
  const double all = static_cast<double>(n) + 2;
  ErrorCopula copula;
  std::vector<std::vector<std::uint8_t>> wrong;
  for (const ModelId member : members) {
    wrong.push_back(wrongs(table, member));
    std::size_t count = 0;
    for (const std::uint8_t one : wrong.back()) count += one;
    copula.error.push_back(static_cast<double>(count) / static_cast<double>(n));
    copula.threshold.push_back(stats::normal_quantile((static_cast<double>(count) + 1) / all));
  }
  stats::CorrelationMatrix raw{k, std::vector<double>(k * k, 1.0)};
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      std::size_t both = 0;
      for (std::size_t q = 0; q < n; ++q) both += wrong[i][q] & wrong[j][q];
      const double r =
          stats::tetrachoric(copula.threshold[i], copula.threshold[j], (static_cast<double>(both) + 0.5) / all);
      raw.values[i * k + j] = raw.values[j * k + i] = r;
    }
  }
  copula.correlation = stats::nearest_correlation(raw);
  for (std::size_t c = 0; c < raw.values.size(); ++c) {
    copula.repaired = std::max(copula.repaired, std::abs(raw.values[c] - copula.correlation.values[c]));
  }
  return copula;
}

std::vector<double> majority_errors(const ErrorCopula& copula, std::uint64_t seed, std::size_t draws) {
  const std::size_t k = copula.threshold.size();
  const std::vector<double> factor = stats::cholesky_factor(copula.correlation);
  std::vector<std::size_t> lost(k, 0);
  std::vector<double> normal(k);
  Rng rng(seed);
  for (std::size_t d = 0; d < draws; ++d) {
    for (double& x : normal) x = rng.normal();
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < k; ++i) {
      double z = 0;
      for (std::size_t j = 0; j <= i; ++j) z += factor[i * k + j] * normal[j];
      wrong += z < copula.threshold[i] ? 1 : 0;
      lost[i] += 2 * wrong >= i + 1 ? 1 : 0;
    }
  }
  std::vector<double> errors;
  for (const std::size_t count : lost) errors.push_back(static_cast<double>(count) / static_cast<double>(draws));
  return errors;
}

std::vector<double> independent_majority_errors(std::span<const double> errors) {
  std::vector<double> result;
  std::vector<double> chance = {1};  // of 0, 1, ... wrong members
  for (const double error : errors) {
    chance.push_back(0);
    for (std::size_t w = chance.size(); w-- > 0;) {
      chance[w] = chance[w] * (1 - error) + (w > 0 ? chance[w - 1] * error : 0);
    }
    double lost = 0;
    for (std::size_t w = 0; w < chance.size(); ++w) lost += 2 * w >= chance.size() - 1 ? chance[w] : 0;
    result.push_back(lost);
  }
  return result;
}

std::vector<double> observed_majority_errors(const LabelTable& table, std::span<const ModelId> members) {
  const std::size_t n = table.queries();
  std::vector<std::size_t> wrong(n, 0);
  std::vector<double> result;
  for (std::size_t k = 0; k < members.size(); ++k) {
    const std::vector<std::uint8_t> one = wrongs(table, members[k]);
    std::size_t lost = 0;
    for (std::size_t q = 0; q < n; ++q) {
      wrong[q] += one[q];
      lost += 2 * wrong[q] >= k + 1 ? 1 : 0;
    }
    result.push_back(static_cast<double>(lost) / static_cast<double>(n));
  }
  return result;
}

double majority_floor(const ErrorCopula& copula) {
  const std::vector<double> a = loadings(copula.correlation);
  const auto k = static_cast<double>(a.size());
  // Given the common factor, the share of wrong answers among ever more models is certain.
  const auto wrong_share = [&](double common) {
    double sum = 0;
    for (std::size_t j = 0; j < a.size(); ++j) {
      sum += stats::normal_cdf((copula.threshold[j] - a[j] * common) / std::sqrt(1 - a[j] * a[j]));
    }
    return sum / k;
  };
  // Usually it falls with the common factor; where loadings have both signs it need not, so all of the line is
  // looked at.
  constexpr int kPoints = 4000;
  constexpr double kEnd = 8;
  double floor = 0;
  for (int i = 0; i < kPoints; ++i) {
    const double from = -kEnd + 2 * kEnd * i / kPoints, to = from + 2 * kEnd / kPoints;
    if (wrong_share((from + to) / 2) >= 0.5) floor += stats::normal_cdf(to) - stats::normal_cdf(from);
  }
  return floor;
}

}  // namespace assay::ensemble
