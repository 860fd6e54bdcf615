#include "assay/text/hashed_embedding.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/core/parallel.h"
#include "assay/core/rng.h"
#include "assay/stats/matrix_product.h"
#include "assay/text/ngrams.h"

namespace assay::text {
namespace {

constexpr unsigned kBucketBits = 18;
static_assert(kNgramBuckets == std::size_t{1} << kBucketBits);
constexpr std::size_t kProjected = 4096;  // texts that the projection is learnt from
constexpr std::size_t kSteps = 3;         // of subspace iteration; more changed nothing measurable

NgramCounter& counter() {
  thread_local NgramCounter one(kBucketBits);
  return one;
}

// The length of a text says nothing: `values` get length 1, or stay 0.
void normalize(std::span<float> values) {
  const float squares = stats::inner_product(values.data(), values.data(), values.size());
  if (!(squares > 0)) return;
  const float scale = 1 / std::sqrt(squares);
  for (float& value : values) value *= scale;
}

void sketch(std::string_view text, std::span<const float> weights, std::span<float> out) {
  std::fill(out.begin(), out.end(), 0.0F);
  for (const NgramCounter::Count& count : counter().count(text)) {
    const float value = weights[count.bucket] * (1 + std::log(static_cast<float>(count.occurrences)));
    const std::uint64_t place = mix64(count.bucket + kGoldenGamma);
    out[place % kSketchSize] += place >> 63U != 0 ? value : -value;
  }
  normalize(out);
}

std::vector<float> learn_weights(std::span<const std::string_view> corpus, std::size_t threads,
                                 const Progress& progress) {
  // A part of the corpus for each thread; sums of whole numbers have no order.
  const std::size_t parts = std::clamp<std::size_t>(corpus.size(), 1, thread_count(threads));
  std::vector<std::vector<std::uint32_t>> texts(parts, std::vector<std::uint32_t>(kNgramBuckets, 0));
  parallel_for(
      parts, threads,
      [&](std::size_t part) {
        for (std::size_t i = part; i < corpus.size(); i += parts) {
          for (const NgramCounter::Count& count : counter().count(corpus[i])) ++texts[part][count.bucket];
        }
      },
      progress);
  const auto all = static_cast<double>(corpus.size() + 1);
  std::vector<float> weights(kNgramBuckets, 0.0F);
  for (std::size_t b = 0; b < kNgramBuckets; ++b) {
    std::size_t with = 0;
    for (const std::vector<std::uint32_t>& of_part : texts) with += of_part[b];
    // What one text has, or none, is like nothing else: in a new text mostly a typo.
    if (with > 1) weights[b] = static_cast<float>(std::log(all / static_cast<double>(with + 1)));
  }
  return weights;
}

// Rows of `directions` (d x kSketchSize) made orthonormal, one after the other; one that the others span becomes 0.
void orthonormalize(std::vector<float>& directions, std::size_t dimensions) {
  for (std::size_t i = 0; i < dimensions; ++i) {
    const std::span row = std::span(directions).subspan(i * kSketchSize, kSketchSize);
    const float before = stats::inner_product(row.data(), row.data(), row.size());
    for (std::size_t j = 0; j < i; ++j) {
      const float* other = directions.data() + j * kSketchSize;
      stats::add_scaled(-stats::inner_product(row.data(), other, kSketchSize), other, kSketchSize, row.data());
    }
    const float after = stats::inner_product(row.data(), row.data(), row.size());
    if (after > 1e-9F * before && after > 0) {
      normalize(row);
    } else {
      std::fill(row.begin(), row.end(), 0.0F);
    }
  }
}

std::vector<float> transposed(const std::vector<float>& matrix, std::size_t rows, std::size_t columns) {
  std::vector<float> result(matrix.size());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) result[j * rows + i] = matrix[i * columns + j];
  }
  return result;
}

std::vector<float> learn_projection(std::span<const std::string_view> corpus, std::span<const float> weights,
                                    std::size_t dimensions, std::size_t threads) {
  const std::size_t texts = std::min(corpus.size(), kProjected);
  std::vector<float> sketches(texts * kSketchSize);
  parallel_for(texts, threads, [&](std::size_t i) {
    sketch(corpus[i * corpus.size() / texts], weights, std::span(sketches).subspan(i * kSketchSize, kSketchSize));
  });
  std::vector<float> directions(dimensions * kSketchSize);
  Rng rng(1);
  for (float& value : directions) value = static_cast<float>(rng.normal());
  orthonormalize(directions, dimensions);
  std::vector<float> projected(texts * dimensions);
  const stats::MatrixView all = stats::dense(sketches.data(), texts, kSketchSize);
  for (std::size_t step = 0; step < kSteps && texts > 0; ++step) {
    stats::multiply(all, stats::dense(directions.data(), dimensions, kSketchSize).transposed(), projected.data(),
                    threads);
    stats::multiply(stats::dense(projected.data(), texts, dimensions).transposed(), all, directions.data(),
                    threads);
    orthonormalize(directions, dimensions);
  }
  return transposed(directions, dimensions, kSketchSize);
}

void check_dimensions(std::size_t dimensions) {
  if (dimensions >= 1 && dimensions <= kMostDimensions) return;
  throw InvalidArgument(
      fmt::format("a hashed embedding must have 1 to {} dimensions, came {}", kMostDimensions, dimensions));
}

}  // namespace

HashedEmbeddingFit fit_hashed_embedding(std::span<const std::string_view> corpus, std::size_t dimensions,
                                        std::size_t threads, const Progress& progress) {
  check_dimensions(dimensions);
  HashedEmbeddingFit fit;
  fit.weights = learn_weights(corpus, threads, progress);
  fit.projection = learn_projection(corpus, fit.weights, dimensions, threads);
  return fit;
}

HashedEmbedding::HashedEmbedding(const HashedEmbeddingTables& tables)
    : dimensions_(tables.projection.size() / kSketchSize), tables_(tables) {
  check_dimensions(dimensions_);
  if (tables.weights.size() != kNgramBuckets || tables.projection.size() != dimensions_ * kSketchSize) {
    throw InvalidArgument(fmt::format("expected {} weights and {} numbers of a projection, came {} and {}",
                                      kNgramBuckets, dimensions_ * kSketchSize, tables.weights.size(),
                                      tables.projection.size()));
  }
}

void HashedEmbedding::embed(std::string_view text, std::span<float> out) const {
  std::array<float, kSketchSize> values;
  sketch(text, tables_.weights, values);
  std::fill(out.begin(), out.end(), 0.0F);
  for (std::size_t i = 0; i < kSketchSize; ++i) {
    if (values[i] != 0)
      stats::add_scaled(values[i], tables_.projection.data() + i * dimensions_, dimensions_, out.data());
  }
  normalize(out);
}

}  // namespace assay::text
