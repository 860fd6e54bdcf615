#pragma once

#include <chrono>
#include <string_view>

namespace assay::http {

/// How long a header Retry-After asks to wait: seconds, also with decimals, or until a date of HTTP ("Sun, 06 Nov
/// 1994 08:49:37 GMT") by `now`. A day at most; 0 if it is over, or nothing of the kind.
std::chrono::milliseconds retry_after(std::string_view value,
                                      std::chrono::system_clock::time_point now = std::chrono::system_clock::now());

}  // namespace assay::http
