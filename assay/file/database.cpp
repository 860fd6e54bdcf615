#include "assay/file/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include "assay/core/error.h"
#include "assay/core/utf8.h"

namespace assay::file {
namespace {

constexpr int kBusyMilliseconds = 5000;

std::string path_of(sqlite3* connection) {
  const char* path = sqlite3_db_filename(connection, "main");
  return escaped(path == nullptr || *path == '\0' ? "study" : path);
}

[[noreturn]] void fail(sqlite3* connection, int code) {
  const std::string path = path_of(connection);
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: throw Error(path + ": in use by another process; try again when it has ended");
    case SQLITE_NOTADB: throw Error(path + ": expected a study, came a file that is not an SQLite database");
    case SQLITE_CORRUPT: throw Error(fmt::format("{}: the file is damaged ({})", path, sqlite3_errmsg(connection)));
    case SQLITE_READONLY: throw Error(path + ": the file can't be written (no permission)");
    case SQLITE_FULL: throw Error(path + ": no space is left on the disk");
    default: throw Error(fmt::format("{}: {}", path, escaped(sqlite3_errmsg(connection))));
  }
}

void check(sqlite3* connection, int code) {
  if (code != SQLITE_OK) fail(connection, code);
}

void check(sqlite3_stmt* statement, int code) { check(sqlite3_db_handle(statement), code); }

void harden(sqlite3* connection) {
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
}

}  // namespace

void Statement::Finalizer::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement::Statement(sqlite3* connection, Sql sql) {
  sqlite3_stmt* statement = nullptr;
  check(connection, sqlite3_prepare_v3(connection, sql.text(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
  statement_.reset(statement);
}

void Statement::rewind() { sqlite3_reset(statement_.get()); }

void Statement::bind_integer(int at, std::int64_t value) {
  check(statement_.get(), sqlite3_bind_int64(statement_.get(), at, value));
}

// SQLite itself makes NULL of a NaN.
void Statement::bind(int at, double value) {
  check(statement_.get(), sqlite3_bind_double(statement_.get(), at, value));
}

void Statement::bind(int at, std::string_view value) {
  // A null pointer would be bound as NULL, not as an empty text.
  const char* bytes = value.data() == nullptr ? "" : value.data();
  check(statement_.get(),
        sqlite3_bind_text64(statement_.get(), at, bytes, value.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind(int at, const Blob& value) {
  const char* bytes = value.bytes.data() == nullptr ? "" : value.bytes.data();
  check(statement_.get(), sqlite3_bind_blob64(statement_.get(), at, bytes, value.bytes.size(), SQLITE_STATIC));
}

void Statement::bind(int at, std::nullopt_t) { check(statement_.get(), sqlite3_bind_null(statement_.get(), at)); }

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  sqlite3* connection = sqlite3_db_handle(statement_.get());
  const int extended = sqlite3_extended_errcode(connection);
  try {
    fail(connection, extended);
  } catch (...) {
    sqlite3_reset(statement_.get());  // Gives its locks back.
    throw;
  }
}

void Statement::run() {
  while (step()) {
  }
  rewind();
}

bool Statement::run_if_allowed() {
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = sqlite3_step(statement_.get());
  if (code != SQLITE_DONE && (static_cast<unsigned>(code) & 0xFFU) != SQLITE_CONSTRAINT) {
    try {
      check(statement_.get(), code);
    } catch (...) {
      sqlite3_reset(statement_.get());
      throw;
    }
  }
  sqlite3_reset(statement_.get());
  return code == SQLITE_DONE;
}

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

int Statement::integer_in(int column, int low, int high) const {
  const std::int64_t value = integer(column);
  if (value >= low && value <= high) return static_cast<int>(value);
  throw Error(fmt::format("{}: the file is damaged (expected a value from {} to {}, came {})",
                          path_of(sqlite3_db_handle(statement_.get())), low, high, value));
}

double Statement::real(int column) const {
  return is_null(column) ? std::numeric_limits<double>::quiet_NaN()
                         : sqlite3_column_double(statement_.get(), column);
}

std::string_view Statement::blob(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? std::string_view()
                          : std::string_view(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

void Database::Closer::operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }

Database::Database(const std::string& path, Access access) {
  const int flags = SQLITE_OPEN_READWRITE | (access == Access::create ? SQLITE_OPEN_CREATE : 0);
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &connection, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  connection_.reset(connection);
  if (code != SQLITE_OK) {
    throw Error(fmt::format("{}: can't be opened ({})", escaped(path), escaped(sqlite3_errmsg(connection))));
  }
  sqlite3_busy_timeout(connection, kBusyMilliseconds);
  harden(connection);
}

void Database::execute(Sql sql) const {
  const int code = sqlite3_exec(connection_.get(), sql.text(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(connection_.get(), code);
}

std::int64_t Database::integer(Sql sql, std::int64_t missing) const {
  Statement statement = prepare(sql);
  return statement.step() ? statement.integer(0) : missing;
}

int Database::changes() const { return sqlite3_changes(connection_.get()); }
std::int64_t Database::last_id() const { return sqlite3_last_insert_rowid(connection_.get()); }
bool Database::in_transaction() const { return sqlite3_get_autocommit(connection_.get()) == 0; }
bool Database::read_only() const { return sqlite3_db_readonly(connection_.get(), "main") == 1; }

void Database::set_user_version(int version) const {
  // A pragma takes no bound values; an int can't carry SQL.
  const std::string sql = fmt::format("PRAGMA user_version = {}", version);
  check(connection_.get(), sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr));
}

Transaction::Transaction(const Database& database) : database_(&database) { database.execute("BEGIN IMMEDIATE"); }

Transaction::~Transaction() {
  // A failure may have rolled back already; another one on the way out changes nothing.
  if (database_ == nullptr || !database_->in_transaction()) return;
  try {
    database_->execute("ROLLBACK");
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): SQLite rolls back when the file is opened next.
  }
}

void Transaction::commit() {
  database_->execute("COMMIT");
  database_ = nullptr;
}

Snapshot::Snapshot(const Database& database) {
  if (database.in_transaction()) return;
  database.execute("BEGIN");
  database_ = &database;
}

Snapshot::~Snapshot() {
  if (database_ == nullptr || !database_->in_transaction()) return;
  try {
    database_->execute("COMMIT");
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): nothing was written.
  }
}

}  // namespace assay::file
