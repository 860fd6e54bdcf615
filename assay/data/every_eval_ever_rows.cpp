#include "assay/data/every_eval_ever_rows.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "assay/core/hash.h"
#include "assay/data/cell_words.h"
#include "assay/data/chat_text.h"
#include "assay/data/field_values.h"
#include "assay/data/json_reader.h"
#include "assay/data/lm_eval_files.h"

namespace assay::data {
namespace {

constexpr std::string_view kOptionLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

using MaybeValue = std::optional<JsonValue>;

std::string_view string_of(const MaybeValue& value) {
  return value && value->kind() == JsonKind::string ? value->string() : std::string_view();
}

/// The first text of a list, or the text that stands there alone, as some writers have it.
MaybeValue first_text(const MaybeValue& value) {
  if (!value) return std::nullopt;
  if (value->kind() == JsonKind::string) return value;
  if (value->kind() != JsonKind::array || value->parts().empty()) return std::nullopt;
  const JsonValue first = *value->parts().begin();
  return first.kind() == JsonKind::string ? MaybeValue(first) : std::nullopt;
}

std::size_t count_of(const MaybeValue& list) {
  std::size_t count = 0;
  if (!list || list->kind() != JsonKind::array) return 0;
  for ([[maybe_unused]] const JsonValue part : list->parts()) ++count;
  return count;
}

std::optional<double> finite(const MaybeValue& value) {
  if (!value || value->kind() != JsonKind::number || !std::isfinite(value->number())) return std::nullopt;
  return value->number();
}

std::optional<std::int64_t> count_in(const MaybeValue& value) {
  const auto number = finite(value);
  constexpr double kMost = 1e15;
  if (!number || *number < 0 || *number > kMost) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

/// The task of "task/filter": filters look at the same samples.
std::string_view task_of(std::string_view evaluation, std::string_view filter) {
  if (filter.empty() || evaluation.size() <= filter.size() + 1 || !evaluation.ends_with(filter)) return evaluation;
  const std::string_view rest = evaluation.substr(0, evaluation.size() - filter.size());
  return rest.ends_with('/') ? rest.substr(0, rest.size() - 1) : evaluation;
}

/// The letter of the choice that `text` is.
std::string_view letter_of(const MaybeValue& choices, std::string_view text) {
  std::size_t at = 0;
  for (const JsonValue choice : choices->parts()) {
    if (choice.kind() == JsonKind::string && without_blanks(choice.string()) == text) {
      return kOptionLetters.substr(at, 1);
    }
    ++at;
  }
  return {};
}

/// The letter of the choice whose place, from 0, is written in `text`.
std::string_view letter_at(std::string_view text, std::size_t choices) {
  std::size_t place = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, place);
  return error == std::errc() && rest == end && place < choices ? kOptionLetters.substr(place, 1)
                                                                : std::string_view();
}

/// What the last message of the assistant says.
std::optional<std::string> last_answer(const MaybeValue& messages) {
  std::optional<std::string> answer;
  if (!messages || messages->kind() != JsonKind::array) return answer;
  for (const JsonValue message : messages->elements()) {
    if (string_of(known_field(message, "role")) != "assistant") continue;
    const MaybeValue content = known_field(message, "content");
    answer = content ? message_text(*content) : std::string();
  }
  return answer;
}

EveryEvalMetric metric_of(const JsonValue& result) {
  EveryEvalMetric metric;
  metric.evaluation = result.field("evaluation_name").name();
  metric.id = string_of(known_field(result, "evaluation_result_id"));
  if (metric.id.empty()) metric.id = metric.evaluation;
  const MaybeValue config = known_field(result, "metric_config");
  const MaybeValue lower = known_field(config, "lower_is_better");
  if (lower && lower->kind() == JsonKind::boolean) metric.lower_is_better = lower->boolean();
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  metric.least = finite(known_field(config, "min_score")).value_or(unknown);
  metric.most = finite(known_field(config, "max_score")).value_or(unknown);
  return metric;
}

}  // namespace

double every_eval_seconds(std::string_view timestamp) {
  double seconds = 0;
  const char* end = timestamp.data() + timestamp.size();
  const auto [rest, error] = std::from_chars(timestamp.data(), end, seconds);
  if (error == std::errc() && rest == end) return std::isfinite(seconds) ? seconds : 0;
  return seconds_of_date(timestamp);
}

EveryEvalAggregate read_every_eval_aggregate(ByteSource& source) {
  EveryEvalAggregate aggregate;
  std::vector<char> buffer;
  read_json_object(source, buffer, {.bare_numbers = true}, [&](const JsonValue& file) {
    const JsonValue model = file.field("model_info");
    aggregate.model = model.field("id").name();
    aggregate.provider = string_of(known_field(model, "inference_platform"));
    if (aggregate.provider.empty())
      aggregate.provider = string_of(known_field(known_field(model, "inference_engine"), "name"));
    aggregate.evaluation_id = file.field("evaluation_id").name();
    aggregate.library = string_of(known_field(known_field(file, "eval_library"), "name"));
    for (const std::string_view key : {"evaluation_timestamp", "retrieved_timestamp"}) {
      if (aggregate.date == 0) aggregate.date = every_eval_seconds(string_of(known_field(file, key)));
    }
    for (const JsonValue result : file.field("evaluation_results").elements()) {
      aggregate.metrics.push_back(metric_of(result));
    }
  });
  return aggregate;
}

struct EveryEvalRows::Row {
  explicit Row(const JsonValue& object)
      : whole(object),
        where(object.where()),
        evaluation(object.field("evaluation_name").name()),
        scorer(string_of(known_field(object, "evaluation_result_id"))),
        input(object.field("input")),
        metadata(known_field(object, "metadata")),
        choices(known_field(input, "choices")),
        reference(known_field(input, "reference")) {
    const MaybeValue said = known_field(object, "error");
    failed = said && (said->kind() != JsonKind::string || !said->string().empty());
    if (count_of(choices) < 2 || count_of(choices) > kOptionLetters.size()) choices = std::nullopt;
    std::string_view filter = string_of(known_field(metadata, "filter"));
    if (filter.empty() && scorer.find(':') != std::string_view::npos) filter = scorer.substr(scorer.find(':') + 1);
    task = task_of(evaluation, filter);
  }

