#include "assay/store/score_kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace assay::store {
namespace {

constexpr std::size_t kFewestModels = 3;
constexpr double kFarOutside = 2;  // widths of the others' range

}  // namespace

void ScoreKinds::add(std::string_view model, double score) {
  if (std::isnan(score)) return;
  const Range one{score, score, score == 0 || score == 1};
  const auto found = ranges_.find(model);
  if (found == ranges_.end()) {
    ranges_.emplace(std::string(model), one);
  } else {
    found->second = joined(found->second, one);
  }
}

ScoreKinds::Range ScoreKinds::joined(const Range& a, const Range& b) {
  return {std::min(a.low, b.low), std::max(a.high, b.high), a.truths && b.truths};
}

bool ScoreKinds::is_odd(const Range& one, const Range& others) {
  if (others.truths) return !one.truths;
  const double far = kFarOutside * (others.high - others.low);
  return far > 0 && (one.high > others.high + far || one.low < others.low - far);
}

std::optional<Study::ImportCounts::OddModel> ScoreKinds::odd_model() const {
  if (ranges_.size() < kFewestModels) return std::nullopt;
  // Only the one that goes furthest up, goes furthest down, or is the only one with more than 0 and 1 can be it.
  const auto of = [](const auto& entry) -> const Range& { return entry.second; };
  const auto highest = std::ranges::max_element(ranges_, {}, [&](const auto& entry) { return of(entry).high; });
  const auto lowest = std::ranges::min_element(ranges_, {}, [&](const auto& entry) { return of(entry).low; });
  const auto no_truth = std::ranges::find_if(ranges_, [&](const auto& entry) { return !of(entry).truths; });
  for (const auto candidate : {highest, lowest, no_truth}) {
    if (candidate == ranges_.end()) continue;
    std::optional<Range> others;
    for (const auto& [name, range] : ranges_) {
      if (name != candidate->first) others = others ? joined(*others, range) : range;
    }
    const Range& one = candidate->second;
    if (!is_odd(one, *others)) continue;
    const std::string rest =
        others->truths ? "are only 0 and 1" : fmt::format("from {} to {}", others->low, others->high);
    return Study::ImportCounts::OddModel{
        candidate->first,
        fmt::format("its scores go from {} to {}, those of all others {}", one.low, one.high, rest)};
  }
  return std::nullopt;
}

}  // namespace assay::store
