// Finds the cheapest model that is good enough: of those whose mean reward is at most E below the best one's, the
// one of least price.
//
// T_j is the sum of model j's rewards on the pool, N the weight of the pool.
//
// 1. A leader L is found and judged on the whole pool, as in assay.cpp.
// 2. The choice C is the cheapest model known to be whole and good enough, T_C >= T_L - E N; at first L itself.
//    Against each cheaper model c is bet that it is good enough: T_c >= T_L - E N. Where the forecast says that it
//    may be, its least certain queries are asked instead, the cheapest such model first, until it is whole; then it
//    is the choice, or it is out.
// 3. Against each other model j is bet that it spoils the choice: T_j > T_C + E N. A model that turns out to be
//    better than L is the leader from then on, and cheaper ones are looked at again.
//
// Theorem. For any rewards in [0, 1], whatever the forecasts and the prices, the run ends with another model than
// the cheapest good enough one with probability alpha at most. Proof: let b be a best model and c the cheapest good
// enough one, both fixed beforehand. What is drawn for a model j is a bet against all claims T_j >= t at once: with
// claim T_j itself, which is true, its capital is a nonnegative martingale that starts at 1, and with smaller
// claims it is no more. So the chance that ever a true claim on b is refuted at alpha / 2 is alpha / 2 at most
// (Ville 1939), and the same holds for c. Else c is never out, as T_c >= T_b - E N >= T_L - E N. So no other model
// can be the answer before c is whole, but one that is cheaper than c. That one, C, is not good enough: T_b > T_C +
// E N is true, and is not refuted. Nothing is paid for the number of models, and nothing depends on the order of
// the bets, or on how leaders and choices change.

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "assay/select/judged_pool.h"
#include "assay/select/leader_search.h"
#include "assay/select/makers.h"
#include "assay/select/population.h"
#include "assay/stats/betting.h"
#include "assay/stats/normal.h"

namespace assay::select {
namespace {

constexpr double kSpoilerHope = 1.5;   // standard deviations, of who is looked at first
constexpr double kMayHold = 1;         // standard deviations of the sum, of a claim that may be true
constexpr double kClaimsPaid = 2;      // those on the best and on the cheapest good enough model
constexpr double kLeastExcess = 1e-6;  // of sums, where the step of rewards is not known
constexpr double kNeverRefuted = std::numeric_limits<double>::infinity();

// By how much of a sum a model may be worse than the best, and by how much it is too much.
struct Allowance {
  double good = 0;
  double spoilt = 0;
};

Allowance allowance_of(const Problem& problem) {
  const double allowed = *problem.goal.good_enough * static_cast<double>(problem.pool.size());
  if (!(problem.step > 0) || !problem.weights.empty()) return {allowed + kLeastExcess / 2, allowed + kLeastExcess};
  const double whole_steps = std::floor(allowed / problem.step + kSameSum) * problem.step;
  return {whole_steps, whole_steps + problem.step};
}

// Of each model, its place by price.
std::vector<std::size_t> price_ranks(std::span<const double> prices) {
  std::vector<std::size_t> models(prices.size());
  std::iota(models.begin(), models.end(), std::size_t{0});
  std::ranges::stable_sort(models, {}, [&](std::size_t j) { return prices[j]; });
  std::vector<std::size_t> ranks(prices.size());
  for (std::size_t i = 0; i < models.size(); ++i) ranks[models[i]] = i;
  return ranks;
}

class GoodEnough : public Strategy, private Decision {
 public:
  explicit GoodEnough(const Problem& problem)
      : pool_(problem),
        goal_(problem.goal),
        seed_(problem.seed),
        allowance_(allowance_of(problem)),
        rank_(price_ranks(problem.prices)),
        refuted_from_(problem.models, kNeverRefuted),
        search_(
            pool_, [this] { return likeliest_best(); }, allowance_.good) {
    settle();
    if (problem.looks_only && !found_ && pool_.whole(likeliest_best())) lead();
  }

