#include "cli/candidate_options.h"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/file/whole_text.h"
#include "cli/open_files.h"
#include "cli/oracle_options.h"

namespace assay::cli {
namespace {

constexpr const char* kCandidateGroup = "Candidates that answer when they are asked (--candidates)";

// A named variable must be set where its key is sent.
std::string key_of(const answering::Candidate& candidate, bool sends) {
  const bool of_default = candidate.url.empty() && candidate.program.empty();
  if (candidate.key_env.empty() && !of_default) return {};
  const std::string variable = candidate.key_env.empty() ? "OPENAI_API_KEY" : candidate.key_env;
  const char* value = std::getenv(variable.c_str());
  if (value != nullptr) return value;
  if (candidate.key_env.empty() || !sends) return {};
  throw InvalidArgument("candidate " + quoted(candidate.name) +
                        ": expected the name of a variable that is set as " + "\"key_env\", came " +
                        quoted(variable));
}

}  // namespace

void add_candidate_options(CLI::App& app, CandidateArguments& arguments, Terminal& terminal,
                           app::SelectRequest& request, bool required) {
  request.answering.waiting = terminal.waiting();
  request.answering.start = terminal.programs();
  request.answering.said = [&terminal](std::string_view line) { terminal.note("candidate: " + escaped(line)); };
  request.answering.troubled = trouble_line(terminal);
  request.answering.heed_environment = true;
  CLI::Option* file =
      app.add_option("--candidates", arguments.file,
                     "JSON file with the models and their endpoints, see docs/reference/candidates.md")
          ->option_text("FILE")
          ->group(kCandidateGroup);
  if (required) file->required();
  app.add_option("--answer-timeout", arguments.answer_timeout, "Seconds for one answer")
      ->check(CLI::Range(0.001, 1e6))
      ->capture_default_str()
      ->option_text("SECONDS")
      ->group(kCandidateGroup);
  app.add_option("--per-month", arguments.per_month,
                 "Tell what each candidate would cost for so many prompts a month")
      ->check(CLI::Range(1e-3, 1e12))
      ->option_text("PROMPTS")
      ->group(kCandidateGroup);
}

void finish_candidates(const CandidateArguments& arguments, app::SelectRequest& request, bool sends) {
  if (arguments.file.empty()) {
    if (arguments.per_month) throw CLI::ValidationError("--per-month", "goes with --candidates");
    return;
  }
  const std::string text = file::whole_text(arguments.file);
  request.candidates = answering::read_candidates(text, arguments.file);
  asking::LlmOptions& llm = request.oracle.llm;
  const judge::PriceList prices =
      llm.price_file.empty() ? answering::prices_beside(text, arguments.file)
                             : judge::PriceList::from_json(file::whole_text(llm.price_file), llm.price_file);
  for (answering::Candidate& candidate : request.candidates) {
    if (!candidate.price) candidate.price = prices.of(candidate.model);
  }
  if (llm.price_file.empty()) llm.price = prices.of(llm.model);
  for (const answering::Candidate& candidate : request.candidates) {
    request.answering.keys.push_back(key_of(candidate, sends));
  }
  const char* address = std::getenv("OPENAI_BASE_URL");
  if (address != nullptr) request.answering.default_url = address;
  request.answering.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(1000 * arguments.answer_timeout));
  request.answering.patience = request.oracle.llm.patience;
  request.answering.retries = request.oracle.llm.retries;
  allow_many_connections();
}

}  // namespace assay::cli
