#include "assay/index/codes.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "assay/core/error.h"
#include "assay/core/matrix_product.h"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#include <immintrin.h>
#define ASSAY_AVX2 1
#else
#define ASSAY_AVX2 0
#endif

namespace assay {
namespace {

constexpr float kLargestCode = 127;
constexpr std::size_t kCandidates = 2;  // for each neighbour that is wanted
constexpr std::size_t kFewest = 64;

// The scale of the codes, which go to `out`.
float encode(std::span<const float> values, std::int8_t* out) {
  float largest = 0;
  for (const float value : values) largest = std::max(largest, std::abs(value));
  const float inverse = largest > 0 ? kLargestCode / largest : 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    out[i] = static_cast<std::int8_t>(std::lround(values[i] * inverse));
  }
  return largest / kLargestCode;
}

void products_plain(const CodeView& codes, std::span<const std::int16_t> query, float* out) {
  const std::int8_t* code = codes.codes.data();
  for (std::size_t i = 0; i < codes.scales.size(); ++i, code += query.size()) {
    std::int32_t sum = 0;
    for (std::size_t j = 0; j < query.size(); ++j) sum += code[j] * query[j];
    out[i] = codes.scales[i] * static_cast<float>(sum);
  }
}

#if ASSAY_AVX2
// The compiler does not find vpmaddwd by itself. Whole numbers: the sums are the same in any order.
[[gnu::target("avx2")]] void products_avx2(const CodeView& codes, std::span<const std::int16_t> query, float* out) {
  const std::int8_t* code = codes.codes.data();
  const std::size_t whole = query.size() / 16 * 16;
  for (std::size_t i = 0; i < codes.scales.size(); ++i, code += query.size()) {
    __m256i sums = _mm256_setzero_si256();
    for (std::size_t j = 0; j < whole; j += 16) {
      const __m256i a = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(code + j)));
      const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(query.data() + j));
      sums = _mm256_add_epi32(sums, _mm256_madd_epi16(a, b));
    }
    std::int32_t parts[8];
    std::memcpy(parts, &sums, sizeof(parts));
    std::int32_t sum = 0;
    for (const std::int32_t part : parts) sum += part;
    for (std::size_t j = whole; j < query.size(); ++j) sum += code[j] * query[j];
    out[i] = codes.scales[i] * static_cast<float>(sum);
  }
}
#endif

void products(const CodeView& codes, std::span<const std::int16_t> query, float* out) {
#if ASSAY_AVX2
  if (__builtin_cpu_supports("avx2")) return products_avx2(codes, query, out);
#endif
  products_plain(codes, query, out);
}

}  // namespace

Codes encode(const VectorView& vectors) {
  Codes result;
  result.codes.resize(vectors.values.size());
  result.scales.resize(vectors.count());
  for (std::size_t i = 0; i < vectors.count(); ++i) {
    result.scales[i] = encode(vectors.at(i), result.codes.data() + i * vectors.dimensions);
  }
  return result;
}

std::vector<Neighbour> nearest(const VectorView& vectors, const CodeView& codes, std::span<const float> query,
                               std::size_t k) {
  if (codes.scales.size() != vectors.count() || codes.codes.size() != vectors.values.size()) {
    throw InvalidArgument("the codes are those of other vectors");
  }
  thread_local std::vector<float> similarities;
  similarities.resize(vectors.count());
  std::vector<std::int8_t> code(query.size());
  encode(query, code.data());
  const std::vector<std::int16_t> wide(code.begin(), code.end());
  products(codes, wide, similarities.data());
  NearestKeeper candidates(std::max(kFewest, kCandidates * k));
  for (std::size_t i = 0; i < similarities.size(); ++i) {
    candidates.offer({static_cast<std::uint32_t>(i), similarities[i]});
  }
  NearestKeeper keeper(k);
  for (const Neighbour& candidate : candidates.take()) {
    keeper.offer({candidate.index, inner_product(query.data(), vectors.at(candidate.index).data(), query.size())});
  }
  return keeper.take();
}

}  // namespace assay
