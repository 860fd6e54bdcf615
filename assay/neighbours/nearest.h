#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

// Finds the vectors that are nearest to another. An example of use:
//
//   const std::vector<float> values = {1, 0, 0, 1, 0.6F, 0.8F};  // three vectors of two dimensions
//   const std::vector<float> query = {0, 1};
//   const std::vector<Neighbour> two = nearest({values, 2}, query, 2);  // vector 1, then vector 2

#pragma GCC visibility push(default)

namespace assay::neighbours {

/// Vectors of n texts in somebody's memory, n x d floats. Each has length 1, so inner products are cosines. The
/// vector of a text that says nothing has length 0.
struct VectorView {
  std::span<const float> values;
  std::size_t dimensions = 0;

  std::size_t count() const { return dimensions > 0 ? values.size() / dimensions : 0; }
  std::span<const float> at(std::size_t i) const { return values.subspan(i * dimensions, dimensions); }
};

/// Whether this is the vector of a text in which nothing is known. It is near to nothing.
inline bool says_nothing(std::span<const float> vector) {
  for (const float value : vector) {
    if (value != 0) return false;
  }
  return true;
}

/// Vectors in one byte a dimension: a search has to read a quarter of the memory. values[i] is about
/// scale * code[i] with scale = max |values| / 127.
struct CodeView {
  std::span<const std::int8_t> codes;  ///< n x d.
  std::span<const float> scales;       ///< n.
};

/// Links of each vector to its own, and from level 1 on to half as many.
inline constexpr std::size_t kGraphLinks = 32;

/// A graph of near neighbours on several levels (HNSW, Malkov and Yashunin 2016) in somebody's memory. Vector i's
/// links stand at links[offsets[i]] .. links[offsets[i + 1]): kGraphLinks of level 0, then kGraphLinks / 2 of each
/// higher level that it is on; -1: none.
struct GraphView {
  std::span<const std::uint64_t> offsets;  ///< n + 1.
  std::span<const std::int32_t> links;
  std::uint32_t entry = 0;  ///< A vector on the highest level.
  std::uint32_t top = 0;    ///< The highest level.
};

struct Neighbour {
  std::uint32_t index = 0;  ///< Among the vectors searched.
  float similarity = 0;     ///< Cosine.

  bool operator==(const Neighbour&) const = default;
};

/// The order of neighbours: the most similar first, among equals the one that stands first.
inline bool nearer(const Neighbour& a, const Neighbour& b) {
  return a.similarity != b.similarity ? a.similarity > b.similarity : a.index < b.index;
}

/// Keeps the k nearest of all that it is shown. O(1) for most, O(k) now and then.
class NearestKeeper {
 public:
  explicit NearestKeeper(std::size_t k) : k_(k) { kept_.reserve(2 * k); }

  /// False if the candidate is surely not among the k nearest.
  bool wants(const Neighbour& candidate) const {
    return candidate.similarity >= least_similarity_ && key_of(candidate) >= least_;
  }

  void offer(const Neighbour& candidate) {
    if (candidate.similarity < least_similarity_) return;  // most, and the cheaper question
    const std::uint64_t key = key_of(candidate);
    if (key < least_) return;
    kept_.push_back(key);
    if (kept_.size() >= 2 * k_) prune();
  }
  /// The k nearest, or all if there were fewer, in their order; the keeper is empty then.
  std::vector<Neighbour> take();
  /// The same in no order.
  std::vector<Neighbour> take_unordered();

 private:
  // A whole number, the larger the nearer: the similarity, of which -0 is 0, and among equals the index.
  static std::uint64_t key_of(const Neighbour& one) {
    const auto bits = std::bit_cast<std::uint32_t>(one.similarity + 0.0F);
    const std::uint32_t ordered = bits ^ ((bits >> 31U) != 0 ? ~0U : 1U << 31U);
    return std::uint64_t{ordered} << 32U | (~0U - one.index);
  }
  static Neighbour of_key(std::uint64_t key);
  void prune();
  std::vector<Neighbour> hand_over();

  std::size_t k_;
  std::vector<std::uint64_t> kept_;
  std::uint64_t least_ = 0;  // the k-th at the last pruning
  float least_similarity_ = -std::numeric_limits<float>::infinity();
};

/// Exact: the k nearest of `vectors` to `query` (d floats). O(n d).
std::vector<Neighbour> nearest(const VectorView& vectors, std::span<const float> query, std::size_t k);

}  // namespace assay::neighbours

#pragma GCC visibility pop