  const JsonValue& whole;
  Location where;
  std::string_view evaluation;
  std::string_view scorer;  ///< Empty: the row is about no metric.
  std::string_view task;
  JsonValue input;
  MaybeValue metadata;
  MaybeValue choices;
  MaybeValue reference;
  bool failed = false;
};

void EveryEvalRows::read(ByteSource& source, const EveryEvalAggregate* aggregate) {
  aggregate_ = aggregate;
  rows_of_.clear();
  answered_.clear();
  read_json_lines(source, JsonRules{&sink_, true}, [&](const JsonValue& row) { take(row); });
}

void EveryEvalRows::take(const JsonValue& object) {
  const Row row(object);
  const std::string id = id_of(row, row.task);
  Sample sample{.task = row.task, .id = id, .model = object.field("model_id").name()};
  const std::string_view scorer = row.scorer.empty() ? row.evaluation : row.scorer;
  if (const auto epoch = known_field(row.metadata, "epoch")) {
    const std::string_view text = epoch->kind() == JsonKind::number ? epoch->id() : string_of(epoch);
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), sample.repeat);
    if (error != std::errc() || sample.repeat < 1) epoch->reject("an epoch from 1 on");
  } else {
    sample.repeat = ++rows_of_[fmt::format("{}\n{}\n{}", scorer, sample.task, id)];
  }
  const bool first = answered_.insert(fmt::format("{}\n{}\n{}", sample.repeat, sample.task, id)).second;
  if (first) {
    sample.text = string_of(known_field(row.input, "raw"));
    if (const auto said = first_text(known_field(known_field(object, "output"), "raw"))) {
      sample.response = said->string();
    } else if (auto last = last_answer(known_field(object, "messages"))) {
      response_ = std::move(*last);
      sample.response = response_;
    }
    if (row.failed && sample.response && sample.response->empty()) sample.response = std::nullopt;
    const auto usage = known_field(object, "token_usage");
    sample.took.tokens_in = count_in(known_field(usage, "input_tokens"));
    sample.took.tokens_out = count_in(known_field(usage, "output_tokens"));
    const auto speed = known_field(object, "performance");
    auto milliseconds = finite(known_field(speed, "latency_ms"));
    if (!milliseconds) milliseconds = finite(known_field(speed, "generation_time_ms"));
    constexpr double kMillisecond = 1e-3;
    if (milliseconds && *milliseconds >= 0) sample.took.seconds = *milliseconds * kMillisecond;
    take_labels(row, sample);
    writer_.add(sample, row.where);
  }
  if (row.failed) return take_error(row, sample);
  const EveryEvalMetric* known = metric(scorer);
  if (known != nullptr) tell_judge(*known, row.where);
  if (known == nullptr && row.scorer.empty() && aggregate_ != nullptr) {
    sink_.note("a score of no metric of the aggregate: perhaps made up by the converter", row.where);
  }
  const JsonValue evaluation = object.field("evaluation");
  const auto score = known_field(evaluation, "score");
  const auto correct = known_field(evaluation, "is_correct");
  if (score && score->kind() == JsonKind::number && std::isfinite(score->number())) {
    writer_.score(sample, scorer, score->number(), row.where);
  } else if (!score && correct && correct->kind() == JsonKind::boolean) {
    writer_.score(sample, scorer, correct->boolean() ? 1 : 0, row.where);
  } else if (!score || score->kind() == JsonKind::number) {
    writer_.error(sample, scorer, "a sample without a score", row.where,
                  known != nullptr && !std::isnan(known->least) ? known->least : 0);
  } else {
    score->reject("a number");
  }
}

