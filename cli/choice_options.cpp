#include "cli/choice_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "cli/names_option.h"
#include "cli/share_option.h"

namespace assay::cli {
namespace {

template <typename Value>
using Names = std::vector<std::pair<std::string, Value>>;

// An option whose value is one of a few names.
template <typename Value>
CLI::Option* add_named(CLI::App& app, const std::string& option, Value& value, const Names<Value>& names,
                       const std::string& help) {
  std::string allowed;
  std::string standing;
  for (const auto& [name, meaning] : names) {
    allowed += (allowed.empty() ? "" : " or ") + name;
    if (meaning == value) standing = name;
  }
  const auto take = [&value, names, option, allowed](const std::string& text) {
    for (const auto& [name, meaning] : names) {
      if (name != text) continue;
      value = meaning;
      return;
    }
    throw CLI::ValidationError(option, "expected " + allowed + ", came " + assay::quoted(text));
  };
  return app.add_option_function<std::string>(option, take, help + allowed)
      ->option_text("KIND")
      ->default_str(standing);
}

bool is_searched(std::string_view parameter) {
  return std::ranges::any_of(select::strategies(), [&](const select::StrategyEntry& entry) {
    return entry.grid != nullptr && has_parameter(entry.parameters, parameter);
  });
}

}  // namespace

void add_choice_options(CLI::App& app, store::ComparisonChoice& choice) {
  const std::string group = "What is compared";
  app.add_option("--judge", choice.judge, "Whose recorded judgements; needed if the study has several judges")
      ->option_text("NAME")
      ->group(group);
  app.add_option("--baseline", choice.baseline, "Model that the others are compared with; needed for scores")
      ->option_text("MODEL")
      ->group(group);
  const auto take_measure = [&choice](const std::string& text) {
    for (const store::Measure one :
         {store::Measure::win_rate, store::Measure::preference, store::Measure::score, store::Measure::accuracy}) {
      if (text == name(one)) choice.measure = one;
    }
    if (choice.measure && text == name(*choice.measure)) return;
    throw CLI::ValidationError("--measure",
                               "expected win-rate, preference, score or accuracy, came " + assay::quoted(text));
  };
  app.add_option_function<std::string>("--measure", take_measure,
                                       "win-rate or preference (by degree) against a baseline; score or accuracy, "
                                       "which need none (default: what the study has; a live judge compares)")
      ->option_text("KIND")
      ->group(group);
  const auto take_scale = [&choice](const std::vector<double>& ends) { choice.scale = Scale{ends[0], ends[1]}; };
  app.add_option_function<std::vector<double>>("--score-range", take_scale,
                                               "Of scores (default: as the import told of the judge, else the "
                                               "lowest and the highest of the study); a live "
                                               "judge must be told")
      ->delimiter(',')
      ->expected(2)
      ->option_text("LOW,HIGH")
      ->group(group);
  app.add_flag_function(
         "--lower-is-better,!--higher-is-better",
         [&choice](std::int64_t count) { choice.lower_is_better = count > 0; },
         "Of scores (default: as the import told of the judge, else higher)")
      ->group(group);
  add_names_option(app, "--tasks", choice.averaging.tasks,
                   "Queries of these tasks alone, a name with a comma in double quotes (default: all)")
      ->group(group);
  app.add_option("--weights", choice.averaging.weights,
                 "How much each query counts: name of weights that an import brought, e.g. traffic")
      ->option_text("COLUMN")
      ->group(group);
  add_named<store::Average>(app, "--average", choice.averaging.average,
                            {{"queries", store::Average::queries}, {"tasks", store::Average::tasks}},
                            "Each query counts the same, or each task as on leaderboards: ")
      ->group(group);
  add_names_option(app, "--models", choice.models, "Candidates (default: all)")->group(group);
  app.add_flag("--without-responses", choice.without_responses,
               "Keep candidates that have judgements but no responses")
      ->group(group);
}

void add_weak_options(CLI::App& app, select::WeakJudgeOptions& options) {
  const std::string group = "Weak judges";
  app.add_option("--weak-orders", options.kgram.max_order, "k-gram orders 1 .. N, a judge each")
      ->capture_default_str()
      ->group(group);
  add_named<text::TokenKind>(app, "--weak-tokens", options.tokens,
                             {{"words", text::TokenKind::word}, {"characters", text::TokenKind::character}}, "")
      ->group(group);
  add_named<text::Smoothing>(
      app, "--weak-smoothing", options.kgram.smoothing,
      {{"witten-bell", text::Smoothing::witten_bell}, {"additive", text::Smoothing::additive}}, "")
      ->group(group);
  app.add_option("--weak-delta", options.kgram.delta, "What additive smoothing adds to a count")
      ->capture_default_str()
      ->group(group);
  add_named<text::LikelihoodMean>(
      app, "--weak-mean", options.kgram.mean,
      {{"geometric", text::LikelihoodMean::geometric}, {"arithmetic", text::LikelihoodMean::arithmetic}},
      "Mean of the token probabilities: ")
      ->group(group);
  app.add_flag("--weak-leave-one-out", options.kgram.leave_one_out, "Score a response without its own k-grams")
      ->group(group);
  app.add_flag("--weak-pooled", options.pooled,
               "Count k-grams over all queries, not each alone; on one core, about 70 bytes of memory a token")
      ->group(group);
  add_share_option(app, "--weak-draws", options.draw_share, "Share of a weak judge's pairs that are draws")
      ->capture_default_str()
      ->group(group);
}

void add_parameter_options(CLI::App& app, GivenParameters& given) {
  for (const Parameter& parameter : all_parameters(select::strategies())) {
    const auto take = [&given, name = std::string(parameter.name)](double value) { given[name] = value; };
    app.add_option_function<double>(
           "--" + std::string(parameter.name), take,
           fmt::format("{}: {} (default: {})", rows_with(select::strategies(), parameter.name), parameter.help,
                       is_searched(parameter.name) ? "grid search" : fmt::format("{:g}", parameter.default_value)))
        ->group("Parameters");
  }
}

CLI::Option* add_tolerance_option(CLI::App& app, const std::string& option, const std::string& help,
                                  const std::function<void(const store::Tolerance&)>& take) {
  const auto read = [option, take](const std::string& text) {
    const std::string number = share_of(text);
    double amount = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), amount);
    if (error != std::errc() || end != number.data() + number.size() || !(amount >= 0)) {
      throw CLI::ValidationError(option, "expected a number from 0 on, or percent, came " + assay::quoted(text));
    }
    take({amount, text.ends_with('%')});
  };
  return app.add_option_function<std::string>(option, read, help)->option_text("TOLERANCE");
}