  void propose(std::size_t limit, std::vector<Call>& calls) override {
    // A batch ends where more calls would be asked for blindly. One call there must be, if any is left.
    sparing_ = false;
    for (; limit > 0; --limit) {
      if (next_ == plan_.size()) make_plan();
      if (next_ == plan_.size()) return;
      calls.push_back(plan_[next_++]);
      sparing_ = true;
    }
  }

  void observe(std::span<const Verdict> verdicts) override {
    for (const Verdict& verdict : verdicts) pool_.take(verdict);
    settle();
  }

  std::vector<double> posterior() const override;
  std::vector<EarlierDraws> draws() const override { return pool_.draws(); }
  const Decision* decision() const override { return this; }

 private:
  // --- Decision ---

  ModelId leader() const override { return model_id(found_ ? choice_ : likeliest_choice()); }
  double risk() const override;
  double population_risk() const override;
  std::vector<Estimate> estimates() const override;
  std::size_t calls_to_decide() const override;

  // --- claims ---

  std::size_t models() const { return pool_.models(); }
  double alpha() const { return 1 - goal_.confidence; }
  bool cheaper(std::size_t a, std::size_t b) const { return rank_[a] < rank_[b]; }
  double good_sum() const { return pool_.standing(leader_).gained() - allowance_.good; }
  double spoiling_sum() const { return pool_.standing(choice_).gained() + allowance_.spoilt; }
  // What must be refuted of a model before the choice is the answer.
  double claim_on(std::size_t model) const { return cheaper(model, choice_) ? good_sum() : spoiling_sum(); }

  // Logarithm of the capital that its draws, those of earlier pools too, have won against the claim.
  double log_capital(std::size_t model, double claim) const {
    double log = log_capital_of(pool_.standing(model).draws(), claim);
    for (const EarlierDraws& one : pool_.earlier_of_others()) {
      if (index(one.model) == model) log += log_capital_of(one.draws, claim - (pool_.total() - one.pool));
    }
    return log;
  }

  // At which it is excluded that the sum of the model is the claim at least.
  double level_of(std::size_t model, double claim) const {
    if (pool_.standing(model).may_lose(claim) < -kSameSum) return 0;
    const double now = std::min(1.0, kClaimsPaid * stats::exclusion_level(log_capital(model, claim)));
    return refuted_from_[model] <= claim ? std::min(now, alpha()) : now;
  }
  bool refuted(std::size_t model, double claim) const { return level_of(model, claim) <= alpha(); }
  double missing(std::size_t model, double claim) const {
    return std::log(kClaimsPaid / std::max(alpha(), 1e-12)) - log_capital(model, claim);
  }

  // What was refuted once remains so, whatever is drawn later.
  void remember_refuted(std::size_t model, double claim) {
    if (claim < refuted_from_[model] && refuted(model, claim)) refuted_from_[model] = claim;
  }
  // At which it is excluded that the choice is not the answer.
  double risk_of_choice() const {
    double risk = 0;
    for (std::size_t j = 0; j < models(); ++j) {
      if (j != choice_) risk = std::max(risk, level_of(j, claim_on(j)));
    }
    return risk;
  }

  // --- leader and choice ---

  std::size_t likeliest_best() const { return found_ ? leader_ : pool_.most_expected(); }

  // By what is expected, of those with an answer.
  std::size_t likeliest_choice() const {
    const std::size_t best = pool_.most_expected();
    std::size_t choice = best;
    for (std::size_t j = 0; j < models(); ++j) {
      if (pool_.standing(j).answered() == 0 || pool_.mean(j) < pool_.mean(best) - allowance_.good - kSameSum)
        continue;
      if (cheaper(j, choice)) choice = j;
    }
    return choice;
  }

  // From now on others are compared with the leader.
  void lead() {
    found_ = true;
    pool_.refer_to(leader_);
  }

