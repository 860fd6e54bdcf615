#include "assay/neighbours/codes.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "assay/core/error.h"
#include "assay/stats/avx2.h"
#include "assay/stats/matrix_product.h"

#if ASSAY_AVX2
#include <immintrin.h>
#endif

namespace assay::neighbours {
namespace {

constexpr float kLargestCode = 127;
// Looked at again with all their digits: an eighth more than are wanted, and some.
constexpr std::size_t kMore = 8;
constexpr std::size_t kSome = 32;
constexpr std::size_t kSample = 1024;

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

std::int32_t product(const std::int8_t* a, const std::int8_t* b, std::size_t count) {
  std::int32_t sum = 0;
  for (std::size_t j = 0; j < count; ++j) sum += a[j] * b[j];
  return sum;
}

void products_plain(const CodeView& codes, std::span<const std::int8_t> query, float* out) {
  for (std::size_t i = 0; i < codes.scales.size(); ++i) {
    out[i] = codes.scales[i] *
             static_cast<float>(product(codes.codes.data() + i * query.size(), query.data(), query.size()));
  }
}

#if ASSAY_AVX2
constexpr std::size_t kRows = 4;    // whose sums are put together at the end
constexpr std::size_t kBytes = 32;  // of a register
constexpr std::size_t kLine = 64;
constexpr std::size_t kAhead = 2048;  // bytes

// sums += the products of 32 codes, in eight parts. vpmaddubsw takes one factor without a sign, which goes over to
// the other; two products of at most 128 x 127 fit 16 bits.
[[gnu::target("avx2"), gnu::always_inline]] inline __m256i add_products(__m256i sums, const std::int8_t* code,
                                                                        __m256i query) {
  const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(code));
  const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(a), _mm256_sign_epi8(query, a));
  return _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

// Whole numbers: the sums are the same in any order.
[[gnu::target("avx2")]] void products_avx2(const CodeView& codes, std::span<const std::int8_t> query, float* out) {
  const std::size_t d = query.size();
  const std::size_t whole = d / kBytes * kBytes;
  const std::size_t rows = codes.scales.size() / kRows * kRows;
  for (std::size_t i = 0; i < rows; i += kRows) {
    const std::int8_t* code = codes.codes.data() + i * d;
    __m256i sums[kRows] = {};
    // The hardware looks ahead within a page only.
    for (std::size_t j = 0; j < kRows * d; j += kLine) __builtin_prefetch(code + kAhead + j);
    for (std::size_t j = 0; j < whole; j += kBytes) {
      const __m256i part = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(query.data() + j));
      for (std::size_t r = 0; r < kRows; ++r) sums[r] = add_products(sums[r], code + r * d + j, part);
    }
    const __m256i halves =
        _mm256_hadd_epi32(_mm256_hadd_epi32(sums[0], sums[1]), _mm256_hadd_epi32(sums[2], sums[3]));
    const __m128i four = _mm_add_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
    std::int32_t totals[kRows];
    std::memcpy(totals, &four, sizeof(totals));
    for (std::size_t r = 0; r < kRows; ++r) {
      const std::int32_t rest = whole == d ? 0 : product(code + r * d + whole, query.data() + whole, d - whole);
      out[i + r] = codes.scales[i + r] * static_cast<float>(totals[r] + rest);
    }
  }
  products_plain({codes.codes.subspan(rows * d), codes.scales.subspan(rows)}, query, out + rows);
}
#endif

void products(const CodeView& codes, std::span<const std::int8_t> query, float* out) {
#if ASSAY_AVX2
  if (stats::has_avx2()) return products_avx2(codes, query, out);
#endif
  products_plain(codes, query, out);
}

// A similarity that somewhat more than `count` of them reach, most likely, of a sample in regular distance; one
// that all reach where there is nothing to be gained by that.
float likely_least(std::span<const float> similarities, std::size_t count) {
  const std::size_t step = similarities.size() / kSample;
  const std::size_t rank = step < 2 ? kSample : count / step + count / step / 4 + 8;
  if (rank >= kSample) return -std::numeric_limits<float>::infinity();
  std::vector<float> sample;
  sample.reserve(kSample);
  for (std::size_t i = 0; i < kSample; ++i) sample.push_back(similarities[i * step]);
  std::nth_element(sample.begin(), sample.begin() + static_cast<std::ptrdiff_t>(rank), sample.end(),
                   std::greater<>());
  return sample[rank];
}

// The `count` largest, in no order.
std::vector<Neighbour> best(std::span<const float> similarities, std::size_t count) {
  const auto from = [&](float least) {
    NearestKeeper keeper(count);
    for (std::size_t i = 0; i < similarities.size(); ++i) {
      if (similarities[i] >= least) keeper.offer({static_cast<std::uint32_t>(i), similarities[i]});
    }
    return keeper.take_unordered();
  };
  std::vector<Neighbour> found = from(likely_least(similarities, count));
  const bool all = found.size() == std::min(count, similarities.size());
  return all ? found : from(-std::numeric_limits<float>::infinity());
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
  products(codes, code, similarities.data());
  NearestKeeper keeper(k);
  for (const Neighbour& candidate : best(similarities, k + k / kMore + kSome)) {
    keeper.offer(
        {candidate.index, stats::inner_product(query.data(), vectors.at(candidate.index).data(), query.size())});
  }
  return keeper.take();
}

}  // namespace assay::neighbours