/// A sample that failed has a score of 0 in the file, which means nothing. Before schema 0.3, and where it failed
/// before it was scored, the row names no metric: then all of the evaluation are without a score.
void EveryEvalRows::take_error(const Row& row, const Sample& sample) {
  constexpr std::string_view kReason = "a sample failed";
  const auto write = [&](std::string_view scorer, const EveryEvalMetric* known) {
    double lowest = 0;
    if (known != nullptr && !std::isnan(known->least)) lowest = known->least;
    if (known != nullptr && known->lower_is_better == true) lowest = known->most;
    writer_.error(sample, scorer, kReason, row.where, lowest);
  };
  if (!row.scorer.empty()) return write(row.scorer, metric(row.scorer));
  bool written = false;
  if (aggregate_ != nullptr) {
    for (const EveryEvalMetric& one : aggregate_->metrics) {
      if (one.evaluation != row.evaluation) continue;
      tell_judge(one, row.where);
      write(one.id, &one);
      written = true;
    }
  }
  if (!written) write(row.evaluation, nullptr);
}

void EveryEvalRows::take_labels(const Row& row, Sample& sample) {
  if (count_of(row.reference) > 1) return;  // Several right answers.
  const bool of_lm_eval = aggregate_ != nullptr && aggregate_->library.starts_with("lm");
  if (of_lm_eval && row.scorer.empty()) return;  // Likelihoods of whole texts.
  const auto reference = first_text(row.reference);
  if (!reference) return;
  const std::string_view gold = without_blanks(reference->string());
  std::string_view answer = sample.response ? without_blanks(*sample.response) : std::string_view();
  if (const auto attributions = known_field(row.whole, "answer_attribution")) {
    for (const JsonValue one : attributions->elements()) {
      const auto terminal = known_field(one, "is_terminal");
      const auto value = known_field(one, "extracted_value");
      const bool last = !terminal || terminal->kind() != JsonKind::boolean || terminal->boolean();
      if (last && value && value->kind() == JsonKind::string) answer = without_blanks(value->string());
    }
  }
  if (!row.choices) {
    sample.gold = gold;
    if (!row.failed) sample.prediction = answer;
    return;
  }
  const std::size_t count = count_of(row.choices);
  sample.options = static_cast<int>(count);
  // lm-eval names the right choice by its place.
  const std::string_view by_place = letter_at(gold, count);
  const std::string_view by_text = letter_of(row.choices, gold);
  sample.gold = of_lm_eval && !by_place.empty() ? by_place : by_text.empty() ? by_place : by_text;
  const std::string_view letters = kOptionLetters.substr(0, count);
  if (sample.gold.empty() && gold.size() == 1 && letters.find(gold) != std::string_view::npos) sample.gold = gold;
  if (row.failed) return;
  sample.prediction = letter_of(row.choices, answer);
  const bool is_letter = answer.size() == 1 && letters.find(answer) != std::string_view::npos;
  if (sample.prediction.empty() && is_letter) sample.prediction = answer;
}

/// The sample's id; with its hash, if another sample had the id before.
std::string EveryEvalRows::id_of(const Row& row, std::string_view task) {
  const JsonValue field = row.whole.field("sample_id");
  std::string id(field.id());
  const std::string hash(string_of(known_field(row.whole, "sample_hash")));
  if (hash.empty()) return id;
  const auto [known, is_new] = samples_.try_emplace(query_name(task, id), hash);
  if (is_new || known->second == hash) return id;
  sink_.note("another sample with a sample_id that was there: a query of its own, sample_id#hash", row.where);
  constexpr std::size_t kDigits = 8;
  const std::string digits = hash.substr(0, kDigits);
  const bool fits = digits.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  return fmt::format("{}#{}", id, fits ? digits : fmt::format("{:08x}", fnv1a(hash) & 0xFFFFFFFFU));
}

const EveryEvalMetric* EveryEvalRows::metric(std::string_view id) const {
  if (aggregate_ == nullptr) return nullptr;
  for (const EveryEvalMetric& one : aggregate_->metrics) {
    if (one.id == id) return &one;
  }
  return nullptr;
}

void EveryEvalRows::tell_judge(const EveryEvalMetric& metric, const Location& where) {
  if (!told_.insert(metric.id).second) return;
  JudgeRecord judge{.judge = metric.id, .lower_is_better = metric.lower_is_better};
  if (!(metric.least >= metric.most)) {
    judge.least = metric.least;
    judge.most = metric.most;
  }
  sink_.add(judge, where, OnConflict::keep_first);
}

}  // namespace assay::data
