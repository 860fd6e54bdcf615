#pragma once

#include <limits>
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

/// One file below model_judgment/. `options.baseline` is the opponent where a row names none; if both are missing,
/// InvalidArgument. A row with one game is left out unless `options.one_game`.
void read_arena_judgments(ByteSource& source, std::string_view judge, const FormatOptions& options,
                          RecordSink& sink);

/// One model_answer/*.jsonl. The rows name the model, as they do for the judgements.
void read_arena_answers(ByteSource& source, RecordSink& sink);

/// What a row's `games` say.
struct Games {
  int count = 0;  ///< 0 to 2; a game that is null counts.
  /// In [0, 1], for the model; NaN if there is no game, or one is null or has no score.
  double value = std::numeric_limits<double>::quiet_NaN();
};

/// The value is 1/2 + net/(4 games), net = -game 1 + game 2, each counted for A: A>>B 2, A>B 1, A=B 0, B>A -1,
/// B>>A -2. The baseline is A in game 1, the model in game 2.
Games games_in(const JsonValue& games);

/// See Format::recognise.
std::string recognise_arena_hard(const std::string& path);

}  // namespace assay::data
