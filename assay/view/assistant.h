#pragma once

#include <string>

#include "assay/asking/assistant.h"
#include "assay/report/json.h"

namespace assay::view {

report::Json to_json(const asking::AssistantReport& report);

/// What a cheap judge was worth, a line: "Assistant judge a: agrees in 86 % of the 700 calls that both judged ...".
std::string to_text(const asking::AssistantReport& report);

/// A judge's name as it stands in texts.
std::string shown_assistant(const std::string& name);

}  // namespace assay::view
