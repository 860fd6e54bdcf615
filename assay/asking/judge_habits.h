#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "assay/asking/oracle.h"
#include "assay/core/money.h"
#include "assay/judge/call_failure.h"
#include "assay/stats/intervals.h"
#include "assay/store/study.h"

namespace assay::asking {

/// What a judge does again and again, and how often.
struct JudgeHabit {
  enum class Kind : std::uint8_t {
    no_verdict,         ///< Of calls: none came.
    draws,              ///< Of verdicts against a baseline: neither is better.
    longer_preferred,   ///< Of verdicts that prefer one of two responses of unequal length: the longer one, in
                        ///< bytes.
    first_preferred,    ///< Of single verdicts that prefer one: the response that stood first.
    orders_contradict,  ///< Of pairs that were judged in both orders: each order said the opposite of the other.
  };
  Kind kind = Kind::no_verdict;
  std::size_t count = 0;
  std::size_t of = 0;        ///< At least 1.
  stats::Interval interval;  ///< 95 %, of the chance, as if each were independent of the others.

  double share() const { return static_cast<double>(count) / static_cast<double>(of); }
};

/// What is known of the judge of a selection, beside its verdicts.
struct JudgeHabits {
  std::vector<JudgeHabit> habits;  ///< Those of which there is a case, in the order of the kinds.
  /// What all calls of a paid judge took; empty: there were none, or it is not known.
  std::optional<Money> cost = {};
  std::optional<std::uint64_t> tokens_in = {};
  std::optional<std::uint64_t> tokens_out = {};
  struct Failure {
    judge::CallFailure why = judge::CallFailure::none;
    std::size_t count = 0;
  };
  std::vector<Failure> failures = {};  ///< Requests that failed, those tried again included.
};

/// Counts habits as calls are looked at, one after the other.
///
///     HabitCount count(comparison);
///     for (const Verdict& verdict : verdicts) count.add(verdict);
///     count.habits();
class HabitCount {
 public:
  /// `comparison` must outlive it.
  explicit HabitCount(const store::Comparison& comparison);

  /// A call, and its verdict. A call of which the study has no judgement at all is none.
  void add(const Verdict& verdict);
  /// The lengths of the two responses of a call against a baseline.
  void add_lengths(const Verdict& verdict, std::size_t response, std::size_t baseline);
  /// What was replied about one item; of comparisons.
  void add_replies(std::span<const JudgeReply> replies);
  /// A single verdict between two responses: which one stood first.
  void add_order(const Verdict& verdict, bool model_first);

  std::vector<JudgeHabit> habits() const;

 private:
  struct Count {
    std::size_t count = 0;
    std::size_t of = 0;
    void add(bool so) {
      ++of;
      if (so) ++count;
    }
  };
  Count& of(JudgeHabit::Kind kind) { return counts_[static_cast<std::size_t>(kind)]; }

  const store::Comparison& comparison_;
  std::vector<Count> counts_;
};

}  // namespace assay::asking
