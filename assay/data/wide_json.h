#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "assay/data/json_value.h"
#include "assay/data/own_rows.h"
#include "assay/data/wide_table.h"

namespace assay::data {

/// What ends the note that keys were taken for models.
inline constexpr std::string_view kKeysAreModels = ": read as models";

/// JSON rows that are a wide table, as programs write theirs: a query a row, and a key for each model.
///
///     {"prompt_id": "q1", "gpt-4": 0.5, "claude": 1}
///
/// They are so if the first row of a file has an id or a prompt, names no model, and has two keys or more that
/// nobody knows, all with a score, an outcome or null.
class WideJsonRows {
 public:
  explicit WideJsonRows(OwnRowWriter& writer) : writer_(writer) {}
  ~WideJsonRows();

  /// Reads a row; false, and nothing is done, if the file is no such table. Throws DataError for a later row with a
  /// key that the first one lacks, and as WideTable does.
  bool take(const JsonValue& row);

 private:
  bool begins_table(const JsonValue& row) const;
  void begin(const JsonValue& row);

  OwnRowWriter& writer_;
  bool looked_ = false;
  std::unique_ptr<FormatOptions> options_;  ///< With those of `ignore` alone that are keys.
  std::unique_ptr<WideTable> table_;
  std::vector<std::string> keys_;
  std::vector<std::string> cells_;
};

}  // namespace assay::data
