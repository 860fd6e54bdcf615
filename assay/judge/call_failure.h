#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace assay::judge {

/// Why a judge call gave no verdict or score. The numbers stand in study files.
enum class CallFailure : std::uint8_t {
  none = 0,          ///< It did not fail.
  unreachable = 1,   ///< No connection: name, address, refused, TLS. Nothing was sent.
  broken_off = 2,    ///< The connection ended before the reply did.
  timed_out = 3,     ///< No whole reply within the time limit.
  too_large = 4,     ///< The reply was larger than the limit; what came was dropped.
  rate_limited = 5,  ///< HTTP 429.
  server_error = 6,  ///< The endpoint is in trouble: HTTP 5xx, 408, 409, 425, or an error in a 200 that says so.
  rejected = 7,      ///< Any other HTTP status but 200, or an error in a 200 that stands for one.
  not_chat = 8,      ///< HTTP 200, but no chat completion: another content type, broken JSON, members missing.
  refused = 9,       ///< The judge, or a filter, declined to answer.
  truncated = 10,    ///< The reply ended at the limit of tokens.
  unreadable = 11,   ///< A whole reply without the verdict or score that was asked for.
};

inline constexpr int kCallFailures = 12;  ///< Number of values of `CallFailure`.

/// What is known of a kind of failure. A row each, in the order of the numbers.
struct CallFailureEntry {
  std::string_view name;  ///< "broken-off"
  bool again = false;     ///< Another try may do better.
  bool waits = false;     ///< The endpoint is in trouble: fewer calls at once, and later.
  bool billed = false;    ///< May have been billed: it was sent, and nothing says that it was turned away. What the
                          ///< status of an error says comes before this, see http/trouble.h.
};

const CallFailureEntry& entry(CallFailure failure);
inline std::string_view name(CallFailure failure) { return entry(failure).name; }
/// Empty for a number that no failure has.
std::optional<CallFailure> call_failure(std::int64_t number);

}  // namespace assay::judge
