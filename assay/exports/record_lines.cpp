#include "assay/exports/record_lines.h"

#include <cmath>
#include <utility>

#include "assay/core/money.h"
#include "assay/data/chat_messages.h"

namespace assay::exports {
namespace {

using report::Json;

Json number_or_null(double value) { return std::isnan(value) ? Json() : Json(value); }

}  // namespace

void RecordLines::add(const QueryRecord& record, const Location& /*where*/, OnConflict /*conflict*/) {
  Json line = Json::object();
  line.set("query", record.query);
  if (record.turn != 1) line.set("turn", record.turn);
  line.set("prompt", record.text);
  if (!record.task.empty()) line.set("task", record.task);
  if (record.options > 0) line.set("options", record.options);
  if (!record.weights.empty()) {
    Json weights = Json::object();
    for (const QueryWeight& one : record.weights) weights.set(one.name, one.value);
    line.set("weights", std::move(weights));
  }
  if (!record.reference.empty()) line.set("reference", record.reference);
  if (!record.messages.empty()) {
    Json messages = Json::array();
    for (const data::ChatMessage& one : data::read_messages(record.messages)) {
      Json message = Json::object();
      message.set("role", one.role).set("content", one.content);
      messages.add(std::move(message));
    }
    line.set("messages", std::move(messages));
  }
  put("prompt", std::move(line));
}

void RecordLines::add(const ModelRecord& record, const Location& /*where*/, OnConflict /*conflict*/) {
  Json line = Json::object();
  line.set("model", record.model);
  if (record.parameters > 0) line.set("parameters", record.parameters);
  if (record.price) line.set("price", Money{*record.price}.dollars());
  if (!record.provider.empty()) line.set("provider", record.provider);
  put("model", std::move(line));
}

void RecordLines::add(const JudgeRecord& record, const Location& /*where*/, OnConflict /*conflict*/) {
  Json line = Json::object();
  line.set("judge", record.judge);
  if (record.lower_is_better) line.set("lower_is_better", *record.lower_is_better);
  if (!std::isnan(record.least)) line.set("least", record.least);
  if (!std::isnan(record.most)) line.set("most", record.most);
  put("judge", std::move(line));
}

void RecordLines::add(const ResponseRecord& record, const Location& /*where*/, OnConflict /*conflict*/) {
  Json line = Json::object();
  line.set("query", record.query).set("model", record.model);
  if (record.turn != 1) line.set("turn", record.turn);
  line.set("response", record.text);
  const AnswerCost& took = record.took;
  if (took.tokens_in) line.set("tokens_in", *took.tokens_in);
  if (took.tokens_out) line.set("tokens_out", *took.tokens_out);
  if (took.cost) line.set("cost", Money{*took.cost}.dollars());
  if (took.seconds) line.set("seconds", *took.seconds);
  put("response", std::move(line));
}

void RecordLines::add(const LabelRecord& record, const Location& /*where*/, OnConflict /*conflict*/) {
  Json line = Json::object();
  line.set("query", record.query);
  if (!record.model.empty()) line.set("model", record.model);
  line.set("label", record.label ? Json(*record.label) : Json());
  put("label", std::move(line));
}

void RecordLines::add(const VerdictRecord& record, const Location& /*where*/, OnConflict /*conflict*/) {
  Json line = Json::object();
  line.set("query", record.query).set("model", record.model).set("opponent", record.opponent);
  line.set("judge", record.judge);
  if (record.turn != 1) line.set("turn", record.turn);
  line.set("verdict", number_or_null(record.value));
  put("verdict", std::move(line));
}

void RecordLines::add(const ScoreRecord& record, const Location& /*where*/, OnConflict /*conflict*/) {
  Json line = Json::object();
  line.set("query", record.query).set("model", record.model).set("judge", record.judge);
  if (record.turn != 1) line.set("turn", record.turn);
  if (record.repeat != 1) line.set("repeat", record.repeat);
  line.set("score", number_or_null(record.value));
  put("score", std::move(line));
}

void RecordLines::baseline(std::string_view model, const Location& /*where*/) {
  Json line = Json::object();
  line.set("baseline", model);
  put("baseline", std::move(line));
}

}  // namespace assay::exports
