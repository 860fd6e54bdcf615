#pragma once

namespace assay::cli {

/// Lets the process have as many open files as the system allows. A thousand connections want a thousand
/// descriptors, and a shell allows about as many.
void allow_many_connections();

}  // namespace assay::cli
