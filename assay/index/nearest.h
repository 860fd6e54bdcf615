#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace assay {

/// Vectors of n texts in somebody's memory, n x d floats, each of length 1 (or 0, of a text that says nothing):
/// their inner products are cosines.
struct VectorView {
  std::span<const float> values;
  std::size_t dimensions = 0;

  std::size_t count() const { return dimensions > 0 ? values.size() / dimensions : 0; }
  std::span<const float> at(std::size_t i) const { return values.subspan(i * dimensions, dimensions); }
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
  bool wants(const Neighbour& candidate) const { return !full_ || nearer(candidate, worst_); }

  void offer(const Neighbour& candidate) {
    if (!wants(candidate)) return;
    kept_.push_back(candidate);
    if (kept_.size() >= 2 * k_) prune();
  }
  /// The k nearest, or all if there were fewer, in their order; the keeper is empty then.
  std::vector<Neighbour> take();

 private:
  void prune();

  std::size_t k_;
  std::vector<Neighbour> kept_;
  Neighbour worst_;    // of the k nearest at the last pruning
  bool full_ = false;  // there was one
};

/// Exact: the k nearest of `vectors` to `query` (d floats). O(n d).
std::vector<Neighbour> nearest(const VectorView& vectors, std::span<const float> query, std::size_t k);

}  // namespace assay
