#include "assay/asking/judge_habits.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace assay::asking {
namespace {

constexpr std::size_t kHabits = 5;

bool against_baseline(const store::Comparison& comparison) { return !comparison.baseline.empty(); }

}  // namespace

HabitCount::HabitCount(const store::Comparison& comparison) : comparison_(comparison), counts_(kHabits) {}

void HabitCount::add(const Verdict& verdict) {
  const bool none = std::isnan(verdict.reward);
  const std::size_t item = index(verdict.call.query) * comparison_.models.size() + index(verdict.call.model);
  if (none && std::ranges::binary_search(comparison_.missing, item)) return;
  of(JudgeHabit::Kind::no_verdict).add(none);
  if (!none && comparison_.measure == store::Measure::win_rate) {
    of(JudgeHabit::Kind::draws).add(verdict.outcome() == Outcome::draw);
  }
}

void HabitCount::add_lengths(const Verdict& verdict, std::size_t response, std::size_t baseline) {
  if (!against_baseline(comparison_) || response == baseline) return;
  const Outcome outcome = verdict.outcome();
  if (outcome != Outcome::win && outcome != Outcome::loss) return;
  of(JudgeHabit::Kind::longer_preferred).add((outcome == Outcome::win) == (response > baseline));
}

void HabitCount::add_order(const Verdict& verdict, bool model_first) {
  const Outcome outcome = verdict.outcome();
  if (outcome != Outcome::win && outcome != Outcome::loss) return;
  of(JudgeHabit::Kind::first_preferred).add((outcome == Outcome::win) == model_first);
}

void HabitCount::add_replies(std::span<const JudgeReply> replies) {
  struct Orders {
    std::optional<double> model_first, baseline_first;
  };
  std::map<std::uint32_t, Orders> by_repeat;
  for (const JudgeReply& reply : replies) {
    if (reply.order == JudgeReply::Order::alone || !reply.value) continue;
    const bool first = reply.order == JudgeReply::Order::model_first;
    add_order({{}, *reply.value}, first);
    Orders& orders = by_repeat[reply.repeat];
    (first ? orders.model_first : orders.baseline_first) = reply.value;
  }
  for (const auto& [repeat, orders] : by_repeat) {
    if (!orders.model_first || !orders.baseline_first) continue;
    of(JudgeHabit::Kind::orders_contradict).add((*orders.model_first - 0.5) * (*orders.baseline_first - 0.5) < 0);
  }
}

std::vector<JudgeHabit> HabitCount::habits() const {
  std::vector<JudgeHabit> habits;
  for (std::size_t kind = 0; kind < kHabits; ++kind) {
    const Count& counted = counts_[kind];
    if (counted.of == 0) continue;
    JudgeHabit habit{static_cast<JudgeHabit::Kind>(kind), counted.count, counted.of, {}};
    habit.interval = stats::share_interval(habit.share(), static_cast<double>(habit.of));
    habits.push_back(habit);
  }
  return habits;
}

}  // namespace assay::asking
