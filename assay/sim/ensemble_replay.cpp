#include "assay/sim/ensemble_replay.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "assay/core/error.h"
#include "assay/core/parallel.h"
#include "assay/core/rng.h"

namespace assay {
namespace {

constexpr std::size_t kBins = 10;  // of stated probabilities

// Rules whose probabilities are believed: what they tell of the true labels is information.
constexpr std::array<std::string_view, 2> kReaders = {"logit", "pattern"};

std::size_t reader(std::string_view rule) {
  return static_cast<std::size_t>(std::find(kReaders.begin(), kReaders.end(), rule) - kReaders.begin());
}

// One task, or all queries: what is trained on and tested on in one split.
struct Side {
  std::vector<QueryId> train, test;
};

// Groups in random order; of each stratum the first part is for training.
std::vector<Side> draw_sides(const EnsembleSetup& setup, std::size_t strata, std::size_t split) {
  const std::size_t n = setup.table->queries();
  std::vector<std::vector<std::uint32_t>> members(n);  // by group
  for (std::size_t q = 0; q < n; ++q) {
    members[setup.group.empty() ? q : setup.group[q]].push_back(static_cast<std::uint32_t>(q));
  }
  std::vector<std::uint32_t> groups;
  for (std::uint32_t g = 0; g < n; ++g) {
    if (!members[g].empty()) groups.push_back(g);
  }
  Rng(setup.seed, split).shuffle(std::span(groups));
  const auto stratum = [&](std::size_t q) { return strata > 1 ? setup.task[q] : 0U; };
  std::vector<std::size_t> quota(strata, 0);
  for (std::size_t q = 0; q < n; ++q) ++quota[stratum(q)];
  for (std::size_t& count : quota) count = setup.train ? std::min(*setup.train, count) : count / 2;
  std::vector<Side> sides(strata);
  for (const std::uint32_t g : groups) {
    std::size_t& left = quota[stratum(members[g][0])];
    const bool train = left >= members[g].size();
    if (train) left -= members[g].size();
    for (const std::uint32_t q : members[g]) {
      (train ? sides[stratum(q)].train : sides[stratum(q)].test).push_back(query_id(q));
    }
  }
  for (Side& side : sides) {
    std::sort(side.train.begin(), side.train.end());
    std::sort(side.test.begin(), side.test.end());
  }
  return sides;
}

// What came of one split. A cell is (method, rule, size - 1).
struct SplitResult {
  std::vector<std::vector<std::uint32_t>> right;  // a cell each: queries that were answered rightly
  std::vector<std::size_t> most;                  // by method: the largest ensemble
  std::vector<std::string> refused;               // by method
  std::vector<std::uint32_t> tested;
  std::vector<std::vector<float>> nats;  // by reader and size, in the order of `tested`
  std::vector<EnsembleReplay::Calibration> calibration;
  std::size_t ties = 0, unanswered = 0, trained = 0;
};

// The log of a label's probability without any vote.
std::vector<double> log_chances(const LabelTable& train, const LabelTable& test) {
  std::vector<double> result;
  if (test.kind() == LabelKind::options) {
    for (const Label offered : test.offered()) result.push_back(-std::log(static_cast<double>(offered)));
    return result;
  }
  std::vector<double> counts(train.labels(), 1.0);
  for (const Label truth : train.truths()) counts[truth - 1U] += 1;
  const double all = std::accumulate(counts.begin(), counts.end(), 0.0);
  for (const Label truth : test.truths()) result.push_back(std::log(counts[truth - 1U] / all));
  return result;
}

class SplitRun {
 public:
  SplitRun(const EnsembleSetup& setup, std::size_t strata, std::size_t split)
      : setup_(setup), split_(split), sides_(draw_sides(setup, strata, split)) {
    const std::size_t cells = setup.methods.size() * setup.rules.size() * setup.size;
    result_.right.resize(cells);
    result_.most.assign(setup.methods.size(), setup.size);
    result_.refused.resize(setup.methods.size());
    result_.nats.resize(kReaders.size() * setup.size);
    result_.calibration.resize(kBins);
  }

