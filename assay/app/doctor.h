#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/asking/judge_exam.h"

namespace assay::app {

struct DoctorRequest {
  asking::LlmOptions llm;  ///< No study: all that is needed must be said.
  std::chrono::milliseconds timeout{60'000};
  std::function<void()> waiting = {};                   ///< Called now and then; may throw to stop.
  std::function<void(std::string_view)> troubled = {};  ///< As ChatCalls.
};

/// What an examination comes to, in words.
struct Finding {
  enum class Level : std::uint8_t { good, note, problem };
  std::string_view about;  ///< "json-schema": the same whatever was found
  Level level = Level::good;
  std::string text;         ///< A sentence or two.
  std::string advice = {};  ///< What to do about it; empty: nothing.
};
/// "good", "note" or "problem".
std::string_view name(Finding::Level level);

struct DoctorReport {
  asking::JudgeExam exam;
  /// With the options that were given, at least 3 of 4 questions get a verdict. Empty: the limit of cost came
  /// before that was known.
  std::optional<bool> can_judge;
  std::vector<Finding> findings;
};

/// Asks an endpoint a handful of harmless questions. Throws InvalidArgument or Error before anything is sent; what
/// is wrong with the endpoint is a finding.
DoctorReport run_doctor(DoctorRequest request);

}  // namespace assay::app
