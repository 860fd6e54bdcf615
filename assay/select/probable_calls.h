#pragma once

#include <cstddef>

namespace assay::select {

/// Calls, from the least to the most that is to be expected.
struct CallRange {
  std::size_t least = 0;
  std::size_t most = 0;

  bool operator==(const CallRange&) const = default;
};

/// How many calls strategy `assay` will probably ask before it stops, for m `models` on n `queries`, of which
/// `known` need not be asked: from n + 6 m to n + 40 m, at most n m, less `known`. A forecast for a bill, not a
/// promise.
///
/// The leader is judged on all n queries: no stop is surer than where its mean is known. The others are left as
/// soon as they are beaten, and that takes 6 to 40 query equivalents (m calls each) for all of them together: few
/// where one model is far ahead or a tolerance was given, many where several are close. In docs/results/select.md
/// the means of whole runs, less the leader's n / m, are 6.3 to 30.3 query equivalents on four data sets, with and
/// without a tolerance; on the fifth, kor_bench, 69.3.
CallRange probable_calls(std::size_t models, std::size_t queries, std::size_t known);

}  // namespace assay::select
