#include "assay/data/battle_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <vector>

#include "assay/core/ascii.h"
#include "assay/core/error.h"
#include "assay/data/alpaca_eval.h"
#include "assay/data/cell_words.h"
#include "assay/data/file_list.h"

namespace assay::data {
namespace {

constexpr std::string_view kBattleJudge = "battles";
/// In the published arena files each vote has a judge of its own, "arena_user_" and a number.
constexpr std::string_view kArenaUser = "arena_user";

/// What the two sides are called, as keys or columns.
struct Sides {
  std::string_view first;
  std::string_view second;
};
constexpr std::array kSides = {Sides{"left", "right"}, Sides{"model_a", "model_b"}, Sides{"model_1", "model_2"}};
constexpr std::array<std::string_view, 5> kIds = {"query", "query_id", "question_id", "id", "item"};

struct Battle {
  std::string query;  ///< Empty: the prompt's, or the row's own.
  std::string_view first;
  std::string_view second;
  std::string_view judge;
  std::string_view prompt;
  std::string_view task;
};

/// Of the first side, or nothing if the word is none of those that tell a side.
std::optional<OutcomeWord> side_word(std::string_view winner) {
  const std::string word = ascii_lower(winner);
  if (word == "left" || word == "model_a" || word == "model_1" || word == "a") return OutcomeWord{1};
  if (word == "right" || word == "model_b" || word == "model_2" || word == "b") return OutcomeWord{0};
  const std::optional<OutcomeWord> outcome = outcome_word(word);
  return outcome && outcome->value == 0.5 && word != "d" ? outcome : std::nullopt;
}

OutcomeWord outcome_of_winner(std::string_view winner, const Battle& battle, const Location& where) {
  const std::optional<OutcomeWord> word = side_word(winner);
  std::optional<OutcomeWord> named;
  if (winner == battle.first) named = OutcomeWord{1};
  if (winner == battle.second) named = OutcomeWord{0};
  if (word && named && word->value != named->value) {
    throw DataError(where,
                    fmt::format("expected a winner that can be told, came {}, a model's name and a side or a "
                                "tie as well",
                                quoted(winner)));
  }
  if (word) return *word;
  if (named) return *named;
  throw DataError(where,
                  fmt::format("expected a winner (left, right, model_a, model_b, tie, both_bad or one of the "
                              "two models), came {}",
                              quoted(winner)));
}

std::string_view judge_name(std::string_view of_row, const FormatOptions& options) {
  if (!options.judge.empty()) return options.judge;
  if (of_row.starts_with(kArenaUser)) return kArenaUser;
  return of_row.empty() ? kBattleJudge : of_row;
}

/// The id of a battle that has none: the same prompt is the same query; without a prompt it is one of its own.
std::string query_of(const Battle& battle, std::size_t number, const Location& where) {
  if (!battle.query.empty()) return battle.query;
  if (!battle.prompt.empty()) return instruction_id(battle.prompt);
  return fmt::format("{}:{}", file_name(std::string(where.path)), number);
}

/// `value`: of the first side; NaN: nobody said.
void add_battle(const Battle& battle, const std::string& query, double value, const Location& where,
                const FormatOptions& options, RecordSink& sink) {
  if (!battle.prompt.empty() || !battle.task.empty()) {
    sink.add(QueryRecord{query, 1, battle.prompt, battle.task}, where, OnConflict::fail);
  }
  sink.add(VerdictRecord{query, battle.first, battle.second, judge_name(battle.judge, options), 1, value}, where,
           OnConflict::fail);
}

std::size_t find_column(std::span<const std::string> header, std::string_view name) {
  const auto at = std::find_if(header.begin(), header.end(), [&](const std::string& field) {
    return ascii_lower(without_blanks(field)) == ascii_lower(name);
  });
  return static_cast<std::size_t>(at - header.begin());
}

const Sides* sides_of(std::span<const std::string> header) {
  for (const Sides& sides : kSides) {
    if (find_column(header, sides.first) < header.size() && find_column(header, sides.second) < header.size()) {
      return &sides;
    }
  }
  return nullptr;
}

const Sides* sides_of(const JsonValue& row) {
  for (const Sides& sides : kSides) {
    if (row.find(sides.first) && row.find(sides.second)) return &sides;
  }
  return nullptr;
}

class BattleTable {
 public:
  BattleTable(CsvRecords& records, const FormatOptions& options, RecordSink& sink)
      : records_(records), options_(options), sink_(sink) {
    const std::span<const std::string> header = records.fields();
    width_ = header.size();
    const Sides* sides = sides_of(header);
    first_ = find_column(header, sides->first);
    second_ = find_column(header, sides->second);
    winner_ = find_column(header, "winner");
    prompt_ = find_column(header, "prompt");
    judge_ = find_column(header, "judge");
    task_ = find_column(header, options.task.empty() ? "task" : options.task);
    id_ = width_;
    for (const std::string_view name : kIds) {
      if (id_ == width_) id_ = find_column(header, name);
    }
    check_header(header);
  }

