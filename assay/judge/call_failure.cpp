#include "assay/judge/call_failure.h"

#include <array>
#include <cstddef>

namespace assay::judge {
namespace {

//                                                  name          again  waits  billed
constexpr std::array<CallFailureEntry, kCallFailures> kEntries{{
    {"none", false, false, true},
    {"unreachable", true, true, false},
    {"broken-off", true, true, true},
    {"timed-out", true, true, true},
    {"too-large", false, false, true},
    {"rate-limited", true, true, false},
    {"server-error", true, true, true},
    {"rejected", false, false, false},
    {"not-chat", true, false, true},
    {"refused", false, false, true},
    {"truncated", false, false, true},
    {"unreadable", true, false, true},
}};

}  // namespace

const CallFailureEntry& entry(CallFailure failure) { return kEntries[static_cast<std::size_t>(failure)]; }

std::optional<CallFailure> call_failure(std::int64_t number) {
  if (number < 0 || number >= kCallFailures) return std::nullopt;
  return static_cast<CallFailure>(number);
}

}  // namespace assay::judge
