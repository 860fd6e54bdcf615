#include "cli/select.h"

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "assay/core/utf8.h"
#include "assay/report/display_width.h"
#include "assay/report/numbers.h"
#include "assay/view/judge_bill.h"
#include "assay/view/select.h"
#include "cli/choice_options.h"
#include "cli/help.h"
#include "cli/interrupt.h"
#include "cli/oracle_options.h"
#include "cli/person_terminal.h"
#include "cli/plot_file.h"
#include "cli/strategy_options.h"
#include "cli/verb.h"

namespace assay::cli {
namespace {

constexpr std::size_t kNameShown = 40;  // columns

// The posterior as it moves: on a terminal one line that changes, otherwise a line every half minute.
class StepView {
 public:
  explicit StepView(Terminal& terminal) : terminal_(terminal) {}

  void operator()(const asking::SelectState& step) {
    last = step;
    terminal_.stop_if_interrupted();
    const std::string line = report::grouped(step.calls) + " of " + report::grouped(step.budget) +
                             " calls  best so far " + report::cut_to_width(escaped(step.leader), kNameShown) +
                             (step.probability > 0 ? "  sure " + report::percent(step.probability, 1) : "");
    terminal_.status(line);
  }

  asking::SelectState last;  ///< Nothing called before the first step.

