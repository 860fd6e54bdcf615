#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "assay/core/progress.h"
#include "assay/core/rewards.h"
#include "assay/sim/replay.h"
#include "assay/text/response_features.h"

namespace assay {

/// How the models of a made-up table differ.
enum class Field : std::uint8_t {
  normal,          ///< abilities ~ N(0, spread^2)
  equal_ability,   ///< equal expectations; what differs is chance
  identical,       ///< the same outcomes for all
  twin_best,       ///< the best one twice, with the same outcomes
  shuffled_twins,  ///< the best one twice, with as many wins on other queries
  far_ahead,       ///< one model 2 above the best of the others on the logistic scale
  near_copies,     ///< groups of five that differ on some 5 % of the queries
  families,        ///< as on public leaderboards: a few base models, each with up to 20 children near and far
};

/// What is said of a response.
enum class Said : std::uint8_t {
  outcome,           ///< win, draw or loss against a baseline
  right_or_wrong,    ///< 1 or 0
  degree,            ///< any number from 0 to 1
  through_baseline,  ///< right or wrong, compared with a middling model: most pairs are draws
};

/// What the features of the responses have to do with the outcomes.
enum class Hints : std::uint8_t {
  absent,       ///< There are none.
  true_effect,  ///< The same effect for every model, as the outcome model supposes.
  noise,        ///< No effect.
  random_sign,  ///< An effect whose sign is drawn for each model.
  reversed,     ///< The effect has the other sign for the better half of the models.
};

/// A family of made-up tables in which something is not as the outcome model supposes. An outcome is won with
/// probability logistic(ability_j + slope_j easiness_q + effect_qj), slope ~ N(1, 0.3^2), and one in twenty is a
/// draw.
struct Scenario {
  std::string_view name;
  Field field = Field::normal;
  Hints hints = Hints::true_effect;
  std::size_t models = 20;
  std::size_t queries = 320;
  std::size_t pool = 200;
  double spread = 0.7;
  double easiness = 1.2;     ///< Standard deviation of the queries' easiness on the logistic scale.
  bool heavy_tails = false;  ///< easiness from Student's t with 2 degrees of freedom instead of the normal
  double flipped = 0;        ///< Share of verdicts turned round, once for all.
  double none = 0;           ///< Share of calls without a verdict.
  Said said = Said::outcome;
  double weights = 0;  ///< Standard deviation of the logarithm of the queries' weights.
  double scale = 1;    ///< Of the number of realizations: less where they take long.
};

/// All families.
std::span<const Scenario> scenarios();

/// What the judge says, what it would say without its errors, and what strategies may look at.
struct ScenarioTable {
  RewardTable rewards;
  RewardTable unflipped;  ///< Empty where nothing is flipped.
  std::optional<text::FeatureTable> features;
  std::vector<double> weights = {};  ///< Of the queries; empty: all the same.
  double step = 0.5;                 ///< As sim::ReplaySetup.
};

/// The same table for the same seed. O(n m).
ScenarioTable draw_table(const Scenario& scenario, std::uint64_t seed);

/// `rewards` with this share of wins and losses turned round; draws stay.
RewardTable flip(const RewardTable& rewards, double share, std::uint64_t seed);

/// `features` standard normal numbers for each response, which mean nothing.
text::FeatureTable noise_features(std::size_t queries, std::size_t models, std::size_t features,
                                  std::uint64_t seed);

/// One pool of one table: what `assay` and random rows make of it. A gap is the pool's best win rate less that of
/// the model that would be returned, by the verdicts of the judge.
struct ScenarioRun {
  std::vector<double> gaps;         ///< Entry b - 1: of `assay` after b query equivalents, or at its end.
  std::vector<double> random_gaps;  ///< Of random rows.
  sim::StopResult stop;             ///< At confidence 0.95.
  bool still_best = true;           ///< The answer is a best model of the pool without the judge's errors.
  bool full_best = true;            ///< So is the answer after judging everything.
};

/// A run for each of the seeds `seed`, `seed` + 1, ..., on a table of its own: shares of runs are those of the
/// family, and their standard error is binomial. `threads` as for parallel_for.
std::vector<ScenarioRun> run_scenario(const std::function<ScenarioTable(std::uint64_t)>& draw, std::size_t pool,
                                      std::size_t realizations, std::uint64_t seed, double epsilon,
                                      std::size_t threads, const Progress& progress = {});

/// Query equivalents from which on the share of runs with a gap of at most `epsilon` stays at least 0.95; empty if
/// never.
std::optional<std::size_t> labels_to_reach(std::span<const ScenarioRun> runs,
                                           std::vector<double> ScenarioRun::*gaps, double epsilon);

}  // namespace assay
