#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/core/scores.h"

// Scores as a study (study.h) has them. An example of use:
//
//   const Study study("mine.assay", Study::Mode::read);
//   const Scoring scoring = study.scoring({});
//   check_scores(Scale{1, 5}, scoring);
//   const std::span<const double> scores = scoring.scores.scores(arm_id(0));  // of the response scoring.arms[0]

#pragma GCC visibility push(default)

namespace assay::store {

/// Which recorded scores to take.
struct ScoringChoice {
  std::string judge = {};  ///< Empty: the study's only one that gave scores; if it has several, an InvalidArgument.
  /// Judge whose mean scores are the yardstick, people as a rule. Empty: "human/CRITERION" for a judge called
  /// "ANYTHING/CRITERION", else "human", if the study has such a judge, else none.
  std::string reference = {};
  bool skip_unscored = false;  ///< Leave out responses to which every call failed, instead of an InvalidArgument.
};

/// Scores that one judge gave to responses, the arms, each perhaps several times.
struct Scoring {
  struct Arm {
    std::string query;
    std::string model;
    int turn = 1;
  };
  std::vector<Arm> arms;  ///< Sorted by query, model and turn, whatever the order of import.
  std::string judge;
  ScoreTable scores;                    ///< Each arm has at least one that is not NaN.
  std::string reference;                ///< Empty: there is none.
  std::vector<double> reference_means;  ///< An arm each, NaN where unknown; empty without a reference.
  std::optional<Scale> told;            ///< The judge's scale as imports told it, if all scores are within.
  std::vector<std::string> notes;       ///< What was left out and why, for people.
};

/// Scoring::told, else from the lowest to the highest of the recorded scores.
Scale scale_of(const Scoring& scoring);
/// Throws InvalidArgument that names the first response with a score outside the scale, or beyond 1e50 if none is
/// declared.
void check_scores(const std::optional<Scale>& declared, const Scoring& scoring);

/// What a judge reads to score a response.
struct ScoredText {
  std::string prompt;    ///< What the response answers: its turn's prompt, after the earlier turns with their
                         ///< responses; joined by two newlines. Empty if unknown.
  std::string response;  ///< Of that turn alone.
  bool missing = false;  ///< The study has no such response.
};

}  // namespace assay::store

#pragma GCC visibility pop