  SplitResult run() {
    std::vector<QueryId> all;
    for (const Side& side : sides_) {
      all.insert(all.end(), side.train.begin(), side.train.end());
      result_.trained += side.train.size();
    }
    const LabelTable pooled = setup_.table->rows(all);
    std::size_t first = 0;
    for (const Side& side : sides_) {
      std::vector<double> weights;
      if (sides_.size() > 1) {
        weights.assign(all.size(), kOtherTask);
        std::fill_n(weights.begin() + static_cast<std::ptrdiff_t>(first), side.train.size(), 1.0);
        first += side.train.size();
      }
      const LabelTable own = setup_.table->rows(side.train);
      const LabelTable test = setup_.table->rows(side.test);
      for (const QueryId q : side.test) result_.tested.push_back(static_cast<std::uint32_t>(index(q)));
      chances_ = log_chances(own, test);
      const Training with_others{pooled, weights}, alone{own};
      for (std::size_t m = 0; m < setup_.methods.size(); ++m) run_method(m, with_others, alone, test, side.test);
    }
    return std::move(result_);
  }

 private:
  std::size_t cell(std::size_t method, std::size_t rule, std::size_t size) const {
    return (method * setup_.rules.size() + rule) * setup_.size + size - 1;
  }

  void run_method(std::size_t m, const Training& with_others, const Training& alone, const LabelTable& test,
                  std::span<const QueryId> queries) {
    const SelectionMethodEntry& method = *setup_.methods[m];
    SelectionProblem problem{.training = method.pools ? with_others : alone,
                             .size = setup_.size,
                             .prices = setup_.prices,
                             .budget = setup_.budget,
                             .seed = setup_.seed * 1'000'003 + split_};
    std::size_t reached = 0;
    try {
      Ensemble members;
      if (method.nested) members = method.choose(problem);
      const std::size_t most = method.nested ? members.size() : setup_.size;
      for (std::size_t k = 1; k <= most; ++k) {
        if (!method.nested) {
          problem.size = k;
          members = method.choose(problem);
          if (members.size() < k) break;
        }
        answer(m, std::span(members).first(k), with_others, alone, test, queries);
        reached = k;
      }
    } catch (const InvalidArgument& error) {
      if (m == 0) {
        throw InvalidArgument("the training part of a split, " + std::to_string(alone.table.queries()) +
                              " queries, is too small: " + error.what());
      }
      result_.refused[m] = error.what();
    }
    // Of several tasks the one that reaches least.
    result_.most[m] = std::min(result_.most[m], reached);
  }

  void answer(std::size_t m, std::span<const ModelId> members, const Training& with_others, const Training& alone,
              const LabelTable& test, std::span<const QueryId> queries) {
    std::vector<Label> votes(members.size());
    std::vector<double> shares(test.labels());
    const std::vector<std::size_t> order = ranking(alone, members);
    for (std::size_t r = 0; r < setup_.rules.size(); ++r) {
      const VoteRuleEntry& entry = *setup_.rules[r];
      const std::unique_ptr<VoteRule> rule = entry.make(entry.pools ? with_others : alone, members);
      std::vector<std::uint32_t>& right = result_.right[cell(m, r, members.size())];
      const std::size_t informs = m == 0 ? reader(entry.name) : kReaders.size();
      for (std::size_t i = 0; i < test.queries(); ++i) {
        for (std::size_t j = 0; j < votes.size(); ++j) votes[j] = test.prediction(query_id(i), members[j]);
        rule->probabilities(votes, test.offered()[i], shares);
        const Answer answer = decide(shares, votes, test.offered()[i], test.kind(), order);
        const bool is_right = answer.label == test.truths()[i];
        if (is_right) right.push_back(static_cast<std::uint32_t>(index(queries[i])));
        if (informs < kReaders.size()) {
          const double told = std::log(std::max(1e-300, shares[test.truths()[i] - 1U])) - chances_[i];
          result_.nats[informs * setup_.size + members.size() - 1].push_back(static_cast<float>(told));
        }
        if (m == 0 && r == 0 && members.size() == setup_.size) note(answer, is_right);
      }
    }
  }

