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
#include <limits>
#include <memory>
#include <numeric>
#include <unordered_map>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/rng.h"
#include "assay/select/makers.h"
#include "assay/select/outcome_model.h"
#include "assay/select/population.h"
#include "assay/select/race.h"
#include "assay/select/standing.h"
#include "assay/stats/drawing_bets.h"
#include "assay/stats/normal.h"

namespace assay::select {
namespace {

constexpr std::size_t kFirstAnswers = 2;  // of each model, before anything is chosen
constexpr std::size_t kRowsShare = 4;     // rows before the race may be left: N / (4 m)
constexpr double kRaceTooLong = 5;        // in units of the leader's pool; less for a few models
constexpr double kGoodAssistant = 1;      // weight of its verdicts: it errs in about a quarter
constexpr double kSearch = 0.5;           // pools that finding the leader takes beyond its own
constexpr std::size_t kLooksShare = 4;    // rows until the next look at whether to leave the race
constexpr std::size_t kFitsPerLook = 8;
constexpr double kHope = 1.3;                 // standard deviations, of who may lead
constexpr double kRivalHope = 1.5;            // of which rival is next
constexpr double kFarBehind = 5;              // standard deviations, for the chance on other queries
constexpr double kNearHope = 3;               // of whose forecast is kept up to date
constexpr double kMayBeBetter = 1;            // standard deviations of the rival's sum
constexpr std::size_t kAnswersPerChunk = 16;  // of a model, while the leader is sought
constexpr std::size_t kAnswersPerFit = 8;
constexpr std::size_t kLeastBatch = 4;  // calls of a model that are out while it has fewer answers
constexpr std::size_t kFitsShare = 64;  // all is fitted anew after this part of all answers
constexpr std::size_t kForecastsPerCall = 8192;
constexpr std::size_t kNear = 6;  // models that are forecast anew with each fit; all with every fourth
constexpr std::size_t kFarEvery = 4;
constexpr double kSameSum = 1e-9;      // sums of rewards that differ by less are equal
constexpr double kLeastMargin = 1e-6;  // of sums, where the step of rewards is not known
constexpr std::uint64_t kOrderStream = 0x6F72646572;
constexpr std::uint64_t kDrawStream = 0x6472617773;

struct CellForecast {
  float log_odds;
  float expected;
};

enum class CellState : char { judged = 0, open = 1, planned = 2 };

Draw with_weight(Draw draw, double weight) {
  draw.weight = weight;
  draw.kept *= weight;
  draw.chance *= weight;
  return draw;
}

class Assay : public Strategy, private Decision {
 public:
  explicit Assay(const Problem& problem)
      : models_(problem.models),
        candidates_(problem.models - (problem.baseline ? 1 : 0)),
        pool_(problem.pool),
        weights_(problem.weights.empty() ? std::vector<double>(pool_.size(), 1.0) : problem.weights),
        goal_(problem.goal),
        margin_(margin_of(problem)),
        seed_(problem.seed),
        rng_(problem.seed, kDrawStream),
        model_(candidates_, pool_, problem.features.get(), problem.assistant.get()),
        cells_(candidates_ * pool_.size(), static_cast<char>(CellState::open)),
        standings_(models_, Standing(total())),
        asked_(models_, 0),
        wanted_(models_, 0),
        out_(models_, 0),
        expected_(models_, 0),
        variance_(models_, 0),
        order_(models_),
        assisted_(problem.assistant != nullptr) {
    for (std::size_t q = 0; q < pool_.size(); ++q) position_[index(pool_[q])] = q;
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    Rng(problem.seed, kOrderStream).shuffle(std::span(order_));
    if (problem.baseline) {
      for (const double weight : weights_) standings_.back().answer(0, weight, 0.5);
    }
    for (const Verdict& verdict : problem.known) take_known(verdict);
    for (const EarlierDraws& one : problem.earlier) {
      if (index(one.model) >= candidates_ || one.pool > total() + kSameSum) continue;
      earlier_.push_back(one);
      if (same_pool(one)) standings_[index(one.model)].remember(one.draws);
    }
    if (problem.weights.empty() && (goal_.population || problem.known.empty())) {
      race_ = std::make_unique<Race>(problem);
    } else if (goal_.population) {
      throw InvalidArgument(
          "`population` is about queries of equal weight; `weights` and `average` give them others");
    }
    if (answers_ > 0) fit_what_is_known();
    forecast_all();
    if (problem.looks_only && !race_) lead_if_known();
  }

