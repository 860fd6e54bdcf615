#include "cli/verbs.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/nearest_name.h"
#include "assay/core/version.h"
#include "cli/help.h"
#include "cli/verb.h"

namespace assay::cli {
namespace {

struct Verb {
  const char* name;
  const char* help;
  AddVerb add;
  const char* interrupted;  ///< What Ctrl-C leaves behind.
};

constexpr const char* kGoesOn =
    "interrupted; what was finished is kept in the study, the same command goes on from there";

constexpr std::array kVerbs = {
    Verb{"import", "Read benchmark files into a study", add_import,
         "interrupted; the study is as it was, the same command starts the import again"},
    Verb{"export", "Write a study as files that other programs read", add_export,
         "interrupted; nothing was written, the same command starts again"},
    Verb{"info", "Tell what a study holds", add_info, "interrupted"},
    Verb{"remove", "Take models or judges out of a study", add_remove, "interrupted; the study is as it was"},
    Verb{"find", "Find the best of models behind endpoints: they answer and are judged as little as is needed",
         add_find, "interrupted; every answer is kept in the study, the same command goes on from there"},
    Verb{"select", "Find the best model, asking a judge about few queries", add_select,
         "interrupted; every answer is kept in the study, the same command goes on from there"},
    Verb{"allocate", "Score responses with a noisy judge, where its scores are uncertain", add_allocate,
         "interrupted; every score is kept in the study, the same command goes on from there"},
    Verb{"route", "Tell which model suits a new task, or a single prompt", add_route, "interrupted"},
    Verb{"ensemble", "Choose models whose votes together are right, and tell when more stop helping", add_ensemble,
         "interrupted; the study is as it was, the same command starts again"},
    Verb{"simulate", "Replay whole experiments on recorded judgements", add_simulate, kGoesOn},
    Verb{"report", "Show what was found as a page in one file, and check it in continuous integration", add_report,
         "interrupted; nothing was written"},
    Verb{"view", "Show a study as a page in the browser, live", add_view,
         "interrupted; every answer is kept in the study, the same command goes on from there"},
    Verb{"rate", "Judge pairs of answers at this terminal, as a rater of an assay view that runs elsewhere",
         add_rate, "interrupted; every verdict that was given is kept, the same link goes on"},
    Verb{"trust", "Tell how far a judge says what people say", add_trust, "interrupted"},
    Verb{"weak-judges", "Compute the weak judges of a study and keep them", add_weak_judges, kGoesOn},
    Verb{"doctor", "Ask an LLM judge a handful of harmless questions, and tell what it can do", add_doctor,
         "interrupted"},
    Verb{"serve", "Serve a router as a gateway: an OpenAI-compatible server in front of models", add_serve,
         "interrupted"},
    Verb{"replay-judge", "Serve a study's recorded judgements as an LLM judge, for rehearsals", add_replay_judge,
         "interrupted"},
    Verb{"synth", "Make a study of synthetic models with known win rates", add_synth,
         "interrupted; no study was made, the same command starts again"},
};

constexpr const char* kExitStatus =
    "assay VERB --help tells the options of a verb.\n"
    "Exit status: 0 done, 1 failed, 2 used wrongly, 3 not decided, or batches to be answered first, "
    "4 a check of report failed, 130 interrupted.";

// What every command takes; a verb of several commands passes it on to each of them, and has it itself if it does
// something without a command.
void finish_command(CLI::App& command, const Verb& verb, Terminal& terminal) {
  for (CLI::App* sub : command.get_subcommands({})) finish_command(*sub, verb, terminal);
  if (!command.get_subcommands({}).empty() && command.get_options().empty()) {
    command.set_help_flag("-h,--help", "Show this help")->group("Output");
    return;
  }
  command.add_flag("--json", terminal.json, "One JSON document on standard output")->group("Output");
  command.add_flag("-q,--quiet", terminal.quiet, "No progress and no notes on standard error")->group("Output");
  command.set_help_flag("-h,--help", "Show this help")->group("Output");
  check_numbers(command);
  command.parse_complete_callback([&command, &verb, &terminal] {
    if (command.get_subcommands().empty()) terminal.begin(verb.interrupted);
  });
}

void add_verb(CLI::App& app, const Verb& verb, Terminal& terminal) {
  CLI::App& sub = *app.add_subcommand(verb.name, verb.help);
  sub.set_help_flag();
  verb.add(sub, terminal);
  finish_command(sub, verb, terminal);
}

// "; did you mean --epsilon?" for the first option that the command does not know, or the command of a verb.
std::string meant(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  std::vector<std::string> commands;
  for (const CLI::App* sub : command.get_subcommands({})) commands.push_back(sub->get_name());
  for (const std::string& typed : command.remaining()) {
    if (const auto name = nearest_name(typed, commands)) return "; did you mean " + *name + "?";
    if (!typed.starts_with("--")) continue;
    const std::optional<std::string> name = nearest_name(typed.substr(0, typed.find('=')), names);
    if (name) return "; did you mean " + *name + "?";
    return "";
  }
  return "";
}

// Of one verb, if one was recognised.
[[noreturn]] void refuse(const CLI::App& app, const std::string& message) {
  std::string command = "assay";
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    command += " " + at->get_name();
  }
  throw Misused(message + meant(*at), command);
}

std::string verb_names() {
  std::string names;
  for (const Verb& verb : kVerbs) names += (names.empty() ? "" : ", ") + std::string(verb.name);
  return names;
}

void check_verb(const CLI::App& app, const std::string& first) {
  if (first.starts_with("-") || std::ranges::any_of(kVerbs, [&](const Verb& verb) { return verb.name == first; })) {
    return;
  }
  std::vector<std::string> verbs;
  for (const Verb& verb : kVerbs) verbs.emplace_back(verb.name);
  const std::optional<std::string> verb = nearest_name(first, verbs);
  refuse(app, "expected a verb (" + verb_names() + "), came " + assay::quoted(first) +
                  (verb ? "; did you mean " + *verb + "?" : ""));
}

}  // namespace

std::unique_ptr<CLI::App> make_verbs(Terminal& terminal) {
  auto app =
      std::make_unique<CLI::App>("Assay finds the right LLM for a task with the fewest judgements.", "assay");
  app->formatter(std::make_shared<HelpFormatter>());
  app->set_help_flag("-h,--help", "Show this help");
  app->set_version_flag("--version", "assay " + std::string(version()), "Show the version");
  app->require_subcommand(0, 1);
  for (const Verb& verb : kVerbs) add_verb(*app, verb, terminal);
  for (CLI::App* sub : app->get_subcommands({})) sub->group("Verbs");
  app->footer(kExitStatus);
  return app;
}

void run_verb(std::span<const std::string> arguments, Terminal& terminal) {
  const std::unique_ptr<CLI::App> app = make_verbs(terminal);
  if (!arguments.empty()) check_verb(*app, arguments.front());
  std::vector<std::string> last_first(arguments.rbegin(), arguments.rend());
  try {
    app->parse(std::move(last_first));
  } catch (const CLI::CallForHelp&) {
    terminal.print(app->help());
    return;
  } catch (const CLI::CallForVersion& told) {
    terminal.print(std::string(told.what()) + "\n");
    return;
  } catch (const CLI::ParseError& error) {
    refuse(*app, error.what());
  }
  if (app->get_subcommands().empty()) refuse(*app, "expected a verb (" + verb_names() + "), came none");
}

}  // namespace assay::cli