 private:
  Terminal& terminal_;
};

// What an interrupted run leaves behind, if there is a way to look at it.
void tell_what_is_known(const asking::SelectState& state, const asking::OracleEntry& who, Terminal& terminal) {
  if (!who.live || who.looks_only || who.checks || state.calls == 0) return;
  const std::string leader = state.leader.empty() ? std::string("nobody") : escaped(state.leader);
  terminal.note(fmt::format("{} answered, {} leads so far; look at it with --oracle kept",
                            report::counted(state.calls, "call", "calls"),
                            report::cut_to_width(leader, kNameShown)));
}

}  // namespace

void finish_selection_options(const CLI::App& app, SelectArguments& options) {
  const bool answers = !options.candidates.file.empty();
  finish_llm_options(app, options.request.oracle, options.dry_run, answers);
  finish_candidates(options.candidates, options.request, !options.dry_run);
}

void run_selection(SelectArguments& options, Terminal& terminal) {
  options.request.program.silence = options.request.oracle.timeout;
  if (options.dry_run) {
    const asking::JudgeEstimate estimate = app::estimate_select(options.request);
    terminal.show([&] { return view::to_json(estimate); }, [&] { return view::to_text(estimate); });
    return;
  }
  if (!options.plot.empty()) check_plot(options.plot, options.request.study);
  // A person needs the screen for the questions, and is not to be told who leads.
  std::optional<PersonTerminal> person;
  StepView steps(terminal);
  std::function<void(const asking::SelectState&)> view = std::ref(steps);
  const asking::OracleEntry& who = asking::oracle(options.request.oracle);
  if (who.one_by_one) {
    options.request.oracle.person = &person.emplace();
    view = [&person](const asking::SelectState& step) { person->set_progress(step.calls, step.budget); };
  }
  asking::SelectReport report;
  try {
    report = app::run_select(options.request, terminal.start_progress(), view);
  } catch (const Interrupted&) {
    tell_what_is_known(steps.last, who, terminal);
    throw;
  }
  if (report.answering) report.answering->per_month = options.candidates.per_month;
  if (!options.plot.empty()) write_plot(options.plot, view::to_svg(report, terminal.all));
  terminal.show([&] { return view::to_json(report); },
                [&] { return view::to_text(report, options.verbose, terminal.colour(), terminal.all); });
  if (!report.trouble.empty()) {
    terminal.error(escaped(report.trouble));
    terminal.exit_status = static_cast<int>(Exit::failed);
  } else if (asking::undecided(report)) {
    terminal.exit_status = static_cast<int>(Exit::undecided);
  }
}

std::vector<const CLI::Option*> add_rule_options(CLI::App& app, app::SelectRequest& request) {
  const std::size_t before = std::as_const(app).get_options().size();
  app.add_option("--assistant-judge", request.assistant_judge,
                 "A cheaper judge that the study has: what it said helps to choose what is judged next, and counts "
                 "for nothing else")
      ->option_text("NAME");
  app.add_option("--strategy", request.strategy, "How to choose what is judged next, see below")
      ->capture_default_str()
      ->option_text("NAME");
  app.add_option(
      "--budget", request.budget,
      "Query equivalents to judge, m calls each for m models; fractions are allowed (default: all queries). "
      "If it ends before the decision is made, the exit status is 3");
  app.add_option("--calls", request.calls,
                 "The budget in calls, of a (query, model) pair each, in place of --budget");
  add_goal_options(app, request.epsilon, request.confidence);
  add_good_enough_options(app, request.good_enough, request.prices);
  app.add_flag("--population", request.population,
               "Be sure about all prompts like these, not about these alone: takes more calls")
      ->group("When to stop");
  app.add_flag("!--no-baseline", request.keep_baseline, "The baseline is a fixed reference that can't be chosen");
  app.add_option("--seed", request.seed, "Order of the queries, and ties")->capture_default_str();
  app.add_option("--threads", request.threads, "Threads (default: one per core)");
  add_choice_options(app, request.choice);
  add_parameter_options(app, request.parameters);
  add_return_option(app, request.returns);
  add_weak_options(app, request.weak);
  std::vector<const CLI::Option*> added = std::as_const(app).get_options();
  added.erase(added.begin(), added.begin() + static_cast<std::ptrdiff_t>(before));
  return added;
}

std::vector<const CLI::Option*> add_selection_options(CLI::App& app, SelectArguments& options, Terminal& terminal,
                                                      bool finds) {
  app::SelectRequest& request = options.request;
  request.program = strategy_hooks(terminal);
  add_candidate_options(app, options.candidates, terminal, request, finds);
  add_oracle_options(app, request.oracle, terminal);
  std::vector<const CLI::Option*> rules = add_rule_options(app, request);
  app.add_flag("-v,--verbose", options.verbose, "Tell all: every leader, the judge, the baseline");
  app.add_option("--plot", options.plot, "Draw all candidates with their intervals into this SVG file")
      ->option_text("FILE");
  app.add_option(
      "-j,--batch", request.batch,
      "Calls to ask for at a time (default: m where the strategy asks for whole queries, 16 with candidates that "
      "answer, else 1)");
  add_llm_options(app, request.oracle.llm, true, options.dry_run);
  add_all_flag(app, terminal.all);
  return rules;
}

void add_select(CLI::App& app, Terminal& terminal) {
  const auto options = std::make_shared<SelectArguments>();
  app.add_option("STUDY", options->request.study, "Study file; every answer of a live judge is kept in it")
      ->required();
  add_selection_options(app, *options, terminal, false);
  app.footer(
      oracle_listing(false) + "\n" + strategy_footer() + "\n" +
      examples(
          {"assay select alpaca.assay", "assay select alpaca.assay --epsilon 0.025 --confidence 0.99 --budget 50",
           "assay select alpaca.assay --good-enough 0.025 --candidate-prices prices.json -v",
           "assay select alpaca.assay --population -v --plot alpaca.svg", "assay select mmlu.assay --average tasks",
           "assay select alpaca.assay --strategy random --seed 2 --json",
           "assay select alpaca.assay --strategy 'command:python3 my_strategy.py' --budget 50",
           "assay select mt.assay --judge gpt-4 --baseline gpt-3.5-turbo --budget 20"}) +
      "\nA run with a live judge that was broken off goes on where it stopped: give the same command again.");
  app.callback([options, &app, &terminal] {
    finish_selection_options(app, *options);
    run_selection(*options, terminal);
  });
}

}  // namespace assay::cli
