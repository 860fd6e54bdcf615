#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <variant>

#include "assay/file/database.h"

namespace assay::file {

/// Rows in memory that SQL reads as a table. One INSERT of some thousand rows costs far less than one for each.
///
///     const RowTable rows(database, "new_name", "CREATE TABLE new_name (id, name)", [&] { return names.size(); },
///                         [&](std::size_t row, int column) -> RowTable::Value { ... });
///     database.execute("INSERT INTO name SELECT * FROM new_name");
class RowTable {
 public:
  /// Null, an integer, a real number or text, which is borrowed until the next row.
  using Value = std::variant<std::monostate, std::int64_t, double, std::string_view>;
  using Count = std::function<std::size_t()>;
  using Cell = std::function<Value(std::size_t row, int column)>;

  /// `declaration`: what CREATE TABLE would be. `count` and `cell` are asked while a statement runs. Statements
  /// that read the table must end before it.
  RowTable(const Database& database, Sql name, Sql declaration, Count count, Cell cell);
  ~RowTable();
  RowTable(const RowTable&) = delete;
  RowTable& operator=(const RowTable&) = delete;

  struct Source;  ///< What SQLite is given.

 private:
  const Database* database_;
  Sql name_;
  std::unique_ptr<Source> source_;
};

}  // namespace assay::file
