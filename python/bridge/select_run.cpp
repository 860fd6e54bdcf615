#include "assay/asking/select_run.h"

#include <cmath>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "assay/asking/strategies.h"
#include "assay/core/error.h"
#include "assay/core/responses.h"
#include "assay/core/rewards.h"
#include "assay/select/weak_judges.h"
#include "assay/text/response_features.h"
#include "assay/text/similarity.h"
#include "python/bridge/failure.h"

struct AssaySelect {
  explicit AssaySelect(assay::asking::SelectSetup setup)
      : models(setup.models.size()), queries(setup.queries), budget(setup.budget), run(std::move(setup)) {}

  std::size_t models;
  std::size_t queries;
  std::size_t budget;
  bool exhausted = false;  // nothing was left to ask for
  assay::asking::SelectRun run;
};

namespace assay::bridge {
namespace {

using Json = nlohmann::json;

std::shared_ptr<const ResponseTable> responses_of(const char* const* texts, std::size_t n, std::size_t m) {
  if (texts == nullptr) return nullptr;
  auto table = std::make_shared<ResponseTable>(n, m);
  for (std::size_t q = 0; q < n; ++q) {
    const char* const* row = texts + q * (m + 1);
    for (std::size_t j = 0; j < m; ++j) {
      if (row[j] != nullptr) table->set(query_id(q), model_id(j), row[j]);
    }
    if (row[m] != nullptr) table->set_baseline(query_id(q), row[m]);
  }
  return table;
}

// What the strategy looks at, made of the responses, as a study's would be.
void look_at(const ResponseTable* responses, const select::StrategyEntry& entry, select::Problem& problem) {
  const std::string who = "strategy " + std::string(entry.name);
  if (responses == nullptr) {
    if (entry.needs_weak || entry.needs_similarity)
      throw InvalidArgument(who + " needs `responses`, none were given");
    return;
  }
  if (entry.needs_weak) {
    problem.weak = std::make_shared<const select::WeakVerdicts>(select::judge_weakly(*responses, {}));
  }
  if (entry.needs_similarity) {
    problem.similarity = std::make_shared<const text::SimilarityTable>(text::response_similarity(*responses, 0));
  }
  if (entry.uses_features && problem.features == nullptr) {
    problem.features = std::make_shared<const text::FeatureTable>(text::response_features(*responses));
  }
}

// setup: {"models": [NAME, ...], "queries": n, "baseline": NAME or "", "strategy": NAME, "epsilon": E,
// "good_enough": E or null, "confidence": C, "population": bool, "budget": CALLS or null, "seed": S,
// "parameters": {NAME: NUMBER}}
asking::SelectSetup setup_of(const Json& told, const AssaySelectArrays& arrays) {
  asking::SelectSetup setup;
  setup.models = told.at("models").get<std::vector<std::string>>();
  setup.queries = told.at("queries").get<std::size_t>();
  setup.baseline = told.at("baseline").get<std::string>();
  setup.alone = setup.baseline.empty();
  const std::size_t n = setup.queries;
  const std::size_t m = setup.models.size();
  const select::StrategyEntry& entry = select::strategy(told.at("strategy").get<std::string>());
  setup.strategy = &entry;
  setup.goal.epsilon = told.at("epsilon").get<double>();
  setup.goal.confidence = told.at("confidence").get<double>();
  setup.goal.population = told.at("population").get<bool>();
  if (!told.at("good_enough").is_null()) setup.goal.good_enough = told.at("good_enough").get<double>();
  select::check(setup.goal);
  setup.returns = entry.returns;
  setup.seed = told.at("seed").get<std::uint64_t>();
  setup.budget = n * m;
  if (!told.at("budget").is_null()) setup.budget = std::min(setup.budget, told.at("budget").get<std::size_t>());
  setup.parameters = ParameterValues(entry.parameters);
  for (const auto& [name, value] : told.at("parameters").items()) {
    if (!has_parameter(entry.parameters, name)) {
      throw InvalidArgument("strategy " + std::string(entry.name) + " does not use " + field_of(name));
    }
    setup.parameters.take({{name, value.get<double>()}});
  }
  setup.parameters = select::checked(entry, setup.parameters);
  setup.problem.step = 0;
  if (arrays.weights != nullptr) setup.weights.assign(arrays.weights, arrays.weights + n);
  if (arrays.prices != nullptr) setup.problem.prices.assign(arrays.prices, arrays.prices + m);
  if (arrays.features != nullptr) {
    const auto k = static_cast<std::size_t>(arrays.features_each);
    setup.problem.features =
        std::make_shared<const text::FeatureTable>(text::FeatureTable::from({arrays.features, n * m * k}, n, m, k));
  }
  if (arrays.hints != nullptr) {
    auto hints = std::make_shared<RewardTable>(n, m);
    for (std::size_t q = 0; q < n; ++q) {
      for (std::size_t j = 0; j < m; ++j) hints->set(query_id(q), model_id(j), arrays.hints[q * m + j]);
    }
    setup.problem.assistant = std::move(hints);
  }
  look_at(responses_of(arrays.responses, n, m).get(), entry, setup.problem);
  for (std::int64_t i = 0; i < arrays.known; ++i) {
    const auto item = static_cast<std::uint32_t>(arrays.known_calls[2 * i] * static_cast<std::int64_t>(m) +
                                                 arrays.known_calls[2 * i + 1]);
    setup.known.push_back({.ask = {item}, .value = arrays.known_rewards[i], .known = true});
  }
  return setup;
}

Json parameters_of(std::span<const Parameter> parameters) {
  Json all = Json::array();
  for (const Parameter& one : parameters) {
    all.push_back({{"name", one.name}, {"help", one.help}, {"default", one.default_value}});
  }
  return all;
}

}  // namespace
}  // namespace assay::bridge

