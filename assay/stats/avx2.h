#pragma once

// Whether functions can be compiled for AVX2 beside the plain ones, and chosen when the program runs.
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define ASSAY_AVX2 1
#else
#define ASSAY_AVX2 0
#endif

namespace assay::stats {

/// Whether this machine runs them.
inline bool has_avx2() {
#if ASSAY_AVX2
  return __builtin_cpu_supports("avx2") != 0;
#else
  return false;
#endif
}

}  // namespace assay::stats
