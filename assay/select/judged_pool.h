#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "assay/core/rng.h"
#include "assay/select/outcome_model.h"
#include "assay/select/standing.h"
#include "assay/select/strategy.h"
#include "assay/stats/drawing_bets.h"

namespace assay::select {

/// Sums of rewards that differ by less are equal.
inline constexpr double kSameSum = 1e-9;

/// What is known of m models on a pool of N queries whose weights sum to N, what the forecast says of the rest, and
/// the calls that are out. Models are numbered 0 .. m - 1; the last one may be the baseline, which is known.
/// Positions are those of the pool. Strategies that judge one model at a time decide by it, and plan calls with it.
///
///     JudgedPool pool(problem);
///     std::vector<Call> plan;
///     pool.bring_up_to_date(model);
///     pool.plan_draws(model, claim, 1, plan);
///     pool.take({plan[0], reward});
///     pool.standing(model).settle(claim);
class JudgedPool {
 public:
  /// Takes what the problem knows, and forecasts all models.
  explicit JudgedPool(const Problem& problem);

  std::size_t models() const { return models_; }
  std::size_t candidates() const { return candidates_; }  ///< Without the baseline.
  std::size_t queries() const { return pool_.size(); }
  std::span<const double> weights() const { return weights_; }
  double total() const { return total_; }
  std::size_t answers() const { return answers_; }
  /// Of models, drawn once: breaks ties.
  std::span<const std::size_t> order() const { return order_; }

  // --- what is known of a model ---

  Standing& standing(std::size_t model) { return standings_[model]; }
  const Standing& standing(std::size_t model) const { return standings_[model]; }
  bool whole(std::size_t model) const { return standings_[model].left() == 0; }
  /// Expected sum of its rewards on the pool, and its standard deviation.
  double mean(std::size_t model) const;
  double deviation(std::size_t model) const;
  double variance(std::size_t model) const { return variance_[model]; }
  double expected_rest(std::size_t model) const { return expected_[model]; }  ///< Of what is not judged.
  std::size_t unasked(std::size_t model) const { return model < candidates_ ? queries() - asked_[model] : 0; }
  /// Whether all models have the first answers, without which nothing is chosen.
  bool all_have_answers() const;
  /// A model that is out is asked no more.
  bool out(std::size_t model) const { return out_[model] != 0; }
  void put_out(std::size_t model) { out_[model] = 1; }
  /// Models that are not out, by falling expected sum and so many `deviations`.
  std::vector<std::size_t> by_hope(double deviations) const;
  /// The best model that was judged on the whole pool and is not out; `models` if there is none.
  std::size_t champion() const;
  /// The largest expected sum of those that are not out and have an answer; of equal ones the first in `order`.
  std::size_t most_expected() const;
  /// Rewards of a model on the pool, and what they are expected to be where they are not known.
  struct Profile {
    std::vector<double> rewards;
    double variance = 0;  ///< Of the sum, by chance.
  };
  Profile profile(std::size_t model) const;
  /// Draws of this pool, and earlier ones of pools of another weight.
  std::vector<EarlierDraws> draws() const;
  std::span<const EarlierDraws> earlier() const { return earlier_; }
  /// Those of pools of another weight.
  std::span<const EarlierDraws> earlier_of_others() const { return others_; }

  // --- answers and forecasts ---

  /// The answer to a planned call. Throws InvalidArgument if it is none.
  void take(const Verdict& verdict);
  void forecast(std::size_t model);
  void forecast_all();
  void refit();
  /// Thoroughly: what is known may be all that anybody will know, and forecasts must not wait for a call.
  void fit_what_is_known();
  /// All that is needed before `model` is asked on.
  void bring_up_to_date(std::size_t model);
  /// Near-copies of this model, judged on the whole pool, share its surprises.
  void refer_to(std::size_t model);
  double assistant_weight() const { return model_.assistant_weight(); }

  // --- calls ---

