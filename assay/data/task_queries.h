#pragma once

#include <string>
#include <utility>
#include <vector>

#include "assay/data/byte_source.h"

namespace assay::data {

/// A query of a task that models are to be ranked for.
struct TaskQuery {
  std::string prompt;
  /// Models of which it is known whether they are right on it; most queries have none.
  std::vector<std::pair<std::string, bool>> right;
};

/// Reads JSON lines, plain or gzipped: {"prompt": text} or {"question": text}, with "options" appended as an import
/// does, and "right": {model: true or false, ...} where it is known. Other keys are passed over. Throws DataError.
std::vector<TaskQuery> read_task_queries(const std::string& path);
/// The same from any source.
std::vector<TaskQuery> read_task_queries(ByteSource& source);

}  // namespace assay::data
