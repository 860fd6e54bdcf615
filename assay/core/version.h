#pragma once

#include <string_view>

// Which library is linked. An example of use:
//
//   if (version() != ASSAY_VERSION) {
//     std::cerr << "compiled for Assay " << ASSAY_VERSION << ", linked with " << version() << '\n';
//   }

#pragma GCC visibility push(default)

namespace assay {

/// The version of the library that is linked, "0.1.0". The macro ASSAY_VERSION, which comes with the CMake target
/// assay::assay, is that of the headers.
std::string_view version();

}  // namespace assay

#pragma GCC visibility pop
