// A race that ends with a guarantee.
//
// The queries of the pool are judged row by row in random order, in each row the models still in the race. Their
// outcomes count x = 1, 1/2 or 0 (`worth`); after t of N rows model j has the sum S_j.
//
// A model leaves when betting has refuted that it is the best. For model b: before each row choose, from the past
// alone, some opponents in the race and a stake. The payoff is d = mean of their x - x_b. If b is the best, then d
// has a mean <= 0 over the pool, and, as the rows still to come are in random order,
//
//   E[d | past] <= c = -(mean of the opponents' S - S_b) / (N - t),
//
// so a capital G_b that is multiplied by 1 + stake (d - c) >= 0 in each row never grows in expectation, whatever
// the opponents, the stakes and the outcomes are, and P(G_b ever reaches 1/alpha) <= alpha (Ville 1939). Model b
// leaves when it does. The race ends wrongly only if the best model leaves (with several, any one of them, fixed
// beforehand). That is one bet of the m, whichever it is: nothing is to be paid for the number of models or pairs.
//
// Opponents: the best one, two, three or five by S, whichever promises most. A mean of several is a little worse
// than the leader and much less noisy, which counts against models far behind.
//
// With epsilon E > 0, "leader i is at most E below the best" is refuted, or not, for each b by a second bet: K_ib
// with payoff x_i - x_b and the claim mean(d) < -E, c = (-E N - (S_i - S_b)) / (N - t). It begins when i comes to
// lead; the k-th model to do so has the weight w_k = 1 / (k (k + 1)). For the best b, the sum
//
//   Z_b = g G_b + (1 - g) sum of w_k K_ib over those leaders i that are more than E worse than b
//
// (K = 1 before it begins) starts at 1 or less and never grows in expectation either. So the race is decided for i
// when g G_b + (1 - g) w_k K_ib has reached 1/alpha for every b but i, and b leaves when g G_b alone has. All of
// this holds for all rows and all leaders at once: looking on after the decision costs nothing.
//
// Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting" (JRSS-B 2024), for betting
// without replacement; Ramdas, Gruenwald, Vovk and Shafer, "Game-theoretic statistics and safe anytime-valid
// inference" (Statistical Science 2023).

#include "assay/select/sequential_test.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "assay/core/rng.h"
#include "assay/select/population.h"
#include "assay/stats/normal.h"

