#include "assay/data/question_answer.h"

#include "assay/data/json_reader.h"

namespace assay::data {
namespace {

/// The text of a turn: the value itself, or what is in its `content` or `answer`. May be null.
JsonValue turn_text(const JsonValue& turn) {
  if (turn.kind() != JsonKind::object) return turn;
  const auto content = turn.find("content");
  return content ? turn_text(*content) : turn.field("answer");
}

void take_question(const JsonValue& row, RecordSink& sink) {
  const Location where = row.where();
  const std::string_view query = question_id(row);
  const auto category = row.find("category");
  const std::string_view task = category && !category->is_null() ? category->string() : "";
  if (const auto prompt = row.find("prompt")) {
    sink.add(QueryRecord{query, 1, prompt->string(), task}, where, OnConflict::fail);
    return;
  }
  const JsonValue turns = row.field("turns");
  if (turns.elements().empty()) turns.reject("at least one turn");
  int number = 0;
  for (const JsonValue turn : turns.elements()) {
    sink.add(QueryRecord{query, ++number, turn_text(turn).string(), task}, where, OnConflict::fail);
  }
}

}  // namespace

std::string_view question_id(const JsonValue& row) {
  const auto uid = row.find("uid");
  return uid ? uid->id() : row.field("question_id").id();
}

void read_questions(ByteSource& source, RecordSink& sink) {
  read_json_lines(source, &sink, [&](const JsonValue& row) { take_question(row, sink); });
}

void take_answer(const JsonValue& row, std::string_view model, RecordSink& sink) {
  const Location where = row.where();
  const std::string_view query = question_id(row);
  int number = 0;
  const auto take = [&](const JsonValue& turn) {
    ++number;
    const JsonValue text = turn_text(turn);
    if (text.is_null()) {
      sink.drop("no answer from the model", where);
    } else {
      sink.add(ResponseRecord{query, model, number, text.string()}, where, OnConflict::fail);
    }
  };
  if (const auto messages = row.find("messages")) {
    for (const JsonValue message : messages->elements()) {
      if (message.field("role").string() == "assistant") take(message.field("content"));
    }
    if (number == 0) messages->reject("a message of the assistant");
    return;
  }
  const JsonValue choices = row.field("choices");
  if (choices.elements().empty()) choices.reject("at least one choice");
  for (const JsonValue turn : (*choices.elements().begin()).field("turns").elements()) take(turn);
}

}  // namespace assay::data
