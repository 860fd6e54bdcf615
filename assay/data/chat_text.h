#pragma once

#include <optional>
#include <string>

#include "assay/data/json_value.h"

namespace assay::data {

/// A conversation as a text to read.
struct ChatText {
  std::string prompt;                 ///< What the user says, or "system: ...", "user: ..." if there is more.
  std::optional<std::string> answer;  ///< What the assistant says at the end.
};

/// `messages`: a list of {"role": ..., "content": ...}; a content is a text or a list of parts, of which those with
/// a text count. Throws DataError.
ChatText chat_text(const JsonValue& messages);

}  // namespace assay::data
