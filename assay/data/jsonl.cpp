#include "assay/data/jsonl.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/data/battle_table.h"
#include "assay/data/battles.h"
#include "assay/data/cell_words.h"
#include "assay/data/chat_messages.h"
#include "assay/data/field_values.h"
#include "assay/data/file_list.h"
#include "assay/data/json_reader.h"
#include "assay/data/offered_text.h"
#include "assay/data/own_json.h"
#include "assay/data/prompt_rows.h"
#include "assay/data/reference_answers.h"
#include "assay/data/wide_json.h"

namespace assay::data {
namespace {

constexpr int kMaxCount = 1'000'000;  // of turns and of repeats
constexpr double kMicroDollars = 1e6;
constexpr double kHighestPrice = 1e6;     // dollars per million tokens
constexpr double kMostTokensOfOne = 1e9;  // of one response
constexpr double kMostSeconds = 1e7;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Context {
  const FormatOptions& options;
  RecordSink& sink;
  bool baseline_told = false;
};

std::string_view name_or(const JsonValue& row, std::string_view key, std::string_view otherwise) {
  const auto value = row.find(key);
  return value ? value->name() : otherwise;
}

int count_or_1(const JsonValue& row, std::string_view key) {
  const auto value = row.find(key);
  return value ? value->integer(1, kMaxCount) : 1;
}

std::string_view judge_of(const JsonValue& row, const FormatOptions& options) {
  return name_or(row, "judge", options.judge.empty() ? std::string_view("jsonl") : options.judge);
}

double verdict_value(const JsonValue& verdict, RecordSink& sink) {
  if (verdict.is_null()) return kNone;
  if (verdict.kind() == JsonKind::string) {
    if (const auto outcome = outcome_word(without_blanks(verdict.string()))) {
      if (outcome->both_bad) sink.note(kBothBadNote, verdict.where());
      return outcome->value;
    }
  }
  const bool in_range = verdict.kind() == JsonKind::number && verdict.number() >= 0 && verdict.number() <= 1;
  if (!in_range) {
    verdict.reject("\"win\", \"draw\", \"loss\", \"tie\", \"both_bad\", null or a number from 0 to 1");
  }
  return verdict.number();
}

/// A number, or right and wrong as words or as JSON has them; null: none.
double jsonl_score(const JsonValue& score) {
  if (score.is_null()) return kNone;
  if (score.kind() == JsonKind::boolean) return score.boolean() ? 1 : 0;
  if (score.kind() == JsonKind::string) {
    if (const auto truth = truth_word(without_blanks(score.string()))) return *truth;
  }
  return score.number();
}

std::vector<QueryWeight> weights_in(const JsonValue& object) {
  if (object.kind() != JsonKind::object) object.reject("an object of names and numbers");
  std::vector<QueryWeight> weights;
  for (const JsonValue part : object.parts()) {
    if (part.kind() != JsonKind::number || part.number() < 0) part.reject("a weight from 0 on");
    weights.push_back({part.key(), part.number()});
  }
  return weights;
}

void take_weights(const JsonValue& row, Context& to) {
  const std::vector<QueryWeight> weights = weights_in(row.field("weights"));
  QueryRecord record;
  record.query = row.field("query").id();
  record.weights = weights;
  to.sink.add(record, row.where(), OnConflict::fail);
}

std::vector<ChatMessage> messages_in(const JsonValue& row) {
  const auto list = known_field(row, "messages");
  if (!list) return {};
  SentChat chat = sent_chat(*list);
  if (chat.answer) list->reject("a message of the user at the end");
  return std::move(chat.messages);
}

void take_prompt(const JsonValue& row, Context& to) {
  const auto task = row.find("task");
  const auto options = row.find("options");
  OfferedText offered{std::string(row.field("prompt").string()), 0};
  std::vector<ChatMessage> chat = messages_in(row);
  // A number tells how many the prompt offers itself.
  if (options && options->kind() == JsonKind::number) {
    offered.options = options->integer(1, kMaxCount);
  } else if (options) {
    offered = with_options(offered.text, *options);
    if (!chat.empty()) chat.back().content = with_options(chat.back().content, *options).text;
  }
  const std::string messages = messages_json(chat, offered.text);
  std::vector<QueryWeight> weights;
  if (const auto given = row.find("weights")) weights = weights_in(*given);
  const QueryRecord record{.query = row.field("query").id(),
                           .turn = count_or_1(row, "turn"),
                           .text = offered.text,
                           .task = task ? task->string() : "",
                           .options = offered.options,
                           .weights = weights,
                           .messages = messages};
  to.sink.add(record, row.where(), OnConflict::fail);
  if (const auto reference = row.find("reference")) {
    add_reference(record.query, text_of(*reference), reference->where(), to.sink);
  }
}

/// A published multiple-choice question (MMLU-Pro and its like): prompt, options, task and true label in one line.
void take_question(const JsonValue& row, Context& to) {
  const std::string_view query = row.field("question_id").id();
  const auto category = row.find("category");
  const OfferedText offered = with_options(row.field("question").string(), row.field("options"));
  to.sink.add(QueryRecord{query, 1, offered.text, category ? category->string() : "", offered.options}, row.where(),
              OnConflict::fail);
  const auto answer = row.find("answer");
  const auto place = row.find("answer_index");
  if (place) {
    const int at = place->integer(0, offered.options - 1);
    const std::string letter(1, static_cast<char>('A' + at));
    if (answer && answer->string() != letter) {
      answer->reject(fmt::format("{} as answer_index says", quoted(letter)));
    }
    to.sink.add(LabelRecord{query, {}, letter}, row.where(), OnConflict::fail);
  } else if (answer) {
    to.sink.add(LabelRecord{query, {}, answer->name()}, row.where(), OnConflict::fail);
  }
}

void take_facts(const JsonValue& row, Context& to) {
  ModelRecord record;
  record.model = row.field("model").name();
  if (const auto parameters = row.find("parameters")) {
    record.parameters = parameters->number();
    if (record.parameters <= 0) parameters->reject("a positive number");
  }
  if (const auto price = row.find("price")) {
    if (!(price->number() >= 0 && price->number() <= kHighestPrice)) {
      price->reject(fmt::format("dollars per million tokens from 0 to {}", kHighestPrice));
    }
    record.price = std::llround(price->number() * kMicroDollars);
  }
  if (const auto provider = row.find("provider")) record.provider = provider->name();
  to.sink.add(record, row.where(), OnConflict::fail);
}

void take_judge(const JsonValue& row, Context& to) {
  JudgeRecord record;
  record.judge = row.field("judge").name();
  if (const auto lower = row.find("lower_is_better")) record.lower_is_better = lower->boolean();
  if (const auto least = row.find("least")) record.least = least->number();
  if (const auto most = row.find("most")) record.most = most->number();
  to.sink.add(record, row.where(), OnConflict::fail);
}

void take_baseline(const JsonValue& row, Context& to) {
  to.sink.baseline(row.field("baseline").name(), row.where());
}

void take_response(const JsonValue& row, Context& to) {
  ResponseRecord record{row.field("query").id(), row.field("model").name(), count_or_1(row, "turn"),
                        row.field("response").string()};
  const auto number = [&](const char* key, double highest) -> std::optional<double> {
    const auto value = row.find(key);
    if (!value || value->is_null()) return std::nullopt;
    if (!(value->number() >= 0 && value->number() <= highest)) {
      value->reject(fmt::format("a number from 0 to {}", highest));
    }
    return value->number();
  };
  const auto count = [](std::optional<double> value) {
    return value ? std::optional<std::int64_t>(std::llround(*value)) : std::nullopt;
  };
  record.took.tokens_in = count(number("tokens_in", kMostTokensOfOne));
  record.took.tokens_out = count(number("tokens_out", kMostTokensOfOne));
  if (const auto dollars = number("cost", kHighestPrice)) record.took.cost = std::llround(*dollars * kMicroDollars);
  record.took.seconds = number("seconds", kMostSeconds);
  to.sink.add(record, row.where(), OnConflict::fail);
}

void tell_baseline(std::string_view model, const JsonValue& row, Context& to) {
  if (!to.baseline_told) to.sink.baseline(model, row.where());
  to.baseline_told = true;
}

void take_verdict(const JsonValue& row, Context& to) {
  const std::string_view fallback =
      to.options.baseline.empty() ? std::string_view("baseline") : to.options.baseline;
  if (!row.find("opponent")) tell_baseline(fallback, row, to);
  const auto verdict = row.find("verdict");
  const VerdictRecord record{
      row.field("query").id(),   row.field("model").name(), name_or(row, "opponent", fallback),
      judge_of(row, to.options), count_or_1(row, "turn"),   verdict ? verdict_value(*verdict, to.sink) : kNone};
  to.sink.add(record, row.where(), OnConflict::fail);
}

void take_score(const JsonValue& row, Context& to) {
  if (!to.options.baseline.empty()) tell_baseline(to.options.baseline, row, to);
  const auto score = row.find("score");
  const ScoreRecord record{row.field("query").id(), row.field("model").name(), judge_of(row, to.options),
                           count_or_1(row, "turn"), count_or_1(row, "repeat"), score ? jsonl_score(*score) : kNone};
  to.sink.add(record, row.where(), OnConflict::fail);
}

/// The two ways to name a response and its judge in a line with several scores: ours, and that of a published file.
struct ScoredNames {
  std::string_view query;
  std::string_view model;
  std::string judge;
};

ScoredNames names_of(const JsonValue& row, const FormatOptions& options) {
  if (!row.find("item")) {
    for (const char* published : {"system_id", "config", "attribute"}) {
      if (row.find(published))
        throw DataError(row.where(), "expected item beside " + std::string(published) + ", came none");
    }
    return {row.field("query").id(), row.field("model").name(), std::string(judge_of(row, options))};
  }
  for (const char* ours : {"query", "model", "judge"}) {
    if (row.find(ours)) {
      throw DataError(row.where(), std::string("expected query, model and judge, or item, system_id, config and "
                                               "attribute, came item and ") +
                                       ours);
    }
  }
  const std::string config(row.field("config").name());
  return {row.field("item").id(), row.field("system_id").name(),
          config + "/" + std::string(row.field("attribute").name())};
}

/// Who stands for people beside this judge: people are asked by criterion, as the judge is.
std::string human_beside(const std::string& judge) {
  const std::size_t slash = judge.rfind('/');
  return slash == std::string::npos ? "human" : "human" + judge.substr(slash);
}

void take_scores(const JsonValue& row, Context& to) {
  if (!to.options.baseline.empty()) tell_baseline(to.options.baseline, row, to);
  const ScoredNames names = names_of(row, to.options);
  const int turn = count_or_1(row, "turn");
  const JsonValue list = row.field("scores");
  if (list.kind() != JsonKind::array || list.parts().begin() == list.parts().end()) {
    list.reject("a list with a score at least");
  }
  int repeat = 0;
  for (const JsonValue score : list.parts()) {
    const double value = jsonl_score(score);
    to.sink.add(ScoreRecord{names.query, names.model, names.judge, turn, ++repeat, value}, score.where(),
                OnConflict::fail);
  }
  const auto human = row.find("human");
  if (!human || human->is_null()) return;
  to.sink.add(ScoreRecord{names.query, names.model, human_beside(names.judge), turn, 1, human->number()},
              human->where(), OnConflict::fail);
}

void take_label(const JsonValue& row, Context& to) {
  const auto label = row.find("label");
  LabelRecord record{row.field("query").id(), name_or(row, "model", ""), std::nullopt};
  if (label && !label->is_null()) record.label = without_blanks(label->string());
  to.sink.add(record, row.where(), OnConflict::fail);
}

/// A kind of record: the key that tells it, what takes it, and the other keys that it may have.
struct Kind {
  std::string_view key;
  void (*take)(const JsonValue& row, Context& to);
  std::vector<std::string_view> others;
};

const std::array<Kind, 15>& kinds() {
  static const std::array<Kind, 15> kKinds = {{
      {"prompt", take_prompt, {"query", "turn", "task", "options", "weights", "reference", "messages"}},
      {"response", take_response, {"query", "model", "turn", "tokens_in", "tokens_out", "cost", "seconds"}},
      {"verdict", take_verdict, {"query", "model", "opponent", "judge", "turn"}},
      {"score", take_score, {"query", "model", "judge", "turn", "repeat"}},
      {"scores",
       take_scores,
       {"query", "model", "judge", "turn", "human", "item", "system_id", "config", "attribute"}},
      {"label", take_label, {"query", "model"}},
      {"question",
       take_question,
       {"question_id", "options", "answer", "answer_index", "category", "src", "cot_content"}},
      {"parameters", take_facts, {"model", "price", "provider"}},
      {"price", take_facts, {"model", "provider"}},
      {"provider", take_facts, {"model"}},
      {"lower_is_better", take_judge, {"judge", "least", "most"}},
      {"least", take_judge, {"judge", "most"}},
      {"most", take_judge, {"judge"}},
      {"baseline", take_baseline, {}},
      {"weights", take_weights, {"query"}},
  }};
  return kKinds;
}

/// Rows of tables, where null and absent are one, tell by the key `record` what they are about: a name, and the key
/// of the kind.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kRecords = {{{"prompt", "prompt"},
                                                                                    {"response", "response"},
                                                                                    {"label", "label"},
                                                                                    {"verdict", "verdict"},
                                                                                    {"score", "score"},
                                                                                    {"model", "parameters"},
                                                                                    {"judge", "lower_is_better"},
                                                                                    {"baseline", "baseline"}}};

