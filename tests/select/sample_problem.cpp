#include "tests/select/sample_problem.h"

#include "assay/core/rng.h"

namespace assay {

OutcomeTable random_outcomes(std::size_t queries, std::size_t models, double none_share, std::uint64_t seed) {
  Rng rng(seed);
  OutcomeTable table(queries, models);
  for (std::size_t q = 0; q < queries; ++q) {
    for (std::size_t j = 0; j < models; ++j) {
      const double wins = 0.2 + 0.5 * static_cast<double>(j) / static_cast<double>(models);
      const double u = rng.uniform();
      const Outcome judged = u < wins ? Outcome::win : u < wins + 0.2 ? Outcome::draw : Outcome::loss;
      table.set(query_id(q), model_id(j), rng.uniform() < none_share ? Outcome::none : judged);
    }
  }
  return table;
}

OutcomeTable constant_outcomes(std::size_t queries, std::size_t models, Outcome outcome) {
  OutcomeTable table(queries, models);
  for (std::size_t q = 0; q < queries; ++q) {
    for (std::size_t j = 0; j < models; ++j) table.set(query_id(q), model_id(j), outcome);
  }
  return table;
}

SampleProblem sample_problem(const SampleShape& shape, std::uint64_t seed) {
  SampleProblem sample;
  sample.seed = seed;
  sample.truth = random_outcomes(shape.queries, shape.models, shape.none_share, 1000 * seed);
  for (std::size_t q = 0; q < shape.queries; ++q) sample.pool.push_back(query_id(q));
  std::vector<OutcomeTable> judges;
  for (std::size_t k = 1; k <= shape.judges; ++k) {
    judges.push_back(random_outcomes(shape.queries, shape.models, shape.none_share, 1000 * seed + k));
  }
  sample.weak = select::WeakVerdicts(judges);
  sample.similarity = text::SimilarityTable(shape.queries, shape.models);
  Rng rng(seed, 7);
  for (const QueryId query : sample.pool) {
    for (float& value : sample.similarity.row(query)) value = static_cast<float>(rng.uniform());
  }
  sample.features = text::FeatureTable(shape.queries, shape.models, 2);
  for (const QueryId query : sample.pool) {
    for (std::size_t j = 0; j < shape.models; ++j) {
      for (float& value : sample.features.at(query, model_id(j))) value = static_cast<float>(rng.normal());
    }
  }
  sample.assistant = RewardTable(random_outcomes(shape.queries, shape.models, 0.2, 1000 * seed + 999));
  return sample;
}

}  // namespace assay
