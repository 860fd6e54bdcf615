#include "assay/select/judged_pool.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "assay/core/error.h"

namespace assay::select {
namespace {

constexpr std::size_t kFirstAnswers = 2;  // of each model, before anything is chosen
constexpr std::size_t kFitsPerLook = 8;
constexpr double kNearHope = 3;  // standard deviations, of whose forecast is kept up to date
constexpr std::size_t kAnswersPerFit = 8;
constexpr std::size_t kFitsShare = 64;  // all is fitted anew after this part of all answers
constexpr std::size_t kForecastsPerCall = 8192;
constexpr std::size_t kNear = 6;  // models that are forecast anew with each fit; all with every fourth
constexpr std::size_t kFarEvery = 4;
constexpr double kLeastMargin = 1e-6;  // of sums, where the step of rewards is not known
constexpr std::uint64_t kOrderStream = 0x6F72646572;
constexpr std::uint64_t kDrawStream = 0x6472617773;

Draw with_weight(Draw draw, double weight) {
  draw.weight = weight;
  draw.kept *= weight;
  draw.chance *= weight;
  return draw;
}

}  // namespace

void allow_others(double most, std::size_t answer, double others, std::vector<double>& chances) {
  const double scale = others > most ? most / others : 1;
  for (double& chance : chances) chance *= scale;
  chances[answer] = 1 - others * scale;
}

double margin_of(const Problem& problem, double epsilon) {
  const double allowed = epsilon * static_cast<double>(problem.pool.size());
  if (!(problem.step > 0) || !problem.weights.empty()) return allowed + kLeastMargin;
  return (std::floor(allowed / problem.step + kSameSum) + 1) * problem.step;
}

JudgedPool::JudgedPool(const Problem& problem)
    : models_(problem.models),
      candidates_(problem.models - (problem.baseline ? 1 : 0)),
      pool_(problem.pool),
      weights_(problem.weights.empty() ? std::vector<double>(pool_.size(), 1.0) : problem.weights),
      total_(std::accumulate(weights_.begin(), weights_.end(), 0.0)),
      rng_(problem.seed, kDrawStream),
      model_(candidates_, pool_, problem.features.get(), problem.assistant.get()),
      cells_(candidates_ * pool_.size(), static_cast<char>(Cell::open)),
      standings_(models_, Standing(total_)),
      asked_(models_, 0),
      wanted_(models_, 0),
      out_(models_, 0),
      expected_(models_, 0),
      variance_(models_, 0),
      order_(models_) {
  for (std::size_t q = 0; q < pool_.size(); ++q) position_[index(pool_[q])] = q;
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  Rng(problem.seed, kOrderStream).shuffle(std::span(order_));
  if (problem.baseline) {
    for (const double weight : weights_) standings_.back().answer(0, weight, 0.5);
  }
  for (const Verdict& verdict : problem.known) take_known(verdict);
  for (const EarlierDraws& one : problem.earlier) {
    if (index(one.model) >= candidates_ || one.pool > total_ + kSameSum) continue;
    earlier_.push_back(one);
    if (same_pool(one)) {
      standings_[index(one.model)].remember(one.draws);
    } else {
      others_.push_back(one);
    }
  }
  if (answers_ > 0) fit_what_is_known();
  forecast_all();
}

double JudgedPool::mean(std::size_t model) const {
  return standings_[model].known() + std::min(expected_[model], standings_[model].unanswered());
}

double JudgedPool::deviation(std::size_t model) const { return std::sqrt(variance_[model]); }

bool JudgedPool::same_pool(const EarlierDraws& earlier) const {
  return std::fabs(earlier.pool - total_) < kSameSum * total_;
}

bool JudgedPool::all_have_answers() const {
  return std::ranges::all_of(
      standings_, [&](const Standing& one) { return one.answered() >= std::min(kFirstAnswers, pool_.size()); });
}

std::vector<std::size_t> JudgedPool::by_hope(double deviations) const {
  std::vector<std::size_t> models;
  for (const std::size_t j : order_) {
    if (out_[j] == 0) models.push_back(j);
  }
  std::ranges::stable_sort(models, std::greater{},
                           [&](std::size_t j) { return mean(j) + deviations * deviation(j); });
  return models;
}

std::size_t JudgedPool::champion() const {
  std::size_t best = models_;
  for (const std::size_t j : order_) {
    if (out_[j] != 0 || !whole(j)) continue;
    if (best == models_ || standings_[j].gained() > standings_[best].gained() + kSameSum) best = j;
  }
  return best;
}

std::size_t JudgedPool::most_expected() const {
  std::size_t best = models_;
  for (const std::size_t j : order_) {
    if (out_[j] != 0 || standings_[j].answered() == 0) continue;
    if (best == models_ || mean(j) > mean(best) + kSameSum) best = j;
  }
  return best == models_ ? order_.front() : best;
}

JudgedPool::Profile JudgedPool::profile(std::size_t model) const {
  Profile profile{std::vector<double>(pool_.size(), 0.5), 0};
  if (model >= candidates_) return profile;
  OutcomeModel::Chances chances;
  model_.forecast(model, row(model), weights_, chances);
  for (std::size_t q = 0; q < pool_.size(); ++q) {
    if (is(q, model, Cell::judged)) continue;
    profile.rewards[q] = chances.expected[q];
    profile.variance += weights_[q] * weights_[q] * chances.expected[q] * (1 - chances.expected[q]);
  }
  for (const OutcomeModel::Judged& judged : model_.rewards(model)) profile.rewards[judged.other] = judged.reward;
  return profile;
}

std::vector<EarlierDraws> JudgedPool::draws() const {
  std::vector<EarlierDraws> result = others_;
  for (std::size_t j = 0; j < candidates_; ++j) {
    if (!standings_[j].draws().empty()) result.push_back({model_id(j), total_, standings_[j].draws()});
  }
  return result;
}

// --- answers and forecasts ---

void JudgedPool::take(const Verdict& verdict) {
  if (!position_.contains(index(verdict.call.query)) || index(verdict.call.model) >= candidates_ ||
      state(verdict.call) != static_cast<char>(Cell::planned)) {
    throw InvalidArgument("a verdict on a query whose judgement was not proposed");
  }
  count(verdict);
}

// What is not of this pool tells nothing. A call that failed counts as one that was made.
void JudgedPool::take_known(const Verdict& verdict) {
  if (!position_.contains(index(verdict.call.query)) || index(verdict.call.model) >= candidates_) return;
  if (state(verdict.call) != static_cast<char>(Cell::open)) return;
  ++asked_[index(verdict.call.model)];
  count(verdict);
}

void JudgedPool::count(const Verdict& verdict) {
  const std::size_t q = position_.at(index(verdict.call.query));
  const std::size_t j = index(verdict.call.model);
  const double reward = verdict.reward;
  cells_[cell(q, j)] = static_cast<char>(Cell::judged);
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

void JudgedPool::forecast(std::size_t model) {
  if (model >= candidates_) return;
  const Forecast forecast = model_.forecast(model, row(model), weights_, chances_);
  expected_[model] = forecast.sum;
  variance_[model] = whole(model) ? 0 : forecast.variance;
}

void JudgedPool::forecast_all() {
  for (std::size_t j = 0; j < candidates_; ++j) forecast(j);
  forecast_since_ = 0;
}

void JudgedPool::refit() {
  const std::size_t steps = answers_ < 2 * models_ * kFirstAnswers ? 4 : 1;
  for (std::size_t i = 0; i < steps; ++i) model_.fit();
  forecast_since_ += unfitted_;
  unfitted_ = 0;
  const std::size_t dear = candidates_ * pool_.size() / kForecastsPerCall;
  if (++fits_ % kFarEvery == 0 && forecast_since_ >= dear) return forecast_all();
  const std::vector<std::size_t> near = by_hope(kNearHope);
  for (std::size_t i = 0; i < std::min(kNear, near.size()); ++i) forecast(near[i]);
}

void JudgedPool::fit_what_is_known() {
  for (std::size_t i = 0; i < kFitsPerLook; ++i) model_.fit();
  unfitted_ = 0;
}

void JudgedPool::bring_up_to_date(std::size_t model) {
  const std::size_t due =
      std::max({kAnswersPerFit, answers_ / kFitsShare, kNear * pool_.size() / kForecastsPerCall});
  if (unfitted_ >= due) {
    refit();
  } else if (unfitted_ > 0) {
    model_.fit(model);
  }
  forecast(model);
}

void JudgedPool::refer_to(std::size_t model) {
  if (model >= candidates_) return;
  refit();
  model_.refer_to(model);
  refit();
  forecast_all();
}

// --- calls ---

void JudgedPool::plan_elsewhere(const Call& call) {
  state(call) = static_cast<char>(Cell::planned);
  ++asked_[index(call.model)];
}

void JudgedPool::plan_call(std::size_t position, std::size_t model, std::vector<Call>& plan) {
  plan.push_back({pool_[position], model_id(model)});
  plan_elsewhere(plan.back());
}

void JudgedPool::plan_first_answers(std::vector<Call>& plan) {
  for (std::size_t j = 0; j < candidates_; ++j) {
    if (out_[j] != 0) continue;
    std::size_t asked = pool_.size() - unasked(j);
    for (std::size_t q = 0; q < pool_.size() && asked < kFirstAnswers; ++q) {
      if (!is(q, j, Cell::open)) continue;
      plan_call(q, j, plan);
      standings_[j].plan(q, weights_[q]);
      ++asked;
    }
  }
}

std::size_t JudgedPool::chunk() const { return 1 + pool_.size() / kForecastsPerCall; }

void JudgedPool::remember_forecast(std::size_t position, std::size_t model) {
  forecasts_[cell(position, model)] = {chances_.log_odds[position], chances_.expected[position]};
}

void JudgedPool::plan_least_certain(std::size_t model, std::size_t chunk, std::vector<Call>& plan) {
  std::vector<std::pair<double, std::size_t>> open;
  for (std::size_t q = 0; q < pool_.size(); ++q) {
    if (!is(q, model, Cell::open)) continue;
    const double p = chances_.expected[q];
    open.emplace_back(-weights_[q] * weights_[q] * p * (1 - p), q);
  }
  chunk = std::min(chunk, open.size());
  std::ranges::partial_sort(open, open.begin() + static_cast<std::ptrdiff_t>(chunk));
  for (std::size_t i = 0; i < chunk; ++i) {
    const std::size_t q = open[i].second;
    plan_call(q, model, plan);
    standings_[model].plan(q, weights_[q]);
    remember_forecast(q, model);
  }
}

void JudgedPool::plan_draws(std::size_t model, double claim, double missing, std::size_t chunk,
                            std::vector<Call>& plan) {
  // Queries that are open, by what is expected of them.
  constexpr std::size_t kNoGroup = stats::kTermGroups;
  std::vector<std::uint8_t> group_of(pool_.size(), kNoGroup);
  stats::TermGroups groups{};
  for (std::size_t q = 0; q < pool_.size(); ++q) {
    if (!is(q, model, Cell::open)) continue;
    const double loss = 1 - chances_.expected[q];
    group_of[q] = static_cast<std::uint8_t>(stats::term_group(loss));
    groups[group_of[q]].size += weights_[q];
    groups[group_of[q]].mean += weights_[q] * loss;
  }
  for (stats::TermGroup& group : groups) group.mean /= std::max(group.size, kSameSum);
  const stats::DrawingBet bet = stats::fastest_bet(groups, standings_[model].may_lose(claim));
  if (standings_[model].outstanding() == 0) wanted_[model] = draws_at(model, bet.growth, missing);
  for (chunk = std::min(chunk, unasked(model)); chunk > 0; --chunk) {
    const auto [g, draw] = draw_group(groups, bet);
    const std::size_t q = draw_from(group_of, g, groups[g].size);
    groups[g].size -= weights_[q];
    group_of[q] = kNoGroup;
    plan_call(q, model, plan);
    standings_[model].plan(q, with_weight(draw, weights_[q]));
    remember_forecast(q, model);
  }
}

// A group and the draw of a query of weight 1 from it.
std::pair<std::size_t, Draw> JudgedPool::draw_group(const stats::TermGroups& groups, const stats::DrawingBet& bet) {
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
std::size_t JudgedPool::draw_from(const std::vector<std::uint8_t>& group_of, std::size_t group, double size) {
  double place = rng_.uniform() * size;
  std::size_t drawn = 0;
  for (std::size_t q = 0; q < group_of.size() && place >= 0; ++q) {
    if (group_of[q] != group) continue;
    drawn = q;
    place -= weights_[q];
  }
  return drawn;
}

std::size_t JudgedPool::draws_at(std::size_t model, double growth, double missing) const {
  const auto open = static_cast<double>(pool_.size() - standings_[model].answered());
  return static_cast<std::size_t>(std::ceil(std::min(open, std::max(1.0, missing / growth))));
}

std::size_t JudgedPool::draws_to_win(std::size_t model, double claim, double missing) const {
  OutcomeModel::Chances chances;
  model_.forecast(model, row(model), weights_, chances);
  stats::TermGroups terms{};
  for (std::size_t q = 0; q < pool_.size(); ++q) {
    if (is(q, model, Cell::judged)) continue;
    stats::TermGroup& group = terms[stats::term_group(1 - chances.expected[q])];
    group.mean += weights_[q] * (1 - chances.expected[q]);
    group.size += weights_[q];
  }
  for (stats::TermGroup& group : terms) group.mean /= std::max(group.size, kSameSum);
  const double growth = stats::fastest_bet(terms, standings_[model].may_lose(claim)).growth;
  return draws_at(model, growth, missing);
}

}  // namespace assay::select
