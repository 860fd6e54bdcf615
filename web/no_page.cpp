#include "web/page_assets.h"

namespace assay::web {

std::span<const PageAsset> page_assets() { return {}; }

}  // namespace assay::web