namespace assay::select {
namespace {

// What is expected of payoffs before any came, in rows' worth. They only tune the stakes. Flat optimum: half or
// twice as much changes the calls by 1 %.
constexpr double kPriorRows = 8;
constexpr double kPriorSquare = 0.3;  // of a difference of two models' outcomes

// Share g of the bet that a model is the best, if there is another one.
constexpr double kShareOfBest = 0.8;

// Share of the pool before leaders are counted: at first many lead by chance, and each would take a weight.
constexpr std::size_t kPoolBeforeClaims = 10;  // a tenth

constexpr std::size_t kProjectedSteps = 32;  // of calls_to_decide

constexpr double kRounding = 1e-9;  // of sums of halves

constexpr std::uint64_t kTieOrderStream = 0x7261636574;

double log_of_sum(double a, double b) {
  const double larger = std::max(a, b);
  return larger + std::log1p(std::exp(std::min(a, b) - larger));
}

}  // namespace

SequentialTest::SequentialTest(const Goal& goal, std::size_t models, std::size_t pool, std::uint64_t seed)
    : goal_(goal), pool_(pool), seed_(seed), runners_(models), order_(models) {
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  Rng(seed, kTieOrderStream).shuffle(std::span(order_));
}

// g
double SequentialTest::share_of_best() const { return goal_.epsilon > 0 ? kShareOfBest : 1; }

// Of 1 - g, what no claim has taken yet is cash: the weights of k claims sum to 1 - 1 / (k + 1).
double SequentialTest::log_capital(ModelId model) const {
  const double of_best = std::log(share_of_best()) + runners_[index(model)].capital.log();
  const double cash = (1 - share_of_best()) / static_cast<double>(claims_.size() + 1);
  return cash > 0 ? log_of_sum(of_best, std::log(cash)) : of_best;
}

// At which model b is refuted as the best.
double SequentialTest::level_as_best(std::size_t b) const {
  return stats::exclusion_level(runners_[b].capital.highest_log() + std::log(share_of_best()));
}

const SequentialTest::Claim* SequentialTest::claim() const {
  return claim_ < claims_.size() ? &claims_[claim_] : nullptr;
}

std::size_t SequentialTest::claim_of(std::size_t leader) const {
  std::size_t at = 0;
  while (at < claims_.size() && claims_[at].leader != leader) ++at;
  return at;
}

const stats::Capital* SequentialTest::against_claim(ModelId leader, ModelId model) const {
  const std::size_t at = claim_of(index(leader));
  return at < claims_.size() ? &claims_[at].against[index(model)].capital : nullptr;
}

// c, of a payoff that has so far summed to `lead`, if its mean is at most `-margin`.
double SequentialTest::price(double lead, double margin) const {
  return goal_.population ? -margin : stats::mean_of_rest(-margin, lead, rows_, pool_);
}

// On such a payoff, against that claim.
stats::Stake SequentialTest::stake(double lead, double squares, double prior_square, double margin) const {
  const double rows = static_cast<double>(rows_) + kPriorRows;
  return stats::kelly_stake(lead / rows, (squares + kPriorRows * prior_square) / rows, price(lead, margin), -1);
}

void SequentialTest::add_row(std::span<const double> row) {
  if (claim() != nullptr) bet_on_claim(row);  // first, as its stakes must not know this row's squares
  bet_on_best(row);
  note_claims();
  for (const std::size_t j : order_) {
    runners_[j].sum += row[j];
    runners_[j].judged.push_back(row[j]);
  }
  ++rows_;
  // Stable: who leads goes on leading until another one has more.
  std::stable_sort(order_.begin(), order_.end(),
                   [&](std::size_t a, std::size_t b) { return runners_[a].sum > runners_[b].sum; });
  drop_refuted();
  find_claim();
}

// The bet against the model at `place` of order_ that promises most, by the rows before this one.
SequentialTest::Bet SequentialTest::best_bet(std::size_t place, const Sums& sums, std::span<const double> row) {
  const std::size_t b = order_[place];
  Runner& runner = runners_[b];
  Bet best;
  for (std::size_t i = 0; i < kOpponents.size() && kOpponents[i] < order_.size(); ++i) {
    const auto opponents = static_cast<double>(kOpponents[i]);
    const bool among = place < kOpponents[i];  // then one more takes its place
    const std::size_t top = kOpponents[i] + (among ? 1 : 0);
    const double lead = (sums.judged[top] - (among ? runner.sum : 0)) / opponents - runner.sum;
    const double payoff = (sums.row[top] - (among ? row[b] : 0)) / opponents - row[b];
    const stats::Stake offered = stake(lead, runner.squares[i], kPriorSquare * (1 + 1 / opponents) / 2, 0);
    if (offered.growth > best.stake.growth) best = {offered, payoff - price(lead, 0)};
    runner.squares[i] += payoff * payoff;
  }
  return best;
}

void SequentialTest::bet_on_best(std::span<const double> row) {
  Sums sums;
  for (std::size_t i = 0; i < std::min(order_.size(), kOpponents.back() + 1); ++i) {
    sums.judged.push_back(sums.judged.back() + runners_[order_[i]].sum);
    sums.row.push_back(sums.row.back() + row[order_[i]]);
  }
  for (std::size_t place = 0; place < order_.size(); ++place) {
    const Bet bet = best_bet(place, sums, row);
    runners_[order_[place]].capital.bet(bet.stake.size, bet.gain);
  }
}

// Only the leader's claim is bet on; those of earlier leaders wait.
void SequentialTest::bet_on_claim(std::span<const double> row) {
  Claim& claim = claims_[claim_];
  for (const std::size_t b : order_) {
    if (b == claim.leader) continue;
    const double lead = runners_[claim.leader].sum - runners_[b].sum;
    // The squares of the payoffs against the best one, whoever it was, will do.
    const stats::Stake offered = stake(lead, runners_[b].squares[0], kPriorSquare, goal_.epsilon);
    claim.against[b].capital.bet(offered.size, row[claim.leader] - row[b] - price(lead, goal_.epsilon));
  }
}

void SequentialTest::note_claims() {
  for (Claim& claim : claims_) {
    for (const std::size_t b : order_) {
      Claim::Bet& bet = claim.against[b];
      bet.highest = std::max(bet.highest, log_of_sum(std::log(share_of_best()) + runners_[b].capital.log(),
                                                     claim.log_weight + bet.capital.log()));
    }
  }
}

// From the last one on: the leader stays.
void SequentialTest::drop_refuted() {
  for (std::size_t place = order_.size(); place-- > 1;) {
    const std::size_t b = order_[place];
    if (level_as_best(b) > alpha() && !(certain_lead(b) > kRounding)) continue;
    runners_[b].racing = false;
    order_.erase(order_.begin() + static_cast<std::ptrdiff_t>(place));
  }
}

void SequentialTest::find_claim() {
  const auto at = std::find_if(claims_.begin(), claims_.end(),
                               [&](const Claim& claim) { return claim.leader == order_.front(); });
  claim_ = static_cast<std::size_t>(at - claims_.begin());
  if (at != claims_.end() || !(goal_.epsilon > 0) || kPoolBeforeClaims * rows_ < pool_) return;
  const auto k = static_cast<double>(claims_.size() + 1);
  claims_.push_back(
      {order_.front(), std::log((1 - share_of_best()) / (k * (k + 1))), std::vector<Claim::Bet>(runners_.size())});
}

// Verdicts by which the leader is ahead of b at least, whatever those to come are.
double SequentialTest::certain_lead(std::size_t b) const {
  if (goal_.population) return -std::numeric_limits<double>::infinity();
  const auto unjudged = static_cast<double>(pool_ - runners_[b].judged.size());
  return runners_[order_.front()].sum - runners_[b].sum - unjudged;
}

double SequentialTest::risk_of(std::size_t b) const {
  const double allowed = goal_.epsilon * static_cast<double>(pool_);
  if (b == order_.front() || certain_lead(b) + allowed >= -kRounding) return 0;
  const double level = level_as_best(b);
  return claim() == nullptr ? level : std::min(level, stats::exclusion_level(claim()->against[b].highest));
}

double SequentialTest::risk() const {
  double result = 0;
  for (std::size_t b = 0; b < runners_.size(); ++b) result = std::max(result, risk_of(b));
  return result;
}

// Whoever left the race counts from then on with the mean that he had.
double SequentialTest::population_risk() const {
  const Runner& leader = runners_[order_.front()];
  const std::size_t rows = leader.judged.size();
  if (runners_.size() == 1 || rows == 0) return runners_.size() == 1 ? 0 : risk();
  const std::vector<double> weights(rows, 1.0);
  OtherQueries others(weights, {.rewards = leader.judged, .chance = kPriorRows * kPriorSquare / 2}, seed_);
  for (std::size_t b = 0; b < runners_.size(); ++b) {
    if (b == order_.front()) continue;
    std::vector<double> rewards = runners_[b].judged;
    const auto judged = static_cast<double>(rewards.size());
    const double mean = judged > 0 ? runners_[b].sum / judged : 0.5;
    double squares = kPriorRows * kPriorSquare / 2;
    for (const double reward : rewards) squares += (reward - mean) * (reward - mean);
    const double missing = static_cast<double>(rows) - judged;
    const double variance = squares / (judged + kPriorRows);
    rewards.resize(rows, mean);
    others.add_rival({.rewards = rewards,
                      .variance = missing > 0 ? missing * missing * variance / (judged + 1) : 0,
                      .chance = kPriorRows * kPriorSquare / 2 + missing * variance,
                      .below = runners_[b].racing ? std::numeric_limits<double>::infinity()
                                                  : goal_.epsilon * static_cast<double>(rows)});
  }
  return std::max(risk(), others.risk(goal_.epsilon));
}

std::vector<Estimate> SequentialTest::estimates() const {
  std::vector<Estimate> result;
  for (std::size_t j = 0; j < runners_.size(); ++j) {
    const Runner& runner = runners_[j];
    const auto judged = static_cast<double>(runner.judged.size());
    result.push_back({.win_rate = judged > 0 ? runner.sum / judged : 0.5,
                      .interval = goal_.population ? stats::drawn_mean_interval(runner.judged, 0.05)
                                                   : stats::betting_interval(runner.judged, pool_),
                      .risk = risk_of(j),
                      .possible = runner.racing});
  }
  return result;
}

std::vector<double> SequentialTest::posterior() const {
  std::vector<double> result;
  for (const Runner& runner : runners_) result.push_back(stats::exclusion_level(runner.capital.highest_log()));
  result[order_.front()] = 1;  // although there may have been much against it once
  const double sum = std::accumulate(result.begin(), result.end(), 0.0);
  for (double& weight : result) weight /= sum;
  return result;
}

// Rows until model b is refuted, as the best or (otherwise) as more than epsilon above the leader, if the payoffs
// go on as they did. In steps, as prices fall while the pool runs out.
double SequentialTest::rows_to_settle(std::size_t b, bool as_best) const {
  const auto left = static_cast<double>(pool_ - rows_);
  if (!as_best && claim() == nullptr) return left;
  const Runner& runner = runners_[b];
  const stats::Capital& capital = as_best ? runner.capital : claim()->against[b].capital;
  const double share = as_best ? std::log(share_of_best()) : claim()->log_weight;
  double missing = -std::log(alpha()) - share - capital.log();
  const double rows = static_cast<double>(rows_) + kPriorRows;
  const double square = (runner.squares[0] + kPriorRows * kPriorSquare) / rows;
  double lead = runners_[order_.front()].sum - runner.sum;
  const double mean = lead / rows;
  const std::size_t step = (pool_ - rows_) / kProjectedSteps + 1;
  for (std::size_t row = rows_; row < pool_; row += step) {
    const double margin = as_best ? 0 : goal_.epsilon;
    const double fair = goal_.population ? -margin : stats::mean_of_rest(-margin, lead, row, pool_);
    if (missing <= 0 || fair < -1) return static_cast<double>(row - rows_);
    missing -= static_cast<double>(step) * stats::kelly_stake(mean, square, fair, -1).growth;
    lead += static_cast<double>(step) * mean;
  }
  return left;
}

std::size_t SequentialTest::calls_to_decide() const {
  if (over() || risk() <= alpha()) return 0;
  double last = 1;           // row until which the leader is judged
  std::vector<double> rows;  // until each rival leaves
  for (const std::size_t b : order_) {
    if (b == order_.front()) continue;
    rows.push_back(rows_to_settle(b, true));
    if (risk_of(b) > alpha()) last = std::max(last, std::min(rows.back(), rows_to_settle(b, false)));
  }
  double calls = last;
  for (const double until : rows) calls += std::min(until, last);
  return static_cast<std::size_t>(calls);
}

}  // namespace assay::select
