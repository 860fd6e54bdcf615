#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <string>

#include "assay/asking/candidate_prices.h"
#include "assay/asking/strategy_inputs.h"
#include "assay/select/strategy.h"
#include "assay/select/weak_judges.h"
#include "assay/store/study.h"

namespace assay::cli {

/// --judge, --baseline, --models, --without-responses.
void add_choice_options(CLI::App& app, store::ComparisonChoice& choice);

/// What LLM SELECTOR leaves open: --weak-tokens, --weak-smoothing, ... in a group of their own.
void add_weak_options(CLI::App& app, select::WeakJudgeOptions& options);

/// An option for each parameter of the strategies. What is not given is searched.
void add_parameter_options(CLI::App& app, GivenParameters& given);

/// --epsilon, --confidence. Empty: not asked for.
void add_goal_options(CLI::App& app, std::optional<store::Tolerance>& epsilon, std::optional<double>& confidence);
/// --epsilon alone, or another such option: "0.025" or "2.5%"; of scores in their own units, or percent of their
/// scale.
CLI::Option* add_tolerance_option(CLI::App& app, const std::string& option, const std::string& help,
                                  const std::function<void(const store::Tolerance&)>& take);

/// --good-enough, --prefer, --candidate-prices. Empty: not asked for.
void add_good_enough_options(CLI::App& app, std::optional<store::Tolerance>& good_enough,
                             std::optional<asking::CandidatePriceOptions>& prices);

/// --return. Empty: the strategy's own.
void add_return_option(CLI::App& app, std::optional<select::ReturnRule>& returns);

}  // namespace assay::cli