/// nullptr: the row does not tell.
const Kind* told_kind(const JsonValue& row) {
  const auto record = row.find("record");
  if (!record || record->kind() != JsonKind::string) return nullptr;
  for (const auto& [name, key] : kRecords) {
    if (record->string() != name) continue;
    return &*std::ranges::find(kinds(), key, &Kind::key);
  }
  return nullptr;
}

std::string all_keys() {
  std::vector<std::string_view> keys;
  for (const Kind& kind : kinds()) keys.push_back(kind.key);
  return fmt::format("{}", fmt::join(keys, ", "));
}

bool has(const std::vector<std::string_view>& keys, std::string_view key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

const Kind& kind_of(const JsonValue& row) {
  const Kind* found = nullptr;
  for (const Kind& kind : kinds()) {
    if (!row.find(kind.key)) continue;
    if (found != nullptr && has(found->others, kind.key)) continue;
    if (found != nullptr) {
      throw DataError(row.where(),
                      fmt::format("expected one of {} a line, came {} and {}", all_keys(), found->key, kind.key));
    }
    found = &kind;
  }
  if (found == nullptr)
    throw DataError(row.where(), fmt::format("expected one of {} a line, came none of them", all_keys()));
  return *found;
}

/// A misspelt key would be lost without a word.
void check_keys(const JsonValue& row, const Kind& kind, const FormatOptions& options) {
  std::vector<std::string> unknown;
  for (const JsonValue part : row.parts()) {
    if (part.key() == kind.key || has(kind.others, part.key())) continue;
    if (part.key() == "record" && told_kind(row) != nullptr) continue;
    if (std::ranges::find(options.ignore, part.key()) != options.ignore.end()) continue;
    unknown.push_back(quoted(part.key()));
  }
  if (unknown.empty()) return;
  throw DataError(row.where(),
                  fmt::format("expected the keys {} and {} only, came {}; pass over with `ignore` what "
                              "is of no use",
                              kind.key, fmt::join(kind.others, ", "), fmt::join(unknown, ", ")));
}

/// By another name than the format's own, which is `reference`.
bool has_right_answer(const JsonValue& row) {
  for (const JsonValue part : row.parts()) {
    const bool own = part.key() == "reference";
    if (!own && (usual_role(part.key()) == OwnRole::gold || part.key() == "answer")) return true;
  }
  return false;
}

/// Rows of this format have a `query` and one thing that is said of it. Others are read by the usual names.
bool is_own_row(const JsonValue& row) {
  if (row.find("question") && row.find("options")) return false;
  const auto prompt = row.find("prompt");
  const int said = (prompt ? 1 : 0) + (row.find("response") ? 1 : 0) + (row.find("score") ? 1 : 0);
  for (const char* ours : {"verdict", "scores", "label", "weights", "parameters", "price"}) {
    if (row.find(ours) && (said == 0 || row.find("query"))) return false;
  }
  if (!row.find("query") || said != 1) return true;
  if (prompt && has_right_answer(row)) return true;
  return prompt ? prompt->kind() != JsonKind::string : !row.find("model");
}

}  // namespace

