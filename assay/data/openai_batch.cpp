#include "assay/data/openai_batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/batch_files.h"
#include "assay/data/chat_messages.h"
#include "assay/data/field_values.h"
#include "assay/data/file_list.h"
#include "assay/data/json_reader.h"

namespace assay::data {
namespace {

constexpr int kOk = 200;

/// Texts of a message's content: a string, or a list of parts. Other parts (images, sounds) are named.
std::string text_of_content(const std::optional<JsonValue>& content) {
  if (!content || content->kind() != JsonKind::array) return text_of(content);
  std::string text;
  for (const JsonValue part : content->parts()) {
    if (!text.empty()) text += '\n';
    if (part.kind() == JsonKind::string) {
      text += part.string();
      continue;
    }
    const auto words = known_field(part, "text");
    text += words ? text_of(words) : fmt::format("[{}]", text_of(known_field(part, "type")));
  }
  return text;
}

/// "[system] Be brief.\n[user] Hello."
void append_messages(const std::optional<JsonValue>& messages, std::string& text) {
  if (!messages) return;
  if (messages->kind() != JsonKind::array) {
    text += text_of(messages);
    return;
  }
  for (const JsonValue message : messages->parts()) {
    if (!text.empty()) text += '\n';
    const std::string role = text_of(known_field(message, "role"));
    if (!role.empty()) text += fmt::format("[{}] ", role);
    text +=
        message.kind() == JsonKind::object ? text_of_content(known_field(message, "content")) : text_of(message);
  }
}

std::string prompt_text(const JsonValue& body) {
  std::string text;
  if (const auto instructions = known_field(body, "instructions")) {
    text = fmt::format("[system] {}", text_of(instructions));
  }
  if (const auto messages = known_field(body, "messages")) {
    append_messages(messages, text);
  } else if (const auto input = known_field(body, "input")) {
    if (!text.empty() && input->kind() != JsonKind::array) text += "\n[user] ";
    append_messages(input, text);
  } else {
    text += text_of(known_field(body, "prompt"));
  }
  return text;
}

/// The chat of a request; without messages, nothing.
std::vector<ChatMessage> messages_of_request(const JsonValue& body, RecordSink& notes) {
  auto list = known_field(body, "messages");
  if (!list) list = known_field(body, "input");
  const auto instructions = known_field(body, "instructions");
  const bool words = list && list->kind() == JsonKind::string && instructions;
  if (!list || (list->kind() != JsonKind::array && !words)) return {};
  LoggedChat chat;
  if (instructions) chat.add("system", text_of(instructions));
  if (words) chat.add("user", text_of(list));
  if (words) return chat.messages(notes, body.where());
  for (const JsonValue message : list->elements()) chat.add(message);
  return chat.messages(notes, body.where());
}

/// What a model said, or why it said nothing.
struct BatchAnswer {
  int repeat = 1;
  std::optional<std::string> text;
  std::string_view why_none = {};
  bool cut = false;
};

/// A choice of a chat or of the older completions.
BatchAnswer answer_of_choice(const JsonValue& choice, int place) {
  constexpr int kMostChoices = 1'000'000;
  BatchAnswer answer;
  const auto index = known_field(choice, "index");
  answer.repeat = 1 + (index ? index->integer(0, kMostChoices) : place);
  answer.cut = text_of(known_field(choice, "finish_reason")) == "length";
  const auto message = known_field(choice, "message");
  const auto content = message ? known_field(message, "content") : known_field(choice, "text");
  if (content) {
    answer.text = text_of_content(content);
  } else if (known_field(message, "refusal")) {
    answer.why_none = "no answer: the model refused";
  } else if (known_field(message, "tool_calls")) {
    answer.why_none = "no answer: the model called a tool";
  } else {
    answer.why_none = "no answer: the reply is empty";
  }
  return answer;
}

/// The output of the Responses API: a list of items, of which messages hold the text.
BatchAnswer answer_of_output(const JsonValue& body, const JsonValue& output) {
  BatchAnswer answer;
  answer.why_none = "no answer: the reply is empty";
  for (const JsonValue item : output.elements()) {
    const std::string type = text_of(known_field(item, "type"));
    if (type.ends_with("_call")) answer.why_none = "no answer: the model called a tool";
    const auto content = known_field(item, "content");
    if (type != "message" || !content || content->kind() != JsonKind::array) continue;
    for (const JsonValue part : content->parts()) {
      if (known_field(part, "refusal")) answer.why_none = "no answer: the model refused";
      const auto text = known_field(part, "text");
      if (!text || text_of(known_field(part, "type")) != "output_text") continue;
      answer.text = answer.text.value_or("") + text_of(text);
    }
  }
  answer.cut = text_of(known_field(known_field(body, "incomplete_details"), "reason")) == "max_output_tokens";
  return answer;
}

std::vector<BatchAnswer> answers_in(const JsonValue& body) {
  std::vector<BatchAnswer> answers;
  if (const auto output = known_field(body, "output")) {
    answers.push_back(answer_of_output(body, *output));
  } else if (const auto choices = known_field(body, "choices")) {
    int place = 0;
    for (const JsonValue choice : choices->elements()) answers.push_back(answer_of_choice(choice, place++));
  }
  return answers;
}

/// Of a reply with one answer; of several, the prompt's tokens alone are known by answer.
AnswerCost tokens_of(const JsonValue& body, bool single) {
  const auto usage = known_field(body, "usage");
  AnswerCost took;
  took.tokens_in = token_count(known_field(usage, "prompt_tokens"));
  if (!took.tokens_in) took.tokens_in = token_count(known_field(usage, "input_tokens"));
  if (!single) return took;
  took.tokens_out = token_count(known_field(usage, "completion_tokens"));
  if (!took.tokens_out) took.tokens_out = token_count(known_field(usage, "output_tokens"));
  return took;
}

/// Why there is no answer in a reply; empty if there may be one.
std::string failure_of(const std::optional<JsonValue>& response, const std::optional<JsonValue>& error) {
  const auto status = known_field(response, "status_code");
  if (status && status->kind() == JsonKind::number && status->number() != kOk) {
    return fmt::format("the request failed with status {}", status->digits());
  }
  if (!error && known_field(response, "body")) return {};
  const std::string code = text_of(known_field(error, "code"));
  return code.empty() ? "the request failed"
                      : fmt::format("the request failed ({})", escaped(std::string_view(code).substr(0, 40)));
}

}  // namespace

void BatchReader::read_requests(ByteSource& source) {
  path_ = source.path();
  read_json_lines(source, JsonRules{&sink_, true}, [&](const JsonValue& row) {
    const Location where = row.where();
    const std::string id(row.field("custom_id").id());
    const JsonValue body = row.field("body");
    const Request request{std::string(body.field("model").name()), where.line};
    if (!requests_.try_emplace(id, request).second) {
      throw DataError(where, fmt::format("expected one request of each custom_id, came two with {}", quoted(id)));
    }
    const std::string text = prompt_text(body);
    const std::string messages = messages_json(messages_of_request(body, sink_), text);
    sink_.add(QueryRecord{.query = id, .text = text, .task = {}, .messages = messages}, where, OnConflict::fail);
  });
}

void BatchReader::read_replies(ByteSource& source) {
  read_json_lines(source, JsonRules{&sink_, true}, [&](const JsonValue& row) { take_reply(row); });
}

void BatchReader::take_reply(const JsonValue& row) {
  const Location where = row.where();
  const std::string id(row.field("custom_id").id());
  const auto request = requests_.find(id);
  if (request == requests_.end()) {
    throw DataError(where, fmt::format("expected a custom_id of {}, came {}, which it has not", path_, quoted(id)));
  }
  request->second.answered = true;
  const auto response = known_field(row, "response");
  const std::string failure = failure_of(response, known_field(row, "error"));
  if (!failure.empty()) {
    sink_.drop(failure, where);
    return;
  }
  const JsonValue body = response->field("body");
  const std::vector<BatchAnswer> answers = answers_in(body);
  if (answers.empty()) sink_.drop("a reply that is no text (an embedding, a moderation)", where);
  for (const BatchAnswer& answer : answers) {
    if (!answer.text) {
      sink_.drop(answer.why_none, where);
    } else if (answer.repeat > 1) {
      sink_.note("a response of a later repeat, not kept", where);
    } else {
      if (answer.cut) sink_.note("an answer that was cut at the limit of tokens", where);
      const AnswerCost took = tokens_of(body, answers.size() == 1);
      sink_.add(ResponseRecord{id, request->second.model, 1, *answer.text, took}, where, OnConflict::fail);
    }
  }
}

void BatchReader::tell_unanswered() {
  std::set<std::size_t> lines;
  for (const auto& [id, request] : requests_) {
    if (!request.answered) lines.insert(request.line);
  }
  for (const std::size_t line : lines) {
    sink_.drop("a request without a reply (not done, expired or cancelled)", {path_, line});
  }
}

void read_openai_batch(std::span<const std::string> paths, const FormatOptions& /*options*/, RecordSink& sink,
                       const Progress& progress) {
  const std::vector<BatchFiles> batches = find_batches(paths);
  std::vector<std::string> files;
  for (const BatchFiles& batch : batches) {
    files.push_back(batch.input);
    files.insert(files.end(), batch.replies.begin(), batch.replies.end());
  }
  ReadMeter meter(total_size(files), progress);
  for (const BatchFiles& batch : batches) {
    BatchReader reader(sink);
    reader.read_requests(*open_source(batch.input, &meter));
    for (const std::string& reply : batch.replies) reader.read_replies(*open_source(reply, &meter));
    reader.tell_unanswered();
  }
}

std::string recognise_openai_batch(const std::string& path) {
  constexpr std::string_view kWhy = "lines with custom_id";
  if (!is_folder(path)) return batch_part(path) == BatchPart::none ? "" : std::string(kWhy);
  for (const std::string& file : jsonl_files(path)) {
    if (batch_part(file) != BatchPart::none) return std::string(kWhy);
  }
  return {};
}

}  // namespace assay::data
