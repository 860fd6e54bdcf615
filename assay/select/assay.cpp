// Finds the best model with few calls, and stops with a guarantee that holds for any rewards whatever.
//
// Rows first. A few queries are judged for all models (Race), in random order. Where the race will soon be decided,
// as in large pools, it goes on to its end, unless an assistant makes the other way shorter. Else the models are
// judged one by one:
//
// 1. The leader. An OutcomeModel forecasts the sum T_j of each model's rewards on the pool. The most hopeful model
//    (mean + 1.3 standard deviations; the likeliest best has the tolerance added) is asked on the query that is
//    least certain, until the most hopeful one has been judged on the whole pool. It is the leader, its sum T_L is
//    known.
// 2. Each rival b is bet against: that it is more than epsilon better, T_b >= T_L + margin. Queries are drawn for
// it
//    with the chances under which the capital is expected to grow fastest (stats/drawing_bets.h). It is out when
//    the capital has reached 1/alpha, or when it can't come up to the claim any more. Where the forecast says that
//    the claim may be true, its least certain queries are asked instead. A rival that turns out to be better than
//    the leader takes its place.
//
// Theorem. For any rewards in [0, 1], whatever the forecasts, the run ends with a leader that is more than epsilon
// below the best with probability alpha at most. Proof: let b be a best model (of several, any one, fixed
// beforehand). The answer L is wrong only if T_b >= T_L + margin and b was put out. As leaders are only replaced by
// better ones, T_b >= T_L' + margin for each earlier leader L', too: each bet against b was on a true claim. So
// b's capital, rows and draws together, is a nonnegative supermartingale that starts at 1, and reaches 1/alpha with
// probability alpha at most (Ville 1939). Nothing is paid for the number of models. All draws are our own. So
// answers that are known already just count as known: they shrink what can be drawn and what may be lost.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/select/judged_pool.h"
#include "assay/select/leader_search.h"
#include "assay/select/makers.h"
#include "assay/select/population.h"
#include "assay/select/race.h"
#include "assay/stats/normal.h"

namespace assay::select {
namespace {

constexpr std::size_t kFirstRows = 2;   // before the race may be left
constexpr std::size_t kRowsShare = 4;   // likewise: N / (4 m)
constexpr double kRaceTooLong = 5;      // in units of the leader's pool; less for a few models
constexpr double kGoodAssistant = 1;    // weight of its verdicts: it errs in about a quarter
constexpr double kSearch = 0.5;         // pools that finding the leader takes beyond its own
constexpr std::size_t kLooksShare = 4;  // rows until the next look at whether to leave the race
constexpr double kRivalHope = 1.5;      // standard deviations, of which rival is next
constexpr double kFarBehind = 5;        // standard deviations, for the chance on other queries
constexpr double kMayBeBetter = 1;      // standard deviations of the rival's sum

class Assay : public Strategy, private Decision {
 public:
  explicit Assay(const Problem& problem)
      : pool_(problem),
        goal_(problem.goal),
        margin_(margin_of(problem, problem.goal.epsilon)),
        seed_(problem.seed),
        search_(
            pool_, [this] { return best_so_far(); }, goal_.epsilon * pool_.total()),
        assisted_(problem.assistant != nullptr) {
    if (problem.weights.empty() && (goal_.population || problem.known.empty())) {
      race_ = std::make_unique<Race>(problem);
    } else if (goal_.population) {
      throw InvalidArgument(
          "`population` is about queries of equal weight; `weights` and `average` give them others");
    }
    if (problem.looks_only && !race_) lead_if_known();
  }

  void propose(std::size_t limit, std::vector<Call>& calls) override {
    if (race_) leave_race_if_too_long();
    if (race_) {
      const std::size_t before = calls.size();
      race_->propose(limit, calls);
      for (std::size_t i = before; i < calls.size(); ++i) pool_.plan_elsewhere(calls[i]);
      return;
    }
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
    // Who leads, and whether the race goes on, is looked at with the next plan: however answers come, it is the
    // same.
    if (race_) {
      race_->observe(verdicts);
    } else {
      settle();
    }
  }

  std::vector<double> posterior() const override;
  std::vector<EarlierDraws> draws() const override { return pool_.draws(); }
  const Decision* decision() const override { return this; }

 private:
  // --- Decision ---

