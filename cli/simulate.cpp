#include "assay/app/simulate.h"

#include <fstream>
#include <memory>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "cli/choice_options.h"
#include "cli/help.h"
#include "cli/verb.h"

namespace assay {
namespace {

struct Options {
  SimulateRequest request;
  std::string plot;
  bool no_timing = false;
};

// Told before the long work, not after it.
void check_writable(const std::string& path) {
  if (!std::ofstream(path, std::ios::binary | std::ios::app)) throw Error(escaped(path) + ": can't be written");
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) throw Error(escaped(path) + ": can't be written");
}

void run(Options& options, Terminal& terminal) {
  if (!options.plot.empty()) check_writable(options.plot);
  SimulateReport report = run_simulate(options.request, terminal.start_progress());
  if (!options.no_timing) report.seconds = terminal.seconds();
  if (!options.plot.empty()) write_file(options.plot, to_svg(report));
  terminal.print(terminal.json ? to_json(report) : to_text(report, terminal.colour()));
}

}  // namespace

void add_simulate(CLI::App& app, Terminal& terminal) {
  const auto options = std::make_shared<Options>();
  SimulateRequest& request = options->request;
  std::vector<std::pair<std::string, std::string>> rows;
  for (const StrategyEntry& entry : strategies()) rows.emplace_back(entry.name, entry.help);
  app.add_option("STUDY", request.study, "Study file")->required();
  app.add_option("--strategies", request.strategies, "Which strategies, see below (default: all)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->option_text("A,B,...");
  app.add_option("--realizations", request.realizations, "Random pools")->capture_default_str();
  app.add_option("--pool", request.pool, "Queries of a pool (default: five eighths of all)");
  app.add_option("--budget", request.budget, "Query equivalents, m calls each for m models (default: the pool)");
  app.add_option("--seed", request.seed, "The same seed gives the same result")->capture_default_str();
  app.add_option("--confidence", request.confidence, "Share of realizations that must be within d of the best")
      ->capture_default_str();
  app.add_option("--epsilon", request.epsilon, "Tolerance that strategies which stop by themselves are told")
      ->capture_default_str();
  app.add_option("--batch", request.batch,
                 "Calls answered at a time (default: m where the strategy asks for whole queries, else 1)");
  app.add_option("--threads", request.threads, "Threads (default: one per core); the result does not depend on it");
  app.add_option("--plot", options->plot, "Draw identification probability into this SVG file")
      ->option_text("FILE");
  app.add_flag("--no-timing", options->no_timing, "Leave \"seconds\" null: the same seed, the same bytes");
  add_choice_options(app, request.choice);
  add_parameter_options(app, request.parameters);
  add_return_option(app, request.returns);
  add_weak_options(app, request.weak);
  app.footer(
      listing("Strategies", rows) + "\n" +
      examples(
          {"assay simulate alpaca.assay --pool 500 --budget 200 --plot alpaca.svg",
           "assay simulate alpaca.assay --strategies random,assay --epsilon 0.025 --realizations 100 --json"}));
  app.callback([options, &terminal] { run(*options, terminal); });
}

}  // namespace assay
