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
constexpr std::size_t kSample = 4096;  // texts that the projection and what is familiar are learnt from
constexpr std::size_t kSteps = 3;      // of subspace iteration; more changed nothing measurable

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

// Also of an n-gram that tells nothing: its weight is -0.
bool is_known(float weight) { return weight != 0 || std::signbit(weight); }

double share_by_chance(std::span<const float> weights) {
  return static_cast<double>(std::ranges::count_if(weights, is_known)) / static_cast<double>(weights.size());
}

// Of `all` n-grams `hits` meet known buckets, of which this share of all is expected by chance. May be below 0.
double known_share(std::size_t hits, std::size_t all, double by_chance) {
  if (all == 0 || by_chance >= 1) return 1;
  return (static_cast<double>(hits) / static_cast<double>(all) - by_chance) / (1 - by_chance);
}

// Returns how many of these n-grams are known.
std::size_t sketch(std::span<const NgramCounter::Count> ngrams, std::span<const float> weights,
                   std::span<float> out) {
  std::fill(out.begin(), out.end(), 0.0F);
  std::size_t known = 0;
  for (const NgramCounter::Count& count : ngrams) {
    known += is_known(weights[count.bucket]) ? 1 : 0;
    const float value = weights[count.bucket] * (1 + std::log(static_cast<float>(count.occurrences)));
    const std::uint64_t place = mix64(count.bucket + kGoldenGamma);
    out[place % kSketchSize] += place >> 63U != 0 ? value : -value;
  }
  normalize(out);
  return known;
}

// By bucket: the number of texts that have it.
std::vector<std::uint32_t> count_texts(std::span<const std::string_view> corpus, std::size_t threads,
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
  for (std::size_t part = 1; part < parts; ++part) {
    for (std::size_t b = 0; b < kNgramBuckets; ++b) texts[0][b] += texts[part][b];
  }
  return std::move(texts[0]);
}

std::vector<float> weights_of(std::span<const std::uint32_t> counts, std::size_t texts) {
  const auto all = static_cast<double>(texts + 1);
  std::vector<float> weights(kNgramBuckets, 0.0F);
  for (std::size_t b = 0; b < kNgramBuckets; ++b) {
    // What one text has, or none, is like nothing else: in a new text mostly a typo.
    if (counts[b] < 2) continue;
    weights[b] =
        counts[b] == texts ? -0.0F : static_cast<float>(std::log(all / static_cast<double>(counts[b] + 1)));
  }
  return weights;
}

std::vector<std::string_view> sample_of(std::span<const std::string_view> corpus) {
  std::vector<std::string_view> sample(std::min(corpus.size(), kSample));
  for (std::size_t i = 0; i < sample.size(); ++i) sample[i] = corpus[i * corpus.size() / sample.size()];
  return sample;
}

// Each text once, sorted, and what is more of them.
struct Distinct {
  std::vector<std::string_view> texts, copies;
};

Distinct distinct_of(std::span<const std::string_view> corpus) {
  std::vector<std::string_view> sorted(corpus.begin(), corpus.end());
  std::ranges::sort(sorted);
  Distinct distinct;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    (i > 0 && sorted[i] == sorted[i - 1] ? distinct.copies : distinct.texts).push_back(sorted[i]);
  }
  return distinct;
}

float familiar_share(std::span<const std::string_view> sample, std::span<const std::uint32_t> counts,
                     std::span<const float> weights, std::size_t threads) {
  constexpr double kEnough = 0.25;  // more is no accident, however narrow the corpus is
  constexpr double kBelow = 0.05;   // of texts like the corpus
  constexpr double kHalf = 0.5;     // another subject in the same language has as much
  const double by_chance = share_by_chance(weights);
  std::vector<double> shares(sample.size());
  parallel_for(sample.size(), threads, [&](std::size_t i) {
    const std::span<const NgramCounter::Count> ngrams = counter().count(sample[i]);
    // The text itself is one of those that have it.
    const auto known = std::ranges::count_if(ngrams, [&](const auto& one) { return counts[one.bucket] > 2; });
    shares[i] = known_share(static_cast<std::size_t>(known), ngrams.size(), by_chance);
  });
  if (shares.empty()) return 0;
  const auto below = static_cast<std::size_t>(kBelow * static_cast<double>(shares.size() + 1));
  const auto at = shares.begin() + static_cast<std::ptrdiff_t>(below > 0 ? below - 1 : 0);
  std::ranges::nth_element(shares, at);
  return static_cast<float>(std::clamp(kHalf * *at, 0.0, kEnough));
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

std::vector<float> learn_projection(std::span<const std::string_view> sample, std::span<const float> weights,
                                    std::size_t dimensions, std::size_t threads) {
  const std::size_t texts = sample.size();
  std::vector<float> sketches(texts * kSketchSize);
  parallel_for(texts, threads, [&](std::size_t i) {
    sketch(counter().count(sample[i]), weights, std::span(sketches).subspan(i * kSketchSize, kSketchSize));
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
  std::vector<std::uint32_t> counts = count_texts(corpus, threads, progress);
  HashedEmbeddingFit fit;
  fit.weights = weights_of(counts, corpus.size());
  fit.projection = learn_projection(sample_of(corpus), fit.weights, dimensions, threads);
  // Copies of a text tell nothing of how well it is known to others.
  const Distinct distinct = distinct_of(corpus);
  const std::vector<std::uint32_t> of_copies = count_texts(distinct.copies, threads, {});
  for (std::size_t b = 0; b < kNgramBuckets; ++b) counts[b] -= of_copies[b];
  fit.familiar = familiar_share(sample_of(distinct.texts), counts, fit.weights, threads);
  return fit;
}

std::vector<float> with_known(const HashedEmbeddingTables& tables, std::span<const std::string> texts) {
  std::vector<float> weights(tables.weights.begin(), tables.weights.end());
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const std::vector<std::uint32_t> counts = count_texts(views, 1, {});
  for (std::size_t b = 0; b < kNgramBuckets; ++b) {
    if (counts[b] > 0 && !is_known(weights[b])) weights[b] = -0.0F;
  }
  return weights;
}

HashedEmbedding::HashedEmbedding(const HashedEmbeddingTables& tables)
    : dimensions_(tables.projection.size() / kSketchSize),
      tables_(tables),
      by_chance_(share_by_chance(tables.weights)) {
  check_dimensions(dimensions_);
  if (tables.weights.size() != kNgramBuckets || tables.projection.size() != dimensions_ * kSketchSize) {
    throw InvalidArgument(fmt::format("expected {} weights and {} numbers of a projection, came {} and {}",
                                      kNgramBuckets, dimensions_ * kSketchSize, tables.weights.size(),
                                      tables.projection.size()));
  }
}

bool HashedEmbedding::embed(std::string_view text, std::span<float> out) const {
  std::array<float, kSketchSize> values;
  const std::span<const NgramCounter::Count> ngrams = counter().count(text);
  const std::size_t known = sketch(ngrams, tables_.weights, values);
  std::fill(out.begin(), out.end(), 0.0F);
  for (std::size_t i = 0; i < kSketchSize; ++i) {
    if (values[i] != 0)
      stats::add_scaled(values[i], tables_.projection.data() + i * dimensions_, dimensions_, out.data());
  }
  normalize(out);
  if (std::ranges::all_of(out, [](float value) { return value == 0; })) return false;
  return tables_.familiar <= 0 || known_share(known, ngrams.size(), by_chance_) >= tables_.familiar;
}

}  // namespace assay::text