void add_goal_options(CLI::App& app, std::optional<store::Tolerance>& epsilon, std::optional<double>& confidence) {
  const std::string group = "When to stop";
  add_tolerance_option(app, "--epsilon",
                       "Find a model that is at most so much worse than the best: 2.5% or 0.025 of win rates and "
                       "accuracies; of scores in "
                       "their own units, or percent of their scale (default: 0)",
                       [&epsilon](const store::Tolerance& value) { epsilon = value; })
      ->group(group);
  add_share_option(app, "--confidence", confidence, "Stop when sure with this probability (default: 95%)")
      ->group(group);
  // Of older versions, which had a choice. Hidden: there is nothing to choose.
  const auto take = [](const std::string& text) {
    if (text == "guaranteed") return;
    throw CLI::ValidationError(
        "--stop: every stop is guaranteed now, and rule model, whose stops were wrong too often, "
        "is gone; came " +
        assay::quoted(text));
  };
  app.add_option_function<std::string>("--stop", take)->group("");
}

void add_good_enough_options(CLI::App& app, std::optional<store::Tolerance>& good_enough,
                             std::optional<asking::CandidatePriceOptions>& prices) {
  const std::string group = "When to stop";
  add_tolerance_option(app, "--good-enough",
                       "Find the cheapest model that is at most so much worse than the best, as --epsilon",
                       [&good_enough](const store::Tolerance& value) { good_enough = value; })
      ->group(group)
      ->excludes("--epsilon");
  const auto options = [&prices]() -> asking::CandidatePriceOptions& {
    return prices ? *prices : prices.emplace();
  };
  const auto take = [options](const std::string& text) {
    for (const asking::Preference one :
         {asking::Preference::price, asking::Preference::latency, asking::Preference::size}) {
      if (text != asking::name(one)) continue;
      options().prefer = one;
      return;
    }
    throw CLI::ValidationError("--prefer", "expected price, latency or size, came " + assay::quoted(text));
  };
  app.add_option_function<std::string>(
         "--prefer", take,
         "What is less of a model that is good enough: price, latency or size, the last "
         "two as imported (default: price)")
      ->option_text("KIND")
      ->group(group);
  app.add_option_function<std::string>(
         "--candidate-prices", [options](const std::string& path) { options().file = path; },
         "Prices of the candidates, a JSON file as of --prices (default: as imported); the report compares quality "
         "and price")
      ->option_text("FILE")
      ->group(group);
}

void add_return_option(CLI::App& app, std::optional<select::ReturnRule>& returns) {
  const auto take = [&returns](const std::string& text) {
    for (const select::ReturnRule rule :
         {select::ReturnRule::posterior, select::ReturnRule::win_rate, select::ReturnRule::estimate}) {
      if (text == select::name(rule)) returns = rule;
    }
    if (!returns) {
      throw CLI::ValidationError("--return: expected posterior, win-rate or estimate, came " + assay::quoted(text));
    }
  };
  app.add_option_function<std::string>(
         "--return", take, "Return the model by posterior, win-rate or estimate (default: the strategy's own)")
      ->option_text("RULE")
      ->group("Parameters");
}

}  // namespace assay::cli
