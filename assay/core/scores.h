#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "assay/core/ids.h"

// Recorded scores of responses. An example of use:
//
//   const std::vector<double> scores = {3, 4, 3};
//   ScoreTable table;
//   table.add_arm(scores);
//   const double again = recorded_score(table, 1, {.arm = arm_id(0), .repeat = 7});  // 3 or 4

#pragma GCC visibility push(default)

namespace assay {

/// One judge call: the `repeat`-th, from 0, to score this arm's response.
struct ScoreCall {
  ArmId arm{};
  std::uint32_t repeat = 0;
  bool operator==(const ScoreCall&) const = default;
};

/// What it gave; NaN: no score, the call failed.
struct Score {
  ScoreCall call;
  double value = 0;
};

/// The lowest and the highest score that a judge gives.
struct Scale {
  double low = 0;
  double high = 1;
};

/// Throws InvalidArgument unless both ends are finite and low < high.
void check(const Scale& scale);

/// Scores of K arms, some of each, one after the other in memory.
class ScoreTable {
 public:
  /// NaN: the call failed. Throws InvalidArgument for an infinite score.
  void add_arm(std::span<const double> scores);

  /// `repeats` scores of each of K arms, from K x `repeats` cells, a row per arm. NaN: the call failed, as where an
  /// arm has fewer scores than others. Throws InvalidArgument if the size is another one, or for an infinite score.
  static ScoreTable from(std::span<const double> cells, std::size_t arms, std::size_t repeats);

  std::size_t arms() const { return ends_.size(); }
  /// The scores of all arms, one arm after the other. K x `repeats` if the table was made by `from`.
  std::span<const double> cells() const { return values_; }
  std::span<const double> scores(ArmId arm) const {
    const std::size_t i = index(arm);
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::span(values_).subspan(begin, ends_[i] - begin);
  }

 private:
  std::vector<double> values_;
  std::vector<std::size_t> ends_;
};

/// One of the arm's recorded scores, drawn with replacement, each as likely as any other. For the same seed the
/// same call gives the same score, whatever was asked before. The arm must have a score. A few nanoseconds.
double recorded_score(const ScoreTable& table, std::uint64_t seed, const ScoreCall& call);

}  // namespace assay

#pragma GCC visibility pop
