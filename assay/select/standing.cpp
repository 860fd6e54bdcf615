#include "assay/select/standing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace assay::select {
namespace {

constexpr double kSide = 40;        // capital that excludes at 2.5 %, one side of a 95 % interval
constexpr int kIntervalSteps = 40;  // of a bisection
// Gamblers of the lower end, each with a third of the capital. A stake is a share of the largest possible one.
constexpr std::array<double, 3> kStakes = {0.1, 0.3, 0.9};
constexpr double kStandingRounding = 1e-9;
constexpr double kImpossible = 1e3;  // logarithm of the capital against a claim that can't be true

double draw_factor(const Draw& draw, double allowed) {
  return (draw.kept + draw.lost) / (draw.chance * (draw.all_kept + allowed));
}

}  // namespace

double log_capital_of(std::span<const Draw> draws, double claim) {
  double log = 0;
  for (const Draw& draw : draws) {
    const double allowed = draw.gained_before + draw.left_before - claim;
    if (allowed < -kStandingRounding) return kImpossible;
    log += std::log(draw_factor(draw, std::max(0.0, allowed)));
  }
  return log;
}

void Standing::plan(std::size_t position, const Draw& draw) {
  planned_.push_back({.position = position, .draw = draw, .drawn = true});
}

void Standing::plan(std::size_t position, double weight) {
  planned_.push_back({.position = position, .draw = {.weight = weight}});
}

void Standing::answer(std::size_t position, double weight, double reward) {
  unanswered_ = std::max(0.0, unanswered_ - weight);
  ++answered_;
  if (std::isnan(reward)) {
    failed_ += weight;
    reward = 0.5;
  }
  known_ += weight * reward;
  const auto planned =
      std::ranges::find_if(planned_, [&](const Planned& one) { return one.position == position && !one.answered; });
  if (planned == planned_.end()) {
    count(weight, reward);
    return;
  }
  planned->answered = true;
  planned->reward = reward;
}

void Standing::settle_first() {
  const Planned first = planned_.front();
  planned_.pop_front();
  const double lost = first.draw.weight * (1 - first.reward);
  if (first.drawn) {
    draws_.push_back(first.draw);
    draws_.back().lost = lost;
    draws_.back().gained_before = gained_;
    draws_.back().left_before = left_;
  }
  count(first.draw.weight, first.reward);
}

void Standing::count(double weight, double reward) {
  gained_ += weight * reward;
  left_ -= weight;
  if (left_ < kStandingRounding) left_ = 0;
}

void Standing::settle() {
  while (!planned_.empty() && planned_.front().answered) settle_first();
}

void Standing::settle(double claim) {
  while (!planned_.empty() && planned_.front().answered) {
    const Planned& first = planned_.front();
    const double allowed = may_lose(claim);
    if (first.drawn && allowed >= 0) {
      Draw draw = first.draw;
      draw.lost = draw.weight * (1 - first.reward);
      capital_.bet_log(std::log(draw_factor(draw, allowed)));
    }
    settle_first();
  }
}

void Standing::go_on_from(const EarlierDraws& earlier, double claim) {
  capital_.bet_log(log_capital_of(earlier.draws, claim - (pool_ - earlier.pool)));
}

// The largest T that is not excluded: the bet that was made, for every claim at once. The capital rises with T.
double Standing::highest() const {
  double low = gained_;
  double high = gained_ + left_;
  const auto excluded = [&](double claim) { return log_capital_of(draws_, claim) >= std::log(kSide); };
  if (!excluded(high)) return high;
  for (int i = 0; i < kIntervalSteps; ++i) {
    const double middle = (low + high) / 2;
    (excluded(middle) ? high : low) = middle;
  }
  return high;
}

// The smallest T that is not excluded. If T is at most `claim`, then what is lost sums to more than u at each draw,
// and lost / chance has at least that expectation: the gain u - lost / chance is not to be expected.
double Standing::lowest() const {
  double low = gained_;
  double high = gained_ + left_;
  const auto excluded = [&](double claim) {
    double sum = 0;
    for (const double stake : kStakes) {
      double log = 0;
      for (const Draw& draw : draws_) {
        const double least = std::max(0.0, draw.gained_before + draw.left_before - claim);
        log += std::log1p(stake / draw.longest * (least - draw.lost / draw.chance));
      }
      sum += std::exp(std::min(log, 100.0));
    }
    return sum >= kSide * static_cast<double>(kStakes.size());
  };
  if (!excluded(low)) return low;
  for (int i = 0; i < kIntervalSteps; ++i) {
    const double middle = (low + high) / 2;
    (excluded(middle) ? low : high) = middle;
  }
  return low;
}

stats::Interval Standing::interval() const {
  if (left_ == 0) return {gained_ - failed_ / 2, gained_ + failed_ / 2};
  const double low = lowest();
  return {low - failed_ / 2, std::max(low, highest()) + failed_ / 2};
}

}  // namespace assay::select
