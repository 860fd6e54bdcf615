// Strategy `assay` where its outcome model is wrong, beside random rows: the table of
// docs/results/select-robustness.md. Every realization has a table of its own. Usage:
//
//   bench_robustness [REALIZATIONS [SEED [WORD]]]      300, 1, and all scenarios whose name holds WORD
//
// With ASSAY_BENCH_DATA set also AlpacaEval as it is, without features, with features that mean nothing, and with
// noisy verdicts.

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "assay/app/import.h"
#include "assay/asking/strategy_inputs.h"
#include "assay/store/study.h"
#include "bench/measure.h"
#include "tests/sim/scenario.h"

namespace {

using namespace assay;

constexpr double kAllowed = 0.05;
constexpr double kEpsilon = 0.025;

struct Options {
  std::size_t realizations = 300;
  std::uint64_t seed = 1;
  std::string word;
};

using Draw = std::function<ScenarioTable(std::uint64_t)>;

// "3.0", or "**7.3 (!)**" where it is above what was promised by more than `errors` standard errors.
std::string wrong_text(double wrong, std::size_t runs, double errors) {
  const double error = std::sqrt(kAllowed * (1 - kAllowed) / static_cast<double>(runs));
  const std::string text = fmt::format("{:.1f}", 100 * wrong);
  return wrong > kAllowed + errors * error ? "**" + text + " (!)**" : text;
}

std::string labels_text(const std::optional<std::size_t>& labels) {
  return labels ? fmt::format("{}", *labels) : "-";
}

sim::StopResult mean_stop(const std::vector<ScenarioRun>& runs) {
  sim::StopResult sum;
  for (const ScenarioRun& run : runs) {
    sum.calls_mean += run.stop.calls_mean / static_cast<double>(runs.size());
    sum.wrong += run.stop.wrong / static_cast<double>(runs.size());
    sum.undecided += run.stop.undecided / static_cast<double>(runs.size());
  }
  return sum;
}

void print_head() {
  fmt::print(
      "| scenario | m | pool | E | runs | 95 % right: `assay` | random rows | stops at | wrong | undecided | s a "
      "run |\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
}

void print_row(const std::string& name, const Draw& draw, std::size_t pool, double epsilon,
               const Options& options) {
  std::vector<ScenarioRun> runs;
  const double seconds = seconds_of(
      [&] { runs = run_scenario(draw, pool, options.realizations, options.seed, epsilon, /*threads=*/1); });
  const sim::StopResult stop = mean_stop(runs);
  const std::size_t models = draw(options.seed).rewards.models();
  const auto m = static_cast<double>(models);
  fmt::print("| {} | {} | {} | {} | {} | {} | {} | {:.1f} | {} | {:.1f} | {:.3f} |\n", name, models, pool, epsilon,
             runs.size(), labels_text(labels_to_reach(runs, &ScenarioRun::gaps, epsilon)),
             labels_text(labels_to_reach(runs, &ScenarioRun::random_gaps, epsilon)), stop.calls_mean / m,
             wrong_text(stop.wrong, runs.size(), 2), 100 * stop.undecided,
             seconds / static_cast<double>(runs.size()));
  double still = 0;
  double full = 0;
  for (const ScenarioRun& run : runs) {
    still += run.still_best ? 1 : 0;
    full += run.full_best ? 1 : 0;
  }
  if (draw(options.seed).unflipped.queries() > 0) {
    fmt::print("| - the best without the flips, by `assay` {:.0f} %, by judging everything {:.0f} % |||||||||||\n",
               100 * still / static_cast<double>(runs.size()), 100 * full / static_cast<double>(runs.size()));
  }
  std::fflush(stdout);
}

void print_if_asked(const std::string& name, const Draw& draw, std::size_t pool, double epsilon, Options options,
                    double scale = 1) {
  if (name.find(options.word) == std::string::npos) return;
  const double scaled = std::round(scale * static_cast<double>(options.realizations));
  options.realizations = std::max<std::size_t>(1, static_cast<std::size_t>(scaled));
  print_row(name, draw, pool, epsilon, options);
}

// What a study holds, altered.
void print_study(const std::string& name, const std::string& path, const Options& options) {
  store::Study study(path, store::Study::Mode::write_if_possible);
  const store::Comparison comparison = study.comparison({});
  asking::StrategyInputs inputs(study, comparison, nullptr, {}, 1, {});
  const std::shared_ptr<const text::FeatureTable> features = inputs.features();
  const std::size_t pool = comparison.queries.size() * 5 / 8;
  const RewardTable& rewards = comparison.rewards;
  const auto with = [&](const std::shared_ptr<const text::FeatureTable>& table) {
    return table != nullptr ? std::optional<text::FeatureTable>(*table) : std::nullopt;
  };
  for (const double epsilon : {0.0, kEpsilon}) {
    print_if_asked(
        name,
        [&](std::uint64_t) {
          return ScenarioTable{rewards, {}, with(features)};
        },
        pool, epsilon, options);
  }
  print_if_asked(
      name + ", no features",
      [&](std::uint64_t) {
        return ScenarioTable{rewards, {}, {}};
      },
      pool, 0, options);
  const auto useless = [&](std::uint64_t seed) {
    return ScenarioTable{rewards, {}, noise_features(rewards.queries(), rewards.models(), 3, seed)};
  };
  print_if_asked(name + ", features mean nothing", useless, pool, 0, options);
  for (const double share : {0.1, 0.2, 0.3}) {
    const auto flipped = [&](std::uint64_t seed) {
      return ScenarioTable{flip(rewards, share, seed), rewards, with(features)};
    };
    print_if_asked(fmt::format("{}, {:.0f} % flipped", name, 100 * share), flipped, pool, 0, options);
  }
}

void print_studies(const Options& options) {
  const std::filesystem::path alpaca = alpaca_eval_results();
  if (alpaca.empty()) {
    fmt::print("\nreal data: skipped, ASSAY_BENCH_DATA names no folder with alpaca_eval/results\n");
    return;
  }
  const ScratchFolder folder;
  const std::string study = folder.file("a.assay");
  app::run_import({.format = "alpaca-eval", .paths = {alpaca.string()}, .study = study, .options = {}});
  print_study("AlpacaEval", study, options);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (argc > 1) options.realizations = std::max(1UL, std::strtoul(argv[1], nullptr, 10));
  if (argc > 2) options.seed = std::strtoul(argv[2], nullptr, 10);
  if (argc > 3) options.word = argv[3];
  fmt::print("robustness: confidence 95 %, {} runs where not told, seeds from {}\n\n", options.realizations,
             options.seed);
  print_head();
  for (const Scenario& scenario : scenarios()) {
    const auto draw = [&](std::uint64_t seed) { return draw_table(scenario, seed); };
    print_if_asked(std::string(scenario.name), draw, scenario.pool, 0, options, scenario.scale);
    if (scenario.models >= 20 && scenario.models <= 100 && scenario.queries > 20) {
      print_if_asked(std::string(scenario.name), draw, scenario.pool, kEpsilon, options, scenario.scale);
    }
  }
  print_studies(options);
}
