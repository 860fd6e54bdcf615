#include "tests/sim/scenario.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "assay/core/parallel.h"
#include "assay/core/rng.h"
#include "assay/select/pool.h"
#include "assay/select/selection.h"
#include "tests/select/borrowed.h"

namespace assay {
namespace {

constexpr double kConfidence = 0.95;
constexpr double kSameRate = 1e-9;  // win rates of pools that differ by less are equal
constexpr double kDraws = 0.05;
constexpr double kSlopeSpread = 0.3;
constexpr double kLead = 2;
constexpr std::size_t kGroup = 5;
constexpr double kRedrawn = 0.1;  // about half of what is drawn anew comes out as before
constexpr std::size_t kFeatures = 3;
constexpr double kResponseEffect = 0.8;
constexpr double kQueryEffect = 0.5;

constexpr std::array kScenarios = {
    Scenario{.name = "as the outcome model supposes"},
    Scenario{.name = "no features", .hints = Hints::absent},
    Scenario{.name = "features mean nothing", .hints = Hints::noise},
    Scenario{.name = "features lie: sign drawn for each model", .hints = Hints::random_sign},
    Scenario{.name = "features lie: reversed for the better half", .hints = Hints::reversed},
    Scenario{.name = "10 % of the verdicts flipped", .flipped = 0.1},
    Scenario{.name = "20 % of the verdicts flipped", .flipped = 0.2},
    Scenario{.name = "30 % of the verdicts flipped", .flipped = 0.3},
    Scenario{.name = "20 % of the calls without a verdict", .none = 0.2},
    Scenario{.name = "all models identical", .field = Field::identical},
    Scenario{.name = "all models of equal expectation", .field = Field::equal_ability},
    Scenario{.name = "the same without features", .field = Field::equal_ability, .hints = Hints::absent},
    Scenario{.name = "two bests, the same outcomes", .field = Field::twin_best},
    Scenario{.name = "two bests, equal sums only", .field = Field::shuffled_twins, .queries = 200},
    Scenario{.name = "one model far ahead", .field = Field::far_ahead},
    Scenario{.name = "groups of near-copies", .field = Field::near_copies},
    Scenario{.name = "heavy-tailed easiness", .heavy_tails = true},
    Scenario{.name = "all queries equally hard", .hints = Hints::absent, .easiness = 0},
    Scenario{.name = "right or wrong", .said = Said::right_or_wrong},
    Scenario{.name = "right or wrong, through a baseline", .said = Said::through_baseline},
    Scenario{.name = "verdicts of degree", .said = Said::degree},
    Scenario{.name = "weights, lognormal", .weights = 1},
    Scenario{.name = "families of a leaderboard", .field = Field::families, .models = 100, .scale = 0.5},
    Scenario{.name = "families, right or wrong",
             .field = Field::families,
             .models = 100,
             .said = Said::right_or_wrong,
             .scale = 0.5},
    Scenario{.name = "m = 2", .models = 2},
    Scenario{.name = "n = 20, pool 12", .queries = 20, .pool = 12},
    Scenario{.name = "m = 500", .models = 500, .scale = 0.1},
    Scenario{.name = "n = 20,000, pool 12,500", .queries = 20'000, .pool = 12'500, .scale = 0.1},
    Scenario{
        .name = "n = 20,000, no texts", .hints = Hints::absent, .queries = 20'000, .pool = 12'500, .scale = 0.1},
    Scenario{.name = "n = 100,000",
             .hints = Hints::absent,
             .queries = 160'000,
             .pool = 100'000,
             .said = Said::right_or_wrong,
             .scale = 0.1},
};

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

double easiness(const Scenario& scenario, Rng& rng) {
  const double normal = rng.normal();
  return scenario.easiness * (scenario.heavy_tails ? normal / std::sqrt(rng.gamma(1)) : normal);
}

std::vector<double> draw_abilities(const Scenario& scenario, Rng& rng) {
  std::vector<double> abilities(scenario.models, 0);
  if (scenario.field == Field::equal_ability) return abilities;
  for (double& ability : abilities) ability = scenario.spread * rng.normal();
  if (scenario.field == Field::far_ahead) {
    const auto best = std::max_element(abilities.begin(), abilities.end());
    abilities[rng.below(scenario.models)] = *best + kLead;
  }
  return abilities;
}

// Of the effect of a response's feature on the outcomes of each model.
std::vector<double> draw_signs(const Scenario& scenario, const std::vector<double>& abilities, Rng& rng) {
  std::vector<double> signs(scenario.models, scenario.hints == Hints::noise ? 0 : 1);
  if (scenario.hints == Hints::random_sign) {
    for (double& sign : signs) sign = rng.below(2) == 0 ? -1 : 1;
  }
  if (scenario.hints == Hints::reversed) {
    std::vector<double> sorted = abilities;
    std::sort(sorted.begin(), sorted.end());
    const double middle = sorted[sorted.size() / 2];
    for (std::size_t j = 0; j < signs.size(); ++j) signs[j] = abilities[j] >= middle ? -1 : 1;
  }
  return signs;
}

// One of the response, partly the model's manner; one of the query; one that says nothing.
text::FeatureTable draw_features(const Scenario& scenario, Rng& rng) {
  std::vector<double> manner(scenario.models, 0);  // a manner with an effect would be an ability
  if (scenario.field != Field::equal_ability) {
    for (double& each : manner) each = rng.normal();
  }
  text::FeatureTable table(scenario.queries, scenario.models, kFeatures);
  for (std::size_t q = 0; q < scenario.queries; ++q) {
    const double of_query = rng.normal();
    for (std::size_t j = 0; j < scenario.models; ++j) {
      const auto features = table.at(query_id(q), model_id(j));
      features[0] = static_cast<float>((manner[j] + rng.normal()) / std::sqrt(2.0));
      features[1] = static_cast<float>(of_query);
      features[2] = static_cast<float>(rng.normal());
    }
  }
  table.standardize(std::vector<char>(scenario.queries * scenario.models, 1));
  return table;
}

// `logit`: of winning, or of being right.
double draw_reward(Said said, double logit, Rng& rng) {
  if (said == Said::degree) return logistic(logit + rng.normal());
  if (said == Said::outcome && rng.uniform() < kDraws) return 0.5;
  return rng.uniform() < logistic(logit) ? 1 : 0;
}

RewardTable draw_rewards(const Scenario& scenario, const text::FeatureTable& features, Rng& rng) {
  const std::vector<double> abilities = draw_abilities(scenario, rng);
  const std::vector<double> signs = draw_signs(scenario, abilities, rng);
  std::vector<double> slopes(scenario.models);
  for (double& slope : slopes) slope = 1 + kSlopeSpread * rng.normal();
  RewardTable table(scenario.queries, scenario.models);
  for (std::size_t q = 0; q < scenario.queries; ++q) {
    const double easy = easiness(scenario, rng);
    for (std::size_t j = 0; j < scenario.models; ++j) {
      const auto f = features.at(query_id(q), model_id(j));
      const double effect = signs[j] * kResponseEffect * f[0] + std::abs(signs[j]) * kQueryEffect * f[1];
      table.set(query_id(q), model_id(j),
                draw_reward(scenario.said, abilities[j] + slopes[j] * easy + effect, rng));
    }
  }
  return table;
}

std::size_t best_of(const RewardTable& table) {
  const std::vector<double> rates = table.means();
  return static_cast<std::size_t>(std::max_element(rates.begin(), rates.end()) - rates.begin());
}

// Model `to` gets the rewards of model `from` on the queries in `order`.
void copy_model(RewardTable& table, std::size_t from, std::size_t to, const std::vector<QueryId>& order) {
  for (std::size_t q = 0; q < order.size(); ++q) {
    table.set(query_id(q), model_id(to), table.at(order[q], model_id(from)));
  }
}

// Model `child` keeps what is its own on this share of the queries; the rest is its parent's.
void descend(RewardTable& table, std::size_t parent, std::size_t child, double own, Rng& rng) {
  for (std::size_t q = 0; q < table.queries(); ++q) {
    if (rng.uniform() >= own) table.set(query_id(q), model_id(child), table.at(query_id(q), model_id(parent)));
  }
}

// Families of 1 to 20, one after the other; a third of the children are merges that hardly differ.
void make_families(RewardTable& table, Rng& rng) {
  for (std::size_t parent = 0, size = 0; parent < table.models(); parent += size) {
    size = std::min<std::size_t>(1 + rng.below(20), table.models() - parent);
    for (std::size_t child = parent + 1; child < parent + size; ++child) {
      const double own = rng.below(3) == 0 ? 0.02 : 0.1 + 0.4 * rng.uniform();
      descend(table, parent, child, own, rng);
    }
  }
}

void relate_models(const Scenario& scenario, RewardTable& table, Rng& rng) {
  const std::size_t m = scenario.models;
  std::vector<QueryId> order;
  for (std::size_t q = 0; q < scenario.queries; ++q) order.push_back(query_id(q));
  if (scenario.field == Field::identical) {
    for (std::size_t j = 1; j < m; ++j) copy_model(table, 0, j, order);
  } else if (scenario.field == Field::twin_best || scenario.field == Field::shuffled_twins) {
    if (scenario.field == Field::shuffled_twins) rng.shuffle(std::span(order));
    const std::size_t best = best_of(table);
    copy_model(table, best, (best + 1) % m, order);
  } else if (scenario.field == Field::near_copies) {
    for (std::size_t j = 0; j < m; ++j) descend(table, j - j % kGroup, j, kRedrawn, rng);
  } else if (scenario.field == Field::families) {
    make_families(table, rng);
  }
}

// Each model is better, as good or worse than the median model, which stays in the table as all draws.
RewardTable through_baseline(const RewardTable& table) {
  const std::vector<double> rates = table.means();
  std::vector<std::size_t> order(rates.size());
  for (std::size_t j = 0; j < order.size(); ++j) order[j] = j;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rates[a] < rates[b]; });
  const ModelId baseline = model_id(order[order.size() / 2]);
  RewardTable result(table.queries(), table.models());
  for (std::size_t q = 0; q < table.queries(); ++q) {
    const double reference = table.at(query_id(q), baseline);
    for (std::size_t j = 0; j < table.models(); ++j) {
      result.set(query_id(q), model_id(j), (1 + table.at(query_id(q), model_id(j)) - reference) / 2);
    }
  }
  return result;
}