  // Before its first row the race has none that was judged.
  ModelId leader() const override {
    const bool of_race = race_ && pool_.standing(index(race_->test().leader())).answered() > 0;
    return of_race ? race_->test().leader() : model_id(best_so_far());
  }
  double risk() const override;
  double population_risk() const override;
  double level_of(std::size_t rival, double claim) const;
  std::vector<Estimate> estimates() const override;
  std::size_t calls_to_decide() const override;
  std::size_t calls_one_by_one() const;

  // --- what is known ---

  double alpha() const { return 1 - goal_.confidence; }
  std::size_t models() const { return pool_.models(); }
  double claim() const { return pool_.standing(leader_).gained() + margin_; }
  bool found() const { return leader_ < models(); }
  // What the bet against the model must still win, as a logarithm.
  double missing(std::size_t model) const {
    return -std::log(std::max(alpha(), 1e-12)) - pool_.standing(model).capital().log();
  }

  // The largest expected sum; of equal ones the first of an order that was drawn. With a verdict, if any has one.
  std::size_t best_so_far() const {
    const std::size_t champion = pool_.champion();
    if (found() || (champion < models() && certain(champion))) return champion;
    return pool_.most_expected();
  }

  // Nobody can be the margin better than this model, which was judged on the whole pool.
  bool certain(std::size_t model) const {
    const double claim = pool_.standing(model).gained() + margin_;
    for (std::size_t b = 0; b < models(); ++b) {
      if (b != model && pool_.standing(b).may_lose(claim) >= -kSameSum) return false;
    }
    return true;
  }

  // --- the race ---

  void leave_race_if_too_long() {
    if (goal_.population) return;  // rows are a sample of it, draws are not
    const SequentialTest& test = race_->test();
    const std::size_t rows = std::max(kFirstRows, pool_.queries() / (kRowsShare * models()));
    if (test.rows() < std::min(rows, pool_.queries()) || test.over() || test.risk() <= alpha()) return;
    const double pools = std::min(kRaceTooLong, 1 + static_cast<double>(models()) / 2);
    const bool too_long =
        static_cast<double>(test.calls_to_decide()) > pools * static_cast<double>(pool_.queries());
    if (!too_long && !one_by_one_is_shorter(test)) return;
    for (std::size_t j = 0; j < models(); ++j) {
      if (!test.racing(model_id(j))) pool_.put_out(j);
      pool_.standing(j).start_with(test.log_capital(model_id(j)));
      raced_.emplace_back(test.judged(model_id(j)).begin(), test.judged(model_id(j)).end());
    }
    race_.reset();
    pool_.refit();
    pool_.forecast_all();
  }

  // Only an assistant that is known to be good can make it so: then it is the forecasts that save, and rows know
  // none.
  bool one_by_one_is_shorter(const SequentialTest& test) {
    if (!assisted_ || test.rows() < next_look_) return false;
    next_look_ = test.rows() + test.rows() / kLooksShare + 1;
    pool_.fit_what_is_known();
    if (pool_.assistant_weight() < kGoodAssistant) return false;
    pool_.forecast_all();
    const double calls = static_cast<double>(calls_one_by_one()) + kSearch * static_cast<double>(pool_.queries());
    return calls < static_cast<double>(test.calls_to_decide());
  }

  // --- who leads ---

  // Settles what came, and says who is out.
  void settle() {
    for (std::size_t j = 0; j < models(); ++j) {
      if (found() && j != leader_ && !pool_.out(j)) {
        pool_.standing(j).settle(claim());
      } else {
        pool_.standing(j).settle();
      }
    }
    if (!found()) return;
    for (std::size_t b = 0; b < models(); ++b) {
      if (b != leader_ && !pool_.out(b) && refuted(b)) pool_.put_out(b);
    }
  }

  bool refuted(std::size_t b) const {
    return pool_.standing(b).may_lose(claim()) < -kSameSum ||
           stats::exclusion_level(pool_.standing(b).capital().highest_log()) <= alpha();
  }

  void find_leader() {
    if (!pool_.all_have_answers()) return;
    const std::size_t best = found() ? pool_.champion() : search_.found();
    if (best < models() && best != leader_) lead(best);
  }

  // Without a call that might show another one: who is expected to be the best, if the whole pool says it.
  void lead_if_known() {
    const std::size_t best = best_so_far();
    if (!pool_.whole(best)) return;
    lead(best);
    settle();
  }