  void settle() {
    for (std::size_t j = 0; j < models(); ++j) pool_.standing(j).settle();
    const std::size_t before = leader_;
    leader_ = pool_.champion();
    if (leader_ == models()) return;
    choice_ = leader_;
    for (std::size_t j = 0; j < models(); ++j) {
      const bool good = pool_.whole(j) && pool_.standing(j).gained() >= good_sum() - kSameSum;
      if (good && cheaper(j, choice_)) choice_ = j;
    }
    for (std::size_t j = 0; j < models(); ++j) {
      if (j == choice_) continue;
      remember_refuted(j, spoiling_sum());
      remember_refuted(j, good_sum());
    }
    if (found_ ? leader_ != before : risk_of_choice() <= alpha()) lead();
  }

  // --- what to ask next ---

  void make_plan() {
    plan_.clear();
    next_ = 0;
    pool_.plan_first_answers(plan_);
    if (!plan_.empty() || (sparing_ && !pool_.all_have_answers())) return;
    if (!found_) {
      if (search_.found() == models() && search_.plan(sparing_, plan_) == models()) return;
      lead();
    }
    if (!plan_cheaper()) plan_spoilers();
  }

  bool may_hold(std::size_t model, double claim) const {
    const Standing& standing = pool_.standing(model);
    const double expected_loss = standing.left() - pool_.expected_rest(model);
    return expected_loss <= standing.may_lose(claim) + kMayHold * pool_.deviation(model);
  }
  bool ready(std::size_t model) const {
    return pool_.unasked(model) > 0 && !(sparing_ && enough_out(pool_, model, pool_.wanted(model)));
  }

  // Of models that are cheaper than the choice. False: nothing must be known of any.
  bool plan_cheaper() {
    std::vector<std::size_t> open;
    for (const std::size_t j : pool_.by_hope(0)) {
      if (cheaper(j, choice_) && !refuted(j, good_sum())) open.push_back(j);
    }
    if (open.empty()) return false;
    std::size_t next = models();
    for (const std::size_t j : open) {
      if (may_hold(j, good_sum()) && (next == models() || cheaper(j, next))) next = j;
    }
    if (next < models()) {
      if (ready(next)) plan_against(next, good_sum());
      return true;
    }
    std::erase_if(open, [&](std::size_t j) { return !ready(j); });
    std::ranges::stable_sort(open, {}, [&](std::size_t j) { return pool_.standing(j).outstanding(); });
    if (!open.empty()) plan_against(open.front(), good_sum());
    return true;
  }

  // The first two in turn: one that only seems hopeful does not hold up the other one.
  void plan_spoilers() {
    std::vector<std::size_t> open;
    for (const std::size_t j : pool_.by_hope(kSpoilerHope)) {
      if (j != choice_ && ready(j) && !refuted(j, spoiling_sum())) open.push_back(j);
    }
    if (open.empty()) return;
    std::ranges::stable_sort(open, {}, [&](std::size_t j) { return pool_.standing(j).outstanding(); });
    plan_against(open[open.size() > 1 ? turn_++ % 2 : 0], spoiling_sum());
  }

  void plan_against(std::size_t model, double claim) {
    pool_.bring_up_to_date(model);
    if (may_hold(model, claim)) {
      pool_.want_all(model);
      pool_.plan_least_certain(model, pool_.chunk(), plan_);
    } else {
      pool_.plan_draws(model, claim, missing(model, claim), pool_.chunk(), plan_);
    }
  }

