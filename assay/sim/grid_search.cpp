#include "assay/sim/grid_search.h"

#include <algorithm>

#include "assay/select/weak_verdicts.h"
#include "assay/sim/replay.h"

namespace assay::sim {
namespace {

// What most weak judges say; a draw where none of win, draw and loss has more votes than each of the others.
OutcomeTable majority(const select::WeakVerdicts& weak) {
  OutcomeTable table(weak.queries(), weak.models());
  for (std::size_t q = 0; q < weak.queries(); ++q) {
    for (std::size_t j = 0; j < weak.models(); ++j) {
      const auto votes = weak.votes(query_id(q), model_id(j));
      const auto of = [&](Outcome outcome) { return votes[static_cast<std::size_t>(outcome)]; };
      Outcome outcome = Outcome::draw;
      if (of(Outcome::none) == weak.judges()) outcome = Outcome::none;
      if (of(Outcome::win) > of(Outcome::loss) && of(Outcome::win) > of(Outcome::draw)) outcome = Outcome::win;
      if (of(Outcome::loss) > of(Outcome::win) && of(Outcome::loss) > of(Outcome::draw)) outcome = Outcome::loss;
      table.set(query_id(q), model_id(j), outcome);
    }
  }
  return table;
}

double mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

std::vector<GridPoint> grid_search(const GridSearchSetup& setup, const select::StrategyEntry& entry,
                                   std::span<const ParameterValues> grid, const Progress& progress) {
  const RewardTable oracle(majority(*setup.weak));
  ReplaySetup replay_setup;
  replay_setup.rewards = &oracle;
  replay_setup.weak = setup.weak;
  replay_setup.similarity = setup.similarity;
  replay_setup.realizations = setup.realizations;
  replay_setup.pool = std::min(setup.pool, setup.weak->queries());
  replay_setup.budget = std::min(setup.budget, replay_setup.pool);
  replay_setup.seed = setup.seed;
  replay_setup.threads = setup.threads;
  std::vector<Competitor> competitors;
  for (const ParameterValues& parameters : grid) competitors.push_back({&entry, parameters, entry.returns});

  const std::vector<ReplayResult> results = replay(replay_setup, competitors, progress);
  std::vector<GridPoint> points;
  for (std::size_t i = 0; i < grid.size(); ++i) points.push_back({grid[i], mean(results[i].gap_mean)});
  std::stable_sort(points.begin(), points.end(),
                   [](const GridPoint& a, const GridPoint& b) { return a.gap < b.gap; });
  return points;
}

}  // namespace assay::sim