  /// What others have planned, and settle by themselves.
  void plan_elsewhere(const Call& call);
  /// The first queries of each model, in the order of the pool, which is random.
  void plan_first_answers(std::vector<Call>& plan);
  /// Of those that are open, by what their rewards may differ from what is expected. Needs the model's forecast.
  void plan_least_certain(std::size_t model, std::size_t chunk, std::vector<Call>& plan);
  /// Draws that bet against the claim that the model's sum is `claim`, and are to win `missing`, a logarithm of
  /// capital. Needs the model's forecast.
  void plan_draws(std::size_t model, double claim, double missing, std::size_t chunk, std::vector<Call>& plan);
  /// Calls of one model to plan at a time, so that a forecast is worth its time.
  std::size_t chunk() const;
  /// Draws after which the bet against the claim is expected to have won `missing`.
  std::size_t draws_to_win(std::size_t model, double claim, double missing) const;
  /// Calls of the model that may be out while the claim against it is drawn for; see `plan_draws`.
  std::size_t wanted(std::size_t model) const { return wanted_[model]; }
  void want_all(std::size_t model) { wanted_[model] = queries(); }

 private:
  enum class Cell : char { judged = 0, open = 1, planned = 2 };
  struct CellForecast {
    float log_odds;
    float expected;
  };

  std::size_t cell(std::size_t position, std::size_t model) const { return model * queries() + position; }
  char& state(const Call& call) { return cells_[cell(position_.at(index(call.query)), index(call.model))]; }
  bool is(std::size_t position, std::size_t model, Cell wanted) const {
    return cells_[cell(position, model)] == static_cast<char>(wanted);
  }
  std::span<const char> row(std::size_t model) const {
    return std::span(cells_).subspan(model * queries(), queries());
  }
  bool same_pool(const EarlierDraws& earlier) const;
  void take_known(const Verdict& verdict);
  void count(const Verdict& verdict);
  std::size_t draws_at(std::size_t model, double growth, double missing) const;
  void plan_call(std::size_t position, std::size_t model, std::vector<Call>& plan);
  void remember_forecast(std::size_t position, std::size_t model);
  std::pair<std::size_t, Draw> draw_group(const stats::TermGroups& groups, const stats::DrawingBet& bet);
  std::size_t draw_from(const std::vector<std::uint8_t>& group_of, std::size_t group, double size);

  std::size_t models_;
  std::size_t candidates_;
  std::vector<QueryId> pool_;
  std::vector<double> weights_;
  double total_;
  std::unordered_map<std::size_t, std::size_t> position_;
  Rng rng_;
  OutcomeModel model_;
  std::vector<char> cells_;  // Cell, a row of N for each candidate
  std::vector<Standing> standings_;
  std::vector<EarlierDraws> earlier_;
  std::vector<EarlierDraws> others_;  // of these, those of pools of another weight
  std::vector<std::size_t> asked_;    // queries that are planned or judged
  std::vector<std::size_t> wanted_;
  std::vector<char> out_;
  std::vector<double> expected_;  // sums of what is not judged
  std::vector<double> variance_;
  std::vector<std::size_t> order_;
  OutcomeModel::Chances chances_;                            // of the model that was forecast last
  std::unordered_map<std::size_t, CellForecast> forecasts_;  // of cells that are out
  std::size_t answers_ = 0;
  std::size_t unfitted_ = 0;  // answers since the last fit
  std::size_t fits_ = 0;
  std::size_t forecast_since_ = 0;  // answers since all models were forecast
};

/// Makes `chances` those of models to be the answer: of all but `answer`, which sum to `others`, at most `most`
/// together, and `answer` has the rest.
void allow_others(double most, std::size_t answer, double others, std::vector<double>& chances);

/// What a run decides: a model that nobody is this much better than; of sums. The next sum that is too much, where
/// the step of rewards is known.
double margin_of(const Problem& problem, double epsilon);

}  // namespace assay::select
