#include "assay/view/simulate.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "assay/asking/strategies.h"
#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/view/simulate_allocators.h"
#include "cli/choice_options.h"
#include "cli/help.h"
#include "cli/oracle_options.h"
#include "cli/plot_file.h"
#include "cli/scoring_options.h"
#include "cli/share_option.h"
#include "cli/strategy_options.h"
#include "cli/verb.h"

namespace assay::cli {
namespace {

constexpr double kDearestDollars = 10'000;  // for a million tokens

struct SimulateArguments {
  app::SimulateRequest strategies;
  app::SimulateAllocatorsRequest allocators;
  bool replay_allocators = false;  // --allocators
  std::string plot;
  bool no_timing = false;
  std::optional<sim::Part> part;  // --part
  std::string part_file;
};

template <typename Report>
void tell(Report report, const SimulateArguments& options, Terminal& terminal) {
  if (!options.no_timing) report.seconds = terminal.seconds();
  if (!options.plot.empty()) write_plot(options.plot, view::to_svg(report));
  terminal.show([&] { return view::to_json(report); }, [&] { return view::to_text(report, terminal.colour()); });
}

void run(SimulateArguments& options, Terminal& terminal) {
  if (options.part) {
    app::run_simulate_part(options.strategies, *options.part, options.part_file, terminal.start_progress());
    return;
  }
  if (!options.plot.empty()) check_plot(options.plot, options.strategies.study);
  if (!options.replay_allocators)
    return tell(app::run_simulate(options.strategies, terminal.start_progress()), options, terminal);
  app::SimulateAllocatorsRequest& request = options.allocators;
  request.study = options.strategies.study;
  request.choice.judge = options.strategies.choice.judge;
  request.budget = options.strategies.budget;
  request.seed = options.strategies.seed;
  request.threads = options.strategies.threads;
  if (request.allocators == std::vector<std::string>{"all"}) request.allocators.clear();
  tell(app::run_simulate_allocators(request, terminal.start_progress()), options, terminal);
}

void take_judge_price(const std::vector<double>& dollars, app::SimulateRequest& request) {
  for (const double value : dollars) {
    if (value >= 0 && value <= kDearestDollars) continue;
    throw CLI::ValidationError("--judge-price",
                               fmt::format("expected two numbers from 0 to {}, came {}", kDearestDollars, value));
  }
  const auto money = [](double value) { return Money{std::llround(value * 1e6)}; };
  request.judge_price = judge::Price{money(dollars[0]), money(dollars[1]), {}};
}

sim::Part part_of(const std::string& text) {
  sim::Part part;
  const char* const end = text.data() + text.size();
  const auto [colon, begun] = std::from_chars(text.data(), end, part.begin);
  const bool split = begun == std::errc() && colon != end && *colon == ':';
  if (split) {
    const auto [last, ended] = std::from_chars(colon + 1, end, part.end);
    if (ended == std::errc() && last == end && part.begin <= part.end) return part;
  }
  throw CLI::ValidationError("--part", "expected two whole numbers A:B, A at most B, came " + quoted(text));
}

// Realizations spread over machines: each runs a part, one makes the report of all.
void add_part_options(CLI::App& app, SimulateArguments& options) {
  CLI::Option* const part =
      app.add_option_function<std::string>(
             "--part", [&options](const std::string& text) { options.part = part_of(text); },
             "Replay realizations A to B - 1 alone, and write what they leave behind into --part-file")
          ->option_text("A:B");
  CLI::Option* const file = app.add_option("--part-file", options.part_file, "Where to")->option_text("FILE");
  part->needs(file);
  file->needs(part);
  app.add_option("--merge", options.strategies.parts,
                 "The report from files of --part, each realization once, in place of a replay: the same bytes")
      ->excludes(part)
      ->option_text("FILE");
  for (const char* name : {"--part", "--part-file", "--merge"}) app.get_option(name)->group("Spread over machines");
}

// What only a replay of strategies takes.
void add_strategy_options(CLI::App& app, app::SimulateRequest& request) {
  const auto take = [&request](const std::vector<std::string>& lists) {
    request.strategies.clear();
    for (const std::string& list : lists) {
      for (std::string& name : asking::split_strategies(list)) request.strategies.push_back(std::move(name));
    }
  };
  app.add_option_function<std::vector<std::string>>("--strategies", take,
                                                    "Which strategies, see below (default: all but programs)")
      ->allow_extra_args(false)
      ->option_text("A,B,...");
  app.add_option("--assistant-judge", request.assistant_judge,
                 "A cheaper judge of the study: strategy assay is replayed without and with what it said")
      ->option_text("NAME");
  app.add_option("--realizations", request.realizations, "Random pools")->capture_default_str();
  app.add_option("--pool", request.pool, "Queries of a pool (default: five eighths of all)");
  add_share_option(app, "--confidence", request.confidence,
                   "Share of realizations that must be within d of the best")
      ->capture_default_str();
  add_tolerance_option(app, "--epsilon",
                       "Tolerance that strategies which stop by themselves are told; as of select (default: 0)",
                       [&request](const store::Tolerance& value) { request.epsilon = value; });
  add_good_enough_options(app, request.good_enough, request.prices);
  app.add_option_function<std::vector<double>>(
         "--judge-price", [&request](const std::vector<double>& ends) { take_judge_price(ends, request); },
         "Dollars per million tokens in and out of the judge: with --candidate-prices the report tells what runs "
         "cost, if answers are generated first or when they are judged")
      ->delimiter(',')
      ->expected(2)
      ->option_text("IN,OUT");
  app.add_option("--batch", request.batch,
                 "Calls answered at a time (default: m where the strategy asks for whole queries, else 1)");
  add_timeout_option(app, request.program.silence);
  add_parameter_options(app, request.parameters);
  add_return_option(app, request.returns);
  add_weak_options(app, request.weak);
}

// What only a replay of allocators takes.
void add_allocator_options(CLI::App& app, app::SimulateAllocatorsRequest& request) {
  app.add_flag("--each-judge", request.each_judge, "Every judge that gave scores, and the mean over them");
  app.add_option("--runs", request.runs, "Runs of each allocator")->capture_default_str();
  app.add_option("--calls-per-arm", request.calls_per_arm, "The budget, for each response (default: 100)");
  app.add_option("--at", request.at, "Calls an arm at which errors are told (default: ten parts of the budget)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->option_text("A,B,...");
  app.add_option(
         "--reference", request.choice.reference,
         "Judge whose mean scores are the yardstick (default: human/CRITERION or human, where there is one)")
      ->option_text("NAME");
  add_estimate_options(app, request.estimate, request.parameters);
  add_scoring_options(app, request.choice, request.scale);
}

// Options that `add` gives to `app`.
template <typename Add>
std::vector<CLI::Option*> added(CLI::App& app, const Add& add) {
  const std::vector<CLI::Option*> before = app.get_options();
  add();
  std::vector<CLI::Option*> options = app.get_options();
  options.erase(options.begin(), options.begin() + static_cast<std::ptrdiff_t>(before.size()));
  return options;
}

}  // namespace

void add_simulate(CLI::App& app, Terminal& terminal) {
  const auto options = std::make_shared<SimulateArguments>();
  app::SimulateRequest& request = options->strategies;
  request.program = strategy_hooks(terminal);
  app.add_option("STUDY", request.study, "Study file")->required();
  CLI::Option* const allocators =
      app.add_option("--allocators", options->allocators.allocators,
                     "Replay allocators of calls to a noisy judge, not strategies: which, see below, or all")
          ->delimiter(',')
          ->allow_extra_args(false)
          ->option_text("A,B,...");
  app.add_option("--budget", request.budget,
                 "Query equivalents, m calls each for m models (default: the pool); of allocators: calls in all");
  app.add_option("--seed", request.seed, "The same seed gives the same result")->capture_default_str();
  app.add_option("--threads", request.threads, "Threads (default: one per core); the result does not depend on it");
  app.add_option("--plot", options->plot, "Draw identification probability, or worst errors, into this SVG file")
      ->option_text("FILE");
  add_tolerance_option(app, "--plot-within",
                       "Draw how often the returned model is at most so much worse than the best; as of select "
                       "(default: 0, the best itself)",
                       [&request](const store::Tolerance& value) { request.within = value; })
      ->needs("--plot")
      ->excludes(allocators);
  app.add_flag("--no-timing", options->no_timing, "Leave \"seconds\" null: the same seed, the same bytes");
  for (CLI::Option* option : added(app, [&] { add_strategy_options(app, request); })) option->excludes(allocators);
  for (CLI::Option* option : added(app, [&] { add_part_options(app, *options); })) option->excludes(allocators);
  for (CLI::Option* option : added(app, [&] { add_choice_options(app, request.choice); })) {
    if (option->get_name() != "--judge") option->excludes(allocators);
  }
  for (CLI::Option* option : added(app, [&] { add_allocator_options(app, options->allocators); })) {
    option->needs(allocators)->group("Replay of allocators");
  }
  app.footer(
      strategy_footer() + "\n" + allocator_listing() + "\n" +
      examples({"assay simulate alpaca.assay --pool 500 --budget 200 --plot alpaca.svg",
                "assay simulate alpaca.assay --strategies random,assay --epsilon 0.025 --realizations 100 --json",
                "assay simulate alpaca.assay --strategies assay,'command:python3 my_strategy.py'",
                "assay simulate geval.assay --allocators all --judge geval/coherence",
                "assay simulate geval.assay --allocators uniform,robin,assay --each-judge --at 25,40,80,160"}));
  app.callback([options, allocators, &terminal] {
    options->replay_allocators = allocators->count() > 0;
    run(*options, terminal);
  });
}

}  // namespace assay::cli
