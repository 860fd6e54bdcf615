#pragma once

#include <span>

#include "assay/core/ids.h"
#include "assay/core/labels.h"

namespace assay::reference {

/// I(Y; X_S) in nats by counts of whole patterns in a map, uncorrected; on options by writing out for each query
/// who agrees with whom. `bias`: (cells - patterns) / 2n.
struct Counted {
  double nats = 0;
  double bias = 0;
};
Counted counted_information(const LabelTable& table, std::span<const ModelId> members);

}  // namespace assay::reference
