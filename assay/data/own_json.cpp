#include "assay/data/own_json.h"

#include <fmt/format.h>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/chat_messages.h"
#include "assay/data/field_values.h"

namespace assay::data {
namespace {

std::string_view name_or_nothing(const JsonValue& value) { return value.is_null() ? "" : value.name(); }

/// What is in a row, with the texts that are made of it.
struct ReadRow {
  OwnRow row;
  std::string prompt;
  std::string messages;
  std::string answer;
  std::string gold;
};

void take_prompt_value(const JsonValue& value, ReadRow& read, bool whose_is_known, RecordSink& sink) {
  if (value.kind() != JsonKind::array) {
    read.prompt = cell_text(value);
    read.row.prompt = read.prompt;
    return;
  }
  SentChat chat = sent_chat(value);
  read.prompt = chat.text();
  read.row.prompt = read.prompt;
  read.messages = messages_json(chat.messages, read.prompt);
  read.row.messages = read.messages;
  sink.note(
      fmt::format("{}: a chat, which models get message by message, and judges as one text", quoted(value.key())),
      value.where());
  if (!chat.answer) return;
  if (read.row.response) {
    sink.note(fmt::format("{}: the assistant's last message is left out beside a response", quoted(value.key())),
              value.where());
    return;
  }
  if (!whose_is_known) {
    throw DataError(value.where(), fmt::format("expected to know whose the last message of {} is, the assistant's; "
                                               "say `model` NAME, or leave it out",
                                               quoted(value.key())));
  }
  read.answer = std::move(*chat.answer);
  read.row.response = read.answer;
  sink.note(fmt::format("{}: the assistant's last message is the response", quoted(value.key())), value.where());
}

}  // namespace

std::string cell_text(const JsonValue& value) {
  switch (value.kind()) {
    case JsonKind::null: return {};
    case JsonKind::boolean: return value.boolean() ? "true" : "false";
    case JsonKind::string: return std::string(value.string());
    case JsonKind::number: return fmt::format("{}", value.number());
    default: value.reject("a number, true, false, a text or null");
  }
}

bool OwnJsonRows::is_known(const JsonValue& row) const {
  if (!columns_) return false;
  if (fixed_) return true;
  std::size_t i = 0;
  for (const JsonValue part : row.parts()) {
    if (i == keys_.size() || part.key() != keys_[i]) return false;
    ++i;
  }
  return i == keys_.size();
}

void OwnJsonRows::learn(const JsonValue& row) {
  if (is_known(row)) return;
  told_.clear();
  if (!fixed_) {
    keys_.clear();
    for (const JsonValue part : row.parts()) keys_.emplace_back(part.key());
  }
  const std::vector<std::string_view> names(keys_.begin(), keys_.end());
  const OwnHints hints{.model_known = !writer_.model().empty(), .ignore = writer_.options().ignore};
  columns_ = std::make_unique<OwnColumns>(names, hints, row.where());
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    std::string told = read_so(keys_[i], columns_->role(i));
    if (columns_->role(i) == OwnRole::score && keys_[i] != "score") told = quoted(keys_[i]) + ": read as scores";
    if (!told.empty()) told_.push_back("key " + told);
  }
}

OwnRole OwnJsonRows::role(const JsonValue& part, std::size_t& at) const {
  while (at < keys_.size() && keys_[at] != part.key()) ++at;
  return at < keys_.size() ? columns_->role(at++) : OwnRole::none;
}

bool OwnJsonRows::take(const JsonValue& row) {
  learn(row);
  const bool says = columns_->has(OwnRole::prompt) || columns_->has(OwnRole::response) ||
                    (columns_->has(OwnRole::score) && (columns_->has(OwnRole::model) || !writer_.model().empty()));
  if (!says) return false;
  for (const std::string& what : told_) writer_.sink().note(what, row.where());
  read(row);
  return true;
}

void OwnJsonRows::read(const JsonValue& row) {
  const Location where = row.where();
  ReadRow read;
  std::optional<JsonValue> prompt;
  bool scored = false;
  std::size_t i = 0;
  for (const JsonValue part : row.parts()) {
    switch (role(part, i)) {
      case OwnRole::id: read.row.id = part.id(); break;
      case OwnRole::prompt: prompt = part; break;
      case OwnRole::task: read.row.task = name_or_nothing(part); break;
      case OwnRole::model: read.row.model = part.name(); break;
      case OwnRole::judge: read.row.judge = name_or_nothing(part); break;
      case OwnRole::turn: read.row.turn = part.integer(1, kMostTurns); break;
      case OwnRole::gold:
        read.gold = text_of(part);
        read.row.gold = read.gold;
        break;
      case OwnRole::score: scored = true; break;
      case OwnRole::response:
        if (part.is_null()) {
          writer_.sink().drop("no answer from the model", where);
        } else {
          read.row.response = part.string();
        }
        break;
      default: break;
    }
  }
  if (!read.row.model.empty() && !writer_.model().empty() && read.row.model != writer_.model()) {
    throw DataError(where,
                    fmt::format("expected answers of {}, as `model` or the file's name says, came some of {}",
                                quoted(writer_.model()), quoted(read.row.model)));
  }
  const bool named = !read.row.model.empty();
  if (!named) read.row.model = writer_.model();
  const bool known = !read.row.model.empty();
  if (prompt) take_prompt_value(*prompt, read, known, writer_.sink());
  if (!known && (read.row.response || scored)) {
    throw DataError(where,
                    "expected a key \"model\", or to be told whose answer this is, came neither; say `model` NAME");
  }
  if (!read.row.response && !scored && !named) read.row.model = {};  // A prompt alone.
  const std::string query = writer_.add(read.row, where);
  if (!scored) return;
  const std::string judge = writer_.options().judge.empty() ? "jsonl" : writer_.options().judge;
  i = 0;
  for (const JsonValue part : row.parts()) {
    if (role(part, i) != OwnRole::score) continue;
    writer_.score(query, read.row, part.key() == "score" ? judge : part.key(), cell_text(part), part.where());
  }
}

}  // namespace assay::data
