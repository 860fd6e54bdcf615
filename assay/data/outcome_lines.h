#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/data/byte_source.h"

namespace assay::data {

/// What became of an answer: a line of an outcomes file, as the log of a gateway is once it is told what was right.
struct OutcomeLine {
  std::string model;
  std::optional<std::string> prompt;
  std::vector<float> vector;  ///< The prompt's; empty: not told.
  std::string embedding;      ///< Id of what made the vector; empty: not told.
  double right = 0;           ///< In [0, 1]; between them an expected score.
  std::optional<std::string> task;
  double time = std::numeric_limits<double>::quiet_NaN();  ///< Unix time in seconds; NaN: not told.
};

struct OutcomeLines {
  std::vector<OutcomeLine> lines;
  std::size_t without_outcome = 0;  ///< Lines without "right" or "model": decisions of which nothing came.
  std::size_t without_prompt = 0;   ///< Lines with an outcome, but neither "prompt" nor "vector".
  std::size_t half_characters = 0;  ///< Texts with half a character ("\ud83d" alone), which is read as U+FFFD.
};

/// Reads JSON lines, plain or packed: {"model": text, "right": true, false or a number from 0 to 1, "prompt": text
/// or "vector": a list of numbers, or base64 of little-endian 32-bit floats}, perhaps with "task", "time" and
/// "embedding". Other keys are passed over. Throws DataError.
OutcomeLines read_outcome_lines(const std::string& path);
/// The same from any source.
OutcomeLines read_outcome_lines(ByteSource& source);

/// A vector as text: base64 (RFC 4648, with padding) of its floats, the least byte first. Read as the "vector" of a
/// line it is the same to the last bit.
std::string vector_text(std::span<const float> vector);

}  // namespace assay::data
