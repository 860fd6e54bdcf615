#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/ids.h"
#include "assay/core/progress.h"
#include "assay/core/responses.h"

namespace assay::text {

/// Similarity of every two models' responses to each of n queries, in [0, 1]; n * m * (m - 1) / 2 floats. A
/// response equals itself with similarity 1, which is not stored.
class SimilarityTable {
 public:
  SimilarityTable() = default;
  SimilarityTable(std::size_t queries, std::size_t models)
      : queries_(queries), models_(models), values_(queries * pairs(), 0.0F) {}

  /// A copy of `cells`, n x m (m - 1) / 2: a row per query, pairs in the order of `row`. Throws InvalidArgument if
  /// the size is another one, or if a cell is not in [0, 1].
  static SimilarityTable from(std::span<const float> cells, std::size_t queries, std::size_t models);

  std::size_t queries() const { return queries_; }
  std::size_t models() const { return models_; }
  std::size_t pairs() const { return models_ * (models_ > 0 ? models_ - 1 : 0) / 2; }

  /// n x m (m - 1) / 2, a row per query, as `from` takes them.
  std::span<const float> cells() const { return values_; }
  /// Pairs (0,1), (0,2), (1,2), (0,3), ...: pair (i, j), i < j, stands at j (j - 1) / 2 + i.
  std::span<float> row(QueryId query) { return std::span(values_).subspan(index(query) * pairs(), pairs()); }
  std::span<const float> row(QueryId query) const {
    return std::span(values_).subspan(index(query) * pairs(), pairs());
  }
  float at(QueryId query, ModelId a, ModelId b) const;

  /// The weights p_i p_j of all pairs and, at the end, sum_j p_j^2 for the similarity 1 of each response with
  /// itself.
  std::vector<float> pair_weights(std::span<const double> p) const;
  /// sum_ij p_i p_j sim(i, j) over all ordered pairs, with `weights` from `pair_weights`. O(m^2).
  float weighted_sum(QueryId query, std::span<const float> weights) const;

  /// As bytes for the study file, and back; throws Error if `bytes` are not such.
  std::string to_bytes() const;
  static SimilarityTable from_bytes(std::string_view bytes);

 private:
  std::size_t queries_ = 0;
  std::size_t models_ = 0;
  std::vector<float> values_;
};

/// Similarity of texts by the words that they share: ROUGE-1 F (Lin 2004), 2 |A n B| / (|A| + |B|) over bags of
/// words; 1 for two empty texts, 0 where a response is missing. In parallel over queries; `threads` 0: one per
/// core.
SimilarityTable response_similarity(const ResponseTable& responses, std::size_t threads,
                                    const Progress& progress = {});

}  // namespace assay::text