std::vector<double> draw_weights(const Scenario& scenario, std::uint64_t seed) {
  constexpr std::uint64_t kWeightStream = 0x776569676874;
  std::vector<double> weights;
  if (scenario.weights == 0) return weights;
  Rng rng(seed, kWeightStream);
  for (std::size_t q = 0; q < scenario.queries; ++q) weights.push_back(std::exp(scenario.weights * rng.normal()));
  return weights;
}

void drop_verdicts(RewardTable& table, double share, Rng& rng) {
  for (std::size_t q = 0; q < table.queries(); ++q) {
    for (std::size_t j = 0; j < table.models(); ++j) {
      if (rng.uniform() < share) table.set(query_id(q), model_id(j), Outcome::none);
    }
  }
}

// Whether `model` is a best one over the pool.
bool is_best(const RewardTable& table, std::span<const QueryId> pool, ModelId model) {
  const std::vector<double> rates = table.means(pool);
  return rates[index(model)] >= *std::max_element(rates.begin(), rates.end()) - kSameRate;
}

// The answer of a run that ends when rule `model` has reached the goal; `replay` tells its gap alone.
ModelId answer(const select::StrategyEntry& entry, const select::Problem& problem, const RewardTable& rewards) {
  select::Selection selection(entry, problem, {}, entry.returns);
  std::vector<Call> calls;
  while (selection.calls() == 0 || selection.decision()->risk() > 1 - problem.goal.confidence) {
    calls.clear();
    selection.propose(1, calls);
    if (calls.empty()) break;
    const Verdict verdict{calls[0], rewards.at(calls[0].query, calls[0].model)};
    selection.observe(std::span(&verdict, 1));
  }
  return selection.best();
}

