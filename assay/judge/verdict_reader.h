#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "assay/judge/prompt_template.h"

namespace assay::judge {

/// Which of the two responses is better, as they stand in the prompt.
enum class PairVerdict : std::uint8_t { a, b, tie };

// What a judge says bears a verdict where it bears the marker of its prompt (prompt_template.h), letter for letter:
// a line "VERDICT marker: A", or an object {"marker": "marker", "verdict": "A"}. Whoever wrote the texts that are
// judged does not know the marker, so all else may be as judges have it: ornament of Markdown, another case, text
// around, thoughts before. Both forms are read whichever was asked for.

/// The verdict that a judge's reply bears: A, B or TIE. Empty where there is none, and where two of them differ or
/// one can't be read. A verdict without the marker was written by somebody else.
std::optional<PairVerdict> read_verdict(std::string_view content, std::string_view marker);

/// Likewise the score after "SCORE marker:", or of the member "score": a decimal number from `low` to `high`; "4/5"
/// and "4 out of 5" where 5 is `high`.
std::optional<double> read_score(std::string_view content, std::string_view marker, double low, double high);

/// Why a reply to the prompt of this marker, asked for as `reply`, could not be read, for people.
std::string describe_unreadable(std::string_view content, ReplyKind reply, std::string_view marker);

/// Whether the reply has a JSON object in it: what an endpoint gives that keeps to a `response_format`.
bool keeps_to_json(std::string_view content);

/// What a judge that does as it was told replies: for servers and tests.
std::string verdict_reply(PairVerdict verdict, ReplyKind reply, std::string_view marker);
std::string score_reply(double score, ReplyKind reply, std::string_view marker);

}  // namespace assay::judge