  void propose(std::size_t limit, std::vector<Call>& calls) override {
    if (race_) leave_race_if_too_long();
    if (race_) {
      const std::size_t before = calls.size();
      race_->propose(limit, calls);
      for (std::size_t i = before; i < calls.size(); ++i) {
        state(calls[i]) = static_cast<char>(CellState::planned);
        ++asked_[index(calls[i].model)];
      }
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
    for (const Verdict& verdict : verdicts) {
      if (position_.contains(index(verdict.call.query)) && index(verdict.call.model) < candidates_ &&
          state(verdict.call) == static_cast<char>(CellState::planned)) {
        take(verdict);
        continue;
      }
      throw InvalidArgument("a verdict on a query whose judgement was not proposed");
    }
    // Who leads, and whether the race goes on, is looked at with the next plan: however answers come, it is the
    // same.
    if (race_) {
      race_->observe(verdicts);
    } else {
      settle();
    }
  }

  std::vector<double> posterior() const override;
  std::vector<EarlierDraws> draws() const override {
    std::vector<EarlierDraws> result = earlier_;
    std::erase_if(result, [&](const EarlierDraws& one) { return same_pool(one); });
    for (std::size_t j = 0; j < candidates_; ++j) {
      if (!standings_[j].draws().empty()) result.push_back({model_id(j), total(), standings_[j].draws()});
    }
    return result;
  }
  const Decision* decision() const override { return this; }

 private:
  // --- Decision ---

  // Before its first row the race has none that was judged.
  ModelId leader() const override {
    const bool of_race = race_ && standings_[index(race_->test().leader())].answered() > 0;
    return of_race ? race_->test().leader() : model_id(best_so_far());
  }
  double risk() const override;
  double population_risk() const override;
  double level_of(std::size_t rival, double claim) const;
  std::vector<Estimate> estimates() const override;
  std::size_t calls_to_decide() const override;
  std::size_t calls_one_by_one() const;
  std::size_t draws_to_decide(std::size_t model, double growth) const;

  // --- what is known ---

  struct Profile {
    std::vector<double> rewards;
    double variance = 0;  // of the sum, by chance
  };
  Profile profile(std::size_t model) const;

  static double margin_of(const Problem& problem) {
    const double allowed = problem.goal.epsilon * static_cast<double>(problem.pool.size());
    if (!(problem.step > 0) || !problem.weights.empty()) return allowed + kLeastMargin;
    return (std::floor(allowed / problem.step + kSameSum) + 1) * problem.step;  // the next sum that is too much
  }
  double total() const { return std::accumulate(weights_.begin(), weights_.end(), 0.0); }
  bool same_pool(const EarlierDraws& earlier) const {
    return std::fabs(earlier.pool - total()) < kSameSum * total();
  }
  double alpha() const { return 1 - goal_.confidence; }
  std::size_t cell(std::size_t position, std::size_t model) const { return model * pool_.size() + position; }
  char& state(const Call& call) { return cells_[cell(position_.at(index(call.query)), index(call.model))]; }
  std::span<const char> row(std::size_t model) const {
    return std::span(cells_).subspan(model * pool_.size(), pool_.size());
  }
  bool whole(std::size_t model) const { return standings_[model].left() == 0; }
  double mean(std::size_t model) const {
    return standings_[model].known() + std::min(expected_[model], standings_[model].unanswered());
  }
  double deviation(std::size_t model) const { return std::sqrt(variance_[model]); }
  double claim() const { return standings_[leader_].gained() + margin_; }
  bool found() const { return leader_ < models_; }

  // The largest expected sum; of equal ones the first of an order that was drawn. With a verdict, if any has one.
  std::size_t best_so_far() const {
    if (found()) return champion();
    std::size_t best = champion();
    if (best < models_ && certain(best)) return best;
    best = models_;
    for (const std::size_t j : order_) {
      if (out_[j] != 0 || standings_[j].answered() == 0) continue;
      if (best == models_ || mean(j) > mean(best) + kSameSum) best = j;
    }
    return best == models_ ? order_.front() : best;
  }

  // Nobody can be the margin better than this model, which was judged on the whole pool.
  bool certain(std::size_t model) const {
    const double claim = standings_[model].gained() + margin_;
    for (std::size_t b = 0; b < models_; ++b) {
      if (b != model && standings_[b].may_lose(claim) >= -kSameSum) return false;
    }
    return true;
  }

  // What is not of this pool tells nothing. A call that failed counts as one that was made.
  void take_known(const Verdict& verdict) {
    if (!position_.contains(index(verdict.call.query)) || index(verdict.call.model) >= candidates_) return;
    if (state(verdict.call) != static_cast<char>(CellState::open)) return;
    ++asked_[index(verdict.call.model)];
    take(verdict);
  }

  void take(const Verdict& verdict) {
    const std::size_t q = position_.at(index(verdict.call.query));
    const std::size_t j = index(verdict.call.model);
    const double reward = verdict.reward;
    cells_[cell(q, j)] = static_cast<char>(CellState::judged);
    standings_[j].answer(q, weights_[q], reward);
    ++unfitted_;
    ++answers_;
    if (!std::isnan(reward)) model_.add(q, j, reward);
    const auto forecast = forecasts_.find(cell(q, j));
    if (forecast != forecasts_.end()) {
      expected_[j] -= weights_[q] * forecast->second.expected;
      if (!std::isnan(reward)) model_.score(forecast->second.log_odds, reward);
      forecasts_.erase(forecast);
    } else {
      const double left = standings_[j].unanswered();
      expected_[j] *= left / (left + weights_[q]);
    }
    if (standings_[j].answered() == pool_.size()) expected_[j] = variance_[j] = 0;
  }

  void forecast(std::size_t model) {
    if (model >= candidates_) return;
    const Forecast forecast = model_.forecast(model, row(model), weights_, chances_);
    expected_[model] = forecast.sum;
    variance_[model] = whole(model) ? 0 : forecast.variance;
  }

  void forecast_all() {
    for (std::size_t j = 0; j < candidates_; ++j) forecast(j);
    forecast_since_ = 0;
  }

  void refit() {
    const std::size_t steps = answers_ < 2 * models_ * kFirstAnswers ? 4 : 1;
    for (std::size_t i = 0; i < steps; ++i) model_.fit();
    forecast_since_ += unfitted_;
    unfitted_ = 0;
    const std::size_t dear = candidates_ * pool_.size() / kForecastsPerCall;
    if (++fits_ % kFarEvery == 0 && forecast_since_ >= dear) return forecast_all();
    const std::vector<std::size_t> near = by_hope(kNearHope);
    for (std::size_t i = 0; i < std::min(kNear, near.size()); ++i) forecast(near[i]);
  }

  // Thoroughly: what is known may be all that anybody will know, and forecasts must not wait for a call.
  void fit_what_is_known() {
    for (std::size_t i = 0; i < kFitsPerLook; ++i) model_.fit();
    unfitted_ = 0;
  }

  // All that is needed before `model` is asked on.
  void bring_up_to_date(std::size_t model) {
    const std::size_t due =
        std::max({kAnswersPerFit, answers_ / kFitsShare, kNear * pool_.size() / kForecastsPerCall});
    if (unfitted_ >= due) {
      refit();
    } else if (unfitted_ > 0) {
      model_.fit(model);
    }
    forecast(model);
  }

  // --- the race ---

  void leave_race_if_too_long() {
    if (goal_.population) return;  // rows are a sample of it, draws are not
    const SequentialTest& test = race_->test();
    const std::size_t rows = std::max(kFirstAnswers, pool_.size() / (kRowsShare * models_));
    if (test.rows() < std::min(rows, pool_.size()) || test.over() || test.risk() <= alpha()) return;
    const double pools = std::min(kRaceTooLong, 1 + static_cast<double>(models_) / 2);
    const bool too_long = static_cast<double>(test.calls_to_decide()) > pools * static_cast<double>(pool_.size());
    if (!too_long && !one_by_one_is_shorter(test)) return;
    for (std::size_t j = 0; j < models_; ++j) {
      if (!test.racing(model_id(j))) out_[j] = 1;
      standings_[j].start_with(test.log_capital(model_id(j)));
      raced_.emplace_back(test.judged(model_id(j)).begin(), test.judged(model_id(j)).end());
    }
    race_.reset();
    refit();
    forecast_all();
  }

  // Only an assistant that is known to be good can make it so: then it is the forecasts that save, and rows know
  // none.
  bool one_by_one_is_shorter(const SequentialTest& test) {
    if (!assisted_ || test.rows() < next_look_) return false;
    next_look_ = test.rows() + test.rows() / kLooksShare + 1;
    fit_what_is_known();
    if (model_.assistant_weight() < kGoodAssistant) return false;
    forecast_all();
    const double calls = static_cast<double>(calls_one_by_one()) + kSearch * static_cast<double>(pool_.size());
    return calls < static_cast<double>(test.calls_to_decide());
  }

  // --- who leads ---

  // Models that are not out, by falling mean + `deviations`.
  std::vector<std::size_t> by_hope(double deviations) const {
    std::vector<std::size_t> models;
    for (const std::size_t j : order_) {
      if (out_[j] == 0) models.push_back(j);
    }
    std::ranges::stable_sort(models, std::greater{},
                             [&](std::size_t j) { return mean(j) + deviations * deviation(j); });
    return models;
  }

  // Calls of the model that are out are as many as are worth to be asked before one of them is answered: while the
  // leader is sought as many again as are answered, else as many draws as are expected to put it out.
  bool enough_out(std::size_t model) const {
    const std::size_t out = standings_[model].outstanding();
    if (!sparing_ || out == 0) return false;
    const std::size_t answered = std::max(standings_[model].answered(), kLeastBatch);
    return out >= (found() ? std::min(answered, wanted_[model]) : answered);
  }

  // The most hopeful model. With `open`, of those that something is left to ask of.
  std::size_t most_hopeful(bool open) const {
    const std::size_t incumbent = best_so_far();
    std::size_t best = models_;
    double most = 0;
    for (const std::size_t j : order_) {
      if (out_[j] != 0 || (open && (unasked(j) == 0 || enough_out(j)))) continue;
      const double hope = mean(j) + kHope * deviation(j) + (j == incumbent ? goal_.epsilon * total() : 0);
      if (best != models_ && !(hope > most + kSameSum)) continue;
      if (open && sparing_ && hope <= mean(incumbent)) continue;
      best = j;
      most = hope;
    }
    return best;
  }

  std::size_t unasked(std::size_t model) const { return model < candidates_ ? pool_.size() - asked_[model] : 0; }

  // The best model that was judged on the whole pool; models_ if there is none. The leader, or who will take its
  // place.
  std::size_t champion() const {
    std::size_t best = models_;
    for (const std::size_t j : order_) {
      if (out_[j] != 0 || !whole(j)) continue;
      if (best == models_ || standings_[j].gained() > standings_[best].gained() + kSameSum) best = j;
    }
    return best;
  }

  // Settles what came, and says who is out.
  void settle() {
    for (std::size_t j = 0; j < models_; ++j) {
      if (found() && j != leader_ && out_[j] == 0) {
        standings_[j].settle(claim());
      } else {
        standings_[j].settle();
      }
    }
    if (!found()) return;
    for (std::size_t b = 0; b < models_; ++b) {
      if (b != leader_ && out_[b] == 0 && refuted(b)) out_[b] = 1;
    }
  }

  bool refuted(std::size_t b) const {
    return standings_[b].may_lose(claim()) < -kSameSum ||
           stats::exclusion_level(standings_[b].capital().highest_log()) <= alpha();
  }

  void find_leader() {
    if (!all_have_answers()) return;
    const std::size_t best = found() ? champion() : most_hopeful(false);
    if (best < models_ && best != leader_ && whole(best)) lead(best);
  }

  // Without a call that might show another one: who is expected to be the best, if the whole pool says it.
  void lead_if_known() {
    const std::size_t best = best_so_far();
    if (!whole(best)) return;
    lead(best);
    settle();
  }

  void lead(std::size_t model) {
    if (found()) out_[leader_] = 1;
    const bool first = !found();
    leader_ = model;
    if (first) go_on_from_earlier_draws();
    if (model >= candidates_) return;
    refit();
    model_.refer_to(model);
    refit();
    forecast_all();
  }

  // What they came to against a claim holds against larger ones, too: leaders only get better.
  void go_on_from_earlier_draws() {
    for (const EarlierDraws& one : earlier_) {
      if (index(one.model) != leader_) standings_[index(one.model)].go_on_from(one, claim());
    }
  }

  bool all_have_answers() const {
    return std::ranges::all_of(
        standings_, [&](const Standing& one) { return one.answered() >= std::min(kFirstAnswers, pool_.size()); });
  }

  // --- what to ask next ---

  void make_plan() {
    plan_.clear();
    next_ = 0;
    if (plan_first_answers()) return;
    if (sparing_ && !all_have_answers()) return;
    find_leader();
    settle();
    if (found()) return plan_against_rivals();
    std::size_t target = most_hopeful(true);
    if (target == models_) return;
    bring_up_to_date(target);
    find_leader();
    if (found()) return plan_against_rivals();
    target = most_hopeful(true);
    if (target == models_) return;
    forecast(target);
    const std::size_t chunk = std::max(
        {std::size_t{1}, standings_[target].answered() / kAnswersPerChunk, pool_.size() / kForecastsPerCall});
    plan_least_certain(target, chunk);
  }

  // In the order of the pool, which is random.
  bool plan_first_answers() {
    for (std::size_t j = 0; j < candidates_; ++j) {
      if (out_[j] != 0) continue;
      std::size_t asked = pool_.size() - unasked(j);
      for (std::size_t q = 0; q < pool_.size() && asked < kFirstAnswers; ++q) {
        if (cells_[cell(q, j)] != static_cast<char>(CellState::open)) continue;
        plan(q, j);
        standings_[j].plan(q, weights_[q]);
        ++asked;
      }
    }
    return !plan_.empty();
  }

  // The first two in turn: a rival that only seems hopeful does not hold up the other one.
  void plan_against_rivals() {
    std::vector<std::size_t> rivals;
    for (const std::size_t b : by_hope(kRivalHope)) {
      if (b != leader_ && unasked(b) > 0 && !enough_out(b)) rivals.push_back(b);
    }
    if (rivals.empty()) return;
    // Those with calls out come last: of them more will be known.
    std::ranges::stable_sort(rivals, {}, [&](std::size_t b) { return standings_[b].outstanding(); });
    const std::size_t rival = rivals[rivals.size() > 1 ? turn_++ % 2 : 0];
    bring_up_to_date(rival);
    const Standing& standing = standings_[rival];
    const double expected_loss = standing.left() - expected_[rival];
    const std::size_t chunk = 1 + pool_.size() / kForecastsPerCall;
    if (expected_loss <= standing.may_lose(claim()) + kMayBeBetter * deviation(rival)) {
      wanted_[rival] = pool_.size();
      plan_least_certain(rival, chunk);
    } else {
      plan_draws(rival, chunk);
    }
  }

  void plan(std::size_t position, std::size_t model) {
    plan_.push_back({pool_[position], model_id(model)});
    cells_[cell(position, model)] = static_cast<char>(CellState::planned);
    ++asked_[model];
  }

  // Of those that are open, by what their rewards may differ from what is expected. Needs the model's forecast.
  void plan_least_certain(std::size_t model, std::size_t chunk) {
    std::vector<std::pair<double, std::size_t>> open;
    for (std::size_t q = 0; q < pool_.size(); ++q) {
      if (cells_[cell(q, model)] != static_cast<char>(CellState::open)) continue;
      const double p = chances_.expected[q];
      open.emplace_back(-weights_[q] * weights_[q] * p * (1 - p), q);
    }
    chunk = std::min(chunk, open.size());
    std::ranges::partial_sort(open, open.begin() + static_cast<std::ptrdiff_t>(chunk));
    for (std::size_t i = 0; i < chunk; ++i) {
      const std::size_t q = open[i].second;
      plan(q, model);
      standings_[model].plan(q, weights_[q]);
      forecasts_[cell(q, model)] = {chances_.log_odds[q], chances_.expected[q]};
    }
  }

  void plan_draws(std::size_t model, std::size_t chunk);
  std::pair<std::size_t, Draw> draw_group(const stats::TermGroups& groups, const stats::DrawingBet& bet);
  std::size_t draw_from(const std::vector<std::uint8_t>& group_of, std::size_t group, double size);

  std::size_t models_;      // with the baseline, if it is one
  std::size_t candidates_;  // without
  std::vector<QueryId> pool_;
  std::vector<double> weights_;
  std::unordered_map<std::size_t, std::size_t> position_;
  Goal goal_;
  double margin_;
  std::uint64_t seed_;
  Rng rng_;
  OutcomeModel model_;
  std::vector<char> cells_;  // CellState, a row of N for each candidate
  std::vector<Standing> standings_;
  std::vector<std::size_t> asked_;   // queries that are planned or judged
  std::vector<std::size_t> wanted_;  // calls that may be out, see enough_out
  bool sparing_ = false;             // calls of this batch are planned already
  std::vector<char> out_;
  std::vector<double> expected_;  // sums of what is not judged
  std::vector<double> variance_;
  std::vector<std::size_t> order_;  // of models, drawn once: breaks ties
  std::unique_ptr<Race> race_;      // while it lasts
  bool assisted_;
  std::size_t next_look_ = 0;               // rows after which it is seen whether one by one is shorter
  std::vector<std::vector<double>> raced_;  // rewards of its rows
  std::vector<EarlierDraws> earlier_;
  std::size_t leader_ = std::numeric_limits<std::size_t>::max();
  OutcomeModel::Chances chances_;                            // of the model that was forecast last
  std::unordered_map<std::size_t, CellForecast> forecasts_;  // of cells that are out
  std::vector<Call> plan_;
  std::size_t next_ = 0;  // of plan_
  std::size_t turn_ = 0;
  std::size_t answers_ = 0;
  std::size_t unfitted_ = 0;  // answers since the last fit
  std::size_t fits_ = 0;
  std::size_t forecast_since_ = 0;  // answers since all models were forecast
};

void Assay::plan_draws(std::size_t model, std::size_t chunk) {
  // Queries that are open, by what is expected of them.
  constexpr std::size_t kNoGroup = stats::kTermGroups;
  std::vector<std::uint8_t> group_of(pool_.size(), kNoGroup);
  stats::TermGroups groups{};
  for (std::size_t q = 0; q < pool_.size(); ++q) {
    if (cells_[cell(q, model)] != static_cast<char>(CellState::open)) continue;
    const double loss = 1 - chances_.expected[q];
    group_of[q] = static_cast<std::uint8_t>(stats::term_group(loss));
    groups[group_of[q]].size += weights_[q];
    groups[group_of[q]].mean += weights_[q] * loss;
  }
  for (stats::TermGroup& group : groups) group.mean /= std::max(group.size, kSameSum);
  const stats::DrawingBet bet = stats::fastest_bet(groups, standings_[model].may_lose(claim()));
  if (standings_[model].outstanding() == 0) wanted_[model] = draws_to_decide(model, bet.growth);
  for (chunk = std::min(chunk, unasked(model)); chunk > 0; --chunk) {
    const auto [g, draw] = draw_group(groups, bet);
    const std::size_t q = draw_from(group_of, g, groups[g].size);
    groups[g].size -= weights_[q];
    group_of[q] = kNoGroup;
    plan(q, model);
    standings_[model].plan(q, with_weight(draw, weights_[q]));
    forecasts_[cell(q, model)] = {chances_.log_odds[q], chances_.expected[q]};
  }
}

// A group and the draw of a query of weight 1 from it.
std::pair<std::size_t, Draw> Assay::draw_group(const stats::TermGroups& groups, const stats::DrawingBet& bet) {
  double all = 0;
  double least = std::numeric_limits<double>::infinity();
  Draw draw{.all_kept = 0};
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (!(groups[g].size > kSameSum)) continue;
    all += groups[g].size * bet.chance[g];
    draw.all_kept += groups[g].size * bet.kept[g];
    least = std::min(least, bet.chance[g]);
  }
  double place = rng_.uniform() * all;
  std::size_t drawn = 0;
  for (std::size_t g = 0; g < groups.size() && place >= 0; ++g) {
    if (!(groups[g].size > kSameSum)) continue;
    drawn = g;
    place -= groups[g].size * bet.chance[g];
  }
  draw.kept = bet.kept[drawn];
  draw.chance = bet.chance[drawn] / all;
  draw.longest = all / least;
  return {drawn, draw};
}

// Each query of the group in proportion to its weight.
std::size_t Assay::draw_from(const std::vector<std::uint8_t>& group_of, std::size_t group, double size) {
  double place = rng_.uniform() * size;
  std::size_t drawn = 0;
  for (std::size_t q = 0; q < group_of.size() && place >= 0; ++q) {
    if (group_of[q] != group) continue;
    drawn = q;
    place -= weights_[q];
  }
  return drawn;
}

double Assay::risk() const {
  if (models_ == 1) return 0;
  if (race_) return race_->test().risk();
  const std::size_t best = best_so_far();
  if (!whole(best)) return 1;
  double risk = 0;
  for (std::size_t b = 0; b < models_; ++b) {
    if (b != best) risk = std::max(risk, level_of(b, standings_[best].gained() + margin_));
  }
  return risk;
}

// At which it is excluded that the sum of `rival` is the claim at least. What was bet against a smaller one counts.
double Assay::level_of(std::size_t rival, double claim) const {
  if (standings_[rival].may_lose(claim) < -kSameSum) return 0;
  return found() && rival != leader_ ? stats::exclusion_level(standings_[rival].capital().highest_log()) : 1;
}

// Rewards of a model on the pool, and what they are expected to be where they are not known.
Assay::Profile Assay::profile(std::size_t model) const {
  Profile profile{std::vector<double>(pool_.size(), 0.5), 0};
  if (model >= candidates_) return profile;
  OutcomeModel::Chances chances;
  model_.forecast(model, row(model), weights_, chances);
  for (std::size_t q = 0; q < pool_.size(); ++q) {
    if (cells_[cell(q, model)] == static_cast<char>(CellState::judged)) continue;
    profile.rewards[q] = chances.expected[q];
    profile.variance += weights_[q] * weights_[q] * chances.expected[q] * (1 - chances.expected[q]);
  }
  for (const OutcomeModel::Judged& judged : model_.rewards(model)) profile.rewards[judged.other] = judged.reward;
  return profile;
}

// Who is far behind is not drawn: his chance is next to nothing.
double Assay::population_risk() const {
  if (models_ == 1) return 0;
  if (race_) return race_->test().population_risk();
  const std::size_t best = best_so_far();
  const Profile of_best = profile(best);
  OtherQueries others(weights_, {of_best.rewards, variance_[best], of_best.variance}, seed_);
  for (std::size_t b = 0; b < models_; ++b) {
    if (b == best) continue;
    const Profile of_rival = profile(b);
    double squares = of_best.variance + of_rival.variance;
    double sum = 0;
    for (std::size_t q = 0; q < pool_.size(); ++q) {
      const double difference = weights_[q] * (of_best.rewards[q] - of_rival.rewards[q]);
      sum += difference;
      squares += difference * difference;
    }
    const double spread = std::sqrt(squares - sum * sum / total() + variance_[best] + variance_[b] + 1);
    if (sum + goal_.epsilon * total() > kFarBehind * spread) continue;
    const double below = out_[b] != 0 && found() ? margin_ : std::numeric_limits<double>::infinity();
    others.add_rival({of_rival.rewards, variance_[b], of_rival.variance, below});
  }
  return std::max(risk(), others.risk(goal_.epsilon));
}

std::vector<Estimate> Assay::estimates() const {
  if (race_) {
    std::vector<Estimate> of_race = race_->test().estimates();
    // Where another one leads, which is before the first row, nothing is excluded yet.
    of_race[index(race_->test().leader())].risk = 1;
    of_race[index(leader())].risk = 0;
    if (candidates_ < models_) of_race.back().interval = {0.5, 0.5};
    return of_race;
  }
  std::vector<Estimate> result;
  const double n = total();
  const std::size_t best = best_so_far();
  const bool best_is_known = whole(best);
  for (std::size_t j = 0; j < models_; ++j) {
    const Standing& standing = standings_[j];
    stats::Interval interval = standing.interval();
    if (standing.draws().empty() && j < raced_.size() && standing.left() > 0) {
      const stats::Interval of_rows = stats::betting_interval(raced_[j], pool_.size());
      interval = {std::max(interval.low, n * of_rows.low), std::min(interval.high, n * of_rows.high)};
    }
    Estimate estimate{.win_rate = mean(j) / n,
                      .interval = {interval.low / n, interval.high / n},
                      .risk = j == best       ? 0.0
                              : best_is_known ? level_of(j, standings_[best].gained() + margin_)
                                              : 1.0,
                      .possible = out_[j] == 0};
    if (j != best && best_is_known && estimate.risk <= alpha()) estimate.possible = false;
    result.push_back(estimate);
  }
  return result;
}

std::vector<double> Assay::posterior() const {
  const std::size_t best = index(leader());
  std::vector<double> chances = race_ ? race_->test().posterior() : std::vector<double>(models_, 0);
  double others = race_ ? 1 - chances[best] : 0;
  for (std::size_t j = 0; j < models_; ++j) {
    if (race_ || j == best || out_[j] != 0) continue;
    const double spread = std::sqrt(variance_[j] + variance_[best]);
    const double behind = mean(best) - mean(j);
    chances[j] = spread > 0 ? stats::normal_cdf(-behind / spread) : behind < 0 ? 1 : 0;
    others += chances[j];
  }
  // Not more than the test allows for, and the leader is the likeliest.
  const double most = answers_ == 0 ? 1 : std::min(0.5, risk());
  const double scale = others > most ? most / others : 1;
  for (double& chance : chances) chance *= scale;
  chances[best] = 1 - others * scale;
  return chances;
}

// The leader's pool, and for each rival the draws after which its capital is expected to do.
std::size_t Assay::calls_to_decide() const {
  if (risk() <= alpha()) return 0;
  const std::size_t left = candidates_ * pool_.size() - answers_;
  return std::min(left, race_ ? race_->test().calls_to_decide() : calls_one_by_one());
}

// After which the capital against the model is expected to suffice.
std::size_t Assay::draws_to_decide(std::size_t model, double growth) const {
  const Standing& standing = standings_[model];
  const double missing = -std::log(std::max(alpha(), 1e-12)) - standing.capital().log();
  const auto open = static_cast<double>(pool_.size() - standing.answered());
  return static_cast<std::size_t>(std::ceil(std::min(open, std::max(1.0, missing / growth))));
}

std::size_t Assay::calls_one_by_one() const {
  const std::size_t best = best_so_far();
  const double claim = mean(best) + margin_;
  OutcomeModel::Chances chances;
  std::size_t calls = best < candidates_ ? pool_.size() - standings_[best].answered() : 0;
  for (std::size_t j = 0; j < candidates_; ++j) {
    const Standing& standing = standings_[j];
    if (j == best || out_[j] != 0 || standing.left() == 0) continue;
    model_.forecast(j, row(j), weights_, chances);
    stats::TermGroups terms{};
    for (std::size_t q = 0; q < pool_.size(); ++q) {
      if (cells_[cell(q, j)] == static_cast<char>(CellState::judged)) continue;
      stats::TermGroup& group = terms[stats::term_group(1 - chances.expected[q])];
      group.mean += weights_[q] * (1 - chances.expected[q]);
      group.size += weights_[q];
    }
    for (stats::TermGroup& group : terms) group.mean /= std::max(group.size, kSameSum);
    const double growth = stats::fastest_bet(terms, standing.may_lose(claim)).growth;
    calls += draws_to_decide(j, growth);
  }
  return calls;
}

}  // namespace

std::unique_ptr<Strategy> make_assay(const Problem& problem, const ParameterValues& /*parameters*/) {
  return std::make_unique<Assay>(problem);
}

}  // namespace assay::select
