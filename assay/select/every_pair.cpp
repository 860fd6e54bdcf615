#include "assay/select/every_pair.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "assay/core/error.h"

namespace assay::select {
namespace {

constexpr std::size_t kLeaders = 5;
constexpr std::array kSteps = {0.0, 0.5, 1.0, 2.0, 3.0, std::numeric_limits<double>::infinity()};

int sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }

// Share of 1, 1/2 or 0 of agreement of two signs.
double alike(int a, int b) { return 0.5 * (1 + a * b); }

class Tournament {
 public:
  explicit Tournament(std::span<const OutcomeTable> tables) : tables_(tables), m_(tables.size()) {
    for (const OutcomeTable& table : tables) rates_.push_back(table.win_rates());
    for (std::size_t j = 0; j < m_; ++j) strengths_.push_back(strength(j));
  }

  std::vector<ModelId> order() const {
    std::vector<ModelId> models;
    for (std::size_t j = 0; j < m_; ++j) models.push_back(model_id(j));
    std::stable_sort(models.begin(), models.end(),
                     [&](ModelId a, ModelId b) { return strengths_[index(a)] > strengths_[index(b)]; });
    return models;
  }

  EveryPair::Baseline baseline(std::size_t b, std::span<const ModelId> order) const {
    EveryPair::Baseline result;
    result.model = model_id(b);
    std::vector<std::size_t> leaders;
    for (const ModelId model : order) {
      if (index(model) != b && leaders.size() < kLeaders) leaders.push_back(index(model));
    }
    const auto count = static_cast<double>(leaders.size());
    for (const std::size_t j : leaders) {
      result.win_rate += rates_[b][j] / count;
      result.sensitivity += 4 * rates_[b][j] * (1 - rates_[b][j]) / count;
    }
    std::size_t best = b == 0 ? 1 : 0;
    for (std::size_t j = 0; j < m_; ++j) {
      if (j != b && rates_[b][j] > rates_[b][best]) best = j;
    }
    result.best = model_id(best);
    result.agreement = tau(rates_[b], strengths_, b, b);
    for (std::size_t other = 0; other < m_; ++other) {
      if (other != b)
        result.mutual_agreement += tau(rates_[b], rates_[other], b, other) / static_cast<double>(m_ - 1);
    }
    return result;
  }

  void count_circles(EveryPair& result) const {
    for (std::size_t a = 0; a < m_; ++a) {
      for (std::size_t b = a + 1; b < m_; ++b) {
        for (std::size_t c = b + 1; c < m_; ++c) {
          ++result.triples;
          if (std::abs(winner(a, b) + winner(b, c) + winner(c, a)) == 3) ++result.circular;
        }
      }
    }
  }

  void count_kept(EveryPair& result) const {
    for (std::size_t i = 0; i < m_; ++i) {
      for (std::size_t j = i + 1; j < m_; ++j) {
        const int rest = sum_of_orders(i, j);
        for (std::size_t b = 0; b < m_; ++b) {
          const int here = ordered(i, j, b);
          if (b == i || b == j || here == 0) continue;
          EveryPair::Kept& kept = result.kept[step(i, j, b)];
          ++kept.count;
          kept.elsewhere += 0.5 * (1 + here * (rest - here) / static_cast<double>(m_ - 3));
          kept.directly += alike(here, winner(i, j));
        }
      }
    }
    for (EveryPair::Kept& kept : result.kept) {
      kept.elsewhere /= static_cast<double>(std::max<std::size_t>(kept.count, 1));
      kept.directly /= static_cast<double>(std::max<std::size_t>(kept.count, 1));
    }
  }

 private:
  double strength(std::size_t j) const {
    double sum = 0;
    for (std::size_t b = 0; b < m_; ++b) sum += b == j ? 0 : rates_[b][j];
    return sum;
  }

  // 1 if baseline b puts i before j, -1 if after.
  int ordered(std::size_t i, std::size_t j, std::size_t b) const { return sign(rates_[b][i] - rates_[b][j]); }
  // 1 if i beats j when compared with each other.
  int winner(std::size_t i, std::size_t j) const { return sign(rates_[j][i] - rates_[i][j]); }

  int sum_of_orders(std::size_t i, std::size_t j) const {
    int sum = 0;
    for (std::size_t b = 0; b < m_; ++b) sum += b == i || b == j ? 0 : ordered(i, j, b);
    return sum;
  }

  // Position among kSteps of how many standard errors baseline b sets i and j apart.
  std::size_t step(std::size_t i, std::size_t j, std::size_t b) const {
    const OutcomeTable& table = tables_[b];
    const auto n = static_cast<double>(table.queries());
    double squares = 0;
    for (std::size_t q = 0; q < table.queries(); ++q) {
      const double d = worth(table.at(query_id(q), model_id(i))) - worth(table.at(query_id(q), model_id(j)));
      squares += d * d;
    }
    const double gap = rates_[b][i] - rates_[b][j];
    const double error = std::sqrt(std::max(squares / n - gap * gap, 0.0) / std::max(n - 1, 1.0));
    std::size_t at = 0;
    while (at + 2 < kSteps.size() && std::abs(gap) >= kSteps[at + 1] * error) ++at;
    return at;
  }

  // Kendall's tau-b of the models other than a and b.
  double tau(const std::vector<double>& x, const std::vector<double>& y, std::size_t a, std::size_t b) const {
    double both = 0;
    double of_x = 0;
    double of_y = 0;
    for (std::size_t i = 0; i < m_; ++i) {
      for (std::size_t j = i + 1; j < m_; ++j) {
        if (i == a || i == b || j == a || j == b) continue;
        const int u = sign(x[i] - x[j]);
        const int v = sign(y[i] - y[j]);
        both += u * v;
        of_x += u * u;
        of_y += v * v;
      }
    }
    return of_x > 0 && of_y > 0 ? both / std::sqrt(of_x * of_y) : 0;
  }

  std::span<const OutcomeTable> tables_;
  std::size_t m_;
  std::vector<std::vector<double>> rates_;  // [b][j]: of j against b.
  std::vector<double> strengths_;
};

void check(std::span<const OutcomeTable> tables) {
  if (tables.size() < 4) throw InvalidArgument(fmt::format("expected at least 4 models, came {}", tables.size()));
  for (const OutcomeTable& table : tables) {
    if (table.models() == tables.size() && table.queries() == tables[0].queries() && table.queries() > 0) continue;
    throw InvalidArgument(fmt::format("expected the outcomes of {} models on {} queries, came {} on {}",
                                      tables.size(), std::max<std::size_t>(tables[0].queries(), 1), table.models(),
                                      table.queries()));
  }
}

}  // namespace

EveryPair every_pair(std::span<const OutcomeTable> tables) {
  check(tables);
  const Tournament tournament(tables);
  EveryPair result;
  for (std::size_t k = 0; k + 1 < kSteps.size(); ++k) {
    result.kept[k].from = kSteps[k];
    result.kept[k].to = kSteps[k + 1];
  }
  result.order = tournament.order();
  for (const ModelId model : result.order)
    result.baselines.push_back(tournament.baseline(index(model), result.order));
  tournament.count_circles(result);
  tournament.count_kept(result);
  return result;
}

}  // namespace assay::select
