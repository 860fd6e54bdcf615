#include "assay/neighbours/neighbour_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <queue>
#include <utility>

#include "assay/core/error.h"
#include "assay/stats/matrix_product.h"

namespace assay::neighbours {
namespace {

constexpr std::size_t kUpperLinks = kGraphLinks / 2;

// Which vectors a search has seen. Kept between searches of a thread: clearing it costs what was visited.
class Visited {
 public:
  void begin(std::size_t vectors) {
    if (marks_.size() != vectors || ++round_ == 0) {
      marks_.assign(vectors, 0);
      round_ = 1;
    }
  }
  /// True the first time.
  bool visit(std::size_t i) { return std::exchange(marks_[i], round_) != round_; }

 private:
  std::vector<std::uint8_t> marks_;
  std::uint8_t round_ = 0;
};

struct Searcher {
  const VectorView& vectors;
  const GraphView& graph;
  std::span<const float> query;

  float similarity(std::uint32_t i) const {
    return stats::inner_product(query.data(), vectors.values.data() + i * vectors.dimensions, vectors.dimensions);
  }
  // A large store lies beyond all caches: the vectors of all links are asked for before the first is looked at.
  void fetch(std::uint32_t i) const {
#if defined(__GNUC__) || defined(__clang__)
    constexpr std::size_t kCacheLine = 64 / sizeof(float);
    const float* vector = vectors.values.data() + i * vectors.dimensions;
    for (std::size_t p = 0; p < vectors.dimensions; p += kCacheLine) __builtin_prefetch(vector + p);
#endif
  }
  std::span<const std::int32_t> links(std::uint32_t i, std::size_t level) const {
    const std::size_t begin = graph.offsets[i] + (level == 0 ? 0 : kGraphLinks + (level - 1) * kUpperLinks);
    const std::size_t count = level == 0 ? kGraphLinks : kUpperLinks;
    if (begin + count > graph.offsets[i + 1]) return {};  // not on this level
    return graph.links.subspan(begin, count);
  }

  // From the entry down to level 1, always to the nearest neighbour.
  Neighbour descend() const {
    Neighbour here{graph.entry, similarity(graph.entry)};
    for (std::size_t level = graph.top; level > 0; --level) {
      for (bool moved = true; moved;) {
        moved = false;
        for (const std::int32_t link : links(here.index, level)) {
          if (link < 0) break;
          const Neighbour next{static_cast<std::uint32_t>(link), similarity(static_cast<std::uint32_t>(link))};
          if (!nearer(next, here)) continue;
          here = next;
          moved = true;
        }
      }
    }
    return here;
  }
};

}  // namespace

void check_graph(const GraphView& graph, std::size_t vectors) {
  if (graph.offsets.size() != vectors + 1) {
    throw DataError(
        fmt::format("expected {} offsets of a neighbour graph, came {}", vectors + 1, graph.offsets.size()));
  }
  bool fits = graph.entry < vectors && graph.offsets[0] == 0 && graph.offsets[vectors] == graph.links.size();
  for (std::size_t i = 0; fits && i < vectors; ++i) {
    fits = graph.offsets[i + 1] >= graph.offsets[i] && graph.offsets[i + 1] <= graph.links.size();
  }
  const bool links_fit = std::all_of(graph.links.begin(), graph.links.end(), [&](std::int32_t link) {
    return link < 0 || static_cast<std::size_t>(link) < vectors;
  });
  if (!fits || !links_fit || graph.top > 64) throw DataError("a neighbour graph that points outside itself");
}

std::vector<Neighbour> nearest(const VectorView& vectors, const GraphView& graph, std::span<const float> query,
                               std::size_t k, std::size_t effort) {
  thread_local Visited visited;
  visited.begin(vectors.count());
  const Searcher search{vectors, graph, query};
  // The farthest kept on top; the nearest candidate on top.
  const auto farthest_first = [](const Neighbour& a, const Neighbour& b) { return nearer(a, b); };
  const auto nearest_first = [](const Neighbour& a, const Neighbour& b) { return nearer(b, a); };
  std::priority_queue<Neighbour, std::vector<Neighbour>, decltype(farthest_first)> kept(farthest_first);
  std::priority_queue<Neighbour, std::vector<Neighbour>, decltype(nearest_first)> candidates(nearest_first);
  const Neighbour start = search.descend();
  visited.visit(start.index);
  kept.push(start);
  candidates.push(start);
  std::vector<std::uint32_t> unseen;
  while (!candidates.empty()) {
    const Neighbour here = candidates.top();
    if (kept.size() >= effort && !nearer(here, kept.top())) break;
    candidates.pop();
    unseen.clear();
    for (const std::int32_t link : search.links(here.index, 0)) {
      if (link < 0) break;
      const auto index = static_cast<std::uint32_t>(link);
      if (!visited.visit(index)) continue;
      unseen.push_back(index);
      search.fetch(index);
    }
    for (const std::uint32_t index : unseen) {
      const Neighbour next{index, search.similarity(index)};
      if (kept.size() >= effort && !nearer(next, kept.top())) continue;
      kept.push(next);
      candidates.push(next);
      if (kept.size() > effort) kept.pop();
    }
  }
  std::vector<Neighbour> result(kept.size());
  for (std::size_t i = kept.size(); i > 0; --i, kept.pop()) result[i - 1] = kept.top();
  result.resize(std::min(k, result.size()));
  return result;
}

}  // namespace assay::neighbours
