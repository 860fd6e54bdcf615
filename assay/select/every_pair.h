#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "assay/core/outcomes.h"

namespace assay::select {

/// What a study in which every pair of models can be compared says of its baselines. Outcomes that come from
/// scores can't run in a circle on one query; a judge who is shown pairs can, and may show more circles than
/// these.
struct EveryPair {
  /// One model as the baseline of all others.
  struct Baseline {
    ModelId model{};
    ModelId best{};               ///< Highest win rate against it; the first of equals.
    double win_rate = 0;          ///< Mean of the leaders other than itself, in [0, 1].
    double sensitivity = 0;       ///< Mean 4 p (1 - p) of the same: see BaselineSensitivity.
    double agreement = 0;         ///< Kendall's tau-b with the order of mean win rates against all.
    double mutual_agreement = 0;  ///< Mean of Kendall's tau-b with the orders of the other baselines.
  };
  /// Pairs of models that one baseline sets `from` to `to` standard errors apart.
  struct Kept {
    double from = 0;
    double to = 0;          ///< Infinity at the last.
    std::size_t count = 0;  ///< Pairs times baselines; they are far from independent.
    double elsewhere =
        0;  ///< Share of the other baselines that order the pair alike on the same queries, ties half.
    double directly = 0;  ///< Share in which the comparison of the two with each other does; ties half.
  };
  std::vector<ModelId> order;       ///< By falling mean win rate against all others.
  std::vector<Baseline> baselines;  ///< In this order.
  std::size_t triples = 0;
  std::size_t circular =
      0;  ///< Of these: a beats b, b beats c and c beats a, each on more than half of the queries.
  std::array<Kept, 5> kept{};
};

/// `tables[b]`: outcomes of all m models against model b on the same n queries, n x m; its column b is not looked
/// at. `none` counts half a win, as in every win rate. At least four models and a query, else InvalidArgument.
/// O(m^4 + n m^3).
EveryPair every_pair(std::span<const OutcomeTable> tables);

}  // namespace assay::select
