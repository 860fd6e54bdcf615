// The graph is built by faiss, where this Assay was built with it. A search needs faiss no more.

#include "assay/core/error.h"
#include "assay/neighbours/neighbour_graph.h"

#if ASSAY_FAISS
#include <faiss/IndexHNSW.h>
#include <omp.h>
#endif

namespace assay::neighbours {

#if ASSAY_FAISS

namespace {

constexpr int kBuildEffort = 40;

// faiss adds vectors on as many threads as there are, in an order that nobody knows.
class OneThread {
 public:
  OneThread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~OneThread() { omp_set_num_threads(before_); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

}  // namespace

bool can_build_graphs() { return true; }

NeighbourGraph build_graph(const VectorView& vectors) {
  const OneThread one_thread;
  const auto count = static_cast<faiss::Index::idx_t>(vectors.count());
  // Vectors of length 1: the nearest by Euclid are the nearest by angle.
  faiss::IndexHNSWFlat index(static_cast<int>(vectors.dimensions), static_cast<int>(kGraphLinks / 2));
  index.hnsw.efConstruction = kBuildEffort;
  index.add(count, vectors.values.data());
  NeighbourGraph graph;
  graph.offsets.assign(index.hnsw.offsets.begin(), index.hnsw.offsets.end());
  graph.links.assign(index.hnsw.neighbors.begin(), index.hnsw.neighbors.end());
  graph.entry = static_cast<std::uint32_t>(index.hnsw.entry_point);
  graph.top = static_cast<std::uint32_t>(index.hnsw.max_level);
  return graph;
}

#else

bool can_build_graphs() { return false; }

NeighbourGraph build_graph(const VectorView& vectors) {
  (void)vectors;
  throw Error("a neighbour graph is built by faiss, which this Assay was built without");
}

#endif

}  // namespace assay::neighbours
