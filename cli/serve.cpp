#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "cli/help.h"
#include "cli/open_files.h"
#include "cli/verb.h"
#include "gateway/gateway.h"

namespace assay::cli {
namespace {

std::optional<std::string> variable_of_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

void serve(gateway::GatewayOptions& options, const std::string& key_variable, Terminal& terminal) {
  options.places.environment = variable_of_environment;
  if (!key_variable.empty()) {
    const std::optional<std::string> key = variable_of_environment(key_variable);
    if (!key || key->empty()) {
      throw CLI::ValidationError("--client-key-env",
                                 "expected a variable that is set, came " + assay::quoted(key_variable));
    }
    options.places.client_key = *key;
  }
  options.note = [&terminal](std::string_view text) { terminal.announce(escaped(text)); };
  allow_many_connections();
  // Whoever reads what is told, or the log, may go; requests are served all the same.
  std::signal(SIGPIPE, SIG_IGN);
  gateway::Gateway gateway(options);
  gateway.heed_signals();
  // Whoever started this waits for the line, also where notes are not wanted.
  const std::string url = gateway.url() + "/v1";
  terminal.announce("serving " + url);
  if (terminal.json) terminal.print(report::Json::object().set("url", url).pretty());
  gateway.run(true);
}

}  // namespace

void add_serve(CLI::App& app, Terminal& terminal) {
  const auto options = std::make_shared<gateway::GatewayOptions>();
  const auto key_variable = std::make_shared<std::string>();
  app.add_option("ROUTER", options->places.router,
                 "Router that `assay route fit` wrote (default: none, models are asked as they are named)");
  app.add_option(
         "--ensemble", options->places.ensemble,
         "Ensemble that `assay ensemble fit` wrote: the model assay/vote asks its members and replies with a label")
      ->option_text("FILE");
  app.add_option("--models", options->places.models, "Models, where they are and how to route: models.json")
      ->required()
      ->option_text("FILE");
  add_port_option(app, options->port, "Port to listen at");
  app.add_option("--listen", options->address, "Address of this machine, in numbers, for others to come")
      ->capture_default_str()
      ->option_text("ADDRESS");
  app.add_option("--client-key-env", *key_variable, "Environment variable with the key that clients must show")
      ->option_text("NAME");
  CLI::Option* const log =
      app.add_option("--log", options->log,
                     "File for a line of JSON about each routed request, without what was asked")
          ->option_text("FILE");
  app.add_flag("--log-prompts", options->log_prompts, "The log also has the text that was routed by")->needs(log);
  app.add_flag("--log-vectors", options->log_vectors,
               "The log also has the vector of that text, enough for `assay route update`")
      ->needs(log);
  app.footer(
      examples(
          {"assay serve mmlu.router --models models.json --port 8080",
           "assay serve mmlu.router --models models.json --client-key-env GATEWAY_KEY --log decisions.jsonl"}) +
      "\nAn OpenAI-compatible gateway: the model assay/auto is routed, assay/vote is an ensemble, others are\n"
      "asked as they are named. SIGHUP reads router and models again; Ctrl-C or SIGTERM lets requests under\n"
      "way end.");
  app.callback([options, key_variable, &terminal] { serve(*options, *key_variable, terminal); });
}

}  // namespace assay::cli
