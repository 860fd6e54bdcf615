#include "assay/select/probable_calls.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace assay::select {
namespace {

constexpr std::size_t kFewKnown = 2;  // answers; of a model with fewer nothing is known
constexpr double kPriorAnswers = 4;   // at the mean of all, to which a model's mean is drawn
constexpr double kLeastFresh = 1.5;   // times n^(3/4) m^(1/2)
constexpr double kMostFresh = 9;
constexpr double kLeastOfNew = 3;  // calls of a model that is beaten at once
constexpr double kLeastShare = 0.2;
constexpr double kMostShare = 2;
constexpr double kKnownCount = 0.5;  // of the answers that a rival has: not all were bets
constexpr double kLeastGap = 1e-3;
constexpr double kSlack = 1e-9;
constexpr double kTolerance = 20;

double fresh_calls(double models, double queries) { return std::pow(queries, 0.75) * std::sqrt(models); }

struct Needs {
  double leader = 0;  // its open queries
  double rivals = 0;
};

// Of the models that something is known of, at least one.
Needs known_needs(std::span<const KnownOfModel> known, double queries) {
  double sum = 0, answers = 0;
  for (const KnownOfModel& one : known) {
    sum += one.sum;
    answers += static_cast<double>(one.answers);
  }
  std::vector<double> means;
  for (const KnownOfModel& one : known) {
    means.push_back((one.sum + kPriorAnswers * sum / answers) / (static_cast<double>(one.answers) + kPriorAnswers));
  }
  const auto open = [&](const KnownOfModel& one) {
    return queries - std::min(queries, static_cast<double>(one.answers));
  };
  const auto best = static_cast<std::size_t>(std::max_element(means.begin(), means.end()) - means.begin());
  const double goal = known[best].sum + open(known[best]) * means[best];  // the leader's sum, probably
  Needs needs{.leader = open(known[best])};
  for (std::size_t j = 0; j < known.size(); ++j) {
    if (j == best || known[j].sum + open(known[j]) < goal - kSlack) continue;
    const double gap = std::max(means[best] - means[j], kLeastGap);
    const double calls = 1 / (gap * gap) - kKnownCount * static_cast<double>(known[j].answers);
    needs.rivals += std::clamp(calls, 0.0, open(known[j]));
  }
  return needs;
}

}  // namespace

CallRange probable_calls(std::span<const KnownOfModel> models, std::size_t queries, double epsilon) {
  const auto n = static_cast<double>(queries);
  std::vector<KnownOfModel> known;
  double open = 0;
  for (const KnownOfModel& one : models) {
    open += n - std::min(n, static_cast<double>(one.answers));
    if (one.answers >= kFewKnown) known.push_back(one);
  }
  const auto fresh = static_cast<double>(models.size() - known.size());
  double least = kLeastFresh * fresh_calls(fresh, n);
  double most = kMostFresh * fresh_calls(fresh, n);
  if (!known.empty()) {
    const Needs needs = known_needs(known, n);
    const double sum = needs.leader + needs.rivals;
    least = needs.leader;
    if (fresh == 0 && needs.leader > 0) least = std::max(least, kLeastShare * sum);
    least += fresh * std::min(kLeastOfNew, n);
    most = std::min(most, fresh * n) + kMostShare * sum;
  }
  most = std::min(std::ceil(most), open);
  least = std::min(std::floor(least / (1 + kTolerance * epsilon)), most);
  return {static_cast<std::size_t>(least), static_cast<std::size_t>(most)};
}

}  // namespace assay::select
