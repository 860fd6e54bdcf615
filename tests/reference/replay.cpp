#include "tests/reference/replay.h"

#include <algorithm>
#include <cmath>

#include "assay/core/rng.h"
#include "assay/select/selection.h"

namespace assay {
namespace {

constexpr double kSame = 1e-9;

// Entry c - 1: gap of the returned model once c calls are answered; 1 before the first answer.
std::vector<double> gaps_by_call(const ReplaySetup& setup, const Competitor& competitor, std::size_t realization) {
  const OutcomeTable& oracle = *setup.outcomes;
  std::vector<QueryId> pool;
  for (std::size_t q = 0; q < oracle.queries(); ++q) pool.push_back(query_id(q));
  Rng(setup.seed, realization).shuffle(std::span(pool));
  pool.resize(setup.pool);
  const std::vector<double> rates = oracle.win_rates(pool);

  Problem problem;
  problem.models = oracle.models();
  problem.pool = pool;
  problem.weak = setup.weak;
  problem.similarity = setup.similarity;
  problem.features = setup.features;
  problem.seed = setup.seed * 0x9E3779B97F4A7C15ULL + realization;
  problem.goal = {setup.epsilon, setup.confidence, StopRule::model};
  Selection selection(*competitor.entry, problem, competitor.parameters, competitor.returns);
  std::vector<double> gaps;
  double gap = 1;
  bool decided = false;
  while (gaps.size() < setup.budget * oracle.models()) {
    std::vector<Call> calls;
    // A decision once made is not looked at again.
    decided = decided || (selection.decision() != nullptr && !gaps.empty() &&
                          selection.decision()->doubt() <= 1 - setup.confidence);
    if (!decided) selection.propose(competitor.entry->whole_rows ? oracle.models() : 1, calls);
    for (std::size_t i = 0; i < calls.size(); ++i) {
      const Verdict verdict{calls[i], oracle.at(calls[i].query, calls[i].model)};
      selection.observe(std::span(&verdict, 1));
      // Answers of one batch count from the last one on.
      if (i + 1 == calls.size()) {
        gap = *std::max_element(rates.begin(), rates.end()) - rates[index(selection.best())];
      }
      gaps.push_back(gap);
    }
    if (calls.empty()) gaps.push_back(gap);
  }
  return gaps;
}

double share_within(const std::vector<std::vector<double>>& runs, std::size_t call, double tolerance) {
  double within = 0;
  for (const std::vector<double>& gaps : runs) within += gaps[call - 1] <= tolerance + kSame ? 1 : 0;
  return within / static_cast<double>(runs.size());
}

std::optional<double> labels(const std::vector<std::vector<double>>& runs, std::size_t models, double tolerance,
                             double confidence) {
  for (std::size_t call = 1; call <= runs[0].size(); ++call) {
    bool stays = true;
    for (std::size_t later = call; later <= runs[0].size(); ++later) {
      stays = stays && share_within(runs, later, tolerance) >= confidence - kSame;
    }
    if (stays) return static_cast<double>(call) / static_cast<double>(models);
  }
  return std::nullopt;
}

}  // namespace

ReplayResult reference_replay(const ReplaySetup& setup, const Competitor& competitor) {
  std::vector<std::vector<double>> runs;
  for (std::size_t r = 0; r < setup.realizations; ++r) runs.push_back(gaps_by_call(setup, competitor, r));
  const std::size_t models = setup.outcomes->models();
  ReplayResult result;
  for (std::size_t b = 1; b <= setup.budget; ++b) {
    std::vector<double> gaps;
    double sum = 0;
    for (const std::vector<double>& run : runs) {
      gaps.push_back(run[b * models - 1]);
      sum += gaps.back();
    }
    std::sort(gaps.begin(), gaps.end());
    // The smallest value that at least 95 of 100 do not exceed.
    std::size_t rank = 0;
    while (100 * (rank + 1) < 95 * gaps.size()) ++rank;
    result.identification.push_back(share_within(runs, b * models, 0));
    result.gap95.push_back(gaps[rank]);
    result.gap_mean.push_back(sum / static_cast<double>(runs.size()));
  }
  for (std::size_t d = 0; d < kTolerances.size(); ++d) {
    result.labels_to_reach[d] = labels(runs, models, kTolerances[d], setup.confidence);
  }
  return result;
}

}  // namespace assay
