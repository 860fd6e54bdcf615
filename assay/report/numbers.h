#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay::report {

// Numbers as people read them, the same in every locale. A value that is not finite is "-".

/// "97.64" for (97.6421, 2).
std::string fixed(double value, int decimals);
/// "97.64 %" for (0.976421, 2).
std::string percent(double share, int decimals = 2);
/// "10,838".
std::string grouped(std::uint64_t count);
/// "10,838 models", "1 model"; `plural` where it is not the singular with an s: "0 queries".
std::string counted(std::uint64_t count, std::string_view singular, std::string_view plural = {});
/// "96.1 MB": powers of 1000.
std::string byte_size(std::uint64_t bytes);
/// "0.8 s", "42 s", "3:07", "2:03:07": seconds below a minute, else [hours:]minutes:seconds.
std::string duration(double seconds);

}  // namespace assay::report
