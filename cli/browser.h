#pragma once

#include <string>

namespace assay::cli {

/// Opens an address in the user's browser, where there is a desktop; returns whether one was started.
bool open_in_browser(const std::string& url);

}  // namespace assay::cli
