#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "assay/core/progress.h"

namespace assay::text {

/// Its name: a change of anything that changes vectors changes it.
inline constexpr std::string_view kHashedEmbedding = "hashed-ngrams-v1";
/// Buckets that n-grams are hashed into.
inline constexpr std::size_t kNgramBuckets = std::size_t{1} << 18U;
/// Coordinates that the buckets are cast on before the projection.
inline constexpr std::size_t kSketchSize = 2048;
/// Largest number of dimensions of a hashed embedding.
inline constexpr std::size_t kMostDimensions = 1024;

/// What a hashed embedding has learnt from a corpus, in somebody's memory.
struct HashedEmbeddingTables {
  /// Of the kNgramBuckets buckets, >= 0. 0 where the corpus has no such n-gram, or one text alone; -0 where one is
  /// known and tells nothing: every text has it, or `with_known` made it so.
  std::span<const float> weights;
  std::span<const float> projection;  ///< kSketchSize x d, row by row.
  float familiar = 0;                 ///< Known share from which a text is familiar, in [0, 1]; 0: every text is.
};

/// The same, owned.
struct HashedEmbeddingFit {
  std::vector<float> weights;
  std::vector<float> projection;
  float familiar = 0;

  HashedEmbeddingTables tables() const { return {weights, projection, familiar}; }
};

/// Learns from the texts of a corpus: the weight of a bucket is ln((n + 1) / (df + 1)), with df the number of the n
/// texts in which it occurs, or 0 if that is less than two; and the projection spans the d directions in which the
/// sketches of the texts, at most 4096 of them in regular distance, are largest (latent semantic analysis,
/// Deerwester et al. 1990), by a few steps of subspace iteration.
///
/// The known share of a text is the share of its n-grams that two other texts of the corpus have, without those
/// that meet one in a bucket by chance. `familiar` is a quarter, or half of what 95 of 100 texts of the corpus have
/// where that is less (few texts, a language without blanks): so less than one in twenty of texts like them is
/// called unfamiliar (a conformal p-value, Vovk et al. 2005). 0 if it comes to that: then no text is.
///
/// The result does not depend on `threads` (0: one per core). O(bytes + texts d). Throws InvalidArgument unless
/// 1 <= dimensions <= kMostDimensions.
HashedEmbeddingFit fit_hashed_embedding(std::span<const std::string_view> corpus, std::size_t dimensions,
                                        std::size_t threads, const Progress& progress = {});

/// The weights of `tables`, and -0 for every n-gram that one of `texts` has and the corpus had not: texts like
/// them are familiar from now on, and all vectors stay what they were. O(bytes + kNgramBuckets).
std::vector<float> with_known(const HashedEmbeddingTables& tables, std::span<const std::string> texts);

/// An embedding of texts that needs no model: the words of a text, its pairs of neighbouring words, and the pieces
/// of 3 to 5 characters of each word are hashed into buckets; each counts (1 + ln occurrences) times its weight, is
/// cast on a coordinate with a random sign (Weinberger et al. 2009), and the sum is projected to d dimensions.
/// ASCII case does not matter, digits are all one digit, and bytes that are not UTF-8 are characters of their own.
class HashedEmbedding {
 public:
  /// Borrows the tables. Throws InvalidArgument if their sizes are not those of any d in 1 .. kMostDimensions.
  explicit HashedEmbedding(const HashedEmbeddingTables& tables);

  std::size_t dimensions() const { return dimensions_; }

  /// Writes the embedding of `text`, of length 1, to `out` (d floats); all 0 where nothing of the text has a
  /// weight, as in an empty one. O(bytes + 2048 d). May be called from several threads at a time.
  ///
  /// Returns whether the text is familiar. What is nearest to one that is not, in another language mostly, is an
  /// accident of hashing. A text of which nothing has a weight is not.
  bool embed(std::string_view text, std::span<float> out) const;

 private:
  std::size_t dimensions_;
  HashedEmbeddingTables tables_;
  double by_chance_;  // the share of n-grams that meet a known bucket though they are not known
};

}  // namespace assay::text
