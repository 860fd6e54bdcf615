#include <array>
#include <string>

#include "assay/allocate/allocator.h"
#include "assay/allocate/makers.h"
#include "assay/core/error.h"

namespace assay::allocate {
namespace {

template <std::size_t calls>
std::size_t always(const ParameterValues& /*parameters*/) {
  return calls;
}

// The published setting.
constexpr std::array kDelta = {Parameter{.name = "delta",
                                         .symbol = "delta",
                                         .help = "chance, by its theory, that one bound of one arm fails",
                                         .default_value = 0.007,
                                         .low = 1e-9,
                                         .high = 1}};

constexpr std::array kAllocators = {
    AllocatorEntry{.name = "assay",
                   .help = "the arm whose mean may be furthest off, its variance learnt from all arms",
                   .estimate = EstimateRule::centre,
                   .warm_up = always<4>,
                   .make = make_assay_rule},
    AllocatorEntry{.name = "uniform", .help = "every arm in turn", .warm_up = always<1>, .make = make_uniform},
    AllocatorEntry{.name = "robin",
                   .help = "the arm whose mean varies most, the true variances given (a yardstick)",
                   .needs_variances = true,
                   .warm_up = always<1>,
                   .make = make_robin},
    AllocatorEntry{.name = "robin-hood",
                   .help = "the same by upper bounds of the variances, after a long warm-up",
                   .parameters = kDelta,
                   .warm_up = robin_hood_warm_up,
                   .make = make_robin_hood},
};

}  // namespace

std::span<const AllocatorEntry> allocators() { return kAllocators; }

const AllocatorEntry& allocator(std::string_view name) {
  std::string names;
  for (const AllocatorEntry& entry : kAllocators) {
    if (entry.name == name) return entry;
    names += (names.empty() ? "" : ", ") + std::string(entry.name);
  }
  throw InvalidArgument("unknown allocator " + quoted(name) + "; expected one of " + names);
}

}  // namespace assay::allocate
