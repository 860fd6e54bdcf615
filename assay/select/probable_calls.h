#pragma once

#include <cstddef>
#include <span>

namespace assay::select {

/// Calls, from the least to the most that is to be expected.
struct CallRange {
  std::size_t least = 0;
  std::size_t most = 0;

  bool operator==(const CallRange&) const = default;
};

/// What need not be asked of a model.
struct KnownOfModel {
  std::size_t answers = 0;
  double sum = 0;  ///< Of their rewards, each in [0, 1].
};

/// How many new calls strategy `assay` will probably put before it stops, for `models` on n `queries`: about 80 of
/// 100 runs are within. A forecast for a bill, not a promise. How much it takes depends on how close the best
/// models are, so that the range is wide where nothing is known.
///
/// * Nothing is known of any of m models: 1.5 to 9 times n^(3/4) m^(1/2).
/// * Something is known. The leader, by shrunken means, is judged on all queries: its open ones. A rival that is g
///   behind, of which k answers are known, takes 1 / g^2 - k / 2 calls, none if it can't come up to the leader any
///   more. Let S be the sum of both, at most what is open. From the larger of the leader's open queries and 0.2 S
///   (0, if the leader has none open) to 2 S.
/// * Each of u models of which nothing is known, where others are known: from 3 calls each, and of the known ones
/// the
///   leader's open queries, to what u models would take with nothing known, beside 2 S.
///
/// A tolerance epsilon divides the least by 1 + 20 epsilon. No more than is open. What it was checked on is in
/// docs/results/select.md.
CallRange probable_calls(std::span<const KnownOfModel> models, std::size_t queries, double epsilon);

}  // namespace assay::select