  void lead(std::size_t model) {
    if (found()) pool_.put_out(leader_);
    const bool first = !found();
    leader_ = model;
    if (first) go_on_from_earlier_draws();
    pool_.refer_to(model);
  }

  // What they came to against a claim holds against larger ones, too: leaders only get better.
  void go_on_from_earlier_draws() {
    for (const EarlierDraws& one : pool_.earlier()) {
      if (index(one.model) != leader_) pool_.standing(index(one.model)).go_on_from(one, claim());
    }
  }

  // --- what to ask next ---

  void make_plan() {
    plan_.clear();
    next_ = 0;
    pool_.plan_first_answers(plan_);
    if (!plan_.empty() || (sparing_ && !pool_.all_have_answers())) return;
    find_leader();
    settle();
    if (!found()) {
      const std::size_t leader = search_.plan(sparing_, plan_);
      if (leader == models()) return;
      lead(leader);
    }
    plan_against_rivals();
  }

  // The first two in turn: a rival that only seems hopeful does not hold up the other one.
  void plan_against_rivals() {
    std::vector<std::size_t> rivals;
    for (const std::size_t b : pool_.by_hope(kRivalHope)) {
      if (b == leader_ || pool_.unasked(b) == 0) continue;
      if (!sparing_ || !enough_out(pool_, b, pool_.wanted(b))) rivals.push_back(b);
    }
    if (rivals.empty()) return;
    // Those with calls out come last: of them more will be known.
    std::ranges::stable_sort(rivals, {}, [&](std::size_t b) { return pool_.standing(b).outstanding(); });
    const std::size_t rival = rivals[rivals.size() > 1 ? turn_++ % 2 : 0];
    pool_.bring_up_to_date(rival);
    const Standing& standing = pool_.standing(rival);
    const double expected_loss = standing.left() - pool_.expected_rest(rival);
    if (expected_loss <= standing.may_lose(claim()) + kMayBeBetter * pool_.deviation(rival)) {
      pool_.want_all(rival);
      pool_.plan_least_certain(rival, pool_.chunk(), plan_);
    } else {
      pool_.plan_draws(rival, claim(), missing(rival), pool_.chunk(), plan_);
    }
  }

