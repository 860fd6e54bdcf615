#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "assay/file/database.h"
#include "assay/store/labelling.h"

namespace assay::store {

/// A query of the study file.
struct QueryRow {
  std::int64_t id = 0;
  std::string name;
  std::string task;
  int options = 0;  ///< 0: not known.
};

/// A model of the study file.
struct ModelRow {
  std::int64_t id = 0;
  std::string name;
  ModelFacts facts;
};

/// All queries of these tasks (empty: of all), sorted as QuerySet is. Throws InvalidArgument for a task that there
/// is not.
std::vector<QueryRow> query_rows(const file::Database& database, const std::vector<std::string>& tasks);
/// All models, sorted by name.
std::vector<ModelRow> model_rows(const file::Database& database);
/// Those with labels, sorted by name.
std::vector<ModelRow> labelled_models(const file::Database& database);
/// Those of `all` that are called as wanted, each once, in the order of `all`. Throws InvalidArgument for another
/// name.
std::vector<ModelRow> named_models(const std::vector<ModelRow>& all, const std::vector<std::string>& wanted);
std::vector<std::string> names_of(const std::vector<ModelRow>& models);
std::vector<ModelFacts> facts_of(const std::vector<ModelRow>& models);

inline constexpr std::size_t kNowhere = std::numeric_limits<std::size_t>::max();

/// The place of a query among chosen ones, by its number in the file.
class RowsById {
 public:
  explicit RowsById(const std::vector<QueryRow>& queries);
  /// kNowhere if it is not among them.
  std::size_t operator()(std::int64_t id) const;

 private:
  std::unordered_map<std::int64_t, std::size_t> rows_;
};

QuerySet query_set(const file::Database& database, const std::vector<QueryRow>& queries, const RowsById& row_of);

inline constexpr std::int64_t kTruth = 0;  ///< Stands for the model of a true label.

/// Labels of one model (or of the truth) on `count` chosen queries; empty: not run.
using LabelColumn = std::vector<std::optional<std::string>>;
LabelColumn label_column(const file::Database& database, std::int64_t model, std::size_t count,
                         const RowsById& row_of);
bool has_true_labels(const file::Database& database);

}  // namespace assay::store
