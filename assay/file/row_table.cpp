#include "assay/file/row_table.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <new>
#include <utility>

#include "assay/core/error.h"

// RowTable as a virtual table of SQLite (sqlite.org/vtab.html): it can be read from its first row to its last, and
// nothing else. What is not set in the module is not called for such a table.

namespace assay::file {

struct RowTable::Source {
  sqlite3_module module{};
  const char* declaration;
  Count count;
  Cell cell;
};

namespace {

struct OpenTable : sqlite3_vtab {
  const RowTable::Source* source;
};

struct OpenCursor : sqlite3_vtab_cursor {
  const RowTable::Source* source;
  std::size_t row;
  std::size_t count;
};

int connect_rows(sqlite3* connection, void* source, int /*argc*/, const char* const* /*argv*/, sqlite3_vtab** table,
                 char** /*message*/) {
  const auto* rows = static_cast<const RowTable::Source*>(source);
  const int code = sqlite3_declare_vtab(connection, rows->declaration);
  if (code != SQLITE_OK) return code;
  auto* opened = new (std::nothrow) OpenTable{};
  if (opened == nullptr) return SQLITE_NOMEM;
  opened->source = rows;
  *table = opened;
  return SQLITE_OK;
}

int disconnect_rows(sqlite3_vtab* table) {
  delete static_cast<OpenTable*>(table);
  return SQLITE_OK;
}

int plan_rows(sqlite3_vtab* /*table*/, sqlite3_index_info* /*info*/) { return SQLITE_OK; }

int open_rows(sqlite3_vtab* table, sqlite3_vtab_cursor** cursor) {
  auto* opened = new (std::nothrow) OpenCursor{};
  if (opened == nullptr) return SQLITE_NOMEM;
  opened->source = static_cast<OpenTable*>(table)->source;
  *cursor = opened;
  return SQLITE_OK;
}

int close_rows(sqlite3_vtab_cursor* cursor) {
  delete static_cast<OpenCursor*>(cursor);
  return SQLITE_OK;
}

int first_row(sqlite3_vtab_cursor* cursor, int /*index*/, const char* /*name*/, int /*argc*/,
              sqlite3_value** /*argv*/) {
  auto* at = static_cast<OpenCursor*>(cursor);
  at->row = 0;
  at->count = at->source->count();
  return SQLITE_OK;
}

int next_row(sqlite3_vtab_cursor* cursor) {
  ++static_cast<OpenCursor*>(cursor)->row;
  return SQLITE_OK;
}

int past_rows(sqlite3_vtab_cursor* cursor) {
  const auto* at = static_cast<OpenCursor*>(cursor);
  return at->row < at->count ? 0 : 1;
}

int cell_of_row(sqlite3_vtab_cursor* cursor, sqlite3_context* result, int column) {
  const auto* at = static_cast<OpenCursor*>(cursor);
  const RowTable::Value value = at->source->cell(at->row, column);
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    sqlite3_result_int64(result, *integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    sqlite3_result_double(result, *real);  // NaN: NULL
  } else if (const auto* text = std::get_if<std::string_view>(&value)) {
    // A null pointer would be NULL, not an empty text.
    const char* bytes = text->data() == nullptr ? "" : text->data();
    sqlite3_result_text64(result, bytes, text->size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  return SQLITE_OK;
}

int number_of_row(sqlite3_vtab_cursor* cursor, sqlite3_int64* id) {
  *id = static_cast<sqlite3_int64>(static_cast<OpenCursor*>(cursor)->row);
  return SQLITE_OK;
}

}  // namespace

RowTable::RowTable(const Database& database, Sql name, Sql declaration, Count count, Cell cell)
    : database_(&database), name_(name), source_(std::make_unique<Source>()) {
  source_->declaration = declaration.text();
  source_->count = std::move(count);
  source_->cell = std::move(cell);
  sqlite3_module& module = source_->module;  // without xCreate: there under its name, no CREATE is wanted
  module.xConnect = connect_rows;
  module.xDisconnect = disconnect_rows;
  module.xBestIndex = plan_rows;
  module.xOpen = open_rows;
  module.xClose = close_rows;
  module.xFilter = first_row;
  module.xNext = next_row;
  module.xEof = past_rows;
  module.xColumn = cell_of_row;
  module.xRowid = number_of_row;
  const int code = sqlite3_create_module(database.connection_.get(), name.text(), &module, source_.get());
  if (code != SQLITE_OK) throw Error(fmt::format("{}: {}", name.text(), sqlite3_errstr(code)));
}

RowTable::~RowTable() { sqlite3_create_module(database_->connection_.get(), name_.text(), nullptr, nullptr); }

}  // namespace assay::file
