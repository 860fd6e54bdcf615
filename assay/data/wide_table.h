#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "assay/core/records.h"
#include "assay/data/format.h"

namespace assay::data {

/// Where a wide table stands.
struct WideSource {
  std::string_view path;      ///< Must outlive the table.
  std::string_view judge;     ///< Who gave its cells, where options do not tell.
  bool takes_columns = true;  ///< `gold`, `task`, `weights` and `na` are options of the format.
};

/// A table with a query a row and a model a column, cells of which are outcomes against a baseline, scores, or
/// labels beside a column of true ones. A table without models holds prompts and what is known of them.
///
///     WideTable table({"x.csv", "csv"}, options, sink);
///     table.header({{"id", "gpt-4", "claude"}}, 1);
///     table.row({{"q1", "0.5", "1"}}, 2);
class WideTable {
 public:
  WideTable(const WideSource& source, const FormatOptions& options, RecordSink& sink);
  ~WideTable();
  WideTable(const WideTable&) = delete;
  WideTable& operator=(const WideTable&) = delete;

  /// The names of the columns, first. Throws DataError, as `row` does: "path:line: ...".
  void header(std::span<const std::string> names, std::size_t line);
  void row(std::span<const std::string> cells, std::size_t line);

 private:
  class Table;
  std::unique_ptr<Table> table_;
};

}  // namespace assay::data
