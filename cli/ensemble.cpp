#include "assay/view/ensemble.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "cli/help.h"
#include "cli/names_option.h"
#include "cli/plot_file.h"
#include "cli/verb.h"

namespace assay::cli {
namespace {

struct EnsembleArguments {
  app::EnsembleRequest request;
  std::optional<double> budget;  // dollars per million tokens
  std::string kind;
  std::string plot;
};

constexpr double kMostDollars = 1e9;

void run(EnsembleArguments& options, Terminal& terminal) {
  app::EnsembleRequest& request = options.request;
  if (options.budget) {
    if (!(*options.budget >= 0 && *options.budget <= kMostDollars)) {
      throw InvalidArgument("the budget must be 0 to 1e9 dollars per million tokens");
    }
    request.budget = std::llround(*options.budget * 1e6);
  }
  if (!options.kind.empty()) {
    if (options.kind != "classes" && options.kind != "options") {
      throw InvalidArgument("unknown kind " + assay::quoted(options.kind) + "; expected classes or options");
    }
    request.choice.kind = options.kind == "options" ? LabelKind::options : LabelKind::classes;
  }
  if (request.compare == std::vector<std::string>{"all"}) request.compare.clear();
  if (!options.plot.empty()) check_plot(options.plot, request.study);
  const app::EnsembleReport report = app::run_ensemble(request, terminal.start_progress());
  if (!options.plot.empty()) write_plot(options.plot, view::to_svg(report));
  terminal.show([&] { return view::to_json(report); }, [&] { return view::to_text(report, terminal.colour()); });
}

void add_choice(CLI::App& app, EnsembleArguments& options) {
  const std::string group = "What is looked at";
  add_names_option(app, "--models", options.request.choice.models,
                   "Models to choose from (default: those run on nine tenths of the queries)")
      ->group(group);
  add_names_option(app, "--tasks", options.request.choice.tasks, "Only queries of these tasks")->group(group);
  app.add_option("--kind", options.kind,
                 "classes: labels mean the same on every query; options: letters of the answers that each query "
                 "offers (default: as the study tells)")
      ->option_text("KIND")
      ->group(group);
}

}  // namespace

void add_ensemble(CLI::App& app, Terminal& terminal) {
  const auto options = std::make_shared<EnsembleArguments>();
  app::EnsembleRequest& request = options->request;
  std::vector<std::pair<std::string, std::string>> methods, rules;
  for (const ensemble::SelectionMethodEntry& entry : ensemble::selection_methods())
    methods.emplace_back(entry.name, entry.help);
  for (const ensemble::VoteRuleEntry& entry : ensemble::vote_rules()) rules.emplace_back(entry.name, entry.help);
  app.add_option("STUDY", request.study, "Study file with true labels and what models predict")->required();
  CLI::Option* const size = app.add_option("--size", request.size, "Members, k (default: 5)");
  app.add_option("--budget", options->budget, "Dollars per million tokens that all members may cost together")
      ->excludes(size);
  app.add_option("--method", request.method, "How members are chosen, see below")->capture_default_str();
  app.add_option("--decision", request.decision,
                 "How votes become an answer, see below, or auto: by cross-validation")
      ->capture_default_str();
  app.add_option("--compare", request.compare, "Methods to measure beside it, or all")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->default_str("all")
      ->option_text("A,B,...");
  app.add_flag("--by-task", request.by_task, "An ensemble for each task; figures are means over the tasks");
  app.add_option("--splits", request.splits, "Random splits into training and test")->capture_default_str();
  app.add_option("--train", request.train, "Queries for training, of each task with --by-task (default: half)");
  app.add_option("--seed", request.seed, "The same seed gives the same result")->capture_default_str();
  app.add_option("--threads", request.threads, "Threads (default: one per core); the result does not depend on it");
  app.add_option("--plot", options->plot, "Draw held-out accuracy by size into this SVG file")->option_text("FILE");
  add_choice(app, *options);
  app.footer(listing("Methods", methods) + "\n" + listing("Decisions", rules) + "\n" +
             examples({"assay ensemble labels.assay --size 5", "assay ensemble labels.assay --budget 3.5",
                       "assay ensemble mmlu.assay --size 7 --by-task --plot gain.svg",
                       "assay ensemble labels.assay --size 3 --method greedy-mi --compare top-accuracy --json"}));
  app.callback([options, &terminal] { run(*options, terminal); });
}

}  // namespace assay::cli
