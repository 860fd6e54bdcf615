#pragma once

namespace assay::stats {

/// A mean and its standard error.
struct MeanSe {
  double mean = 0;
  double se = 0;  ///< NaN where a single value, or none, says nothing of it.
};

}  // namespace assay::stats
