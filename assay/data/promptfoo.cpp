#include "assay/data/promptfoo.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/core/utf8.h"
#include "assay/data/chat_messages.h"
#include "assay/data/field_values.h"
#include "assay/data/file_list.h"

namespace assay::data {
namespace {

constexpr std::string_view kGraderFailed = "the grader failed";
constexpr std::string_view kNoNumber = "a score that is no number";
constexpr std::string_view kProviderFailed = "the provider failed";

bool ends_json(std::string_view path) { return without_packing(path).ends_with(".json"); }
bool ends_jsonl(std::string_view path) { return without_packing(path).ends_with(".jsonl"); }

/// Whether at least `least` of the names are keys in `text`.
bool has_keys(std::string_view text, std::initializer_list<std::string_view> names, std::ptrdiff_t least) {
  return std::count_if(names.begin(), names.end(), [&](std::string_view name) {
           return text.find(fmt::format("\"{}\"", name)) != std::string_view::npos;
         }) >= least;
}

/// "results of promptfoo", or what a file is instead: nothing.
std::string look_at_file(const std::string& path) {
  constexpr std::size_t kLook = 16 * 1024;
  const std::string_view name = without_packing(path);
  const bool table = name.ends_with(".csv");
  if (!table && !ends_json(path) && !ends_jsonl(path)) return {};
  const std::string start = file_start(path, kLook);
  if (table) {
    const std::string_view header = std::string_view(start).substr(0, start.find('\n'));
    const bool known = header.find("Status,Score,") != std::string_view::npos &&
                       header.find("Grader Reason") != std::string_view::npos;
    return known ? "a table that promptfoo wrote" : "";
  }
  if (ends_jsonl(path)) {
    const bool known =
        has_keys(start, {"gradingResult", "namedScores", "latencyMs", "promptIdx", "testCase", "promptId"}, 3);
    return known ? "rows of promptfoo's results" : "";
  }
  const bool known = has_keys(start, {"results"}, 1) && has_keys(start, {"version", "timestamp"}, 1) &&
                     has_keys(start, {"prompts", "table", "stats"}, 1) &&
                     has_keys(start, {"evalId", "gradingResult", "testPassCount", "namedScores"}, 1);
  return known ? "an evaluation of promptfoo" : "";
}

bool is_result(std::string_view name) { return ends_json(name) || ends_jsonl(name); }

std::vector<std::string> promptfoo_files(const std::string& path) {
  require_path(path);
  if (!is_folder(path)) {
    if (without_packing(path).ends_with(".csv")) {
      throw InvalidArgument(fmt::format(
          "{}: expected output.json or output.jsonl of promptfoo, came a table: its scores are rounded and "
          "its columns ambiguous. Write the other with `promptfoo export eval latest -o output.json`",
          escaped(path)));
    }
    return {path};
  }
  std::vector<std::string> files = files_below(path, is_result);
  std::erase_if(files, [](const std::string& file) { return look_at_file(file).empty(); });
  if (files.empty()) {
    throw InvalidArgument(fmt::format(
        "{}: expected a folder with output.json or output.jsonl of promptfoo, came one without. Write it with "
        "`promptfoo export eval latest -o output.json`",
        escaped(path)));
  }
  return files;
}

/// The right answer, where a test asks for one exact output.
std::string expected_output(const std::optional<JsonValue>& asserts) {
  std::string found;
  if (!asserts || asserts->kind() != JsonKind::array) return found;
  for (const JsonValue one : asserts->elements()) {
    if (text_of(known_field(one, "type")) != "equals") continue;
    const std::string value = text_of(known_field(one, "value"));
    if (!found.empty() || value.find("{{") != std::string::npos) return {};
    found = value;
  }
  return found;
}

bool grader_failed(const JsonValue& component) {
  const auto failed = known_field(known_field(component, "metadata"), "graderError");
  return failed && failed->kind() == JsonKind::boolean && failed->boolean();
}

/// "assert/0/contains"; a person's rating is "human". Empty for a set, whose members follow it.
std::string scorer_of(const std::optional<JsonValue>& assertion, std::size_t place) {
  const std::string type = text_of(known_field(assertion, "type"));
  if (type.empty() || type == "assert-set") return {};
  return type == "human" ? type : fmt::format("assert/{}/{}", place, type);
}

AnswerCost row_cost(const JsonValue& json, const std::optional<JsonValue>& response) {
  AnswerCost took;
  const auto usage = known_field(response, "tokenUsage");
  took.tokens_in = token_count(known_field(usage, "prompt"));
  took.tokens_out = token_count(known_field(usage, "completion"));
  // What comes from the cache took no time and money now, which says nothing of the model.
  const auto cached = known_field(response, "cached");
  if (cached && cached->kind() == JsonKind::boolean && cached->boolean()) return took;
  const auto cost = known_field(json, "cost");
  took.cost = micro_dollars(cost ? cost : known_field(response, "cost"));
  constexpr double kMilliseconds = 1000;
  const double latency = score_of(known_field(json, "latencyMs"));
  if (latency >= 0) took.seconds = latency / kMilliseconds;
  return took;
}

}  // namespace

struct PromptfooReader::Row {
  const JsonValue& json;
  const Sample& sample;
  Location where;
  std::optional<JsonValue> test;
  std::optional<JsonValue> asserts;
};

void PromptfooReader::read(ByteSource& source, std::size_t file) {
  const std::vector<PromptfooRow>& rows = evals_.rows(file);
  std::size_t i = 0;
  read_promptfoo_rows(source, &sink_, [&](const JsonValue& json) {
    if (i == rows.size()) json.reject("the rows of before: the file has changed");
    take(json, rows[i++]);
  });
}

// By content, so that the same test is the same query in every file. A text that differs makes it another query.
std::string PromptfooReader::query_id(const PromptfooTest& test, std::string_view text, std::string_view gold) {
  const std::uint64_t hash = fnv1a(gold, fnv1a("\n", fnv1a(text, fnv1a(std::to_string(test.key)))));
  return test.number == 1 ? fmt::format("{:016x}", hash) : fmt::format("{:016x}-{}", hash, test.number);
}

void PromptfooReader::take(const JsonValue& json, const PromptfooRow& row) {
  const Location where = json.where();
  if (!row.counts) {
    sink_.drop("a row of a model and test that another evaluation has (the newest counts, or `run`)", where);
    return;
  }
  const PromptfooTest& test = evals_.tests()[row.test];
  const PromptfooSystem& system = evals_.systems()[row.system];
  const auto test_case = known_field(json, "testCase");
  const auto asserts = known_field(test_case, "assert");
  std::string text = promptfoo_variables(json);
  std::string messages;
  if (test.one_text || text.empty()) {
    const std::string_view prompt = promptfoo_prompt(json);
    if (!prompt.empty()) text = prompt;
    if (const auto written = written_chat(prompt))
      messages = messages_json(written->chat.messages(sink_, where), text);
  }
  const std::string gold = expected_output(asserts);
  const std::string id = query_id(test, text, gold);
  const auto response = known_field(json, "response");
  const auto output = known_field(response, "output");
  const std::string answer = text_of(output);
  Sample sample{.task = {},
                .id = id,
                .model = system.name,
                .repeat = row.repeat,
                .text = text,
                .messages = messages,
                .gold = gold,
                .took = row_cost(json, response)};
  const auto reason = known_field(json, "failureReason");
  const auto grading = known_field(json, "gradingResult");
  constexpr int kErrorReason = 2;
  const bool failed = reason && reason->kind() == JsonKind::number && reason->number() == kErrorReason;
  const bool broken = failed || (!grading && known_field(json, "error"));
  if (output && !broken && answer != "[output stripped]") sample.response = answer;
  if (!system.provider.empty()) {
    sink_.add(ModelRecord{.model = system.name, .provider = system.provider}, where, OnConflict::keep_first);
  }
  writer_.add(sample, where);
  const Row all{json, sample, where, test_case, asserts};
  if (broken) {
    take_failure(all);
  } else {
    take_scores(all);
  }
}

void PromptfooReader::put(const Row& row, std::string_view scorer, double value, bool lost) {
  if (told_.emplace(scorer).second) {
    const bool certain = scorer == "score" || scorer == "success";
    JudgeRecord judge{.judge = scorer, .lower_is_better = false};
    if (certain) judge.least = 0;
    if (certain) judge.most = 1;
    sink_.add(judge, row.where, OnConflict::keep_first);
  }
  if (lost || std::isnan(value)) {
    writer_.error(row.sample, scorer, lost ? kGraderFailed : kNoNumber, row.where);
  } else {
    writer_.score(row.sample, scorer, value, row.where);
  }
}

// Nothing was scored: what would have been is in the test.
void PromptfooReader::take_failure(const Row& row) {
  std::set<std::string> scorers = {"score", "success"};
  std::size_t place = 0;
  if (row.asserts && row.asserts->kind() == JsonKind::array) {
    for (const JsonValue one : row.asserts->elements()) {
      const std::string scorer = scorer_of(one, place++);
      if (scorer.empty()) break;  // a set: the places that follow are not known
      scorers.insert(scorer);
      if (const std::string metric = text_of(known_field(one, "metric")); !metric.empty())
        scorers.insert("metric/" + metric);
    }
  }
  for (const std::string& scorer : scorers) writer_.error(row.sample, scorer, kProviderFailed, row.where);
}

void PromptfooReader::take_scores(const Row& row) {
  const auto grading = known_field(row.json, "gradingResult");
  const auto components = known_field(grading, "componentResults");
  std::set<std::string> spoiled;  // metrics with a grader that failed
  bool grader = false;
  bool failed = false;
  bool chosen = false;
  bool any = false;
  std::size_t place = 0;
  if (components && components->kind() == JsonKind::array) {
    for (const JsonValue component : components->elements()) {
      any = true;
      const auto assertion = known_field(component, "assertion");
      const std::string scorer = scorer_of(assertion, place++);
      if (scorer.empty()) continue;
      const bool lost = grader_failed(component);
      const std::string metric = text_of(known_field(assertion, "metric"));
      if (lost && !metric.empty()) spoiled.insert(metric);
      grader = grader || lost;
      const auto pass = known_field(component, "pass");
      failed = failed || (!lost && pass && pass->kind() == JsonKind::boolean && !pass->boolean());
      chosen = chosen || scorer.ends_with("/select-best");
      put(row, scorer, score_of(known_field(component, "score")), lost);
    }
  }
  if (const auto named = known_field(row.json, "namedScores"); named && named->kind() == JsonKind::object) {
    for (const JsonValue one : named->parts()) {
      const std::string name(one.key());
      if (!name.empty()) put(row, "metric/" + name, score_of(one), spoiled.contains(name));
    }
  }
  // A grader that failed counts as 0 in the whole. Another assertion that failed decides all the same, unless the
  // test passes by its score.
  const bool decided = failed && !known_field(row.test, "threshold");
  put(row, "score", score_of(known_field(row.json, "score")), grader);
  put(row, "success", score_of(known_field(row.json, "success")), grader && !decided);
  if (chosen) sink_.note("select-best: score and success are 0 for all answers that it did not choose", row.where);
  if (!any) sink_.note("a test without assertions: promptfoo gives it the score 1", row.where);
}

void read_promptfoo(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                    const Progress& progress) {
  std::set<std::string> found;
  for (const std::string& path : paths) {
    for (std::string& file : promptfoo_files(path)) found.insert(std::move(file));
  }
  if (found.empty()) throw InvalidArgument("expected output.json or output.jsonl of promptfoo, came none");
  std::vector<std::string> files(found.begin(), found.end());
  // Those that tell their time first: of two files with one evaluation the first is read.
  std::stable_partition(files.begin(), files.end(), [](const std::string& file) { return ends_json(file); });
  ReadMeter meter(2 * total_size(files), progress);
  PromptfooEvals evals;
  for (const std::string& file : files) evals.add(*open_source(file, &meter), file_name(file));
  evals.settle(options, sink);
  PromptfooReader reader(evals, options, sink);
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!evals.rows(i).empty()) reader.read(*open_source(files[i], &meter), i);
  }
}

std::string recognise_promptfoo(const std::string& path) {
  if (!is_folder(path)) return look_at_file(path);
  constexpr std::size_t kMost = 50;  // files that are looked into
  std::size_t count = 0;
  for (const std::string& file : files_below(path, is_result)) {
    if (std::string what = look_at_file(file); !what.empty()) return fmt::format("{} is {}", file_name(file), what);
    if (++count == kMost) break;
  }
  return {};
}

}  // namespace assay::data
