#pragma once

#include <memory>
#include <string>
#include <vector>

#include "assay/data/json_value.h"
#include "assay/data/own_rows.h"

namespace assay::data {

/// A number, a word or a text; null is empty. Throws DataError for a list or an object.
std::string cell_text(const JsonValue& value);

/// Rows of JSON of somebody's own, whose keys are read by their usual names.
///
///     {"question": "6 x 7?", "output": "42", "model": "small", "passed": true}
class OwnJsonRows {
 public:
  explicit OwnJsonRows(OwnRowWriter& writer) : writer_(writer) {}

  /// False, and nothing is read, if the row has no prompt, response or score. Throws DataError.
  bool take(const JsonValue& row);

 private:
  void learn(const JsonValue& row);
  bool is_known(const JsonValue& row) const;
  void read(const JsonValue& row);

  OwnRowWriter& writer_;
  std::vector<std::string> keys_;  ///< Of the last row.
  std::unique_ptr<OwnColumns> columns_;
  std::vector<std::string> told_;  ///< What is told of each row with these keys.
};

}  // namespace assay::data