void read_jsonl_file(ByteSource& source, const FormatOptions& options, RecordSink& sink) {
  OwnRowWriter writer(options, sink);
  read_jsonl_file(source, '{', writer);
}

void read_jsonl_file(ByteSource& source, char begin, OwnRowWriter& writer) {
  const FormatOptions& options = writer.options();
  Context to{options, writer.sink()};
  OwnJsonRows own(writer, source.columns());
  std::optional<PromptRows> prompts;
  if (!options.prompt.empty()) prompts.emplace(writer);
  WideJsonRows wide(writer);
  std::size_t number = 0;
  const auto take = [&](const JsonValue& row) {
    ++number;
    if (prompts) return prompts->take(row);
    if (is_battle(row)) {
      take_battle(row, number, options, to.sink);
      return;
    }
    const Kind* told = told_kind(row);
    if (told == nullptr && (wide.take(row) || (is_own_row(row) && own.take(row)))) return;
    const Kind& kind = told != nullptr ? *told : kind_of(row);
    check_keys(row, kind, options);
    kind.take(row, to);
  };
  std::vector<char> buffer;
  if (begin != '[') return read_json_lines(source, &to.sink, take);
  read_json_array(source, buffer, &to.sink, take);
}

void read_jsonl(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                const Progress& progress) {
  for (const std::string& path : paths) require_file(path);
  ReadMeter meter(total_size(paths), progress);
  OwnRowWriter writer(options, sink);
  for (const std::string& path : paths) {
    const char begin = first_character(*open_source(path, nullptr));
    read_jsonl_file(*open_source(path, &meter), begin, writer);
  }
}

}  // namespace assay::data
