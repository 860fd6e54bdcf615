#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace assay::report {

enum class Align { left, right };

/// How a row stands out where colour is wanted.
enum class Emphasis { none, strong, faint };

/// A text table for people: a line of titles, a rule, a line per row. Cells come from anywhere: control
/// characters are escaped, so that a name can't move the cursor, and long cells are cut.
class Table {
 public:
  struct Column {
    std::string title;
    Align align = Align::left;
    std::size_t limit = 48;  ///< Columns on the terminal that a cell may take; at least 1.
  };

  /// Throws InvalidArgument without columns.
  explicit Table(std::vector<Column> columns);

  /// Cells that are missing are empty; too many are an InvalidArgument.
  void add_row(std::vector<std::string> cells, Emphasis emphasis = Emphasis::none);
  std::size_t rows() const { return rows_.size(); }

  /// Lines end with "\n" and have no trailing spaces. `colour`: ANSI escapes for titles and emphasis.
  std::string text(bool colour = false) const;

 private:
  struct Row {
    std::vector<std::string> cells;
    Emphasis emphasis;
  };

  std::vector<std::size_t> widths() const;

  std::vector<Column> columns_;
  std::vector<Row> rows_;  // cells are escaped and cut
};

}  // namespace assay::report
