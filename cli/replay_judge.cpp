#include "server/replay_judge.h"

#include <cstdint>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "assay/asking/answer_book.h"
#include "assay/core/error.h"
#include "assay/core/field_names.h"
#include "assay/core/utf8.h"
#include "assay/data/file_list.h"
#include "assay/file/whole_text.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "cli/choice_options.h"
#include "cli/help.h"
#include "cli/open_files.h"
#include "cli/scoring_options.h"
#include "cli/share_option.h"
#include "cli/verb.h"
#include "server/quirks.h"

namespace assay::cli {
namespace {

struct ReplayJudgeArguments {
  asking::AnswerBookRequest request;
  server::ReplayJudgeOptions server;
  bool candidates = false;
  std::uint64_t delay = 0;              // milliseconds
  std::uint64_t retry_after = 1;        // seconds
  std::vector<std::string> batch = {};  // input file, output file
};

report::Json json_of(const server::ReplayJudgeCounts& counts) {
  return report::Json::object()
      .set("connections", counts.connections)
      .set("requests", counts.requests)
      .set("answered", counts.answered)
      .set("responses", counts.responses)
      .set("unknown", counts.unknown)
      .set("errors", counts.errors)
      .set("rate_limited", counts.rate_limited)
      .set("malformed", counts.malformed)
      .set("embeddings", counts.embeddings)
      .set("quirks", counts.quirks)
      .set("tokens_in", counts.tokens_in)
      .set("tokens_out", counts.tokens_out);
}

std::string text_of(const server::ReplayJudgeCounts& counts) {
  return report::grouped(counts.requests) + " requests over " + report::counted(counts.connections, "connection") +
         ": " + report::grouped(counts.answered) + " answered, " + report::grouped(counts.rate_limited) +
         " limited (429), " + report::grouped(counts.errors) + " errors (5xx), " +
         report::grouped(counts.malformed) + " malformed, " + report::grouped(counts.unknown) + " unknown, " +
         report::grouped(counts.embeddings) + " for embeddings" +
         (counts.quirks > 0 ? ", " + report::grouped(counts.quirks) + " quirks" : "") + "; it would bill " +
         report::grouped(counts.tokens_in) + " tokens in, " + report::grouped(counts.tokens_out) + " out\n";
}

std::string quirk_listing() {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const server::Quirk& quirk : server::quirks()) {
    rows.emplace_back(quirk.value == nullptr ? quirk.name : std::string(quirk.name) + "=" + quirk.value,
                      quirk.help);
  }
  return listing("Quirks, with the values that they have unless told", rows);
}

void answer_batch(server::ReplayJudge& judge, const std::string& in, const std::string& out) {
  std::ifstream requests(in, std::ios::binary);
  if (!requests) throw Error(escaped(in) + ": can't be read");
  std::ofstream replies(out, std::ios::binary | std::ios::trunc);
  for (std::string line; std::getline(requests, line);) {
    if (!line.empty()) replies << judge.answer_batch_line(line) << '\n';
  }
  replies.close();
  if (!replies) throw Error(escaped(out) + ": can't be written");
}

// The study is of no use where a batch asks for embeddings: a benchmark has no judge.
bool needs_book(const std::vector<std::string>& batch) {
  if (batch.empty() || !data::is_plain_file(batch[0])) return true;
  std::ifstream requests(batch[0], std::ios::binary);
  std::string line;
  return !std::getline(requests, line) || !server::ReplayJudge::asks_embeddings(line);
}

void run(ReplayJudgeArguments& options, Terminal& terminal) {
  allow_many_connections();
  options.server.delay = std::chrono::milliseconds(options.delay);
  options.server.retry_after = std::chrono::seconds(options.retry_after);
  options.request.may_be_empty = options.candidates;
  asking::AnswerBookReport report;
  if (needs_book(options.batch)) report = asking::make_answer_book(options.request);
  std::optional<asking::ResponseBook> responses;
  if (options.candidates) {
    responses.emplace(store::Study(options.request.study, store::Study::Mode::read));
    options.server.responses = &*responses;
    terminal.note(report::counted(responses->models(), "model", "models") + " answer, " +
                  report::grouped(responses->responses()) +
                  " responses on record; they are called as in the study");
  }
  server::ReplayJudge server(report.book, options.server);
  for (const std::string& note : report.notes) terminal.note(escaped(with_options(note)));
  if (!options.batch.empty()) {
    answer_batch(server, options.batch[0], options.batch[1]);
    terminal.show([&] { return json_of(server.counts()).pretty(); }, [&] { return text_of(server.counts()); });
    return;
  }
  // Whoever started this waits for the line, also where notes are not wanted.
  terminal.announce("listening on http://127.0.0.1:" + std::to_string(server.port()) + "/v1");
  server.run(true);
  terminal.show([&] { return json_of(server.counts()).pretty(); }, [&] { return text_of(server.counts()); });
}

}  // namespace