void compare_with_unflipped(const ScenarioTable& table, const sim::ReplaySetup& setup, ScenarioRun& run) {
  const std::vector<QueryId> pool = select::draw_pool(table.rewards.queries(), setup.pool, setup.seed, 0);
  const select::Problem problem{.models = table.rewards.models(),
                                .pool = pool,
                                .features = setup.features,
                                .seed = setup.seed,
                                .goal = {.epsilon = setup.epsilon, .confidence = setup.confidence}};
  run.still_best = is_best(table.unflipped, pool, answer(select::strategy("assay"), problem, table.rewards));
  const std::vector<double> rates = table.rewards.means(pool);
  const auto full = std::max_element(rates.begin(), rates.end()) - rates.begin();
  run.full_best = is_best(table.unflipped, pool, model_id(static_cast<std::size_t>(full)));
}

ScenarioRun run_table(const ScenarioTable& table, std::size_t pool, std::uint64_t seed, double epsilon) {
  sim::ReplaySetup setup;
  setup.rewards = &table.rewards;
  if (table.features) setup.features = borrowed(*table.features);
  setup.weights = table.weights;
  setup.step = table.step;
  setup.realizations = setup.threads = 1;
  setup.pool = setup.budget = pool;
  setup.seed = seed;
  setup.confidence = kConfidence;
  setup.epsilon = epsilon;
  const std::array competitors = {
      sim::Competitor{&select::strategy("assay"), {}, select::strategy("assay").returns},
      sim::Competitor{&select::strategy("random"), {}, select::strategy("random").returns}};
  std::vector<sim::ReplayResult> results = sim::replay(setup, competitors);
  ScenarioRun run;
  run.gaps = std::move(results[0].gap_mean);
  run.random_gaps = std::move(results[1].gap_mean);
  run.stop = *results[0].stop;
  if (table.unflipped.queries() > 0) compare_with_unflipped(table, setup, run);
  return run;
}

}  // namespace

