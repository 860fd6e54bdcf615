#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace assay::file {

/// SQL text. Made from literals only, when the program is compiled: content of files can't become SQL.
class Sql {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is what every caller has.
  consteval Sql(const char* text) : text_(text) {}
  constexpr const char* text() const { return text_; }

 private:
  const char* text_;
};

/// Bytes to be stored as they are, not as text.
struct Blob {
  std::string_view bytes;
};

/// A prepared statement. Values are bound by position, columns are read by position from 0. Failures are thrown
/// as Error with the path of the database in the message.
class Statement {
 public:
  Statement() = default;
  Statement(sqlite3* connection, Sql sql);

  /// Starts anew with these values for ?1, ?2, ...: integers, doubles (NaN: NULL), text, blobs,
  /// std::optional of these. Text is borrowed until the next `with` or the end of the statement.
  template <typename... Values>
  Statement& with(const Values&... values) {
    rewind();
    int at = 0;
    (bind(++at, values), ...);
    return *this;
  }

  /// True if there is a row to read.
  bool step();
  /// Runs a statement that gives no rows (or whose rows don't matter) to its end.
  void run();
  /// The same, but false if a row would have broken a constraint, as one with its key is there; then nothing was
  /// changed.
  bool run_if_allowed();

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  /// An integer that must fit: Error "damaged" if it is not in [low, high].
  int integer_in(int column, int low, int high) const;
  /// NaN for NULL.
  double real(int column) const;
  /// Valid until the next step. Empty for NULL.
  std::string_view text(int column) const { return blob(column); }
  std::string_view blob(int column) const;

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  void rewind();
  void bind_integer(int at, std::int64_t value);
  void bind(int at, std::int64_t value) { bind_integer(at, value); }
  void bind(int at, int value) { bind_integer(at, value); }
  void bind(int at, double value);
  void bind(int at, std::string_view value);
  void bind(int at, const Blob& value);
  void bind(int at, std::nullopt_t);
  template <typename T>
  void bind(int at, const std::optional<T>& value) {
    if (value) {
      bind(at, *value);
    } else {
      bind(at, std::nullopt);
    }
  }

  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
};

/// An open SQLite database, hardened against hostile files: no triggers, no views, no functions of its schema.
class Database {
 public:
  enum class Access { existing, create };

  Database() = default;  ///< Closed.
  /// Throws Error if the file can't be opened. A file without write permission is opened for reading.
  Database(const std::string& path, Access access);

  Statement prepare(Sql sql) const { return {connection_.get(), sql}; }
  /// Runs one or several statements that take no values.
  void execute(Sql sql) const;
  /// First column of the first row; `missing` if there is none.
  std::int64_t integer(Sql sql, std::int64_t missing = 0) const;
  /// Rows that the last INSERT, UPDATE or DELETE changed.
  int changes() const;
  std::int64_t last_id() const;
  bool in_transaction() const;
  /// The file has no write permission, or lies on a medium for reading.
  bool read_only() const;
  void set_user_version(int version) const;

 private:
  friend class RowTable;
  struct Closer {
    void operator()(sqlite3* connection) const;
  };
  std::unique_ptr<sqlite3, Closer> connection_;
};

/// Rolls back unless committed.
class Transaction {
 public:
  /// Takes the write lock at once; Error if another process has it for more than five seconds.
  explicit Transaction(const Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  const Database* database_;
};

/// One unchanging view of the database for several reads, also while other processes write.
class Snapshot {
 public:
  explicit Snapshot(const Database& database);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  const Database* database_ = nullptr;  // Null within a transaction, which is a view already.
};

}  // namespace assay::file
