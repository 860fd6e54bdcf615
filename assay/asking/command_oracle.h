#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "assay/asking/judged_texts.h"
#include "assay/asking/oracle.h"
#include "assay/asking/score_oracle.h"
#include "assay/core/scores.h"
#include "assay/judge/judge_program.h"

namespace assay::asking {

/// A program that gives verdicts. A request is
///
///     {"id": 7, "ask": "verdict", "query": NAME, "model": NAME, "baseline": NAME,
///      "prompt": TEXT, "response": TEXT, "baseline_response": TEXT}
///
/// in ASCII; an answer {"id": 7, "verdict": "win"}, "draw" or "loss" of the response against the baseline's, or
/// {"id": 7, "error": TEXT} for a call that failed. Other members are ignored. See JudgeProgram for what else
/// fails.
class CommandOracle : public Oracle {
 public:
  /// Throws InvalidArgument if `command` is none.
  CommandOracle(const std::string& command, ComparedTexts texts, judge::ProgramHooks hooks);

  /// Of the command's text and the baseline: a program that is changed must be given another name.
  std::string name() const override;
  void ask(std::span<const Call> calls, const std::function<void(const Verdict&)>& answered) override;

  std::vector<std::string> notes() const { return program_.notes(); }

 private:
  std::string request(const Call& call, std::uint64_t id) const;

  std::string command_;
  ComparedTexts texts_;
  judge::JudgeProgram program_;
};

/// A program that gives scores. A request is
///
///     {"id": 7, "ask": "score", "query": NAME, "model": NAME, "turn": 1, "repeat": 0,
///      "scale": [1, 5], "prompt": TEXT, "response": TEXT}
///
/// an answer {"id": 7, "score": 4}, on the scale, or an error as above. `repeat` counts the calls for this
/// response.
class CommandScores : public ScoreOracle {
 public:
  /// Throws InvalidArgument if `command` is none.
  CommandScores(const std::string& command, std::vector<ArmTexts> texts, const Scale& scale,
                judge::ProgramHooks hooks);

  /// Of the command's text and the scale.
  std::string name() const override;
  void ask(std::span<const ScoreCall> calls, const std::function<void(const Score&)>& answered) override;

  std::vector<std::string> notes() const { return program_.notes(); }

 private:
  std::string request(const ScoreCall& call, std::uint64_t id) const;

  std::string command_;
  std::vector<ArmTexts> texts_;
  Scale scale_;
  judge::JudgeProgram program_;
};

}  // namespace assay::asking
