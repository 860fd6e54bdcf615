#include "assay/select/rejects.h"

#include <algorithm>
#include <cmath>

namespace assay::select {
namespace {

double harmonic(std::size_t models) {
  double sum = 0.5;
  for (std::size_t i = 2; i <= models; ++i) sum += 1 / static_cast<double>(i);
  return sum;
}

std::vector<std::size_t> capped(std::vector<std::size_t> rounds, std::size_t pool) {
  for (std::size_t& round : rounds) round = std::min(round, pool);
  return rounds;
}

// Calls that the phases take.
std::size_t cost(const std::vector<std::size_t>& rounds) {
  std::size_t calls = 0;
  std::size_t before = 0;
  std::size_t left = rounds.size() + 1;  // models
  for (const std::size_t round : rounds) {
    calls += left-- * (round - before);
    before = round;
  }
  return calls;
}

}  // namespace

std::vector<std::size_t> reject_rounds(std::size_t models, std::size_t budget) {
  const double share = static_cast<double>(budget - std::min(budget, models)) / harmonic(models);
  std::vector<std::size_t> rounds;
  for (std::size_t left = models; left > 1; --left) {
    rounds.push_back(
        std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(share / static_cast<double>(left)))));
  }
  return rounds;
}

std::vector<std::size_t> reject_rounds(std::size_t models, std::size_t budget, std::size_t pool) {
  std::vector<std::size_t> rounds = reject_rounds(models, budget);
  if (rounds.empty() || rounds.back() <= pool) return rounds;
  // With `enough` the first phase takes the whole pool.
  std::size_t fits = budget;
  std::size_t enough =
      models + static_cast<std::size_t>(std::ceil(harmonic(models) * static_cast<double>(models * pool)));
  while (fits < enough) {
    const std::size_t middle = enough - (enough - fits) / 2;
    if (cost(capped(reject_rounds(models, middle), pool)) <= budget) {
      fits = middle;
    } else {
      enough = middle - 1;
    }
  }
  return capped(reject_rounds(models, fits), pool);
}

}  // namespace assay::select
