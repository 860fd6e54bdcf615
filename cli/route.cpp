#include <array>
#include <memory>

#include "assay/app/route_evaluate.h"
#include "cli/help.h"
#include "cli/verb.h"

namespace assay {
namespace {

void add_embedding_options(CLI::App& app, EmbeddingChoice& choice) {
  const std::string group = "How texts become vectors";
  app.add_option("--dimensions", choice.dimensions, "Of the built-in embedding")->capture_default_str()->group(group);
  app.add_option("--vectors", choice.vectors,
                 "A .npy file instead, a row for each query, sorted by the queries' names")
      ->option_text("FILE")
      ->group(group);
  app.add_option("--embedding-name", choice.name, "What made these vectors (default: the file's name)")
      ->option_text("NAME")
      ->group(group);
}

void add_correctness_options(CLI::App& app, CorrectnessChoice& choice) {
  const std::string group = "What is known";
  app.add_option("--models", choice.models, "Which models (default: all of which something is known)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->option_text("A,B,...")
      ->group(group);
  app.add_option("--tasks", choice.tasks, "Which tasks (default: all)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->option_text("A,B,...")
      ->group(group);
  app.add_option("--judge", choice.judge,
                 "Whose scores, each 0 or 1, say what is right (default: the labels, or the only judge)")
      ->option_text("NAME")
      ->group(group);
}

void add_evaluate(CLI::App& app, Terminal& terminal) {
  const auto request = std::make_shared<RouteEvaluateRequest>();
  app.add_option("STUDY", request->study, "Study file")->required();
  app.add_option("--pools", request->pools, "Random pools of models (default: all models together)");
  app.add_option("--pool-size", request->pool_size, "Models of a pool")->capture_default_str();
  app.add_option("--pool-spread", request->pool_spread, "Points of accuracy that models of a pool may differ by")
      ->capture_default_str();
  app.add_option("--labelled", request->labelled, "Queries of the left-out task that are labelled")
      ->capture_default_str();
  app.add_option("--within", request->within, "Points that `cheapest` may give away")->capture_default_str();
  app.add_option("--cost-weight", request->cost_weight, "Accuracy that a dollar per million tokens is worth")
      ->capture_default_str();
  app.add_flag("--each-k", request->each_neighbours, "s1, s2, s3 with every number of neighbours");
  app.add_flag("--shuffle", request->shuffle, "Deal the vectors out at random: nothing may be gained then");
  app.add_option("--seed", request->seed, "Of pools, labelled queries and halves")->capture_default_str();
  app.add_option("--threads", request->threads, "Threads (default: one per core); the result does not depend on it");
  add_embedding_options(app, request->embedding);
  add_correctness_options(app, request->choice);
  app.callback([request, &terminal] {
    const RouteEvaluateReport report = run_route_evaluate(*request, terminal.start_progress());
    terminal.print(terminal.json ? to_json(report) : to_text(report, terminal.colour()));
  });
}

struct Command {
  const char* name;
  const char* help;
  AddVerb add;
};

constexpr std::array kCommands = {
    Command{"evaluate", "Leave each task out and tell how well its best model is found", add_evaluate},
};

}  // namespace

void add_route(CLI::App& app, Terminal& terminal) {
  for (const Command& command : kCommands) {
    CLI::App& sub = *app.add_subcommand(command.name, command.help);
    sub.set_help_flag();
    command.add(sub, terminal);
    sub.group("Commands");
  }
  app.require_subcommand(1);
}

}  // namespace assay