  JudgedPool pool_;
  Goal goal_;
  double margin_;
  std::uint64_t seed_;
  LeaderSearch search_;
  std::unique_ptr<Race> race_;  // while it lasts
  bool assisted_;
  bool sparing_ = false;                    // calls of this batch are planned already
  std::size_t next_look_ = 0;               // rows after which it is seen whether one by one is shorter
  std::vector<std::vector<double>> raced_;  // rewards of its rows
  std::size_t leader_ = std::numeric_limits<std::size_t>::max();
  std::vector<Call> plan_;
  std::size_t next_ = 0;  // of plan_
  std::size_t turn_ = 0;
};

double Assay::risk() const {
  if (models() == 1) return 0;
  if (race_) return race_->test().risk();
  const std::size_t best = best_so_far();
  if (!pool_.whole(best)) return 1;
  double risk = 0;
  for (std::size_t b = 0; b < models(); ++b) {
    if (b != best) risk = std::max(risk, level_of(b, pool_.standing(best).gained() + margin_));
  }
  return risk;
}

// At which it is excluded that the sum of `rival` is the claim at least. What was bet against a smaller one counts.
double Assay::level_of(std::size_t rival, double claim) const {
  if (pool_.standing(rival).may_lose(claim) < -kSameSum) return 0;
  return found() && rival != leader_ ? stats::exclusion_level(pool_.standing(rival).capital().highest_log()) : 1;
}

// Who is far behind is not drawn: his chance is next to nothing.
double Assay::population_risk() const {
  if (models() == 1) return 0;
  if (race_) return race_->test().population_risk();
  const std::size_t best = best_so_far();
  const JudgedPool::Profile of_best = pool_.profile(best);
  OtherQueries others(pool_.weights(), {of_best.rewards, pool_.variance(best), of_best.variance}, seed_);
  for (std::size_t b = 0; b < models(); ++b) {
    if (b == best) continue;
    const JudgedPool::Profile of_rival = pool_.profile(b);
    double squares = of_best.variance + of_rival.variance;
    double sum = 0;
    for (std::size_t q = 0; q < pool_.queries(); ++q) {
      const double difference = pool_.weights()[q] * (of_best.rewards[q] - of_rival.rewards[q]);
      sum += difference;
      squares += difference * difference;
    }
    const double spread =
        std::sqrt(squares - sum * sum / pool_.total() + pool_.variance(best) + pool_.variance(b) + 1);
    if (sum + goal_.epsilon * pool_.total() > kFarBehind * spread) continue;
    const double below = pool_.out(b) && found() ? margin_ : std::numeric_limits<double>::infinity();
    others.add_rival({of_rival.rewards, pool_.variance(b), of_rival.variance, below});
  }
  return std::max(risk(), others.risk(goal_.epsilon));
}

std::vector<Estimate> Assay::estimates() const {
  if (race_) {
    std::vector<Estimate> of_race = race_->test().estimates();
    // Where another one leads, which is before the first row, nothing is excluded yet.
    of_race[index(race_->test().leader())].risk = 1;
    of_race[index(leader())].risk = 0;
    for (std::size_t j = 0; j < models(); ++j) {
      // The race takes what failed as 1/2, though it may be anything.
      const double open = pool_.standing(j).failed() / (2 * pool_.total());
      stats::Interval& interval = of_race[j].interval;
      interval = {std::max(0.0, interval.low - open), std::min(1.0, interval.high + open)};
    }
    if (pool_.candidates() < models()) of_race.back().interval = {0.5, 0.5};
    return of_race;
  }
  std::vector<Estimate> result;
  const double n = pool_.total();
  const std::size_t best = best_so_far();
  const bool best_is_known = pool_.whole(best);
  for (std::size_t j = 0; j < models(); ++j) {
    const Standing& standing = pool_.standing(j);
    stats::Interval interval = standing.interval();
    if (standing.draws().empty() && j < raced_.size() && standing.left() > 0) {
      const stats::Interval of_rows = stats::betting_interval(raced_[j], pool_.queries());
      interval = {std::max(interval.low, n * of_rows.low), std::min(interval.high, n * of_rows.high)};
    }
    Estimate estimate{.win_rate = pool_.mean(j) / n,
                      .interval = {interval.low / n, interval.high / n},
                      .risk = j == best       ? 0.0
                              : best_is_known ? level_of(j, pool_.standing(best).gained() + margin_)
                                              : 1.0,
                      .possible = !pool_.out(j)};
    if (j != best && best_is_known && estimate.risk <= alpha()) estimate.possible = false;
    result.push_back(estimate);
  }
  return result;
}

std::vector<double> Assay::posterior() const {
  const std::size_t best = index(leader());
  std::vector<double> chances = race_ ? race_->test().posterior() : std::vector<double>(models(), 0);
  double others = race_ ? 1 - chances[best] : 0;
  for (std::size_t j = 0; j < models(); ++j) {
    if (race_ || j == best || pool_.out(j)) continue;
    const double spread = std::sqrt(pool_.variance(j) + pool_.variance(best));
    const double behind = pool_.mean(best) - pool_.mean(j);
    chances[j] = spread > 0 ? stats::normal_cdf(-behind / spread) : behind < 0 ? 1 : 0;
    others += chances[j];
  }
  // Not more than the test allows for, and the leader is the likeliest.
  allow_others(pool_.answers() == 0 ? 1 : std::min(0.5, risk()), best, others, chances);
  return chances;
}

// The leader's pool, and for each rival the draws after which its capital is expected to do.
std::size_t Assay::calls_to_decide() const {
  if (risk() <= alpha()) return 0;
  const std::size_t left = pool_.candidates() * pool_.queries() - pool_.answers();
  return std::min(left, race_ ? race_->test().calls_to_decide() : calls_one_by_one());
}

std::size_t Assay::calls_one_by_one() const {
  const std::size_t best = best_so_far();
  const double claim = pool_.mean(best) + margin_;
  std::size_t calls = best < pool_.candidates() ? pool_.queries() - pool_.standing(best).answered() : 0;
  for (std::size_t j = 0; j < pool_.candidates(); ++j) {
    if (j == best || pool_.out(j) || pool_.whole(j)) continue;
    calls += pool_.draws_to_win(j, claim, missing(j));
  }
  return calls;
}

}  // namespace

std::unique_ptr<Strategy> make_assay(const Problem& problem, const ParameterValues& /*parameters*/) {
  if (problem.goal.good_enough) return make_good_enough(problem);
  return std::make_unique<Assay>(problem);
}

}  // namespace assay::select
