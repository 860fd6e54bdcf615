#include "assay/report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/report/display_width.h"

namespace assay::report {
namespace {

constexpr std::string_view kColumnGap = "  ";

std::string_view escape_code(Emphasis emphasis) {
  switch (emphasis) {
    case Emphasis::strong: return "\x1b[1m";
    case Emphasis::faint: return "\x1b[2m";
    case Emphasis::none: break;
  }
  return {};
}

/// Escaping a text of any length only to cut it would cost time and memory: what stands beyond this many bytes
/// can't be shown in `limit` columns, a column taking at most 4 bytes and their combining marks.
std::string printable(std::string_view cell, std::size_t limit) {
  return cut_to_width(escaped(cell.substr(0, (limit + 1) * 16)), limit);
}

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {
  if (columns_.empty()) throw InvalidArgument("a table needs at least one column");
  for (Column& column : columns_) {
    column.limit = std::max<std::size_t>(column.limit, 1);
    column.title = printable(column.title, column.limit);
  }
}

void Table::add_row(std::vector<std::string> cells, Emphasis emphasis) {
  if (cells.size() > columns_.size()) {
    throw InvalidArgument(
        fmt::format("a row of this table has at most {} cells, came {}", columns_.size(), cells.size()));
  }
  cells.resize(columns_.size());
  for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = printable(cells[i], columns_[i].limit);
  rows_.push_back({std::move(cells), emphasis});
}

std::vector<std::size_t> Table::widths() const {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = display_width(columns_[i].title);
    for (const Row& row : rows_) width = std::max(width, display_width(row.cells[i]));
    result.push_back(width);
  }
  return result;
}

std::string Table::text(bool colour) const {
  const std::vector<std::size_t> width = widths();
  std::string out;
  const auto line = [&](const auto& cell_of, Emphasis emphasis) {
    std::string text;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string& cell = cell_of(i);
      const std::string padding(width[i] - display_width(cell), ' ');
      if (i > 0) text += kColumnGap;
      text += columns_[i].align == Align::right ? padding + cell : cell + padding;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    const std::string_view code = colour ? escape_code(emphasis) : std::string_view();
    out.append(code).append(text).append(code.empty() ? "\n" : "\x1b[0m\n");
  };
  line([&](std::size_t i) -> const std::string& { return columns_[i].title; }, Emphasis::strong);
  std::vector<std::string> rule;
  for (const std::size_t columns : width) {
    std::string& part = rule.emplace_back();
    for (std::size_t i = 0; i < columns; ++i) part += "─";
  }
  line([&](std::size_t i) -> const std::string& { return rule[i]; }, Emphasis::faint);
  for (const Row& row : rows_) {
    line([&](std::size_t i) -> const std::string& { return row.cells[i]; }, row.emphasis);
  }
  return out;
}

}  // namespace assay::report
