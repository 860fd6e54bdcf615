#include "assay/sim/ensemble_replay.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "assay/core/error.h"
#include "assay/core/parallel.h"
#include "assay/sim/ensemble_split.h"

namespace assay::sim {
namespace {

// Sums over the splits by query, and what follows from them.
class Sums {
 public:
  Sums(const EnsembleSetup& setup, std::size_t strata) : setup_(setup), strata_(strata) {
    const std::size_t n = setup.table->queries();
    right_.assign(setup.methods.size() * setup.rules.size() * setup.size, {});
    tested_.assign(n, 0);
    nats_.assign(kReaders.size() * setup.size, std::vector<double>(n, 0.0));
    most_.assign(setup.methods.size(), setup.size);
    result_.refused.resize(setup.methods.size());
    result_.calibration.resize(kCalibrationBins);
    for (std::vector<std::uint16_t>& counts : right_) counts.assign(n, 0);
    right_all_.assign(n, 0.0);
    stopped_.assign(setup.sure.size(), Stopped(n));
  }

  void add(const EnsembleSplit& split) {
    for (const std::uint32_t q : split.tested) ++tested_[q];
    for (std::size_t c = 0; c < right_.size(); ++c) {
      for (const std::uint32_t q : split.right[c]) ++right_[c][q];
    }
    for (std::size_t k = 0; k < nats_.size(); ++k) {
      for (std::size_t i = 0; i < split.nats[k].size(); ++i) {
        nats_[k][split.tested[i]] += static_cast<double>(split.nats[k][i]);
      }
    }
    for (std::size_t m = 0; m < most_.size(); ++m) {
      most_[m] = std::min(most_[m], split.most[m]);
      if (result_.refused[m].empty()) result_.refused[m] = split.refused[m];
    }
    for (std::size_t b = 0; b < kCalibrationBins; ++b) {
      result_.calibration[b].stated += split.calibration[b].stated;
      result_.calibration[b].right += split.calibration[b].right;
      result_.calibration[b].answers += split.calibration[b].answers;
    }
    add_stopped(split);
    result_.ties += static_cast<double>(split.ties);
    result_.unanswered += static_cast<double>(split.unanswered);
    result_.queries += static_cast<double>(split.tested.size());
    result_.trained += static_cast<double>(split.trained);
  }

  EnsembleReplay finish() {
    result_.ties /= result_.queries;
    result_.unanswered /= result_.queries;
    result_.queries /= static_cast<double>(setup_.splits);
    result_.trained /= static_cast<double>(setup_.splits);
    for (EnsembleReplay::Calibration& bin : result_.calibration) {
      if (bin.answers == 0) continue;
      bin.stated /= static_cast<double>(bin.answers);
      bin.right /= static_cast<double>(bin.answers);
    }
    result_.held_out.resize(setup_.methods.size());
    for (std::size_t m = 0; m < setup_.methods.size(); ++m) {
      result_.held_out[m].resize(setup_.rules.size());
      for (std::size_t r = 0; r < setup_.rules.size(); ++r) fill(m, r);
    }
    fill_reference();
    fill_sequential();
    return std::move(result_);
  }

 private:
  using Values = std::vector<double>;  // by query, summed over the splits in which it was tested

  struct Stopped {
    explicit Stopped(std::size_t queries)
        : asked(queries, 0.0),
          share(queries, 0.0),
          right(queries, 0.0),
          stayed(queries, 0.0),
          stated(queries, 0.0) {}
    Values asked, share, right, stayed, stated;
    std::vector<double> lost;  // by split
  };

  void add_stopped(const EnsembleSplit& split) {
    const std::size_t count = split.right_all.size();
    Values tested(strata_, 0.0);
    for (std::size_t i = 0; i < count; ++i) {
      right_all_[split.tested[i]] += split.right_all[i];
      ++tested[stratum(split.tested[i])];
    }
    for (std::size_t s = 0; s < stopped_.size(); ++s) {
      const StoppedAnswers& answers = split.stopped[s];
      Stopped& sums = stopped_[s];
      double lost = 0;
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t q = split.tested[i];
        sums.asked[q] += answers.asked[i];
        sums.share[q] += static_cast<double>(answers.asked[i]) / split.of_members[i];
        sums.right[q] += answers.right[i];
        sums.stayed[q] += answers.stayed[i];
        sums.stated[q] += static_cast<double>(answers.stated[i]);
        lost += (static_cast<double>(split.right_all[i]) - answers.right[i]) / tested[stratum(q)];
      }
      sums.lost.push_back(lost / static_cast<double>(strata_));
    }
  }

  void fill_sequential() {
    for (std::size_t s = 0; s < stopped_.size(); ++s) {
      const Stopped& sums = stopped_[s];
      result_.sequential.push_back({.sure = setup_.sure[s],
                                    .asked = mean(sums.asked).mean,
                                    .share = mean(sums.share).mean,
                                    .accuracy = mean(sums.right).mean,
                                    .lost = mean(difference(right_all_, sums.right)),
                                    .lost_spread = deviation(sums.lost),
                                    .stays = mean(sums.stayed).mean,
                                    .stated = mean(sums.stated).mean});
    }
  }

  static double deviation(const std::vector<double>& values) {
    if (values.size() < 2) return 0;
    const auto count = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    double squares = 0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    return std::sqrt(squares / (count - 1));
  }

  Values rights(std::size_t m, std::size_t r, std::size_t k) const {
    const std::vector<std::uint16_t>& counts = right_[(m * setup_.rules.size() + r) * setup_.size + k - 1];
    return {counts.begin(), counts.end()};
  }

