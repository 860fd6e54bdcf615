#include "assay/judge/call_counts.h"

#include <numeric>

namespace assay::judge {

std::size_t CallCounts::requests() const { return std::accumulate(sent.begin(), sent.end(), std::size_t{0}); }

}  // namespace assay::judge
