#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/field_names.h"
#include "assay/core/utf8.h"
#include "assay/core/version.h"
#include "assay/http/request_batch.h"
#include "cli/help.h"
#include "cli/interrupt.h"
#include "cli/nearest.h"
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
    Verb{"weak-judges", "Compute the weak judges of a study and keep them", add_weak_judges, kGoesOn},
    Verb{"doctor", "Ask an LLM judge a handful of harmless questions, and tell what it can do", add_doctor,
         "interrupted"},
    Verb{"replay-judge", "Serve a study's recorded judgements as an LLM judge, for rehearsals", add_replay_judge,
         "interrupted"},
    Verb{"synth", "Make a study of synthetic models with known win rates", add_synth,
         "interrupted; no study was made, the same command starts again"},
};

constexpr const char* kExitStatus =
    "assay VERB --help tells the options of a verb.\n"
    "Exit status: 0 done, 1 failed, 2 used wrongly, 3 not decided, or batches to be answered first, 130 "
    "interrupted.";

// A closed descriptor would be given to the next file that is opened, and messages would be written into a study.
void occupy_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) != -1) continue;
    // The lowest free descriptor is `stream`. Standard output is opened for reading: writing a result to it must
    // fail.
    const int opened = open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY);
    if (opened != stream) _exit(static_cast<int>(Exit::failed));
  }
}

// What every command takes; a verb of several commands passes it on to each of them.
void finish_command(CLI::App& command, const Verb& verb, Terminal& terminal) {
  if (!command.get_subcommands({}).empty()) {
    for (CLI::App* sub : command.get_subcommands({})) finish_command(*sub, verb, terminal);
    command.set_help_flag("-h,--help", "Show this help")->group("Output");
    return;
  }
  command.add_flag("--json", terminal.json, "One JSON document on standard output")->group("Output");
  command.add_flag("-q,--quiet", terminal.quiet, "No progress and no notes on standard error")->group("Output");
  command.set_help_flag("-h,--help", "Show this help")->group("Output");
  check_numbers(command);
  command.parse_complete_callback([&verb, &terminal] { catch_interrupts(verb.interrupted, terminal.live()); });
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
    if (const auto name = nearest(typed, commands)) return "; did you mean " + *name + "?";
    if (!typed.starts_with("--")) continue;
    const std::optional<std::string> name = nearest(typed.substr(0, typed.find('=')), names);
    if (name) return "; did you mean " + *name + "?";
    return "";
  }
  return "";
}

// Of one verb, if one was recognised.
int misused(const CLI::App& app, const std::string& message, Terminal& terminal) {
  std::string command = "assay";
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    command += " " + at->get_name();
  }
  terminal.error(escaped(message) + meant(*at) + "; see " + command + " --help");
  return static_cast<int>(Exit::misused);
}

int run(int argc, char** argv, Terminal& terminal) {
  CLI::App app("Assay finds the right LLM for a task with the fewest judgements.", "assay");
  app.formatter(std::make_shared<HelpFormatter>());
  app.set_help_flag("-h,--help", "Show this help");
  app.set_version_flag("--version", "assay " + std::string(version()), "Show the version");
  app.require_subcommand(0, 1);
  std::string names;
  for (const Verb& verb : kVerbs) {
    add_verb(app, verb, terminal);
    names += (names.empty() ? "" : ", ") + std::string(verb.name);
  }
  for (CLI::App* sub : app.get_subcommands({})) sub->group("Verbs");
  app.footer(kExitStatus);
  const std::string first = argc > 1 ? argv[1] : "-";
  const bool known =
      std::any_of(kVerbs.begin(), kVerbs.end(), [&](const Verb& verb) { return verb.name == first; });
  if (!known && first.rfind('-', 0) != 0) {
    std::vector<std::string> verbs;
    for (const Verb& verb : kVerbs) verbs.emplace_back(verb.name);
    const std::optional<std::string> verb = nearest(first, verbs);
    return misused(app,
                   "expected a verb (" + names + "), came " + assay::quoted(first) +
                       (verb ? "; did you mean " + *verb + "?" : ""),
                   terminal);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    terminal.print(app.help());
    return static_cast<int>(Exit::done);
  } catch (const CLI::CallForVersion& version) {
    terminal.print(std::string(version.what()) + "\n");
    return static_cast<int>(Exit::done);
  } catch (const CLI::ParseError& error) {
    return misused(app, error.what(), terminal);
  }
  if (app.get_subcommands().empty()) return misused(app, "expected a verb (" + names + "), came none", terminal);
  return terminal.exit_status;
}

}  // namespace
}  // namespace assay::cli

int main(int argc, char** argv) {
  using assay::cli::Exit;
  assay::cli::occupy_standard_streams();
  assay::cli::Terminal terminal;
  try {
    return assay::cli::run(argc, argv, terminal);
  } catch (const assay::cli::Interrupted& interrupted) {
    terminal.error(interrupted.what());
    return static_cast<int>(Exit::interrupted);
  } catch (const assay::InvalidArgument& error) {
    terminal.error(assay::with_options(error.what()));
    return static_cast<int>(Exit::misused);
  } catch (const assay::http::BatchAwaited& awaited) {
    terminal.error(awaited.what());
    return static_cast<int>(Exit::undecided);
  } catch (const std::bad_alloc&) {
    terminal.error("out of memory");
  } catch (const std::exception& error) {
    terminal.error(assay::with_options(error.what()));
  }
  return static_cast<int>(Exit::failed);
}