  // The mean over the tasks of the mean over a task's tested questions, and its standard error: questions of one
  // group count as one draw.
  stats::MeanSe mean(const Values& values) const {
    stats::MeanSe result;
    const std::size_t n = values.size();
    Values sums(strata_, 0.0), tested(strata_, 0.0);
    for (std::size_t q = 0; q < n; ++q) {
      sums[stratum(q)] += values[q];
      tested[stratum(q)] += tested_[q];
    }
    Values residual(n, 0.0);  // by group
    for (std::size_t q = 0; q < n; ++q) {
      const std::size_t t = stratum(q);
      if (tested[t] == 0) continue;
      const double rest = (values[q] - sums[t] / tested[t] * tested_[q]) / tested[t];
      residual[setup_.group.empty() ? q : setup_.group[q]] += rest / static_cast<double>(strata_);
    }
    for (std::size_t t = 0; t < strata_; ++t) {
      if (tested[t] > 0) result.mean += sums[t] / tested[t] / static_cast<double>(strata_);
    }
    for (const double rest : residual) result.se += rest * rest;
    result.se = std::sqrt(result.se);
    return result;
  }

  static Values difference(Values a, const Values& b) {
    for (std::size_t q = 0; q < a.size(); ++q) a[q] -= b[q];
    return a;
  }

  std::size_t stratum(std::size_t q) const { return strata_ > 1 ? setup_.task[q] : 0; }

  // With whom the reference itself is compared.
  std::optional<std::pair<std::size_t, std::size_t>> plain() const {
    for (std::size_t m = 0; m < setup_.methods.size(); ++m) {
      for (std::size_t r = 0; r < setup_.rules.size(); ++r) {
        if (setup_.methods[m]->name == "top-accuracy" && setup_.rules[r]->name == "majority" && m + r > 0) {
          return std::pair(m, r);
        }
      }
    }
    return std::nullopt;
  }

  void fill(std::size_t m, std::size_t r) {
    HeldOutAccuracy& held = result_.held_out[m][r];
    for (std::size_t k = 1; k <= most_[m]; ++k) {
      const Values own = rights(m, r, k);
      const stats::MeanSe accuracy = mean(own);
      held.accuracy.push_back(accuracy.mean);
      std::pair<std::size_t, std::size_t> other = {0, 0};
      const bool reference = m == 0 && r == 0;
      if (reference && plain()) other = *plain();
      const bool alone = (reference && !plain()) || k > most_[other.first];
      held.se.push_back(alone ? accuracy.se : mean(difference(own, rights(other.first, other.second, k))).se);
    }
  }

  void fill_reference() {
    Values before_right(tested_.size(), 0.0), before_nats(tested_.size(), 0.0);
    for (std::size_t k = 1; k <= most_[0]; ++k) {
      const Values right = rights(0, 0, k);
      // Each is a lower bound; where votes add up the logit is closer, where they do not the pattern.
      std::size_t best = 0;
      for (std::size_t reads = 1; reads < kReaders.size(); ++reads) {
        if (mean(nats_[reads * setup_.size + k - 1]).mean > mean(nats_[best * setup_.size + k - 1]).mean)
          best = reads;
      }
      const Values& nats = nats_[best * setup_.size + k - 1];
      result_.information.push_back(mean(nats));
      // Fitted weights cost half a nat each on other queries than those they were fitted to (Akaike 1974).
      if (best == 0 && strata_ == 1)
        result_.information.back().mean += static_cast<double>(k + 1) / (2 * result_.trained);
      result_.gained.push_back(mean(difference(nats, before_nats)));
      result_.accuracy_gained.push_back(mean(difference(right, before_right)));
      result_.accuracy_se.push_back(mean(right).se);
      before_right = right;
      before_nats = nats;
    }
  }

  const EnsembleSetup& setup_;
  std::size_t strata_;
  std::vector<std::vector<std::uint16_t>> right_;
  std::vector<std::uint16_t> tested_;
  std::vector<Values> nats_;
  std::vector<std::size_t> most_;
  Values right_all_;
  std::vector<Stopped> stopped_;  // by stopping chance
  EnsembleReplay result_;
};

void check(const EnsembleSetup& setup) {
  if (setup.table == nullptr || setup.methods.empty() || setup.rules.empty()) {
    throw InvalidArgument("a replay of ensembles needs labels, a method and a rule");
  }
  if (setup.splits < 1 || setup.splits > 10'000) {
    throw InvalidArgument("expected 1 to 10000 splits, came " + std::to_string(setup.splits));
  }
  for (const double sure : setup.sure) {
    if (!(sure > 0 && sure <= 1)) throw InvalidArgument("expected chances above 0, at most 1, to stop at");
  }
  if (setup.train && *setup.train < 1)
    throw InvalidArgument("expected a positive number of training queries, came 0");
}

}  // namespace

EnsembleReplay replay(const EnsembleSetup& setup, const Progress& progress) {
  check(setup);
  const std::size_t strata =
      setup.by_task && !setup.task.empty() ? 1U + *std::max_element(setup.task.begin(), setup.task.end()) : 1;
  Sums sums(setup, strata);
  const std::size_t at_a_time = thread_count(setup.threads);
  if (progress) progress(0, setup.splits);
  // Added in the order of the splits, so that sums do not depend on who was first.
  for (std::size_t first = 0; first < setup.splits; first += at_a_time) {
    const std::size_t count = std::min(at_a_time, setup.splits - first);
    std::vector<EnsembleSplit> results(count);
    parallel_for(count, setup.threads, [&](std::size_t s) { results[s] = run_split(setup, strata, first + s); });
    for (const EnsembleSplit& result : results) sums.add(result);
    if (progress) progress(first + count, setup.splits);
  }
  return sums.finish();
}

}  // namespace assay::sim
