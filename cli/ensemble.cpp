#include "assay/view/ensemble.h"

#include <cmath>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/view/ensemble_fit.h"
#include "cli/help.h"
#include "cli/names_option.h"
#include "cli/plot_file.h"
#include "cli/verb.h"

namespace assay::cli {
namespace {

template <typename Request>
struct EnsembleArguments {
  Request request;
  std::optional<double> budget;  // dollars per million tokens
  std::string kind;
  std::string plot;
};

constexpr double kMostDollars = 1e9;

// What numbers and words mean.
template <typename Request>
void finish_choice(EnsembleArguments<Request>& options) {
  if (options.budget) {
    if (!(*options.budget >= 0 && *options.budget <= kMostDollars)) {
      throw InvalidArgument("the budget must be 0 to 1e9 dollars per million tokens");
    }
    options.request.budget = std::llround(*options.budget * 1e6);
  }
  if (options.kind.empty()) return;
  if (options.kind != "classes" && options.kind != "options") {
    throw InvalidArgument("unknown kind " + assay::quoted(options.kind) + "; expected classes or options");
  }
  options.request.choice.kind = options.kind == "options" ? LabelKind::options : LabelKind::classes;
}

void run(EnsembleArguments<app::EnsembleRequest>& options, Terminal& terminal) {
  app::EnsembleRequest& request = options.request;
  finish_choice(options);
  if (request.compare == std::vector<std::string>{"all"}) request.compare.clear();
  if (!options.plot.empty()) check_plot(options.plot, request.study);
  const app::EnsembleReport report = app::run_ensemble(request, terminal.start_progress());
  if (!options.plot.empty()) write_plot(options.plot, view::to_svg(report));
  terminal.show([&] { return view::to_json(report); }, [&] { return view::to_text(report, terminal.colour()); });
}

// What an ensemble is made of and how, the same with and without a command.
template <typename Request>
void add_members(CLI::App& app, EnsembleArguments<Request>& options) {
  Request& request = options.request;
  CLI::Option* const size = app.add_option("--size", request.size, "Members, k (default: 5)");
  app.add_option("--budget", options.budget, "Dollars per million tokens that all members may cost together")
      ->excludes(size);
  app.add_option("--method", request.method, "How members are chosen, see below")->capture_default_str();
  app.add_option("--decision", request.decision,
                 "How votes become an answer, see below, or auto: by cross-validation")
      ->capture_default_str();
}

template <typename Request>
void add_sureness(CLI::App& app, Request& request) {
  app.add_option("--sure", request.sure,
                 "Asked one after the other, members that are left are not asked where the answer stays what it is "
                 "with this probability")
      ->capture_default_str()
      ->option_text("P");
}

template <typename Request>
void add_choice(CLI::App& app, EnsembleArguments<Request>& options) {
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

// Methods and decisions, and examples.
std::string footer(std::initializer_list<std::string_view> lines) {
  std::vector<std::pair<std::string, std::string>> methods, rules;
  for (const ensemble::SelectionMethodEntry& entry : ensemble::selection_methods())
    methods.emplace_back(entry.name, entry.help);
  for (const ensemble::VoteRuleEntry& entry : ensemble::vote_rules()) rules.emplace_back(entry.name, entry.help);
  return listing("Methods", methods) + "\n" + listing("Decisions", rules) + "\n" + examples(lines);
}

void add_ensemble_fit(CLI::App& app, Terminal& terminal) {
  const auto options = std::make_shared<EnsembleArguments<app::EnsembleFitRequest>>();
  app::EnsembleFitRequest& request = options->request;
  app.add_option("STUDY", request.study, "Study file with true labels and what models predict")->required();
  app.add_option("-o,--output", request.ensemble, "Ensemble file to write")->required()->option_text("ENSEMBLE");
  add_members(app, *options);
  app.add_flag("--by-task", request.by_task, "An ensemble for each task");
  add_sureness(app, request);
  app.add_option("--seed", request.seed, "The same seed gives the same result")->capture_default_str();
  app.add_option("--threads", request.threads, "Threads (default: one per core); the result does not depend on it");
  add_choice(app, *options);
  app.footer(footer({"assay ensemble fit labels.assay -o five.ensemble",
                     "assay ensemble fit mmlu.assay -o mmlu.ensemble --size 5 --by-task --sure 0.96"}));
  app.callback([options, &terminal] {
    finish_choice(*options);
    const app::EnsembleFitReport report = app::run_ensemble_fit(options->request, terminal.start_progress());
    terminal.show([&] { return view::to_json(report); }, [&] { return view::to_text(report, terminal.colour()); });
  });
}

}  // namespace

void add_ensemble(CLI::App& app, Terminal& terminal) {
  const auto options = std::make_shared<EnsembleArguments<app::EnsembleRequest>>();
  app::EnsembleRequest& request = options->request;
  // Required, but for the command, which has a study of its own: see the callback.
  CLI::Option* const study =
      app.add_option("STUDY", request.study, "Study file with true labels and what models predict");
  add_members(app, *options);
  app.add_option("--compare", request.compare, "Methods to measure beside it, or all")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->default_str("all")
      ->option_text("A,B,...");
  app.add_flag("--by-task", request.by_task, "An ensemble for each task; figures are means over the tasks");
  add_sureness(app, request);
  app.add_option("--splits", request.splits, "Random splits into training and test")->capture_default_str();
  app.add_option("--train", request.train, "Queries for training, of each task with --by-task (default: half)");
  app.add_option("--seed", request.seed, "The same seed gives the same result")->capture_default_str();
  app.add_option("--threads", request.threads, "Threads (default: one per core); the result does not depend on it");
  app.add_option("--plot", options->plot, "Draw held-out accuracy by size into this SVG file")->option_text("FILE");
  add_choice(app, *options);
  app.footer(footer({"assay ensemble labels.assay --size 5", "assay ensemble labels.assay --budget 3.5",
                     "assay ensemble mmlu.assay --size 7 --by-task --plot gain.svg",
                     "assay ensemble labels.assay --size 3 --method greedy-mi --compare top-accuracy --json"}));
  CLI::App& fit = *app.add_subcommand("fit", "Write an ensemble that is asked member by member to a file");
  fit.set_help_flag();
  fit.group("Commands");
  add_ensemble_fit(fit, terminal);
  app.require_subcommand(0, 1);
  app.callback([options, study, &app, &terminal] {
    if (!app.get_subcommands().empty()) return;
    if (study->count() == 0) throw CLI::RequiredError("STUDY");
    run(*options, terminal);
  });
}

}  // namespace assay::cli
