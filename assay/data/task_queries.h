#pragma once

#include <string>
#include <utility>
#include <vector>

#include "assay/data/byte_source.h"

namespace assay::data {

/// A query of a task that models are to be ranked for.
struct TaskQuery {
  std::string prompt;
  /// Models of which it is known how right they are on it, scores in [0, 1]; most queries have none.
  std::vector<std::pair<std::string, double>> right;
};

/// Reads JSON lines, plain or gzipped: {"prompt": text} or {"question": text}, with "options" appended as an import
/// does, and "right": {model: true, false or a score from 0 to 1, ...}
/// where it is known. Other keys are passed over. Throws DataError.
std::vector<TaskQuery> read_task_queries(const std::string& path);
/// The same from any source.
std::vector<TaskQuery> read_task_queries(ByteSource& source);

}  // namespace assay::data
