#include "assay/core/field_names.h"

#include <algorithm>
#include <array>

namespace assay {
namespace {

constexpr std::array kFields = std::to_array<std::string_view>({"annotator",
                                                                "assistant_judge",
                                                                "average",
                                                                "baseline",
                                                                "budget",
                                                                "calls",
                                                                "candidate_prices",
                                                                "candidates",
                                                                "completion_tokens",
                                                                "confidence",
                                                                "cost_weight",
                                                                "delta",
                                                                "dry_run",
                                                                "e_draw",
                                                                "e_loss",
                                                                "embedding_model",
                                                                "embedding_url",
                                                                "epsilon",
                                                                "errors",
                                                                "expect_best",
                                                                "exploration",
                                                                "fail_below",
                                                                "format",
                                                                "gold",
                                                                "good_enough",
                                                                "half_life",
                                                                "ignore",
                                                                "judge",
                                                                "judge_header",
                                                                "judge_key_env",
                                                                "judge_model",
                                                                "judge_price",
                                                                "judge_url",
                                                                "junit",
                                                                "lower_is_better",
                                                                "max_cost",
                                                                "max_tokens",
                                                                "measure",
                                                                "model",
                                                                "models",
                                                                "na",
                                                                "no_judge_header",
                                                                "no_judge_temperature",
                                                                "one_game",
                                                                "oracle",
                                                                "order",
                                                                "population",
                                                                "prefer",
                                                                "prices",
                                                                "prompt",
                                                                "rater_share",
                                                                "raters",
                                                                "repeat_by",
                                                                "repeats",
                                                                "reply",
                                                                "right_from",
                                                                "risk",
                                                                "run",
                                                                "scale",
                                                                "score_range",
                                                                "skip_unscored",
                                                                "sure",
                                                                "task",
                                                                "tasks",
                                                                "temperature",
                                                                "timeout",
                                                                "weights",
                                                                "without_responses"});

std::string option_of(std::string_view field) {
  std::string option = "--" + std::string(field);
  std::replace(option.begin(), option.end(), '_', '-');
  return option;
}

}  // namespace

std::span<const std::string_view> named_fields() { return kFields; }

std::string with_options(std::string_view message) {
  std::string text;
  while (!message.empty()) {
    const std::size_t begin = std::min(message.find('`'), message.size());
    const std::size_t end = message.find('`', begin + 1);
    const std::string_view name = end < message.size() ? message.substr(begin + 1, end - begin - 1) : "";
    text += message.substr(0, begin);
    if (std::find(kFields.begin(), kFields.end(), name) != kFields.end()) {
      text += option_of(name);
      message.remove_prefix(end + 1);
    } else {
      text += message.substr(begin, 1);
      message.remove_prefix(std::min(begin + 1, message.size()));
    }
  }
  return text;
}

}  // namespace assay
