#pragma once

#include <string_view>

#pragma GCC visibility push(default)

namespace assay {

/// The version of the library that is linked, "0.1.0". The macro ASSAY_VERSION, which comes with the CMake target
/// assay::assay, is that of the headers.
std::string_view version();

}  // namespace assay

#pragma GCC visibility pop
