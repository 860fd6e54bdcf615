#include <algorithm>
#include <array>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/route/routing_rule.h"
#include "assay/view/route_evaluate.h"
#include "assay/view/route_fit.h"
#include "assay/view/route_info.h"
#include "assay/view/route_query.h"
#include "assay/view/route_task.h"
#include "assay/view/route_update.h"
#include "cli/endpoint_environment.h"
#include "cli/help.h"
#include "cli/names_option.h"
#include "cli/oracle_options.h"
#include "cli/verb.h"

namespace assay::cli {
namespace {

// Vectors from elsewhere; `per` names what a row of a file is for.
void add_foreign_options(CLI::App& app, routing::EmbeddingChoice& choice, const std::string& per) {
  const std::string group = "How texts become vectors";
  app.add_option("--vectors", choice.vectors,
                 "A .npy file instead of the built-in embedding, a row for each " + per)
      ->option_text("FILE")
      ->group(group);
  app.add_option("--embedding-name", choice.name, "What made these vectors (default: the file's name)")
      ->option_text("NAME")
      ->group(group);
  app.add_option("--embedding-model", choice.model, "Model of an OpenAI-compatible endpoint instead")
      ->option_text("MODEL")
      ->group(group);
  app.add_option("--embedding-url", choice.url, "Of the API with its version (default: OPENAI_BASE_URL)")
      ->option_text("URL")
      ->group(group);
  app.add_option("--embedding-key-env", "Environment variable with the key (default: OPENAI_API_KEY)")
      ->option_text("NAME")
      ->group(group);
  add_header_option(app, "--embedding-header", [&choice](http::Headers headers) {
    choice.headers = std::move(headers);
  })->group(group);
  app.add_option("--embedding-batch", choice.batch, "Texts of a request")->capture_default_str()->group(group);
}

constexpr const char* kBatchFolder = "--embedding-batch-folder";
constexpr const char* kEmbeddingPrices = "--embedding-prices";

bool is_given(const CLI::App& app, const char* option) {
  const CLI::Option* known = app.get_option_no_throw(option);
  return known != nullptr && known->count() > 0;
}

// What the environment says, once the options are known.
void finish_foreign_options(const CLI::App& app, routing::EmbeddingChoice& choice, Terminal& terminal) {
  if (choice.vectors.empty() && app.get_option("--embedding-name")->count() > 0) {
    throw CLI::ValidationError("--embedding-name", "goes with --vectors, came without it");
  }
  if (choice.model.empty()) {
    for (const char* option : {"--embedding-url", "--embedding-key-env", "--embedding-header", "--embedding-batch",
                               kBatchFolder, kEmbeddingPrices}) {
      if (is_given(app, option)) {
        throw CLI::ValidationError(option, "goes with --embedding-model, came without it");
      }
    }
    return;
  }
  const bool sends = choice.batch_folder.empty();
  if (sends && is_given(app, kEmbeddingPrices)) {
    throw CLI::ValidationError(kEmbeddingPrices, "goes with " + std::string(kBatchFolder) + ", came without it");
  }
  take_endpoint_environment(app, "--embedding-key-env", !sends, choice.headers, choice.url, choice.key);
  if (!sends) {
    choice.key.clear();
    if (choice.url.empty()) choice.url = "https://api.openai.com/v1";
  }
  choice.heed_environment = true;
  choice.waiting = terminal.waiting();
  choice.troubled = trouble_line(terminal);
}

void add_embedding_options(CLI::App& app, routing::EmbeddingChoice& choice) {
  app.add_option("--dimensions", choice.dimensions, "Of the built-in embedding")
      ->capture_default_str()
      ->group("How texts become vectors");
  add_foreign_options(app, choice, "query, sorted by the queries' names");
  app.add_option(kBatchFolder, choice.batch_folder,
                 "Requests go into batch files there, at half the price, and are read when they were answered")
      ->option_text("FOLDER")
      ->group("How texts become vectors");
  app.add_option(kEmbeddingPrices, choice.price_file,
                 "JSON file of prices, as for judges: what the batches are billed by (default: as remembered)")
      ->option_text("FILE")
      ->group("How texts become vectors");
}

void add_correctness_options(CLI::App& app, store::CorrectnessChoice& choice) {
  const std::string group = "What is known";
  add_names_option(app, "--models", choice.models, "Which models (default: all of which something is known)")
      ->group(group);
  add_names_option(app, "--tasks", choice.tasks, "Which tasks (default: all)")->group(group);
  app.add_option("--judge", choice.judge,
                 "Whose scores say how right an answer is (default: the labels, or the only judge)")
      ->option_text("NAME")
      ->group(group);
  app.add_option(
         "--right-from", choice.right_from,
         "Score from which on an answer is right, others are wrong (default: scores from 0 to 1 count as they are)")
      ->option_text("SCORE")
      ->group(group);
}

void add_price_option(CLI::App& app, std::string& file) {
  app.add_option("--prices", file,
                 "JSON file of prices of the models, in and out, as for judges (default: what the study knows)")
      ->option_text("FILE");
}

void add_evaluate(CLI::App& app, Terminal& terminal) {
  const auto request = std::make_shared<app::RouteEvaluateRequest>();
  app.add_option("STUDY", request->study, "Study file")->required();
  app.add_option("--pools", request->pools, "Random pools of models (default: all models together)");
  app.add_option("--pool-size", request->pool_size, "Models of a pool")->capture_default_str();
  app.add_option("--pool-spread", request->pool_spread, "Points of accuracy that models of a pool may differ by")
      ->capture_default_str();
  app.add_option_function<std::string>(
         "--pools-by",
         [request](const std::string& by) {
           request->pools_by = by == "all-tasks" ? sim::PoolsBy::all_tasks : sim::PoolsBy::other_tasks;
         },
         "Accuracies by which models of a pool are close: on the other tasks (default), or on all, which nobody "
         "knows beforehand; then pools where little can be gained are dropped")
      ->check(CLI::IsMember({"other-tasks", "all-tasks"}))
      ->option_text("other-tasks|all-tasks");
  app.add_option("--labelled", request->labelled, "Queries of the left-out task that are labelled")
      ->capture_default_str();
  app.add_option("--within", request->within, "Points that score cheapest may give away")->capture_default_str();
  app.add_option("--cost-weight", request->cost_weight, "Accuracy that a dollar per million tokens is worth")
      ->capture_default_str();
  add_price_option(app, request->price_file);
  app.add_flag("--each-k", request->each_neighbours, "s1, s2, s3 with every number of neighbours");
  app.add_flag("--shuffle", request->shuffle, "Deal the vectors out at random: nothing may be gained then");
  app.add_option("--seed", request->seed, "Of pools, labelled queries and halves")->capture_default_str();
  app.add_option("--threads", request->threads,
                 "Threads (default: one per core); the result does not depend on it");
  add_embedding_options(app, request->embedding);
  add_correctness_options(app, request->choice);
  app.callback([request, &app, &terminal] {
    finish_foreign_options(app, request->embedding, terminal);
    const app::RouteEvaluateReport report = app::run_route_evaluate(*request, terminal.start_progress());
    terminal.show([&] { return view::to_json(report); }, [&] { return view::to_text(report, terminal.colour()); });
  });
}

void add_fit(CLI::App& app, Terminal& terminal) {
  const auto request = std::make_shared<app::RouteFitRequest>();
  app.add_option("STUDY", request->study, "Study file")->required();
  app.add_option("-o,--output", request->router, "Router file to write")->required()->option_text("ROUTER");
  add_price_option(app, request->price_file);
  const std::string guard = "Guard of single queries";
  app.add_option(
         "--risk", request->risk,
         "Points of accuracy that routing may lose against the best single model; a fifth of the queries is "
         "held out to show it")
      ->option_text("R")
      ->group(guard);
  app.add_option("--delta", request->delta, "Chance that it loses more all the same")
      ->capture_default_str()
      ->option_text("D")
      ->group(guard);
  app.add_option("--cost-weight", request->cost_weight,
                 "Chance of a right answer that a dollar per million tokens is worth, with which queries will be "
                 "routed")
      ->capture_default_str()
      ->group(guard);
  app.add_option("--threads", request->threads,
                 "Threads (default: one per core); the result does not depend on it");
  add_embedding_options(app, request->embedding);
  add_correctness_options(app, request->choice);
  app.footer(
      examples({"assay route fit mmlu.assay -o mmlu.router", "assay route fit mmlu.assay -o mmlu.router --risk 0.5",
                "assay route fit mmlu.assay -o mmlu.router --embedding-model text-embedding-3-small "
                "--embedding-batch-folder batches"}));
  app.callback([request, &app, &terminal] {
    finish_foreign_options(app, request->embedding, terminal);
    for (const char* option : {"--delta", "--cost-weight"}) {
      if (is_given(app, option) && !request->risk) {
        throw CLI::ValidationError(option, "goes with --risk, came without it");
      }
    }
    const app::RouteFitReport report = app::run_route_fit(*request, terminal.start_progress());
    terminal.show([&] { return view::to_json(report); }, [&] { return view::to_text(report, terminal.colour()); });
  });
}

// What a router is asked with.
template <typename Request>
void add_router_options(CLI::App& app, Request& request) {
  add_names_option(app, "--models", request.models,
                   "Which models may be chosen (default: all that the router knows)");
  app.add_option("--threads", request.threads, "Threads (default: one per core); the result does not depend on it");
  add_foreign_options(app, request.embedding, "query");
}

void add_task(CLI::App& app, Terminal& terminal) {
  const auto request = std::make_shared<app::RouteTaskRequest>();
  std::vector<std::pair<std::string, std::string>> rows;
  for (const route::RoutingRuleEntry& entry : route::routing_rules()) rows.emplace_back(entry.name, entry.help);
  app.add_option("ROUTER", request->router, "Router file")->required();
  app.add_option("QUERIES", request->queries,
                 "Queries of the new task, JSON lines with \"prompt\", and \"right\" where it is known")
      ->required();
  app.add_option("--score", request->rule, "How models are ranked, see below")
      ->capture_default_str()
      ->option_text("NAME");
  app.add_option("--within", request->within, "Points that score cheapest may give away")->capture_default_str();
  app.add_option("--seed", request->seed, "Of score random")->capture_default_str();
  add_router_options(app, *request);
  app.footer(listing("Scores", rows) + "\n" +
             examples({"assay route task mmlu.router queries.jsonl",
                       "assay route task mmlu.router queries.jsonl --score cheapest --within 2 --json"}));
  app.callback([request, &app, &terminal] {
    finish_foreign_options(app, request->embedding, terminal);
    const app::RouteTaskReport report = app::run_route_task(*request);
    terminal.show([&] { return view::to_json(report); }, [&] { return view::to_text(report, terminal.colour()); });
  });
}

// Lines of standard input, each a prompt.
std::vector<std::string> standard_input() {
  std::vector<std::string> lines;
  for (std::string line; std::getline(std::cin, line);) lines.push_back(line);
  if (std::cin.bad()) throw Error("standard input can't be read");
  if (lines.empty()) throw InvalidArgument("expected prompts on standard input, a line each, came none");
  return lines;
}

void add_query(CLI::App& app, Terminal& terminal) {
  const auto request = std::make_shared<app::RouteQueryRequest>();
  app.add_option("ROUTER", request->router, "Router file")->required();
  // As they come: to CLI11 a text of {} would be an empty list.
  const auto take_prompts = [request](const std::vector<std::string>& texts) {
    request->prompts = texts;
    return true;
  };
  app.add_option("--prompt", CLI::callback_t(take_prompts), "The prompt; -: lines of standard input, a prompt each")
      ->required()
      ->expected(1, CLI::detail::expected_max_vector_size)
      ->allow_extra_args(false)
      ->option_text("TEXT");
  app.add_option(
      "--cost-weight", request->cost_weight,
      "Chance of a right answer that a dollar per million tokens is worth (default: the guard's, else 0)");
  add_router_options(app, *request);
  add_all_flag(app, terminal.all);
  app.footer(examples({"assay route query mmlu.router --prompt 'Which acid is in vinegar?'",
                       "assay route query mmlu.router --prompt - --cost-weight 0.01 --json < prompts.txt"}));
  app.callback([request, &app, &terminal] {
    finish_foreign_options(app, request->embedding, terminal);
    if (!terminal.reads_standard_input()) {
      // Every prompt is a text.
    } else if (request->prompts == std::vector<std::string>{"-"}) {
      request->prompts = standard_input();
    } else if (std::ranges::find(request->prompts, "-") != request->prompts.end()) {
      throw CLI::ValidationError("--prompt", "expected - alone, or texts, came both");
    }
    const app::RouteQueryReport report = app::run_route_query(*request);
    terminal.show([&] { return view::to_json(report); },
                  [&] { return view::to_text(report, terminal.colour(), terminal.all); });
  });
}

void add_update(CLI::App& app, Terminal& terminal) {
  const auto request = std::make_shared<app::RouteUpdateRequest>();
  app.add_option("ROUTER", request->router, "Router file")->required();
  app.add_option(
         "OUTCOMES", request->outcomes,
         "JSON lines with \"model\", \"right\" (true, false, or 0 to 1) and \"prompt\" or \"vector\", perhaps "
         "with \"task\" and \"time\"; the log of a gateway, once it is told what was right")
      ->required();
  app.add_option("-o,--output", request->output, "Router file to write (default: in place of ROUTER)")
      ->option_text("FILE");
  app.add_option("--half-life", request->half_life,
                 "Days after which half of the outcomes are forgotten; by \"time\", Unix seconds")
      ->option_text("DAYS");
  app.add_flag("--drop-guard", request->drop_guard,
               "Route without the guard that the router had; else a router with a guard no longer routes, as it "
               "was shown of the router before");
  app.add_option("--threads", request->threads,
                 "Threads (default: one per core); the result does not depend on it");
  add_foreign_options(app, request->embedding, "prompt that differs, in the order of the lines");
  app.footer(examples({"assay route update mmlu.router outcomes.jsonl",
                       "assay route update mmlu.router outcomes.jsonl -o new.router --half-life 30"}));
  app.callback([request, &app, &terminal] {
    finish_foreign_options(app, request->embedding, terminal);
    const app::RouteUpdateReport report = app::run_route_update(*request);
    terminal.show([&] { return view::to_json(report); }, [&] { return view::to_text(report, terminal.colour()); });
  });
}

void add_info_of_router(CLI::App& app, Terminal& terminal) {
  const auto request = std::make_shared<app::RouteInfoRequest>();
  app.add_option("ROUTER", request->router, "Router file")->required();
  add_all_flag(app, terminal.all);
  app.footer(examples({"assay route info mmlu.router"}));
  app.callback([request, &terminal] {
    const app::RouteInfoReport report = app::run_route_info(*request);
    terminal.show([&] { return view::to_json(report); },
                  [&] { return view::to_text(report, terminal.colour(), terminal.all); });
  });
}

struct Command {
  const char* name;
  const char* help;
  AddVerb add;
};

constexpr std::array kCommands = {
    Command{"fit", "Learn a router from a study and write it to a file", add_fit},
    Command{"update", "Add outcomes, models and queries to a router without fitting it anew", add_update},
    Command{"info", "Tell what a router holds: models, accuracies, prices, guard", add_info_of_router},
    Command{"task", "Rank models for a new task of which the queries are known", add_task},
    Command{"query", "Tell which model to ask for a prompt", add_query},
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
  app.require_subcommand(0, 1);
  app.callback([&app] {
    if (!app.get_subcommands().empty()) return;
    std::string names;
    for (const Command& command : kCommands) names += (names.empty() ? "" : ", ") + std::string(command.name);
    throw CLI::ValidationError("route", "expected a command (" + names + "), came none");
  });
}

}  // namespace assay::cli
