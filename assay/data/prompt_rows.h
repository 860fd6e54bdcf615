#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/data/csv_records.h"
#include "assay/data/json_value.h"
#include "assay/data/own_rows.h"

namespace assay::data {

/// A prompt that is made of the columns of a row: "Translate into {language}: {text}". "{{" and "}}" are braces.
class RowTemplate {
 public:
  /// Throws InvalidArgument if a brace is left open, or if no column is named.
  explicit RowTemplate(std::string_view text);

  /// `value` gives what stands in a column.
  std::string render(const std::function<std::string(const std::string& column)>& value) const;

 private:
  struct Part {
    std::string text;
    bool column = false;
  };
  std::vector<Part> parts_;
};

/// Rows of prompts, made by FormatOptions::prompt: of each the id, task and right answer by the usual names, the
/// rest is there for the template alone.
///
///     {"id": 7, "language": "French", "text": "Good morning.", "reference": "Bonjour."}
class PromptRows {
 public:
  explicit PromptRows(OwnRowWriter& writer) : writer_(writer), template_(writer.options().prompt) {}

  /// Texts and numbers; a list of texts becomes lines "A. first". Throws DataError.
  void take(const JsonValue& row);
  /// The table whose header is the record that was read last. Throws DataError.
  void read(CsvRecords& records);

 private:
  OwnRowWriter& writer_;
  RowTemplate template_;
};

}  // namespace assay::data
