#include "cli/oracle_options.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/field_names.h"
#include "assay/core/utf8.h"
#include "assay/file/random_bytes.h"
#include "cli/endpoint_environment.h"
#include "cli/help.h"
#include "cli/open_files.h"

namespace assay::cli {

void add_oracle_options(CLI::App& app, asking::OracleOptions& options, Terminal& terminal) {
  options.waiting = terminal.waiting();
  options.start = terminal.programs();
  options.noted = [&terminal](std::string_view line) { terminal.note(escaped(with_options(line))); };
  options.said = [&terminal](std::string_view line) { terminal.note("judge: " + escaped(line)); };
  options.troubled = trouble_line(terminal);
  app.add_option("--oracle", options.name, "Who judges, see below")->capture_default_str()->option_text("NAME");
  add_timeout_option(app, options.timeout);
}

std::function<void(std::string_view)> trouble_line(Terminal& terminal) {
  return [begun = false, &terminal](std::string_view line) mutable {
    // Where lines are kept the first is told at once, the others are of no use but to tell that it lives.
    if (terminal.live() || std::exchange(begun, true)) return terminal.status(line);
    terminal.note(line);
  };
}

void add_timeout_option(CLI::App& app, std::chrono::milliseconds& timeout) {
  const auto take = [&timeout](double seconds) {
    if (!(seconds >= 0.001 && seconds <= 1e6)) {
      throw CLI::ValidationError("--timeout", "expected 0.001 to 1000000 seconds");
    }
    timeout = std::chrono::milliseconds(static_cast<std::int64_t>(1000 * seconds));
  };
  app.add_option_function<double>(
         "--timeout", take,
         "Seconds without an answer after which a live oracle or a program has failed (default: 60)")
      ->option_text("SECONDS");
}

namespace {

constexpr const char* kGroup = "An LLM as judge (--oracle llm); what is left out is as the study remembers it";

template <typename Value>
void add_one_of(CLI::App& app, const std::string& option, std::optional<Value>& value,
                const std::vector<std::pair<std::string, Value>>& names, const std::string& help,
                const std::string& group) {
  std::string allowed;
  for (const auto& [name, meaning] : names) allowed += (allowed.empty() ? "" : ", ") + name;
  const auto take = [&value, names, option, allowed](const std::string& text) {
    for (const auto& [name, meaning] : names) {
      if (name != text) continue;
      value = meaning;
      return;
    }
    throw CLI::ValidationError(option, "expected one of " + allowed + ", came " + assay::quoted(text));
  };
  app.add_option_function<std::string>(option, take, help + " (default: " + names.front().first + ")")
      ->option_text("KIND")
      ->group(group);
}

constexpr std::size_t kSaltBytes = 16;  // of the check of a key, another one in each study

void take_money(double dollars, asking::LlmOptions& options) {
  if (!(dollars >= 0 && dollars <= 1e9))
    throw CLI::ValidationError("--max-cost", "expected 0 to 1000000000 dollars");
  options.most_cost =
      Money{static_cast<std::int64_t>(dollars * 1e6 + 1e-6)};  // rounded down, but for 0.1 and the like
}

}  // namespace

void add_endpoint_options(CLI::App& app, asking::LlmOptions& options, const EndpointHelp& help) {
  const std::string& group = help.group;
  options.heed_environment = true;
  app.add_option("--judge-url", options.url, "Of the API with its version (default: " + help.url + ")")
      ->option_text("URL")
      ->group(group);
  app.add_option("--judge-model", options.model, "As the endpoint calls it" + help.model)
      ->option_text("MODEL")
      ->group(group);
  app.add_option("--judge-key-env", "Environment variable with the key (default: OPENAI_API_KEY)")
      ->option_text("NAME")
      ->group(group);
  add_header_option(app, "--judge-header", [&options](http::Headers headers) {
    options.headers = std::move(headers);
  })->group(group);
  app.add_option("--template", options.prompt_file,
                 "File with the prompt, see docs/reference/judge-protocol.md, or \"standard\" (default: standard)")
      ->option_text("FILE")
      ->group(group);
  add_one_of<judge::ReplyChoice>(
      app, "--reply", options.reply,
      {{"auto", judge::ReplyChoice::automatic},
       {"json", judge::ReplyChoice::json},
       {"line", judge::ReplyChoice::line}},
      "How the judge replies: json, an object that the endpoint enforces; line, freely and with a marked "
      "last line; auto, json if the endpoint takes it",
      group);
  app.add_option("--max-tokens", options.max_tokens, "Of a reply (default: 512)")->group(group);
  app.add_flag_function(
         "--completion-tokens,!--no-completion-tokens",
         [&options](std::int64_t count) { options.completion_tokens = count > 0; },
         "Send that limit as max_completion_tokens, for models that refuse max_tokens; "
         "--no-completion-tokens takes it back")
      ->group(group);
  app.add_option_function<double>(
         "--judge-temperature", [&options](double value) { options.temperature = value; },
         "Of the judge (default: 0)")
      ->option_text("NUMBER")
      ->group(group);
  app.add_flag_callback(
         "--no-judge-temperature", [&options] { options.temperature.emplace(); },
         "Send no temperature, for endpoints that take none")
      ->group(group);
  app.add_option("--prices", options.price_file,
                 "JSON file, {\"MODEL\": {\"in\": 0.15, \"out\": 0.6, \"unit\": \"dollars\"}}, per million tokens")
      ->option_text("FILE")
      ->group(group);
  app.add_option_function<double>(
         "--max-cost", [&options](double dollars) { take_money(dollars, options); },
         "Dollars that " + help.most_cost + "; needs --prices")
      ->option_text("DOLLARS")
      ->group(group);
}

void add_llm_options(CLI::App& app, asking::LlmOptions& options, bool pairs, bool& dry_run) {
  add_endpoint_options(app, options,
                       {kGroup, "as remembered, else OPENAI_BASE_URL", " (default: the last one of the study)",
                        "all runs of this study may spend together, this one and later ones"});
  app.add_flag_callback(
         "--no-judge-header", [&options] { options.headers.emplace(); },
         "Go on without the headers of earlier runs")
      ->excludes("--judge-header")
      ->group(kGroup);
  if (pairs) {
    add_one_of<asking::PairOrder>(app, "--order", options.order,
                                  {{"both", asking::PairOrder::both},
                                   {"random", asking::PairOrder::random},
                                   {"fixed", asking::PairOrder::fixed}},
                                  "Which response stands first; both asks twice, and a contradiction is a draw",
                                  kGroup);
    app.add_option(
           "--repeat-by", options.repeat_by,
           "Allocator (see allocate --help) that hands out the repeats of a batch (-j) where verdicts waver, or "
           "\"\" (default: each pair has the same)")
        ->option_text("NAME")
        ->group(kGroup);
    app.add_option("--repeats", options.repeats, "How often a pair is asked, in each order (default: 1)")
        ->group(kGroup);
  }
  app.add_option("--retries", options.retries, "Of a request that failed")->capture_default_str()->group(kGroup);
  app.add_flag("--dry-run", dry_run, "Only tell what would be asked, and what it may cost and probably will")
      ->group(kGroup);
}

void finish_llm_options(const CLI::App& app, asking::OracleOptions& options, bool dry_run, bool answers) {
  if (!asking::asks_llm(options)) {
    constexpr std::array kOfAnswers = {"--max-cost", "--prices", "--retries", "--dry-run"};
    for (const CLI::Option* option : app.get_options()) {
      if (answers && std::ranges::find(kOfAnswers, option->get_name()) != kOfAnswers.end()) continue;
      if (option->get_group() == kGroup && option->count() > 0) {
        throw CLI::ValidationError(
            option->get_name(), "goes with --oracle llm and batch, came --oracle " + assay::quoted(options.name));
      }
    }
    return;
  }
  allow_many_connections();
  const bool sends = options.name == "llm" && !dry_run;
  take_endpoint_environment(app, "--judge-key-env", !sends, options.llm.headers.value_or(http::Headers{}),
                            options.llm.default_url, options.llm.key);
  if (options.name != "llm") {  // nothing is sent
    options.llm.key.clear();
    if (options.llm.default_url.empty()) options.llm.default_url = "https://api.openai.com/v1";
  }
  options.llm.key_salt = file::random_bytes(kSaltBytes);
}

std::string oracle_listing(bool scores) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const asking::OracleEntry& entry : asking::oracles()) {
    if (scores && !entry.scores) continue;
    rows.emplace_back(asking::form_of(entry), entry.help);
  }
  return listing("Oracles", rows);
}

}  // namespace assay::cli
