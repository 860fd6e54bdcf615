#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "assay/core/outcomes.h"
#include "assay/core/scores.h"

namespace assay::asking {

/// One look at one thing: item `item` of a JudgeTask, for the `repeat`-th time from 0. What is paid for.
struct Ask {
  std::uint32_t item = 0;
  std::uint32_t repeat = 0;
  bool operator==(const Ask&) const = default;
};

/// One number for each.
inline std::uint64_t key_of(const Ask& ask) { return (std::uint64_t{ask.item} << 32U) | ask.repeat; }

/// The ask of a key.
inline Ask ask_of(std::uint64_t key) {
  return {static_cast<std::uint32_t>(key >> 32U), static_cast<std::uint32_t>(key)};
}

/// What a look gave.
struct Answer {
  Ask ask;
  double value =
      0;  ///< Of a pair 1 win, 1/2 draw, 0 loss; a score on the judge's scale. NaN: none, the call failed.
  bool known = false;  ///< Nobody was asked for it: it was there already, or a text is missing.
  /// Whether the same ask would give it again without asking anybody: then there is no need to keep it.
  bool repeatable = false;

  bool failed() const { return std::isnan(value); }
};

/// What a score is as a reward: 0 at `worst_to_best.low`, 1 at its `high`, which is the smaller one where lower is
/// better. NaN of NaN.
inline double reward_of_score(double score, const Scale& worst_to_best) {
  return (score - worst_to_best.low) / (worst_to_best.high - worst_to_best.low);
}

/// How asking ended. `money`, `trouble`, `gone`, `left` and `taken_back`: some asks have no answer.
struct AskEnd {
  enum class Kind : std::uint8_t {
    all,        ///< Every ask has its answer.
    money,      ///< The limit of cost came first.
    trouble,    ///< The endpoint can't or won't go on: its reason is in `why`.
    gone,       ///< A candidate can't be asked for answers any more: its reason is in `why`.
    left,       ///< The person left.
    taken_back  ///< The person wants the last answer back: see Run::take_back.
  };
  Kind kind = Kind::all;
  std::string why = {};  ///< For people; empty where there is nothing to tell.
};

}  // namespace assay::asking