void add_replay_judge(CLI::App& app, Terminal& terminal) {
  const auto options = std::make_shared<ReplayJudgeArguments>();
  asking::AnswerBookRequest& request = options->request;
  server::ReplayJudgeOptions& server = options->server;
  app.add_option("STUDY", request.study, "Study file whose recorded judgements are the answers; it is not changed")
      ->required();
  app.add_flag("--candidates", options->candidates,
               "Also answer prompts as each model of the study, by its name, with its responses on record");
  add_port_option(app, server.port, "Port of 127.0.0.1");
  app.add_option("--delay", options->delay, "Milliseconds before each reply (default: 0)")->option_text("MS");
  app.add_flag("--stream", server.stream, "Stream replies (server-sent events) even where nobody asks for it");
  app.add_option("--seed", server.seed, "Which requests fail, and which recorded score is drawn")
      ->capture_default_str();
  app.add_option("--threads", request.threads, "Threads to prepare the answers (default: one per core)");
  app.add_option("--batch", options->batch, "Answer the requests of a batch file, write the output file, and end")
      ->expected(2)
      ->allow_extra_args(false)
      ->option_text("IN OUT");
  const std::string faults = "What goes wrong, as shares of the requests";
  add_share_option(app, "--error-rate", server.error_rate, "Answered with 500, 502 or 503 (default: 0)")
      ->group(faults);
  add_share_option(app, "--rate-limit-rate", server.rate_limit_rate, "Answered with 429 (default: 0)")
      ->group(faults);
  app.add_option("--retry-after", options->retry_after,
                 "Seconds that a 429 says to wait; 0: it says nothing (default: 1)")
      ->option_text("SECONDS")
      ->group(faults);
  add_share_option(app, "--malformed-rate", server.malformed_rate,
                   "Answered with half a JSON, a web page, no choice, no verdict, nothing, or cut off (default: 0)")
      ->group(faults);
  add_share_option(app, "--first-rate", server.first_rate,
                   "Pairs in which the first response is preferred, whatever it is (default: 0)")
      ->group(faults);
  app.add_option("--quirk", server.quirks,
                 "What the endpoint does otherwise than one would like, see below; may come several times")
      ->option_text("NAME[=VALUE]")
      ->allow_extra_args(false)
      ->group(faults);
  add_choice_options(app, request.choice);
  const std::string prompts = "What clients ask";
  const auto scale = [&request](const std::vector<double>& ends) { request.scale = Scale{ends[0], ends[1]}; };
  app.add_option_function<std::vector<double>>("--scale", scale,
                                               "The scale that clients name (default: the scores on record)")
      ->delimiter(',')
      ->expected(2)
      ->allow_extra_args(false)
      ->option_text("LOW,HIGH")
      ->group(prompts);
  const auto pair = [&request](const std::string& path) { request.pair_template = file::whole_text(path); };
  app.add_option_function<std::string>("--pair-template", pair,
                                       "Template of prompts that compare, as the clients have it")
      ->option_text("FILE")
      ->group(prompts);
  const auto score = [&request](const std::string& path) { request.score_template = file::whole_text(path); };
  app.add_option_function<std::string>("--score-template", score, "Likewise of prompts that score")
      ->option_text("FILE")
      ->group(prompts);
  app.footer(quirk_listing() + "\n" +
             examples({"assay replay-judge alpaca.assay --port 8080",
                       "assay replay-judge alpaca.assay --delay 300 --rate-limit-rate 0.05 --malformed-rate 0.01",
                       "assay replay-judge alpaca.assay --batch batches/batch-0001.jsonl batches/out-1.jsonl",
                       "assay replay-judge alpaca.assay --quirk outage=502:30 --quirk reasoning-beside=2000"}) +
             "\nCtrl-C or SIGTERM ends it. It listens on 127.0.0.1 alone, and wants no key.");
  app.callback([options, &terminal] { run(*options, terminal); });
}

}  // namespace assay::cli
