#pragma once

#include <memory>
#include <span>
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
  /// `columns`: what rows of a table have, which lack what is null in them; empty: each row tells by its keys.
  explicit OwnJsonRows(OwnRowWriter& writer, std::span<const std::string> columns = {})
      : writer_(writer), keys_(columns.begin(), columns.end()), fixed_(!columns.empty()) {}

  /// False, and nothing is read, if the row has no prompt, response or score. Throws DataError.
  bool take(const JsonValue& row);

 private:
  void learn(const JsonValue& row);
  bool is_known(const JsonValue& row) const;
  void read(const JsonValue& row);
  /// The role of a part; `at` is where to look from, for the parts of a row in their order.
  OwnRole role(const JsonValue& part, std::size_t& at) const;

  OwnRowWriter& writer_;
  std::vector<std::string> keys_;  ///< Of the last row, or of all.
  bool fixed_;                     ///< Of all.
  std::unique_ptr<OwnColumns> columns_;
  std::vector<std::string> told_;  ///< What is told of each row with these keys.
};

}  // namespace assay::data
