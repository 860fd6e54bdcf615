#include "assay/store/waiting_rows.h"

namespace assay::store {
namespace {

using CellValue = file::RowTable::Value;

template <typename T>
CellValue value_of(const std::optional<T>& value) {
  return value ? CellValue(*value) : CellValue();
}

// In the order of the tables' columns.
CellValue cell_of(const ResponseRow& row, int column) {
  switch (column) {
    case 0: return row.model;
    case 1: return row.query;
    case 2: return std::int64_t{row.turn};
    case 3: return row.text;
    case 4: return value_of(row.took.tokens_in);
    case 5: return value_of(row.took.tokens_out);
    case 6: return value_of(row.took.cost);
    default: return value_of(row.took.seconds);
  }
}
CellValue cell_of(const ScoreRow& row, int column) {
  switch (column) {
    case 0: return row.judge;
    case 1: return row.model;
    case 2: return row.query;
    case 3: return std::int64_t{row.turn};
    case 4: return std::int64_t{row.repeat};
    default: return row.value;
  }
}
CellValue cell_of(const LabelRow& row, int column) {
  if (column == 0) return row.model;
  if (column == 1) return row.query;
  return row.label ? CellValue(std::string_view(*row.label)) : CellValue();
}

template <typename Row>
file::RowTable row_table(const file::Database& database, file::Sql name, file::Sql declaration,
                         const std::vector<Waiting<Row>>& rows) {
  return {database, name, declaration, [&rows] { return rows.size(); },
          [&rows](std::size_t row, int column) { return cell_of(rows[row].row, column); }};
}

}  // namespace

BatchStatements::BatchStatements(const file::Database& database, const WaitingRows& rows)
    : responses(
          row_table(database, "new_response",
                    "CREATE TABLE new_response (model, query, turn, text, tokens_in, tokens_out, cost, seconds)",
                    rows.responses)),
      scores(row_table(database, "new_score", "CREATE TABLE new_score (judge, model, query, turn, repeat, value)",
                       rows.scores)),
      labels(row_table(database, "new_label", "CREATE TABLE new_label (model, query, value)", rows.labels)),
      add_responses(database.prepare("INSERT INTO response SELECT * FROM new_response")),
      add_scores(database.prepare("INSERT INTO score SELECT * FROM new_score")),
      add_labels(database.prepare("INSERT INTO label SELECT * FROM new_label")) {}

}  // namespace assay::store
