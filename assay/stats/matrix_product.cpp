#include "assay/stats/matrix_product.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "assay/core/parallel.h"
#include "assay/stats/avx2.h"

// One kernel, compiled twice on x86-64: for every machine, and for those with AVX2, which are chosen when the
// program runs. No fused multiply-add: both give the same bits.

namespace assay::stats {
namespace {

constexpr std::size_t kTileRows = 4;
constexpr std::size_t kTileColumns = 16;
constexpr std::size_t kTerms = 256;         // of a block: what is packed fits the second-level cache
constexpr std::size_t kBlockRows = 128;     // a multiple of kTileRows
constexpr std::size_t kBlockColumns = 256;  // a multiple of kTileColumns

template <std::size_t bytes>
struct Vector {
  typedef float Type __attribute__((vector_size(bytes), aligned(4), may_alias));
  static constexpr std::size_t kFloats = bytes / sizeof(float);
};

// out (kTileRows x kTileColumns, `step` apart) += packed rows of a times packed columns of b.
template <std::size_t bytes>
[[gnu::always_inline]] inline void add_tile(const float* a, const float* b, std::size_t terms, float* out,
                                            std::size_t step) {
  using V = typename Vector<bytes>::Type;
  constexpr std::size_t kFloats = Vector<bytes>::kFloats;
  constexpr std::size_t kParts = kTileColumns / kFloats;
  V sums[kTileRows][kParts];
  for (std::size_t i = 0; i < kTileRows; ++i) {
    for (std::size_t v = 0; v < kParts; ++v) {
      sums[i][v] = *reinterpret_cast<const V*>(out + i * step + v * kFloats);
    }
  }
  for (std::size_t p = 0; p < terms; ++p) {
    for (std::size_t i = 0; i < kTileRows; ++i) {
      for (std::size_t v = 0; v < kParts; ++v) {
        sums[i][v] += a[i] * *reinterpret_cast<const V*>(b + v * kFloats);
      }
    }
    a += kTileRows;
    b += kTileColumns;
  }
  for (std::size_t i = 0; i < kTileRows; ++i) {
    for (std::size_t v = 0; v < kParts; ++v) *reinterpret_cast<V*>(out + i * step + v * kFloats) = sums[i][v];
  }
}

template <std::size_t bytes>
[[gnu::always_inline]] inline void add_row(float factor, const float* row, std::size_t count, float* out) {
  using V = typename Vector<bytes>::Type;
  constexpr std::size_t kFloats = Vector<bytes>::kFloats;
  std::size_t j = 0;
  for (; j + kFloats <= count; j += kFloats) {
    *reinterpret_cast<V*>(out + j) += factor * *reinterpret_cast<const V*>(row + j);
  }
  for (; j < count; ++j) out[j] += factor * row[j];
}

// Parts 0 .. 15 take the terms in turn, whatever the width of the machine.
template <std::size_t bytes>
[[gnu::always_inline]] inline float inner(const float* a, const float* b, std::size_t count) {
  using V = typename Vector<bytes>::Type;
  constexpr std::size_t kFloats = Vector<bytes>::kFloats;
  constexpr std::size_t kParts = 16 / kFloats;
  V sums[kParts] = {};
  std::size_t j = 0;
  for (; j + 16 <= count; j += 16) {
    for (std::size_t v = 0; v < kParts; ++v) {
      sums[v] +=
          *reinterpret_cast<const V*>(a + j + v * kFloats) * *reinterpret_cast<const V*>(b + j + v * kFloats);
    }
  }
  float parts[16];
  std::memcpy(parts, sums, sizeof(parts));
  for (; j < count; ++j) parts[j % 16] += a[j] * b[j];
  for (std::size_t width = 8; width > 0; width /= 2) {
    for (std::size_t i = 0; i < width; ++i) parts[i] += parts[i + width];
  }
  return parts[0];
}

struct Kernels {
  void (*tile)(const float*, const float*, std::size_t, float*, std::size_t);
  void (*row)(float, const float*, std::size_t, float*);
  float (*inner)(const float*, const float*, std::size_t);
};

void tile_plain(const float* a, const float* b, std::size_t terms, float* out, std::size_t step) {
  add_tile<16>(a, b, terms, out, step);
}
void row_plain(float factor, const float* row, std::size_t count, float* out) {
  add_row<16>(factor, row, count, out);
}
float inner_plain(const float* a, const float* b, std::size_t count) { return inner<16>(a, b, count); }

#if ASSAY_AVX2
[[gnu::target("avx2")]] void tile_avx2(const float* a, const float* b, std::size_t terms, float* out,
                                       std::size_t step) {
  add_tile<32>(a, b, terms, out, step);
}
[[gnu::target("avx2")]] void row_avx2(float factor, const float* row, std::size_t count, float* out) {
  add_row<32>(factor, row, count, out);
}
[[gnu::target("avx2")]] float inner_avx2(const float* a, const float* b, std::size_t count) {
  return inner<32>(a, b, count);
}
#endif

const Kernels& kernels() {
  static const Kernels kChosen = [] {
#if ASSAY_AVX2
    if (has_avx2()) return Kernels{tile_avx2, row_avx2, inner_avx2};
#endif
    return Kernels{tile_plain, row_plain, inner_plain};
  }();
  return kChosen;
}

// Rows [begin, end) of `view`, terms [first, first + terms), as tiles of `width` rows: term by term within a tile,
// zeros where the last tile is not full.
void pack(const MatrixView& view, std::size_t begin, std::size_t end, std::size_t first, std::size_t terms,
          std::size_t width, std::vector<float>& packed) {
  const std::size_t tiles = (end - begin + width - 1) / width;
  packed.assign(tiles * width * terms, 0.0F);
  for (std::size_t i = begin; i < end; ++i) {
    float* to = packed.data() + (i - begin) / width * width * terms + (i - begin) % width;
    const float* from = view.data + i * view.row_step + first * view.column_step;
    for (std::size_t p = 0; p < terms; ++p) to[p * width] = from[p * view.column_step];
  }
}

// One block of `out`.
void multiply_block(const MatrixView& a, const MatrixView& b, float* out, std::size_t row, std::size_t column) {
  const std::size_t rows = std::min(kBlockRows, a.rows - row);
  const std::size_t columns = std::min(kBlockColumns, b.columns - column);
  const std::size_t step = (columns + kTileColumns - 1) / kTileColumns * kTileColumns;
  std::vector<float> block((rows + kTileRows - 1) / kTileRows * kTileRows * step, 0.0F);
  std::vector<float> packed_a, packed_b;
  const MatrixView b_rows = b.transposed();
  for (std::size_t first = 0; first < a.columns; first += kTerms) {
    const std::size_t terms = std::min(kTerms, a.columns - first);
    pack(a, row, row + rows, first, terms, kTileRows, packed_a);
    pack(b_rows, column, column + columns, first, terms, kTileColumns, packed_b);
    for (std::size_t j = 0; j < step; j += kTileColumns) {
      for (std::size_t i = 0; i < rows; i += kTileRows) {
        kernels().tile(packed_a.data() + i * terms, packed_b.data() + j * terms, terms, block.data() + i * step + j,
                       step);
      }
    }
  }
  for (std::size_t i = 0; i < rows; ++i) {
    std::copy_n(block.data() + i * step, columns, out + (row + i) * b.columns + column);
  }
}

}  // namespace

void multiply(const MatrixView& a, const MatrixView& b, float* out, std::size_t threads) {
  const std::size_t row_blocks = (a.rows + kBlockRows - 1) / kBlockRows;
  const std::size_t column_blocks = (b.columns + kBlockColumns - 1) / kBlockColumns;
  parallel_for(row_blocks * column_blocks, threads, [&](std::size_t block) {
    multiply_block(a, b, out, block / column_blocks * kBlockRows, block % column_blocks * kBlockColumns);
  });
}

void add_scaled(float factor, const float* row, std::size_t count, float* out) {
  kernels().row(factor, row, count, out);
}

float inner_product(const float* a, const float* b, std::size_t count) { return kernels().inner(a, b, count); }

}  // namespace assay::stats
