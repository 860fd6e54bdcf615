#pragma once

#include <string>
#include <vector>

#include "assay/asking/judge_task.h"
#include "assay/asking/oracle.h"
#include "assay/judge/judge_program.h"

namespace assay::asking {

/// A program that judges. A request for a verdict is
///
///     {"id": 7, "ask": "verdict", "query": NAME, "model": NAME, "baseline": NAME,
///      "prompt": TEXT, "response": TEXT, "baseline_response": TEXT, "reference": TEXT}
///
/// in ASCII, without "reference" where the query has no reference answer, an answer {"id": 7, "verdict": "win"},
/// "draw" or "loss" of the response against the baseline's. A request for a score is
///
///     {"id": 7, "ask": "score", "query": NAME, "model": NAME, "turn": 1, "repeat": 0,
///      "scale": [1, 5], "prompt": TEXT, "response": TEXT, "reference": TEXT}
///
/// an answer {"id": 7, "score": 4}, on the scale; `repeat` counts the calls for this response. {"id": 7, "error":
/// TEXT} is a call that failed. Other members are ignored. See JudgeProgram for what else fails.
class CommandOracle : public Oracle {
 public:
  /// `task` must outlive it and have its texts. Throws InvalidArgument if `command` is none.
  CommandOracle(const std::string& command, const JudgeTask& task, judge::ProgramHooks hooks);

  /// Of the command's text and the baseline or the scale: a program that is changed must be given another name.
  std::string name() const override;
  std::optional<file::Digest> fingerprint(std::size_t item) const override;
  AskEnd ask(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) override;
  std::vector<std::string> notes() const override { return program_.notes(); }

 private:
  std::string request(const Ask& ask, std::uint64_t id) const;

  std::string command_;
  const JudgeTask& task_;
  judge::JudgeProgram program_;
};

}  // namespace assay::asking
