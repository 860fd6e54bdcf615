#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "assay/core/ids.h"
#include "assay/core/responses.h"

namespace assay::text {

/// Numbers that describe each response, for models of outcomes: n queries x m models x k features, floats, each
/// feature with mean 0 and standard deviation 1 over the table. A missing response has the mean of all.
class FeatureTable {
 public:
  FeatureTable() = default;
  /// All 0.
  FeatureTable(std::size_t queries, std::size_t models, std::size_t features)
      : queries_(queries), models_(models), features_(features), values_(queries * models * features, 0.0F) {}

  /// A copy of `cells`, n x m x k: query by query, in these model by model. Throws InvalidArgument if the size is
  /// another one, or if a cell is not finite.
  static FeatureTable from(std::span<const float> cells, std::size_t queries, std::size_t models,
                           std::size_t features);

  std::size_t queries() const { return queries_; }
  std::size_t models() const { return models_; }
  std::size_t features() const { return features_; }

  /// n x m x k, as `from` takes them.
  std::span<const float> cells() const { return values_; }
  /// The k features of a response.
  std::span<const float> at(QueryId query, ModelId model) const {
    return {values_.data() + cell(query, model), features_};
  }
  std::span<float> at(QueryId query, ModelId model) { return {values_.data() + cell(query, model), features_}; }

  /// Shifts and scales each feature to mean 0 and standard deviation 1 over the cells for which `known` holds, and
  /// sets the others to 0. A feature that never varies becomes 0.
  void standardize(const std::vector<char>& known);

 private:
  std::size_t cell(QueryId query, ModelId model) const {
    return (index(query) * models_ + index(model)) * features_;
  }

  std::size_t queries_ = 0;
  std::size_t models_ = 0;
  std::size_t features_ = 0;
  std::vector<float> values_;
};

/// What judges are known to look at before the content (Dubois et al. 2024, arXiv 2404.04475): the length of the
/// response against the baseline's, the length of the baseline's response, and the median length of all models'
/// responses to the query; logarithms of characters + 10. O(bytes).
FeatureTable response_features(const ResponseTable& responses);

/// The same before they are shifted and scaled, for a part of the queries: those of a query depend on its responses
/// alone. `known` becomes n x m: whether there is a response; features of others are 0.
FeatureTable unscaled_features(const ResponseTable& responses, std::vector<char>& known);

}  // namespace assay::text
