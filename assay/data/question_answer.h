#pragma once

#include <string_view>

#include "assay/core/records.h"
#include "assay/data/byte_source.h"
#include "assay/data/json_value.h"

namespace assay::data {

/// The question.jsonl of MT-Bench and of both layouts of Arena-Hard: `question_id` or `uid`; `prompt`, or `turns`
/// of strings or of objects with `content`; `category` becomes the task.
void read_questions(ByteSource& source, RecordSink& sink);

/// The row's `question_id`, or `uid` in Arena-Hard's current layout.
std::string_view question_id(const JsonValue& row);

/// Responses to a question, one a turn, of a model_answer row: `choices`[0].`turns` of strings or of objects with
/// `content`, or the assistant's `messages`; a content is a string, {"answer": string} or null (dropped).
void take_answer(const JsonValue& row, std::string_view model, RecordSink& sink);

}  // namespace assay::data