std::span<const Scenario> scenarios() { return kScenarios; }

ScenarioTable draw_table(const Scenario& scenario, std::uint64_t seed) {
  Rng rng(seed);
  const text::FeatureTable features = draw_features(scenario, rng);
  ScenarioTable table;
  table.rewards = draw_rewards(scenario, features, rng);
  relate_models(scenario, table.rewards, rng);
  if (scenario.said == Said::through_baseline) table.rewards = through_baseline(table.rewards);
  if (scenario.none > 0) drop_verdicts(table.rewards, scenario.none, rng);
  table.weights = draw_weights(scenario, seed);
  if (scenario.said == Said::degree) table.step = 0;
  if (scenario.flipped > 0) {
    table.unflipped = table.rewards;
    table.rewards = flip(table.unflipped, scenario.flipped, seed);
  }
  if (scenario.hints != Hints::absent) table.features = features;
  return table;
}

RewardTable flip(const RewardTable& rewards, double share, std::uint64_t seed) {
  constexpr std::uint64_t kFlipStream = 0x666C6970;
  Rng rng(seed, kFlipStream);
  RewardTable table = rewards;
  for (std::size_t q = 0; q < table.queries(); ++q) {
    for (std::size_t j = 0; j < table.models(); ++j) {
      if (rng.uniform() < share) table.set(query_id(q), model_id(j), 1 - table.at(query_id(q), model_id(j)));
    }
  }
  return table;
}

text::FeatureTable noise_features(std::size_t queries, std::size_t models, std::size_t features,
                                  std::uint64_t seed) {
  constexpr std::uint64_t kNoiseStream = 0x6E6F697365;
  Rng rng(seed, kNoiseStream);
  text::FeatureTable table(queries, models, features);
  for (std::size_t q = 0; q < queries; ++q) {
    for (std::size_t j = 0; j < models; ++j) {
      for (float& value : table.at(query_id(q), model_id(j))) value = static_cast<float>(rng.normal());
    }
  }
  return table;
}

std::vector<ScenarioRun> run_scenario(const std::function<ScenarioTable(std::uint64_t)>& draw, std::size_t pool,
                                      std::size_t realizations, std::uint64_t seed, double epsilon,
                                      std::size_t threads, const Progress& progress) {
  std::vector<ScenarioRun> runs(realizations);
  parallel_for(
      realizations, threads, [&](std::size_t r) { runs[r] = run_table(draw(seed + r), pool, seed + r, epsilon); },
      progress);
  return runs;
}

std::optional<std::size_t> labels_to_reach(std::span<const ScenarioRun> runs,
                                           std::vector<double> ScenarioRun::*gaps, double epsilon) {
  std::optional<std::size_t> since;
  const double needed = kConfidence * static_cast<double>(runs.size()) - kSameRate;
  for (std::size_t b = 0; b < (runs[0].*gaps).size(); ++b) {
    const auto within = std::count_if(
        runs.begin(), runs.end(), [&](const ScenarioRun& run) { return (run.*gaps)[b] <= epsilon + kSameRate; });
    if (static_cast<double>(within) < needed) {
      since.reset();
    } else if (!since) {
      since = b + 1;
    }
  }
  return since;
}

}  // namespace assay
