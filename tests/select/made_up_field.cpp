#include "tests/select/made_up_field.h"

#include <cmath>

#include "assay/core/rng.h"

namespace assay {

using enum Outcome;

std::vector<Call> go_on(select::Strategy& strategy, const Field& field, std::size_t batch, std::size_t limit) {
  std::vector<Call> made;
  for (std::vector<Call> calls; made.size() < limit; calls.clear()) {
    strategy.propose(std::min(batch, limit - made.size()), calls);
    if (calls.empty()) break;
    strategy.observe(field.answers(calls));
    made.insert(made.end(), calls.begin(), calls.end());
  }
  return made;
}

bool decided(const select::Strategy& strategy, const select::Goal& goal) {
  return strategy.decision()->risk() <= 1 - goal.confidence;
}

std::vector<Call> decide(select::Strategy& strategy, const Field& field, std::size_t batch) {
  std::vector<Call> made;
  while (!decided(strategy, field.goal)) {
    const std::vector<Call> calls = go_on(strategy, field, batch, batch);
    if (calls.empty()) break;
    made.insert(made.end(), calls.begin(), calls.end());
  }
  return made;
}

namespace {

double chance_of(double logit) { return 0.02 + 0.96 / (1 + std::exp(-logit)); }

}  // namespace

OutcomeTable own_world(std::size_t queries, std::size_t models, double spread, std::uint64_t seed) {
  Rng rng(seed, 5);
  OutcomeTable table(queries, models);
  std::vector<double> abilities(models);
  std::vector<double> slopes(models);
  for (std::size_t j = 0; j < models; ++j) {
    abilities[j] = spread * rng.normal();
    slopes[j] = std::max(0.2, 1 + 0.3 * rng.normal());
  }
  for (std::size_t q = 0; q < queries; ++q) {
    const double easiness = rng.normal();
    for (std::size_t j = 0; j < models; ++j) {
      const bool wins = rng.uniform() < chance_of(abilities[j] + slopes[j] * easiness);
      table.set(query_id(q), model_id(j), wins ? win : loss);
    }
  }
  return table;
}

OutcomeTable other_world(std::size_t queries, std::size_t models, double spread, std::uint64_t seed) {
  Rng rng(seed, 6);
  OutcomeTable table(queries, models);
  std::vector<double> abilities(models);
  for (double& ability : abilities) ability = spread * rng.normal();
  for (std::size_t q = 0; q < queries; ++q) {
    const double easiness = rng.normal() / std::sqrt(rng.gamma(1));
    for (std::size_t j = 0; j < models; ++j) {
      const bool wins = rng.uniform() < chance_of(abilities[j] + (j == 0 ? -easiness : easiness));
      table.set(query_id(q), model_id(j), rng.uniform() < 0.2 ? draw : wins ? win : loss);
    }
  }
  return table;
}

text::FeatureTable features_of(const Field& field, std::size_t count, float scale) {
  text::FeatureTable table(field.truth.queries(), field.truth.models(), count);
  Rng rng(21);
  for (const QueryId query : field.pool) {
    for (std::size_t j = 0; j < field.truth.models(); ++j) {
      for (float& value : table.at(query, model_id(j))) value = scale * static_cast<float>(rng.normal());
    }
  }
  return table;
}

}  // namespace assay