AssaySelect* assay_select_new(const char* setup, const AssaySelectArrays* arrays) {
  std::unique_ptr<AssaySelect> run;
  const bool made = assay::bridge::guarded(
      [&] { run = std::make_unique<AssaySelect>(assay::bridge::setup_of(nlohmann::json::parse(setup), *arrays)); });
  return made ? run.release() : nullptr;
}

void assay_select_free(AssaySelect* run) {
  delete run;  // NOLINT(cppcoreguidelines-owning-memory): the caller owned it
}

int64_t assay_select_ask(AssaySelect* run, int64_t most, int64_t* calls) {
  int64_t count = -1;
  const bool asked = assay::bridge::guarded([&] {
    const std::vector<assay::asking::Ask> asks = run->run.next(static_cast<std::size_t>(most));
    for (std::size_t i = 0; i < asks.size(); ++i) {
      calls[2 * i] = static_cast<int64_t>(asks[i].item / run->models);
      calls[2 * i + 1] = static_cast<int64_t>(asks[i].item % run->models);
    }
    run->exhausted = asks.empty() && run->run.outstanding() == 0;
    count = static_cast<int64_t>(asks.size());
  });
  return asked ? count : -1;
}

int assay_select_tell(AssaySelect* run, const int64_t* calls, const double* rewards, int64_t count) {
  const bool told = assay::bridge::guarded([&] {
    std::vector<assay::asking::Answer> answers;
    answers.reserve(static_cast<std::size_t>(count));
    for (int64_t i = 0; i < count; ++i) {
      const auto item =
          static_cast<std::uint32_t>(calls[2 * i] * static_cast<int64_t>(run->models) + calls[2 * i + 1]);
      answers.push_back({.ask = {item}, .value = rewards[i]});
    }
    run->run.take(answers);
  });
  return told ? 0 : -1;
}

int assay_select_state(AssaySelect* run, int forecast, AssaySelectState* state) {
  const bool told = assay::bridge::guarded([&] {
    const assay::select::Selection& selection = run->run.selection();
    const assay::select::Decision* decision = selection.decision();
    const double none = std::numeric_limits<double>::quiet_NaN();
    state->decided = run->run.decided() ? 1 : 0;
    state->calls = static_cast<int64_t>(selection.calls());
    state->budget = static_cast<int64_t>(run->budget);
    state->waiting = static_cast<int64_t>(run->run.outstanding());
    state->done = state->decided != 0 || state->calls >= state->budget || run->exhausted ? 1 : 0;
    state->best = run->run.state().leader.empty() ? -1 : static_cast<int64_t>(index(selection.best()));
    state->risk = decision != nullptr ? decision->risk() : none;
    const bool forecasts = forecast != 0 && decision != nullptr;
    state->population_risk = forecasts ? decision->population_risk() : none;
    state->to_decide = forecasts ? static_cast<int64_t>(decision->calls_to_decide()) : -1;
  });
  return told ? 0 : -1;
}

int assay_select_estimates(AssaySelect* run, double* means, double* low, double* high, double* probability,
                           uint8_t* possible) {
  const bool told = assay::bridge::guarded([&] {
    const assay::asking::SelectReport report = run->run.report();
    std::vector<std::string> names = run->run.names();
    for (const assay::asking::SelectReport::Model& model : report.models) {
      const auto at = static_cast<std::size_t>(std::ranges::find(names, model.name) - names.begin());
      means[at] = model.win_rate;
      low[at] = model.interval.low;
      high[at] = model.interval.high;
      probability[at] = model.probability;
      possible[at] = model.possible ? 1 : 0;
    }
  });
  return told ? 0 : -1;
}

const char* assay_strategies() {
  static const std::string kText = [] {
    nlohmann::json all = nlohmann::json::array();
    for (const assay::select::StrategyEntry& entry : assay::select::strategies()) {
      all.push_back({{"name", entry.name},
                     {"help", entry.help},
                     {"stops", entry.stops},
                     {"needs_responses", entry.needs_weak || entry.needs_similarity},
                     {"uses_known", entry.uses_known},
                     {"uses_features", entry.uses_features},
                     {"parameters", assay::bridge::parameters_of(entry.parameters)}});
    }
    return all.dump();
  }();
  return kText.c_str();
}
