#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "assay/core/rewards.h"
#include "assay/select/makers.h"
#include "assay/text/response_features.h"
#include "tests/select/borrowed.h"

namespace assay {

/// Win rates that differ by less are the same.
inline constexpr double kSameRate = 1e-9;

/// True outcomes, what may be looked at besides, and what is to be decided.
struct Field {
  OutcomeTable truth;
  text::FeatureTable features;
  RewardTable assistant;  ///< Empty: there is none.
  select::Goal goal;
  std::uint64_t seed = 1;
  std::vector<QueryId> pool;

  explicit Field(OutcomeTable outcomes, const select::Goal& wanted = {})
      : truth(std::move(outcomes)), goal(wanted) {
    for (std::size_t q = 0; q < truth.queries(); ++q) pool.push_back(query_id(q));
  }

  std::size_t all() const { return truth.models() * pool.size(); }

  std::unique_ptr<select::Strategy> start() const {
    select::Problem problem;
    problem.models = truth.models();
    problem.pool = pool;
    problem.seed = seed;
    problem.goal = goal;
    if (features.features() > 0) problem.features = borrowed(features);
    if (assistant.queries() > 0) problem.assistant = borrowed(assistant);
    return select::make_assay(problem, {});
  }

  std::vector<Verdict> answers(std::span<const Call> calls) const {
    std::vector<Verdict> verdicts;
    for (const Call& call : calls) verdicts.push_back({call, truth.at(call.query, call.model)});
    return verdicts;
  }

  double gap(ModelId model) const {
    const std::vector<double> rates = truth.win_rates(pool);
    return *std::max_element(rates.begin(), rates.end()) - rates[index(model)];
  }
};

/// Asks and answers `batch` calls at a time until `limit` are made.
std::vector<Call> go_on(select::Strategy& strategy, const Field& field, std::size_t batch, std::size_t limit);

bool decided(const select::Strategy& strategy, const select::Goal& goal);

/// The same until it is decided, or all are made.
std::vector<Call> decide(select::Strategy& strategy, const Field& field, std::size_t batch = 8);

/// What the outcome model supposes: abilities, slopes and easiness normal, one outcome in fifty beyond all.
OutcomeTable own_world(std::size_t queries, std::size_t models, double spread, std::uint64_t seed);

/// What it does not suppose: easiness of Student's t with two degrees of freedom, a model that is good at other
/// queries than all others, and draws in place of one win or loss in five.
OutcomeTable other_world(std::size_t queries, std::size_t models, double spread, std::uint64_t seed);

text::FeatureTable features_of(const Field& field, std::size_t count, float scale);

}  // namespace assay