  JudgedPool pool_;
  Goal goal_;
  std::uint64_t seed_;
  Allowance allowance_;
  std::vector<std::size_t> rank_;     // of each model by price; of equal ones by the models' order
  std::vector<double> refuted_from_;  // of each model, the smallest claim on its sum that was refuted
  LeaderSearch search_;
  std::size_t leader_ = std::numeric_limits<std::size_t>::max();  // the best whole one
  std::size_t choice_ = std::numeric_limits<std::size_t>::max();  // the cheapest whole one that is good enough
  bool found_ = false;                                            // others are compared with the leader
  bool sparing_ = false;                                          // calls of this batch are planned already
  std::vector<Call> plan_;
  std::size_t next_ = 0;  // of plan_
  std::size_t turn_ = 0;
};

double GoodEnough::risk() const { return models() == 1 ? 0 : found_ ? risk_of_choice() : 1; }

// That another model is more than E better, on other queries.
double GoodEnough::population_risk() const {
  if (models() == 1) return 0;
  const std::size_t choice = index(leader());
  const JudgedPool::Profile of_choice = pool_.profile(choice);
  OtherQueries others(pool_.weights(), {of_choice.rewards, pool_.variance(choice), of_choice.variance}, seed_);
  for (std::size_t j = 0; j < models(); ++j) {
    if (j == choice) continue;
    const JudgedPool::Profile of_other = pool_.profile(j);
    const bool below = found_ && refuted(j, spoiling_sum());
    others.add_rival({of_other.rewards, pool_.variance(j), of_other.variance,
                      below ? allowance_.spoilt : std::numeric_limits<double>::infinity()});
  }
  return std::max(risk(), others.risk(*goal_.good_enough));
}

std::vector<Estimate> GoodEnough::estimates() const {
  std::vector<Estimate> result;
  const double n = pool_.total();
  const std::size_t choice = index(leader());
  for (std::size_t j = 0; j < models(); ++j) {
    const stats::Interval interval = pool_.standing(j).interval();
    Estimate estimate{.win_rate = pool_.mean(j) / n, .interval = {interval.low / n, interval.high / n}};
    estimate.risk = j == choice ? 0 : found_ ? level_of(j, claim_on(j)) : 1;
    estimate.possible = j == choice || estimate.risk > alpha();
    result.push_back(estimate);
  }
  return result;
}

// Each model's chance to show that the choice is not the answer, as the forecast says, but no more than the bets
// allow for.
std::vector<double> GoodEnough::posterior() const {
  const std::size_t choice = index(leader());
  const double best = pool_.mean(found_ ? leader_ : pool_.most_expected());
  std::vector<double> chances(models(), 0);
  double others = 0;
  for (std::size_t j = 0; j < models(); ++j) {
    if (j == choice || (found_ && refuted(j, claim_on(j)))) continue;
    const double claim = cheaper(j, choice) ? best - allowance_.good : pool_.mean(choice) + allowance_.spoilt;
    const double spread = std::sqrt(pool_.variance(j) + pool_.variance(choice));
    const double above = pool_.mean(j) - claim;
    chances[j] = spread > 0 ? stats::normal_cdf(above / spread) : above >= 0 ? 1 : 0;
    others += chances[j];
  }
  allow_others(pool_.answers() == 0 ? 1 : std::min(0.5, risk()), choice, others, chances);
  return chances;
}

// The pools of the leader and of the choice, and for each other model the draws that are expected to refute what is
// claimed of it.
std::size_t GoodEnough::calls_to_decide() const {
  if (risk() <= alpha()) return 0;
  const std::size_t best = found_ ? leader_ : pool_.most_expected();
  const std::size_t choice = index(leader());
  const double good = pool_.mean(best) - allowance_.good;
  const double spoiling = pool_.mean(choice) + allowance_.spoilt;
  std::size_t calls = 0;
  for (std::size_t j = 0; j < pool_.candidates(); ++j) {
    if (pool_.whole(j)) continue;
    const double claim = cheaper(j, choice) ? good : spoiling;
    if (j == best || j == choice) {
      calls += pool_.queries() - pool_.standing(j).answered();
    } else if (!refuted(j, claim)) {
      calls += pool_.draws_to_win(j, claim, missing(j, claim));
    }
  }
  return std::min(calls, pool_.candidates() * pool_.queries() - pool_.answers());
}

}  // namespace

std::unique_ptr<Strategy> make_good_enough(const Problem& problem) { return std::make_unique<GoodEnough>(problem); }

}  // namespace assay::select