  void read() {
    std::size_t rows = 0;
    while (records_.next()) read_row(++rows);
    if (rows == 0) reject(records_.line() + 1, "expected rows after the header, came the end of the file");
  }

 private:
  void check_header(std::span<const std::string> header) {
    if (!options_.gold.empty() || !options_.weights.empty()) {
      throw InvalidArgument("a table of battles takes no `gold` and no `weights`");
    }
    if (!options_.task.empty() && task_ == width_) {
      reject(records_.line(), fmt::format("expected a column called {}, came none", quoted(options_.task)));
    }
    const std::array known = {first_, second_, winner_, prompt_, judge_, task_, id_};
    for (std::size_t i = 0; i < width_; ++i) {
      const std::string name(without_blanks(header[i]));
      for (std::size_t j = 0; j < i; ++j) {
        if (without_blanks(header[j]) == name)
          reject(records_.line(), "expected different columns, came two called " + quoted(name));
      }
      if (std::find(known.begin(), known.end(), i) != known.end()) continue;
      if (std::find(options_.ignore.begin(), options_.ignore.end(), name) != options_.ignore.end()) continue;
      sink_.note(fmt::format("column {}: passed over", quoted(name)), {records_.path(), records_.line()});
    }
  }

  std::string_view cell(std::size_t column) const {
    return column < width_ ? without_blanks(records_.fields()[column]) : std::string_view();
  }

  void read_row(std::size_t number) {
    const Location where{records_.path(), records_.line()};
    if (records_.fields().size() != width_) {
      reject(where.line,
             fmt::format("expected {} fields as in the header, came {}", width_, records_.fields().size()));
    }
    // A prompt keeps its blanks: they are part of the text.
    const std::string_view prompt = prompt_ < width_ ? std::string_view(records_.fields()[prompt_]) : "";
    const Battle battle{std::string(cell(id_)), cell(first_), cell(second_), cell(judge_), prompt, cell(task_)};
    if (battle.first.empty() || battle.second.empty())
      reject(where.line, "expected two models, came an empty field");
    if (battle.first == battle.second) {
      sink_.drop("a model against itself", where);
      return;
    }
    if (cell(winner_).empty()) {
      sink_.drop("no winner", where);
      return;
    }
    const OutcomeWord outcome = outcome_of_winner(cell(winner_), battle, where);
    add_battle(battle, query_of(battle, number, where), outcome.value, where, options_, sink_);
    if (outcome.both_bad) sink_.note(kBothBadNote, where);
  }

  [[noreturn]] void reject(std::size_t line, std::string_view what) const {
    throw DataError({records_.path(), line}, what);
  }