  void note(const Answer& answer, bool right) {
    result_.ties += answer.tie ? 1 : 0;
    result_.unanswered += answer.label == kUnanswered ? 1 : 0;
    if (answer.label == kUnanswered) return;
    const auto bin = std::min(kBins - 1, static_cast<std::size_t>(answer.probability * static_cast<double>(kBins)));
    EnsembleReplay::Calibration& calibration = result_.calibration[bin];
    calibration.stated += answer.probability;
    calibration.right += right ? 1 : 0;
    ++calibration.answers;
  }

  const EnsembleSetup& setup_;
  std::size_t split_;
  std::vector<Side> sides_;
  std::vector<double> chances_;
  SplitResult result_;
};

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
    result_.calibration.resize(kBins);
    for (std::vector<std::uint16_t>& counts : right_) counts.assign(n, 0);
  }

  void add(const SplitResult& split) {
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
    for (std::size_t b = 0; b < kBins; ++b) {
      result_.calibration[b].stated += split.calibration[b].stated;
      result_.calibration[b].right += split.calibration[b].right;
      result_.calibration[b].answers += split.calibration[b].answers;
    }
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
    return std::move(result_);
  }

 private:
  using Values = std::vector<double>;  // by query, summed over the splits in which it was tested

  Values rights(std::size_t m, std::size_t r, std::size_t k) const {
    const std::vector<std::uint16_t>& counts = right_[(m * setup_.rules.size() + r) * setup_.size + k - 1];
    return {counts.begin(), counts.end()};
  }

  // The mean over the tasks of the mean over a task's tested questions, and its standard error: questions of one
  // group count as one draw.
  HeldOutInformation mean(const Values& values) const {
    HeldOutInformation result;
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
      if (tested[t] > 0) result.nats += sums[t] / tested[t] / static_cast<double>(strata_);
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
    HeldOut& held = result_.held_out[m][r];
    for (std::size_t k = 1; k <= most_[m]; ++k) {
      const Values own = rights(m, r, k);
      const HeldOutInformation accuracy = mean(own);
      held.accuracy.push_back(accuracy.nats);
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
        if (mean(nats_[reads * setup_.size + k - 1]).nats > mean(nats_[best * setup_.size + k - 1]).nats)
          best = reads;
      }
      const Values& nats = nats_[best * setup_.size + k - 1];
      result_.information.push_back(mean(nats));
      // Fitted weights cost half a nat each on other queries than those they were fitted to (Akaike 1974).
      if (best == 0 && strata_ == 1)
        result_.information.back().nats += static_cast<double>(k + 1) / (2 * result_.trained);
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
  EnsembleReplay result_;
};

void check(const EnsembleSetup& setup) {
  if (setup.table == nullptr || setup.methods.empty() || setup.rules.empty()) {
    throw InvalidArgument("a replay of ensembles needs labels, a method and a rule");
  }
  if (setup.splits < 1 || setup.splits > 10'000) {
    throw InvalidArgument("expected 1 to 10000 splits, came " + std::to_string(setup.splits));
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
  // Added in the order of the splits, so that sums do not depend on who was first.
  for (std::size_t first = 0; first < setup.splits; first += at_a_time) {
    const std::size_t count = std::min(at_a_time, setup.splits - first);
    std::vector<SplitResult> results(count);
    parallel_for(count, setup.threads,
                 [&](std::size_t s) { results[s] = SplitRun(setup, strata, first + s).run(); });
    for (const SplitResult& result : results) sums.add(result);
    if (progress) progress(first + count, setup.splits);
  }
  return sums.finish();
}

}  // namespace assay
