#include "assay/sim/ensemble_split.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "assay/core/error.h"
#include "assay/core/rng.h"
#include "assay/ensemble/sequential_vote.h"

namespace assay::sim {
namespace {

constexpr double kCertain = 2;  // a chance that is never reached

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
    result_.calibration.resize(kCalibrationBins);
    result_.stopped.resize(setup.sure.size());
  }

  EnsembleSplit run() {
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
      const ensemble::Training with_others{pooled, weights}, alone{own};
      for (std::size_t m = 0; m < setup_.methods.size(); ++m) run_method(m, with_others, alone, test, side.test);
    }
    return std::move(result_);
  }

 private:
  std::size_t cell(std::size_t method, std::size_t rule, std::size_t size) const {
    return (method * setup_.rules.size() + rule) * setup_.size + size - 1;
  }

  void run_method(std::size_t m, const ensemble::Training& with_others, const ensemble::Training& alone,
                  const LabelTable& test, std::span<const QueryId> queries) {
    const ensemble::SelectionMethodEntry& method = *setup_.methods[m];
    ensemble::SelectionProblem problem{.training = method.pools ? with_others : alone,
                                       .size = setup_.size,
                                       .prices = setup_.prices,
                                       .budget = setup_.budget,
                                       .seed = setup_.seed * 1'000'003 + split_};
    std::size_t reached = 0;
    ensemble::Ensemble members;
    try {
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
        throw InvalidArgument("the training part of a split is too small, of size " +
                              std::to_string(alone.table.queries()) + ": " + error.what());
      }
      result_.refused[m] = error.what();
    }
    if (m == 0 && reached > 0 && !setup_.sure.empty()) {
      ask_in_turn(std::span(members).first(reached), with_others, alone, test);
    }
    // Of several tasks the one that reaches least.
    result_.most[m] = std::min(result_.most[m], reached);
  }

  void answer(std::size_t m, std::span<const ModelId> members, const ensemble::Training& with_others,
              const ensemble::Training& alone, const LabelTable& test, std::span<const QueryId> queries) {
    std::vector<Label> votes(members.size());
    std::vector<double> shares(test.labels());
    const std::vector<std::size_t> order = ensemble::ranking(alone, members);
    for (std::size_t r = 0; r < setup_.rules.size(); ++r) {
      const ensemble::VoteRuleEntry& entry = *setup_.rules[r];
      const std::unique_ptr<ensemble::VoteRule> rule = entry.make(entry.pools ? with_others : alone, members);
      std::vector<std::uint32_t>& right = result_.right[cell(m, r, members.size())];
      const std::size_t informs = m == 0 ? reader(entry.name) : kReaders.size();
      for (std::size_t i = 0; i < test.queries(); ++i) {
        for (std::size_t j = 0; j < votes.size(); ++j) votes[j] = test.prediction(query_id(i), members[j]);
        rule->probabilities(votes, test.offered()[i], shares);
        const ensemble::Answer answer = ensemble::decide(shares, votes, test.offered()[i], test.kind(), order);
        const bool is_right = answer.label == test.truths()[i];
        if (is_right) right.push_back(static_cast<std::uint32_t>(index(queries[i])));
        if (informs < kReaders.size()) {
          const double gain = std::log(std::max(1e-300, shares[test.truths()[i] - 1U])) - chances_[i];
          result_.nats[informs * setup_.size + members.size() - 1].push_back(static_cast<float>(gain));
        }
        if (m == 0 && r == 0 && members.size() == setup_.size) note(answer, is_right);
      }
    }
  }

  void ask_in_turn(std::span<const ModelId> members, const ensemble::Training& with_others,
                   const ensemble::Training& alone, const LabelTable& test) {
    const ensemble::SequentialVote ensemble =
        ensemble::learn_sequential_vote(*setup_.rules[0], with_others, alone, members);
    std::vector<Label> votes;
    std::vector<ensemble::SequentialStep> steps(members.size());
    for (std::size_t i = 0; i < test.queries(); ++i) {
      votes.clear();
      // What it would say after each vote, whatever it is to stop at.
      for (std::size_t k = 0; k < members.size(); ++k) {
        votes.push_back(test.prediction(query_id(i), members[k]));
        steps[k] = ensemble.next(votes, test.offered()[i], kCertain);
      }
      const Label all = steps.back().answer.label, truth = test.truths()[i];
      result_.right_all.push_back(all == truth ? 1 : 0);
      result_.of_members.push_back(static_cast<std::uint16_t>(members.size()));
      for (std::size_t s = 0; s < setup_.sure.size(); ++s) {
        const auto last = std::find_if(steps.begin(), steps.end(), [&](const ensemble::SequentialStep& step) {
          return step.done || step.stays >= setup_.sure[s];
        });
        StoppedAnswers& stopped = result_.stopped[s];
        stopped.asked.push_back(static_cast<std::uint16_t>(last - steps.begin() + 1));
        stopped.right.push_back(last->answer.label == truth ? 1 : 0);
        stopped.stayed.push_back(last->answer.label == all ? 1 : 0);
        stopped.stated.push_back(static_cast<float>(last->stays));
      }
    }
  }

  void note(const ensemble::Answer& answer, bool right) {
    result_.ties += answer.tie ? 1 : 0;
    result_.unanswered += answer.label == kUnanswered ? 1 : 0;
    if (answer.label == kUnanswered) return;
    const auto bin = std::min(kCalibrationBins - 1,
                              static_cast<std::size_t>(answer.probability * static_cast<double>(kCalibrationBins)));
    EnsembleReplay::Calibration& calibration = result_.calibration[bin];
    calibration.stated += answer.probability;
    calibration.right += right ? 1 : 0;
    ++calibration.answers;
  }

  const EnsembleSetup& setup_;
  std::size_t split_;
  std::vector<Side> sides_;
  std::vector<double> chances_;
  EnsembleSplit result_;
};

}  // namespace

EnsembleSplit run_split(const EnsembleSetup& setup, std::size_t strata, std::size_t split) {
  return SplitRun(setup, strata, split).run();
}

}  // namespace assay::sim
