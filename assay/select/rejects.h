#pragma once

#include <cstddef>
#include <vector>

namespace assay::select {

/// Successive rejects (Audibert, Bubeck and Munos, COLT 2010): after phase k = 1 .. m - 1 each of the m + 1 - k
/// models that are left has been judged on the first n_k queries, and the worst leaves:
///
///   n_k = ceil((B - m) / (L (m + 1 - k))),   L = 1/2 + sum_{i=2}^m 1/i,
///
/// at least one. All m - 1 of them, rising; B calls in all at most if B >= m.
std::vector<std::size_t> reject_rounds(std::size_t models, std::size_t budget);

/// The same where there are no more than `pool` queries: what the last phases can't spend goes to the earlier ones,
/// as if the budget were the largest one whose capped phases take `budget` calls at most.
std::vector<std::size_t> reject_rounds(std::size_t models, std::size_t budget, std::size_t pool);

}  // namespace assay::select
