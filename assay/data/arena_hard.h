#pragma once

#include <span>
#include <string>
#include <string_view>

#include "assay/data/byte_source.h"
#include "assay/data/format.h"
#include "assay/data/json_value.h"

namespace assay::data {

/// Arena-Hard, old and current layout: each path is a folder with question.jsonl, model_answer/ and
/// model_judgment/JUDGE/, or one around it. See docs/reference/formats.md.
void read_arena_hard(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
                     const Progress& progress);

/// One model_judgment/JUDGE/*.jsonl. `baseline` is the opponent where a row names none; if both are missing,
/// InvalidArgument.
void read_arena_judgments(ByteSource& source, std::string_view judge, const std::string& baseline,
                          RecordSink& sink);

/// One model_answer/*.jsonl. The rows name the model, as they do for the judgements.
void read_arena_answers(ByteSource& source, RecordSink& sink);

/// Verdict in [0, 1] of a row's `games`: 1/2 + net/8, net = -game 1 + game 2, each counted for A: A>>B 2, A>B 1,
/// A=B 0, B>A -1, B>>A -2. The baseline is A in game 1, the model in game 2. NaN if a game or its score is missing.
double games_value(const JsonValue& games);

}  // namespace assay::data
