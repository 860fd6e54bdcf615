#include "tests/reference/replay.h"

#include <algorithm>
#include <cmath>

#include "assay/core/rng.h"
#include "assay/select/selection.h"

namespace assay {
namespace {

constexpr double kSame = 1e-9;

// A realization: its pool, what is to be found there, and the strategy at its start.
class Realization {
 public:
  Realization(const sim::ReplaySetup& setup, const sim::Competitor& competitor, std::size_t number)
      : setup_(setup), competitor_(competitor) {
    for (std::size_t q = 0; q < setup.rewards->queries(); ++q) pool_.push_back(query_id(q));
    Rng(setup.seed, number).shuffle(std::span(pool_));
    pool_.resize(setup.pool);
    rates_ = setup.rewards->means(pool_);
    problem_.models = setup.rewards->models();
    problem_.pool = pool_;
    problem_.weak = setup.weak;
    problem_.similarity = setup.similarity;
    problem_.features = setup.features;
    problem_.seed = setup.seed * 0x9E3779B97F4A7C15ULL + number;
  }
  Realization(const Realization&) = delete;

  select::Selection start(const select::Goal& goal) {
    problem_.goal = goal;
    return {*competitor_.entry, problem_, competitor_.parameters, competitor_.returns};
  }

  std::size_t budget() const { return setup_.budget * problem_.models; }

  // Asks and answers the next batch; how many calls. A row where the strategy judges rows, unless told
  // otherwise.
  std::size_t step(select::Selection& selection) const {
    std::size_t batch = setup_.batch;
    if (batch == 0) {
      batch = competitor_.entry->whole_rows ? problem_.models : 1;
    }
    std::vector<Call> calls;
    selection.propose(std::min(batch, budget() - selection.calls()), calls);
    std::vector<Verdict> verdicts;
    for (const Call& call : calls) verdicts.push_back({call, setup_.rewards->at(call.query, call.model)});
    selection.observe(verdicts);
    return calls.size();
  }

  double gap(const select::Selection& selection) const {
    return *std::max_element(rates_.begin(), rates_.end()) - rates_[index(selection.best())];
  }

 private:
  const sim::ReplaySetup& setup_;
  const sim::Competitor& competitor_;
  std::vector<QueryId> pool_;
  std::vector<double> rates_;
  select::Problem problem_;
};

bool decided(const select::Selection& selection, double confidence) {
  return selection.calls() > 0 && selection.decision() != nullptr && selection.decision()->risk() <= 1 - confidence;
}

// Entry c - 1: gap of the returned model once c calls are answered; 1 before the first answer.
std::vector<double> gaps_by_call(const sim::ReplaySetup& setup, const sim::Competitor& competitor,
                                 std::size_t number) {
  Realization realization(setup, competitor, number);
  select::Selection selection = realization.start({setup.epsilon, setup.confidence});
  std::vector<double> gaps;
  bool over = false;
  while (gaps.size() < realization.budget()) {
    const double before = gaps.empty() ? 1 : gaps.back();
    // A decision once made is not looked at again.
    over = over || decided(selection, setup.confidence);
    const std::size_t calls = over ? 0 : realization.step(selection);
    // Answers of one batch count from the last one on.
    for (std::size_t i = 1; i < calls; ++i) gaps.push_back(before);
    gaps.push_back(calls > 0 ? realization.gap(selection) : before);
  }
  return gaps;
}

// Runs that end when they are decided.
sim::StopResult stop_result(const sim::ReplaySetup& setup, const sim::Competitor& competitor,
                            const select::Goal& goal) {
  sim::StopResult result{.confidence = goal.confidence, .epsilon = goal.epsilon};
  std::vector<std::size_t> calls;
  std::size_t wrong = 0;
  std::size_t undecided = 0;
  for (std::size_t r = 0; r < setup.realizations; ++r) {
    Realization realization(setup, competitor, r);
    select::Selection selection = realization.start(goal);
    while (selection.calls() < realization.budget() && !decided(selection, goal.confidence)) {
      if (realization.step(selection) == 0) break;
    }
    calls.push_back(selection.calls());
    if (!decided(selection, goal.confidence)) {
      ++undecided;
    } else if (realization.gap(selection) > goal.epsilon + kSame) {
      ++wrong;
    }
  }
  const auto runs = static_cast<double>(setup.realizations);
  for (const std::size_t of_run : calls) result.calls_mean += static_cast<double>(of_run) / runs;
  // The smallest number that at least 95 of 100 do not exceed.
  std::sort(calls.begin(), calls.end());
  std::size_t rank = 0;
  while (100 * (rank + 1) < 95 * calls.size()) ++rank;
  result.calls_p95 = static_cast<double>(calls[rank]);
  result.wrong = static_cast<double>(wrong) / runs;
  result.undecided = static_cast<double>(undecided) / runs;
  return result;
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

sim::ReplayResult reference_replay(const sim::ReplaySetup& setup, const sim::Competitor& competitor) {
  std::vector<std::vector<double>> runs;
  for (std::size_t r = 0; r < setup.realizations; ++r) runs.push_back(gaps_by_call(setup, competitor, r));
  const std::size_t models = setup.rewards->models();
  sim::ReplayResult result;
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
  for (std::size_t d = 0; d < sim::kTolerances.size(); ++d) {
    result.labels_to_reach[d] = labels(runs, models, sim::kTolerances[d], setup.confidence);
  }
  if (!competitor.entry->stops) return result;
  result.stop = stop_result(setup, competitor, {setup.epsilon, setup.confidence});
  return result;
}

}  // namespace assay
