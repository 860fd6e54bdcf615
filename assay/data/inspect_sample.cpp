#include "assay/data/inspect_sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "assay/core/ascii.h"
#include "assay/data/cell_words.h"
#include "assay/data/chat_messages.h"
#include "assay/data/offered_text.h"

namespace assay::data {
namespace {

constexpr double kUnscored = std::numeric_limits<double>::quiet_NaN();
constexpr int kMostEpochs = 1'000'000;
constexpr std::size_t kMostLetters = 26;

std::optional<JsonValue> given(const JsonValue& object, std::string_view key) {
  std::optional<JsonValue> found = object.find(key);
  if (found && found->is_null()) found.reset();
  return found;
}

std::optional<std::string_view> given_text(const JsonValue& object, std::string_view key) {
  const auto found = given(object, key);
  if (!found || found->kind() != JsonKind::string) return {};
  return found->string();
}

bool is_filled(const JsonValue& object, std::string_view key) {
  const auto found = given(object, key);
  return found && (found->kind() == JsonKind::array || found->kind() == JsonKind::object) &&
         !found->parts().empty();
}

std::size_t count_elements(const JsonValue& list) {
  std::size_t count = 0;
  for ([[maybe_unused]] const JsonValue one : list.elements()) ++count;
  return count;
}

/// A message's content: a string, or the text parts of a list, one a line; reasoning, images and the like are left
/// out.
std::string parts_text(const JsonValue& content) {
  if (content.kind() == JsonKind::string) return std::string(content.string());
  std::string text;
  bool first = true;
  for (const JsonValue part : content.elements()) {
    if (given_text(part, "type") != "text") continue;
    if (!first) text += '\n';
    first = false;
    text += given_text(part, "text").value_or("");
  }
  return text;
}

/// The prompt: a string, or messages as "[role] text", one after the other.
std::string input_text(const JsonValue& input) {
  if (input.kind() == JsonKind::string) return std::string(input.string());
  std::string text;
  for (const JsonValue message : input.elements()) {
    if (!text.empty()) text += '\n';
    text += fmt::format("[{}] ", message.field("role").string());
    if (const auto content = given(message, "content")) text += parts_text(*content);
  }
  return text;
}

std::vector<ChatMessage> input_messages(const JsonValue& input, RecordSink& notes) {
  if (input.kind() != JsonKind::array) return {};
  LoggedChat chat;
  for (const JsonValue message : input.elements()) chat.add(message);
  return chat.messages(notes, input.where());
}

/// What the model answered; nothing if it came to no answer. Older logs have no `completion`.
std::optional<std::string> response_text(const JsonValue& sample, bool failed) {
  const auto output = given(sample, "output");
  const bool answered = output && is_filled(*output, "choices");
  if (!answered && failed) return {};
  if (!output) return std::string();
  if (const auto completion = given_text(*output, "completion")) return std::string(*completion);
  if (!answered) return std::string();
  const JsonValue choice = *output->field("choices").elements().begin();
  const auto message = given(choice, "message");
  const auto content = message ? given(*message, "content") : std::nullopt;
  return content ? parts_text(*content) : std::string();
}

/// The right answer; of several right letters "A, C", as the scorer writes them; empty where any of several answers
/// is right.
std::string gold_text(const JsonValue& target, bool choices) {
  if (target.kind() == JsonKind::string) return std::string(target.string());
  std::string text;
  std::size_t count = 0;
  for (const JsonValue one : target.elements()) {
    if (count++ > 0) text += ", ";
    text += one.string();
  }
  return count == 1 || choices ? text : std::string();
}

/// What the scorers that extract an answer say; those that give back the response, or a part of it, do not count.
std::string_view predicted(const JsonValue& scores) {
  for (const std::string_view scorer : {"choice", "answer", "pattern"}) {
    const auto score = given(scores, scorer);
    if (!score || score->kind() != JsonKind::object) continue;
    if (const auto answer = given_text(*score, "answer")) return *answer;
  }
  return {};
}

std::optional<std::int64_t> count_of(const JsonValue& usage, std::string_view key, double scale = 1) {
  constexpr double kMost = 1e15;
  const auto value = given(usage, key);
  if (!value || value->kind() != JsonKind::number) return {};
  const double number = value->number() * scale;
  if (!(number >= 0 && number <= kMost)) return {};
  return std::llround(number);
}

std::optional<double> duration_of(const JsonValue& object, std::string_view key) {
  const auto value = given(object, key);
  if (!value || value->kind() != JsonKind::number) return {};
  if (!std::isfinite(value->number()) || value->number() < 0) return {};
  return value->number();
}

/// What the answer took of the model itself: graders and other models are in `model_usage` too.
AnswerCost cost_of(const JsonValue& sample, std::string_view model) {
  const auto output = given(sample, "output");
  const auto last_call = output ? given(*output, "usage") : std::nullopt;
  const auto by_model = given(sample, "model_usage");
  auto usage = by_model ? given(*by_model, model) : std::nullopt;
  if (!usage) usage = last_call;
  AnswerCost took;
  if (usage) {
    constexpr double kMicro = 1e6;
    took.tokens_in = count_of(*usage, "input_tokens");
    took.tokens_out = count_of(*usage, "output_tokens");
    took.cost = count_of(*usage, "total_cost", kMicro);
  }
  // An answer of several calls took longer than the last of them.
  const bool one_call =
      usage && last_call && count_of(*usage, "total_tokens") == count_of(*last_call, "total_tokens");
  if (one_call) took.seconds = duration_of(*output, "time");
  if (!took.seconds) took.seconds = duration_of(sample, "working_time");
  return took;
}

/// "ValueError" of "ValueError('no such file')".
std::string_view exception_name(std::string_view message) {
  constexpr std::size_t kLongest = 60;
  const auto end = std::find_if_not(message.begin(), message.end(), [](char c) {
    return is_ascii_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
  const auto length = static_cast<std::size_t>(end - message.begin());
  return length <= kLongest && end != message.end() && *end == '(' ? message.substr(0, length) : std::string_view();
}

/// A reason in constant words ("grader_failed"); texts of people are none.
bool is_code(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  return !text.empty() && text.size() <= kLongest &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789") == std::string_view::npos;
}

/// The number that Inspect takes a text for; `grade`: right or wrong, in any spelling. Nothing: a label.
struct ScoreText {
  double value = kUnscored;
  bool grade = false;
};
std::optional<ScoreText> score_text(std::string_view text) {
  if (text == "C") return ScoreText{1, true};
  if (text == "P") return ScoreText{0.5, true};
  if (text == "I" || text == "N") return ScoreText{0, true};
  std::string word(without_blanks(text));
  for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 'a' - 'A') : c;
  if (word == "yes" || word == "true") return ScoreText{1, true};
  if (word == "no" || word == "false") return ScoreText{0, true};
  std::string_view digits = word;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  double value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || stop != end || digits.empty()) return {};
  return ScoreText{value, false};
}

}  // namespace

void InspectSamples::begin(const InspectHead& head, const std::string& path) {
  head_ = &head;
  path_ = path;
  only_scorer_ = head.scorers.empty() ? "score" : head.scorers.front();
  const Location where{path_, 0};
  const std::size_t slash = head.model.find('/');
  if (slash != std::string::npos && slash > 0) {
    const std::string_view model = head.model;
    sink_.add(ModelRecord{.model = model, .provider = model.substr(0, slash)}, where, OnConflict::keep_first);
  }
  if (head.status != "success") {
    sink_.note(fmt::format("a run that ended with status {}: what it finished counts", quoted(head.status)), where);
  }
  for (const auto& [scorer, grader] : head.graders) {
    sink_.note(fmt::format("judge {} is the model {}", quoted(scorer), quoted(grader)), where);
  }
}

void InspectSamples::take(const JsonValue& row) {
  ++samples_;
  const auto scores = given(row, "scores");
  const auto only_score = given(row, "score");
  const auto choices = given(row, "choices");
  const bool failed = given(row, "error").has_value();
  const std::size_t options = choices ? count_elements(*choices) : 0;

  OfferedText text{input_text(row.field("input")), 0};
  std::vector<ChatMessage> chat = input_messages(row.field("input"), sink_);
  if (options > 0 && options <= kMostLetters) {
    text = with_options(text.text, *choices);
    if (!chat.empty()) chat.back().content = with_options(chat.back().content, *choices).text;
  }
  const std::string messages = messages_json(chat, text.text);
  const std::optional<std::string> response = response_text(row, failed);
  const auto target = given(row, "target");
  const std::string gold = target ? gold_text(*target, options > 0) : std::string();
  Sample sample{.task = head_->task,
                .id = row.field("id").id(),
                .model = head_->model,
                .repeat = row.field("epoch").integer(1, kMostEpochs),
                .text = text.text,
                .messages = messages,
                .options = text.options,
                .gold = gold,
                .took = cost_of(row, head_->model)};
  if (response) sample.response = *response;
  if (scores) sample.prediction = predicted(*scores);
  writer_.add(sample, row.where());

  if (given(row, "invalidation")) sink_.note("an invalidated sample: its scores count", row.where());
  if (scores) take_scores(sample, *scores);
  if (only_score && !scores) take_value(sample, only_scorer_, only_score->field("value"), *only_score);
  take_failed(sample, row, only_score || (scores && !scores->parts().empty()));
}

void InspectSamples::take_scores(const Sample& sample, const JsonValue& scores) {
  for (const JsonValue score : scores.parts()) {
    if (score.key().empty()) score.reject("the name of a scorer");
    if (score.is_null()) continue;
    if (is_filled(score, "history")) sink_.note("a score that was edited: the last value counts", score.where());
    take_value(sample, std::string(score.key()), score.field("value"), score);
  }
}

/// A value may be an object or a list of values: each is a judge of its own.
void InspectSamples::take_value(const Sample& sample, const std::string& judge, const JsonValue& value,
                                const JsonValue& score) {
  std::size_t place = 0;
  switch (value.kind()) {
    case JsonKind::null: return;
    case JsonKind::number: return put_score(sample, judge, value.number(), false, score);
    case JsonKind::boolean: return put_score(sample, judge, value.boolean() ? 1 : 0, true, score);
    case JsonKind::string: {
      const std::optional<ScoreText> text = score_text(value.string());
      if (!text) return sink_.drop("a score that is a text and no number", value.where());
      return put_score(sample, judge, text->value, text->grade, score);
    }
    case JsonKind::object:
      for (const JsonValue part : value.parts()) {
        take_value(sample, fmt::format("{}/{}", judge, part.key()), part, score);
      }
      return;
    case JsonKind::array:
      for (const JsonValue part : value.parts())
        take_value(sample, fmt::format("{}/{}", judge, place++), part, score);
      return;
  }
}

void InspectSamples::put_score(const Sample& sample, const std::string& judge, double value, bool grade,
                               const JsonValue& score) {
  judges_.insert(judge);
  const bool is_number = std::isfinite(value);
  if (is_number) {
    grades_only_.try_emplace(judge, true).first->second &= grade;
  } else {
    const std::string_view reason = given_text(score, "reason").value_or("");
    sink_.note(is_code(reason) ? fmt::format("the scorer gave no score ({})", reason) : "the scorer gave no score",
               score.where());
  }
  writer_.score(sample, judge, is_number ? value : kUnscored, score.where());
}

void InspectSamples::take_failed(const Sample& sample, const JsonValue& row, bool scored) {
  const auto error = given(row, "error");
  if (!error) {
    if (!scored) sink_.note("a sample without scores", row.where());
    return;
  }
  if (scored) return sink_.note("a sample that failed and was scored: the scores count", row.where());
  const std::string_view message =
      error->kind() == JsonKind::string ? error->string() : given_text(*error, "message").value_or("");
  const std::string_view name = exception_name(message);
  const std::string reason = name == "CancelledError" ? "the sample was cancelled"
                             : name.empty()           ? "the sample failed"
                                                      : fmt::format("the sample failed ({})", name);
  const Location where = row.where();
  failed_.push_back({std::string(sample.id), sample.repeat, reason, std::string(where.path), where.line});
}

void InspectSamples::end() {
  if (samples_ == 0) sink_.drop("a log without samples", {path_, 0});
  if (judges_.empty()) judges_.insert(head_->scorers.begin(), head_->scorers.end());
  for (const Failed& one : failed_) {
    const Location where{one.path, one.line};
    const Sample sample{.task = head_->task, .id = one.id, .model = head_->model, .repeat = one.repeat};
    if (judges_.empty()) sink_.note(one.reason, where);
    for (const std::string& judge : judges_) writer_.error(sample, judge, one.reason, where);
  }
  all_samples_ += samples_;
  samples_ = 0;
  failed_.clear();
  judges_.clear();
}

std::size_t InspectSamples::tell_judges() {
  for (const auto& [judge, grades_only] : grades_only_) {
    if (!grades_only) continue;
    const JudgeRecord record{.judge = judge, .lower_is_better = false, .least = 0, .most = 1};
    sink_.add(record, {path_, 0}, OnConflict::keep_first);
  }
  return all_samples_;
}

}  // namespace assay::data