  CsvRecords& records_;
  const FormatOptions& options_;
  RecordSink& sink_;
  std::size_t width_ = 0;
  // Columns; `width_` where there is none.
  std::size_t first_ = 0, second_ = 0, winner_ = 0, prompt_ = 0, judge_ = 0, task_ = 0, id_ = 0;
};

std::string_view text_or_nothing(const JsonValue& row, std::string_view key) {
  const auto value = row.find(key);
  return value && value->kind() == JsonKind::string ? value->string() : std::string_view();
}

/// Of a message's content: a string, or parts of which one has the text.
std::string_view content_text(const JsonValue& message) {
  const auto content = message.find("content");
  if (!content) return {};
  if (content->kind() == JsonKind::string) return content->string();
  if (content->kind() != JsonKind::array) return {};
  for (const JsonValue part : content->elements()) {
    if (part.kind() == JsonKind::object) return text_or_nothing(part, "text");
  }
  return {};
}

/// Texts of one role in a conversation, in order; none if there is no such conversation.
std::vector<std::string_view> texts_of(const JsonValue& row, std::string_view key, std::string_view role) {
  std::vector<std::string_view> texts;
  const auto conversation = row.find(key);
  if (!conversation || conversation->kind() != JsonKind::array) return texts;
  for (const JsonValue message : conversation->elements()) {
    if (message.kind() == JsonKind::object && text_or_nothing(message, "role") == role) {
      texts.push_back(content_text(message));
    }
  }
  return texts;
}

void add_responses(const JsonValue& row, char side, std::string_view model, const std::string& query,
                   const Location& where, RecordSink& sink) {
  const std::string_view response = text_or_nothing(row, std::string("response_") + side);
  std::vector<std::string_view> texts = texts_of(row, std::string("conversation_") + side, "assistant");
  if (texts.empty() && !response.empty()) texts.push_back(response);
  int turn = 0;
  // A model may have been asked the same again: the first answer stands, the others are counted.
  for (const std::string_view text : texts) {
    sink.add(ResponseRecord{query, model, ++turn, text}, where, OnConflict::keep_first);
  }
}

}  // namespace

bool is_battle_header(std::span<const std::string> header) {
  return sides_of(header) != nullptr && find_column(header, "winner") < header.size();
}

void read_battle_table(CsvRecords& records, const FormatOptions& options, RecordSink& sink) {
  if (!options.baseline.empty()) sink.baseline(options.baseline, {records.path(), records.line()});
  BattleTable(records, options, sink).read();
}

bool is_battle(const JsonValue& row) { return row.find("winner") && sides_of(row) != nullptr; }

void take_battle(const JsonValue& row, std::size_t number, const FormatOptions& options, RecordSink& sink) {
  const Location where = row.where();
  const Sides* sides = sides_of(row);
  const auto winner = row.find("winner");
  if (sides == nullptr || !winner) {
    throw DataError(where,
                    "expected model_a, model_b and winner (or left, right and winner), came an object without");
  }
  const std::vector<std::string_view> asked = texts_of(row, "conversation_a", "user");
  Battle battle;
  battle.first = row.field(sides->first).name();
  battle.second = row.field(sides->second).name();
  for (const std::string_view key : kIds) {
    const auto id = row.find(key);
    if (id && battle.query.empty()) battle.query = id->id();
  }
  battle.prompt = text_or_nothing(row, "prompt");
  if (battle.prompt.empty() && !asked.empty()) battle.prompt = asked.front();
  battle.task = text_or_nothing(row, "task");
  if (battle.task.empty()) battle.task = text_or_nothing(row, "category");
  battle.judge = without_blanks(text_or_nothing(row, "judge"));
  if (battle.first == battle.second) {
    sink.drop("a model against itself", where);
    return;
  }
  OutcomeWord outcome{std::numeric_limits<double>::quiet_NaN()};
  if (!winner->is_null()) outcome = outcome_of_winner(winner->name(), battle, winner->where());
  const std::string query = query_of(battle, number, where);
  add_battle(battle, query, outcome.value, where, options, sink);
  if (outcome.both_bad) sink.note(kBothBadNote, where);
  for (std::size_t turn = 1; turn < asked.size(); ++turn) {
    sink.add(QueryRecord{query, static_cast<int>(turn + 1), asked[turn], ""}, where, OnConflict::keep_first);
  }
  add_responses(row, 'a', battle.first, query, where, sink);
  add_responses(row, 'b', battle.second, query, where, sink);
}

}  // namespace assay::data
